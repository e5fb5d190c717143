-- Labels that members of open lists took after their first one (code_member). The latest holds; older results
-- are answered under those of their time.
CREATE TABLE code_label (
	list     TEXT COLLATE "C" NOT NULL,
	code     TEXT COLLATE "C" NOT NULL,
	rank     BIGINT NOT NULL,          -- 1, 2, … of the code
	label    TEXT COLLATE "C" NOT NULL,
	delivery BIGINT NOT NULL,          -- that brought it, 0 for a correction
	author   TEXT COLLATE "C" NOT NULL,          -- of a correction, '' for a delivery
	named_at BIGINT NOT NULL,
	PRIMARY KEY (list, code, rank)
);
