-- How many answers somebody got of late is asked with every mail of theirs.
CREATE INDEX notice_answer ON notice (person, kind, queued_at);
