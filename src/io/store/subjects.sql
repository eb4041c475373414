-- Under which base subjects mails of an incident came and went, and when last: for answers that have lost everything else.
CREATE TABLE subject_ref (
    subject  TEXT    NOT NULL,
    incident INTEGER NOT NULL REFERENCES incident (number),
    at       INTEGER NOT NULL,
    PRIMARY KEY (subject, incident)
) STRICT, WITHOUT ROWID;
