//! What can go wrong on the way to a token.
//!
//! **Invariant**: no variant carries a token or a part of one.

use std::path::PathBuf;

use crate::keychain::KeychainError;
use crate::token::NotAToken;

/// A failure of this crate: what failed, and on what.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The system tells no data folder, and `GRANARY_HOME` is not set.
    #[error("this system names no folder for application data")]
    NoHome,
    /// A file of Granary's own could not be read or written.
    #[error("cannot {act} `{}`", path.display())]
    File {
        /// What was tried: `read`, `write`, `create`.
        act: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// `settings.toml` is not what it should be.
    #[error("`{}` is not valid: {reason}", path.display())]
    Settings {
        /// The settings file.
        path: PathBuf,
        /// The parser's words, without the file's text.
        reason: String,
    },
    /// The token file holds something else than a token.
    #[error("`{}` holds no token", path.display())]
    NoToken {
        /// The token file.
        path: PathBuf,
    },
    /// A file of Granary's own is not what it wrote.
    #[error("`{}` cannot be used: {reason}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Another program holds the lock for longer than any renewal takes.
    #[error("another Granary has been signing in or renewing for too long")]
    Busy {
        /// The lock.
        path: PathBuf,
    },
    /// The keychain gives and takes nothing.
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    /// The keychain no longer has the key of the vault.
    #[error("the keychain no longer has the key of `{}`", path.display())]
    KeyLost {
        /// The vault.
        path: PathBuf,
    },
    /// No key could be made or used.
    #[error("this system gives no usable key")]
    NoKey,
    /// The vault is kept by a passphrase, which nobody said yet.
    #[error("the tokens are kept by a passphrase, and nobody is here to say it")]
    PassphraseNeeded,
    /// It was the wrong one.
    #[error("that is not the passphrase the tokens are kept by")]
    WrongPassphrase,
    /// A passphrase was said for tokens that a keychain keeps.
    #[error("a keychain keeps the tokens there are, and no passphrase opens that")]
    KeptByKeychain,
    /// `GRANARY_HOME` depends on the folder one is in.
    #[error("`GRANARY_HOME` is not an absolute path")]
    RelativeHome,
    /// A new passphrase was not typed alike twice.
    #[error("the two passphrases differ")]
    PassphrasesDiffer,
    /// This build, and the settings, name no application to sign people in with.
    #[error("this Granary was built without a client id of its own, so it cannot sign in with the browser")]
    NoClientId,
    /// No account has that name.
    #[error("there is no account `{0}`")]
    NoAccount(String),
    /// An account's token is missing or no longer accepted, and cannot be renewed silently.
    #[error("`{account}` no longer accepts the sign-in{}", .code.as_deref().map(|code| format!(" ({code})")).unwrap_or_default())]
    SignInAgain {
        /// Whose.
        account: String,
        /// Entra's number, where there is one.
        code: Option<String>,
    },
    /// A token nobody here can renew was refused: one that was given, or the environment's.
    #[error("the token is no longer accepted")]
    FixedRefused,
    /// Whoever signs people in said no.
    #[error("{}", .refusal.words(.code.as_deref()))]
    Refused {
        /// What it means.
        refusal: Refusal,
        /// Entra's number, where there is one.
        code: Option<String>,
    },
    /// An Azure DevOps Server knows personal access tokens alone.
    #[error("an Azure DevOps Server is signed in to with a token")]
    TokenOnly,
    /// Nobody answers there.
    #[error("`{host}` does not answer")]
    Unreachable {
        /// Host and port.
        host: String,
        /// The transport's words.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Somebody answered, but not what Entra documents.
    #[error("`{host}` answered something else than a sign-in")]
    Answer {
        /// Host and port.
        host: String,
    },
    /// The browser never came back.
    #[error("the browser did not come back within {seconds} seconds")]
    BrowserTimeout {
        /// How long was waited.
        seconds: u64,
    },
    /// No port could be had for the browser to come back to.
    #[error("no port of this computer is free for the browser to come back to")]
    NoPort {
        /// Why not.
        source: std::io::Error,
    },
    /// The Azure CLI is not there.
    #[error("the Azure CLI is not installed")]
    NoAzureCli,
    /// The Azure CLI gives no token.
    #[error("the Azure CLI gives no token: {reason}")]
    AzureCli {
        /// Its own last line, or what went wrong with it.
        reason: String,
    },
    /// What was given is no token.
    #[error("this is no Azure DevOps token: {0}")]
    NotAToken(#[from] NotAToken),
}

/// What a refusal of Entra's means to the one who signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The application has not been allowed in this directory.
    ConsentNeeded,
    /// A rule of the company's forbids this way, or this device.
    BlockedByPolicy,
    /// The identity is not known in the directory.
    NotInDirectory,
    /// The application is not known in the directory, or not registered as the kind it must be.
    WrongApplication,
    /// The person said no, or closed the page.
    Declined,
    /// The code was not typed in time.
    CodeExpired,
    /// What would renew is used up, withdrawn or too old.
    Ended,
    /// Anything else.
    Other,
}

impl Refusal {
    /// Whether asking again, without a person, can only bring the same.
    pub(crate) fn is_final(self) -> bool {
        self != Self::Other
    }

    fn words(self, code: Option<&str>) -> String {
        let what = match self {
            Self::ConsentNeeded => "an administrator of this directory has to allow Granary once",
            Self::BlockedByPolicy => "a rule of this directory forbids this way of signing in",
            Self::NotInDirectory => "this identity is not known in the organization's directory",
            Self::WrongApplication => "the client id is not one this directory can sign in with",
            Self::Declined => "the sign-in was declined",
            Self::CodeExpired => "the code was not used in time",
            Self::Ended => "the sign-in has ended",
            Self::Other => "the sign-in was refused",
        };
        code.map_or_else(|| what.to_owned(), |code| format!("{what} ({code})"))
    }

    fn hint(self) -> &'static str {
        match self {
            Self::ConsentNeeded => {
                "Ask an administrator to allow it (docs/sign-in.md has the message), or use `az login` or a token."
            }
            Self::BlockedByPolicy => "Sign in with the browser, or use `az login` or a token.",
            Self::NotInDirectory => {
                "Choose the identity that belongs to the organization; personal Microsoft accounts need a token."
            }
            Self::WrongApplication => "Check `[azure] client_id` in settings.toml against docs/sign-in.md.",
            Self::Declined | Self::CodeExpired | Self::Ended | Self::Other => "Sign in again.",
        }
    }
}

impl Error {
    /// One thing to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::NoHome => "Set `GRANARY_HOME` to a folder that Granary may use.".to_owned(),
            Self::File { path, .. } => {
                format!("Check that you own `{}` and may write there.", path.display())
            }
            Self::Settings { path, .. } => {
                format!("Correct `{}`, or remove the line it names.", path.display())
            }
            Self::NoToken { path } => {
                format!(
                    "Remove `{}`; Granary makes a new one at the next start.",
                    path.display()
                )
            }
            Self::Damaged { path, .. } => format!("Move `{}` away and sign in again.", path.display()),
            Self::Busy { .. } => "End the other Granary, then try again.".to_owned(),
            Self::Keychain(error) => error.hint(),
            Self::KeyLost { .. } => "Sign in again.".to_owned(),
            Self::NoKey => "Try again; a system without random numbers or memory cannot keep tokens.".to_owned(),
            Self::PassphraseNeeded => {
                "Say it in Granary's window, or run the command in a terminal, where it is asked for.".to_owned()
            }
            Self::WrongPassphrase => "Try again; whoever forgot it moves the file `vault` away and signs in anew.".to_owned(),
            Self::KeptByKeychain => "Leave the passphrase out; where this session has no keychain, set `GRANARY_TOKEN`, or \
                 another `GRANARY_HOME`."
                .to_owned(),
            Self::RelativeHome => "Set it to a path that begins at the root: a project's folder must not choose it.".to_owned(),
            Self::PassphrasesDiffer => "Type the same one twice.".to_owned(),
            Self::NoClientId => "Use `az login` and `granary sign-in ORGANIZATION --azure-cli`, or a token with \
                 `--token-stdin`, or set `[azure] client_id` to the one your administrator registered (docs/sign-in.md)."
                .to_owned(),
            Self::NoAccount(_) => "List the accounts there are with `granary account list`.".to_owned(),
            Self::SignInAgain { account, .. } => {
                format!("Open Granary and choose *Sign in again*, or run `granary sign-in {account}`.")
            }
            Self::FixedRefused => "Sign in again with a new token, or change the environment variable that brings it.".to_owned(),
            Self::Refused { refusal, .. } => refusal.hint().to_owned(),
            Self::TokenOnly => "Give one: `granary sign-in --server URL --token-stdin`.".to_owned(),
            Self::Unreachable { .. } => "Check the network, a proxy, and `[azure]` in settings.toml.".to_owned(),
            Self::Answer { .. } => "Check `[azure] authority` in settings.toml, and any proxy in between.".to_owned(),
            Self::BrowserTimeout { .. } => "Start again, or use a code: `granary sign-in --device-code`.".to_owned(),
            Self::NoPort { .. } => "Use a code instead: `granary sign-in --device-code`.".to_owned(),
            Self::NoAzureCli => "Install it and run `az login`, or sign in another way.".to_owned(),
            Self::AzureCli { .. } => "Run `az login`, then try again.".to_owned(),
            Self::NotAToken(_) => {
                "Make one under *User settings › Personal access tokens*, scope *Packaging: Read & write*.".to_owned()
            }
        }
    }

    pub(crate) fn file(act: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { act, path, source }
    }
}
