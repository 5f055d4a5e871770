//! Sign-in with the browser: authorization code and PKCE (S256), back to a port of this computer.
//!
//! **Invariant**: the code is exchanged once, by whom it was asked for; who waits longer than two minutes waits in vain.

use std::time::Duration;

use oauth2::RedirectUrl;
use url::Url;

use super::SignInStep;
use super::loopback::Loopback;
use crate::settings::AzureSettings;
use crate::tenant::Tenant;
use crate::token_endpoint::{Granted, TokenEndpoint};
use crate::{Error, Secret};

/// How long a person may take.
const PATIENCE: Duration = Duration::from_secs(120);

pub(super) async fn sign_in(
    azure: &AzureSettings,
    tenant: &Tenant,
    client_id: &str,
    user: Option<&str>,
    on_step: impl Fn(SignInStep) + Send,
) -> Result<Granted, Error> {
    let endpoint = TokenEndpoint::new(azure, tenant, client_id)?;
    let loopback = Loopback::listen().await?;
    // Entra ignores the port of a loopback address, and wants it called as it was registered.
    let redirect = Url::parse(&format!("http://localhost:{}", loopback.port())).map(RedirectUrl::from_url);
    let redirect = redirect.unwrap_or_else(|_| unreachable!("a port makes an address"));
    let asking = endpoint.ask(&redirect, user);
    let coming = come_back(loopback, asking.state.secret(), PATIENCE);
    tokio::pin!(coming);
    // Listened to from the start: some browsers come back before the program that starts them has ended.
    let mut early = None;
    let is_opened = tokio::select! {
        is_opened = open(asking.url.clone()) => is_opened,
        code = &mut coming => {
            early = Some(code?);
            true
        }
    };
    on_step(SignInStep::Browser {
        url: asking.url.clone(),
        is_opened,
    });
    let code = match early {
        Some(code) => code,
        None => coming.await?,
    };
    endpoint.exchange(code, asking.verifier, &redirect).await
}

/// The code the browser brings back, if it does in time.
async fn come_back(loopback: Loopback, state: &str, patience: Duration) -> Result<Secret, Error> {
    let in_time = tokio::time::timeout(patience, loopback.code(state)).await;
    in_time.map_err(|_| Error::BrowserTimeout {
        seconds: patience.as_secs(),
    })?
}

/// Opens the browser the user prefers; `BROWSER` is honoured.
async fn open(url: Url) -> bool {
    let mut options = webbrowser::BrowserOptions::new();
    options.with_suppress_output(true);
    let opening = tokio::task::spawn_blocking(move || {
        webbrowser::open_browser_with_options(webbrowser::Browser::Default, url.as_str(), &options)
    });
    matches!(opening.await, Ok(Ok(())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_closes_the_browser_is_waited_for_so_long_and_no_longer() {
        let loopback = Loopback::listen().await.unwrap();
        let port = loopback.port();
        let (start, patience) = (std::time::Instant::now(), Duration::from_secs(1));
        let code = come_back(loopback, "state", patience).await;
        assert!(
            matches!(code, Err(Error::BrowserTimeout { seconds: 1 })),
            "{code:?}"
        );
        assert!(start.elapsed() >= patience);
        let again = tokio::net::TcpStream::connect(("127.0.0.1", port)).await;
        assert!(again.is_err(), "nobody listens any more");
    }
}
