-- Extracts: who asked for which rows, for what purpose and whom, until when, and what became of the
-- file. No row of them is kept. An account that is gone leaves its extracts to be accounted for.
CREATE TABLE extract (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	account    INTEGER NOT NULL,
	created    INTEGER NOT NULL,
	login      TEXT NOT NULL,
	kind       TEXT NOT NULL,
	subject    TEXT NOT NULL,
	school     TEXT NOT NULL,
	label      TEXT NOT NULL,
	spec       TEXT NOT NULL,
	identities INTEGER NOT NULL,
	purpose    TEXT NOT NULL,
	basis      TEXT NOT NULL,
	recipients TEXT NOT NULL,
	days       INTEGER NOT NULL,
	format     TEXT NOT NULL,
	encrypted  INTEGER NOT NULL,
	state      TEXT NOT NULL,
	asked      INTEGER NOT NULL,
	started    INTEGER NOT NULL,
	ended      INTEGER NOT NULL,
	expires    INTEGER NOT NULL,
	due        INTEGER NOT NULL,
	done       INTEGER NOT NULL,
	total      INTEGER NOT NULL,
	tries      INTEGER NOT NULL,
	cancel     INTEGER NOT NULL,
	row_count  INTEGER NOT NULL,
	bytes      INTEGER NOT NULL,
	sha256     TEXT NOT NULL,
	file       TEXT NOT NULL,
	file_name  TEXT NOT NULL,
	receipt    TEXT NOT NULL,
	edition    INTEGER NOT NULL,
	code       TEXT NOT NULL,
	salt       TEXT NOT NULL,
	passphrase TEXT NOT NULL,
	risk       TEXT NOT NULL,
	grant_id   INTEGER NOT NULL,
	flagged    TEXT NOT NULL,
	error      TEXT NOT NULL,
	downloads  INTEGER NOT NULL,
	downloaded INTEGER NOT NULL,
	reminded   INTEGER NOT NULL,
	destroyed  INTEGER NOT NULL,
	schedule   INTEGER NOT NULL,
	slot       TEXT NOT NULL
) STRICT;
CREATE INDEX extract_account ON extract (account, state);
CREATE INDEX extract_state ON extract (state, asked);

CREATE TABLE extract_schedule (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	label   TEXT NOT NULL,
	spec    TEXT NOT NULL,
	rhythm  TEXT NOT NULL,
	place   TEXT NOT NULL,
	stopped TEXT NOT NULL,
	created INTEGER NOT NULL
) STRICT;
CREATE INDEX extract_schedule_account ON extract_schedule (account, id);
