-- Until when others of its service have to be looked at together with an incident, as a client may know them by one name.
ALTER TABLE incident ADD COLUMN beside_until INTEGER NOT NULL DEFAULT 0;
-- Of those that are done with nothing changes any more: the others find out when they are looked at next.
UPDATE incident SET beside_until = 9223372036854775807 WHERE past = 0 AND due IS NOT NULL;
CREATE INDEX incident_beside ON incident (service, past, beside_until);
