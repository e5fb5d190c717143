-- What was released of the protected figures: each release, and the sheets that it changed.
CREATE TABLE release_made (
	number  INTEGER PRIMARY KEY,
	edition INTEGER NOT NULL,
	rules   TEXT NOT NULL,
	reason  TEXT NOT NULL,
	made_at INTEGER NOT NULL
) STRICT;

CREATE TABLE release_sheet (
	release INTEGER NOT NULL,
	dataset TEXT NOT NULL,
	year    INTEGER NOT NULL,
	content TEXT NOT NULL,
	PRIMARY KEY (release, dataset, year)
) STRICT, WITHOUT ROWID;
