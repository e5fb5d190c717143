-- Codes that files brought to open lists. A member stays as it first came: old results show its name.
CREATE TABLE code_member (
	list     TEXT NOT NULL,
	code     TEXT NOT NULL,
	label    TEXT NOT NULL,
	delivery INTEGER NOT NULL,
	added_at INTEGER NOT NULL,
	PRIMARY KEY (list, code)
) STRICT, WITHOUT ROWID;
