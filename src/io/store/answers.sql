-- Which mail answers which, so that one can be moved together with what answers it. A notice of ours that passes a mail on
-- counts as an answer to it; with a `first` one an incident began.
CREATE TABLE answer (
    message_id TEXT PRIMARY KEY,
    answers    TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('first', 'mail', 'notice'))
) STRICT, WITHOUT ROWID;
CREATE INDEX answer_by_answered ON answer (answers) WHERE answers <> '';
