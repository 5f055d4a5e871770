//! `granary sign-in`, `sign-out`, `account list`, `project-list`.
//!
//! **Invariant**: a token comes in by standard input, a passphrase by the terminal; neither is ever printed.

use std::io::{IsTerminal, Read};

use credentials::Secret;
use engine::accounts::{
    AccountState, Keeping, SignInBegun, SignInChoice, SignInHow, SignInMeans, SignInRequest, SignInStep,
};
use engine::{Account, Engine, Error};

use super::{Ending, stop_asked};
use crate::arguments::SignIn;
use crate::output::{Output, table};

/// The longest text taken for a token from standard input, in bytes.
const LONGEST_TOKEN: u64 = 64 * 1024;

pub(super) async fn sign_in(engine: &Engine, sign_in: &SignIn, output: &Output) -> Result<Ending, Error> {
    let request = SignInRequest {
        means: means(sign_in),
        place: sign_in.server.clone().or_else(|| sign_in.place.clone()),
        token: token(sign_in)?,
    };
    let begun = tokio::select! {
        begun = engine.sign_in_begin(request, tell) => begun?,
        () = stop_asked() => return Ok(Ending::Interrupted),
    };
    if begun.can_save == Some(false) {
        output.notice(
            "This token may read, but not save crates from crates.io: that takes *Packaging: Read & write*.",
        );
    }
    let choice = SignInChoice {
        organizations: begun.organizations.clone(),
        keeping: keeping(sign_in),
        passphrase: passphrase(sign_in, &begun)?,
    };
    let accounts = engine.sign_in_finish(&begun.id, choice).await?;
    output.answer(&accounts, |accounts| {
        let named = accounts.iter().map(in_words);
        named.collect::<Vec<_>>().join("\n")
    });
    Ok(Ending::Done)
}

pub(super) async fn sign_out(engine: &Engine, account: &str, output: &Output) -> Result<Ending, Error> {
    output.answer(&engine.sign_out(account).await?, |signed_out| {
        let mut lines = vec![format!("Signed out of {account}; its token is forgotten.")];
        lines.extend(signed_out.provider_removal.as_ref().map(|plan| {
            format!(
                "No account is left. Cargo's config still names Granary; these lines can go:\n\n{}",
                plan.patch
            )
        }));
        lines.join("\n")
    });
    Ok(Ending::Done)
}

pub(super) fn list(engine: &Engine, output: &Output) -> Result<Ending, Error> {
    if let Some(variable) = engine.sign_in_ways().environment_variable {
        output.notice(&format!(
            "`{variable}` brings a token; it is used for every organization of Azure DevOps Services."
        ));
    }
    output.answer(&engine.accounts()?, |accounts| {
        let row = |account: &Account| {
            [
                account.id.clone(),
                account.user.clone().unwrap_or_else(|| "-".to_owned()),
                how(account).to_owned(),
                state(account),
                account.url.clone(),
            ]
        };
        table(
            ["ACCOUNT", "WHO", "HOW", "UNTIL", "WHERE"],
            accounts.iter().map(row),
        )
    });
    Ok(Ending::Done)
}

pub(super) async fn prefer(engine: &Engine, account: &str, output: &Output) -> Result<Ending, Error> {
    output.answer(&engine.account_prefer(account).await?, |_| {
        format!("Cargo is given {account} where another account is at the same place.")
    });
    Ok(Ending::Done)
}

pub(super) async fn projects(engine: &Engine, account: &str, output: &Output) -> Result<Ending, Error> {
    let _served = crate::local_feed::joined_for(engine, account, "granary project-list").await?;
    output.answer(&engine.azure_project_list(account).await?, |projects| {
        let names = projects.iter().map(|project| project.name.as_str());
        names.collect::<Vec<_>>().join("\n")
    });
    Ok(Ending::Done)
}

/// Asks for the passphrase that keeps the tokens; whether somebody was there to say it.
pub(super) async fn unlock(engine: &Engine) -> Result<bool, Error> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    engine.unlock(asked("Passphrase of Granary's tokens: ")?).await?;
    Ok(true)
}

/// What was asked for, else the browser: that is the way for people.
fn means(sign_in: &SignIn) -> SignInMeans {
    match sign_in {
        _ if sign_in.token_stdin || sign_in.server.is_some() => SignInMeans::Token,
        SignIn { azure_cli: true, .. } => SignInMeans::AzureCli,
        SignIn {
            device_code: true, ..
        } => SignInMeans::DeviceCode,
        _ => SignInMeans::Browser,
    }
}

fn keeping(sign_in: &SignIn) -> Keeping {
    match sign_in.passphrase {
        true => Keeping::Passphrase,
        false => Keeping::Keychain,
    }
}

/// From standard input, or where a person sits there, from a prompt that shows nothing.
fn token(sign_in: &SignIn) -> Result<Option<Secret>, Error> {
    if means(sign_in) != SignInMeans::Token {
        return Ok(None);
    }
    if std::io::stdin().is_terminal() {
        return asked("Token: ").map(Some);
    }
    let mut text = String::new();
    let read = std::io::stdin()
        .lock()
        .take(LONGEST_TOKEN)
        .read_to_string(&mut text);
    read.map_err(|_| credentials::Error::NotAToken(credentials::NotAToken::Signs))?;
    Ok(Some(Secret::new(text)))
}

fn passphrase(sign_in: &SignIn, begun: &SignInBegun) -> Result<Option<Secret>, Error> {
    if !sign_in.passphrase && !begun.has_passphrase {
        return Ok(None);
    }
    let first = asked("Passphrase: ")?;
    if !begun.has_passphrase && asked("The same again: ")? != first {
        return Err(credentials::Error::PassphrasesDiffer.into());
    }
    Ok(Some(first))
}

fn asked(prompt: &str) -> Result<Secret, Error> {
    let typed = rpassword::prompt_password(prompt);
    let typed = typed.map_err(|_| credentials::Error::PassphraseNeeded)?;
    Ok(Secret::new(typed))
}

/// What the one who signs in has to see, on standard error: the answer alone goes to standard output.
#[expect(clippy::print_stderr, reason = "one waits in front of it")]
fn tell(step: SignInStep) {
    match step {
        SignInStep::Browser { is_opened: true, .. } => {
            eprintln!("Your browser opens. Come back here when you have signed in; Ctrl-C cancels.");
        }
        SignInStep::Browser { url, .. } => {
            eprintln!("Open this address in a browser to sign in:\n\n    {url}\n")
        }
        SignInStep::Code { code, url, seconds } => {
            eprintln!(
                "Open {url} and type the code {code} there, within {} minutes.",
                seconds.div_ceil(60)
            );
        }
        SignInStep::Trying => {}
    }
}

fn in_words(account: &Account) -> String {
    let who = account.user.as_ref().map(|user| format!(" as {user}"));
    format!(
        "Signed in to {}{}. Its feeds are {}/…; `granary feed list {}` shows them.",
        account.organization,
        who.unwrap_or_default(),
        account.id,
        account.id
    )
}

fn how(account: &Account) -> &'static str {
    match account.how {
        None => "nothing to do",
        Some(SignInHow::Browser) => "browser",
        Some(SignInHow::DeviceCode) => "device code",
        Some(SignInHow::AzureCli) => "Azure CLI",
        Some(SignInHow::Token) => "token",
        Some(SignInHow::Environment) => "environment",
    }
}

fn state(account: &Account) -> String {
    match (&account.state, account.how) {
        (AccountState::Refused { answer, .. }, _) => {
            let number = answer.as_ref().map(|number| format!(" ({number})"));
            format!("sign in again{}", number.unwrap_or_default())
        }
        (AccountState::Ready { until: Some(until) }, _) => until.clone(),
        (AccountState::Ready { .. }, None) => "always".to_owned(),
        (AccountState::Ready { .. }, Some(SignInHow::Token | SignInHow::Environment)) => {
            "as Azure says".to_owned()
        }
        (AccountState::Ready { .. }, Some(_)) => "renewed by itself".to_owned(),
    }
}
