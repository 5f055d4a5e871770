//! The ways to sign in. Each brings a [`NewSignIn`], which nobody keeps yet.
//!
//! **Invariant**: keeps nothing and writes nothing; dropping the future cancels.

mod azure_cli;
mod browser;
mod device_code;
mod loopback;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use url::Url;

use crate::account::SignInMethod;
use crate::settings::AzureSettings;
use crate::tenant::Tenant;
use crate::token_endpoint::{self, Granted};
use crate::vault::Kept;
use crate::{Error, Secret, Token};

pub(crate) use azure_cli::azure_cli_token;
pub use azure_cli::azure_cli_user;

/// A sign-in that succeeded and is kept nowhere yet.
#[derive(Debug, Clone)]
pub struct NewSignIn {
    /// How.
    pub method: SignInMethod,
    /// Who, where it was said.
    pub user: Option<String>,
    /// The tenant, as the authority's address names it.
    pub tenant: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) kept: Kept,
}

/// What the one who signs in has to see meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInStep {
    /// The browser was sent to an address; where it could not be opened, a person has to.
    Browser {
        /// The address.
        url: Url,
        /// Whether a browser was started.
        is_opened: bool,
    },
    /// A code has to be typed at an address.
    Code {
        /// The code.
        code: String,
        /// The address.
        url: Url,
        /// For how long.
        lifetime: Duration,
    },
}

/// Who shall sign in, and where.
#[derive(Debug, Clone, Default)]
pub struct SignInTarget {
    /// The organization, where one was named: its tenant signs in.
    pub organization: Option<String>,
    /// Who it was last time.
    pub user: Option<String>,
}

impl NewSignIn {
    /// With the browser: authorization code and PKCE, back to a port of this computer.
    pub async fn with_browser(
        azure: &AzureSettings,
        target: &SignInTarget,
        on_step: impl Fn(SignInStep) + Send,
    ) -> Result<Self, Error> {
        let (tenant, client_id) = application(azure, target).await?;
        let granted = browser::sign_in(azure, &tenant, &client_id, target.user.as_deref(), on_step).await?;
        Ok(Self::entra(SignInMethod::Browser, granted, &tenant, &client_id))
    }

    /// With a code that is typed in any browser, on any device.
    pub async fn with_device_code(
        azure: &AzureSettings,
        target: &SignInTarget,
        on_step: impl Fn(SignInStep) + Send,
    ) -> Result<Self, Error> {
        let (tenant, client_id) = application(azure, target).await?;
        let granted = device_code::sign_in(azure, &tenant, &client_id, on_step).await?;
        Ok(Self::entra(
            SignInMethod::DeviceCode,
            granted,
            &tenant,
            &client_id,
        ))
    }

    /// By the Azure CLI, which is signed in itself; it is asked again whenever its token ends.
    pub async fn with_azure_cli(azure: &AzureSettings, target: &SignInTarget) -> Result<Self, Error> {
        azure_cli::require()?;
        let tenant = match &target.organization {
            Some(organization) => token_endpoint::tenant_of(azure, organization).await?,
            None => Tenant::Common,
        };
        let directory = match &tenant {
            Tenant::Directory(id) => Some(id.to_string()),
            _ => None,
        };
        let mut granted = azure_cli_token(directory.as_deref()).await?;
        let user = match granted.user.take() {
            Some(user) => Some(user),
            None => azure_cli_user().await?,
        };
        Ok(Self {
            method: SignInMethod::AzureCli,
            user,
            tenant: directory,
            client_id: None,
            kept: kept(granted, None),
        })
    }

    /// With a token somebody made and pasted.
    pub fn with_token(text: &Secret) -> Result<Self, Error> {
        let token = crate::token::pasted_token(text.expose())?;
        Ok(Self {
            method: SignInMethod::Token,
            user: None,
            tenant: None,
            client_id: None,
            kept: Kept::Given(token),
        })
    }

    /// The token, for trying it out before it is kept.
    pub fn token(&self) -> Token {
        token_of(&self.kept)
    }

    fn entra(method: SignInMethod, mut granted: Granted, tenant: &Tenant, client_id: &str) -> Self {
        let directory = granted.tenant.take().unwrap_or_else(|| tenant.segment());
        Self {
            method,
            user: granted.user.take(),
            tenant: Some(directory),
            client_id: Some(client_id.to_owned()),
            kept: kept(granted, None),
        }
    }
}

/// The tenant of the organization, and the application people sign in with.
async fn application(azure: &AzureSettings, target: &SignInTarget) -> Result<(Tenant, String), Error> {
    let client_id = azure.client_id().ok_or(Error::NoClientId)?.to_owned();
    let tenant = match &target.organization {
        Some(organization) => token_endpoint::tenant_of(azure, organization).await?,
        None => Tenant::Organizations,
    };
    Ok((tenant, client_id))
}

/// What is kept of a grant. Where no new refresh token came, the one before stays good.
pub(crate) fn kept(granted: Granted, before: Option<Secret>) -> Kept {
    let now = now();
    Kept::Renewable {
        access: granted.access,
        obtained_at: now,
        expires_at: now + granted.lifetime.as_secs_f64(),
        refresh: granted.refresh.or(before),
    }
}

pub(crate) fn token_of(kept: &Kept) -> Token {
    match kept {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "seconds since 1970 fit for a while"
        )]
        Kept::Renewable {
            access, expires_at, ..
        } => Token::bearer(access, Some(*expires_at as i64)),
        Kept::Given(token) => Token::of_any_kind(token),
    }
}

/// This computer's clock, in seconds since 1970.
pub(crate) fn now() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |passed| passed.as_secs_f64())
}
