-- So many actions of the report are still to be done.
ALTER TABLE incident ADD COLUMN actions INTEGER NOT NULL DEFAULT 0;
