-- What monitoring products themselves call a trouble, with the format, and the key of the alert that fired with it: later
-- mails may name the trouble by nothing else.
CREATE TABLE alert_reference (
    reference TEXT PRIMARY KEY,
    key       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
