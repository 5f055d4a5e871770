//! One file a noun; each verb one call into the engine.
//!
//! **Invariant**: no verb decides anything; what they share is here.

mod account;
mod changes;
mod check;
mod crates;
mod feed;
mod project;
mod restore;
mod run;
mod serve;
mod undo;

use std::process::ExitCode;

use engine::{Code, Engine, Error};

use crate::arguments::{AccountVerb, Verb};
use crate::output::Output;

/// How a verb that could be carried out ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Done,
    Failed,
    Interrupted,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Done => Self::SUCCESS,
            Ending::Failed => Self::FAILURE,
            Ending::Interrupted => Self::from(130),
        }
    }
}

/// Carries a verb out; where a passphrase keeps the tokens, it is asked for once, on the terminal.
pub(crate) async fn run(engine: &Engine, verb: &Verb, output: &Output) -> Result<Ending, Error> {
    match carry_out(engine, verb, output).await {
        Err(error) if error.code() == Code::PassphraseNeeded && account::unlock(engine).await? => {
            carry_out(engine, verb, output).await
        }
        outcome => outcome,
    }
}

async fn carry_out(engine: &Engine, verb: &Verb, output: &Output) -> Result<Ending, Error> {
    match verb {
        Verb::SignIn(sign_in) => account::sign_in(engine, sign_in, output).await,
        Verb::SignOut { account } => account::sign_out(engine, account, output).await,
        Verb::Account(AccountVerb::List) => account::list(engine, output),
        Verb::Account(AccountVerb::Prefer { account }) => account::prefer(engine, account, output).await,
        Verb::ProjectList { account } => account::projects(engine, account, output).await,
        Verb::Feed(verb) => feed::carry_out(engine, verb, output).await,
        Verb::Crate(verb) => crates::carry_out(engine, verb, output).await,
        Verb::Show(project) => project::show(engine, &project.folder, output).await,
        Verb::Connect(connect) => changes::change(engine, connect, output).await,
        Verb::Disconnect(disconnect) => changes::change(engine, disconnect, output).await,
        Verb::Add(add) => changes::change(engine, add, output).await,
        Verb::Update(update) => changes::change(engine, update, output).await,
        Verb::Remove(remove) => changes::change(engine, remove, output).await,
        Verb::Move(moved) => changes::change(engine, moved, output).await,
        Verb::PublishTo(publish) => changes::change(engine, publish, output).await,
        Verb::ClearTokens(clear) => changes::change(engine, clear, output).await,
        Verb::Config(config) => changes::change(engine, config, output).await,
        Verb::Provider(provider) => changes::change(engine, provider, output).await,
        Verb::Check(check) => check::check(engine, check, output).await,
        Verb::Undo(asked) => undo::undo(engine, asked, output),
        Verb::Restore(restore) => restore::restore(engine, restore, output).await,
        Verb::Run(verb) => run::carry_out(engine, verb, output).await,
        Verb::Serve(serve) => serve::serve(engine, serve, output).await,
    }
}

/// Ctrl-C, or what a service is stopped with.
async fn stop_asked() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!(%error, "cannot listen for Ctrl-C");
    }
}
