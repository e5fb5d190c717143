-- Receipts of results, and what they name: questions, headings, rights, corrections and catalogues.
-- None holds a figure: only what makes the same figure again, and the hash that it must have.
CREATE TABLE catalog_version (
	version  TEXT PRIMARY KEY,
	program  TEXT NOT NULL,
	files    TEXT NOT NULL,
	added_at INTEGER NOT NULL
) STRICT;

CREATE TABLE receipt (
	code        TEXT PRIMARY KEY,
	hash        TEXT NOT NULL,
	question    TEXT NOT NULL,
	heading     TEXT NOT NULL,
	definitions TEXT NOT NULL,
	edition     INTEGER NOT NULL,
	rights      TEXT NOT NULL,
	edits       TEXT NOT NULL,
	rules       TEXT NOT NULL,
	program     TEXT NOT NULL,
	digest      TEXT NOT NULL,
	filed       INTEGER NOT NULL,
	issued_at   INTEGER NOT NULL,
	account     INTEGER NOT NULL,
	login       TEXT NOT NULL
) STRICT;
CREATE INDEX receipt_issued ON receipt (issued_at);

CREATE TABLE receipt_part (
	name TEXT PRIMARY KEY,
	text TEXT NOT NULL
) STRICT;
