-- The organisation around the figures: who answers for what, the year of procedures, written
-- rules and who read them, questions, training sessions, and what was sent of all that.
CREATE TABLE governance_duty (
	code    TEXT PRIMARY KEY,              -- besides those of the program
	label   TEXT NOT NULL,
	mission TEXT NOT NULL,
	set_by  TEXT NOT NULL,
	set_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE governance_holding (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	duty     TEXT NOT NULL,
	school   TEXT NOT NULL,                -- UAI, '' for the whole
	place    TEXT NOT NULL,                -- 'titulaire', 'suppleant', 'fonctionnel', 'technique'
	account  INTEGER NOT NULL,             -- 0: who has no account; it may have left since
	name     TEXT NOT NULL,
	from_day TEXT NOT NULL,
	to_day   TEXT NOT NULL,                -- last day, '' for no end
	set_by   TEXT NOT NULL,
	set_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX governance_holding_duty ON governance_holding (duty, school);

CREATE TABLE governance_task (
	id     INTEGER PRIMARY KEY AUTOINCREMENT,
	label  TEXT NOT NULL,
	note   TEXT NOT NULL,
	duty   TEXT NOT NULL,
	school TEXT NOT NULL,
	link   TEXT NOT NULL,                  -- address of a procedure, ''
	rule   INTEGER NOT NULL,               -- number of a written rule, 0
	yearly INTEGER NOT NULL,
	starts TEXT NOT NULL,                  -- dates of its first year
	ends   TEXT NOT NULL,
	remind INTEGER NOT NULL,               -- days before each date
	set_by TEXT NOT NULL,
	set_at INTEGER NOT NULL
) STRICT;

CREATE TABLE governance_task_year (
	task    INTEGER NOT NULL REFERENCES governance_task (id) ON DELETE CASCADE,
	year    INTEGER NOT NULL,              -- first year of a school year
	starts  TEXT NOT NULL,
	ends    TEXT NOT NULL,
	done_at INTEGER NOT NULL,
	done_by TEXT NOT NULL,
	remark  TEXT NOT NULL,
	PRIMARY KEY (task, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE governance_rule (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	title         TEXT NOT NULL,
	duty          TEXT NOT NULL,
	audience      TEXT NOT NULL,
	asked         INTEGER NOT NULL,        -- reading is to be acknowledged
	in_force      INTEGER NOT NULL,        -- number of the version in force, 0 for none
	in_force_at   INTEGER NOT NULL,
	in_force_by   TEXT NOT NULL,
	repealed_at   INTEGER NOT NULL,
	repealed_by   TEXT NOT NULL,
	repeal_reason TEXT NOT NULL
) STRICT;

CREATE TABLE governance_rule_version (
	rule   INTEGER NOT NULL REFERENCES governance_rule (id) ON DELETE CASCADE,
	number INTEGER NOT NULL,
	body   TEXT NOT NULL,
	reason TEXT NOT NULL,
	author TEXT NOT NULL,
	at     INTEGER NOT NULL,
	PRIMARY KEY (rule, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE governance_reading (
	rule    INTEGER NOT NULL REFERENCES governance_rule (id) ON DELETE CASCADE,
	version INTEGER NOT NULL,
	account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	at      INTEGER NOT NULL,
	PRIMARY KEY (rule, version, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX governance_reading_account ON governance_reading (account);

CREATE TABLE governance_question (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	subject     TEXT NOT NULL,
	question    TEXT NOT NULL,
	duty        TEXT NOT NULL,
	school      TEXT NOT NULL,
	rule        INTEGER NOT NULL,
	indicator   TEXT NOT NULL,
	account     INTEGER NOT NULL,          -- of who asked, who may have left since
	asked_by    TEXT NOT NULL,
	asked_at    INTEGER NOT NULL,
	answer      TEXT NOT NULL DEFAULT '',
	answered_by TEXT NOT NULL DEFAULT '',
	answered_at INTEGER NOT NULL DEFAULT 0,
	step        INTEGER NOT NULL DEFAULT 0, -- 0 holder, 1 deputy, 2 steering
	stepped_at  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX governance_question_open ON governance_question (answered_at, asked_at);

CREATE TABLE governance_training (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	label     TEXT NOT NULL,
	note      TEXT NOT NULL,
	topic     TEXT NOT NULL,               -- a capability or a duty that it prepares for, ''
	day       TEXT NOT NULL,
	hours     TEXT NOT NULL,
	place     TEXT NOT NULL,
	trainer   TEXT NOT NULL,
	seats     INTEGER NOT NULL,            -- 0: no bound
	cancelled INTEGER NOT NULL,
	set_by    TEXT NOT NULL,
	set_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE governance_attendance (
	training   INTEGER NOT NULL REFERENCES governance_training (id) ON DELETE CASCADE,
	account    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	registered INTEGER NOT NULL,
	presence   TEXT NOT NULL,              -- '' as long as nobody said, 'present', 'absent'
	marked_by  TEXT NOT NULL,
	marked_at  INTEGER NOT NULL,
	PRIMARY KEY (training, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX governance_attendance_account ON governance_attendance (account);

-- A row is taken before its letter is sent, once for ever: what a crash cut is not sent again.
CREATE TABLE governance_sent (
	kind    TEXT NOT NULL,
	number  INTEGER NOT NULL,
	slot    TEXT NOT NULL,
	account INTEGER NOT NULL,
	claimed INTEGER NOT NULL,
	ended   INTEGER NOT NULL,
	result  TEXT NOT NULL,
	PRIMARY KEY (kind, number, slot, account)
) STRICT, WITHOUT ROWID;
