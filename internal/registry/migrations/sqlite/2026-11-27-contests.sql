-- Figures that schools say to be wrong: the notes travel with the figures.
CREATE TABLE contest (
	school   TEXT NOT NULL,
	rank     INTEGER NOT NULL,
	dataset  TEXT NOT NULL,
	from_day TEXT NOT NULL,
	line     TEXT NOT NULL,
	note     TEXT NOT NULL,
	noted_at INTEGER NOT NULL,
	PRIMARY KEY (school, rank)
) STRICT, WITHOUT ROWID;
