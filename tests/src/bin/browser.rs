//! A browser for tests: opens the address in its last argument and goes where it is sent, as `$BROWSER` would.
//!
//! **Invariant**: prints nothing but why it could not go on, and that without an address.

use anyhow::{Context, Result};

#[tokio::main]
async fn main() -> Result<()> {
    let address = std::env::args().skip(1).last().context("no address is given")?;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build()?;
    let opened = client.get(address).header("accept", "text/html").send().await;
    let page = opened.map_err(reqwest::Error::without_url)?;
    // Read to its end, as a browser does, so that whoever answers is not cut off.
    page.bytes().await.map_err(reqwest::Error::without_url)?;
    Ok(())
}
