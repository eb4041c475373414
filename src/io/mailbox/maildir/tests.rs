//! A Maildir in which people work too: what is listed, read, flagged and moved.

use std::os::unix::ffi::OsStrExt as _;
use std::time::{Duration, UNIX_EPOCH};

use super::*;

/// A Maildir below a new directory, with these files.
fn maildir(files: &[&str]) -> (tempfile::TempDir, Maildir) {
    let home = tempfile::tempdir().unwrap();
    make(home.path());
    for file in files {
        fs::write(home.path().join(file), format!("Subject: {file}\n\n")).unwrap();
    }
    let maildir = Maildir::open(home.path()).unwrap();
    (home, maildir)
}

fn make(path: &Path) {
    for place in ["new", "cur", "tmp"] {
        fs::create_dir_all(path.join(place)).unwrap();
    }
}

fn at(second: u64) -> Timestamp {
    Timestamp::from_second(second as i64).unwrap()
}

fn set(path: PathBuf, second: u64) {
    File::open(path).unwrap().set_modified(UNIX_EPOCH + Duration::from_secs(second)).unwrap();
}

/// Names of all mails, whatever changed.
fn names(maildir: &mut Maildir) -> Vec<String> {
    let listed = maildir.names(Timestamp::MIN).unwrap().unwrap();
    let mut names: Vec<String> = listed.into_iter().map(|mail| mail.name).collect();
    names.sort();
    names
}

/// Files of a Maildir, as `cur/…`.
fn files(root: &Path) -> Vec<String> {
    let of = |place: &str| {
        let entries = fs::read_dir(root.join(place)).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        entries.map(|entry| format!("{place}/{}", name(entry))).collect::<Vec<_>>()
    };
    let mut files = [of("new"), of("cur")].concat();
    files.sort();
    files
}

fn text(fetched: Fetched) -> String {
    match fetched {
        Fetched::Mail(bytes) => String::from_utf8(bytes).unwrap(),
        Fetched::Gone => panic!("gone"),
    }
}

#[test]
fn mails_are_listed_oldest_first_by_their_unique_names() {
    let (home, mut maildir) = maildir(&["new/1.a.host", "cur/2.b.host:2,RS", "cur/3.c.host", "new/.lock"]);
    fs::write(home.path().join("tmp/4.d.host"), "half").unwrap();
    fs::create_dir(home.path().join("cur/5.e.host")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", home.path().join("new/6.f.host")).unwrap();
    for (file, second) in [("new/1.a.host", 30), ("cur/2.b.host:2,RS", 20), ("cur/3.c.host", 10)] {
        set(home.path().join(file), second);
    }
    let listed = maildir.names(Timestamp::MIN).unwrap().unwrap();
    let wanted = [("3.c.host", 10), ("2.b.host", 20), ("1.a.host", 30)];
    assert_eq!(listed, wanted.map(|(name, second)| Listed { name: name.to_owned(), arrived: at(second) }));
}

#[test]
fn a_mail_that_is_in_both_directories_is_one() {
    let (_home, mut maildir) = maildir(&["new/1.a.host", "cur/1.a.host:2,S"]);
    assert_eq!(names(&mut maildir), ["1.a.host"]);
}

#[test]
fn nothing_is_listed_again_until_something_has_changed() {
    let (home, mut maildir) = maildir(&["new/1.a.host"]);
    let touch = |place, second| set(home.path().join(place), second);
    touch("new", 100);
    touch("cur", 50);
    assert!(maildir.names(at(102)).unwrap().is_some());
    assert_eq!(maildir.names(at(103)).unwrap(), None);
    touch("cur", 110);
    assert!(maildir.names(at(112)).unwrap().is_some());
    assert_eq!(maildir.names(at(113)).unwrap(), None);
}

#[test]
fn a_change_behind_a_link_is_seen() {
    let (home, mut maildir) = maildir(&[]);
    fs::rename(home.path().join("new"), home.path().join("real")).unwrap();
    std::os::unix::fs::symlink("real", home.path().join("new")).unwrap();
    for (place, second) in [("real", 100), ("cur", 100)] {
        set(home.path().join(place), second);
    }
    let far = at(10_000_000_000);
    assert_eq!(maildir.names(far).unwrap(), Some(Vec::new()));
    fs::write(home.path().join("real/1.a.host"), "").unwrap();
    assert_eq!(maildir.names(far).unwrap().map(|all| all.len()), Some(1));
}

#[test]
fn a_directory_changed_a_moment_ago_is_listed_again() {
    let (home, mut maildir) = maildir(&["new/1.a.host"]);
    set(home.path().join("new"), 100);
    set(home.path().join("cur"), 50);
    assert!(maildir.names(at(101)).unwrap().is_some());
    fs::write(home.path().join("new/2.b.host"), "").unwrap();
    set(home.path().join("new"), 100);
    assert_eq!(maildir.names(at(101)).unwrap().map(|all| all.len()), Some(2));
    assert!(maildir.names(at(102)).unwrap().is_some());
    assert_eq!(maildir.names(at(102)).unwrap(), None);
    // A clock behind the file system's can't tell.
    set(home.path().join("new"), 500);
    assert!(maildir.names(at(103)).unwrap().is_some());
    assert!(maildir.names(at(103)).unwrap().is_some());
}

#[test]
fn a_mail_is_read_wherever_a_mail_program_has_put_it() {
    let (home, mut maildir) = maildir(&["new/1.a.host", "cur/2.b.host:2,"]);
    names(&mut maildir);
    let (one, two) = ("Subject: new/1.a.host\n\n", "Subject: cur/2.b.host:2,\n\n");
    assert_eq!(text(maildir.read("1.a.host", 1000).unwrap()), one);
    fs::rename(home.path().join("new/1.a.host"), home.path().join("cur/1.a.host:2,S")).unwrap();
    fs::rename(home.path().join("cur/2.b.host:2,"), home.path().join("cur/2.b.host:2,RS")).unwrap();
    assert_eq!(text(maildir.read("1.a.host", 1000).unwrap()), one);
    assert_eq!(text(maildir.read("2.b.host", 1000).unwrap()), two);
    assert_eq!(maildir.read("2.b.host", 7).unwrap(), Fetched::Mail(b"Subject".to_vec()));
    fs::remove_file(home.path().join("cur/2.b.host:2,RS")).unwrap();
    assert_eq!(maildir.read("2.b.host", 1000).unwrap(), Fetched::Gone);
    assert_eq!(maildir.read("3.c.host", 1000).unwrap(), Fetched::Gone);
}

#[test]
fn a_mail_is_read_that_was_never_listed() {
    let (_home, maildir) = maildir(&["cur/1.a.host:2,S"]);
    assert_eq!(text(maildir.read("1.a.host", 1000).unwrap()), "Subject: cur/1.a.host:2,S\n\n");
}

#[test]
fn names_that_are_no_utf_8_are_told_apart() {
    let (home, mut maildir) = maildir(&[]);
    for name in [&b"1.\xe9.host"[..], b"1.\xe8.host:2,S"] {
        fs::write(home.path().join("cur").join(std::ffi::OsStr::from_bytes(name)), name).unwrap();
    }
    assert_eq!(names(&mut maildir), ["1./e8.host", "1./e9.host"]);
    assert_eq!(maildir.read("1./e9.host", 100).unwrap(), Fetched::Mail(b"1.\xe9.host".to_vec()));
    maildir.settle("1./e8.host", &After::Flag).unwrap();
    let flagged = home.path().join("cur").join(std::ffi::OsStr::from_bytes(b"1.\xe8.host:2,FS"));
    assert!(flagged.exists());
}

#[test]
fn a_flag_is_added_to_those_that_people_set_meanwhile() {
    let (home, mut maildir) = maildir(&["new/1.a.host", "cur/2.b.host:2,", "cur/3.c.host:2,FS"]);
    names(&mut maildir);
    fs::rename(home.path().join("cur/2.b.host:2,"), home.path().join("cur/2.b.host:2,DS")).unwrap();
    for name in ["1.a.host", "2.b.host", "3.c.host", "4.gone.host"] {
        maildir.settle(name, &After::Flag).unwrap();
        maildir.settle(name, &After::Flag).unwrap();
    }
    assert_eq!(files(home.path()), ["cur/1.a.host:2,F", "cur/2.b.host:2,DFS", "cur/3.c.host:2,FS"]);
}

#[test]
fn nothing_is_done_where_nothing_is_to_be_done() {
    let (home, maildir) = maildir(&["new/1.a.host"]);
    maildir.settle("1.a.host", &After::Leave).unwrap();
    assert_eq!(files(home.path()), ["new/1.a.host"]);
}

#[test]
fn mails_are_moved_with_their_flags_into_folders_of_the_account() {
    let (home, mut maildir) = maildir(&["new/1.a.host", "cur/2.b.host:2,RS", "cur/3.c.host:2,"]);
    names(&mut maildir);
    fs::rename(home.path().join("cur/3.c.host:2,"), home.path().join("cur/3.c.host:2,S")).unwrap();
    make(&home.path().join(".Ops.Handled"));
    for name in ["1.a.host", "2.b.host", "3.c.host", "4.gone.host"] {
        maildir.settle(name, &After::Move("Ops/Handled".to_owned())).unwrap();
    }
    assert!(files(home.path()).is_empty());
    let wanted = ["cur/1.a.host:2,", "cur/2.b.host:2,RS", "cur/3.c.host:2,S"];
    assert_eq!(files(&home.path().join(".Ops.Handled")), wanted);
    assert_eq!(maildir.read("1.a.host", 10).unwrap(), Fetched::Gone);
}

#[test]
fn a_folder_s_folder_lies_beside_it_and_a_whole_path_where_it_says() {
    let (home, account) = maildir(&[]);
    for folder in [".Incidents", ".Handled", "elsewhere"] {
        make(&home.path().join(folder));
    }
    let folder = Maildir::open(&home.path().join(".Incidents")).unwrap();
    for maildir in [&account, &folder] {
        assert_eq!(maildir.folder("Handled").unwrap(), home.path().join(".Handled"));
        assert_eq!(maildir.folder(".Handled").unwrap(), home.path().join(".Handled"));
    }
    let elsewhere = home.path().join("elsewhere");
    assert_eq!(account.folder(elsewhere.to_str().unwrap()).unwrap(), elsewhere);
}

#[test]
fn a_folder_that_is_not_there_is_not_made() {
    let (home, maildir) = maildir(&["cur/1.a.host:2,S"]);
    let error = maildir.settle("1.a.host", &After::Move("Handled".to_owned())).unwrap_err().to_string();
    let path = home.path().join(".Handled");
    let wanted = format!("no folder `Handled`: {} is no Maildir; make the folder", path.display());
    assert!(error.starts_with(&wanted), "{error}");
    assert!(!path.exists());
    assert_eq!(files(home.path()), ["cur/1.a.host:2,S"]);
}

#[test]
fn a_mail_never_replaces_another() {
    let (home, maildir) = maildir(&["cur/1.a.host,S=7:2,S"]);
    let handled = home.path().join(".Handled");
    make(&handled);
    fs::write(handled.join("cur/1.a.host,S=7:2,S"), "another").unwrap();
    maildir.settle("1.a.host,S=7", &After::Move("Handled".to_owned())).unwrap();
    assert_eq!(files(&handled), ["cur/1.a.host,S=7:2,S", "cur/1.a.host-1,S=7:2,S"]);
    assert_eq!(fs::read(handled.join("cur/1.a.host,S=7:2,S")).unwrap(), b"another");
}

#[test]
fn what_is_no_maildir_is_told_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    make(&home.path().join("Maildir"));
    fs::write(home.path().join("mbox"), "From a\n").unwrap();
    let told = |path: &Path| Maildir::open(path).unwrap_err().to_string();
    let of = |name: &str| told(&home.path().join(name));
    assert!(told(Path::new("~/Maildir")).ends_with("write the whole path"));
    assert!(of("nothing").ends_with("no such directory; a Maildir is a directory with new/, cur/ and tmp/"));
    assert!(of("mbox").contains("is a file; a mailbox is a Maildir"));
    let meant = format!("did you mean {}?", home.path().join("Maildir").display());
    assert!(told(home.path()).ends_with(&meant), "{}", told(home.path()));
    assert!(of("Maildir/cur").ends_with(&meant), "{}", of("Maildir/cur"));
}

#[test]
fn a_maildir_that_vanishes_is_a_failure_and_no_mail_is_gone() {
    let (home, mut maildir) = maildir(&["cur/1.a.host:2,S"]);
    names(&mut maildir);
    fs::rename(home.path().join("cur"), home.path().join("moved")).unwrap();
    assert!(maildir.names(Timestamp::MIN).is_err());
    assert!(maildir.read("1.a.host", 10).is_err());
}
