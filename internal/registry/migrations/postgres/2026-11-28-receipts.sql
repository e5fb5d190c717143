-- Receipts of results, and what they name: questions, headings, rights, corrections and catalogues.
-- None holds a figure: only what makes the same figure again, and the hash that it must have.
CREATE TABLE catalog_version (
	version  TEXT COLLATE "C" PRIMARY KEY,
	program  TEXT COLLATE "C" NOT NULL,
	files    TEXT COLLATE "C" NOT NULL,
	added_at BIGINT NOT NULL
);

CREATE TABLE receipt (
	code        TEXT COLLATE "C" PRIMARY KEY,
	hash        TEXT COLLATE "C" NOT NULL,
	question    TEXT COLLATE "C" NOT NULL,
	heading     TEXT COLLATE "C" NOT NULL,
	definitions TEXT COLLATE "C" NOT NULL,
	edition     BIGINT NOT NULL,
	rights      TEXT COLLATE "C" NOT NULL,
	edits       TEXT COLLATE "C" NOT NULL,
	rules       TEXT COLLATE "C" NOT NULL,
	program     TEXT COLLATE "C" NOT NULL,
	digest      TEXT COLLATE "C" NOT NULL,
	filed       BIGINT NOT NULL,
	issued_at   BIGINT NOT NULL,
	account     BIGINT NOT NULL,
	login       TEXT COLLATE "C" NOT NULL
);
CREATE INDEX receipt_issued ON receipt (issued_at);

CREATE TABLE receipt_part (
	name TEXT COLLATE "C" PRIMARY KEY,
	text TEXT COLLATE "C" NOT NULL
);
