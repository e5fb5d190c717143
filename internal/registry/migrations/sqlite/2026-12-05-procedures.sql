-- Declared procedures: each revision of a declaration as it was, since files keep theirs.
CREATE TABLE procedure_revision (
	code     TEXT NOT NULL,
	revision INTEGER NOT NULL,
	sum      TEXT NOT NULL,            -- of the text
	text     TEXT NOT NULL,
	at       INTEGER NOT NULL,
	PRIMARY KEY (code, revision)
) STRICT, WITHOUT ROWID;

-- A file (dossier). What is asked and what the authority puts beside it are JSON by name of field.
CREATE TABLE request (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	version   INTEGER NOT NULL,
	procedure TEXT NOT NULL,
	revision  INTEGER NOT NULL,
	account   INTEGER NOT NULL,           -- who files, who may have left since
	name      TEXT NOT NULL,
	title     TEXT NOT NULL,
	state     TEXT NOT NULL,
	step      TEXT NOT NULL,           -- '' before it is filed and after its end
	asked     TEXT NOT NULL,
	own       TEXT NOT NULL,
	created   INTEGER NOT NULL,
	filed     INTEGER NOT NULL,
	since     INTEGER NOT NULL,           -- when its step began
	due       INTEGER NOT NULL,           -- when its step is late, 0: never
	ended     INTEGER NOT NULL,
	purged    INTEGER NOT NULL,
	search    TEXT NOT NULL
) STRICT;
CREATE INDEX request_account ON request (account, id);
CREATE INDEX request_procedure ON request (procedure, state, id);

CREATE TABLE request_event (
	request  INTEGER NOT NULL REFERENCES request (id) ON DELETE CASCADE,
	seq      INTEGER NOT NULL,
	at       INTEGER NOT NULL,
	account  INTEGER NOT NULL,            -- 0: the program
	name     TEXT NOT NULL,
	deputy   TEXT NOT NULL,            -- for whom, when a deputy acted
	act      TEXT NOT NULL,
	before   TEXT NOT NULL,            -- states
	after    TEXT NOT NULL,
	step     TEXT NOT NULL,            -- in which it happened
	next     TEXT NOT NULL,
	holder   TEXT NOT NULL,            -- whose turn it is then: 'demandeur', 'service', '' nobody
	reason   TEXT NOT NULL,
	changes  TEXT NOT NULL,
	content  TEXT NOT NULL,            -- fingerprint of what a purge removes
	seal     TEXT NOT NULL,            -- over the one before
	PRIMARY KEY (request, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE request_vote (
	request INTEGER NOT NULL REFERENCES request (id) ON DELETE CASCADE,
	account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	at      INTEGER NOT NULL,
	PRIMARY KEY (request, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX request_vote_account ON request_vote (account);

-- Who approved a grant that came of a request.
CREATE TABLE grant_approval (
	access_grant INTEGER NOT NULL REFERENCES access_grant (id) ON DELETE CASCADE,
	account      INTEGER NOT NULL,
	name         TEXT NOT NULL,
	at           INTEGER NOT NULL,
	PRIMARY KEY (access_grant, account)
) STRICT, WITHOUT ROWID;

-- A review: each live grant is confirmed by who approved it, or ends.
CREATE TABLE grant_review (
	id     INTEGER PRIMARY KEY AUTOINCREMENT,
	label  TEXT NOT NULL,
	opened INTEGER NOT NULL,
	by_who TEXT NOT NULL,
	closes INTEGER NOT NULL,
	closed INTEGER NOT NULL
) STRICT;

CREATE TABLE grant_review_line (
	review       INTEGER NOT NULL REFERENCES grant_review (id) ON DELETE CASCADE,
	access_grant INTEGER NOT NULL REFERENCES access_grant (id) ON DELETE CASCADE,
	decision     TEXT NOT NULL,        -- '', 'confirmee', 'retiree'
	by_who       TEXT NOT NULL,
	at           INTEGER NOT NULL,
	reason       TEXT NOT NULL,
	PRIMARY KEY (review, access_grant)
) STRICT, WITHOUT ROWID;
CREATE INDEX grant_review_line_grant ON grant_review_line (access_grant);

-- Who acts in the place of whom, and who is the manager of whom.
CREATE TABLE account_stand_in (
	account  INTEGER NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
	deputy   INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	from_day TEXT NOT NULL,
	to_day   TEXT NOT NULL             -- first day after
) STRICT, WITHOUT ROWID;
CREATE INDEX account_stand_in_deputy ON account_stand_in (deputy);

CREATE TABLE account_manager (
	account INTEGER NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
	manager INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
	set_by  TEXT NOT NULL,
	set_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX account_manager_manager ON account_manager (manager);
