-- What became of an incident up to some event: what happened since is replayed from its timeline. Beside the incident, so
-- that a change of it need not write this again.
CREATE TABLE incident_state (
    incident INTEGER PRIMARY KEY REFERENCES incident (number),
    state    TEXT    NOT NULL
) STRICT;
INSERT INTO incident_state (incident, state) SELECT number, state FROM incident;
-- Something of it is quiet: what is planned may change.
ALTER TABLE incident ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0;
UPDATE incident SET quiet = EXISTS
    (SELECT 1 FROM json_each(state, '$.keys') AS key WHERE key.value ->> 'quiet' IS NOT NULL);
-- A number that nobody else writes: who finds its own again knows that nothing has changed since.
ALTER TABLE incident ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incident DROP COLUMN state;
