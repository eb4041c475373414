-- A mailbox or a relay that is lost is one kind of trouble among others. What is lost now is reported anew by whoever sees it.
UPDATE house_event SET body = json_patch(body, json_object('fact', 'trouble', 'trouble', 'began', 'kind', 'mailbox',
    'of', body ->> 'mailbox', 'mailbox', NULL)) WHERE body ->> 'fact' = 'mailbox-lost';
UPDATE house_event SET body = json_patch(body, json_object('fact', 'trouble', 'trouble', 'over', 'kind', 'mailbox',
    'of', body ->> 'mailbox', 'mailbox', NULL)) WHERE body ->> 'fact' = 'mailbox-back';
UPDATE house_event SET body = json_patch(body, json_object('fact', 'trouble', 'trouble', 'began', 'kind', 'relay'))
    WHERE body ->> 'fact' = 'relay-lost';
UPDATE house_event SET body = json_patch(body, json_object('fact', 'trouble', 'trouble', 'over', 'kind', 'relay'))
    WHERE body ->> 'fact' = 'relay-back';
