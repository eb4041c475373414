//! The same mails, kept in different ways.

use std::fs;

use super::*;

/// What is kept, and what became of each mail, without the names of files.
fn all_of(path: &Path) -> (Kept, Vec<(String, Fate)>) {
    let mut store = Store::in_memory().unwrap();
    let archive = archive::open(path, &mut |_| {}).unwrap();
    let accounts = import(&mut store, &archive);
    (kept(&store), accounts.into_iter().map(|account| (account.message_id, account.fate)).collect())
}

#[test]
fn an_mbox_a_maildir_and_a_folder_of_eml_files_give_the_same() {
    let mails = a_mailbox(60);
    let folder = tempfile::tempdir().unwrap();
    let (maildir, eml) = (folder.path().join("Maildir"), folder.path().join("eml"));
    for directory in ["new", "cur", "tmp"] {
        fs::create_dir_all(maildir.join(directory)).unwrap();
    }
    fs::create_dir(&eml).unwrap();
    for (number, mail) in mails.iter().enumerate() {
        let (place, flags) = if number % 2 == 0 { ("new", "") } else { ("cur", ":2,S") };
        let name = format!("{}.M1P1.host{flags}", 1_700_000_000 + number);
        fs::write(maildir.join(place).join(name), mail).unwrap();
        fs::write(eml.join(format!("{number:04}.eml")), mail.replace('\n', "\r\n")).unwrap();
    }
    fs::write(folder.path().join("mbox"), mbox(&mails)).unwrap();
    let of_mbox = all_of(&folder.path().join("mbox"));
    assert_eq!(all_of(&maildir), of_mbox);
    assert_eq!(all_of(&eml), of_mbox);
}

#[test]
fn a_mail_that_the_archive_can_t_give_is_named_and_the_others_go_on() {
    let folder = tempfile::tempdir().unwrap();
    for (name, number) in [("a.eml", 0), ("b.eml", 1), ("c.eml", 2)] {
        let mail = alert(name, &format!("disk{number}"), "CRITICAL", then(number));
        fs::write(folder.path().join(name), mail).unwrap();
    }
    let archive = archive::open(folder.path(), &mut |_| {}).unwrap();
    fs::remove_file(folder.path().join("b.eml")).unwrap();
    let mut store = Store::in_memory().unwrap();
    let accounts = import(&mut store, &archive);
    let [a, b, c] = accounts.as_slice() else { panic!("{accounts:?}") };
    assert!(matches!((&a.fate, &c.fate), (Fate::Filed(_), Fate::Filed(_))));
    assert!(matches!(&b.fate, Fate::Lost(why) if why.contains("b.eml: was changed or moved")), "{b:?}");
    assert_eq!(kept(&store).mails.len(), 2);
}
