//! What a feed, or the way to it, may refuse.
//!
//! **Invariant**: fields, not prose; the words are made from them.

use crate::error::Code;
use crate::http;

use super::{BadReference, NameFault};

/// A failure while asking for feeds or crates.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A request failed; `what` says for what it was made.
    #[error("cannot {what}: {source}")]
    Request {
        /// For example ``list the feeds of `local` ``.
        what: String,
        /// What came back.
        source: http::Error,
    },
    /// The answer was not the JSON that was expected.
    #[error("cannot {what}: the answer is not what Azure documents")]
    Answer {
        /// For what the request was made.
        what: String,
        /// Where the JSON departs.
        source: serde_json::Error,
    },
    /// No feed answers to a reference.
    #[error("there is no feed `{0}`")]
    NoFeed(String),
    /// A feed name that Azure or cargo would refuse.
    #[error("`{name}` cannot be a feed's name: {fault}")]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        fault: NameFault,
    },
    /// A text that is no feed reference.
    #[error(transparent)]
    Reference(#[from] BadReference),
}

impl Error {
    /// What the window may act on.
    pub fn code(&self) -> Code {
        match self {
            Self::Request { source, .. } => source.code(),
            Self::Answer { .. } => Code::Internal,
            Self::NoFeed(_) => Code::NotFound,
            Self::Name { .. } | Self::Reference(_) => Code::InvalidInput,
        }
    }

    /// One thing to do about it.
    pub fn hint(&self) -> Option<String> {
        if let Self::Request { source, .. } = self
            && let Some(hint) = source.hint()
        {
            return Some(hint);
        }
        match self.code() {
            Code::Forbidden => Some("Ask an owner of the feed for a role that may do this.".to_owned()),
            Code::NotFound => Some("List the feeds there are with `granary feed list`.".to_owned()),
            Code::AlreadyExists => Some("Choose another name.".to_owned()),
            Code::InvalidInput => match self {
                Self::Reference(_) => {
                    Some("Write it as ACCOUNT/PROJECT/FEED, for example `local/main/upstream`.".into())
                }
                Self::Name { name, .. } => Some(format!("Try `{}`.", super::registry_name(name))),
                _ => None,
            },
            _ => None,
        }
    }
}
