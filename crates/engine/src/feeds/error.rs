//! What a feed, or the way to it, may refuse.
//!
//! **Invariant**: fields, not prose; the words are made from them.

use crate::error::Code;
use crate::http;

use super::{BadReference, BadVersion, NameFault};

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
    /// No feed of the recycle bin answers to a reference.
    #[error("there is no feed `{0}` in the recycle bin")]
    NoDeletedFeed(String),
    /// A feed has no such view.
    #[error("the feed `{feed}` has no view `{view}`")]
    NoView {
        /// The feed.
        feed: String,
        /// The view's name.
        view: String,
    },
    /// The upstream source is not in the feed's list.
    #[error("that upstream source is no longer one of `{feed}`")]
    NoUpstream {
        /// The feed.
        feed: String,
    },
    /// A feed holds no such crate or version.
    #[error("`{feed}` holds no `{name}`")]
    NoCrate {
        /// The feed.
        feed: String,
        /// The crate, or the crate and its version.
        name: String,
    },
    /// An upstream in another account.
    #[error("`{0}` is in another account, and a feed can only be fed by feeds of its own")]
    OtherAccount(String),
    /// A policy beyond what Azure takes.
    #[error("a feed keeps 1 to 5,000 versions of a crate, and for 1 to 365 days")]
    RetentionBounds,
    /// Azure took it, and does not show it yet.
    #[error("cannot {what}: Azure took it, but does not show it yet")]
    NotYet {
        /// For what the request was made.
        what: String,
    },
    /// A feed name that Azure or cargo would refuse.
    #[error("`{name}` cannot be a feed's name: {fault}")]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        fault: NameFault,
    },
    /// A text that is no version of a crate.
    #[error(transparent)]
    Version(#[from] BadVersion),
    /// Nobody, or more than one, answers to a name.
    #[error("{}", match found { 0 => format!("nobody in `{account}` is called `{name}`"), _ => format!("{found} in `{account}` are called `{name}`") })]
    NotOne {
        /// The account.
        account: String,
        /// The name.
        name: String,
        /// How many answer to it.
        found: usize,
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
            Self::NoFeed(_)
            | Self::NoDeletedFeed(_)
            | Self::NoView { .. }
            | Self::NoUpstream { .. }
            | Self::NoCrate { .. }
            | Self::NotOne { .. } => Code::NotFound,
            Self::NotYet { .. } => Code::Precondition,
            Self::OtherAccount(_)
            | Self::RetentionBounds
            | Self::Version(_)
            | Self::Name { .. }
            | Self::Reference(_) => Code::InvalidInput,
        }
    }

    /// One thing to do about it.
    pub fn hint(&self) -> Option<String> {
        if let Self::Request { source, .. } = self
            && let Some(hint) = source.hint()
        {
            return Some(hint);
        }
        let own = match self {
            Self::NoDeletedFeed(_) => Some("List what is there with `granary feed list --deleted`."),
            Self::NoView { .. } => Some("List its views with `granary feed view list`."),
            Self::NoUpstream { .. } => Some("Somebody else changed the list: look at it again."),
            Self::NoCrate { .. } => Some("Bring the list up to date: somebody may have deleted it."),
            Self::OtherAccount(_) => Some("Choose a feed of the same organization."),
            Self::Version(_) => Some("Write it as CRATE@VERSION, for example `serde@1.0.228`."),
            Self::NotOne { .. } => Some("Write the whole name as Azure shows it, or the mail address."),
            Self::RetentionBounds => Some("Give two numbers within these bounds."),
            Self::NotYet { .. } => Some("Look again in a minute."),
            _ => None,
        };
        if let Some(own) = own {
            return Some(own.to_owned());
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
