-- Who sends alerts, when they were last heard, and the times between the last occasions, in seconds, as a JSON array.
CREATE TABLE source (
    format  TEXT    NOT NULL,
    address TEXT    NOT NULL,
    last    INTEGER NOT NULL,
    gaps    TEXT    NOT NULL,
    PRIMARY KEY (format, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_by_time ON source (last);
