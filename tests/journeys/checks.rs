//! `granary check`: each broken project is told by its id, and a sound one is sound. What real cargo says to the same project is
//! looked at where that is cheap.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use journeys::azure::{Azure, Quirk, Role};
use journeys::{Ran, TestHome};
use serde_json::Value;

use crate::journey;

/// A feed nobody is signed in at.
pub(crate) const AT: &str = "sparse+https://pkgs.dev.azure.com/contoso/_packaging/internal/Cargo/index/";
/// The cargo that runs here may be one that is to be known of, whatever the project is.
/// Put together, so that the table of checks does not take it for tested here.
const OF_THIS_CARGO: &str = concat!("cargo", "-1.96");
pub(crate) const TOKENS: &str = "[registry]\nglobal-credential-providers = [\"cargo:token\"]\n";
pub(crate) const BASIC: &str = "[registries.internal]\ntoken = \"Basic QQ==\"\n";
pub(crate) const FEED: &str = "contoso/main/internal";
const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);

/// A project that needs one crate of a registry, and can be broken.
pub(crate) struct Broken {
    pub(crate) home: TestHome,
    pub(crate) folder: PathBuf,
    pub(crate) variables: Vec<(&'static str, String)>,
}

impl Broken {
    pub(crate) fn new() -> Result<Self> {
        Self::of(TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?)
    }

    pub(crate) fn of(home: TestHome) -> Result<Self> {
        let folder = home.user().join("app");
        let broken = Self {
            home,
            folder,
            variables: Vec::new(),
        };
        broken.write("src/lib.rs", "")?;
        broken.needs("ours = { version = \"1\", registry = \"internal\" }")?;
        broken.config(AT)?;
        broken.user(TOKENS)?;
        broken.tokens(BASIC)?;
        broken.lock(AT)?;
        Ok(broken)
    }

    pub(crate) fn write(&self, path: &str, text: &str) -> Result<()> {
        write(&self.folder.join(path), text)
    }

    pub(crate) fn needs(&self, line: &str) -> Result<()> {
        let package =
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n";
        self.write("Cargo.toml", &format!("{package}{line}\n"))
    }

    pub(crate) fn config(&self, index: &str) -> Result<()> {
        self.write(".cargo/config.toml", &registry("internal", index))
    }

    pub(crate) fn lock(&self, index: &str) -> Result<()> {
        let lock = format!(
            "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"ours\",\n]\n\n\
             [[package]]\nname = \"ours\"\nversion = \"1.0.0\"\nsource = \"{index}\"\nchecksum = \"{}\"\n",
            "0".repeat(64)
        );
        self.write("Cargo.lock", &lock)
    }

    pub(crate) fn user(&self, text: &str) -> Result<()> {
        write(&self.home.cargo_home().join("config.toml"), text)
    }

    pub(crate) fn tokens(&self, text: &str) -> Result<()> {
        write(&self.home.cargo_home().join("credentials.toml"), text)
    }

    pub(crate) fn ran(&self, arguments: &[&str]) -> Result<Ran> {
        let mut command = self.home.product("granary")?;
        command.envs(self.variables.iter().map(|(name, value)| (*name, value)));
        self.home.run(command.current_dir(&self.folder).args(arguments))
    }

    fn report(&self, arguments: &[&str]) -> Result<Value> {
        let before = files(&self.folder)?;
        let ran = self.ran(&[&["check", "--json"], arguments].concat())?;
        ensure!(before == files(&self.folder)?, "a check wrote into the project");
        let report: Value = serde_json::from_str(&ran.stdout).with_context(|| format!("{ran:?}"))?;
        let expected = if report["firstProblem"].is_null() { 0 } else { 1 };
        ensure!(ran.code == Some(expected), "{ran:?}");
        Ok(report)
    }

    /// Expects a problem with this id before any other, without asking the network.
    fn problem(&self, id: &str) -> Result<Value> {
        self.problem_with(id, &["--offline"])
    }

    fn problem_with(&self, id: &str, arguments: &[&str]) -> Result<Value> {
        let report = self.report(arguments)?;
        ensure!(
            report["firstProblem"] == id,
            "not `{id}` but {:?}",
            findings(&report)
        );
        Ok(report)
    }

    /// Expects no problem, and something to know with this id before any other.
    fn warning(&self, id: &str, arguments: &[&str]) -> Result<Value> {
        let report = self.report(arguments)?;
        let found = findings(&report);
        ensure!(
            report["firstProblem"].is_null() && found.first().is_some_and(|found| found == id),
            "not `{id}` but {found:?}"
        );
        Ok(report)
    }

    fn sound(&self, arguments: &[&str]) -> Result<()> {
        let report = self.report(arguments)?;
        let found = findings(&report);
        ensure!(found.is_empty(), "a sound project has {found:?}: {report}");
        Ok(())
    }

    /// Expects real cargo to fail too, with these words.
    fn cargo_fails(&self, words: &str) -> Result<()> {
        let mut command = std::process::Command::new("cargo");
        self.home.inhabit(&mut command);
        command.envs(self.variables.iter().map(|(name, value)| (*name, value)));
        let ran = self.home.run(command.current_dir(&self.folder).arg("fetch"))?;
        ensure!(
            ran.code == Some(101) && ran.stderr.contains(words),
            "not `{words}`: {ran:?}"
        );
        Ok(())
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::create_dir_all(path.parent().context("a folder")?)?;
    std::fs::write(path, text).with_context(|| path.display().to_string())
}

pub(crate) fn registry(name: &str, index: &str) -> String {
    format!("[registries.{name}]\nindex = \"{index}\"\n")
}

/// Every file of a folder with what is in it.
fn files(folder: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => found.extend(files(&path)?),
            false => found.push((path.clone(), std::fs::read(&path)?)),
        }
    }
    found.sort();
    Ok(found)
}

/// What is wrong or to be known, without what concerns this computer's cargo alone.
fn findings(report: &Value) -> Vec<String> {
    let checks = report["checks"].as_array().map(Vec::as_slice).unwrap_or_default();
    let of_verdict = |verdict: &str| {
        let found = checks
            .iter()
            .filter(move |check| check["verdict"] == verdict && check["id"] != OF_THIS_CARGO);
        found
            .filter_map(|check| check["id"].as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    [of_verdict("problem"), of_verdict("warning")].concat()
}

#[test]
fn a_sound_project_has_nothing_wrong() {
    journey(async || {
        let sound = Broken::new()?;
        sound.sound(&["--offline"])?;
        let words = sound.ran(&["check", "--offline"])?.well()?;
        ensure!(
            words.stdout.contains("0 wrong") && !words.stdout.contains("QQ=="),
            "{words:?}"
        );
        Ok(())
    });
}

#[test]
fn registries_that_are_named_wrongly() {
    journey(async || {
        let broken = Broken::new()?;
        broken.write(".cargo/config.toml", "")?;
        broken.problem("P-34")?;
        broken.cargo_fails("registry index was not found in any configuration")?;
        broken.write(".cargo/config.toml", &registry("internol", AT))?;
        let report = broken.problem("P-34")?;
        ensure!(report.to_string().contains("there is `internol`"), "{report}");
        broken.write(
            ".cargo/config.toml",
            &(registry("internal", AT) + &registry("other", AT)),
        )?;
        broken.problem("P-37")?;
        let round = registry("internal", AT) + "[source.crates-io]\nreplace-with = \"crates-io\"\n";
        broken.write(".cargo/config.toml", &round)?;
        broken.problem("replacement")?;
        let gone = registry("internal", AT) + "[source.crates-io]\nreplace-with = \"gone\"\n";
        broken.write(".cargo/config.toml", &gone)?;
        broken.needs("serde = \"1\"")?;
        broken.problem("P-34")?;
        broken.cargo_fails("gone")?;
        broken.needs("ours = { version = \"1\", registry = \"1feed\" }")?;
        broken.write(".cargo/config.toml", &registry("1feed", AT))?;
        broken.problem("P-30")?;
        broken.cargo_fails("the name cannot start with a digit")
    });
}

#[test]
fn addresses_that_are_written_wrongly() {
    journey(async || {
        let broken = Broken::new()?;
        broken.config(AT.trim_end_matches('/'))?;
        let report = broken.problem("P-32")?;
        ensure!(
            report.to_string().contains(AT),
            "the right address is told: {report}"
        );
        broken.cargo_fails("must end in a slash")?;
        broken.config(AT.trim_start_matches("sparse+"))?;
        broken.problem("P-33")?;
        broken.config(AT)?;
        let both =
            registry("internal", AT) + &registry("other", &AT.replace("internal", "internal~force-auth"));
        broken.write(".cargo/config.toml", &both)?;
        broken.tokens(&(BASIC.to_owned() + "[registries.other]\ntoken = \"Basic QQ==\"\n"))?;
        broken.warning("P-26", &["--offline"])?;
        let mut broken = Broken::new()?;
        broken.needs("ours = { version = \"1\", registry = \"my-feed\" }")?;
        broken.write(".cargo/config.toml", &registry("my-feed", AT))?;
        broken.tokens("[registries.my_feed]\ntoken = \"Basic QQ==\"\n")?;
        broken
            .variables
            .push(("CARGO_REGISTRIES_MY_FEED_INDEX", AT.to_owned()));
        broken.warning("P-36", &["--offline"]).map(drop)
    });
}

#[test]
fn providers_that_give_no_token() {
    journey(async || {
        let broken = Broken::new()?;
        // Cargo asks for a token only where it is refused, which needs somebody who answers: `projects/providers.rs` does that.
        broken.user("")?;
        broken.problem("P-09")?;
        let at = |list: &str| format!("[registry]\nglobal-credential-providers = [{list}]\n");
        broken.user(&at("\"cargo:token\", \"nowhere-to-be-found\""))?;
        broken.problem("P-50")?;
        let other = if cfg!(windows) {
            "cargo:libsecret"
        } else {
            "cargo:wincred"
        };
        broken.user(&at(&format!("\"{other}\"")))?;
        broken.problem("P-48")?;
        broken.user(&at("\"cargo:token\""))?;
        broken.tokens("")?;
        broken.problem("P-08").map(drop)
    });
}

#[test]
fn tokens_that_no_feed_takes() {
    journey(async || {
        let broken = Broken::new()?;
        let token = |text: &str| format!("[registries.internal]\ntoken = \"{text}\"\n");
        broken.tokens(&token("QUJDREVGR0g"))?;
        let report = broken.problem("P-04")?;
        ensure!(!report.to_string().contains("QUJDREVGR0g"), "a token was shown");
        broken.tokens(&token("Basic QUJD REVG"))?;
        let report = broken.problem("P-05")?;
        ensure!(!report.to_string().contains("QUJD"), "a token was shown");
        broken.tokens(&token("Bearer QUJDREVGR0g"))?;
        broken.warning("P-06", &["--offline"]).map(drop)
    });
}

#[test]
fn lock_files_that_do_not_fit() {
    journey(async || {
        let broken = Broken::new()?;
        std::fs::remove_file(broken.folder.join("Cargo.lock"))?;
        broken.warning("no-lockfile", &["--offline"])?;
        broken.lock(AT)?;
        broken.needs("ours = { version = \"1\", registry = \"internal\" }\nnew = { version = \"1\", registry = \"internal\" }")?;
        broken.warning("lock-out-of-date", &["--offline"]).map(drop)
    });
}

#[test]
fn a_toolchain_that_is_not_there() {
    journey(async || {
        let mut broken = Broken::new()?;
        broken.variables.push(("RUSTUP_TOOLCHAIN", "1.2.3".to_owned()));
        let toolchain = broken.report(&["--offline"])?;
        // Without rustup there is nobody to have toolchains.
        if which_rustup() {
            ensure!(toolchain["firstProblem"] == "toolchain", "{toolchain}");
        }
        Ok(())
    });
}

pub(crate) fn which_rustup() -> bool {
    let asked = std::process::Command::new("rustup").arg("--version").output();
    asked.is_ok_and(|output| output.status.success())
}

/// Somebody signed in at a double, with a project that needs nothing yet; and the token.
pub(crate) fn connected(azure: &Azure, person: &str) -> Result<(Broken, String)> {
    let home = TestHome::with_azure(azure)?;
    let token = azure.issue_pat(person, "contoso", &["app_token"], HOUR)?;
    let mut command = home.product("granary")?;
    command.args(["sign-in", "contoso", "--token-stdin"]);
    home.run_with(&mut command, &token)?.well()?;
    let broken = Broken::of(home)?;
    broken.needs("")?;
    broken.write(
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n",
    )?;
    broken.write(".cargo/config.toml", "")?;
    broken.user("")?;
    broken.tokens("")?;
    Ok((broken, token))
}

impl Broken {
    pub(crate) fn connect(&self) -> Result<String> {
        self.ran(&["connect", "--feed", FEED])?.well()?;
        let shown = self.home.granary_json(&self.folder, &["show"])?;
        let connection = &shown["connection"];
        let registry = match connection["cratesIoThrough"].is_null() {
            true => &connection["registries"][0],
            false => &connection["cratesIoThrough"],
        };
        Ok(registry["indexUrl"].as_str().context("an address")?.to_owned())
    }
}

#[test]
fn what_azure_says_of_a_project() {
    journey(async || {
        let azure = Azure::start().await?;
        azure.seed_feed("contoso", "internal", false).await?;
        let (mut broken, token) = connected(&azure, "sven")?;
        let index = broken.connect()?;
        broken.sound(&[])?;
        broken
            .home
            .granary(&broken.folder, &["crate", "list", FEED])?
            .well()?;

        // Its crate is in no feed.
        broken.needs("ours = { version = \"1\", registry = \"internal\" }")?;
        broken.lock(&index)?;
        broken.problem("P-29e")?;
        broken.needs("")?;
        broken.write(
            "Cargo.lock",
            "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n",
        )?;

        // It may be listed and not read; then somebody is of the organization no more.
        azure.arm(Quirk::Unauthorized, "config.json", 1);
        azure.arm(Quirk::Forbidden, "config.json", 1);
        let report = broken.problem_with("P-11", &[])?;
        ensure!(
            report.to_string().contains("\"authorization\":\"Basic\""),
            "{report}"
        );
        azure.set_role("sven", "contoso", None);
        broken.problem_with("P-01", &[])?;
        azure.set_role("sven", "contoso", Some(Role::Reader));

        // It is at another address.
        let config = std::fs::read_to_string(broken.folder.join(".cargo/config.toml"))?;
        broken.write(
            ".cargo/config.toml",
            &config.replace("_packaging/internal", "_packaging/intern"),
        )?;
        broken.problem_with("P-31", &[])?;
        broken.write(".cargo/config.toml", &config.replace("contoso", "Contoso"))?;
        broken.warning("P-38", &["--offline"])?;
        broken.write(".cargo/config.toml", &config)?;

        // An old token is in the way.
        let provider = "CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS";
        broken.variables.push((provider, "cargo:token".to_owned()));
        broken.tokens(BASIC)?;
        broken.warning("P-07", &["--offline"])?;
        broken.variables.clear();
        let user = std::fs::read_to_string(broken.home.cargo_home().join("config.toml"))?;
        broken.user(TOKENS)?;
        broken.tokens(BASIC)?;
        broken.warning("granary-provider", &["--offline"])?;
        broken.tokens("")?;
        broken.user(&user)?;
        broken.sound(&[])?;

        // Its token is no longer taken, and then nobody is signed in.
        azure.revoke_pat(&token);
        broken.problem_with("P-01", &[])?;
        broken.ran(&["sign-out", "contoso"])?.well()?;
        broken.user(&user)?;
        broken.problem("signed-in").map(drop)
    });
}

#[test]
fn a_feed_on_this_computer_that_nobody_serves() {
    journey(async || {
        let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
        let broken = Broken::of(home)?;
        broken.tokens("")?;
        broken.user("")?;
        broken.needs("")?;
        broken.write(
            "Cargo.lock",
            "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n",
        )?;
        broken.write(".cargo/config.toml", "")?;
        let serving = broken.home.serve()?;
        broken.ran(&["feed", "create", "local/main/internal"])?;
        broken
            .ran(&["connect", "--feed", "local/main/internal"])?
            .well()?;
        broken.sound(&[])?;
        drop(serving);
        let report = broken.problem_with("reachable", &[])?;
        ensure!(report.to_string().contains("\"serve\""), "{report}");
        Ok(())
    });
}

#[test]
fn crates_that_a_feed_does_not_give() {
    journey(async || {
        let azure = Azure::start().await?;
        azure.seed_feed("contoso", "internal", true).await?;
        let (broken, _) = connected(&azure, "sven")?;
        broken.connect()?;
        broken
            .home
            .granary(&broken.folder, &["crate", "list", FEED])?
            .well()?;
        broken.warning("may-save", &[])?;
        broken.needs("serde = \"1\"")?;
        let crates_io = "registry+https://github.com/rust-lang/crates.io-index";
        broken.lock(crates_io)?;
        let lock = std::fs::read_to_string(broken.folder.join("Cargo.lock"))?;
        broken.write("Cargo.lock", &lock.replace("\"ours\"", "\"serde\""))?;
        broken.problem("P-13").map(drop)
    });
}

#[test]
fn a_feed_that_cannot_stand_for_crates_io() {
    journey(async || {
        let azure = Azure::start().await?;
        azure.seed_feed("contoso", "internal", false).await?;
        let (broken, _) = connected(&azure, "mira")?;
        broken.connect()?;
        broken.sound(&[])?;
        let config = std::fs::read_to_string(broken.folder.join(".cargo/config.toml"))?;
        let through = "\n[source.crates-io]\nreplace-with = \"internal\"\n";
        broken.write(".cargo/config.toml", &(config + through))?;
        broken.problem_with("P-21", &[]).map(drop)
    });
}

#[test]
fn crates_of_ours_that_are_asked_for_wrongly() {
    journey(async || {
        let azure = Azure::start().await?;
        azure.seed_feed("contoso", "internal", false).await?;
        let (broken, _) = connected(&azure, "mira")?;
        let index = broken.connect()?;
        let package = "[package]\nname = \"ours\"\nversion = \"1.0.0\"\nedition = \"2021\"\nlicense = \"MIT\"\ndescription = \"Ours\"\n";
        broken.write("Cargo.toml", package)?;
        broken.home.publish(&broken.folder, "internal")?;
        let list = ["crate", "list", FEED];
        broken.home.granary(&broken.folder, &list)?.well()?;
        broken.needs("ours = { version = \"1\", registry = \"internal\" }")?;
        broken.lock(&index)?;
        broken.sound(&[])?;
        broken.needs("ours = \"1\"")?;
        broken.problem("P-29a")?;
        broken.needs("ours = { version = \"1\", registry = \"internal\" }")?;
        let yank = ["crate", "yank", FEED, "ours@1.0.0"];
        broken.home.granary(&broken.folder, &yank)?.well()?;
        broken.warning("P-29b", &["--offline"]).map(drop)
    });
}

#[test]
fn what_answers_and_is_no_registry() {
    journey(async || {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let index = format!("sparse+http://{}/index/", listener.local_addr()?);
        let routes = axum::Router::new().fallback(async || "This network is closed today.");
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let broken = Broken::new()?;
        broken.config(&index)?;
        broken.lock(&index)?;
        broken.problem_with("P-43", &[])?;
        broken.cargo_fails("expected value at line 1 column 1")
    });
}
