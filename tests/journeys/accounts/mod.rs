//! Accounts by the command: signing in, what cargo hears of it, renewal, signing out. Azure is a double; cargo, the
//! keychain and the programs are real.

mod keychain;
mod providers;
mod renewal;
mod sign_in;

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use journeys::azure::{Azure, Cast, Exchange};
use journeys::{SampleCrate, Seen, TestHome, index_of_crates_io, require_crates_io, until};

pub(crate) use providers::project_with_a_private_crate;

/// How long tokens live in these journeys: an hour, as far as a build can tell.
const HOUR: Duration = Duration::from_secs(2);

/// A double of Azure with the real crates.io behind it, and a home that knows of nothing else.
struct World {
    // First, so that it is gone before the home.
    seen: Seen,
    home: TestHome,
    azure: Azure,
}

impl World {
    /// For journeys that fetch real crates.
    async fn with_crates() -> Result<Self> {
        require_crates_io().await?;
        let azure = Azure::start_with(Cast {
            crates_io: Some(index_of_crates_io()?),
            ..Cast::default()
        })
        .await?;
        azure.set_token_lifetime(HOUR);
        Self::around(azure)
    }

    /// For all that needs no crates.
    async fn new() -> Result<Self> {
        Self::around(Azure::start().await?)
    }

    fn around(azure: Azure) -> Result<Self> {
        let home = TestHome::with_azure(&azure)?;
        Ok(Self {
            seen: Seen::of(&home),
            home,
            azure,
        })
    }

    /// `granary …` with the double's browser.
    fn granary(&self, arguments: &[&str]) -> Result<journeys::Ran> {
        self.granary_with(arguments, "")
    }

    fn granary_with(&self, arguments: &[&str], input: &str) -> Result<journeys::Ran> {
        let mut command = self.home.product("granary")?;
        command.current_dir(self.home.user()).args(arguments);
        self.home.run_with(&mut command, input)
    }

    fn json(&self, arguments: &[&str]) -> Result<serde_json::Value> {
        let ran = self.granary(&[arguments, &["--json"]].concat())?.well()?;
        serde_json::from_str(&ran.stdout).with_context(|| ran.stdout)
    }

    /// Waits until every token that was given out so far has ended.
    async fn an_hour_later(&self) -> Result<()> {
        let start = std::time::Instant::now();
        until("the end of a token", async || {
            Ok((start.elapsed() > HOUR + Duration::from_millis(100)).then_some(()))
        })
        .await
    }

    /// Neither files nor output nor any program's arguments or environment have a secret.
    fn check_secrets(&self) -> Result<()> {
        self.home.check_secrets(&self.azure.markers(), &self.seen)
    }

    /// `Authorization` went to the account's hosts and to no other; what renews went to the authority alone.
    fn check_hosts(&self, may: &[&str]) -> Result<()> {
        let exchanges = self.azure.exchanges();
        let is_signed = |exchange: &Exchange| exchange.authorization_scheme.is_some();
        ensure!(exchanges.iter().any(is_signed), "no token was sent at all");
        for exchange in &exchanges {
            let may_have = match is_signed(exchange) {
                true => may.contains(&exchange.host),
                false => !exchange.carried_secret || exchange.host == "authority",
            };
            let (host, method, path) = (exchange.host, &exchange.method, &exchange.path);
            ensure!(may_have, "a secret went to `{host}`: {method} {path}");
        }
        Ok(())
    }

    /// All that was asked of Azure's REST API, and answered, is as Microsoft describes it.
    fn check_contract(&self) -> Result<()> {
        crate::contract::asked_as_described(&self.azure).map(drop)
    }

    /// Signs in by a code, as a person does who has another screen.
    async fn sign_in_by_code(&self, arguments: &[&str]) -> Result<()> {
        let mut command = self.home.product("granary")?;
        command.current_dir(self.home.user()).args(arguments);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let mut said = BufReader::new(child.stderr.take().context("its words")?);
        let mut line = String::new();
        said.read_line(&mut line)?;
        let (_, code) = line.split_once("type the code ").with_context(|| line.clone())?;
        let code = code.split_whitespace().next().context("a code")?.to_owned();
        self.azure.enter_code(&code)?;
        let ended = ended(&mut child).await?;
        let mut rest = String::new();
        said.read_to_string(&mut rest)?;
        ensure!(ended.success(), "{line}{rest}");
        Ok(())
    }

    /// The main job at an account: two feeds, a private crate, a project that needs it and one of crates.io, connected
    /// and restored; then plain cargo when every token that was there has ended.
    async fn main_job(&self, account: &str) -> Result<()> {
        let place = format!("{account}/main");
        self.granary(&["feed", "create", &place, "--pair"])?.well()?;
        let feeds = self.json(&["feed", "list", account])?;
        let references = feeds
            .as_array()
            .context("no list")?
            .iter()
            .map(|feed| feed["reference"].clone());
        let [upstream, internal] = [format!("{place}/upstream"), format!("{place}/internal")];
        ensure!(
            references.collect::<Vec<_>>() == [internal.as_str(), upstream.as_str()],
            "{feeds}"
        );

        let private = SampleCrate::copy_to(&self.home)?;
        let feeds = ["--feed", &upstream, "--publish-to", &internal];
        let connect = |folder: &PathBuf| -> Result<()> {
            let folder = folder.to_string_lossy();
            let arguments = [&["connect", &*folder], feeds.as_slice()].concat();
            self.granary(&arguments)?.well().map(drop)
        };
        connect(&private.folder)?;
        self.home
            .cargo(&private.folder, &["publish", "--allow-dirty", "--no-verify"])?
            .well()?;

        let project = self.project()?;
        connect(&project)?;
        self.an_hour_later().await?;
        self.granary(&["restore", &project.to_string_lossy()])?.well()?;
        self.an_hour_later().await?;
        self.home.cargo(&project, &["build"])?.well()?;
        std::fs::remove_dir_all(self.home.cargo_home().join("registry"))?;
        self.an_hour_later().await?;
        self.home.cargo(&project, &["build", "--locked"])?.well()?;
        Ok(())
    }

    /// A project of one file that needs a private crate and one of crates.io.
    fn project(&self) -> Result<PathBuf> {
        let folder = self.home.user().join("src/desk");
        std::fs::create_dir_all(folder.join("src"))?;
        std::fs::write(folder.join("src/main.rs"), "fn main() {}\n")?;
        let manifest = "[package]\nname = \"desk\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n\
                        contoso-greeting = { version = \"*\", registry = \"internal\" }\nitoa = \"1\"\n";
        std::fs::write(folder.join("Cargo.toml"), manifest)?;
        Ok(folder)
    }
}

async fn ended(child: &mut Child) -> Result<std::process::ExitStatus> {
    until("the end of a sign-in", async || Ok(child.try_wait()?)).await
}
