//! What is taken as an archive, in which order, under which names.

mod variants;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::*;

fn open_it(path: &Path) -> Archive {
    open(path, &mut |_| ()).unwrap()
}

/// Names below `home` and bytes of all mails, in the archive's order.
fn contents(archive: &Archive, home: &Path) -> Vec<(String, String)> {
    let of = |entry: &Entry| {
        let name = archive.name(entry).replace(&format!("{}/", home.display()), "");
        (name, String::from_utf8(archive.read(entry).unwrap()).unwrap())
    };
    archive.entries.iter().map(of).collect()
}

fn names(archive: &Archive, home: &Path) -> Vec<String> {
    contents(archive, home).into_iter().map(|(name, _)| name).collect()
}

/// Puts files below a new directory, with the directories on the way.
fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = home.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match text.is_empty() {
            true => fs::create_dir_all(&path).unwrap(),
            false => fs::write(&path, text).unwrap(),
        }
    }
    home
}

fn mail(day: u32) -> String {
    format!("Date: Thu, {day} Jan 2026 10:00:00 +0000\nSubject: {day}\n\ntext\n")
}

fn skipped(archive: &Archive, home: &Path) -> Vec<String> {
    let words = archive.skipped.iter().map(|(path, why)| format!("{}: {why}", path.display()));
    words.map(|line| line.replace(&format!("{}/", home.display()), "")).collect()
}

#[test]
fn a_directory_is_searched_for_eml_files_and_mboxes_and_the_rest_is_named() {
    let (one, two, three, four) = (mail(1), mail(2), mail(3), mail(4));
    let mbox = format!("From a Mon Jan  5 10:00:00 2026\n{one}\nFrom b Mon Jan  5 10:00:00 2026\n{four}\n");
    let files = [
        ("b/c/x.EML", three.as_str()),
        ("a.eml", two.as_str()),
        ("sent", mbox.as_str()),
        ("notes.txt", "Subject: no mail\n"),
        (".hidden.eml", "Subject: hidden\n"),
        (".hidden/y.eml", "Subject: hidden\n"),
    ];
    let home = tree(&files);
    fs::write(home.path().join("empty.eml"), "").unwrap();
    symlink(home.path(), home.path().join("b/round")).unwrap();
    symlink(home.path().join("nothing"), home.path().join("b/gone.eml")).unwrap();
    let archive = open_it(home.path());
    let wanted = [("sent:1", &one), ("a.eml", &two), ("b/c/x.EML", &three), ("sent:2", &four)];
    let wanted = wanted.map(|(name, text)| (name.to_owned(), text.clone()));
    assert_eq!(contents(&archive, home.path()), wanted);
    let told = skipped(&archive, home.path());
    assert!(told[0].starts_with("b/gone.eml: can't be read: "), "{told:?}");
    assert_eq!(told[1], "b/round: is a link to a directory: such are not followed");
    assert_eq!(told[2], "empty.eml: is empty");
    assert!(told[3].starts_with("notes.txt: is neither an mbox, "), "{told:?}");
    assert_eq!(told.len(), 4);
    assert_eq!(archive.bytes, (one.len() + two.len() + three.len() + four.len()) as u64 + 66);
}

#[test]
fn a_maildir_is_taken_with_its_folders_and_without_its_control_files() {
    let (one, two, three) = (mail(1), mail(2), mail(3));
    let home = tree(&[
        ("new/1.a.host", &three),
        ("cur/2.b.host:2,S", &two),
        ("cur/.nfs01", "Subject: no\n"),
        ("cur/deep/x", "Subject: no\n"),
        ("tmp/3.c.host", "Subject: half\n"),
        (".Ops.Old/cur/4.d.host:2,", &one),
        (".Ops.Old/new", ""),
        (".cache/5.eml", "Subject: no\n"),
        ("dovecot-uidlist", "3 V1 N4\n"),
    ]);
    let archive = open_it(home.path());
    assert_eq!(
        names(&archive, home.path()),
        [".Ops.Old/cur/4.d.host:2,", "cur/2.b.host:2,S", "new/1.a.host"]
    );
    assert_eq!(skipped(&archive, home.path()), ["cur/deep: is a directory among the mails of a Maildir"]);
}

#[test]
fn a_mail_without_date_goes_by_its_from_line_its_name_or_its_file() {
    let none = "Subject: x\n\ntext\n";
    let mbox = format!("From a Mon Jan  5 10:00:00 2026 +0900\n{none}\nFrom b@c\n{none}\n");
    let home = tree(&[("m/new/1767607200.a.host", none), ("m/cur", ""), ("box", &mbox), ("x.eml", none)]);
    File::open(home.path().join("x.eml"))
        .unwrap()
        .set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_767_600_000))
        .unwrap();
    let archive = open_it(home.path());
    let dates: Vec<(String, String)> = archive
        .entries
        .iter()
        .map(|entry| {
            (archive.name(entry).replace(home.path().to_str().unwrap(), ""), entry.date.unwrap().to_string())
        })
        .collect();
    let wanted = [
        ("/box:1", "2026-01-05T01:00:00Z"),
        ("/x.eml", "2026-01-05T08:00:00Z"),
        ("/m/new/1767607200.a.host", "2026-01-05T10:00:00Z"),
    ];
    assert_eq!(dates, wanted.map(|(name, date)| (name.to_owned(), date.to_owned())));
}

#[test]
fn mails_come_in_the_order_of_their_dates_and_one_without_stays_beside_its_neighbour() {
    let at = |second: i64| Some(Timestamp::from_second(second).unwrap());
    let dates = [None, at(5), at(3), None, at(9), at(3), at(1)];
    let entry = |(number, date): (u32, &Option<Timestamp>)| Entry {
        date: *date,
        length: 1,
        file: 0,
        number,
        offset: 0,
    };
    let entries = (0..).zip(&dates).map(entry).collect();
    let order: Vec<u32> = in_order(entries).iter().map(|entry| entry.number).collect();
    assert_eq!(order, [6, 2, 3, 5, 0, 1, 4]);
}

#[test]
fn one_file_is_taken_if_it_is_a_mail() {
    let home = tree(&[("x.eml", &mail(1)), ("1.a:2,S", &mail(2)), ("story", "Once upon a time\n")]);
    for name in ["x.eml", "1.a:2,S"] {
        let path = home.path().join(name);
        assert_eq!(names(&open_it(&path), home.path()), [name]);
    }
    let error = open(&home.path().join("story"), &mut |_| ()).unwrap_err().to_string();
    assert!(error.contains("story: no mail in there") && error.contains("is neither an mbox"), "{error}");
}

#[test]
fn what_holds_no_mail_says_what_is_taken() {
    let home = tree(&[("cur", ""), ("new", "")]);
    let error = open(home.path(), &mut |_| ()).unwrap_err().to_string();
    assert!(error.ends_with(
        "no mail in there. Taken are an mbox (a file that begins with \"From \"), a Maildir (a directory with \
         new/ and cur/), a directory of .eml files, and one .eml file"
    ));
    let error = open(&home.path().join("x"), &mut |_| ()).unwrap_err();
    assert_eq!(error.to_string(), format!("{}/x: no such file or directory", home.path().display()));
}

#[test]
fn a_mail_that_is_gone_or_shorter_than_it_was_is_not_read_by_half() {
    let mbox = format!("From a Mon Jan  5 10:00:00 2026\n{}\n", mail(1));
    let home = tree(&[("box", &mbox), ("x.eml", &mail(2))]);
    let archive = open_it(home.path());
    fs::write(home.path().join("box"), "From a\nshort\n").unwrap();
    fs::remove_file(home.path().join("x.eml")).unwrap();
    for entry in &archive.entries {
        assert!(matches!(archive.read(entry), Err(Error::Changed(_))));
    }
}

#[test]
fn a_mail_that_is_too_large_is_cut_one_byte_above_the_limit() {
    let text = "From a Mon Jan  5 10:00:00 2026\nSubject: x\n\n>From b\n";
    let home = tree(&[("x.eml", "Subject: x\n\n"), ("box", text)]);
    for name in ["x.eml", "box"] {
        let path = home.path().join(name);
        let size = LARGEST as u64 + 1000;
        fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(size).unwrap();
        let archive = open_it(&path);
        assert_eq!(archive.read(&archive.entries[0]).unwrap().len(), LARGEST + 1);
        assert!(archive.entries[0].length > LARGEST as u64 + 900);
    }
}

#[test]
fn progress_is_told_on_the_way_and_at_the_end() {
    let line = "x".repeat(75) + "\n";
    let mbox = format!("From a Mon Jan  5 10:00:00 2026\n{}{}\n", mail(1), line.repeat(40_000));
    let home = tree(&[("box", &mbox)]);
    let mut told = Vec::new();
    let archive = open(home.path(), &mut |bytes| told.push(bytes)).unwrap();
    assert!(told.len() > 2 && told.is_sorted(), "{told:?}");
    assert_eq!(told.last(), Some(&archive.bytes));

    let large = "x".repeat(PROGRESS as usize / 2);
    let files = ["a.eml", "b.eml", "c.eml", "d.eml"].map(|name| (name, large.as_str()));
    let mut told = Vec::new();
    open(tree(&files).path(), &mut |bytes| told.push(bytes)).unwrap();
    assert_eq!(told, [PROGRESS, 2 * PROGRESS, 2 * PROGRESS]);
}
