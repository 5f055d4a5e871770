//! A test authority: a double of Azure DevOps Services, of Entra before it, and of one Azure DevOps Server.
//!
//! It speaks at one loopback port for each of Azure's hosts, so that what belongs to one host is seen when it reaches
//! another. Behind it, a feed server for each organization keeps projects, feeds and crates; the double knows who may
//! ask. What is documented, observed or inferred of Azure stands at the head of each module.
//!
//! **Invariant**: only for tests; it shares no type with the programs it is asked by, and reaches no other machine than
//! the stand-in for crates.io it is given.

mod access;
mod behind;
mod caller;
mod cast;
mod download;
mod entra;
mod exchange;
mod hosts;
mod identity;
mod on_premises;
mod organization;
mod profile;
mod quirk;
mod refusal;
mod secrets;
mod settings;
mod state;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use tokio::sync::watch;

use self::behind::Behind;
use self::state::State;

pub use cast::{CLIENT_ID, Cast, Organization, PERSONAL_TENANT, Role, Seed, Somebody};
pub use exchange::Exchange;
pub use quirk::{Deed, Quirk};
pub use state::Person;

/// Azure's hosts, each an origin of its own here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// `login.microsoftonline.com`: Entra.
    Authority,
    /// `dev.azure.com`: projects, and who is connected.
    Core,
    /// `feeds.dev.azure.com`: feeds and what they hold.
    Feeds,
    /// `pkgs.dev.azure.com`: cargo's part.
    Packages,
    /// `vssps.dev.azure.com`: identities, and which tenant an organization has.
    Identity,
    /// `app.vssps.visualstudio.com`: profile and organizations.
    Profile,
    /// Where files are downloaded from after a redirect.
    Blob,
    /// An Azure DevOps Server.
    Server,
}

impl Host {
    const ALL: [Self; 8] = [
        Self::Authority,
        Self::Core,
        Self::Feeds,
        Self::Packages,
        Self::Identity,
        Self::Profile,
        Self::Blob,
        Self::Server,
    ];

    /// How records and settings call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Core => "core",
            Self::Feeds => "feeds",
            Self::Packages => "packages",
            Self::Identity => "identity",
            Self::Profile => "profile",
            Self::Blob => "blob",
            Self::Server => "server",
        }
    }
}

/// The double; it stops when it is dropped.
#[derive(Debug)]
pub struct Azure {
    inner: Arc<Inner>,
    /// Its end ends all listeners.
    _serving: watch::Sender<()>,
}

/// What all hosts share.
#[derive(Debug)]
struct Inner {
    /// In the order of [`Host::ALL`], without a slash at the end.
    urls: Vec<String>,
    state: Mutex<State>,
    behind: Vec<Behind>,
    client: reqwest::Client,
}

impl Inner {
    fn url(&self, host: Host) -> &str {
        &self.urls[host as usize]
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn behind(&self, name: &str) -> Option<&Behind> {
        self.behind
            .iter()
            .find(|behind| behind.name.eq_ignore_ascii_case(name))
    }
}

impl Azure {
    /// Starts it with the default cast.
    pub async fn start() -> Result<Self> {
        Self::start_with(Cast::default()).await
    }

    /// Starts it in the running runtime.
    pub async fn start_with(cast: Cast) -> Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listeners = hosts::listen().await?;
        let urls = listeners.iter().map(|(_, url)| url.clone()).collect::<Vec<_>>();
        let behind = behind::start(&cast, &urls).await?;
        let client = reqwest::Client::builder()
            .no_proxy()
            .no_gzip()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .context("a client for what lies behind")?;
        let inner = Arc::new(Inner {
            urls,
            state: Mutex::new(State::new(cast)),
            behind,
            client,
        });
        let (serving, _) = watch::channel(());
        for (host, (listener, _)) in Host::ALL.into_iter().zip(listeners) {
            hosts::serve(host, listener, Arc::clone(&inner), serving.subscribe());
        }
        Ok(Self {
            inner,
            _serving: serving,
        })
    }

    /// A host's address, without a slash at the end.
    pub fn url(&self, host: Host) -> &str {
        self.inner.url(host)
    }

    /// The address of the Azure DevOps Server, with its path prefix.
    pub fn server_url(&self) -> String {
        format!("{}{}", self.url(Host::Server), on_premises::PREFIX)
    }
}
