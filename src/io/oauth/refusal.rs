//! Owns what a token server's refusals mean and what to do about them: a table (RFC 6749, 5.2; the codes of Microsoft
//! Entra begin with AADSTS).
//! Never shows more of what the server says than one bounded, printable line.

use serde::Deserialize;

use super::NoToken;
use super::grant::Grant;
use crate::io::http::Answer;
use crate::io::net::line;

/// What a server says that gives no token.
#[derive(Deserialize)]
struct Refusal {
    error: String,
    error_description: Option<String>,
}

const AGAIN: &str = "somebody must consent once more: `firebell init --oauth` with the same file";

/// Signs in the error and its description, in lower case, and what helps. The first row that fits counts.
const ADVICE: [(&[&str], &str); 15] = [
    (
        &["aadsts65001", "consent_required"],
        "consent is missing: an administrator must grant it for the app's mail permissions (Entra admin center, App \
         registrations, API permissions, Grant admin consent), then `firebell init --oauth microsoft` again",
    ),
    (
        &["aadsts7000222"],
        "the app's client secret has expired: make a new one (Entra admin center, App registrations, Certificates & \
         secrets) and write its value into the file as `client_secret`",
    ),
    (
        &["aadsts7000215"],
        "the client secret is wrong: it is the secret's value that counts, not its ID; write it into the file as \
         `client_secret`",
    ),
    (
        &["aadsts7000218"],
        "the app wants a secret: in its registration, under Authentication, switch on \"Allow public client flows\", or \
         write `client_secret` into the file",
    ),
    (
        &["aadsts700016", "aadsts90002"],
        "the app or the tenant is not known: look at the application (client) ID and the tenant, and run \
         `firebell init --oauth microsoft` with them",
    ),
    (
        &["aadsts700082", "aadsts70008", "aadsts70043", "aadsts50173", "aadsts50089"],
        "the consent has run out, by disuse or because the password was changed: `firebell init --oauth microsoft` with \
         the same file gets a new one",
    ),
    (
        &["aadsts50076", "aadsts50079", "aadsts50158", "interaction_required"],
        "the tenant wants a second factor from a person: `firebell init --oauth microsoft` with the same file, or an app \
         of its own with `--oauth microsoft-app`",
    ),
    (
        &["aadsts53003", "aadsts53000", "aadsts530032"],
        "a Conditional Access policy of the tenant forbids this log-in: its administrator must except the app",
    ),
    (
        &["aadsts50034", "aadsts50057", "aadsts50020"],
        "the account is not in this tenant, or is switched off: look at both, then `firebell init --oauth microsoft`",
    ),
    (
        &["admin_policy_enforced", "org_internal"],
        "the administrator of Google Workspace must allow the app (Admin console, Security, API controls)",
    ),
    (
        &["invalid_scope", "aadsts70011", "aadsts1002012"],
        "the scope in the file is wrong: Google `https://mail.google.com/`, Microsoft for a person's consent \
         `https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access`, for an app \
         `https://outlook.office365.com/.default`",
    ),
    (
        &["invalid_grant"],
        "the consent has expired or was withdrawn: `firebell init --oauth` with the same file gets a new one (at Google \
         the consent to an app whose publishing status is \"Testing\" lasts 7 days: publish it)",
    ),
    (
        &["invalid_client", "unauthorized_client"],
        "the app is not known so: look at `client_id` and `client_secret` in the file; it must be a \"Desktop app\" at \
         Google and allow public client flows at Microsoft",
    ),
    (&["access_denied"], "whoever was asked did not consent, or was not allowed to"),
    (&["expired_token"], "nobody consented in time: `firebell init --oauth` again"),
];

/// The refusal in an answer, in words; what is no refusal may pass by itself.
pub(super) fn read(grant: &Grant, answer: &Answer) -> NoToken {
    let Ok(refusal) = serde_json::from_str::<Refusal>(&answer.body) else {
        let words = format!("the token server answers {} and gives no token", answer.status);
        let passing = answer.status == 429 || answer.status >= 500;
        let advice =
            (!passing).then(|| format!("look at `token_url` in the file: {}", line(&grant.token_url)));
        return NoToken { words, advice, passing };
    };
    let error = refusal.error;
    // Microsoft puts numbers for its support behind the first line.
    let description = refusal.error_description.unwrap_or_default();
    let description = description.lines().next().unwrap_or_default().trim();
    let words = match description {
        "" => line(&format!("the token server refuses: {error}")),
        some => line(&format!("the token server refuses: {error}: {some}")),
    };
    let passing = answer.status == 429
        || answer.status >= 500
        || ["temporarily_unavailable", "server_error", "slow_down"].contains(&error.as_str());
    let advice = if passing { None } else { Some(advice(&error, description).to_owned()) };
    NoToken { words, advice, passing }
}

fn advice(error: &str, description: &str) -> &'static str {
    let said = format!("{error} {description}").to_ascii_lowercase();
    // AADSTS50 is no AADSTS500.
    let says =
        |sign: &str| said.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == sign);
    ADVICE.iter().find(|(signs, _)| signs.iter().any(|sign| says(sign))).map_or(AGAIN, |(_, advice)| *advice)
}

/// A refusal that a browser brings back (RFC 6749, 4.1.2.1).
pub(super) fn of_browser(error: &str) -> NoToken {
    let words = line(&format!("no consent: {error}"));
    NoToken { words, advice: Some(advice(error, "").to_owned()), passing: false }
}
