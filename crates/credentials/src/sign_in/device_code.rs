//! Sign-in with a code that is typed in any browser, on any device.
//!
//! **Invariant**: asks no more often than Entra allows, and no longer than the code lives.

use url::Url;

use super::SignInStep;
use crate::Error;
use crate::settings::AzureSettings;
use crate::tenant::Tenant;
use crate::token_endpoint::{Granted, TokenEndpoint};

pub(super) async fn sign_in(
    azure: &AzureSettings,
    tenant: &Tenant,
    client_id: &str,
    on_step: impl Fn(SignInStep) + Send,
) -> Result<Granted, Error> {
    let endpoint = TokenEndpoint::new(azure, tenant, client_id)?;
    let code = endpoint.device_code().await?;
    let url = Url::parse(code.verification_uri())
        .ok()
        // A person will type the code there, so it must be a place where that is safe.
        .filter(|url| url.scheme() == "https" || crate::settings::is_loopback(url))
        .ok_or_else(|| Error::Answer {
            host: azure.authority.url().host_str().unwrap_or_default().to_owned(),
        })?;
    on_step(SignInStep::Code {
        code: code.user_code().secret().clone(),
        url,
        lifetime: code.expires_in(),
    });
    endpoint.wait_for(&code).await
}
