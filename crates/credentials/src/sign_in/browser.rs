//! Sign-in with the browser: authorization code and PKCE (S256), back to a port of this computer.
//!
//! **Invariant**: the code is exchanged once, by whom it was asked for; who waits longer than two minutes waits in vain.

use std::time::Duration;

use oauth2::RedirectUrl;
use url::Url;

use super::SignInStep;
use super::loopback::Loopback;
use crate::Error;
use crate::settings::AzureSettings;
use crate::tenant::Tenant;
use crate::token_endpoint::{Granted, TokenEndpoint};

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
    let is_opened = open(asking.url.clone()).await;
    on_step(SignInStep::Browser {
        url: asking.url.clone(),
        is_opened,
    });
    let came_back = tokio::time::timeout(PATIENCE, loopback.code(asking.state.secret())).await;
    let code = came_back.map_err(|_| Error::BrowserTimeout {
        seconds: PATIENCE.as_secs(),
    })??;
    endpoint.exchange(code, asking.verifier, &redirect).await
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
