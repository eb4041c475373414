-- What rules counted: one row for each mail that counts, until it counts no more. `part` is what a rule counts apart.
CREATE TABLE rule_hit (
    id    INTEGER PRIMARY KEY,
    rule  TEXT    NOT NULL,
    part  TEXT    NOT NULL,
    past  INTEGER NOT NULL,
    at    INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;
CREATE INDEX rule_hit_by_rule ON rule_hit (rule, part, past, at);
CREATE INDEX rule_hit_by_end ON rule_hit (past, until);
