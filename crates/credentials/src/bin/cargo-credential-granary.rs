//! The program cargo asks for a token: cargo's credential provider protocol, version 1, on stdin and stdout.
//!
//! **Invariant**: answers for feeds of Granary's accounts only; for everything else it says *not mine*, so that
//! other providers keep working. Nothing but the protocol is ever printed on stdout, and the network is asked only
//! when the token that is kept has ended.

use std::future::Future;

use cargo_credential::{
    Action, CacheControl, Credential, CredentialResponse, Error, LoginOptions, RegistryInfo, Secret,
};
use credentials::{
    Account, AzureSettings, FeedUrl, Home, Keeping, LocalFeeds, NewSignIn, SignInStep, SignInTarget, SignIns,
    Token,
};
use time::OffsetDateTime;

struct Granary;

impl Credential for Granary {
    fn perform(
        &self,
        registry: &RegistryInfo<'_>,
        action: &Action<'_>,
        _args: &[&str],
    ) -> Result<CredentialResponse, Error> {
        // Before anything is read: what is broken here must not stand in the way of others' registries.
        if !FeedUrl::is_likely(registry.index_url) {
            return Err(Error::UrlNotSupported);
        }
        let home = Home::of_this_program().map_err(explained)?;
        let signs = SignIns::of(&home).map_err(explained)?;
        let local = LocalFeeds::of(&signs);
        if local.serves(registry.index_url) {
            return match action {
                Action::Get(_) => answer(local.existing_header().map_err(explained)?),
                // There is nobody to sign in.
                Action::Login(_) => Ok(CredentialResponse::Login),
                _ => Err(Error::OperationNotSupported),
            };
        }
        let found = signs.find(registry.index_url).map_err(explained)?;
        let account = found.map(|(account, _)| account);
        match (action, account) {
            (Action::Get(_), Some(account)) => answer(Some(token(&signs, &account).map_err(explained)?)),
            (Action::Logout, Some(account)) => {
                unlocking(&signs, || signs.sign_out(&account.id)).map_err(explained)?;
                Ok(CredentialResponse::Logout)
            }
            (Action::Login(options), account) => {
                let account = account.or_else(|| organization(registry.index_url, &signs.settings().azure));
                let account = account.ok_or(Error::UrlNotSupported)?;
                login(&signs, &account, options, registry)?;
                Ok(CredentialResponse::Login)
            }
            (Action::Get(_) | Action::Logout, None) => Err(Error::UrlNotSupported),
            _ => Err(Error::OperationNotSupported),
        }
    }
}

fn answer(token: Option<Token>) -> Result<CredentialResponse, Error> {
    let token = token.ok_or(Error::NotFound)?;
    let expiration = token
        .expires_at()
        .and_then(|end| OffsetDateTime::from_unix_timestamp(end).ok());
    Ok(CredentialResponse::Get {
        token: Secret::from(token.header().expose().to_owned()),
        cache: expiration.map_or(CacheControl::Session, |expiration| CacheControl::Expires {
            expiration,
        }),
        operation_independent: true,
    })
}

/// The token that is kept, or a renewed one.
fn token(signs: &SignIns, account: &Account) -> Result<Token, credentials::Error> {
    match unlocking(signs, || signs.fresh_token(account))? {
        Some(token) => Ok(token),
        None => now(async { signs.source(account)?.token().await })?,
    }
}

/// Does what needs the kept tokens; where a passphrase keeps them, it is asked for on the terminal first.
fn unlocking<T>(
    signs: &SignIns,
    act: impl Fn() -> Result<T, credentials::Error>,
) -> Result<T, credentials::Error> {
    match act() {
        Err(credentials::Error::PassphraseNeeded) => {
            let asked = rpassword::prompt_password("Passphrase of Granary's tokens: ");
            let passphrase = asked.map_err(|_| credentials::Error::PassphraseNeeded)?;
            signs.unlock(&credentials::Secret::new(passphrase))?;
            act()
        }
        outcome => outcome,
    }
}

/// An organization nobody signed in to yet.
fn organization(index_url: &str, azure: &AzureSettings) -> Option<Account> {
    let url = azure.feed_at(index_url)?;
    Some(Account::of_organization(&url.organization))
}

/// `cargo login`: with the token cargo was given, else as the account signs in, else with a token typed here.
fn login(
    signs: &SignIns,
    account: &Account,
    options: &LoginOptions<'_>,
    registry: &RegistryInfo<'_>,
) -> Result<(), Error> {
    let azure = &signs.settings().azure;
    let with_browser = options.token.is_none()
        && account.kind == credentials::AccountKind::Services
        && azure.client_id().is_some();
    let new = if with_browser {
        let target = SignInTarget {
            organization: Some(account.organization.clone()),
            user: None,
        };
        now(NewSignIn::with_browser(azure, &target, tell)).map_err(explained)?
    } else {
        // What cargo would name as the page with the token is no page of Azure's.
        let options = LoginOptions {
            token: options.token.clone(),
            login_url: None,
        };
        let typed = cargo_credential::read_token(&options, registry)?;
        Ok(NewSignIn::with_token(&credentials::Secret::new(typed.expose())).map_err(explained)?)
    };
    let new = new.map_err(explained)?;
    let keep = || signs.keep(new.clone(), std::slice::from_ref(account), Keeping::Keychain);
    unlocking(signs, keep).map(drop).map_err(explained)
}

#[expect(clippy::print_stderr, reason = "cargo hands it on to the one who waits")]
fn tell(step: SignInStep) {
    if let SignInStep::Browser {
        url,
        is_opened: false,
    } = step
    {
        eprintln!("Open this address in a browser to sign in:\n\n    {url}\n");
    }
}

/// Runs what needs the network, which is the exception here.
fn now<T>(work: impl Future<Output = T>) -> Result<T, credentials::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|source| credentials::Error::Unreachable {
        host: "this computer's network".to_owned(),
        source: source.into(),
    })?;
    Ok(runtime.block_on(work))
}

/// What failed, and the one thing to do: cargo prints it whole.
fn explained(error: credentials::Error) -> Error {
    let hint = error.hint();
    Error::Other(Box::new(Explained {
        message: format!("{error}. {hint}"),
        source: error,
    }))
}

#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Explained {
    message: String,
    source: credentials::Error,
}

fn main() {
    cargo_credential::main(Granary);
}
