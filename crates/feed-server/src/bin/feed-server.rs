//! Feeds on this computer, started by hand: prints where they are and serves until Ctrl-C or SIGTERM.
//!
//! **Invariant:** stdout carries the address and nothing else.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;
use feed_server::{Config, DEFAULT_PORT, Token};

/// Serves the feeds kept in a folder.
#[derive(Parser)]
struct Arguments {
    /// The folder the feeds are kept in.
    #[arg(long)]
    data: PathBuf,
    /// The port on 127.0.0.1; 0 takes any free one.
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,
    /// The file with the token every request needs; made when missing.
    #[arg(long)]
    token_file: PathBuf,
    /// Another sparse index to ask in place of crates.io.
    #[arg(long)]
    crates_io_index: Option<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let arguments = Arguments::parse();
    let token = Token::load_or_create(&arguments.token_file)?;
    let mut config = Config::new(arguments.data, arguments.port, token, "`feed-server`");
    config.crates_io = arguments.crates_io_index;
    let server = feed_server::start(config).await?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", server.url())
        .and_then(|()| stdout.flush())
        .context("printing the address")?;
    asked_to_stop().await.context("waiting for a signal")?;
    server.stop().await;
    Ok(())
}

#[cfg(unix)]
async fn asked_to_stop() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn asked_to_stop() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
