PRAGMA foreign_keys = OFF;
DELETE FROM counter;
INSERT INTO alert_reference (reference, key) VALUES
    ('zabbix:17', 'web01/ping');
INSERT INTO answer (message_id, answers, kind) VALUES
    ('1.4.gzcmjfwuj7gbespgumfzq4kjys@example.com', 'k@example.com', 'notice');
INSERT INTO answer (message_id, answers, kind) VALUES
    ('k@example.com', '1.1.nw56u3boasxaeni4ro5op5zrsm@example.com', 'mail');
INSERT INTO arrival (mailbox, epoch, item, mail, attempts, settled, copied) VALUES
    ('box', 7, '1', 1, 0, 0, 0);
INSERT INTO counter (name, value) VALUES
    ('fence', 4);
INSERT INTO event (incident, seq, at, body) VALUES
    (1, 1, 1795363200000, '{"seq":1,"at":"2026-11-22T16:00:00Z","fact":"opened","title":"Service A is down","public_name":"Service A","service":"service-a","severity":"sev1","responders":["infra","dev"],"followers":["sales"],"clients":["client-a"],"names":{},"policy":{"id":"round-the-clock","steps":[{"after":"PT0S","tell":[{"party":"infra"}]},{"after":"PT5M","tell":[{"party":"dev"}]},{"after":"PT15M","tell":[{"party":"sales"}]}],"repeat":1},"rule":"service-a","by":"alerts","key":"nagios:web01/service-a","began":"2026-11-22T16:00:00Z","trusted":true,"previous":null,"neighbour":null,"parted_from":null,"report":"as the check says","origin":{"via":[],"colleagues":[],"others":[]},"past":false}');
INSERT INTO event (incident, seq, at, body) VALUES
    (1, 2, 1795363200000, '{"seq":2,"at":"2026-11-22T16:00:00Z","fact":"escalated","run":1,"position":{"round":0,"step":0},"told":["kato"],"next":"2026-11-22T16:05:00Z"}');
INSERT INTO event (incident, seq, at, body) VALUES
    (1, 3, 1795363200000, '{"seq":3,"at":"2026-11-22T16:00:00Z","fact":"queued","audience":"inner","number":1,"person":"kato","kind":{"page":{"run":1,"at":{"round":0,"step":0}}},"about":2,"belief":"down"}');
INSERT INTO event (incident, seq, at, body) VALUES
    (1, 4, 1795363200000, '{"seq":4,"at":"2026-11-22T16:00:00Z","fact":"queued","audience":"inner","number":2,"person":"mori","kind":"inform","about":2,"belief":"down"}');
INSERT INTO event (incident, seq, at, body) VALUES
    (1, 5, 1795363200000, '{"seq":5,"at":"2026-11-22T16:00:00Z","fact":"telling","telling":"drafted","client":"client-a","draft":{"number":1,"news":"down","words":null,"of":"2026-11-22T16:00:00Z","by_itself":"2026-11-22T16:15:00Z"}}');
INSERT INTO event (incident, seq, at, body) VALUES
    (1, 6, 1795363200000, '{"seq":6,"at":"2026-11-22T16:00:00Z","fact":"queued","audience":"inner","number":3,"person":"mori","kind":{"for-client":"client-a"},"about":5,"belief":null}');
INSERT INTO event (incident, seq, at, body) VALUES
    (1, 7, 1795363260000, '{"seq":7,"at":"2026-11-22T16:01:00Z","fact":"told","audience":"inner","number":1,"person":"kato"}');
INSERT INTO event (incident, seq, at, body) VALUES
    (1, 8, 1795363320000, '{"seq":8,"at":"2026-11-22T16:02:00Z","fact":"noted","by":{"person":"kato"},"audience":"inner","placed":"message-id","text":"looking","automatic":false,"with_commands":false}');
INSERT INTO event (incident, seq, at, body) VALUES
    (1, 9, 1795363320000, '{"seq":9,"at":"2026-11-22T16:02:00Z","fact":"queued","audience":"inner","number":4,"person":"mori","kind":"inform","about":8,"belief":null}');
INSERT INTO house (id, state, due) VALUES
    (1, '{"events":1,"reports":0,"unmatched":1,"quarantined":0,"unreachable":{},"stale":0,"stale_told":null,"waiting":{"mails":[],"ever":0,"unlisted":0,"asked_at":null,"asked_to":0},"circle_told":null,"troubles":{},"overrides":[],"duty":{},"expected":{},"addresses":{},"tested":{"sent":null,"under_way":null,"lost":null,"lasts":false},"digests":{},"restored":{"at":null,"incidents":0,"skipped":0},"erased":0}', NULL);
INSERT INTO house_event (seq, at, body) VALUES
    (1, 1795363380000, '{"seq":1,"at":"2026-11-22T16:03:00Z","fact":"unmatched","from":"a@example.net","subject":"offer"}');
INSERT INTO incident (number, version, status, broken, service, opened_at, due, past, composes, rule, storm, actions, quiet, stamp, beside_until) VALUES
    (1, 9, 'open', 1, 'service-a', 1795363200000, 1795363500000, 0, 0, 'service-a', 0, 0, 0, -7311248262171608165, 253402207200999);
INSERT INTO incident_key (key, incident, live, opened_at, past) VALUES
    ('nagios:web01/service-a', 1, 1, 1795363200000, 0);
INSERT INTO incident_state (incident, state) VALUES
    (1, '{"number":1,"events":9,"title":"Service A is down","public_name":"Service A","service":"service-a","severity":"sev1","owner":null,"responders":["infra","dev"],"followers":["sales"],"clients":["client-a"],"policy":{"id":"round-the-clock","steps":[{"after":"PT0S","tell":[{"party":"infra"}]},{"after":"PT5M","tell":[{"party":"dev"}]},{"after":"PT15M","tell":[{"party":"sales"}]}],"repeat":1},"keys":{"nagios:web01/service-a":{"f":true,"l":1795363200000,"n":1,"c":[1795363200000]}},"occurrences":[{"began":"2026-11-22T16:00:00Z","detected":"2026-11-22T16:00:00Z","recovered":null,"withdrawn":null,"hidden":null,"late":null}],"acknowledged":null,"run":{"number":1,"next":{"round":0,"step":1},"due":"2026-11-22T16:05:00Z","waiting_for":["kato"]},"runs":1,"resolved_at":null,"closed_at":null,"trusted":true,"previous":null,"neighbour":null,"report":"as the check says","engaged":["kato","mori"],"accounts":{"client-a":{"withheld":null,"draft":{"number":1,"news":"down","words":null,"of":"2026-11-22T16:00:00Z","by_itself":"2026-11-22T16:15:00Z"},"waits":true,"drafted_by":5,"at_word":null,"false_since":null,"no_need":null,"knows":null,"promised":null,"nagged":null,"climbed":null,"asleep":null}},"drafts":1,"notes":["looking"],"announced":{},"notices":[{"audience":"inner","number":1,"person":"kato","occurrence":1,"kind":{"page":{"run":1,"at":{"round":0,"step":0}}},"about":2,"belief":"down","queued_at":"2026-11-22T16:00:00Z","told_at":"2026-11-22T16:01:00Z","failed":false,"superseded":false},{"audience":"inner","number":2,"person":"mori","occurrence":1,"kind":"inform","about":2,"belief":"down","queued_at":"2026-11-22T16:00:00Z","told_at":null,"failed":false,"superseded":false},{"audience":"inner","number":3,"person":"mori","occurrence":1,"kind":{"for-client":"client-a"},"about":5,"belief":null,"queued_at":"2026-11-22T16:00:00Z","told_at":null,"failed":false,"superseded":false},{"audience":"inner","number":4,"person":"mori","occurrence":1,"kind":"inform","about":8,"belief":null,"queued_at":"2026-11-22T16:02:00Z","told_at":null,"failed":false,"superseded":false}],"origin":{"via":[],"colleagues":[],"others":[]},"waiting":{"mails":[],"ever":0,"unlisted":0,"asked_at":null,"asked_to":0},"past":false,"merged_into":null,"crowd":{"said":[],"waiting":[],"more":0},"absorbed":{},"heard":[],"names":{},"parted_from":null,"apart":[],"asked":[],"hushed":null,"asked_unheard":null,"doubt":null,"judged_at":null,"arranged":{"parts":{},"fields":{},"proofs":{},"thread":null,"lowered_from":null,"by_list":[]},"reports":{"wanted":null,"asked_by":[],"drafts":0,"draft":null,"due":null,"reminded":null,"versions":[],"actions":[],"left":[]},"rounds":{"alike":[{"by":"kato","letters":"looking","times":1,"since":"2026-11-22T16:02:00Z"}],"many":null,"wrote":0}}');
INSERT INTO mail (id, received_at, state, attempts, owner, lease_until, fence, message_id, content_hash, outcome, incident, trouble, digest, arrived_at, past) VALUES
    (1, 1795363200000, 'done', 1, '', 0, 1, '1@mon.example.com', '9b265e161d959db264114d03244d98996a01f4b27b9b2890c62b99ffb0af2eb7', '{"what":"opened","by":"new","incident":1,"rule":"service-a"}', 1, '', X'0D1BEE86AE96A12BB7128726B2251F0F98C9F27DCF2A5A7CC788A11C12CCE8C6', 1795363200000, 0);
INSERT INTO mail (id, received_at, state, attempts, owner, lease_until, fence, message_id, content_hash, outcome, incident, trouble, digest, arrived_at, past) VALUES
    (2, 1795363320000, 'done', 1, '', 0, 3, 'k@example.com', '6b32ac0412f727eeaffc77c68f393cebde684f013dcf378c362deadbbb1ebbd4', '{"what":"joined","by":"message-id","incident":1,"rule":null}', 1, '', X'9C4A8A11E8E29F833801A2D7C888D033BC893D7BCA201494178FAF14407A926D', NULL, 0);
INSERT INTO mail (id, received_at, state, attempts, owner, lease_until, fence, message_id, content_hash, outcome, incident, trouble, digest, arrived_at, past) VALUES
    (3, 1795363380000, 'done', 1, '', 0, 4, 'o@a', 'cb67587ff852818c336202250c9643305f48e2d0d0ad85b240f459846b6c8dc3', '{"what":"unmatched","by":"unmatched","incident":null,"rule":null}', 0, '', X'B51C931F2763870E0576554471C8FB376230DACE3A4C3FD6A6216BFA15F8E3A3', NULL, 0);
INSERT INTO mail (id, received_at, state, attempts, owner, lease_until, fence, message_id, content_hash, outcome, incident, trouble, digest, arrived_at, past) VALUES
    (4, 1795363440000, 'new', 0, '', 0, 0, '', '', '', 0, '', X'510777F02D8E1BDB514136CD35381336868A4B99F14E97DAC8BE28354C8230CA', NULL, 0);
INSERT INTO mailbox (name, epoch, seen_to, there, renumbered, since) VALUES
    ('box', 7, 0, 0, 0, 1795359600000);
INSERT INTO message_ref (message_id, incident) VALUES
    ('1.0.frzr57uj4ldi3nfxriytmbn77t@example.com', 1);
INSERT INTO message_ref (message_id, incident) VALUES
    ('1.1.nw56u3boasxaeni4ro5op5zrsm@example.com', 1);
INSERT INTO message_ref (message_id, incident) VALUES
    ('1.2.4w4jdeuzjwuce4oi7s6zeuyczg@example.com', 1);
INSERT INTO message_ref (message_id, incident) VALUES
    ('1.3.2scx5tnoek4xfrvi7zl4cy2um3@example.com', 1);
INSERT INTO message_ref (message_id, incident) VALUES
    ('1.4.gzcmjfwuj7gbespgumfzq4kjys@example.com', 1);
INSERT INTO message_ref (message_id, incident) VALUES
    ('1@mon.example.com', 1);
INSERT INTO message_ref (message_id, incident) VALUES
    ('k@example.com', 1);
INSERT INTO notice (id, message_id, incident, about, audience, number, person, kind, belief, sender, recipient, subject, summary, bytes, urgent, queued_at, state, next_attempt, attempts, owner, lease_until, fence, reply, lane, paid_until, doubtful, carrier) VALUES
    (1, '1.1.nw56u3boasxaeni4ro5op5zrsm@example.com', 1, 2, '"inner"', 1, 'kato', '{"page":{"run":1,"at":{"round":0,"step":0}}}', '"down"', 'incidents@example.com', 'kato@example.com', '[INC-1-HC] Service A is down', 'page, step 1', X'5375626A6563743A2078', 4, 1795363200000, 'delivered', 1795363200000, 1, '', 0, 2, '', 2, 1795363620000, 0, 0);
INSERT INTO notice (id, message_id, incident, about, audience, number, person, kind, belief, sender, recipient, subject, summary, bytes, urgent, queued_at, state, next_attempt, attempts, owner, lease_until, fence, reply, lane, paid_until, doubtful, carrier) VALUES
    (2, '1.2.4w4jdeuzjwuce4oi7s6zeuyczg@example.com', 1, 2, '"inner"', 2, 'mori', '"inform"', '"down"', 'incidents@example.com', 'mori@example.com', '[INC-1-HC] Service A is down', 'Service A is down', X'5375626A6563743A2078', 0, 1795363200000, 'queued', 1795363200000, 0, '', 0, 0, '', 1, 0, 0, 0);
INSERT INTO notice (id, message_id, incident, about, audience, number, person, kind, belief, sender, recipient, subject, summary, bytes, urgent, queued_at, state, next_attempt, attempts, owner, lease_until, fence, reply, lane, paid_until, doubtful, carrier) VALUES
    (3, '1.3.2scx5tnoek4xfrvi7zl4cy2um3@example.com', 1, 5, '"inner"', 3, 'mori', '{"for-client":"client-a"}', 'null', 'incidents@example.com', 'mori@example.com', '[INC-1-HC] Service A is down', 'Draft 1 for Client A: may it go out?', X'5375626A6563743A2078', 0, 1795363200000, 'queued', 1795363200000, 0, '', 0, 0, '', 0, 0, 0, 0);
INSERT INTO notice (id, message_id, incident, about, audience, number, person, kind, belief, sender, recipient, subject, summary, bytes, urgent, queued_at, state, next_attempt, attempts, owner, lease_until, fence, reply, lane, paid_until, doubtful, carrier) VALUES
    (4, '1.4.gzcmjfwuj7gbespgumfzq4kjys@example.com', 1, 8, '"inner"', 4, 'mori', '"inform"', 'null', 'incidents@example.com', 'mori@example.com', '[INC-1-HC] Service A is down', 'Kato Ren writes', X'5375626A6563743A2078', 0, 1795363320000, 'queued', 1795363320000, 0, '', 0, 0, '', 1, 0, 0, 0);
INSERT INTO pace (recipient, bucket, full_at) VALUES
    ('kato@example.com', 'pages', 1795363620000);
INSERT INTO raw (mail, bytes) VALUES
    (1, X'46726F6D3A206E6167696F73406D6F6E2E6578616D706C652E636F6D0D0A4D6573736167652D49443A203C31406D6F6E2E6578616D706C652E636F6D3E0D0A5375626A6563743A202A2A2050524F424C454D205365727669636520416C6572743A2077656230312F736572766963652D6120697320435249544943414C202A2A0D0A0D0A61732074686520636865636B20736179730D0A');
INSERT INTO raw (mail, bytes) VALUES
    (2, X'46726F6D3A204B61746F203C6B61746F406578616D706C652E636F6D3E0D0A4D6573736167652D49443A203C6B406578616D706C652E636F6D3E0D0A496E2D5265706C792D546F3A203C312E312E6E7735367533626F61737861656E6934726F356F70357A72736D406578616D706C652E636F6D3E0D0A5375626A6563743A2052653A205B494E432D312D48435D2053657276696365204120697320646F776E0D0A0D0A6C6F6F6B696E670D0A');
INSERT INTO raw (mail, bytes) VALUES
    (3, X'46726F6D3A2061406578616D706C652E6E65740D0A4D6573736167652D49443A203C6F40613E0D0A5375626A6563743A206F666665720D0A0D0A6275790D0A');
INSERT INTO raw (mail, bytes) VALUES
    (4, X'5375626A6563743A2077616974730D0A0D0A780D0A');
INSERT INTO rule_hit (id, rule, part, past, at, until) VALUES
    (1, 'few', 'web01', 0, 1795363440000, 1795399200000);
INSERT INTO source (format, address, last, gaps) VALUES
    ('nagios', 'nagios@mon.example.com', 1795363200000, '[]');
INSERT INTO subject_ref (subject, incident, at) VALUES
    ('** problem service alert: web01/service-a is critical **', 1, 1795363200000);
INSERT INTO subject_ref (subject, incident, at) VALUES
    ('service a is down', 1, 1795363320000);
