-- Saved queries of the explorer: what they ask, never a figure.
CREATE TABLE saved_query (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	owner       INTEGER NOT NULL,                      -- who may have left since; 0: the operator
	owner_name  TEXT NOT NULL,
	title       TEXT NOT NULL,
	description TEXT NOT NULL,
	state       TEXT NOT NULL,                         -- as the address of the explorer writes it
	parameters  TEXT NOT NULL,                         -- what readers may change of it
	sharing     TEXT NOT NULL,                         -- 'prive', 'choisis', 'tous'
	schools     TEXT NOT NULL,
	verified_by TEXT NOT NULL,
	verified_at INTEGER NOT NULL,
	version     INTEGER NOT NULL,
	created     INTEGER NOT NULL,
	updated     INTEGER NOT NULL
) STRICT;
CREATE INDEX saved_query_owner ON saved_query (owner, id);

CREATE TABLE saved_account (
	query   INTEGER NOT NULL REFERENCES saved_query (id) ON DELETE CASCADE,
	account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	PRIMARY KEY (query, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE saved_version (
	query       INTEGER NOT NULL REFERENCES saved_query (id) ON DELETE CASCADE,
	number      INTEGER NOT NULL,
	title       TEXT NOT NULL,
	description TEXT NOT NULL,
	state       TEXT NOT NULL,
	parameters  TEXT NOT NULL,
	made_by     TEXT NOT NULL,
	made_at     INTEGER NOT NULL,
	note        TEXT NOT NULL,
	PRIMARY KEY (query, number)
) STRICT, WITHOUT ROWID;
