-- Mailboxes that people use too, and mail of the past.

-- A mail's bytes stand apart: whatever stood behind them in a row could only be read through them.
CREATE TABLE raw (
    mail  INTEGER PRIMARY KEY REFERENCES mail (id),
    bytes BLOB    NOT NULL
) STRICT;
INSERT INTO raw (mail, bytes) SELECT id, raw FROM mail;
ALTER TABLE mail DROP COLUMN raw;

-- digest: SHA-256 of the bytes. arrived_at: when the mailbox got it; NULL when firebell itself received it.
-- past: out of an archive; arrived_at is then when that was imported, before which the mail had come.
ALTER TABLE mail ADD COLUMN digest BLOB NOT NULL DEFAULT x'';
ALTER TABLE mail ADD COLUMN arrived_at INTEGER;
ALTER TABLE mail ADD COLUMN past INTEGER NOT NULL DEFAULT 0;
CREATE INDEX mail_by_digest ON mail (digest);
-- An index of only some rows is not used for a value that is known late.
DROP INDEX mail_by_message_id;
CREATE INDEX mail_by_message_id ON mail (message_id, content_hash);

-- How far a mailbox was read. IMAP numbers mails (uid) within an epoch (UIDVALIDITY): everything up to seen_to is done
-- with. Mails up to there were in it when the epoch began; after a renumbering they may be known from the epoch before.
CREATE TABLE mailbox (
    name         TEXT    PRIMARY KEY,
    epoch        INTEGER NOT NULL,
    seen_to      INTEGER NOT NULL,
    there        INTEGER NOT NULL,
    renumbered   INTEGER NOT NULL DEFAULT 0,
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
CREATE INDEX arrival_failed ON arrival (mailbox, epoch) WHERE attempts > 0;

-- Incidents out of an archive stand apart: no alert of today finds them alive, none of theirs finds one of today.
ALTER TABLE incident ADD COLUMN past INTEGER NOT NULL DEFAULT 0;
DROP INDEX incident_broken;
CREATE INDEX incident_broken ON incident (service, past) WHERE broken = 1;
DROP INDEX incident_by_service;
CREATE INDEX incident_by_service ON incident (service, past, number);
ALTER TABLE incident_key ADD COLUMN past INTEGER NOT NULL DEFAULT 0;
DROP INDEX incident_key_live;
CREATE UNIQUE INDEX incident_key_live ON incident_key (key, past) WHERE live = 1;
-- The history of a key: some have fired a thousand times.
CREATE INDEX incident_key_by_time ON incident_key (key, opened_at);
