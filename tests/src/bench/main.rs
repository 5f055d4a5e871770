//! Measures what large feeds, projects and restores cost, and the program cargo asks for a token. Prints Markdown tables.
//!
//! **Invariant**: figures, not tests: nothing fails because a day is slow.
#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

mod catalog;
#[cfg(target_os = "linux")]
mod log;
mod project;
mod provider;
mod restore;
#[cfg(target_os = "linux")]
mod window;

use anyhow::{Result, bail};

#[tokio::main]
async fn main() -> Result<()> {
    let parts = std::env::args().skip(1).collect::<Vec<_>>();
    match parts.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => {
            provider::measure().await?;
            println!();
            catalog::measure().await?;
            println!();
            project::measure().await?;
            println!();
            restore::measure().await?;
            println!();
            restore::measure_more().await?;
            #[cfg(target_os = "linux")]
            {
                println!();
                window::measure().await?;
                println!();
                log::measure().await?;
            }
            Ok(())
        }
        ["catalog"] => catalog::measure().await,
        #[cfg(target_os = "linux")]
        ["window"] => window::measure().await,
        #[cfg(target_os = "linux")]
        ["log"] => log::measure().await,
        #[cfg(target_os = "linux")]
        ["chatter"] => log::chatter().await,
        ["project"] => project::measure().await,
        ["provider"] => provider::measure().await,
        ["restore"] => restore::measure().await,
        ["restore-more"] => restore::measure_more().await,
        other => bail!(
            "there is `catalog`, `log`, `project`, `provider`, `restore`, `restore-more` and `window`, and no `{}`",
            other.join(" ")
        ),
    }
}
