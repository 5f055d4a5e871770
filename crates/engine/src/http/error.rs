//! Why a request brought no answer, and what that means.
//!
//! **Invariant**: words and meanings alone; nothing here sends or waits.

use crate::error::Code;

use super::send::Failure;

/// Why a request brought no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody answers there.
    #[error("`{host}` does not answer")]
    Unreachable {
        /// Host and port.
        host: String,
        /// The transport's words.
        source: Failure,
    },
    /// The other side answered with a refusal.
    #[error("{}", message.clone().unwrap_or_else(|| format!("`{host}` answered {status}")))]
    Refused {
        /// Host and port.
        host: String,
        /// The HTTP status; 401 for Azure's sign-in pages too, whatever status they come under.
        status: u16,
        /// What the server says of it, when it says it in one of the known shapes.
        message: Option<String>,
    },
    /// A file was to be had elsewhere, and there it was refused: that says nothing of the host that sent us there, nor of the token,
    /// which stayed behind.
    #[error("`{host}`, from where files are downloaded, answered {status}")]
    RefusedElsewhere {
        /// Host and port of the place the file was to come from.
        host: String,
        /// The HTTP status.
        status: u16,
    },
    /// The answer comes in drops.
    #[error("`{host}` sends almost nothing")]
    TooSlow {
        /// Host and port.
        host: String,
    },
    /// The answer is larger than is read.
    #[error("`{host}` sent more than {most} bytes")]
    TooLarge {
        /// Host and port.
        host: String,
        /// How many are read.
        most: usize,
    },
    /// The request would take the token to a host it is not for.
    #[error("`{host}` is not where this account's token may go")]
    ForeignHost {
        /// Host and port.
        host: String,
    },
    /// There is no token to send.
    #[error(transparent)]
    Token(#[from] credentials::Error),
    /// No HTTP client could be made, for example without root certificates.
    #[error("this system cannot open secure connections")]
    NoClient {
        /// Why not.
        source: Failure,
    },
}

/// What a status means, whoever sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// 401, or a sign-in page.
    NotSignedIn,
    /// 403.
    Forbidden,
    /// 404.
    NotFound,
    /// 409.
    Conflict,
    /// 400 and its like.
    Invalid,
    /// 429 and 5xx, after all attempts.
    Later,
}

impl Error {
    /// What the refusal means, when it is one.
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Refused { status: 401, .. } => Some(Refusal::NotSignedIn),
            Self::Refused { status: 403, .. } => Some(Refusal::Forbidden),
            Self::Refused { status: 404, .. } => Some(Refusal::NotFound),
            Self::Refused { status: 409, .. } => Some(Refusal::Conflict),
            Self::Refused {
                status: 429 | 500.., ..
            } => Some(Refusal::Later),
            Self::Refused { .. } => Some(Refusal::Invalid),
            // Nobody but the network between stands for it, and the next redirect may lead to somewhere better.
            Self::RefusedElsewhere { .. } => Some(Refusal::Later),
            Self::Token(credentials::Error::SignInAgain { .. }) => Some(Refusal::NotSignedIn),
            _ => None,
        }
    }
}

impl Error {
    /// What the window may act on.
    pub(crate) fn code(&self) -> Code {
        match (self.refusal(), self) {
            (Some(Refusal::NotSignedIn), _) => Code::NotSignedIn,
            (Some(Refusal::Forbidden), _) => Code::Forbidden,
            (Some(Refusal::NotFound), _) => Code::NotFound,
            (Some(Refusal::Conflict), _) => Code::AlreadyExists,
            (Some(Refusal::Invalid), _) => Code::InvalidInput,
            (Some(Refusal::Later), _) | (None, Self::Unreachable { .. } | Self::TooSlow { .. }) => {
                Code::Unreachable
            }
            (None, Self::Token(error)) => crate::error::code_of(error),
            (None, _) => Code::Internal,
        }
    }

    /// One thing to do about it, where that does not depend on what was asked for.
    pub(crate) fn hint(&self) -> Option<String> {
        match (self, self.code()) {
            (Self::Token(error), _) => Some(error.hint()),
            (Self::RefusedElsewhere { host, .. }, _) => Some(format!(
                "Try again. If it stays so, see whether this network lets you reach `{host}`."
            )),
            (_, Code::NotSignedIn) => Some("Sign in again.".to_owned()),
            (_, Code::Unreachable) => Some("Check the connection and try again.".to_owned()),
            _ => None,
        }
    }
}
