//! Owns format files: the text of a file of `rules/alerts` becomes an `alert::Format`, or all its mistakes.
//! Never reads a file: texts come in, and the shipped ones are part of the program.
//!
//! | key | what it holds |
//! |---|---|
//! | `name` | the product, as in fingerprints |
//! | `recognise` | `all`, `any` and `none`: lists of patterns |
//! | `words` | lists of plain words by name: `{{down}}` in any pattern stands for one of the list `down` |
//! | `fallback` | `true`: asked only about mails of which no other format finds an alert |
//! | `read` | a list, see below. The first to capture a name wins; an empty capture is none |
//! | `blocks` | for mails with several alerts: `start`, a line that begins one; `section`, a line whose captures hold for all below it |
//! | `labels` | for lists of `name = value`: `line` with the groups `name` and `value`, `from`, `until`, `omit`. Gives the captures `labels` and `label.NAME` |
//! | `state` | for each of `firing`, `resolved`, `acknowledged`, `flapping`, `info` the words for it; `otherwise` for all other words, `firing` unless said |
//! | `never` | a list of states that the product never mails: `["resolved"]` of one that never says that a trouble is over |
//! | `severity` | for each of `critical`, `error`, `warning`, `info` the product's words for it; a word that isn't here stays as it is |
//! | `alert` | `key`, `reference`, `state`, `severity`, `host`, `service`, `since`, `link`: a template such as `{host}/{service}` or a list of them, the first that can be filled counts. Only `key` is needed: the others are the capture of their name. `reference` is an id by which later mails may name a trouble when they name nothing else: they get the key of the first alert that fired with it |
//! | `time` | `formats` (strptime; RFC 3339 and the form of a mail's Date are always understood) and `zone` for times that name none; without it the offset of the mail's Date |
//! | `test` | a list: `mail` (`from`, `date`, `subject`, `text`, `html`, `headers`, and `forwarded`, `"inline"` or `"attached"`, for one that a colleague forwards) and `expect`, one table for each alert with the fields that matter, `""` for one that must be missing |
//!
//! A pattern is a table of one place and a regular expression. Places are `from` (`Name <address>`), `subject`, `kind`
//! (`person`, `generated`, `list`, `auto-reply`, `suspected-auto-reply`, `receipt`, `bounce` or `forwarded`, then ` reply`
//! for an answer), `text`, `html`, `anywhere` (subject and text), and with `value` for the expression `header` and
//! `json`, a path in a JSON text such as `detail.resources.0`. Lines of the text have no blanks around them, and a
//! subject is also tried without the tags in brackets in front of it. A `read` is
//! - a pattern whose named groups become captures. `set = { family = "disk" }` gives captures besides, `without`
//!   lists patterns that are cut out of what was captured;
//! - `lines = { host = "Host", service = ["Service", "サービス"] }`: captures of lines such as `Host: web01` or
//!   `Host | web01`, and of the line below one that says `Host` and no more;
//! - `json = { host = "detail.host" }`: captures of paths.
//!
//! The captures `mail.date` and `mail.from` are the mail's Date and its author's address.

mod examples;
mod fields;
mod patterns;
mod readers;
mod vocabulary;

use std::sync::OnceLock;

use super::mistake::{Mistake, Source};
use super::table::{self, Table};
use crate::alert::Format;

/// The formats built into the program, by file name: a site's file of the same name replaces one.
pub fn shipped() -> &'static [(&'static str, &'static str)] {
    &[
        ("alertmanager.toml", include_str!("../../rules/alerts/alertmanager.toml")),
        ("apcupsd.toml", include_str!("../../rules/alerts/apcupsd.toml")),
        ("aws-health.toml", include_str!("../../rules/alerts/aws-health.toml")),
        ("azure-monitor.toml", include_str!("../../rules/alerts/azure-monitor.toml")),
        ("checkmk.toml", include_str!("../../rules/alerts/checkmk.toml")),
        ("cloudwatch.toml", include_str!("../../rules/alerts/cloudwatch.toml")),
        ("cron.toml", include_str!("../../rules/alerts/cron.toml")),
        ("datadog.toml", include_str!("../../rules/alerts/datadog.toml")),
        ("fail2ban.toml", include_str!("../../rules/alerts/fail2ban.toml")),
        ("gatus.toml", include_str!("../../rules/alerts/gatus.toml")),
        ("generic.toml", include_str!("../../rules/alerts/generic.toml")),
        ("github-actions.toml", include_str!("../../rules/alerts/github-actions.toml")),
        ("gitlab.toml", include_str!("../../rules/alerts/gitlab.toml")),
        ("google-cloud.toml", include_str!("../../rules/alerts/google-cloud.toml")),
        ("grafana.toml", include_str!("../../rules/alerts/grafana.toml")),
        ("graylog.toml", include_str!("../../rules/alerts/graylog.toml")),
        ("healthchecks.toml", include_str!("../../rules/alerts/healthchecks.toml")),
        ("icinga2.toml", include_str!("../../rules/alerts/icinga2.toml")),
        ("jenkins.toml", include_str!("../../rules/alerts/jenkins.toml")),
        ("librenms.toml", include_str!("../../rules/alerts/librenms.toml")),
        ("logwatch.toml", include_str!("../../rules/alerts/logwatch.toml")),
        ("mackerel.toml", include_str!("../../rules/alerts/mackerel.toml")),
        ("mdadm.toml", include_str!("../../rules/alerts/mdadm.toml")),
        ("monit.toml", include_str!("../../rules/alerts/monit.toml")),
        ("munin.toml", include_str!("../../rules/alerts/munin.toml")),
        ("nagios.toml", include_str!("../../rules/alerts/nagios.toml")),
        ("netdata.toml", include_str!("../../rules/alerts/netdata.toml")),
        ("newrelic.toml", include_str!("../../rules/alerts/newrelic.toml")),
        ("opennms.toml", include_str!("../../rules/alerts/opennms.toml")),
        ("pagerduty.toml", include_str!("../../rules/alerts/pagerduty.toml")),
        ("pingdom.toml", include_str!("../../rules/alerts/pingdom.toml")),
        ("proxmox.toml", include_str!("../../rules/alerts/proxmox.toml")),
        ("prtg.toml", include_str!("../../rules/alerts/prtg.toml")),
        ("rkhunter.toml", include_str!("../../rules/alerts/rkhunter.toml")),
        ("sentry-metric.toml", include_str!("../../rules/alerts/sentry-metric.toml")),
        ("sentry.toml", include_str!("../../rules/alerts/sentry.toml")),
        ("smartd.toml", include_str!("../../rules/alerts/smartd.toml")),
        ("solarwinds.toml", include_str!("../../rules/alerts/solarwinds.toml")),
        ("statuscake.toml", include_str!("../../rules/alerts/statuscake.toml")),
        ("unattended-upgrades.toml", include_str!("../../rules/alerts/unattended-upgrades.toml")),
        ("uptime-kuma.toml", include_str!("../../rules/alerts/uptime-kuma.toml")),
        ("uptimerobot.toml", include_str!("../../rules/alerts/uptimerobot.toml")),
        ("vcenter.toml", include_str!("../../rules/alerts/vcenter.toml")),
        ("veeam.toml", include_str!("../../rules/alerts/veeam.toml")),
        ("xymon.toml", include_str!("../../rules/alerts/xymon.toml")),
        ("zabbix.toml", include_str!("../../rules/alerts/zabbix.toml")),
        ("zed.toml", include_str!("../../rules/alerts/zed.toml")),
    ]
}

/// The built-in formats, by the names of their files without `.toml`, in that order. Read once in a process.
pub fn built_in() -> &'static [(&'static str, Format)] {
    static BUILT_IN: OnceLock<Vec<(&str, Format)>> = OnceLock::new();
    BUILT_IN.get_or_init(|| {
        let read = |(file, text): &(&'static str, &'static str)| {
            let (format, _) = table::file(Source { file, text }, |root| format(root, true));
            Some((file.strip_suffix(".toml")?, format.flatten()?))
        };
        shipped().iter().filter_map(read).collect()
    })
}

/// Reads a format file. The error lists every mistake, in the order of the file.
pub fn parse(source: Source<'_>) -> Result<Format, Vec<Mistake>> {
    match table::file(source, |root| format(root, false)) {
        (Some(Some(format)), none) if none.is_empty() => Ok(format),
        (_, mistakes) => Err(mistakes),
    }
}

/// Reads all parts, whether or not the ones before were right. Patterns are compiled now, or `later` when first needed.
fn format(root: Table<'_>, later: bool) -> Option<Format> {
    let name = name(&root);
    let words = vocabulary::Vocabulary::read(&root, later);
    let recognise = patterns::recognise(&root, &words);
    let fallback = root.flag("fallback").unwrap_or(false);
    let readings = readers::readers(&root, &words);
    let blocks = patterns::blocks(&root, &words);
    let labels = patterns::labels(&root, &words);
    let known = fields::Names::new(&readings, blocks.as_ref(), labels.is_some());
    let states = fields::words(&root);
    let never = fields::never(&root, &states);
    let severities = fields::severities(&root);
    let fields = fields::fields(&root, &known);
    let times = fields::times(&root);
    let tests = examples::read(&root);
    root.end();
    Some(Format {
        name: name?,
        recognise,
        fallback,
        readings,
        blocks,
        labels,
        words: states,
        never,
        severities,
        fields,
        times,
        tests,
    })
}

fn name(root: &Table<'_>) -> Option<String> {
    if !root.has("name") {
        root.reading.missing("`name` is missing");
    }
    let name = root.text("name")?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.text.is_empty() || !name.text.chars().all(plain) {
        let text = "`name` must be lower-case letters, digits and `-`, such as `nagios`";
        root.reading.say(&name.span, text);
        return None;
    }
    Some(name.text)
}

#[cfg(test)]
mod reading_tests;
#[cfg(test)]
mod tests;
