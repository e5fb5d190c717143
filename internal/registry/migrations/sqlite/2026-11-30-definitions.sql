-- What indicators mean, as decided here: proposed versions, who answers for them, questions.
CREATE TABLE definition_proposal (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	indicator   TEXT NOT NULL,
	state       TEXT NOT NULL,
	from_day    TEXT NOT NULL,
	definition  TEXT NOT NULL,             -- '' and so on: as the version before has it
	note        TEXT NOT NULL,
	value       TEXT NOT NULL,
	rate_label  TEXT NOT NULL,
	num         TEXT NOT NULL,
	num_label   TEXT NOT NULL,
	den         TEXT NOT NULL,
	den_label   TEXT NOT NULL,
	reason      TEXT NOT NULL,
	proposed_by TEXT NOT NULL,
	proposed_at INTEGER NOT NULL,
	decision    TEXT NOT NULL DEFAULT '',
	decided_by  TEXT NOT NULL DEFAULT '',
	decided_at  INTEGER NOT NULL DEFAULT 0,
	impact      TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX definition_proposal_indicator ON definition_proposal (indicator, state, from_day);

CREATE TABLE definition_owner (
	indicator TEXT PRIMARY KEY,
	account   INTEGER NOT NULL,            -- 0: a function, not a person
	name      TEXT NOT NULL,
	set_by    TEXT NOT NULL,
	set_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE definition_question (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	indicator   TEXT NOT NULL,
	question    TEXT NOT NULL,
	asked_by    TEXT NOT NULL,
	asked_at    INTEGER NOT NULL,
	answer      TEXT NOT NULL DEFAULT '',
	answered_by TEXT NOT NULL DEFAULT '',
	answered_at INTEGER NOT NULL DEFAULT 0,
	search      TEXT NOT NULL
) STRICT;
CREATE INDEX definition_question_indicator ON definition_question (indicator, id);
