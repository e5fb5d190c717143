-- Codes that files brought to open lists. A member stays as it first came: old results show its name.
CREATE TABLE code_member (
	list     TEXT COLLATE "C" NOT NULL,
	code     TEXT COLLATE "C" NOT NULL,
	label    TEXT COLLATE "C" NOT NULL,
	delivery BIGINT NOT NULL,
	added_at BIGINT NOT NULL,
	PRIMARY KEY (list, code)
);
