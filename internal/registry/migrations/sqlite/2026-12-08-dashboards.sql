-- Dashboards: what they ask, never a figure. Their content is JSON that the room of dashboards reads.
CREATE TABLE dashboard (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	owner       INTEGER NOT NULL,                      -- who may have left since
	owner_name  TEXT NOT NULL,
	title       TEXT NOT NULL,
	description TEXT NOT NULL,
	sharing     TEXT NOT NULL,                         -- 'prive', 'choisis', 'tous'
	schools     TEXT NOT NULL,
	verified_by TEXT NOT NULL,
	verified_at INTEGER NOT NULL,
	version     INTEGER NOT NULL,
	origin      TEXT NOT NULL,                         -- what it was copied from
	created     INTEGER NOT NULL,
	updated     INTEGER NOT NULL
) STRICT;
CREATE INDEX dashboard_owner ON dashboard (owner, id);

CREATE TABLE dashboard_account (
	dashboard INTEGER NOT NULL REFERENCES dashboard (id) ON DELETE CASCADE,
	account   INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	PRIMARY KEY (dashboard, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE dashboard_version (
	dashboard   INTEGER NOT NULL REFERENCES dashboard (id) ON DELETE CASCADE,
	number      INTEGER NOT NULL,
	title       TEXT NOT NULL,
	description TEXT NOT NULL,
	content     TEXT NOT NULL,
	made_by     TEXT NOT NULL,
	made_at     INTEGER NOT NULL,
	note        TEXT NOT NULL,
	PRIMARY KEY (dashboard, number)
) STRICT, WITHOUT ROWID;

-- What someone is changing and has not saved, one row a step: the last one is undone first.
CREATE TABLE dashboard_draft (
	dashboard   INTEGER NOT NULL REFERENCES dashboard (id) ON DELETE CASCADE,
	account     INTEGER NOT NULL,                      -- 0: the operator
	step        INTEGER NOT NULL,
	base        INTEGER NOT NULL,                      -- version that it began from
	title       TEXT NOT NULL,
	description TEXT NOT NULL,
	content     TEXT NOT NULL,
	say         TEXT NOT NULL,                         -- what the step did
	at          INTEGER NOT NULL,
	PRIMARY KEY (dashboard, account, step)
) STRICT, WITHOUT ROWID;

-- The dashboard that an account opens on: its number, or the code of one that is shipped.
CREATE TABLE account_home (
	account   INTEGER PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
	dashboard TEXT NOT NULL
) STRICT, WITHOUT ROWID;
