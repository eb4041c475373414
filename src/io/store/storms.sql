-- Which rule opened an incident, and whether it is a storm: many troubles of that rule that no service unites.
ALTER TABLE incident ADD COLUMN rule TEXT NOT NULL DEFAULT '';
ALTER TABLE incident ADD COLUMN storm INTEGER NOT NULL DEFAULT 0;
CREATE INDEX incident_by_rule ON incident (rule, past, opened_at);
CREATE INDEX incident_storm ON incident (rule, number) WHERE storm = 1;
