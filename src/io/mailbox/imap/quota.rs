//! Owns how full the account is, where the server says it (RFC 9208).
//! Never takes silence for room.

use imap_proto::Response;
use imap_proto::rfc2087::QuotaResourceName;
use tokio::io::{AsyncRead, AsyncWrite};

use super::error::Error;
use super::name;
use super::session::Session;

/// How much room an account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// What is used, in KiB.
    pub used: u64,
    /// What there is, in KiB; never 0.
    pub all: u64,
}

impl Room {
    /// How much of it is used, in percent.
    pub fn percent(self) -> u64 {
        self.used.saturating_mul(100) / self.all.max(1)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// The room for a folder, by the root that has least; none where the server does not say it.
    pub async fn room(&mut self, folder: &str) -> Result<Option<Room>, Error> {
        let Some(quoted) = name::folder(folder).filter(|_| self.capabilities.has("QUOTA")) else {
            return Ok(None);
        };
        let mut room: Option<Room> = None;
        let asked = self.ask("GETQUOTAROOT", format!("GETQUOTAROOT {quoted}"), |reply| {
            let Some(Response::Quota(quota)) = &reply.parsed else { return };
            let storage = |name: &QuotaResourceName<'_>| matches!(name, QuotaResourceName::Storage);
            for resource in quota.resources.iter().filter(|one| storage(&one.name) && one.limit > 0) {
                let found = Room { used: resource.usage, all: resource.limit };
                room = Some(room.filter(|known| known.percent() >= found.percent()).unwrap_or(found));
            }
        });
        match asked.await {
            Ok(()) => Ok(room),
            // Nobody's mail depends on it.
            Err(Error::Refused { .. } | Error::Unreadable { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
