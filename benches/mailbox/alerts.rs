//! What monitors send: fifty services, watched by four kinds of monitors, in the formats that firebell knows.

use super::mail::{Head, Mail, mail, zoned};
use super::random::Random;
use super::text;

/// How many services there are.
pub const SERVICES: u64 = 50;

const AREAS: [&str; 5] = ["orders", "billing", "search", "accounts", "shipping"];
const KINDS: [&str; 10] =
    ["api", "web", "db", "cache", "queue", "worker", "cron", "proxy", "index", "mailer"];

/// Trouble with one service; all its alerts have one key.
pub struct Trouble {
    pub service: u64,
    /// When it began, in seconds since 1970.
    pub since: i64,
    /// Zabbix numbers each.
    pub number: u64,
}

impl Trouble {
    fn name(&self) -> String {
        format!("{}-{}", AREAS[(self.service / 10) as usize], KINDS[(self.service % 10) as usize])
    }

    fn host(&self) -> String {
        format!("{}-{:02}.example.jp", self.name(), self.service % 3 + 1)
    }

    /// What the service's monitor mails at this time.
    pub fn alert(&self, random: &mut Random, firing: bool, at: i64) -> Mail {
        match self.service % 4 {
            0 => self.nagios(random, firing, at),
            1 => self.zabbix(random, firing, at),
            2 => self.alertmanager(random, firing, at),
            _ => self.cloudwatch(random, firing, at),
        }
    }

    fn nagios(&self, random: &mut Random, firing: bool, at: i64) -> Mail {
        let (event, state) = if firing { ("PROBLEM", "CRITICAL") } else { ("RECOVERY", "OK") };
        let (host, service, detail) = (self.host(), self.name(), text::sentence(random));
        let date = zoned(at, 9).strftime("%Y-%m-%d %H:%M:%S").to_string();
        let body = format!(
            "***** Nagios *****\n\nNotification Type: {event}\n\nService: {service}\nHost: {host}\n\
             Address: 192.0.2.{}\nState: {state}\n\nDate/Time: {date}\n\nAdditional Info:\n\n{state} - {detail}\n",
            self.service + 10
        );
        let subject = format!("** {event} Service Alert: {host}/{service} is {state} **");
        let head = Head { at, from: "nagios@mon.example.jp", subject, more: String::new() };
        mail(random, head, text::plain(&body))
    }

    fn zabbix(&self, random: &mut Random, firing: bool, at: i64) -> Mail {
        let (event, happened) =
            if firing { ("Problem", "started") } else { ("Resolved in 12m 4s", "has been resolved") };
        let (time, problem) = (zoned(at, 9), format!("{} does not answer", self.name()));
        let body = format!(
            "Problem {happened} at {} on {}\nProblem name: {problem}\nHost: {}\nSeverity: High\n\
             Operational data: {} %\nOriginal problem ID: {}\n",
            time.strftime("%H:%M:%S"),
            time.strftime("%Y.%m.%d"),
            self.host(),
            random.below(100),
            self.number
        );
        let more = format!("In-Reply-To: <{}.{:032x}.1.{:032x}@zabbix.com>\n", self.number, self.number, 1);
        let head = Head { at, from: "zabbix@mon.example.jp", subject: format!("{event}: {problem}"), more };
        mail(random, head, text::plain(&body))
    }

    fn alertmanager(&self, random: &mut Random, firing: bool, at: i64) -> Mail {
        let (state, section) = if firing { ("FIRING:1", "[1] Firing") } else { ("RESOLVED", "[1] Resolved") };
        let (name, host) = (self.name(), self.host());
        let lines = format!(
            "1 alert for alertname={name}\nView in Alertmanager\n{section}\nLabels\nalertname = {name}\n\
             instance = {host}:9100\njob = node\nseverity = critical\nAnnotations\nsummary = {}\nSource\n\
             Sent by Alertmanager\n",
            text::sentence(random)
        );
        let subject = format!("[{state}] {name} ({host}:9100 node critical)");
        let head = Head { at, from: "alertmanager@mon.example.jp", subject, more: String::new() };
        mail(random, head, text::html(&lines))
    }

    fn cloudwatch(&self, random: &mut Random, firing: bool, at: i64) -> Mail {
        let (state, before) = if firing { ("ALARM", "OK") } else { ("OK", "ALARM") };
        let (name, percent) = (self.name(), random.below(100));
        let time = zoned(at, 0).strftime("%A %d %B, %Y %H:%M:%S UTC").to_string();
        let body = format!(
            "You are receiving this email because your Amazon CloudWatch Alarm \"{name}\" in the Asia Pacific (Tokyo) \
             region has entered the {state} state, because \"Threshold Crossed\" at \"{time}\".\n\nAlarm Details:\n\
             - Name:                       {name}\n- Description:                {}\n\
             - State Change:               {before} -> {state}\n\
             - Reason for State Change:    Threshold Crossed: 1 datapoint [{percent}.0].\n\
             - Timestamp:                  {time}\n- AWS Account:                210987654321\n\
             - Alarm Arn:                  arn:aws:cloudwatch:ap-northeast-1:210987654321:alarm:{name}\n\n\
             Monitored Metric:\n- MetricNamespace:                     AWS/EC2\n\
             - Dimensions:                          [InstanceId = i-{:017x}]\n",
            text::sentence(random),
            self.service
        );
        let subject = format!("{state}: \"{name}\" in Asia Pacific (Tokyo)");
        let head = Head { at, from: "no-reply@sns.example.com", subject, more: String::new() };
        mail(random, head, text::plain(&body))
    }
}
