//! What goes wrong while a crate is published.

use anyhow::ensure;
use journeys::azure::{Azure, Role};

use super::{CONFIG, Scripted};
use crate::checks::{Broken, FEED, connected};
use crate::journey;

const PACKAGE: &str = "[package]\nname = \"ours\"\nversion = \"1.0.0\"\nedition = \"2021\"\nlicense = \"MIT\"\ndescription = \"Ours\"\n";
const PUBLISH: [&str; 5] = [
    "publish",
    "--no-verify",
    "--allow-dirty",
    "--registry",
    "internal",
];

#[test]
fn numbers_are_used_once_and_not_by_everybody() {
    journey(async || {
        let azure = Azure::start().await?;
        azure.seed_feed("contoso", "internal", false).await?;
        let (broken, _) = connected(&azure, "mira")?;
        broken.connect()?;
        broken.write("Cargo.toml", PACKAGE)?;
        azure.set_role("mira", "contoso", Some(Role::Reader));
        broken.names("P-12", &PUBLISH)?;
        azure.set_role("mira", "contoso", Some(Role::Administrator));
        broken.home.publish(&broken.folder, "internal")?;
        broken.names("P-22", &PUBLISH)?;
        let delete = ["crate", "delete", FEED, "ours@1.0.0"];
        broken.ran(&delete)?.well()?;
        broken.names("P-27", &PUBLISH).map(drop)
    });
}

#[test]
fn where_to_publish_must_be_said() {
    journey(async || {
        let scripted = Scripted::start(&[("config.json", 200, CONFIG)]).await?;
        let broken = Broken::at(&scripted)?;
        let through = "[source.crates-io]\nreplace-with = \"internal\"\n";
        let config = std::fs::read_to_string(broken.folder.join(".cargo/config.toml"))?;
        broken.write(".cargo/config.toml", &(config + through))?;
        broken.write("Cargo.toml", PACKAGE)?;
        broken
            .names("P-29", &["publish", "--no-verify", "--allow-dirty"])
            .map(drop)
    });
}

#[test]
fn an_index_that_is_late() {
    journey(async || {
        // It takes the crate and does not list it.
        let scripted = Scripted::start(&[("config.json", 200, CONFIG), ("crates/new", 200, "{}")]).await?;
        let mut broken = Broken::at(&scripted)?;
        broken.write("Cargo.toml", PACKAGE)?;
        // Waiting for a second only is not stable yet.
        broken.variables.push(("RUSTC_BOOTSTRAP", "1".to_owned()));
        let late = ["-Zpublish-timeout", "--config", "publish.timeout=1"];
        let mut command = std::process::Command::new("cargo");
        broken.home.inhabit(&mut command);
        command.envs(broken.variables.iter().map(|(name, value)| (*name, value)));
        let ran = broken
            .home
            .run(command.current_dir(&broken.folder).args(late).args(PUBLISH))?
            .well()?;
        let cause = broken.cause(&ran.stderr, &["--offline"])?;
        ensure!(cause["id"] == "P-28", "{cause}\n{ran:?}");
        Ok(())
    });
}
