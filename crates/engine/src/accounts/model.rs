//! Accounts and sign-ins as the faces of the product see them.
//!
//! **Invariant**: nothing secret goes up; a token or a passphrase travels in, never out.

use credentials::{LOCAL_ACCOUNT, LOCAL_PROJECT, Secret, SignIn, SignInMethod, SignIns};
use serde::{Deserialize, Deserializer, Serialize};

use super::AccountPlace;

/// An identity at one organization, collection, or this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// What references to its feeds begin with.
    pub id: String,
    /// Which kind it is.
    pub kind: AccountKind,
    /// How people call it.
    pub title: String,
    /// The organization or collection, as addresses name it.
    pub organization: String,
    /// The projects feeds can be made in, where they are known without asking.
    pub projects: Vec<String>,
    /// Where it is.
    pub url: String,
    /// Who is signed in, where that was said.
    pub user: Option<String>,
    /// How; none on this computer.
    pub how: Option<SignInHow>,
    /// Where the token is kept; none on this computer, and for one of the environment.
    pub keeping: Option<Keeping>,
    /// Whether it is signed in, as far as is known without asking.
    pub state: AccountState,
    /// Whether cargo is given this account's token where another one is at the same place.
    pub is_preferred: bool,
}

/// The kinds of account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum AccountKind {
    /// The feeds on this computer.
    Local,
    /// An organization at Azure DevOps Services.
    Services,
    /// A collection of an Azure DevOps Server.
    Server,
}

/// How somebody signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum SignInHow {
    /// With the browser.
    Browser,
    /// With a code typed elsewhere.
    DeviceCode,
    /// By the Azure CLI.
    AzureCli,
    /// With a token somebody made.
    Token,
    /// With a token from an environment variable.
    Environment,
}

/// Where a token is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Keeping {
    /// Sealed by a key in the keychain.
    Keychain,
    /// Sealed by a passphrase.
    Passphrase,
    /// In this program's memory, until it ends: cargo in other terminals does not have it.
    ThisRun,
}

/// Whether an account is signed in, as far as is known without asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum AccountState {
    /// Its token is good, or renewed by itself.
    Ready {
        /// When the token ends for good, ISO 8601 in UTC; none where it is renewed or nobody said.
        until: Option<String>,
    },
    /// It is no longer accepted.
    Refused {
        /// When that was noticed, ISO 8601 in UTC.
        at: String,
        /// Entra's number, where there is one.
        answer: Option<String>,
    },
}

/// A project of Azure's, in which feeds can lie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct AzureProject {
    /// Its name.
    pub name: String,
}

/// How one signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum SignInMeans {
    /// With the browser.
    Browser,
    /// With a code typed elsewhere.
    DeviceCode,
    /// By the Azure CLI.
    AzureCli,
    /// With a token.
    Token,
}

/// Which ways of signing in there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SignInWays {
    /// Whether the browser and codes can be used: they need an application to sign in with.
    pub has_client_id: bool,
    /// The environment variable that brings a token, if one does.
    pub environment_variable: Option<String>,
}

/// What is wanted of a sign-in.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SignInRequest {
    /// How.
    pub means: SignInMeans,
    /// Where: an organization's name, any of its addresses, a snippet of config, a server's address, or an account
    /// there is; none to find all organizations of an identity.
    pub place: Option<String>,
    /// The token, for that means.
    #[serde(default, deserialize_with = "secret")]
    #[cfg_attr(feature = "specta", specta(type = Option<String>))]
    pub token: Option<Secret>,
}

/// What the one who signs in has to see meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum SignInStep {
    /// The browser was sent to an address; where none could be opened, a person has to.
    Browser {
        /// The address.
        url: String,
        /// Whether a browser was started.
        is_opened: bool,
    },
    /// A code has to be typed at an address.
    Code {
        /// The code.
        code: String,
        /// The address.
        url: String,
        /// For how long, in seconds.
        seconds: u32,
    },
    /// Signed in; it is tried out and the organizations are asked for.
    Trying,
}

/// A sign-in that succeeded and waits to be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SignInBegun {
    /// Under which it is finished.
    pub id: String,
    /// Who, where that was said.
    pub user: Option<String>,
    /// The organizations to choose from; one where the place named it.
    pub organizations: Vec<String>,
    /// The feed the place named.
    pub feed: Option<String>,
    /// Why the keychain cannot keep it; then another way must be chosen.
    pub keychain_fault: Option<crate::Told>,
    /// Whether a passphrase keeps the tokens that are there already.
    pub has_passphrase: bool,
    /// Whether the token may save crates from upstream; none where a role decides, or nobody can tell.
    pub can_save: Option<bool>,
}

/// How a sign-in is kept, and for which organizations.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SignInChoice {
    /// Of the organizations to choose from.
    pub organizations: Vec<String>,
    /// Where the token is kept.
    pub keeping: Keeping,
    /// The passphrase, for that way of keeping.
    #[serde(default, deserialize_with = "secret")]
    #[cfg_attr(feature = "specta", specta(type = Option<String>))]
    pub passphrase: Option<Secret>,
}

/// What signing out left behind.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SignedOut {
    /// The accounts that are left.
    pub accounts: Vec<Account>,
    /// What would take Granary's lines out of cargo's config; none while an account is left, and where there are none.
    pub provider_removal: Option<crate::edit::Plan>,
}

/// A place somebody named, understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct NamedPlace {
    /// Which kind of account it is.
    pub kind: AccountKind,
    /// The organization or collection.
    pub organization: String,
    /// A server's address.
    pub server: Option<String>,
    /// The Azure project, where one was named.
    pub project: Option<String>,
    /// The feed, where one was named.
    pub feed: Option<String>,
    /// The account that is there already.
    pub account: Option<String>,
}

fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Secret>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(Secret::new))
}

pub(crate) fn this_computer(signs: &SignIns) -> Account {
    Account {
        id: LOCAL_ACCOUNT.to_owned(),
        kind: AccountKind::Local,
        title: "This computer".to_owned(),
        organization: LOCAL_ACCOUNT.to_owned(),
        projects: vec![LOCAL_PROJECT.to_owned()],
        url: signs.settings().local.base_url().to_string(),
        user: None,
        how: None,
        keeping: None,
        state: AccountState::Ready { until: None },
        is_preferred: true,
    }
}

/// An account as it is shown, with who is signed in.
pub(crate) fn account(
    signs: &SignIns,
    account: &credentials::Account,
    sign_in: Option<&SignIn>,
    is_preferred: bool,
) -> Account {
    if account.kind == credentials::AccountKind::Local {
        return this_computer(signs);
    }
    let place = AccountPlace::of(account, signs.settings());
    let mut url = place.core;
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(&account.organization);
    }
    let refused = sign_in.and_then(|sign_in| sign_in.refused.as_ref());
    Account {
        id: account.id.clone(),
        kind: account.kind.into(),
        title: account.id.clone(),
        organization: account.organization.clone(),
        projects: Vec::new(),
        url: url.to_string(),
        user: sign_in.and_then(|sign_in| sign_in.user.clone()),
        how: Some(sign_in.map_or(SignInHow::Environment, |sign_in| sign_in.method.into())),
        keeping: sign_in.map(|sign_in| sign_in.keeping.into()),
        state: match refused {
            Some(refused) => AccountState::Refused {
                at: moment(refused.at),
                answer: refused.code.clone(),
            },
            None => AccountState::Ready {
                until: sign_in.and_then(|sign_in| sign_in.ends_at).map(moment),
            },
        },
        is_preferred,
    }
}

/// Seconds since 1970 as ISO 8601.
fn moment(seconds: i64) -> String {
    let moment =
        time::OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    moment
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap_or_default()
}

impl From<credentials::AccountKind> for AccountKind {
    fn from(kind: credentials::AccountKind) -> Self {
        match kind {
            credentials::AccountKind::Local => Self::Local,
            credentials::AccountKind::Services => Self::Services,
            credentials::AccountKind::Server => Self::Server,
        }
    }
}

impl From<SignInMethod> for SignInHow {
    fn from(method: SignInMethod) -> Self {
        match method {
            SignInMethod::Browser => Self::Browser,
            SignInMethod::DeviceCode => Self::DeviceCode,
            SignInMethod::AzureCli => Self::AzureCli,
            SignInMethod::Token => Self::Token,
        }
    }
}

impl From<credentials::Keeping> for Keeping {
    fn from(keeping: credentials::Keeping) -> Self {
        match keeping {
            credentials::Keeping::Keychain => Self::Keychain,
            credentials::Keeping::Passphrase => Self::Passphrase,
            credentials::Keeping::ThisRun => Self::ThisRun,
        }
    }
}

impl From<Keeping> for credentials::Keeping {
    fn from(keeping: Keeping) -> Self {
        match keeping {
            Keeping::Keychain => Self::Keychain,
            Keeping::Passphrase => Self::Passphrase,
            Keeping::ThisRun => Self::ThisRun,
        }
    }
}

impl From<credentials::SignInStep> for SignInStep {
    fn from(step: credentials::SignInStep) -> Self {
        match step {
            credentials::SignInStep::Browser { url, is_opened } => Self::Browser {
                url: url.to_string(),
                is_opened,
            },
            credentials::SignInStep::Code { code, url, lifetime } => Self::Code {
                code,
                url: url.to_string(),
                seconds: u32::try_from(lifetime.as_secs()).unwrap_or(u32::MAX),
            },
        }
    }
}
