-- Declarations made in the product: code lists, datasets, file formats, indicators, pages, as files of
-- one more folder of the catalogue. Each change is a row; the last one of a kind and name counts.
CREATE TABLE declaration (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	kind     TEXT NOT NULL,
	name     TEXT NOT NULL,
	revision INTEGER NOT NULL,
	dataset  TEXT NOT NULL,
	label    TEXT NOT NULL,
	content  TEXT NOT NULL,
	state    TEXT NOT NULL,
	author   TEXT NOT NULL,
	at       INTEGER NOT NULL,
	reason   TEXT NOT NULL,
	UNIQUE (kind, name, revision)
) STRICT;
