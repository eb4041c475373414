-- Mailboxes that people use too, and mail of the past.

-- digest: SHA-256 of the bytes. arrived_at: when the mailbox got it; NULL when firebell itself received it.
-- past: out of an archive.
ALTER TABLE mail ADD COLUMN digest BLOB NOT NULL DEFAULT x'';
ALTER TABLE mail ADD COLUMN arrived_at INTEGER;
ALTER TABLE mail ADD COLUMN past INTEGER NOT NULL DEFAULT 0;
CREATE INDEX mail_by_digest ON mail (digest) WHERE digest <> x'';

-- How far a mailbox was read. IMAP numbers mails (uid) within an epoch (UIDVALIDITY): everything up to seen_to is done
-- with. Mails up to listed_again were there when the epoch began, and may all be known from the epoch before.
CREATE TABLE mailbox (
    name         TEXT    PRIMARY KEY,
    epoch        INTEGER NOT NULL,
    seen_to      INTEGER NOT NULL,
    listed_again INTEGER NOT NULL DEFAULT 0,
    since        INTEGER NOT NULL
) STRICT;

-- The mails of a mailbox by its own names for them: how often fetching failed, what was kept, and whether it was
-- flagged or moved there (settled), which happens after it was kept.
CREATE TABLE arrival (
    mailbox  TEXT    NOT NULL,
    epoch    INTEGER NOT NULL,
    item     TEXT    NOT NULL,
    mail     INTEGER REFERENCES mail (id),
    attempts INTEGER NOT NULL DEFAULT 0,
    settled  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (mailbox, epoch, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX arrival_unsettled ON arrival (mailbox, epoch) WHERE settled = 0 AND mail IS NOT NULL;

-- Incidents out of an archive stand apart: no alert of today finds them alive, none of theirs finds one of today.
ALTER TABLE incident ADD COLUMN past INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incident_key ADD COLUMN past INTEGER NOT NULL DEFAULT 0;
DROP INDEX incident_key_live;
CREATE UNIQUE INDEX incident_key_live ON incident_key (key, past) WHERE live = 1;
