-- How files name the members of open lists: the label leaves beside its code, once judged as the code was.
ALTER TABLE dossier_code ADD COLUMN libelle TEXT NOT NULL DEFAULT '';
ALTER TABLE dossier_code ADD COLUMN nomme INTEGER NOT NULL DEFAULT 0;   -- import that named it last, 0 for none
