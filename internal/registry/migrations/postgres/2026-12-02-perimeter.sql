-- Groups of comparable schools that were published, for each figure: the next may only be
-- published when comparing it with them tells no few schools apart.
CREATE TABLE benchmark_group (
	figure       TEXT COLLATE "C" NOT NULL,
	rank         BIGINT NOT NULL,
	stratum      TEXT COLLATE "C" NOT NULL,
	schools      TEXT COLLATE "C" NOT NULL,
	edition      BIGINT NOT NULL,
	published_at BIGINT NOT NULL,
	PRIMARY KEY (figure, rank)
);
