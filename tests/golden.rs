//! Every file below is one named test; `UPDATE=1` writes what really happens into the files.
//!
//! `scenarios/` are transcripts, each also played with a stop at every point; `papers/` are transcripts too, with the text
//! and HTML of each digest and report that is sent; `mails/` are transcripts that together send every kind of mail, with
//! the text and HTML of each kind in both languages; `corpus/` are mails and how we read them;
//! `mistakes/` are wrong configurations and the exact words that their author gets.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use firebell::audience::Audience;
use firebell::config::{self, Files};
use firebell::directory::Language;
use firebell::document;
use firebell::message::{self, Message};
use firebell::notice::{self, Side};
use firebell::rehearsal::Rehearsal;
use firebell::templates::Templates;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for path in files("scenarios", "txt") {
        let stops = path.clone();
        trials.push(Trial::test(format!("{} with a stop at every point", name(&path)), move || {
            with_stops(&stops)
        }));
        trials.push(Trial::test(name(&path), move || scenario(&path)));
    }
    for path in files("corpus", "eml") {
        trials.push(Trial::test(name(&path), move || golden(&path.with_extension("txt"), &reading(&path)?)));
    }
    for path in files("papers", "txt") {
        trials.push(Trial::test(name(&path), move || papers(&path)));
    }
    for path in files("mails", "txt") {
        trials.push(Trial::test(name(&path), move || scenario(&path)));
    }
    trials.push(Trial::test("mails/of every kind", mails));
    for path in files("mistakes", "toml") {
        trials.push(Trial::test(name(&path), move || {
            golden(&path.with_extension("txt"), &config::told(&site(&fs::read_to_string(&path)?)))
        }));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn name(path: &Path) -> String {
    path.strip_prefix(tests()).unwrap_or(path).with_extension("").display().to_string()
}

/// All files with an extension in a folder of the tests, by name. A folder without any is a mistake of its own.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(tests().join(folder)).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    found.retain(|path| path.extension().is_some_and(|other| other == extension));
    found.sort();
    assert!(!found.is_empty(), "no .{extension} file in tests/{folder}");
    found
}

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

/// What happens must be what the file says; with `UPDATE=1` the file then says what happens.
fn golden(path: &Path, got: &str) -> Result<(), Failed> {
    if std::env::var_os("UPDATE").is_some() {
        return Ok(fs::write(path, got)?);
    }
    same(&fs::read_to_string(path).unwrap_or_default(), got)
}

fn scenario(path: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(path)?;
    golden(path, &Rehearsal::new(&text, None)?.play(folder(path), None)?.text)
}

/// What digests and reports say: `night/1 kato.txt` and `.html` are the first one that was sent, to kato; `night/INC-1 client-a
/// ja.txt` is the report on INC-1 as client-a reads it in Japanese, at the end of the transcript.
fn papers(path: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(path)?;
    let rehearsal = Rehearsal::new(&text, None)?;
    golden(path, &rehearsal.play(folder(path), None)?.text)?;
    let into = path.with_extension("");
    fs::create_dir_all(&into)?;
    let mut expected = Vec::new();
    for (number, (to, mail)) in (1..).zip(rehearsal.papers(folder(path))?) {
        let mail = mail_parser::MessageParser::default().parse(&mail).ok_or("a mail that can't be read")?;
        let name = format!("{number} {}", to.replace('/', " "));
        for (extension, part) in [("txt", mail.body_text(0)), ("html", mail.body_html(0))] {
            let file = into.join(format!("{name}.{extension}"));
            golden(&file, &part.unwrap_or_default().replace("\r\n", "\n"))?;
            expected.push(file);
        }
    }
    let built_in = Templates::default();
    for report in rehearsal.reports(folder(path))? {
        let (text, html) =
            (document::text(&report.document, &built_in), document::html(&report.document, &built_in));
        for secret in &report.secrets {
            if [&text, &html, &report.svg].into_iter().any(|part| part.contains(secret.as_str())) {
                return Err(format!("`{secret}` stands in {}", report.name).into());
            }
        }
        for (extension, part) in [("txt", text), ("html", html), ("svg", report.svg)] {
            let file = into.join(format!("{}.{extension}", report.name));
            golden(&file, &part)?;
            expected.push(file);
        }
    }
    let found = fs::read_dir(&into)?.flatten().map(|entry| entry.path());
    match found.into_iter().find(|file| !expected.contains(file)) {
        Some(file) => Err(format!("{} is no paper of this transcript", file.display()).into()),
        None => Ok(()),
    }
}

/// Every mail that firebell sends, as somebody sees it: of each kind the longest that the transcripts in `mails/` come to,
/// `mails/ja/page.txt` and `.html` with readers of Japanese. A kind that none of them sends is a mistake.
fn mails() -> Result<(), Failed> {
    let mut missing = Vec::new();
    for (folder_name, language) in [("en", Language::En), ("ja", Language::Ja)] {
        let into = tests().join("mails").join(folder_name);
        fs::create_dir_all(&into)?;
        let longest = longest_of_each_kind(language)?;
        let mut expected = Vec::new();
        for (name, (text, html)) in &longest {
            let forms = [("txt", text), ("html", html)];
            for (extension, part) in forms.into_iter().filter(|(_, part)| !part.is_empty()) {
                let file = into.join(format!("{name}.{extension}"));
                golden(&file, part)?;
                expected.push(file);
            }
        }
        missing = notice::kinds();
        missing.retain(|(side, text)| !longest.contains_key(&name_of_kind(*side == Side::Client, text)));
        let found = fs::read_dir(&into)?.flatten().map(|entry| entry.path());
        if let Some(file) = found.into_iter().find(|file| !expected.contains(file)) {
            return Err(
                format!("{} is no mail that a transcript in tests/mails sends", file.display()).into()
            );
        }
    }
    match missing.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "no transcript in tests/mails sends {missing:?}: let one of them send it, or write one that does; then \
             `UPDATE=1 cargo test --test golden -- mails/`, and read tests/mails/en and tests/mails/ja as its readers will"
        )
        .into()),
    }
}

fn name_of_kind(is_for_client: bool, text: &str) -> String {
    if is_for_client { format!("client {text}") } else { text.to_owned() }
}

/// By name of the kind: the mail's text under the headers that a reader sees, and its HTML.
fn longest_of_each_kind(language: Language) -> Result<BTreeMap<String, (String, String)>, Failed> {
    let mut longest: BTreeMap<String, (String, String)> = BTreeMap::new();
    for path in files("mails", "txt") {
        let rehearsal = Rehearsal::new(&fs::read_to_string(&path)?, None)?.read_in(language);
        for sent in rehearsal.mails(folder(&path))? {
            let mail = mail_parser::MessageParser::default().parse(&sent.bytes).ok_or("no mail")?;
            // What an address gets that makes text messages of mails.
            let short = mail.parts.len() == 1;
            // These are papers.
            if matches!(sent.text, "digest" | "report-draft" | "report-copy") && !short {
                continue;
            }
            let part =
                |part: Option<std::borrow::Cow<'_, str>>| part.unwrap_or_default().replace("\r\n", "\n");
            let text = format!("{}\n{}", headers(&mail), part(mail.body_text(0)));
            let name = name_of_kind(sent.audience != Audience::Inner, sent.text);
            let name = if short { format!("short {name}") } else { name };
            let kept = longest.entry(name).or_default();
            if text.lines().count() > kept.0.lines().count() {
                *kept = (text, if short { String::new() } else { part(mail.body_html(0)) });
            }
        }
    }
    Ok(longest)
}

/// What mail programs show above a mail, and where its answer goes.
fn headers(mail: &mail_parser::Message<'_>) -> String {
    let people = |it: Option<&mail_parser::Address<'_>>| {
        let one = |it: &mail_parser::Addr<'_>| {
            format!("{} <{}>", it.name().unwrap_or_default(), it.address().unwrap_or_default())
        };
        it.into_iter().flat_map(|it| it.iter()).map(one).collect::<Vec<_>>().join(", ")
    };
    let lines = [
        ("From", people(mail.from())),
        ("To", people(mail.to())),
        ("Reply-To", people(mail.reply_to())),
        ("Subject", mail.subject().unwrap_or_default().to_owned()),
        ("Importance", mail.header_raw("Importance").unwrap_or_default().trim().to_owned()),
    ];
    lines
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| format!("{name}: {text}\n"))
        .collect()
}

/// Here mails wait for hours while a relay refuses them. One that was in flight when firebell was killed stays as it was from
/// then on, for nobody knows who has it: what would have gone with it goes by itself, and at its own time.
const PARTED: [&str; 2] = [
    "scenarios/a_relay_that_is_away_for_six_hours_brings_no_flood_on_its_return",
    "scenarios/what_the_relay_does_not_take_goes_by_the_second_one",
];

/// What happens and what everybody is told, whenever that is and whatever goes in one mail; sorted.
fn parted(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.contains(" superseded: ")) {
        let line = line.get(10..).unwrap_or_default().trim();
        match line.rsplit_once("  ").filter(|_| line.starts_with("> ")) {
            Some((to, told)) => {
                let who = to.split("  ").flat_map(|who| who.split(" [")).next().unwrap_or(to);
                let told = told.split_once(" notices: ").map_or(told, |(_, told)| told);
                let alone = |told: &str| {
                    told.split_once("INC-")
                        .map_or(told, |(_, it)| it.split_once(' ').map_or(it, |(_, told)| told))
                        .to_owned()
                };
                lines.extend(told.split("; ").map(|told| format!("{who} {}\n", alone(told))));
            }
            None => lines.push(format!("{line}\n")),
        }
    }
    lines.sort();
    lines.concat()
}

fn with_stops(path: &Path) -> Result<(), Failed> {
    let is_parted = PARTED.contains(&name(path).as_str());
    let seen = |text: &str| if is_parted { parted(text) } else { text.to_owned() };
    let rehearsal = Rehearsal::new(&fs::read_to_string(path)?, None)?;
    let whole = rehearsal.play(folder(path), None)?;
    for (stop, stopped) in rehearsal.play_with_stops(folder(path))? {
        same(&seen(&whole.text), &seen(&stopped.text)).map_err(|failed| {
            let told = failed.message().unwrap_or_default().to_owned();
            Failed::from(format!("stopped at point {stop} of {}:\n{told}", whole.stops))
        })?;
    }
    Ok(())
}

/// Texts that stand in one file, each after a line `#--- NAME`; the first is firebell.toml.
fn site(text: &str) -> Files {
    let mut parts = text.split("#--- ");
    let main = ("firebell.toml".to_owned(), parts.next().unwrap_or_default().to_owned());
    let mut files = Files { main, ..Files::default() };
    for (name, text) in parts.filter_map(|part| part.split_once('\n')) {
        let list = match name {
            alerts if alerts.contains("alerts/") => &mut files.formats,
            lists if lists.contains("lists/") => &mut files.lists,
            templates if templates.contains("templates/") => &mut files.templates,
            _ => &mut files.rules,
        };
        list.push((name.to_owned(), text.to_owned()));
    }
    files
}

/// How a mail is read: what a person would want to check.
fn reading(path: &Path) -> Result<String, Failed> {
    let message: Message = message::read(&fs::read(path)?);
    let mut text = String::new();
    let mut say = |what: &str, value: String| {
        if !value.is_empty() {
            let value = value.lines().collect::<Vec<_>>().join("\n    ");
            text.push_str(&format!("{what}:\n    {value}\n"));
        }
    };
    say("from", message.from.iter().map(|from| format!("{} <{}>\n", from.name, from.address)).collect());
    say("subject", message.subject.clone());
    say(
        "base subject",
        format!("{}{}", message.base_subject, if message.is_reply { " (a reply)" } else { "" }),
    );
    say("references", message.references.join("\n"));
    say(
        "automatic",
        message.automatic.map(|it| format!("{:?}, {}", it.kind, it.evidence)).unwrap_or_default(),
    );
    say("bounce", message.bounce.map(|bounce| format!("{bounce:#?}")).unwrap_or_default());
    if let Some(it) = message.invitation {
        let facts = [it.method, it.title, it.when, it.place, it.organizer];
        say("invitation", facts.map(|fact| format!("{fact}\n")).concat().replace("\n\n", "\n"));
    }
    say(
        "forwarded",
        message.forwarded.map(|it| format!("{:?}\n{}\n{}", it.how, it.subject, it.text)).unwrap_or_default(),
    );
    say("reply text", message.reply_text);
    say("quoted text", message.quoted_text);
    say("defects", message.defects.join("\n"));
    Ok(text)
}

/// The first line in which two texts differ, with what stands around it.
fn same(expected: &str, got: &str) -> Result<(), Failed> {
    if expected == got {
        return Ok(());
    }
    let (expected, got): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), got.lines().collect());
    let differs =
        expected.iter().zip(&got).position(|(a, b)| a != b).unwrap_or(expected.len().min(got.len()));
    let around = |lines: &[&str]| {
        let from = differs.saturating_sub(2);
        lines.iter().skip(from).take(8).map(|line| format!("    {line}\n")).collect::<String>()
    };
    let at = differs + 1;
    Err(format!(
        "differs in line {at}\n  the file says\n{}  what happens\n{}",
        around(&expected),
        around(&got)
    )
    .into())
}
