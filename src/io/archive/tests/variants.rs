//! The mbox family: what each of its four writers wrote is read back byte for byte.

use proptest::prelude::*;

use super::super::*;
use super::open_it;

const FROM: &str = "From kato@example.jp Mon Jan  5 10:00:00 2026\n";

#[derive(Debug, Clone, Copy, PartialEq)]
enum Variant {
    O,
    Rd,
    Cl,
    Cl2,
}

const ALL: [Variant; 4] = [Variant::O, Variant::Rd, Variant::Cl, Variant::Cl2];

/// A mail's header, without the empty line after it, and its body.
type Mail = (String, String);

/// The mail as it will be read, and as it stands in the mbox.
fn written(variant: Variant, (header, body): &Mail) -> (String, String) {
    let quoted: String = body
        .split_inclusive('\n')
        .map(|line| match variant {
            Variant::O | Variant::Cl if line.starts_with("From ") => format!(">{line}"),
            Variant::Rd if line.trim_start_matches('>').starts_with("From ") => format!(">{line}"),
            Variant::O | Variant::Rd | Variant::Cl | Variant::Cl2 => line.to_owned(),
        })
        .collect();
    let header = match variant {
        Variant::O | Variant::Rd => header.clone(),
        Variant::Cl | Variant::Cl2 => format!("{header}Content-Length: {}\n", quoted.len()),
    };
    (format!("{header}\n{body}"), format!("{FROM}{header}\n{quoted}\n"))
}

/// The mails of an mbox in their order in the file.
fn read(mbox: &[u8]) -> Vec<String> {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("mbox");
    std::fs::write(&path, mbox).unwrap();
    let Ok(archive) = open(&path, &mut |_| ()) else { return Vec::new() };
    let mut entries = archive.entries.clone();
    entries.sort_by_key(|entry| entry.number);
    let text = |entry| String::from_utf8(archive.read(entry).unwrap()).unwrap();
    entries.iter().map(text).collect()
}

/// Bodies made of what is hard in an mbox. A body whose last line has no end needs its length to be known.
fn mails(variant: Variant) -> impl Strategy<Value = Vec<Mail>> {
    let line = prop_oneof![
        Just("\n"),
        Just("text\n"),
        Just("From here on\n"),
        Just(FROM),
        Just("Content-Length: 3\n"),
        Just(" From\n"),
        Just("> From x\n"),
        Just(">Fro\n"),
    ];
    let quoted = prop_oneof![Just(">From kato\n"), Just(">>From ren\n"), Just(">>>From all\n")];
    // In mboxo and mboxcl nobody can know whether `>From ` was quoted.
    let weight = if matches!(variant, Variant::O | Variant::Cl) { 0 } else { 2 };
    let line = prop_oneof![8 => line, weight => quoted];
    let open = matches!(variant, Variant::Cl | Variant::Cl2);
    let body = (prop::collection::vec(line, 0..8), prop::bool::ANY).prop_map(move |(lines, unended)| {
        format!("{}{}", lines.concat(), if unended && open { "end" } else { "" })
    });
    let header = prop_oneof![Just("Subject: a\n"), Just("Date: Mon, 5 Jan 2026 09:00:00 +0000\nX: b\n\tc\n")];
    let mail = (header.prop_map(str::to_owned), body);
    prop::collection::vec(mail, 1..6).prop_map(move |mut mails| {
        if variant == Variant::Cl2 {
            // By this mail the file is known not to be quoted.
            mails.insert(0, ("Subject: first\n".to_owned(), "text\n\nFrom here on\n".to_owned()));
        }
        mails
    })
}

/// One of the variants, with mails for it.
fn boxes() -> impl Strategy<Value = (Variant, Vec<Mail>)> {
    prop::sample::select(&ALL[..]).prop_flat_map(|variant| (Just(variant), mails(variant)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_each_variant_wrote_is_read_back_byte_for_byte((variant, mails) in boxes()) {
        let (wanted, stored): (Vec<_>, Vec<_>) = mails.iter().map(|mail| written(variant, mail)).unzip();
        prop_assert_eq!(read(stored.concat().as_bytes()), wanted);
    }

    #[test]
    fn line_ends_stay_as_they_are((variant, mails) in boxes()) {
        let crlf = |text: &String| text.replace('\n', "\r\n");
        let mails: Vec<Mail> = mails.iter().map(|(header, body)| (header.clone(), crlf(body))).collect();
        let (wanted, stored): (Vec<_>, Vec<_>) = mails.iter().map(|mail| written(variant, mail)).unzip();
        let whole = |text: &String| text.replace("\r\n", "\n").replace('\n', "\r\n");
        let stored: String = stored.iter().map(whole).collect();
        prop_assert_eq!(read(stored.as_bytes()), wanted.iter().map(whole).collect::<Vec<_>>());
    }

    #[test]
    fn of_a_file_cut_anywhere_the_mails_before_the_last_are_whole(
        (variant, mails) in boxes(), place in any::<prop::sample::Index>()
    ) {
        let (wanted, stored): (Vec<_>, Vec<_>) = mails.iter().map(|mail| written(variant, mail)).unzip();
        let whole = stored.concat();
        let cut = place.index(whole.len());
        let mut end = 0;
        let ends = stored.iter().map(|text| { end += text.len(); end + FROM.len() });
        let certain = ends.take_while(|end| *end <= cut).count();
        let found = read(&whole.as_bytes()[..cut]);
        prop_assert!(found.len() >= certain);
        prop_assert_eq!(&found[..certain], &wanted[..certain]);
    }
}

#[test]
fn a_from_in_the_text_does_not_split_without_a_date_or_an_empty_line_before_it() {
    let text = format!("Subject: x\n\n\nFrom now on we wait\n\ntext\n{FROM}end\n");
    assert_eq!(read(format!("{FROM}{text}\n").as_bytes()), [text]);
}

#[test]
fn a_length_that_leads_nowhere_is_not_believed() {
    for length in ["7", "0", "99999999", "18446744073709551615", "-1", "x"] {
        let mail = format!("Content-Length: {length}\n\none\n\ntwo\n");
        let mbox = format!("{FROM}{mail}\n{FROM}Subject: b\n\n>From c\n\n");
        assert_eq!(read(mbox.as_bytes()), [mail, "Subject: b\n\nFrom c\n".to_owned()], "{length}");
    }
}

#[test]
fn a_counted_body_may_hold_whole_mails() {
    let body = format!("see\n\n{FROM}Subject: inner\n\n>From inside\n");
    let mail = format!("Content-Length: {}\n\n{body}", body.len());
    let mbox = format!("{FROM}{mail}\n\n\n{FROM}Subject: b\n\n>From c\n");
    assert_eq!(read(mbox.as_bytes()), [mail, "Subject: b\n\n>From c\n".to_owned()]);
}

#[test]
fn only_a_whole_from_line_vouches_for_a_length() {
    let line = FROM.trim_end();
    let gap = "\n".repeat(1024 - line.len());
    let mail = |quote| format!("Content-Length: 4\n\ntext{gap}{line} we knew\n{quote}From here\n");
    assert_eq!(read(format!("{FROM}{}\n", mail(">")).as_bytes()), [mail("")]);
}

#[test]
fn a_writer_that_quotes_only_after_an_empty_line_has_quoted_all_the_same() {
    let body = "text\nFrom here\n\n>From there\n";
    let mail = format!("Content-Length: {}\n\n{body}", body.len());
    assert_eq!(read(format!("{FROM}{mail}\n").as_bytes()), [mail.replace('>', "")]);
}

#[test]
fn a_from_line_of_a_broken_clock_splits_and_is_no_date() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("mbox");
    let line = "From - Wed Dec 31 23:59:59 1969\n";
    std::fs::write(&path, format!("{line}X: a\n\n{line}X: b\n\n")).unwrap();
    let dates: Vec<_> = open_it(&path).entries.iter().map(|entry| entry.date).collect();
    assert_eq!(dates, [None, None]);
}

#[test]
fn empty_mails_are_counted_and_left_out() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("mbox");
    std::fs::write(&path, format!("{FROM}\n{FROM}\n{FROM}Subject: c\n\n")).unwrap();
    let archive = open_it(&path);
    assert_eq!(archive.name(&archive.entries[0]), format!("{}:3", path.display()));
    assert_eq!(archive.entries.len(), 1);
    assert_eq!(archive.skipped, [(path, "2 of its mails are empty".to_owned())]);
}

#[test]
fn any_bytes_after_a_from_line_are_a_mail() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("mbox");
    std::fs::write(&path, b"From \xff\xfe\n\xffDate: \xff\n\nFrom \xff\n").unwrap();
    let archive = open_it(&path);
    assert_eq!(archive.read(&archive.entries[0]).unwrap(), b"\xffDate: \xff\n\nFrom \xff\n");
}

#[test]
fn mails_are_read_in_any_order_from_more_files_than_are_kept_open() {
    let home = tempfile::tempdir().unwrap();
    for file in 0..KEPT_OPEN * 2 {
        let mail = |day| format!("{FROM}Date: {day} Jan 2026 10:00:00 +0000\n\n{file}\n\n");
        std::fs::write(home.path().join(format!("{file:02}")), mail(7) + &mail(6)).unwrap();
    }
    let archive = open_it(home.path());
    let mut found: Vec<String> = Vec::new();
    for entry in &archive.entries {
        found.push(String::from_utf8(archive.read(entry).unwrap()).unwrap());
    }
    let of = |day| move |file| format!("Date: {day} Jan 2026 10:00:00 +0000\n\n{file}\n");
    let wanted: Vec<String> = (0..KEPT_OPEN * 2).map(of(6)).chain((0..KEPT_OPEN * 2).map(of(7))).collect();
    assert_eq!(found, wanted);
    assert_eq!(archive.open.lock().unwrap().len(), KEPT_OPEN);
}
