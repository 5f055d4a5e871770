//! What signing in may come to, besides what `credentials` says.
//!
//! **Invariant**: fields, not prose; the words are made from them.

use credentials::NotAPlace;

use crate::error::Code;
use crate::http;

/// A failure while signing in or asking for an account.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A request failed; `what` says for what it was made.
    #[error("cannot {what}: {source}")]
    Request {
        /// For example ``try the sign-in at `contoso` ``.
        what: String,
        /// What came back.
        source: http::Error,
    },
    /// The answer was not what is documented.
    #[error("cannot {what}: the answer is not what Azure documents")]
    Answer {
        /// For what the request was made.
        what: String,
    },
    /// The token is not known there.
    #[error("`{organization}` does not know this token")]
    TokenWrong {
        /// Where it was tried.
        organization: String,
    },
    /// The token was good once.
    #[error("this token of `{organization}` has expired")]
    TokenExpired {
        /// Where it was tried.
        organization: String,
    },
    /// The token is good, but not for packages.
    #[error("this token of `{organization}` is not for packages")]
    TokenTooNarrow {
        /// Where it was tried.
        organization: String,
    },
    /// Nobody is called that, as far as this identity can see.
    #[error("there is no organization `{0}` that this identity can see")]
    NoOrganization(String),
    /// A token says nothing of where it is for.
    #[error("a token does not say which organization it is for")]
    OrganizationNeeded,
    /// The sign-in sees no organization.
    #[error("this identity is in no organization that can be listed")]
    NoOrganizations,
    /// The server is too old for cargo feeds.
    #[error("the server at `{server}` offers no cargo feeds")]
    NoCargoFeeds {
        /// The server.
        server: String,
    },
    /// The text names no place.
    #[error(transparent)]
    Place(#[from] NotAPlace),
    /// A sign-in that was finished, or cancelled, or never begun.
    #[error("the sign-in `{0}` is over")]
    NotPending(String),
}

impl Error {
    /// What the window may act on.
    pub fn code(&self) -> Code {
        match self {
            Self::Request { source, .. } => source.code(),
            Self::Answer { .. } => Code::Internal,
            Self::TokenWrong { .. } | Self::TokenExpired { .. } => Code::NotSignedIn,
            Self::TokenTooNarrow { .. } => Code::Forbidden,
            Self::NoOrganization(_) | Self::NoOrganizations => Code::NotFound,
            Self::OrganizationNeeded | Self::Place(_) => Code::InvalidInput,
            Self::NoCargoFeeds { .. } | Self::NotPending(_) => Code::Precondition,
        }
    }

    /// One thing to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Request { source, .. } => return source.hint(),
            Self::Answer { .. } => "Check the address, and any proxy in between.",
            Self::TokenWrong { .. } => {
                "Check that all of it was copied, that it was not withdrawn, and that it was made in this organization."
            }
            Self::TokenExpired { .. } => {
                "Make a new one under *User settings › Personal access tokens*, scope *Packaging: Read & write*."
            }
            Self::TokenTooNarrow { .. } => {
                "Give it the scope *Packaging: Read & write*; with *Read* alone nothing is saved from crates.io."
            }
            Self::NoOrganization(_) => {
                "Check the name, or sign in with the identity that belongs to it; an organization of personal \
                 Microsoft accounts needs a token."
            }
            Self::OrganizationNeeded => "Name it: `granary sign-in ORGANIZATION --token-stdin`.",
            Self::NoOrganizations => "Name the organization: `granary sign-in ORGANIZATION`.",
            Self::NoCargoFeeds { .. } => {
                "Cargo feeds need a newer Azure DevOps Server, or Azure DevOps Services."
            }
            Self::Place(_) => "Give an organization's name, or the address of a feed or a server.",
            Self::NotPending(_) => "Sign in again.",
        };
        Some(hint.to_owned())
    }
}
