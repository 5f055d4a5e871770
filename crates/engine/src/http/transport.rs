//! By which way requests leave: proxy, certificates, patience.
//!
//! **Invariant**: plain values, and the one client that is made of them.

use std::time::Duration;

use reqwest::{Certificate, Client, NoProxy, Proxy};

use super::retry::Retry;
use super::send::Failure;

/// How requests go to the network; by default as this system says.
#[derive(Debug, Clone, Default)]
pub struct Transport {
    /// The proxy for all of them, in place of what the environment says.
    pub proxy: Option<String>,
    /// The authorities that are trusted, in PEM, in place of the system's.
    pub authorities: Option<Vec<u8>>,
    /// How long may pass without a byte.
    pub patience: Option<Duration>,
    /// How often a request is sent again.
    pub retries: Option<u32>,
    /// The longest wait where the server asks for one.
    pub longest_wait: Option<Duration>,
    /// One request at a time on a connection, even where more are offered.
    pub one_at_a_time: bool,
}

impl Transport {
    pub(super) fn client(&self, only_loopback: bool) -> Result<Client, Failure> {
        let mut builder = credentials::http_client_builder(only_loopback);
        if let (Some(proxy), false) = (&self.proxy, only_loopback) {
            builder = builder.proxy(Proxy::all(proxy)?.no_proxy(NoProxy::from_env()));
        }
        if let Some(pem) = &self.authorities {
            builder = builder.tls_certs_only(Certificate::from_pem_bundle(pem)?);
        }
        if let Some(patience) = self.patience {
            builder = builder.connect_timeout(patience).read_timeout(patience);
        }
        if self.one_at_a_time {
            builder = builder.http1_only();
        }
        builder.build()
    }

    pub(super) fn retry(&self) -> Retry {
        let default = Retry::default();
        Retry {
            attempts: self
                .retries
                .map_or(default.attempts, |retries| retries.saturating_add(1)),
            // Cargo asks again whatever went wrong on the way.
            after_refusal: self.retries.is_some(),
            longest_wait: self.longest_wait.unwrap_or(default.longest_wait),
            ..default
        }
    }
}
