//! The feeds on this computer, for as long as a verb runs: joins the server there is, else starts one.
//!
//! **Invariant**: to the engine they are one more organization; only this file knows the server.

use credentials::{Home, LOCAL_ACCOUNT, LocalFeeds};
use engine::{Code, Error};
use feed_server::{Config, Joined, StartError, Token};

/// Makes the feeds on this computer reachable until the answer is dropped.
pub(crate) async fn joined(home: &Home, serves: &str) -> Result<Joined, Error> {
    feed_server::join_or_start(config(home, serves)?)
        .await
        .map_err(failed)
}

/// The same where a feed or an account is one of this computer.
pub(crate) async fn joined_for(home: &Home, place: &str, serves: &str) -> Result<Option<Joined>, Error> {
    match place.split('/').next() == Some(LOCAL_ACCOUNT) {
        true => joined(home, serves).await.map(Some),
        false => Ok(None),
    }
}

/// How the server shall be, after the settings of a home.
pub(crate) fn config(home: &Home, serves: &str) -> Result<Config, Error> {
    let local = LocalFeeds::of(home)?;
    let token = Token::new(local.token()?.expose()).map_err(|error| refused(&error))?;
    let mut config = Config::new(home.feeds(), local.settings().port, token, serves);
    config.crates_io.clone_from(&local.settings().crates_io_index);
    Ok(config)
}

pub(crate) fn failed(error: StartError) -> Error {
    let (code, hint) = match error {
        StartError::PortTaken { .. } => (
            Code::PortTaken,
            "See who listens there, or set `[local] port` in settings.toml.",
        ),
        StartError::AlreadyServing { .. } => (Code::Precondition, "Use those; any number of programs may."),
        _ => (
            Code::Unreachable,
            "Try again; `granary serve` tells more when run by itself.",
        ),
    };
    Error::LocalFeeds {
        code,
        reason: error.to_string(),
        hint: hint.to_owned(),
    }
}

pub(crate) fn refused(error: &feed_server::TokenError) -> Error {
    let hint = "Remove the file `token` in the data folder; a new one is made.".to_owned();
    Error::LocalFeeds {
        code: Code::Internal,
        reason: error.to_string(),
        hint,
    }
}
