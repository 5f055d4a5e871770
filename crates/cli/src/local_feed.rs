//! The feeds on this computer, for as long as a verb runs: joins the server there is, else starts one.
//!
//! **Invariant**: to the engine they are one more organization; only this file knows the server.

use credentials::LocalFeeds;
use engine::{Code, Engine, Error};
use feed_server::{Config, Joined, StartError, Token};

/// Makes the feeds on this computer reachable until the answer is dropped.
pub(crate) async fn joined(engine: &Engine, serves: &str) -> Result<Joined, Error> {
    feed_server::join_or_start(config(engine, serves).await?)
        .await
        .map_err(failed)
}

/// The same where a feed or an account is one of this computer.
pub(crate) async fn joined_for(engine: &Engine, place: &str, serves: &str) -> Result<Option<Joined>, Error> {
    match Engine::is_on_this_computer(place) {
        true => joined(engine, serves).await.map(Some),
        false => Ok(None),
    }
}

/// How the server shall be, after the settings.
pub(crate) async fn config(engine: &Engine, serves: &str) -> Result<Config, Error> {
    let local = LocalFeeds::of(engine.sign_ins());
    let token = Token::new(local.token().await?.expose()).map_err(|error| refused(&error))?;
    let mut config = Config::new(engine.home().feeds(), local.settings().port, token, serves);
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
