-- Where a server can't move, a mail is copied first and then marked as deleted: what was copied is not copied again.
ALTER TABLE arrival ADD COLUMN copied INTEGER NOT NULL DEFAULT 0;
