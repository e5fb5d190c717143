-- Tokens by which a person reads as the account, whatever it may see at each request; 0: of a program of the territory.
ALTER TABLE token ADD COLUMN account INTEGER NOT NULL DEFAULT 0;
ALTER TABLE token ADD COLUMN strong INTEGER NOT NULL DEFAULT 0;
CREATE INDEX token_account ON token (account);
