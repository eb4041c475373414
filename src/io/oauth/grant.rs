//! Owns the file that `firebell init --oauth` writes, and the tokens that it is good for: by a refresh token (RFC 6749, 6)
//! or by the app's own secret (RFC 6749, 4.4).
//! Never shows what is in the file.
//! On failure says what to do next; the file stays as it was.

use std::fs;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Issued, NoToken, refusal};
use crate::io::http::{self, Endpoint};
use crate::io::net::{Password, Trust};
use crate::io::{key_file, secrets};

/// How long a token is good of which the server doesn't say it.
const LASTS: Duration = Duration::from_secs(10 * 60);
/// And at most.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
/// What makes such a file.
const MAKE: &str = "`firebell init --oauth google` or `microsoft` writes it";
/// What stands above its lines.
const HEAD: &str = "# Written by `firebell init --oauth`; firebell replaces the refresh token when the provider gives a new one.\n\
    # Whoever can read this file can read and send the account's mail.\n";

/// What is in the file.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Where tokens are asked for: `https://oauth2.googleapis.com/token`.
    pub token_url: String,
    /// The app, as the provider calls it.
    pub client_id: String,
    /// Its secret; some have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// What a person's consent gave. Without it the app asks in its own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// What the token is to open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// PEM file with certificates to trust beside the system's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<String>,
}

/// A refresh token that took the place of another one.
#[derive(Debug)]
pub(super) struct Replaced {
    /// What the file says.
    old: Password,
    /// What is to be used instead.
    new: Password,
}

/// What a server says that gives tokens (RFC 6749, 5.1).
#[derive(Deserialize)]
struct Given {
    access_token: String,
    expires_in: Option<serde_json::Value>,
    refresh_token: Option<String>,
}

impl Grant {
    /// Reads the file. The error says what is wrong with it, and nothing that stands in it.
    pub fn read(file: &str) -> Result<Self, String> {
        let text = secrets::read(file).map_err(|why| why.with(MAKE))?;
        toml::from_str(&text).map_err(|error| {
            // The parser's own words would show the line.
            let before = error.span().and_then(|span| text.get(..span.start));
            let at = before.map(|before| format!(" in line {}", before.matches('\n').count() + 1));
            format!("can't be read{}; {MAKE} anew", at.unwrap_or_default())
        })
    }

    /// What it says as a file.
    pub fn text(&self) -> String {
        let lines = toml::to_string(self).unwrap_or_default();
        format!("{HEAD}{lines}")
    }

    /// Where tokens are asked for.
    pub fn endpoint(&self) -> Result<Endpoint, NoToken> {
        Endpoint::read(&self.token_url, self.trust()?).map_err(|why| unusable(format!("`token_url`: {why}")))
    }

    fn trust(&self) -> Result<Trust, NoToken> {
        let pem = match &self.ca_file {
            Some(file) => {
                Some(fs::read(file).map_err(|error| unusable(format!("{file} can't be read: {error}")))?)
            }
            None => None,
        };
        Trust::new(pem.as_deref()).map_err(unusable)
    }

    /// Asks the server for a token, as who this grant says, with these fields more.
    pub async fn ask(&self, fields: &[(&str, &str)]) -> Result<http::Answer, NoToken> {
        let mut form = vec![("client_id", self.client_id.as_str())];
        form.extend(self.client_secret.as_deref().map(|secret| ("client_secret", secret)));
        form.extend_from_slice(fields);
        let endpoint = self.endpoint()?;
        let passing =
            |why| NoToken { words: format!("the token server: {why}"), advice: None, passing: true };
        http::post(&endpoint, &form).await.map_err(passing)
    }

    /// A token in the app's own name.
    pub(super) async fn by_itself(&self) -> Result<Issued, NoToken> {
        let mut fields = vec![("grant_type", "client_credentials")];
        fields.extend(self.scope.as_deref().map(|scope| ("scope", scope)));
        Ok(self.taken(&self.ask(&fields).await?)?.0)
    }

    /// What the server gave: a token, and perhaps another refresh token.
    pub(super) fn taken(&self, answer: &http::Answer) -> Result<(Issued, Option<String>), NoToken> {
        let given: Option<Given> = serde_json::from_str(&answer.body).ok().filter(|_| answer.status == 200);
        let Some(given) = given else { return Err(refusal::read(self, answer)) };
        // Some write the number as text.
        let number = |value: serde_json::Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
        let seconds = given.expires_in.and_then(number);
        let lasts = seconds.map_or(LASTS, Duration::from_secs).min(LONGEST);
        Ok((Issued { text: given.access_token, lasts }, given.refresh_token))
    }
}

/// A new token by the file's grant. What the server gives for the next time is put into the file; where that can't be
/// written it is kept in mind.
pub(super) async fn issue(file: &str, replaced: &mut Option<Replaced>) -> Result<Issued, NoToken> {
    let grant = Grant::read(file).map_err(|why| unusable(format!("{file} {why}")))?;
    let scope = grant.scope.as_deref().map(|scope| ("scope", scope));
    let Some(written) = &grant.refresh_token else { return grant.by_itself().await };
    let newer = replaced.as_ref().filter(|replaced| replaced.old.reveal() == written);
    let refresh = newer.map_or(written.as_str(), |newer| newer.new.reveal());
    let mut fields = vec![("grant_type", "refresh_token"), ("refresh_token", refresh)];
    fields.extend(scope);
    let (issued, next) = grant.taken(&grant.ask(&fields).await?)?;
    if let Some(next) = next.filter(|next| next != refresh) {
        *replaced = keep(file, &grant, written, next);
    }
    Ok(issued)
}

/// Puts another refresh token into the file; what to keep in mind where that fails.
fn keep(file: &str, grant: &Grant, old: &str, new: String) -> Option<Replaced> {
    let kept = Grant { refresh_token: Some(new.clone()), ..grant.clone() };
    // A link stays one: what it points to is replaced.
    let written = fs::canonicalize(file).and_then(|path| key_file::replace(&path, &kept.text()));
    let error = written.err()?;
    tracing::warn!("{file} can't be replaced: {error}; the new refresh token is lost at the next start");
    Some(Replaced { old: Password::new(old), new: Password::new(new) })
}

fn unusable(words: String) -> NoToken {
    NoToken { words, advice: None, passing: false }
}
