//! Owns what people wrote for a report: its fields, the details that stand in lines of their own, and the actions in it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::command::Field;
use crate::incident::{self, Action, Incident};

/// What people wrote.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Account {
    /// What it meant for those who use the service.
    pub impact: String,
    /// Why it happened.
    pub cause: String,
    /// What was done, and what will be.
    pub fix: String,
    /// What keeps it from happening again.
    pub prevention: String,
    /// Details of these.
    pub details: BTreeMap<Detail, String>,
    /// What is still to be done, or was.
    pub actions: Vec<Action>,
}

/// A detail that customary reports state by itself. Written as a line of a field: `root cause: …`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Detail {
    /// Whether data was lost.
    DataLoss,
    /// Whether personal data leaked.
    Leak,
    /// Whether somebody attacked.
    Attack,
    /// What was behind the cause.
    RootCause,
    /// Why it was found, or told, late.
    Late,
    /// What mended it for the time being.
    Stopgap,
}

/// How details are written.
const DETAILS: &[(&str, Detail)] = &[
    ("data loss", Detail::DataLoss),
    ("データの消失", Detail::DataLoss),
    ("データ消失", Detail::DataLoss),
    ("leak", Detail::Leak),
    ("data leak", Detail::Leak),
    ("個人情報の漏えい", Detail::Leak),
    ("情報漏えい", Detail::Leak),
    ("attack", Detail::Attack),
    ("外部からの攻撃", Detail::Attack),
    ("攻撃", Detail::Attack),
    ("root cause", Detail::RootCause),
    ("root", Detail::RootCause),
    ("根本原因", Detail::RootCause),
    ("late", Detail::Late),
    ("発見が遅れた原因", Detail::Late),
    ("連絡が遅れた原因", Detail::Late),
    ("stopgap", Detail::Stopgap),
    ("暫定対応", Detail::Stopgap),
];

impl Account {
    /// What people wrote for the report of an incident.
    pub fn of(incident: &Incident) -> Self {
        let actions = incident.reports.actions.iter().filter(|action| !action.dropped).cloned().collect();
        Self { actions, ..Self::read(&incident.arranged.fields) }
    }

    /// Reads the fields.
    pub fn read(fields: &BTreeMap<Field, String>) -> Self {
        let mut account = Self::default();
        for field in Field::ALL {
            let text = fields.get(&field).map(String::as_str).unwrap_or_default();
            let prose = account.take_out(field, text);
            match field {
                Field::Impact => account.impact = prose,
                Field::Cause => account.cause = prose,
                Field::Fix => account.fix = prose,
                Field::Prevention => account.prevention = prose,
            }
        }
        account
    }

    /// Takes details and actions out of a field; gives what is left.
    fn take_out(&mut self, field: Field, text: &str) -> String {
        let has_actions = matches!(field, Field::Fix | Field::Prevention);
        let mut prose = Vec::new();
        for line in text.lines().map(str::trim) {
            if let Some((detail, value)) = detail(line) {
                self.details.insert(detail, value.to_owned());
            } else if let Some(action) = incident::read_action(field, line).filter(|_| has_actions) {
                let number = self.actions.len() as u32 + 1;
                self.actions.push(Action { number, ..action });
            } else {
                prose.push(line);
            }
        }
        prose.join("\n").trim().to_owned()
    }

    /// Fields that nobody has written yet.
    pub fn missing(&self) -> Vec<Field> {
        let written = |field: &Field| match field {
            Field::Impact => !self.impact.is_empty(),
            Field::Cause => !self.cause.is_empty(),
            Field::Fix => !self.fix.is_empty() || !self.actions.is_empty(),
            Field::Prevention => !self.prevention.is_empty() || !self.actions.is_empty(),
        };
        Field::ALL.into_iter().filter(|field| !written(field)).collect()
    }

    /// A detail, where somebody wrote it.
    pub fn detail(&self, detail: Detail) -> Option<&str> {
        self.details.get(&detail).map(String::as_str)
    }
}

fn detail(line: &str) -> Option<(Detail, &str)> {
    let (name, value) = line.split_once([':', '\u{ff1a}'])?;
    let name = name.trim().to_lowercase();
    let detail = DETAILS.iter().find(|(known, _)| *known == name)?.1;
    Some((detail, value.trim())).filter(|(_, value)| !value.is_empty())
}
