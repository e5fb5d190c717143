-- Labels that members of open lists took after their first one (code_member). The latest holds; older results
-- are answered under those of their time.
CREATE TABLE code_label (
	list     TEXT NOT NULL,
	code     TEXT NOT NULL,
	rank     INTEGER NOT NULL,          -- 1, 2, … of the code
	label    TEXT NOT NULL,
	delivery INTEGER NOT NULL,          -- that brought it, 0 for a correction
	author   TEXT NOT NULL,          -- of a correction, '' for a delivery
	named_at INTEGER NOT NULL,
	PRIMARY KEY (list, code, rank)
) STRICT, WITHOUT ROWID;
