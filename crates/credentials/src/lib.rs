//! Who is signed in, where Granary keeps its own things, and the token for a feed.
//!
//! **Invariant**: knows neither projects nor feeds' contents, and no window; what is here must stay small,
//! because cargo starts the provider built from it for every registry it asks.

mod account;
mod environment;
mod error;
mod feed_url;
pub mod file;
mod home;
mod keychain;
mod local;
mod lock;
mod pasted;
mod secret;
mod settings;
mod sign_in;
mod sign_ins;
mod source;
mod tenant;
mod token;
mod token_endpoint;
mod vault;

pub use account::{Account, AccountKind, Keeping, Refused, SignIn, SignInMethod};
pub use environment::TOKEN_VARIABLES;
pub use error::{Error, Refusal};
pub use feed_url::{FeedUrl, NotAFeedUrl};
pub use home::Home;
pub use keychain::{Keychain, KeychainError};
pub use local::{LOCAL_ACCOUNT, LOCAL_PROJECT, LocalFeeds};
pub use lock::Lock;
pub use pasted::{NotAPlace, Pasted};
pub use secret::Secret;
pub use settings::{AzureSettings, BaseUrl, LocalSettings, Settings, host, is_loopback};
pub use sign_in::{NewSignIn, SignInStep, SignInTarget, azure_cli_user};
pub use sign_ins::{SignIns, blocking};
pub use source::TokenSource;
pub use token::{NotAToken, Token};
pub use token_endpoint::{http_client, http_client_builder};
