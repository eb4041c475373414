-- When the house wants to be looked at: somebody is to be asked about mails that wait.
ALTER TABLE house ADD COLUMN due INTEGER;
