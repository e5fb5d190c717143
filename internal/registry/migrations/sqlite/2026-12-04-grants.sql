-- What someone may do beyond the rights of the account: for a purpose, by someone, until an instant.
CREATE TABLE access_grant (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	account     INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	capability  TEXT NOT NULL,            -- '': reading alone
	all_widgets INTEGER NOT NULL,
	widgets     TEXT NOT NULL,
	all_schools INTEGER NOT NULL,
	schools     TEXT NOT NULL,
	level       TEXT NOT NULL,
	purpose     TEXT NOT NULL,
	approver    TEXT NOT NULL,            -- in words, as pages show it
	request     INTEGER NOT NULL,            -- 0: given by an administrator
	valid_from  INTEGER NOT NULL,
	valid_until INTEGER NOT NULL,            -- first instant at which it no longer holds
	revoked     INTEGER NOT NULL,
	revoked_by  TEXT NOT NULL,
	revoked_why TEXT NOT NULL,
	created     INTEGER NOT NULL,
	created_by  TEXT NOT NULL,
	reminded    INTEGER NOT NULL             -- when its end was announced
) STRICT;
CREATE INDEX access_grant_account ON access_grant (account, id);
CREATE INDEX access_grant_until ON access_grant (valid_until);
