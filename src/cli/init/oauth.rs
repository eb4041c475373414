//! Owns `firebell init --oauth`: gets the consent by which firebell opens an account with OAuth tokens, and writes it down.
//! Never writes anything before the provider has said yes, and never where others may read it.

use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use super::asking::Asking;
use super::written::{self, NewFile};
use crate::cli::output::{self, NAME, paint};
use crate::cli::{End, Failure};
use crate::incident::words::one_line;
use crate::io::key_file;
use crate::io::oauth::grant::Grant;
use crate::io::oauth::{NoToken, consent};

/// Where Google gives tokens.
const GOOGLE_TOKENS: &str = "https://oauth2.googleapis.com/token";
/// Where Google asks people. Its codes for devices open no mailbox, so a browser must come back.
const GOOGLE_PEOPLE: &str = "https://accounts.google.com/o/oauth2/v2/auth";
/// What opens IMAP and SMTP there; nothing narrower does.
const GOOGLE_SCOPE: &str = "https://mail.google.com/";
/// Where people log in at Microsoft, but for national clouds.
const MICROSOFT: &str = "https://login.microsoftonline.com";
/// What opens IMAP and SMTP in a person's name, for longer than an hour.
const MICROSOFT_SCOPE: &str =
    "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access";
/// What opens them in the app's own name.
const MICROSOFT_APP_SCOPE: &str = "https://outlook.office365.com/.default";

/// Who gives tokens, and in whose name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Provider {
    /// Gmail and Google Workspace, in the name of the account
    Google,
    /// Microsoft 365 and Outlook.com, in the name of the account
    Microsoft,
    /// Microsoft 365, in the name of an app that was given the mailbox: nobody has to consent again
    MicrosoftApp,
}

/// What is said about it.
#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "OAuth, instead of all other questions")]
pub(super) struct Arguments {
    /// Get the consent by which firebell opens mailbox and relay with OAuth tokens, and write it to a file
    #[arg(long, value_name = "PROVIDER")]
    pub(super) oauth: Option<Provider>,
    /// That file; one that is there keeps its app and gets a new consent [default: PROVIDER.oauth]
    #[arg(long, value_name = "FILE", requires = "oauth")]
    oauth_file: Option<PathBuf>,
    /// The app's (client) ID, as it is registered at the provider
    #[arg(long, value_name = "ID", requires = "oauth")]
    client_id: Option<String>,
    /// Tenant at Microsoft: its domain or its ID
    #[arg(long, value_name = "TENANT", requires = "oauth")]
    tenant: Option<String>,
    /// Where people of a national cloud of Microsoft log in, `https://login.microsoftonline.us`
    #[arg(long, value_name = "URL", requires = "oauth", default_value = MICROSOFT, hide_default_value = true)]
    authority: String,
}

/// Asks, waits for the consent, writes the file.
pub(super) fn run(config: Option<&Path>, provider: Provider, arguments: &Arguments) -> Result<End, Failure> {
    let home = config.and_then(Path::parent).unwrap_or(Path::new(""));
    let path = arguments.oauth_file.clone().unwrap_or_else(|| home.join(provider.file()));
    let there = path.symlink_metadata().is_ok();
    let grant = match there {
        true => Grant::read(&path.display().to_string())
            .map_err(|why| Failure::Impossible(format!("{}: {why}", path.display())))?,
        false => asked(provider, arguments)?,
    };
    let runtime =
        tokio::runtime::Runtime::new().map_err(|error| Failure::Impossible(format!("starting: {error}")))?;
    let granted = runtime.block_on(consented(provider, &grant)).map_err(refused);
    // Somebody may still be waited for at the terminal.
    runtime.shutdown_background();
    let granted = granted?;
    match there {
        true => replaced(&path, &granted)?,
        false => written::make(&[NewFile {
            path: path.clone(),
            text: granted.text(),
            secret: true,
            what: "opens the account",
        }])?,
    }
    output::print(&account(&path))?;
    Ok(End::Done)
}

impl Provider {
    fn file(self) -> &'static str {
        match self {
            Self::Google => "google.oauth",
            Self::Microsoft | Self::MicrosoftApp => "microsoft.oauth",
        }
    }
}

/// The app, as flags and answers say.
fn asked(provider: Provider, arguments: &Arguments) -> Result<Grant, Failure> {
    let mut asking = Asking {
        answers: &mut io::stdin().lock(),
        words: &mut anstream::stderr().lock(),
        at_terminal: io::stdin().is_terminal(),
    };
    asking.say(match provider {
        Provider::Google => {
            "firebell needs an app of yours at Google: https://console.cloud.google.com/apis/credentials, Create \
             credentials, OAuth client ID, Desktop app.\n"
        }
        Provider::Microsoft => {
            "firebell needs an app of yours at Microsoft: https://entra.microsoft.com, App registrations; under \
             Authentication allow public client flows, under API permissions add IMAP.AccessAsUser.All and SMTP.Send.\n"
        }
        Provider::MicrosoftApp => {
            "firebell needs an app of yours at Microsoft: https://entra.microsoft.com, App registrations; under API \
             permissions add IMAP.AccessAsApp and SMTP.SendAsApp of Office 365 Exchange Online, and give it the mailbox \
             (New-ServicePrincipal, Add-MailboxPermission).\n"
        }
    })?;
    let client_id = given(&mut asking, &arguments.client_id, "Application (client) ID: ")?;
    let (token_url, scope) = match provider {
        Provider::Google => (GOOGLE_TOKENS.to_owned(), GOOGLE_SCOPE),
        Provider::Microsoft | Provider::MicrosoftApp => {
            let tenant = given(&mut asking, &arguments.tenant, "Tenant, its domain or ID: ")?;
            let url = format!("{}/{tenant}/oauth2/v2.0/token", arguments.authority.trim_end_matches('/'));
            let in_its_own = provider == Provider::MicrosoftApp;
            (url, if in_its_own { MICROSOFT_APP_SCOPE } else { MICROSOFT_SCOPE })
        }
    };
    let client_secret = match provider {
        Provider::Microsoft => None,
        Provider::Google | Provider::MicrosoftApp => Some(asking.password("Client secret (not shown): ")?),
    };
    let client_secret = client_secret.filter(|secret| !secret.is_empty());
    let scope = Some(scope.to_owned());
    Ok(Grant { token_url, client_id, client_secret, refresh_token: None, scope, ca_file: None })
}

fn given(asking: &mut Asking<'_>, flag: &Option<String>, prompt: &str) -> Result<String, Failure> {
    match flag {
        Some(text) => Ok(text.clone()),
        None => asking.line(prompt).map(|line| line.trim().to_owned()),
    }
}

/// The grant with what the provider and a person have given for it.
async fn consented(provider: Provider, grant: &Grant) -> Result<Grant, NoToken> {
    match provider {
        Provider::Google => {
            let browser = consent::browser(grant, GOOGLE_PEOPLE).await?;
            say(&format!(
                "\nOpen this address, logged in as the account of the mailbox, and consent:\n\n  {}\n\nThe browser comes \
                 back by itself on this machine. On another one it ends at an address that it can't open: copy that \
                 address to here.\n",
                browser.address
            ));
            consent::returned(grant, browser, copied()).await
        }
        Provider::Microsoft => {
            let url = grant.token_url.strip_suffix("/token").unwrap_or(&grant.token_url);
            let device = consent::device(grant, &format!("{url}/devicecode")).await?;
            say(&format!(
                "\nOpen {} on any machine, logged in as the account of the mailbox, and type {}.\nWaiting for it.\n",
                one_line(&device.verification_uri),
                one_line(&device.user_code)
            ));
            consent::typed(grant, &device).await
        }
        Provider::MicrosoftApp => consent::by_itself(grant).await,
    }
}

/// What somebody types, unless they never do. The thread that waits ends with the program.
async fn copied() -> String {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        if io::stdin().read_line(&mut line).is_ok_and(|read| read > 0) {
            let _ = sender.send(line);
        }
    });
    match receiver.await {
        Ok(line) => line,
        Err(_) => std::future::pending().await,
    }
}

fn say(text: &str) {
    let _ = output::remark(text);
}

fn refused(why: NoToken) -> Failure {
    let advice = why.advice.as_ref().map(|advice| format!("; {advice}")).unwrap_or_default();
    Failure::Impossible(format!("{why}{advice}"))
}

fn replaced(path: &Path, grant: &Grant) -> Result<(), Failure> {
    let replaced = fs::canonicalize(path).and_then(|path| key_file::replace(&path, &grant.text()));
    replaced.map_err(|error| Failure::Impossible(format!("{} can't be replaced: {error}", path.display())))
}

/// What was written, and what to do now.
fn account(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    format!(
        "{} {}\n\n{}\n  write `oauth_file = \"{name}\"` instead of `password_file` under [mailbox] and [relay]\n  \
         firebell check --connect\n",
        paint(NAME, "Written:"),
        path.display(),
        paint(NAME, "Next:")
    )
}
