//! Every value that `granary show` tells is the one `cargo config get` tells, and from the same place.
//!
//! Each sample of `fixtures/projects/config` is a folder with a project in it, a `CARGO_HOME`, and variables. `cargo config`
//! is not stable, so stable cargo is told to take itself for a nightly.
//!
//! **Invariant**: nothing is compared with a table of ours: real cargo is asked about each key.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use journeys::{Ran, TestHome};
use serde_json::Value;

use super::{copy, entries, home, list, samples, skip};
use crate::journey;

/// The cargos that are asked, where rustup has them.
const TOOLCHAINS: [&str; 2] = ["nightly", "1.95.0"];

struct Sample {
    home: TestHome,
    folder: PathBuf,
    variables: Vec<(String, String)>,
}

impl Sample {
    fn copy_of(name: &str) -> Result<Self> {
        let (home, from) = (home()?, samples("config").join(name));
        let to = home.user().join("src");
        copy(&from, &to)?;
        let cargo_home = to.join("cargo-home");
        if cargo_home.is_dir() {
            copy(&cargo_home, &home.cargo_home())?;
            std::fs::remove_dir_all(&cargo_home)?;
        }
        let variables = std::fs::read_to_string(to.join("variables")).unwrap_or_default();
        let variables = variables.lines().filter_map(|line| line.split_once('='));
        Ok(Self {
            folder: to.join("project"),
            variables: variables
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            home,
        })
    }

    fn run(&self, command: &mut Command) -> Result<Ran> {
        self.home.inhabit(command);
        command.env("RUSTC_BOOTSTRAP", "1");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        self.home.run(command.current_dir(&self.folder))
    }

    fn shown(&self) -> Result<Value> {
        let mut command = self.home.product("granary")?;
        let ran = self.run(command.args(["show", "--json"]))?.well()?;
        serde_json::from_str(&ran.stdout).context(ran.stdout)
    }

    /// What `cargo config get` says; none of a key it does not know.
    fn cargo(&self, toolchain: &str, arguments: &[&str]) -> Result<Option<String>> {
        let mut command = Command::new("cargo");
        command.arg(format!("+{toolchain}"));
        command.args(["config", "get", "--merged", "yes", "-Z", "unstable-options"]);
        let ran = self.run(command.args(arguments))?;
        ensure!(
            !ran.stderr.contains("the `-Z` flag"),
            "{toolchain} was not asked: {ran:?}"
        );
        match ran.code {
            Some(0) => Ok(Some(ran.stdout)),
            _ if ran.stderr.contains("is not set") => Ok(None),
            _ => Err(anyhow::anyhow!("{arguments:?}: {ran:?}")),
        }
    }
}

/// The toolchains that are here; the others are named.
fn installed(home: &TestHome) -> Result<Vec<&'static str>> {
    let listed = home.other("rustup", home.path(), &["toolchain", "list"]);
    let listed = listed.map(|ran| ran.stdout).unwrap_or_default();
    let is_here = |name: &&&str| listed.lines().any(|line| line.starts_with(**name));
    let (here, missing): (Vec<_>, Vec<_>) = TOOLCHAINS.iter().partition(is_here);
    for name in missing {
        skip(&format!(
            "the toolchain `{name}` is not installed, so its cargo was not asked"
        ))?;
    }
    Ok(here.into_iter().copied().collect())
}

/// The values of a tree, by their dotted keys.
fn flat(value: &Value, key: &str, values: &mut BTreeMap<String, Value>) {
    let Some(object) = value.as_object() else {
        values.insert(key.to_owned(), value.clone());
        return;
    };
    for (name, value) in object {
        let is_bare = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_');
        let name = match name.chars().all(is_bare) {
            true => name.clone(),
            false if name.contains('"') => format!("'{name}'"),
            false => format!("\"{name}\""),
        };
        let dot = if key.is_empty() { "" } else { "." };
        flat(value, &format!("{key}{dot}{name}"), values);
    }
}

/// The places that cargo names for a value, in its words; it leaves `..` in the paths of what is included.
fn origins(told: &str) -> Vec<String> {
    let places = told.lines().filter_map(|line| line.rsplit_once(" # "));
    let without_detours = |(_, place): (&str, &str)| {
        let mut parts = Vec::new();
        for part in place.split('/') {
            match part {
                ".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        parts.join("/")
    };
    places.map(without_detours).collect()
}

/// Ours, in cargo's words.
fn origin_in_words(origin: &Value) -> String {
    match origin["kind"].as_str() {
        Some("file") => origin["path"].as_str().unwrap_or_default().to_owned(),
        _ => format!(
            "environment variable `{}`",
            origin["name"].as_str().unwrap_or_default()
        ),
    }
}

/// Whether the line we name for a value is one in which its key, or the element, stands.
fn check_line(origin: &Value, word: &str) -> Result<()> {
    let Some(path) = origin["path"].as_str() else {
        return Ok(());
    };
    let number = origin["line"].as_u64().context("a line")?;
    let text = std::fs::read_to_string(path)?;
    let line = text.lines().nth(usize::try_from(number)? - 1);
    let line = line.with_context(|| format!("{path} has no line {number}"))?;
    ensure!(line.contains(word), "{path}:{number} has no `{word}`: {line}");
    Ok(())
}

fn check_lines(setting: &Value, key: &str) -> Result<()> {
    let last = key.trim_end_matches('"').rsplit(['.', '"']).next().unwrap_or(key);
    for origin in
        std::iter::once(&setting["origin"]).chain(list(setting, "overrides").iter().map(|one| &one["origin"]))
    {
        check_line(origin, last)?;
    }
    for (element, origin) in list(setting, "value").iter().zip(list(setting, "elements")) {
        check_line(origin, element.as_str().unwrap_or_default())?;
    }
    Ok(())
}

fn check(name: &str) -> Result<()> {
    let sample = Sample::copy_of(name)?;
    let shown = sample.shown()?;
    let settings = list(&shown, "settings");
    for toolchain in installed(&sample.home)? {
        let told = |what: &str| format!("{name}, cargo of {toolchain}, {what}");
        let whole = sample
            .cargo(toolchain, &["--format", "json-value"])?
            .context("no config")?;
        let mut of_files = BTreeMap::new();
        flat(&serde_json::from_str(&whole)?, "", &mut of_files);
        of_files.remove("");
        // Cargo tells variables one key at a time; the whole is what files say.
        for key in of_files.keys() {
            ensure!(settings.iter().any(|setting| setting["key"] == **key), told(key));
        }
        for setting in settings {
            let key = setting["key"].as_str().context("a key")?;
            // Cargo prints quotes in keys, and takes none.
            let quote = if key.contains('\'') { '\'' } else { '"' };
            let asked = key.replace(quote, "");
            let value = sample.cargo(toolchain, &["--format", "json-value", &asked])?;
            let value = value.with_context(|| told(&format!("`{key}` is not set")))?;
            let value: Value = serde_json::from_str(&value)?;
            ensure!(
                setting["value"] == value,
                "{}: {} is {value}",
                told(key),
                setting["value"]
            );
            let origins = origins(
                &sample
                    .cargo(toolchain, &["--show-origin", &asked])?
                    .unwrap_or_default(),
            );
            let ours = match list(setting, "elements") {
                [] => vec![origin_in_words(&setting["origin"])],
                elements => elements.iter().map(origin_in_words).collect(),
            };
            ensure!(ours == origins, "{}: {ours:?} is {origins:?}", told(key));
            check_lines(setting, key).with_context(|| told(key))?;
        }
        if sample.variables.is_empty() {
            ensure!(
                settings.len() == of_files.len(),
                "{}",
                told("more than cargo has")
            );
        }
    }
    Ok(())
}

#[test]
fn every_sample_is_read_as_cargo_reads_it() {
    journey(async || {
        let names = entries(&samples("config"))?;
        ensure!(names.len() >= 12, "there are too few samples: {names:?}");
        names.iter().try_for_each(|name| check(name))
    });
}

#[test]
fn what_is_used_names_what_it_is_used_instead_of() {
    journey(async || {
        let sample = Sample::copy_of("nested")?;
        let shown = sample.shown()?;
        let settings = list(&shown, "settings");
        let retry = settings.iter().find(|setting| setting["key"] == "net.retry");
        let retry = retry.context("net.retry")?;
        let overrides = list(retry, "overrides").iter().map(|one| {
            let display = one["origin"]["display"].as_str().unwrap_or_default();
            format!("{} {display}:{}", one["value"], one["origin"]["line"])
        });
        let above = sample
            .folder
            .parent()
            .context("a folder")?
            .join(".cargo/config.toml");
        let above = above.strip_prefix(sample.home.user())?.display().to_string();
        let in_home = sample.home.cargo_home().join("config.toml");
        let expected = [format!("2 ~/{above}:2"), format!("3 {}:2", in_home.display())];
        ensure!(overrides.collect::<Vec<_>>() == expected, "{retry}");
        Ok(())
    });
}

#[test]
fn a_file_with_the_old_name_hides_the_new_one() {
    journey(async || {
        let sample = Sample::copy_of("old-names")?;
        let shown = sample.shown()?;
        let files = list(&shown, "configFiles").iter().map(|file| {
            let hides = file["hides"]
                .as_str()
                .map(|path| Path::new(path).ends_with("config.toml"));
            (file["display"].as_str().unwrap_or_default().to_owned(), hides)
        });
        let files = files.collect::<Vec<_>>();
        ensure!(
            files.len() == 3 && files[0] == (".cargo/config".to_owned(), Some(true)),
            "{files:?}"
        );
        ensure!(files[1].1.is_none() && files[2].1 == Some(true), "{files:?}");
        Ok(())
    });
}

/// Cargo's own words for what it refuses are its own; that it refuses, and that we do, is the same.
#[test]
fn what_cargo_refuses_is_refused_by_name() {
    journey(async || {
        let refused: &[(&str, &str, &str)] = &[
            ("include = \"other.toml\"\n", "", "it is not an array"),
            ("include = [\"absent.toml\"]\n", "", "it is not there"),
            ("include = [\"other.txt\"]\n", "", "does not end with `.toml`"),
            ("include = [\"config.toml\"]\n", "", "it was included before"),
            (
                "include = [\"other.toml\", \"./other.toml\"]\n",
                "",
                "it was included before",
            ),
            ("include = [{ optional = true }]\n", "", "names no path"),
            ("net = 3\n", "[net]\nretry = 1\n", "`net` is a number in"),
            (
                "[build]\nrustflags = \"a\"\n",
                "[build]\nrustflags = [\"a\"]\n",
                "`build.rustflags` is a text in",
            ),
            ("a = 1.5\n", "", "is of a kind that cargo does not take"),
            ("a = \n", "", "line 1"),
        ];
        let sample = Sample::copy_of("nothing")?;
        for (near, far, expected) in refused {
            super::write(&sample.folder.join(".cargo/config.toml"), near)?;
            super::write(&sample.folder.join(".cargo/other.toml"), "")?;
            super::write(&sample.home.cargo_home().join("config.toml"), far)?;
            for toolchain in installed(&sample.home)? {
                ensure!(
                    sample.cargo(toolchain, &[]).is_err(),
                    "{toolchain} takes {near:?}"
                );
            }
            let ran = sample.home.granary(&sample.folder, &["show"])?;
            ensure!(
                ran.code == Some(1) && ran.stdout.contains(expected),
                "{near:?}: {ran:?}"
            );
            ensure!(ran.stdout.contains("config.toml"), "{near:?}: {ran:?}");
        }
        Ok(())
    });
}
