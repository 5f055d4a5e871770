//! The rest of the picture: toolchain, registries, credential providers, tokens that lie about, and a lock file of each
//! version.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use journeys::TestHome;
use serde_json::{Value, json};

use super::{home, list, samples, skip, write};
use crate::journey;

const INDEX: &str = "sparse+https://pkgs.dev.azure.com/contoso/_packaging/internal/Cargo/index/";
const PACKAGE: &str = "[package]\nname = \"relay\"\nversion = \"0.1.0\"\n";

/// A token nobody may ever see again.
const SECRET: &str = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo";

fn shown(home: &TestHome, variables: &[(&str, &str)]) -> Result<Value> {
    let mut command = home.product("granary")?;
    command
        .env_remove("RUSTUP_TOOLCHAIN")
        .envs(variables.iter().copied());
    let folder = home.user().join("relay");
    let ran = home
        .run(command.args(["show", "--json"]).current_dir(&folder))?
        .well()?;
    ensure!(!ran.stdout.contains(SECRET), "a secret was shown");
    let mut command = home.product("granary")?;
    command.envs(variables.iter().copied());
    let words = home.run(command.arg("show").current_dir(&folder))?.well()?;
    ensure!(!words.stdout.contains(SECRET), "a secret was shown");
    serde_json::from_str(&ran.stdout).context(ran.stdout)
}

fn project(config: &str) -> Result<TestHome> {
    let home = home()?;
    let folder = home.user().join("relay");
    write(&folder.join("Cargo.toml"), PACKAGE)?;
    write(&folder.join("src/lib.rs"), "")?;
    write(&folder.join(".cargo/config.toml"), config)?;
    Ok(home)
}

/// The version of the cargo that rustup starts in a folder.
fn version(home: &TestHome) -> Result<Option<String>> {
    let mut command = Command::new("cargo");
    home.inhabit(&mut command);
    command.env_remove("RUSTUP_TOOLCHAIN").arg("--version");
    let ran = home.run(command.current_dir(home.user().join("relay")))?;
    let version = ran
        .stdout
        .split(' ')
        .nth(1)
        .map(|version| version.trim().to_owned());
    Ok(version.filter(|_| ran.code == Some(0)))
}

#[test]
fn the_toolchain_is_the_one_that_rustup_starts() {
    journey(async || {
        let home = project("")?;
        let listed = home.other("rustup", home.path(), &["toolchain", "list"]);
        let Some(listed) = listed.ok().filter(|ran| ran.code == Some(0)) else {
            return skip("there is no rustup to choose among toolchains");
        };
        let names = listed.stdout.lines().filter_map(|line| line.split(' ').next());
        let file = home.user().join("relay/rust-toolchain.toml");
        for name in names {
            write(&file, &format!("[toolchain]\nchannel = \"{name}\"\n"))?;
            let toolchain = &shown(&home, &[])?;
            ensure!(
                toolchain["cargoVersion"].as_str() == version(&home)?.as_deref(),
                "{name}: {toolchain}"
            );
            ensure!(toolchain["toolchain"]["chosenBy"]["line"] == 2, "{toolchain}");
            ensure!(toolchain["toolchain"]["isInstalled"] == true, "{toolchain}");
        }
        std::fs::remove_file(&file)?;
        let default = shown(&home, &[])?;
        ensure!(
            default["cargoVersion"].as_str() == version(&home)?.as_deref(),
            "{default}"
        );
        write(&file, "[toolchain]\nchannel = \"1.31.7\"\n")?;
        let missing = shown(&home, &[])?;
        ensure!(missing["toolchain"]["isInstalled"] == false, "{missing}");
        ensure!(missing["cargoVersion"].is_null(), "{missing}");
        let asked = shown(&home, &[("RUSTUP_TOOLCHAIN", "nightly")])?;
        ensure!(
            asked["toolchain"]["chosenBy"]["name"] == "RUSTUP_TOOLCHAIN",
            "{asked}"
        );
        Ok(())
    });
}

#[test]
fn an_old_token_is_told_with_its_place_and_never_shown() {
    journey(async || {
        let home = project(&format!(
            "[registries.internal]\nindex = \"{INDEX}\"\ntoken = \"{SECRET}\"\n"
        ))?;
        let providers = "[credential-alias]\nours = [\"/opt/granary/cargo-credential-granary\"]\n\n\
                         [registry]\nglobal-credential-providers = [\"artifacts-cargo-credprovider\", \"ours\", \"cargo:token\"]\n";
        write(&home.cargo_home().join("config.toml"), providers)?;
        let credentials = format!("[registries.internal]\ntoken = \"Basic {SECRET}\\n{SECRET}\"\n");
        write(&home.cargo_home().join("credentials.toml"), &credentials)?;
        let bearer = format!("Bearer {SECRET}");
        let variable = [("CARGO_REGISTRIES_INTERNAL_TOKEN", bearer.as_str())];
        let of = |variables: &[(&str, &str)]| -> Result<(Vec<Value>, Vec<Value>)> {
            let shown = shown(&home, variables)?;
            let access = shown["access"][0].clone();
            Ok((
                list(&access, "providers").to_vec(),
                list(&access, "tokens").to_vec(),
            ))
        };
        let (providers, tokens) = of(&[])?;
        let kinds = providers
            .iter()
            .map(|provider| provider["kind"].clone())
            .collect::<Vec<_>>();
        ensure!(
            kinds == [json!("cargoToken"), json!("granary"), json!("microsoft")],
            "{providers:?}"
        );
        let told = |tokens: &[Value]| {
            let told = tokens.iter().map(|token| {
                let origin = &token["origin"];
                let place = origin["display"]
                    .as_str()
                    .or(origin["name"].as_str())
                    .unwrap_or_default();
                let file = place.rsplit('/').next().unwrap_or_default().to_owned();
                let (secret, effect) = (&token["secret"], token["effect"].as_str().unwrap_or_default());
                format!("{file}: {} {} {effect}", secret["scheme"], secret["hasBlanks"])
            });
            told.collect::<Vec<_>>()
        };
        let expected = [
            "credentials.toml: \"basic\" true shadowsGranary",
            "config.toml: \"none\" false overridden",
        ];
        ensure!(told(&tokens) == expected, "{:?}", told(&tokens));
        let (_, tokens) = of(&variable)?;
        let first = "CARGO_REGISTRIES_INTERNAL_TOKEN: \"bearer\" false shadowsGranary";
        ensure!(
            told(&tokens)[0] == first && tokens.len() == 3,
            "{:?}",
            told(&tokens)
        );
        Ok(())
    });
}

#[test]
fn registries_and_replacement_follow_variables_too() {
    journey(async || {
        let home = project(&format!(
            "[registries.my-feed]\nindex = \"{INDEX}\"\n\n[registry]\ndefault = \"my-feed\"\n\n\
             [source.crates-io]\nreplace-with = \"my-feed\"\n"
        ))?;
        let picture = shown(&home, &[])?;
        ensure!(picture["defaultRegistry"] == "my-feed", "{picture}");
        ensure!(
            picture["connection"]["cratesIoThrough"]["feed"] == "contoso/internal",
            "{picture}"
        );
        let elsewhere = INDEX.replace("internal", "upstream");
        let variables = [
            ("CARGO_REGISTRIES_MY_FEED_INDEX", elsewhere.as_str()),
            ("CARGO_REGISTRIES_OTHER_INDEX", INDEX),
            ("CARGO_REGISTRY_DEFAULT", "other"),
        ];
        let picture = shown(&home, &variables)?;
        ensure!(picture["defaultRegistry"] == "other", "{picture}");
        ensure!(
            picture["connection"]["cratesIoThrough"]["feed"] == "contoso/upstream",
            "{picture}"
        );
        let registries = list(&picture["connection"], "registries").iter();
        let feeds = registries.map(|registry| (registry["name"].clone(), registry["feed"].clone()));
        let expected = [("my-feed", "contoso/upstream"), ("other", "contoso/internal")];
        let expected = expected.map(|(name, feed)| (json!(name), json!(feed)));
        ensure!(feeds.collect::<Vec<_>>() == expected, "{picture}");
        // The address is the variable's, and cargo looks for its token under the variable's name alone.
        ensure!(picture["access"][0]["askedAs"] == "my_feed", "{picture}");
        Ok(())
    });
}

#[test]
fn a_lock_file_of_each_version_is_read() {
    journey(async || {
        let home = project("")?;
        let lock = home.user().join("relay/Cargo.lock");
        let mut pictures = Vec::new();
        for version in 1..=4 {
            std::fs::copy(samples("locks").join(format!("v{version}.lock")), &lock)?;
            let shown = shown(&home, &[])?;
            let locked = list(&shown, "locked").to_vec();
            ensure!(locked.len() == 5, "{version}: {locked:?}");
            pictures.push(locked);
        }
        ensure!(pictures.windows(2).all(|two| two[0] == two[1]), "{pictures:?}");
        let kinds = pictures[0]
            .iter()
            .map(|locked| locked["origin"]["kind"].clone())
            .collect::<Vec<_>>();
        ensure!(
            kinds == ["path", "cratesIo", "registry", "git", "path"].map(Value::from),
            "{kinds:?}"
        );
        Ok(())
    });
}

#[test]
fn words_explain_each_setting() {
    journey(async || {
        let home = project("[net]\nretry = 1\n")?;
        write(
            &home.cargo_home().join("config.toml"),
            "# mine\n[net]\nretry = 2\n",
        )?;
        let said = home
            .granary(&home.user().join("relay"), &["show"])?
            .well()?
            .stdout;
        let line = said.lines().find(|line| line.starts_with("net.retry"));
        let words = line.context(said.clone())?.split_whitespace().collect::<Vec<_>>();
        let far = format!("({}:3)", home.cargo_home().join("config.toml").display());
        ensure!(
            words == ["net.retry", "1", ".cargo/config.toml:2", "2", &far],
            "{words:?}"
        );
        Ok(())
    });
}
