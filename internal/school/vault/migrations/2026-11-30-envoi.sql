-- ---------------------------------------------------------------------- 10. what leaves (tally/), continued

-- What the territory answered. envoi.tranche says from which slice to which its file goes.
ALTER TABLE envoi ADD COLUMN livraison INTEGER;   -- number of the delivery at the territory
ALTER TABLE envoi ADD COLUMN edition   INTEGER;   -- edition that published it

-- Slices of a delivery, and the sum of what each holds: one that did not change is not sent again.
CREATE TABLE envoi_part (
  envoi   INTEGER NOT NULL REFERENCES envoi ON DELETE CASCADE,
  tranche TEXT NOT NULL,                   -- 2026, 2026-11 or 2026-11-14
  sha256  TEXT NOT NULL,
  PRIMARY KEY (envoi, tranche)
) STRICT, WITHOUT ROWID;
