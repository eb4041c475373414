//! A Maildir as a mailbox: delivered by renaming, read by people's mail programs meanwhile.

use std::fs;
use std::path::{Path, PathBuf};

use super::crash;
use super::mails;
use super::relay::Relay;
use super::site::Site;
use super::until;

/// A site with a Maildir in its folder.
struct House {
    relay: Relay,
    site: Site,
}

impl House {
    fn with(more: &str) -> Self {
        let relay = Relay::start();
        let lines = format!("mailbox.maildir = \"mail\"\n{more}");
        let site = Site::of_servers(&lines, &format!("relay.smtp = \"smtp://127.0.0.1:{}\"\n", relay.port));
        make(&site.path().join("mail"));
        Self { relay, site }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.site.path().join("mail").join(name)
    }

    /// Delivers a mail as a mail server does: written first, then renamed to where it belongs.
    fn deliver(&self, to: &str, service: &str) {
        fs::write(self.path("tmp/mail"), mails::alert(service)).unwrap();
        fs::rename(self.path("tmp/mail"), self.path(to)).unwrap();
    }

    fn settles(&self, alerts: usize) {
        crash::settles(&self.site, &self.relay, alerts);
    }
}

fn make(maildir: &Path) {
    for name in ["new", "cur", "tmp"] {
        fs::create_dir_all(maildir.join(name)).unwrap();
    }
}

#[test]
fn a_mail_renamed_into_new_or_cur_is_taken_and_stays_as_it_is() {
    let house = House::with("");
    house.deliver("cur/1.old.host:2,S", "svc-old");
    let _gateway = house.site.open();
    house.deliver("new/2.a.host", "svc-a");
    house.deliver("cur/3.b.host:2,S", "svc-b");
    house.settles(2);
    for name in ["cur/1.old.host:2,S", "new/2.a.host", "cur/3.b.host:2,S"] {
        assert!(house.path(name).exists(), "{name}");
    }
}

#[test]
fn flags_that_a_reader_changes_make_no_second_mail() {
    let house = House::with("");
    let gateway = house.site.open();
    house.deliver("new/1.a.host", "svc-a");
    house.settles(1);
    fs::rename(house.path("new/1.a.host"), house.path("cur/1.a.host:2,S")).unwrap();
    house.deliver("new/2.b.host", "svc-b");
    house.settles(2);
    fs::rename(house.path("cur/1.a.host:2,S"), house.path("cur/1.a.host:2,FS")).unwrap();
    gateway.kill();
    let _gateway = house.site.open();
    house.deliver("new/3.c.host", "svc-c");
    house.settles(3);
}

#[test]
fn a_mail_in_a_maildir_is_flagged_beside_the_flags_of_people() {
    let house = House::with("mailbox.after = \"flag\"\n");
    let _gateway = house.site.open();
    house.deliver("new/1.a.host", "svc-a");
    house.deliver("cur/2.b.host:2,S", "svc-b");
    until("the flags", || {
        house.path("cur/1.a.host:2,F").exists() && house.path("cur/2.b.host:2,FS").exists()
    });
    house.settles(2);
}

#[test]
fn a_mail_in_a_maildir_is_moved_once_the_store_has_it() {
    let house = House::with("mailbox.after = { move_to = \"Handled\" }\n");
    make(&house.path(".Handled"));
    let gateway = house.site.open();
    house.site.store().forbid("INSERT ON mail");
    house.deliver("new/1.a.host", "svc-a");
    gateway.says("forbidden");
    assert!(house.path("new/1.a.host").exists());
    house.site.store().free();
    until("the move", || house.path(".Handled/cur/1.a.host:2,").exists());
    house.settles(1);
}
