//! `granary`: the window's verbs for terminals, scripts and pipelines.
//!
//! **Invariant**: parses, calls the engine once a verb, prints; decides nothing.

mod arguments;
mod commands;
mod local_feed;
mod output;

use std::process::ExitCode;

use clap::Parser;
use engine::Engine;

use crate::arguments::Arguments;
use crate::output::Output;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output = Output::new(arguments.json);
    let filter = tracing_subscriber::EnvFilter::try_from_env("GRANARY_LOG");
    tracing_subscriber::fmt()
        .with_env_filter(filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")))
        .with_writer(std::io::stderr)
        .init();
    let result = match credentials::Home::locate()
        .map_err(engine::Error::from)
        .and_then(Engine::open)
    {
        Ok(engine) => commands::run(&engine, &arguments.verb, &output).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(ending) => ending.into(),
        Err(error) => {
            output.error(&error.told());
            ExitCode::FAILURE
        }
    }
}
