-- Figures that schools say to be wrong: the notes travel with the figures.
CREATE TABLE contest (
	school   TEXT COLLATE "C" NOT NULL,
	rank     BIGINT NOT NULL,
	dataset  TEXT COLLATE "C" NOT NULL,
	from_day TEXT COLLATE "C" NOT NULL,
	line     TEXT COLLATE "C" NOT NULL,
	note     TEXT COLLATE "C" NOT NULL,
	noted_at BIGINT NOT NULL,
	PRIMARY KEY (school, rank)
);
