-- Rights by member of a dimension (a head of department): JSON [{"dim": "composante", "codes": ["GC"]}], '' for none.
ALTER TABLE account ADD COLUMN members TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE access_grant ADD COLUMN members TEXT COLLATE "C" NOT NULL DEFAULT '';
