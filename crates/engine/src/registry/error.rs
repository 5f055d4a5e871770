//! What an index or a `.crate`, or the way to it, may refuse.
//!
//! **Invariant**: fields, not prose; the words are made from them.

use crate::error::Code;
use crate::http;

/// A failure while asking a registry as cargo does.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A request failed; `what` says for what it was made.
    #[error("cannot {what}: {source}")]
    Request {
        /// For example ``read the index of `serde` ``.
        what: String,
        /// What came back.
        source: http::Error,
    },
    /// A name that can be no crate's.
    #[error("`{0}` cannot be a crate's name")]
    Name(String),
    /// The registry's `config.json` is not what cargo documents.
    #[error("the registry's `config.json` is not what cargo documents")]
    Config {
        /// Where it departs.
        source: serde_json::Error,
    },
    /// An address in `config.json` that is none.
    #[error("the registry names `{0}`, which is no address")]
    Address(String),
    /// The `.crate` cannot be read.
    #[error("the file of `{name} {version}` cannot be read: {reason}")]
    Archive {
        /// The crate.
        name: String,
        /// The version.
        version: String,
        /// Why not.
        reason: String,
    },
    /// The `.crate` is not the one the index names.
    #[error("the file of `{name} {version}` has another checksum than the index says")]
    Checksum {
        /// The crate.
        name: String,
        /// The version.
        version: String,
    },
}

impl Error {
    /// Whether nobody is there who could answer anything else.
    pub(crate) fn is_out_of_reach(&self) -> bool {
        let Self::Request { source, .. } = self else {
            return false;
        };
        matches!(source, http::Error::Unreachable { source, .. } if source.is_connect())
    }

    /// Whether it says as much of the registry as of what was asked for: it has no time, or its answers do not come.
    pub(crate) fn is_of_the_server(&self) -> bool {
        let Self::Request { source, .. } = self else {
            return false;
        };
        source.code() == Code::Unreachable && !matches!(source, http::Error::RefusedElsewhere { .. })
    }

    /// What the window may act on.
    pub fn code(&self) -> Code {
        match self {
            Self::Request { source, .. } => source.code(),
            Self::Name(_) => Code::InvalidInput,
            Self::Config { .. } | Self::Address(_) | Self::Archive { .. } | Self::Checksum { .. } => {
                Code::Internal
            }
        }
    }

    /// One thing to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Request { source, .. } => source.hint().or_else(|| {
                (source.code() == Code::Forbidden)
                    .then(|| "Ask an owner of the feed for a role that may do this.".to_owned())
            }),
            Self::Name(_) => Some("A crate's name has letters, digits, `-` and `_`.".to_owned()),
            Self::Config { .. } | Self::Address(_) => {
                Some("Look at the feed's page: the feed may be under maintenance.".to_owned())
            }
            Self::Archive { .. } | Self::Checksum { .. } => {
                Some("Do not use this version before its publisher looked at it.".to_owned())
            }
        }
    }
}
