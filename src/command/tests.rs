//! What must hold of the words: which are commands, which are prose, and where each ends.

use super::*;

fn commands(text: &str) -> Vec<Command> {
    read(text).commands.into_iter().map(|line| line.command).collect()
}

/// Fault 86.
#[test]
fn what_phones_make_of_a_word_is_still_that_word() {
    for text in ["ack", "Ack.", " ACK ", "/ack", "ＡＣＫ", "ack!", "対応します。", "Hi all,\n\nack"]
    {
        assert_eq!(commands(text), [Command::Ack], "{text}");
    }
}

#[test]
fn what_follows_a_command_is_a_note() {
    let said = read("ack, hardware is fine, it is the application\nlooking at the pool");
    assert_eq!(said.commands.len(), 1);
    assert_eq!(said.note, "hardware is fine, it is the application\nlooking at the pool");
}

#[test]
fn several_commands_stand_one_per_line() {
    let said = read("お疲れ様です。\n加藤です。\n復旧\n恒久対応\n\n再起動しました。");
    assert_eq!(commands("recovered\nresolved\nclose").len(), 3);
    assert_eq!(said.commands.len(), 2);
    assert_eq!(said.note, "再起動しました。");
}

#[test]
fn a_note_behind_a_command_does_not_end_the_commands() {
    let said = read("resolved, replaced the disk\nclose\nThanks to all.");
    assert_eq!(said.commands.len(), 2);
    assert_eq!(said.note, "replaced the disk\nThanks to all.");
}

#[test]
fn a_word_inside_prose_is_never_a_command() {
    for text in [
        "I will ack this later",
        "please close the door",
        "ack it yourself",
        "we think it is\nack",
        "recovered?",
        "merge these two",
        "merge",
        "merge 40 and 41",
    ] {
        assert_eq!(read(text), Said { commands: vec![], note: text.to_owned() }, "{text}");
    }
}

#[test]
fn what_becomes_of_held_mails_is_said_with_their_numbers_or_without() {
    let held = |what, mails: &[u32], incident: Option<&str>| {
        let incident = incident.map(str::to_owned);
        [Command::Held(Held { what, mails: mails.to_vec(), incident })]
    };
    assert_eq!(commands("take"), held(HeldWord::Take, &[], None));
    assert_eq!(commands("Take 1, 3"), held(HeldWord::Take, &[1, 3], None));
    assert_eq!(commands("take #2 INC-42-K7"), held(HeldWord::Take, &[2], Some("inc-42-k7")));
    assert_eq!(commands("new 2."), held(HeldWord::New, &[2], None));
    assert_eq!(commands("無視"), held(HeldWord::Ignore, &[], None));
    assert_eq!(commands("ignore, it is spam"), held(HeldWord::Ignore, &[], None));
    for prose in ["take it", "new disk arrives at 9", "ignore 2 of them", "take INC-1 INC-2"] {
        assert!(commands(prose).is_empty(), "{prose}");
    }
}

#[test]
fn an_incident_is_named_in_all_the_ways_in_which_people_write_it() {
    for (text, incident) in [
        ("merge INC-40", "inc-40"),
        ("/merge [INC-40-K7]", "[inc-40-k7]"),
        ("merge  40, the same disk", "40"),
        ("統合　ＩＮＣ-40", "inc-40"),
    ] {
        assert_eq!(commands(text), [Command::Merge { incident: incident.to_owned() }], "{text}");
    }
    assert_eq!(commands("移動 40"), [Command::Move { incident: "40".to_owned() }]);
}

#[test]
fn resolved_anyway_is_another_command() {
    assert_eq!(commands("Resolved anyway."), [Command::Resolved { anyway: true }]);
}

/// Fault 86.
#[test]
fn every_word_is_understood_as_people_type_it() {
    use crate::directory::Severity::{Sev1, Sev2};
    let name = |name: &str| name.to_owned();
    let minutes = SignedDuration::from_mins;
    for (text, command) in [
        ("SEV1", Command::Severity { to: Sev1 }),
        ("Sev 2.", Command::Severity { to: Sev2 }),
        ("重大度１", Command::Severity { to: Sev1 }),
        ("owner Kato Ren", Command::Owner { name: name("Kato Ren") }),
        ("Owner: “Kato Ren”.", Command::Owner { name: name("Kato Ren") }),
        ("責任者　加藤", Command::Owner { name: name("加藤") }),
        ("add kato.ren@phone.example.net", Command::Add { name: name("kato.ren@phone.example.net") }),
        ("remove J. Smith, he is on leave", Command::Remove { name: name("J. Smith") }),
        ("参加", Command::Join),
        ("/leave", Command::Leave),
        ("escalate", Command::Escalate { policy: None }),
        ("Escalate round-the-clock!", Command::Escalate { policy: Some(name("round-the-clock")) }),
        ("quiet", Command::Quiet { length: None }),
        ("quiet 2h", Command::Quiet { length: Some(minutes(120)) }),
        ("静観 ２時間", Command::Quiet { length: Some(minutes(120)) }),
        ("Next 1 h 30 min", Command::Next { within: minutes(90) }),
        ("next in 30m.", Command::Next { within: minutes(30) }),
        ("approve", Command::Approve { version: None }),
        ("Approve v3", Command::Approve { version: Some(3) }),
        ("却下", Command::Reject { version: None }),
        ("same", Command::Same),
        ("誤報です。", Command::Noise),
        ("no need: the client sleeps", Command::NoNeed { reason: name("the client sleeps") }),
        ("Title： Disk of web01", Command::Title { text: name("Disk of web01") }),
        ("原因：プールの枯渇", Command::Field { field: Field::Cause, text: name("プールの枯渇") }),
        ("report", Command::Report),
        ("why 3", Command::Why { mail: Some(3), client: None }),
        ("Why Client-A/2.", Command::Why { mail: Some(2), client: Some("client-a".to_owned()) }),
        ("why?", Command::Why { mail: None, client: None }),
        ("Who", Command::Who),
        ("“ack”", Command::Ack),
        ("「対応中」", Command::Ack),
        ("merge “INC-40”", Command::Merge { incident: name("inc-40") }),
    ] {
        assert_eq!(commands(text), [command], "{text}");
    }
}

#[test]
fn prose_that_begins_with_a_word_is_no_command() {
    for text in [
        "next steps: we look at the pool",
        "next 30",
        "no need, I do it",
        "approve this please",
        "why did it break?",
        "who has it?",
        "escalate this to the vendor",
        "quiet here tonight",
        "add a disk to web01, and one to web02 too",
        "add more memory",
        "owner?",
        "the client: angry",
        "sev5",
    ] {
        assert_eq!(read(text), Said { commands: vec![], note: text.to_owned() }, "{text}");
    }
}

#[test]
fn words_for_clients_go_on_up_to_a_blank_line_and_stay_as_they_are() {
    let said = read("ack\nclient: サービスＡは\n復旧\nしました。\n\nrecovered\nsaid the pool");
    let text = "サービスＡは\n復旧\nしました。".to_owned();
    assert_eq!(said.commands[1].command, Command::Client { text });
    assert_eq!(said.commands[1].line, "client: サービスＡは\n復旧\nしました。");
    assert_eq!(said.commands[2].command, Command::Recovered);
    assert_eq!(said.note, "said the pool");
    assert_eq!(commands("client:\n\nDear all"), [Command::Client { text: String::new() }]);
}

#[test]
fn a_field_goes_on_over_several_lines_up_to_the_next_command() {
    let said = read("cause: the pool was\ntoo small\nfix: made it larger\nack\nThanks.");
    let field = |field, text: &str| Command::Field { field, text: text.to_owned() };
    let expected =
        [field(Field::Cause, "the pool was\ntoo small"), field(Field::Fix, "made it larger"), Command::Ack];
    assert_eq!(said.commands.into_iter().map(|line| line.command).collect::<Vec<_>>(), expected);
    assert_eq!(said.note, "Thanks.");
}

#[test]
fn a_length_of_years_is_prose_and_never_overflows() {
    for text in ["next 999999d", "next 99999999999999999999h", "quiet 999999h999999h999999h"] {
        assert!(commands(text).is_empty(), "{text}");
    }
}

/// What phones, keyboards and habits make of a word, each still that word.
fn variations(word: &str) -> Vec<String> {
    let wide = |c: char| match c {
        ' ' => '\u{3000}',
        '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap(),
        c => c,
    };
    let mut letters = word.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    vec![
        word.to_owned(),
        word.to_uppercase(),
        capital.clone(),
        format!("{capital}."),
        format!("{word}。"),
        format!("{word}．"),
        format!("{word}!"),
        format!("{word}！"),
        format!("  {word} \u{a0}"),
        format!("\u{3000}{word}\u{3000}"),
        format!("/{word}"),
        format!("／{word}"),
        format!("\u{201c}{capital}\u{201d}"),
        format!("\u{2018}{word}\u{2019}"),
        format!("\"{word}\"."),
        format!("「{word}」"),
        word.chars().map(wide).collect(),
        format!("Hi all,\n\n{word}"),
        format!("Dear team,\n{word}\n\nThanks"),
        format!("お疲れ様です。\n加藤です。\n\n{word}"),
        format!("各位\n{word}"),
    ]
}

#[test]
fn every_word_in_both_languages_is_understood_however_a_phone_writes_it() {
    use vocabulary::{HELD, INCIDENTS, PEOPLE, PLAIN, WITH_A_LENGTH, WITH_A_NUMBER, WITH_A_WORD};
    let bare = PLAIN.iter().map(|(word, _)| (*word).to_owned());
    let held = HELD.iter().flat_map(|(word, _)| [(*word).to_owned(), format!("{word} 1")]);
    let numbered = WITH_A_NUMBER.iter().flat_map(|(word, _)| [(*word).to_owned(), format!("{word} 2")]);
    let long = WITH_A_LENGTH.iter().flat_map(|(word, _)| [format!("{word} 30m"), format!("{word} 2 h")]);
    let policy = WITH_A_WORD.iter().flat_map(|(word, _)| [(*word).to_owned(), format!("{word} night")]);
    let merged = INCIDENTS.iter().map(|(word, _)| format!("{word} inc-40"));
    let words: Vec<String> =
        bare.chain(held).chain(numbered).chain(long).chain(policy).chain(merged).collect();
    assert!(words.len() > 100);
    let mut wrong = Vec::new();
    for word in words {
        let meant = commands(&word);
        assert_eq!(meant.len(), 1, "{word}");
        wrong.extend(variations(&word).into_iter().filter(|text| commands(text) != meant));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // A name keeps the letters in which it is written.
    for (word, command) in PEOPLE {
        let capital = word.to_uppercase();
        for text in [
            format!("{word} kato"),
            format!("{capital} kato."),
            format!("/{word}: kato"),
            format!("{word}\u{3000}kato"),
            format!("{word} \u{201c}kato\u{201d}"),
            format!("Hi all,\n{word} kato"),
            format!("お疲れ様です。\n{word} kato"),
        ] {
            assert_eq!(commands(&text), [command("kato".to_owned())], "{text}");
        }
    }
}

#[test]
fn every_word_with_a_text_is_understood_however_a_phone_writes_it() {
    for (word, command) in vocabulary::TEXTS {
        let wide: String = word.chars().map(|c| if c == ' ' { '\u{3000}' } else { c }).collect();
        for verb in [(*word).to_owned(), word.to_uppercase(), wide, format!("/{word}"), format!(" {word} ")] {
            for text in
                [format!("{verb}: It works"), format!("{verb}：It works"), format!("Hi,\n\n{verb}:It works")]
            {
                assert_eq!(commands(&text), [command("It works".to_owned())], "{text}");
            }
        }
    }
}

#[test]
fn a_command_on_a_line_among_words_for_clients_is_seen() {
    for (block, among) in [
        ("client: We work on it.\nnext 1h", Some("next 1h")),
        ("client: We work on it.\nMore soon.\n復旧しました。", Some("復旧しました。")),
        ("client: We work on it.\n原因：調査中", Some("原因：調査中")),
        ("client: recovered", None),
        ("client: We work on it.\nWe will close the shop until then.", None),
        ("client:\nack", Some("ack")),
    ] {
        assert_eq!(command_among(block), among, "{block}");
    }
}
