//! Which toolchain rustup would choose in a folder, and which cargo is in it.
//!
//! **Invariant**: reads rustup's own files, in its order, and runs nothing; a file in the folder that names a program
//! by its path is not followed.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::bounded::{read_generated, read_text, without_mark};
use super::{Error, Surroundings, display_in};

/// The names rustup looks for in each folder; the first wins where both are there.
const FILES: [&str; 2] = ["rust-toolchain", "rust-toolchain.toml"];

/// A toolchain of rustup's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Toolchain {
    /// As it is asked for: a channel, a version, a name, or a path.
    pub name: String,
    /// What asks for it.
    pub chosen_by: ToolchainChoice,
    /// Whether it is here; none where there is no rustup to have it.
    pub is_installed: Option<bool>,
    /// The version of the cargo in it, where its files say it.
    pub cargo_version: Option<String>,
    /// What else asks for one, the strongest first.
    pub overrides: Vec<ToolchainAsked>,
}

/// A toolchain that is asked for, though another one is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ToolchainAsked {
    /// As it is asked for.
    pub name: String,
    /// What asks for it.
    pub chosen_by: ToolchainChoice,
}

/// What asks for a toolchain, the strongest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ToolchainChoice {
    /// A variable of the environment.
    Variable {
        /// Its name.
        name: String,
    },
    /// `rustup override set` in a folder.
    Override {
        /// The folder.
        folder: PathBuf,
    },
    /// A toolchain file.
    File {
        /// Where it is.
        path: PathBuf,
        /// The same with `~` for the user's home.
        display: String,
        /// The line that names it, from 1 on.
        line: u32,
    },
    /// Nothing but rustup's default.
    Default,
}

/// The toolchain for a folder; none where nothing asks for one.
pub(super) fn of(folder: &Path, around: &Surroundings) -> Result<Option<Toolchain>, Error> {
    let rustup = around.rustup_home.as_deref().map(Rustup::read).transpose()?;
    let mut asked = asked_for(folder, around, rustup.as_ref())?;
    if asked.is_empty() {
        return Ok(None);
    }
    let ToolchainAsked { name, chosen_by } = asked.remove(0);
    let there = rustup.as_ref().map(|rustup| rustup.folder_of(&name));
    Ok(Some(Toolchain {
        is_installed: there.as_ref().map(Option::is_some),
        cargo_version: there.flatten().and_then(|folder| version_in(&folder)),
        name,
        chosen_by,
        overrides: asked,
    }))
}

/// Every toolchain that is asked for, the strongest first.
fn asked_for(
    folder: &Path,
    around: &Surroundings,
    rustup: Option<&Rustup>,
) -> Result<Vec<ToolchainAsked>, Error> {
    let mut asked = Vec::new();
    let mut ask = |name: String, chosen_by| asked.push(ToolchainAsked { name, chosen_by });
    if let Some((variable, name)) = around.variables.toolchain() {
        let variable = variable.to_owned();
        ask(name.to_owned(), ToolchainChoice::Variable { name: variable });
    }
    for above in folder.ancestors() {
        if let Some(name) = rustup.and_then(|rustup| rustup.override_of(above)) {
            let folder = above.to_owned();
            ask(name, ToolchainChoice::Override { folder });
        }
        let Some((path, text)) = file_in(above)? else {
            continue;
        };
        // A file without a channel only asks for components, and ends the search all the same.
        if let Some((name, line)) = named_by(&path, &text)? {
            let display = display_in(folder, &path, around.user_home.as_deref());
            ask(name, ToolchainChoice::File { path, display, line });
        }
        break;
    }
    if let Some(name) = rustup.and_then(|rustup| rustup.default.clone()) {
        ask(name, ToolchainChoice::Default);
    }
    Ok(asked)
}

/// The toolchain file in a folder, with its text.
pub(super) fn file_in(folder: &Path) -> Result<Option<(PathBuf, String)>, Error> {
    for name in FILES {
        let path = folder.join(name);
        match read_text(&path) {
            // rustup passes over what it cannot read as a file.
            Ok(None) | Err(Error::NotAFile(_)) => {}
            Ok(Some(text)) => return Ok(Some((path, text))),
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// What a toolchain file names, and the line: the old form is the name alone, and may only have the old file name.
fn named_by(path: &Path, text: &str) -> Result<Option<(String, u32)>, Error> {
    let text = without_mark(text);
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let words = lines.collect::<Vec<_>>();
    if let ([name], true) = (words.as_slice(), path.extension().is_none()) {
        let name = name.trim();
        if !name.contains(['[', '=']) {
            let line = text.lines().position(|line| line.trim() == name).unwrap_or(0) + 1;
            return Ok(Some((name.to_owned(), u32::try_from(line).unwrap_or(u32::MAX))));
        }
    }
    let table: toml::Table = text.parse().map_err(|wrong| Error::invalid(path, text, &wrong))?;
    let toolchain = table.get("toolchain").and_then(toml::Value::as_table);
    let key = ["channel", "path"]
        .into_iter()
        .find(|key| toolchain.is_some_and(|toolchain| toolchain.contains_key(*key)));
    let named = key.and_then(|key| Some((key, toolchain?.get(key)?.as_str()?)));
    Ok(named.map(|(key, name)| (name.to_owned(), line_of(text, key))))
}

/// The line a key of the table stands in.
fn line_of(text: &str, key: &str) -> u32 {
    let table = toml::de::DeTable::parse(text).ok();
    let place = table.as_ref().and_then(|table| {
        let toolchain = table.get_ref().get("toolchain")?.get_ref().as_table()?;
        let mut keys = toolchain.keys();
        Some(keys.find(|name| name.get_ref() == key)?.span().start)
    });
    let line = text[..place.unwrap_or(0)].matches('\n').count() + 1;
    u32::try_from(line).unwrap_or(u32::MAX)
}

/// What rustup's own folder says.
#[derive(Debug)]
struct Rustup {
    home: PathBuf,
    default: Option<String>,
    overrides: Vec<(PathBuf, String)>,
}

impl Rustup {
    fn read(home: &Path) -> Result<Self, Error> {
        let settings = super::bounded::read_toml(&home.join("settings.toml"))?.unwrap_or_default();
        let text = |value: &toml::Value| value.as_str().map(str::to_owned);
        let overrides = settings.get("overrides").and_then(toml::Value::as_table);
        let overrides = overrides.into_iter().flatten();
        Ok(Self {
            home: home.to_owned(),
            default: settings.get("default_toolchain").and_then(text),
            overrides: overrides
                .filter_map(|(folder, name)| Some((PathBuf::from(folder), text(name)?)))
                .collect(),
        })
    }

    fn override_of(&self, folder: &Path) -> Option<String> {
        let mut overrides = self.overrides.iter();
        overrides
            .find(|(overridden, _)| overridden == folder)
            .map(|(_, name)| name.clone())
    }

    /// Where a toolchain is installed: under its name, or under its name and this computer's target.
    fn folder_of(&self, name: &str) -> Option<PathBuf> {
        let path = Path::new(name);
        if path.is_absolute() {
            return path.is_dir().then(|| path.to_owned());
        }
        // Anything else than a plain name would lead out of rustup's folder.
        if path.components().count() != 1 || name.starts_with('.') {
            return None;
        }
        let toolchains = self.home.join("toolchains");
        let exact = toolchains.join(name);
        if exact.is_dir() {
            return Some(exact);
        }
        let targeted = format!("{name}-{}-", std::env::consts::ARCH);
        let found = std::fs::read_dir(&toolchains).ok()?.flatten().find(|entry| {
            let entry = entry.file_name();
            entry.to_str().is_some_and(|entry| entry.starts_with(&targeted))
        });
        found.map(|entry| entry.path())
    }
}

/// The version in a toolchain's manifest: cargo says Rust's, though its own crate is numbered otherwise.
fn version_in(toolchain: &Path) -> Option<String> {
    let manifest = toolchain.join("lib/rustlib/multirust-channel-manifest.toml");
    let text = read_generated(&manifest).ok()??;
    let (_, after) = text.split_once("\n[pkg.rust]\n")?;
    let line = after.lines().find_map(|line| line.strip_prefix("version = \""))?;
    line.split([' ', '"']).next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Variables;

    struct World {
        top: tempfile::TempDir,
        around: Surroundings,
    }

    impl World {
        fn new() -> Self {
            let top = tempfile::tempdir().unwrap();
            let rustup = top.path().join("rustup");
            for (name, version) in [("stable", "1.97.1"), ("1.90.0", "1.90.0"), ("mine", "")] {
                let target = format!("{name}-{}-unknown-none", std::env::consts::ARCH);
                let folder = rustup.join("toolchains").join(target).join("lib/rustlib");
                std::fs::create_dir_all(&folder).unwrap();
                let manifest = format!(
                    "manifest-version = \"2\"\n\n[pkg.cargo]\nversion = \"0.98.1 (x)\"\n\n[pkg.rust]\nversion = \"{version} (x 2026-01-01)\"\n"
                );
                if !version.is_empty() {
                    std::fs::write(folder.join("multirust-channel-manifest.toml"), manifest).unwrap();
                }
            }
            let around = Surroundings {
                rustup_home: Some(rustup),
                ..Surroundings::for_tests(top.path())
            };
            Self { top, around }
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.top.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }

        fn check(&self, expected: Option<(&str, &str, Option<bool>, Option<&str>)>) {
            let folder = self.top.path().join("p/q");
            std::fs::create_dir_all(&folder).unwrap();
            let found = of(&folder, &self.around).unwrap();
            let found = found.as_ref().map(|found| {
                let chosen_by = match &found.chosen_by {
                    ToolchainChoice::Variable { name } => name.clone(),
                    ToolchainChoice::Override { folder } => {
                        format!("override {}", folder.file_name().unwrap().display())
                    }
                    ToolchainChoice::File { path, line, .. } => {
                        format!("{}:{line}", path.file_name().unwrap().display())
                    }
                    ToolchainChoice::Default => "default".to_owned(),
                };
                (found, chosen_by)
            });
            let found = found.as_ref().map(|(found, chosen_by)| {
                (
                    found.name.as_str(),
                    chosen_by.as_str(),
                    found.is_installed,
                    found.cargo_version.as_deref(),
                )
            });
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn the_nearest_choice_is_taken_as_rustup_takes_it() {
        let mut world = World::new();
        world.check(None);
        world.write("rustup/settings.toml", "default_toolchain = \"stable\"\n");
        let default = ("stable", "default", Some(true), Some("1.97.1"));
        world.check(Some(default));
        world.write(
            "p/rust-toolchain.toml",
            "# ours\n[toolchain]\nchannel = \"1.90.0\"\n",
        );
        let file = ("1.90.0", "rust-toolchain.toml:3", Some(true), Some("1.90.0"));
        world.check(Some(file));
        world.write("p/rust-toolchain", "nightly\n");
        world.check(Some(("nightly", "rust-toolchain:1", Some(false), None)));
        let overrides = format!(
            "default_toolchain = \"stable\"\n[overrides]\n{:?} = \"mine\"\n",
            world.top.path().join("p")
        );
        world.write("rustup/settings.toml", &overrides);
        world.check(Some(("mine", "override p", Some(true), None)));
        world.write("p/q/rust-toolchain", "[toolchain]\nchannel = \"stable\"\n");
        world.check(Some(("stable", "rust-toolchain:2", Some(true), Some("1.97.1"))));
        let asked = [("RUSTUP_TOOLCHAIN".into(), "1.90.0".into())];
        world.around.variables = Variables::from_iter(asked);
        let found = of(&world.top.path().join("p/q"), &world.around).unwrap().unwrap();
        let others = found.overrides.iter().map(|asked| asked.name.as_str());
        assert_eq!(others.collect::<Vec<_>>(), ["stable", "stable"]);
        let variable = ("1.90.0", "RUSTUP_TOOLCHAIN", Some(true), Some("1.90.0"));
        world.check(Some(variable));
        world.around.rustup_home = None;
        world.check(Some(("1.90.0", "RUSTUP_TOOLCHAIN", None, None)));
    }

    #[test]
    fn a_name_does_not_lead_out_of_rustups_folder() {
        let world = World::new();
        world.write("p/rust-toolchain", "../../p\n");
        world.check(Some(("../../p", "rust-toolchain:1", Some(false), None)));
        world.write("p/rust-toolchain", "..\n");
        world.check(Some(("..", "rust-toolchain:1", Some(false), None)));
    }

    #[test]
    fn components_alone_choose_nothing() {
        let world = World::new();
        world.write("rustup/settings.toml", "default_toolchain = \"stable\"\n");
        world.write(
            "p/rust-toolchain.toml",
            "[toolchain]\ncomponents = [\"clippy\"]\n",
        );
        world.check(Some(("stable", "default", Some(true), Some("1.97.1"))));
    }
}
