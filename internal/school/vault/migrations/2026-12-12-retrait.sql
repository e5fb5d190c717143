-- Slices that a delivery takes back: what the territory holds of them has no row left in the vault.
ALTER TABLE envoi ADD COLUMN retire TEXT NOT NULL DEFAULT '';   -- their names, parted by a space
