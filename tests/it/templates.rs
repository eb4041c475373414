//! What is told of templates is what they are, and the built-in ones that `init` writes can be used as they are.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use firebell::templates::{FILES, variables};

const SITE: &str = "[gateway]\naddress = \"incidents@example.com\"\noperator = \"infra\"\n\
    [[person]]\nid = \"kato\"\naddresses = [\"kato@example.com\"]\n\
    [[party]]\nid = \"infra\"\npeople = [\"kato\"]\n";

fn firebell(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_firebell")).args(arguments).current_dir(folder).output().unwrap()
}

#[test]
fn templates_md_says_what_each_template_can_name() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/templates.md");
    let account = variables::account();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &account).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap_or_default() == account, "UPDATE=1 writes it anew");
}

#[test]
fn the_templates_that_init_writes_are_taken_as_a_site_s_own_but_for_the_words_of_answers() {
    let site = tempfile::tempdir().unwrap();
    fs::write(site.path().join("firebell.toml"), SITE).unwrap();
    let written = firebell(&["init", "--templates", "templates"], site.path());
    assert!(written.status.success(), "{written:?}");
    let again = firebell(&["init", "--templates", "templates"], site.path());
    assert_eq!(again.status.code(), Some(2), "nothing is overwritten: {again:?}");
    for file in &FILES {
        assert_eq!(fs::read_to_string(site.path().join("templates").join(file.name)).unwrap(), file.text);
    }
    let checked = firebell(&["check"], site.path());
    let told = String::from_utf8(checked.stderr).unwrap();
    let others: Vec<&str> = told
        .lines()
        .filter(|line| {
            line.starts_with("templates/") && !line.contains("people's answers are read by this word")
        })
        .collect();
    assert_eq!(others, Vec::<&str>::new(), "{told}");
    assert!(told.contains("templates/mail.inner.ja.toml:"), "{told}");
}

#[test]
fn a_mistake_in_a_template_is_told_by_check_and_keeps_nobody_from_an_incident() {
    let site = tempfile::tempdir().unwrap();
    fs::write(site.path().join("firebell.toml"), SITE).unwrap();
    fs::create_dir(site.path().join("templates")).unwrap();
    let own = site.path().join("templates/mail.client.en.toml");
    fs::write(&own, "# Ours\n\nfooter = \"{{ gatway }}\"\n").unwrap();
    let checked = firebell(&["check"], site.path());
    assert_eq!(checked.status.code(), Some(1));
    let told = String::from_utf8(checked.stderr).unwrap();
    assert!(
        told.contains(
            "templates/mail.client.en.toml:3: `footer` is given no `gatway`; did you mean `gateway`?"
        ),
        "{told}"
    );
    let who = firebell(&["who"], site.path());
    let said = String::from_utf8(who.stderr).unwrap();
    assert!(said.contains("there are no schedules") && !said.contains("gatway"), "{said}");
    fs::write(&own, "footer = \"{{ gateway }}, at your service\"\n").unwrap();
    assert!(firebell(&["check"], site.path()).status.success());
}
