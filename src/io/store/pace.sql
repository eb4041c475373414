-- How fast mail goes to somebody: when each of their buckets is full again. And mails that go as one.
CREATE TABLE pace (
    recipient TEXT    NOT NULL,
    bucket    TEXT    NOT NULL,
    full_at   INTEGER NOT NULL,
    PRIMARY KEY (recipient, bucket)
) STRICT, WITHOUT ROWID;

-- Its lane, by number; until when it has its token; whether it may have gone out once; and the mail with which it goes, or 0.
ALTER TABLE notice ADD COLUMN lane INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notice ADD COLUMN paid_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notice ADD COLUMN doubtful INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notice ADD COLUMN carrier INTEGER NOT NULL DEFAULT 0;
UPDATE notice SET lane = 2 WHERE urgent = 1;
UPDATE notice SET doubtful = 1 WHERE attempts > 0 AND state IN ('active', 'deferred');

DROP INDEX notice_to_do;
CREATE INDEX notice_to_do ON notice (next_attempt)
    WHERE state IN ('queued', 'deferred', 'active') AND carrier = 0;
CREATE INDEX notice_waiting ON notice (recipient, lane) WHERE state IN ('queued', 'deferred') AND carrier = 0;
CREATE INDEX notice_carried ON notice (carrier) WHERE carrier <> 0;
