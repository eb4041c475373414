-- Of these incidents something of the report is to be composed.
ALTER TABLE incident ADD COLUMN composes INTEGER NOT NULL DEFAULT 0;
CREATE INDEX incident_composes ON incident (number) WHERE composes = 1;
