//! What checks find is mended by the command, each change previewed and undone to the byte.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::checks::{AT, Broken, TOKENS, registry};
use crate::journey;

fn text(broken: &Broken, path: &str) -> Result<String> {
    Ok(std::fs::read_to_string(broken.folder.join(path))?)
}

fn check(broken: &Broken, arguments: &[&str]) -> Result<Value> {
    let ran = broken.ran(&[&["check", "--offline", "--json"], arguments].concat())?;
    let last = ran.stdout.lines().last().with_context(|| format!("{ran:?}"))?;
    serde_json::from_str(last).or_else(|_| serde_json::from_str(&ran.stdout).context(ran.stdout))
}

#[test]
fn all_that_files_can_mend_is_mended_at_once_and_undone() {
    journey(async || {
        let broken = Broken::new()?;
        // Two faults in two files: an address without its slash, and nobody who gives a token.
        let bare = "# ours\n[registries.internal]\nindex = \"BARE\" # the feed\n"
            .replace("BARE", AT.trim_end_matches('/'));
        broken.write(".cargo/config.toml", &bare)?;
        broken.lock(AT)?;
        broken.user("# mine\n")?;
        let found = check(&broken, &[])?;
        ensure!(found["firstProblem"] == "P-32", "{found}");
        let mended = check(&broken, &["--fix"])?;
        ensure!(mended["firstProblem"] == "signed-in", "{mended}");
        ensure!(text(&broken, ".cargo/config.toml")? == bare.replace("/index\"", "/index/\""));
        let user = std::fs::read_to_string(broken.home.cargo_home().join("config.toml"))?;
        ensure!(
            user.starts_with("# mine\n") && user.contains("\"granary\""),
            "{user}"
        );
        // Who gives a token is asked only of an address that is a feed's: it came to light second, and goes first.
        broken.ran(&["undo"])?.well()?;
        broken.ran(&["undo"])?.well()?;
        ensure!(text(&broken, ".cargo/config.toml")? == bare);
        let user = std::fs::read_to_string(broken.home.cargo_home().join("config.toml"))?;
        ensure!(user == "# mine\n", "{user}");
        Ok(())
    });
}

#[test]
fn one_key_of_config_is_set_as_cargo_reads_it() {
    journey(async || {
        let broken = Broken::new()?;
        let before = text(&broken, ".cargo/config.toml")?;
        broken.ran(&["config", "set", "net.retry", "5"])?.well()?;
        let shown = broken.home.granary_json(&broken.folder, &["show"])?;
        let settings = shown["settings"].as_array().context("settings")?;
        let retry = settings.iter().find(|setting| setting["key"] == "net.retry");
        ensure!(retry.context("net.retry")?["value"] == 5, "{shown}");
        let mut cargo = std::process::Command::new("cargo");
        broken.home.inhabit(&mut cargo);
        cargo.env("RUSTC_BOOTSTRAP", "1").current_dir(&broken.folder);
        let said = broken
            .home
            .run(cargo.args(["-Zunstable-options", "config", "get", "net.retry"]))?;
        ensure!(said.stdout.contains("net.retry = 5"), "{said:?}");
        let preview = broken
            .ran(&["config", "remove", "net.retry", "--dry-run"])?
            .well()?;
        ensure!(preview.stdout.contains("- retry = 5"), "{preview:?}");
        broken.ran(&["config", "remove", "net.retry"])?.well()?;
        ensure!(text(&broken, ".cargo/config.toml")? == before);
        // A token is never written, and no file that cargo does not read.
        let token = broken.ran(&["config", "set", "registries.internal.token", "x"])?;
        ensure!(
            token.code == Some(1) && token.stderr.contains("holds a token"),
            "{token:?}"
        );
        let elsewhere = broken.ran(&["config", "set", "net.retry", "5", "--file", "/etc/passwd"])?;
        ensure!(
            elsewhere.code == Some(1) && elsewhere.stderr.contains("is no config of this project"),
            "{elsewhere:?}"
        );
        Ok(())
    });
}

#[test]
fn what_an_included_file_names_is_not_named_twice() {
    journey(async || {
        let broken = Broken::new()?;
        broken.needs("")?;
        let serving = broken.home.serve()?;
        broken.ran(&["feed", "create", "local/main/internal"])?;
        broken.ran(&["feed", "create", "local/main/other"])?;
        let team = registry("team", &broken.home.index_url("internal"));
        broken.write(".cargo/team.toml", &(team + &registry("other", AT)))?;
        broken.write(".cargo/config.toml", "include = [\"team.toml\"]\n")?;
        broken
            .ran(&["connect", "--feed", "local/main/internal"])?
            .well()?;
        ensure!(text(&broken, ".cargo/config.toml")? == "include = [\"team.toml\"]\n");
        // A name that the team gave to something else is left to it.
        broken.ran(&["connect", "--feed", "local/main/other"])?.well()?;
        let config = text(&broken, ".cargo/config.toml")?;
        ensure!(config.contains("other-2 = { index"), "{config}");
        drop(serving);
        Ok(())
    });
}

#[test]
fn what_connecting_made_goes_with_disconnecting() {
    journey(async || {
        let broken = Broken::new()?;
        std::fs::remove_dir_all(broken.folder.join(".cargo"))?;
        broken.needs("")?;
        broken.user(TOKENS)?;
        let serving = broken.home.serve()?;
        broken.ran(&["feed", "create", "local/main/internal"])?;
        let user = std::fs::read_to_string(broken.home.cargo_home().join("config.toml"))?;
        broken
            .ran(&["connect", "--feed", "local/main/internal"])?
            .well()?;
        drop(serving);
        let gone = broken.ran(&["disconnect"])?.well()?;
        ensure!(
            gone.stdout.contains("is removed: nothing is left in it"),
            "{gone:?}"
        );
        ensure!(!broken.folder.join(".cargo").exists(), "an empty folder was left");
        broken.ran(&["undo"])?.well()?;
        ensure!(broken.folder.join(".cargo/config.toml").is_file(), "it is back");
        broken.ran(&["disconnect"])?.well()?;
        broken.ran(&["provider", "remove"])?.well()?;
        let left = std::fs::read_to_string(broken.home.cargo_home().join("config.toml"))?;
        ensure!(left == user, "{left:?}");
        Ok(())
    });
}
