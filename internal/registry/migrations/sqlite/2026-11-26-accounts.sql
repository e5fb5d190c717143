-- Accounts, what proves who someone is, sessions, agreements, edits of schools, tokens, journal.
-- Instants are microseconds since 1970 in UTC, 0 for none; calendar dates are text (2025-09-01);
-- lists are JSON, '' when empty; columns "…_key" hold what is compared, without case, and
-- "search" what is searched, without case or accents.

ALTER TABLE delivery ADD COLUMN only_schools TEXT NOT NULL DEFAULT ''; -- JSON, '' when the sender may deliver all

CREATE TABLE account (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	version         INTEGER NOT NULL,
	login           TEXT NOT NULL,
	login_key       TEXT NOT NULL UNIQUE,
	first_name      TEXT NOT NULL,
	last_name       TEXT NOT NULL,
	email           TEXT NOT NULL,
	email_key       TEXT NOT NULL,
	function        TEXT NOT NULL,
	state           TEXT NOT NULL,
	place           TEXT NOT NULL,
	admin           INTEGER NOT NULL,
	auditor         INTEGER NOT NULL,
	all_schools     INTEGER NOT NULL,
	all_widgets     INTEGER NOT NULL,
	widgets         TEXT NOT NULL,
	created         INTEGER NOT NULL,
	email_confirmed INTEGER NOT NULL,
	last_sign_in    INTEGER NOT NULL DEFAULT 0,
	sort_key        TEXT NOT NULL,
	search          TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX account_email ON account (email_key) WHERE email_key <> '';
CREATE INDEX account_sort ON account (sort_key, id);

CREATE TABLE account_school (
	account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	school  TEXT NOT NULL,
	PRIMARY KEY (account, school)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_school_school ON account_school (school);

CREATE TABLE school_group (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	version  INTEGER NOT NULL,
	name     TEXT NOT NULL,
	name_key TEXT NOT NULL UNIQUE,
	rule     TEXT NOT NULL,
	vals     TEXT NOT NULL,
	schools  TEXT NOT NULL
) STRICT;

CREATE TABLE account_group (
	account      INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	school_group INTEGER NOT NULL REFERENCES school_group (id) ON DELETE CASCADE,
	PRIMARY KEY (account, school_group)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_group_group ON account_group (school_group);

CREATE TABLE account_password (
	account INTEGER PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
	hash    TEXT NOT NULL,
	set_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE account_totp (
	account   INTEGER PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
	sealed    TEXT NOT NULL,
	last_step INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE passkey (
	credential TEXT PRIMARY KEY,           -- base64url
	account    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	name       TEXT NOT NULL,
	data       TEXT NOT NULL,
	created    INTEGER NOT NULL,
	last_used  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX passkey_account ON passkey (account);

CREATE TABLE recovery_code (
	account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	hash    TEXT NOT NULL,
	PRIMARY KEY (account, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
	hash      TEXT PRIMARY KEY,
	account   INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	strong    INTEGER NOT NULL,
	created   INTEGER NOT NULL,
	last_used INTEGER NOT NULL,
	expires   INTEGER NOT NULL,
	origin    TEXT NOT NULL,
	browser   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_account ON session (account);
CREATE INDEX session_expires ON session (expires);

-- A link that was used is gone.
CREATE TABLE link (
	hash    TEXT PRIMARY KEY,
	kind    TEXT NOT NULL,
	account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	data    TEXT NOT NULL,
	created INTEGER NOT NULL,
	expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX link_account ON link (account, kind);
CREATE INDEX link_expires ON link (expires);

CREATE TABLE agreement (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	version    INTEGER NOT NULL,
	school     TEXT NOT NULL,              -- '' for the whole territory
	valid_from TEXT NOT NULL,
	valid_to   TEXT NOT NULL,              -- first day after, '' when no end is set
	revoked    INTEGER NOT NULL DEFAULT 0,
	all_themes INTEGER NOT NULL,
	themes     TEXT NOT NULL,
	indicators TEXT NOT NULL,
	extended   TEXT NOT NULL,
	recipients TEXT NOT NULL,
	basis      TEXT NOT NULL,
	reference  TEXT NOT NULL,
	created    INTEGER NOT NULL,
	reminded   INTEGER NOT NULL DEFAULT 0,
	search     TEXT NOT NULL
) STRICT;
CREATE INDEX agreement_school ON agreement (school, valid_from, id);

-- What extended the recipients of single indicators becomes agreements that share nothing else.
INSERT INTO agreement (version, school, valid_from, valid_to, all_themes, themes, indicators, extended, recipients,
	basis, reference, created, search)
SELECT 1, school, valid_from, valid_to, 0, '', '', '[' || string_agg(CAST(indicator AS TEXT), ',' ORDER BY indicator) || ']', '',
	basis, reference, 0, ''
FROM agreement_extension
GROUP BY school, valid_from, valid_to, basis, reference
ORDER BY min(id);
DROP TABLE agreement_extension;

CREATE TABLE school_edit (
	school      TEXT PRIMARY KEY,
	version     INTEGER NOT NULL,
	postcodes   TEXT NOT NULL,             -- '' as delivered
	opened      TEXT NOT NULL,
	closed      TEXT NOT NULL,
	merged_into TEXT NOT NULL,
	edited_by   TEXT NOT NULL,
	edited_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	name        TEXT NOT NULL,
	name_key    TEXT NOT NULL,
	vendor      TEXT NOT NULL,
	hash        TEXT NOT NULL UNIQUE,
	push        INTEGER NOT NULL,
	reads       INTEGER NOT NULL,
	all_schools INTEGER NOT NULL,
	schools     TEXT NOT NULL,
	created_by  TEXT NOT NULL,
	created     INTEGER NOT NULL,
	expires     INTEGER NOT NULL,
	revoked     INTEGER NOT NULL DEFAULT 0,
	last_used   INTEGER NOT NULL DEFAULT 0,
	last_from   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX token_name ON token (name_key);

CREATE TABLE journal (
	seq       INTEGER PRIMARY KEY,
	at        INTEGER NOT NULL,
	account   INTEGER NOT NULL,
	login     TEXT NOT NULL,
	door      TEXT NOT NULL,
	action    TEXT NOT NULL,
	object    TEXT NOT NULL,
	result    TEXT NOT NULL,
	origin    TEXT NOT NULL,
	perimeter TEXT NOT NULL,
	detail    TEXT NOT NULL,
	seal      TEXT NOT NULL,
	search    TEXT NOT NULL
) STRICT;
CREATE INDEX journal_at ON journal (at);
CREATE INDEX journal_account ON journal (account, seq);
CREATE INDEX journal_action ON journal (action, seq);
CREATE INDEX journal_by_perimeter ON journal (perimeter, seq);

CREATE TABLE journal_perimeter (
	name   TEXT NOT NULL,
	school TEXT NOT NULL,
	PRIMARY KEY (name, school)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_perimeter_school ON journal_perimeter (school, name);
