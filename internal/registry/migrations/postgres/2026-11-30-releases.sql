-- What was released of the protected figures: each release, and the sheets that it changed.
CREATE TABLE release_made (
	number  BIGINT PRIMARY KEY,
	edition BIGINT NOT NULL,
	rules   TEXT COLLATE "C" NOT NULL,
	reason  TEXT COLLATE "C" NOT NULL,
	made_at BIGINT NOT NULL
);

CREATE TABLE release_sheet (
	release BIGINT NOT NULL,
	dataset TEXT COLLATE "C" NOT NULL,
	year    BIGINT NOT NULL,
	content TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (release, dataset, year)
);
