//! Starts and stops the feeds on this computer; to the engine they are one more organization.
//!
//! **Invariant**: joins the server that runs, else starts one in this process until the app ends.

use credentials::LocalFeeds;
use engine::{Code, Engine, Error};
use feed_server::{Config, Joined, StartError, Token};
use tokio::sync::Mutex;

/// The server that is used, once one is.
#[derive(Debug, Default)]
pub(crate) struct LocalFeed(Mutex<Option<Joined>>);

impl LocalFeed {
    /// Makes them reachable, if they are not.
    pub(crate) async fn reachable(&self, engine: &Engine) -> Result<(), Error> {
        let mut joined = self.0.lock().await;
        if joined.is_none() {
            *joined = Some(
                feed_server::join_or_start(config(engine).await?)
                    .await
                    .map_err(|error| failed(&error))?,
            );
        }
        Ok(())
    }

    pub(crate) async fn stop(&self) {
        if let Some(joined) = self.0.lock().await.take() {
            joined.stop().await;
        }
    }
}

async fn config(engine: &Engine) -> Result<Config, Error> {
    let local = LocalFeeds::of(engine.sign_ins());
    let hint = "Remove the file `token` in the data folder; a new one is made.";
    let refused = |error: feed_server::TokenError| cannot(Code::Internal, error.to_string(), hint);
    let token = Token::new(local.token().await?.expose()).map_err(refused)?;
    let mut config = Config::new(
        engine.home().feeds(),
        local.settings().port,
        token,
        "the Granary window",
    );
    config.crates_io.clone_from(&local.settings().crates_io_index);
    Ok(config)
}

fn failed(error: &StartError) -> Error {
    let (code, hint) = match error {
        StartError::PortTaken { .. } => (
            Code::PortTaken,
            "See who listens there, or set `[local] port` in settings.toml.",
        ),
        _ => (
            Code::Unreachable,
            "Try again; `granary serve` in a terminal tells more.",
        ),
    };
    cannot(code, error.to_string(), hint)
}

fn cannot(code: Code, reason: String, hint: &str) -> Error {
    Error::LocalFeeds {
        code,
        reason,
        hint: hint.to_owned(),
    }
}
