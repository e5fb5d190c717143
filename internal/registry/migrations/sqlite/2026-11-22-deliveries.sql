-- Deliveries, editions, settings and agreements that extend recipients.
-- Instants are microseconds since 1970 in UTC, 0 for none; calendar dates are text (2025-09-01).

CREATE TABLE meta (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery (
	seq       INTEGER PRIMARY KEY AUTOINCREMENT,
	source    TEXT NOT NULL,
	id        TEXT NOT NULL,
	named     INTEGER NOT NULL,            -- 1 when the sender gave the id
	asked     TEXT NOT NULL,               -- dataset that the sender named, '' when a form must recognise it
	dataset   TEXT NOT NULL,
	form      TEXT NOT NULL DEFAULT '',
	rank      INTEGER NOT NULL DEFAULT 0,
	file_name TEXT NOT NULL,
	sha256    TEXT NOT NULL,
	size      INTEGER NOT NULL,
	announced TEXT NOT NULL,               -- JSON array, sorted
	state     TEXT NOT NULL,
	reason    TEXT NOT NULL DEFAULT '',
	rows      INTEGER NOT NULL DEFAULT 0,
	kept      INTEGER NOT NULL DEFAULT 0,
	set_aside INTEGER NOT NULL DEFAULT 0,
	faults    INTEGER NOT NULL DEFAULT 0,
	warnings  INTEGER NOT NULL DEFAULT 0,
	edition   INTEGER NOT NULL DEFAULT 0,
	received  INTEGER NOT NULL,
	finished  INTEGER NOT NULL DEFAULT 0,
	step      TEXT NOT NULL DEFAULT '',
	done      INTEGER NOT NULL DEFAULT 0,
	total     INTEGER NOT NULL DEFAULT 0,
	UNIQUE (source, id)
) STRICT;
CREATE INDEX delivery_content ON delivery (sha256, source);
CREATE INDEX delivery_state ON delivery (state, seq);

CREATE TABLE edition (
	number    INTEGER PRIMARY KEY,
	label     TEXT NOT NULL,
	published INTEGER NOT NULL DEFAULT 0   -- 0 while it is only planned
) STRICT;

CREATE TABLE edition_delivery (
	edition  INTEGER NOT NULL REFERENCES edition (number) ON DELETE CASCADE,
	delivery INTEGER NOT NULL REFERENCES delivery (seq),
	PRIMARY KEY (edition, delivery)
) STRICT, WITHOUT ROWID;

-- What a delivery replaced. The holder of a slice is its row of the greatest edition, then delivery.
CREATE TABLE delivery_slice (
	dataset  TEXT NOT NULL,
	slice    TEXT NOT NULL,
	edition  INTEGER NOT NULL REFERENCES edition (number) ON DELETE CASCADE,
	delivery INTEGER NOT NULL REFERENCES delivery (seq),
	rows     INTEGER NOT NULL,
	replaced INTEGER NOT NULL,             -- delivery that held it, 0 when none did
	PRIMARY KEY (dataset, slice, edition, delivery)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_slice_delivery ON delivery_slice (delivery, dataset, slice);
CREATE INDEX delivery_slice_slice ON delivery_slice (slice);

CREATE TABLE delivery_fault (
	delivery INTEGER NOT NULL REFERENCES delivery (seq) ON DELETE CASCADE,
	rank     INTEGER NOT NULL,
	file     TEXT NOT NULL,
	line     INTEGER NOT NULL,
	col      INTEGER NOT NULL,
	field    TEXT NOT NULL,
	value    TEXT NOT NULL,
	rule     TEXT NOT NULL,
	severity TEXT NOT NULL,
	message  TEXT NOT NULL,
	mend     TEXT NOT NULL,
	PRIMARY KEY (delivery, rank)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE agreement_extension (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	school     TEXT NOT NULL,
	indicator  INTEGER NOT NULL,
	valid_from TEXT NOT NULL,
	valid_to   TEXT NOT NULL DEFAULT '',   -- first day after, '' when no end is set
	basis      TEXT NOT NULL,
	reference  TEXT NOT NULL DEFAULT '',
	UNIQUE (school, indicator, valid_from)
) STRICT;
