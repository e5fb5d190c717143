-- Until when a finding that someone accepted stays so: after that day it is to be mended again.
ALTER TABLE coherence_constat ADD COLUMN jusqu INTEGER NOT NULL DEFAULT 0;   -- first instant after, 0 for ever
