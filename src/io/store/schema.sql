-- Everything that firebell knows. Times are milliseconds since 1970 (UTC).
-- Rows that a running firebell works on carry its name (owner), until when it has them (lease_until), and a number that
-- grows with every claim (fence): whoever comes back after its lease ran out finds another number, and changes nothing.

CREATE TABLE counter (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;
INSERT INTO counter (name, value) VALUES ('fence', 0);

-- Every mail as it came. Nothing is ever taken out.
CREATE TABLE mail (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at  INTEGER NOT NULL,
    raw          BLOB    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('new', 'done', 'quarantined')),
    attempts     INTEGER NOT NULL DEFAULT 0,
    owner        TEXT    NOT NULL DEFAULT '',
    lease_until  INTEGER NOT NULL DEFAULT 0,
    fence        INTEGER NOT NULL DEFAULT 0,
    message_id   TEXT    NOT NULL DEFAULT '',
    content_hash TEXT    NOT NULL DEFAULT '',
    outcome      TEXT    NOT NULL DEFAULT '',
    incident     INTEGER NOT NULL DEFAULT 0,
    trouble      TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX mail_to_do ON mail (id) WHERE state = 'new';
CREATE INDEX mail_by_message_id ON mail (message_id) WHERE message_id <> '';

-- Incidents as they are now; `version` counts the events that made them.
CREATE TABLE incident (
    number    INTEGER PRIMARY KEY,
    version   INTEGER NOT NULL,
    status    TEXT    NOT NULL,
    broken    INTEGER NOT NULL,
    service   TEXT    NOT NULL DEFAULT '',
    opened_at INTEGER NOT NULL,
    due       INTEGER,
    state     TEXT    NOT NULL
) STRICT;
CREATE INDEX incident_due ON incident (due) WHERE due IS NOT NULL;
CREATE INDEX incident_broken ON incident (service) WHERE broken = 1;
CREATE INDEX incident_by_service ON incident (service, number);

-- Their timelines: replaying one gives the state above.
CREATE TABLE event (
    incident INTEGER NOT NULL REFERENCES incident (number),
    seq      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    body     TEXT    NOT NULL,
    PRIMARY KEY (incident, seq)
) STRICT, WITHOUT ROWID;

-- Which alerts belong to which incident. At most one live incident a key.
CREATE TABLE incident_key (
    key       TEXT    NOT NULL,
    incident  INTEGER NOT NULL REFERENCES incident (number),
    live      INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    PRIMARY KEY (key, incident)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX incident_key_live ON incident_key (key) WHERE live = 1;

-- Message-IDs by which a mail finds its incident, those of mails that never came included.
CREATE TABLE message_ref (
    message_id TEXT    PRIMARY KEY,
    incident   INTEGER NOT NULL REFERENCES incident (number)
) STRICT, WITHOUT ROWID;

-- The outbox: frozen bytes, sent until delivered or failed.
CREATE TABLE notice (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id   TEXT    NOT NULL UNIQUE,
    incident     INTEGER NOT NULL,
    about        INTEGER NOT NULL,
    audience     TEXT    NOT NULL,
    number       INTEGER NOT NULL,
    person       TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    belief       TEXT    NOT NULL,
    sender       TEXT    NOT NULL,
    recipient    TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    summary      TEXT    NOT NULL,
    bytes        BLOB    NOT NULL,
    urgent       INTEGER NOT NULL,
    queued_at    INTEGER NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN
                     ('queued', 'active', 'deferred', 'delivered', 'failed', 'held', 'superseded')),
    next_attempt INTEGER NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    owner        TEXT    NOT NULL DEFAULT '',
    lease_until  INTEGER NOT NULL DEFAULT 0,
    fence        INTEGER NOT NULL DEFAULT 0,
    reply        TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX notice_to_do ON notice (next_attempt) WHERE state IN ('queued', 'deferred', 'active');

-- What belongs to no incident.
CREATE TABLE house (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    state TEXT    NOT NULL
) STRICT;
CREATE TABLE house_event (
    seq  INTEGER PRIMARY KEY,
    at   INTEGER NOT NULL,
    body TEXT    NOT NULL
) STRICT;
