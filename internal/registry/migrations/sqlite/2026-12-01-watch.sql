-- Alerts on indicators, files sent at a rhythm, and what was done of both. No figure is kept:
-- those who read are answered with the rights of the moment. An amount is text, as typed.
CREATE TABLE alert (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	account   INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	label     TEXT NOT NULL,
	indicator TEXT NOT NULL,
	rate      INTEGER NOT NULL,
	filters   TEXT NOT NULL,
	each_school INTEGER NOT NULL,
	period    TEXT NOT NULL,
	rule      TEXT NOT NULL,
	side      TEXT NOT NULL,
	amount    TEXT NOT NULL,
	percent   INTEGER NOT NULL,
	against   TEXT NOT NULL,
	rhythm    TEXT NOT NULL,
	paused    INTEGER NOT NULL,
	created   INTEGER NOT NULL
) STRICT;
CREATE INDEX alert_account ON alert (account, id);

-- The lines of an alert that told of it last: it tells again once it has been calm.
CREATE TABLE alert_line (
	alert INTEGER NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
	line  TEXT NOT NULL,
	PRIMARY KEY (alert, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE alert_event (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	alert    INTEGER NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
	line     TEXT NOT NULL,                            -- UAI, '' for the whole perimeter
	edition  INTEGER NOT NULL,
	from_day TEXT NOT NULL,
	to_day   TEXT NOT NULL,
	at       INTEGER NOT NULL,
	told     INTEGER NOT NULL,
	seen     INTEGER NOT NULL
) STRICT;
CREATE INDEX alert_event_alert ON alert_event (alert, id);

CREATE TABLE schedule (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	author  INTEGER NOT NULL,                          -- who may have left since
	label   TEXT NOT NULL,
	address TEXT NOT NULL,
	format  TEXT NOT NULL,
	rhythm  TEXT NOT NULL,
	paused  INTEGER NOT NULL,
	created INTEGER NOT NULL
) STRICT;

CREATE TABLE schedule_account (
	schedule INTEGER NOT NULL REFERENCES schedule (id) ON DELETE CASCADE,
	account  INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	wanted   INTEGER NOT NULL,                         -- 0: unsubscribed
	PRIMARY KEY (schedule, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX schedule_account_account ON schedule_account (account);

CREATE TABLE schedule_group (
	schedule     INTEGER NOT NULL REFERENCES schedule (id) ON DELETE CASCADE,
	school_group INTEGER NOT NULL REFERENCES school_group (id) ON DELETE CASCADE,
	PRIMARY KEY (schedule, school_group)
) STRICT, WITHOUT ROWID;

-- A row is taken before its work is done, once: what a crash cut is not done again.
CREATE TABLE watch_run (
	kind    TEXT NOT NULL,                             -- 'alerte', 'recapitulatif', 'envoi'
	number  INTEGER NOT NULL,                          -- of the alert or schedule, 0 for a digest
	slot    TEXT NOT NULL,
	account INTEGER NOT NULL,
	label   TEXT NOT NULL,
	claimed INTEGER NOT NULL,
	ended   INTEGER NOT NULL,
	result  TEXT NOT NULL,
	detail  TEXT NOT NULL,
	receipt TEXT NOT NULL,
	bytes   INTEGER NOT NULL,
	PRIMARY KEY (kind, number, slot, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX watch_run_claimed ON watch_run (kind, claimed);
