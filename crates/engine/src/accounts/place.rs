//! Where an account's hosts are: pure, from the account and the settings.
//!
//! **Invariant**: an address that is not here never gets the account's token.

use credentials::{Account, AccountKind, Settings};
use url::Url;

/// An account's addresses. On this computer and on a server all are one.
#[derive(Debug, Clone)]
pub(crate) struct AccountPlace {
    /// What references to its feeds begin with.
    pub(crate) account: String,
    /// What its addresses name.
    pub(crate) organization: String,
    pub(crate) core: Url,
    pub(crate) feeds: Url,
    pub(crate) packages: Url,
    pub(crate) identity: Url,
    pub(crate) kind: AccountKind,
    /// What its REST API is asked in. Servers answer the oldest that has all we ask.
    pub(crate) api_version: &'static str,
}

impl AccountPlace {
    pub(crate) fn of(account: &Account, settings: &Settings) -> Self {
        let azure = &settings.azure;
        let one = |base: &Url| [(); 4].map(|()| base.clone());
        let [core, feeds, packages, identity] = match (account.kind, &account.server) {
            (AccountKind::Server, Some(server)) => one(server),
            (AccountKind::Local, _) => one(&settings.local.base_url()),
            _ => [&azure.core, &azure.feeds, &azure.packages, &azure.identity].map(|base| base.url().clone()),
        };
        Self {
            account: account.id.clone(),
            organization: account.organization.clone(),
            core,
            feeds,
            packages,
            identity,
            kind: account.kind,
            api_version: match account.kind {
                AccountKind::Server => "7.0",
                _ => "7.1",
            },
        }
    }

    /// All hosts that the account's token is for.
    pub(crate) fn bases(&self) -> [Url; 4] {
        [&self.core, &self.feeds, &self.packages, &self.identity].map(Url::clone)
    }
}
