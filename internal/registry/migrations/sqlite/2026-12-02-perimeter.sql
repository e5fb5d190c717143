-- Groups of comparable schools that were published, for each figure: the next may only be
-- published when comparing it with them tells no few schools apart.
CREATE TABLE benchmark_group (
	figure       TEXT NOT NULL,
	rank         INTEGER NOT NULL,
	stratum      TEXT NOT NULL,
	schools      TEXT NOT NULL,
	edition      INTEGER NOT NULL,
	published_at INTEGER NOT NULL,
	PRIMARY KEY (figure, rank)
) STRICT, WITHOUT ROWID;
