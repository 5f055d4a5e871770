//! Feeds and crates by the command: a crate's whole life, what a feed is and who may change it, what is kept of it, where
//! its versions come from. cargo is real; Azure is a double, or the feeds are this computer's own.

mod catalog;
mod contract;
mod life;
mod long;
mod names;
mod origin;
mod roles;
mod settings;
mod together;
#[cfg(target_os = "linux")]
mod window;

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use journeys::azure::Azure;
use journeys::{Ran, TestHome};
use serde_json::Value;

/// How long a token lives that a test is given.
const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);

/// `granary …` in the user's home.
fn granary(home: &TestHome, arguments: &[&str]) -> Result<Ran> {
    home.granary(&home.user(), arguments)
}

/// The same, done, and its answer.
fn json(home: &TestHome, arguments: &[&str]) -> Result<Value> {
    home.granary_json(&home.user(), arguments)
}

/// The same, refused: the code of the error.
fn refused(home: &TestHome, arguments: &[&str]) -> Result<String> {
    let ran = granary(home, &[arguments, &["--json"]].concat())?;
    ensure!(ran.code == Some(1), "{arguments:?} was not refused: {ran:?}");
    let told: Value = serde_json::from_str(&ran.stderr).with_context(|| format!("{ran:?}"))?;
    let code = told["error"]["code"]
        .as_str()
        .with_context(|| ran.stderr.clone())?;
    Ok(code.to_owned())
}

/// The names of a list's rows.
fn names(rows: &Value) -> Vec<&str> {
    let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
    rows.iter().filter_map(|row| row["name"].as_str()).collect()
}

/// Somebody signed in at a double, in a home of their own.
fn signed_in(azure: &Azure, person: &str) -> Result<TestHome> {
    let home = TestHome::with_azure(azure)?;
    let token = azure.issue_pat(person, "contoso", &["app_token"], HOUR)?;
    let mut command = home.product("granary")?;
    command.args(["sign-in", "contoso", "--token-stdin"]);
    home.run_with(&mut command, &token)?.well()?;
    Ok(home)
}

/// Somebody signed in at the double's server; answers how the account is called.
fn signed_in_at_server(azure: &Azure, home: &TestHome, person: &str) -> Result<String> {
    let server = format!("{}/DefaultCollection", azure.server_url());
    let token = azure.issue_pat(person, "DefaultCollection", &["app_token"], HOUR)?;
    let mut command = home.product("granary")?;
    command.args(["sign-in", "--server", &server, "--token-stdin", "--json"]);
    let accounts: Value = serde_json::from_str(&home.run_with(&mut command, &token)?.well()?.stdout)?;
    let account = accounts[0]["id"].as_str().context("no account")?;
    Ok(account.to_owned())
}

/// A crate of one file, to be published to a feed that it is connected to.
struct Own {
    folder: PathBuf,
}

impl Own {
    fn new(home: &TestHome, name: &str, feed: &str) -> Result<Self> {
        let folder = home.user().join("src").join(name);
        std::fs::create_dir_all(folder.join("src"))?;
        std::fs::write(folder.join("src/lib.rs"), "")?;
        std::fs::write(folder.join("README.md"), "# Hello\n\n<script>alert(1)</script>\n")?;
        let own = Self { folder };
        own.set(name, "0.1.0")?;
        home.granary(&own.folder, &["connect", "--feed", feed])?.well()?;
        Ok(own)
    }

    fn set(&self, name: &str, version: &str) -> Result<()> {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\nlicense = \"MIT\"\n\
             description = \"What {name} is for\"\nrust-version = \"1.85\"\n\n[features]\ndefault = [\"fast\"]\nfast = []\n"
        );
        Ok(std::fs::write(self.folder.join("Cargo.toml"), manifest)?)
    }

    /// Publishes a version with plain cargo.
    fn publish(&self, home: &TestHome, name: &str, version: &str, registry: &str) -> Result<()> {
        self.set(name, version)?;
        let arguments = ["publish", "--registry", registry, "--allow-dirty", "--no-verify"];
        home.cargo(&self.folder, &arguments)?.well().map(drop)
    }
}
