-- Formulas and populations that people wrote: texts over indicators and their dimensions, never a figure.
CREATE TABLE formula (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	kind        TEXT NOT NULL,                         -- 'formule', 'population'
	code        TEXT NOT NULL,
	owner       INTEGER NOT NULL,                      -- who may have left since; 0: the operator
	owner_name  TEXT NOT NULL,
	sharing     TEXT NOT NULL,                         -- 'prive', 'tous'
	verified_by TEXT NOT NULL,
	verified_at INTEGER NOT NULL,
	version     INTEGER NOT NULL,
	created     INTEGER NOT NULL,
	updated     INTEGER NOT NULL,
	UNIQUE (kind, code)
) STRICT;
CREATE INDEX formula_owner ON formula (owner, id);

CREATE TABLE formula_version (
	formula    INTEGER NOT NULL REFERENCES formula (id) ON DELETE CASCADE,
	number     INTEGER NOT NULL,
	label      TEXT NOT NULL,
	definition TEXT NOT NULL,
	content    TEXT NOT NULL,                          -- the text itself
	unit       TEXT NOT NULL,
	decimals   INTEGER NOT NULL,
	percent    INTEGER NOT NULL,
	low        INTEGER NOT NULL,                       -- better is low
	made_by    TEXT NOT NULL,
	made_at    INTEGER NOT NULL,
	note       TEXT NOT NULL,
	PRIMARY KEY (formula, number)
) STRICT, WITHOUT ROWID;
