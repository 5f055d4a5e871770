//! Who is signed in, where Granary keeps its own things, and the token for a feed.
//!
//! **Invariant**: knows neither projects nor feeds' contents, and no window; what is here must stay small,
//! because cargo starts the provider built from it for every registry it asks.

mod error;
mod feed_url;
mod home;
mod local;
mod secret;
mod settings;
mod token;

pub use error::Error;
pub use feed_url::{FeedUrl, NotAFeedUrl};
pub use home::Home;
pub use local::{LOCAL_ACCOUNT, LOCAL_PROJECT, LocalFeeds};
pub use secret::Secret;
pub use settings::{LocalSettings, Settings};
pub use token::Token;
