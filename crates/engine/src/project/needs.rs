//! What the manifests of a project name, and where each of it comes from.
//!
//! **Invariant**: reads the manifests of members, each with a bound; resolves nothing.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::bounded::{parse_toml, read_text};
use super::{Connection, Member, display_in};

/// How many are told at most.
const MOST: usize = 20_000;
/// The tables of a manifest that name dependencies.
const LISTS: [(&str, ListKind); 3] = [
    ("dependencies", ListKind::Normal),
    ("dev-dependencies", ListKind::Dev),
    ("build-dependencies", ListKind::Build),
];

/// A dependency that a manifest names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Need {
    /// The package that needs it; of `[workspace.dependencies]` none.
    pub package: Option<String>,
    /// The manifest.
    pub manifest: PathBuf,
    /// The same from the project's folder.
    pub display: String,
    /// The line, from 1 on.
    pub line: Option<u32>,
    /// The crate.
    pub name: String,
    /// What the manifest calls it, if not by its name.
    pub rename: Option<String>,
    /// What is required of its version.
    pub requirement: Option<String>,
    /// Where it comes from.
    pub source: NeedSource,
    /// The list it stands in.
    pub list: DependencyList,
    /// Features that are turned on.
    pub features: Vec<String>,
    /// Whether it is optional.
    pub optional: bool,
}

/// Where a manifest has a crate come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum NeedSource {
    /// crates.io, or what stands for it.
    CratesIo,
    /// A registry.
    Registry {
        /// The name it has in config.
        name: String,
        /// Its feed, where config has it and it is one.
        feed: Option<String>,
    },
    /// The workspace's own list: requirement and source stand there.
    Workspace,
    /// A git repository.
    Git {
        /// Its address.
        url: String,
    },
    /// A folder.
    Path {
        /// As it is written.
        path: String,
    },
}

/// A list of dependencies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct DependencyList {
    /// What they are for.
    pub kind: ListKind,
    /// The target they are for, as `cfg(windows)`.
    pub target: Option<String>,
}

/// What the crates of a list are for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ListKind {
    /// The package itself.
    #[default]
    Normal,
    /// Its tests.
    Dev,
    /// Its build script.
    Build,
}

impl DependencyList {
    /// Where it stands in a manifest.
    pub(crate) fn path(&self) -> Vec<&str> {
        let list = match self.kind {
            ListKind::Normal => "dependencies",
            ListKind::Dev => "dev-dependencies",
            ListKind::Build => "build-dependencies",
        };
        match &self.target {
            Some(target) => vec!["target", target, list],
            None => vec![list],
        }
    }
}

impl Need {
    /// What the manifest calls it.
    pub fn key(&self) -> &str {
        self.rename.as_deref().unwrap_or(&self.name)
    }
}

/// A manifest that was read.
struct Manifest<'c> {
    path: PathBuf,
    display: String,
    lines: HashMap<String, u32>,
    table: toml::Table,
    connection: &'c Connection,
}

/// All dependencies of the workspace and its members, in their order. A manifest that cannot be read has none: who reads the members
/// says so.
pub(super) fn of(folder: &Path, members: &[Member], connection: &Connection) -> Vec<Need> {
    let root = Manifest::read(folder, folder, connection);
    let of_workspace = root.iter().flat_map(Manifest::of_workspace);
    let manifests = members.iter().filter_map(|member| {
        let manifest = Manifest::read(folder, &member.folder, connection)?;
        Some(manifest.of_package(&member.name))
    });
    of_workspace.chain(manifests.flatten()).take(MOST).collect()
}

impl<'c> Manifest<'c> {
    fn read(project: &Path, folder: &Path, connection: &'c Connection) -> Option<Self> {
        let path = folder.join("Cargo.toml");
        let text = read_text(&path).ok()??;
        Some(Self {
            display: display_in(project, &path, None),
            table: parse_toml(&path, &text).ok()?,
            path,
            lines: lines_of(&text),
            connection,
        })
    }

    fn of_workspace(&self) -> Vec<Need> {
        let listed = self.table.get("workspace");
        let listed = listed.and_then(|workspace| workspace.get("dependencies")?.as_table());
        let list = DependencyList::default();
        let needs = listed.into_iter().flatten();
        needs
            .filter_map(|(key, value)| self.need(None, &list, key, value))
            .collect()
    }

    fn of_package(&self, package: &str) -> Vec<Need> {
        let targets = self.table.get("target").and_then(toml::Value::as_table);
        let targets = targets
            .into_iter()
            .flatten()
            .filter_map(|(target, table)| Some((Some(target.clone()), table.as_table()?)));
        let mut needs = Vec::new();
        for (target, table) in std::iter::once((None, &self.table)).chain(targets) {
            for (name, kind) in LISTS {
                let list = DependencyList {
                    kind,
                    target: target.clone(),
                };
                let named = table.get(name).and_then(toml::Value::as_table);
                let named = named.into_iter().flatten();
                let of_list = named.filter_map(|(key, value)| self.need(Some(package), &list, key, value));
                needs.extend(of_list.take(MOST));
            }
        }
        needs
    }

    fn need(
        &self,
        package: Option<&str>,
        list: &DependencyList,
        key: &str,
        value: &toml::Value,
    ) -> Option<Need> {
        let text = |name: &str| value.get(name).and_then(toml::Value::as_str).map(str::to_owned);
        let is_set = |name: &str| value.get(name).and_then(toml::Value::as_bool) == Some(true);
        let features = value.get("features").and_then(toml::Value::as_array);
        let name = text("package").unwrap_or_else(|| key.to_owned());
        Some(Need {
            package: package.map(str::to_owned),
            manifest: self.path.clone(),
            display: self.display.clone(),
            line: self.lines.get(key).copied(),
            rename: (name != key).then(|| key.to_owned()),
            name,
            requirement: value.as_str().map(str::to_owned).or_else(|| text("version")),
            source: match is_set("workspace") {
                true => NeedSource::Workspace,
                false => self.source(&text)?,
            },
            list: list.clone(),
            features: features
                .into_iter()
                .flatten()
                .filter_map(|feature| feature.as_str().map(str::to_owned))
                .collect(),
            optional: is_set("optional"),
        })
    }

    /// None for an address in place of a registry's name, which cargo takes of nobody but itself.
    fn source(&self, text: &impl Fn(&str) -> Option<String>) -> Option<NeedSource> {
        Some(match (text("path"), text("git"), text("registry")) {
            _ if text("registry-index").is_some() => return None,
            (Some(path), _, _) => NeedSource::Path { path },
            (None, Some(url), _) => NeedSource::Git { url },
            (None, None, Some(name)) if name != "crates-io" => {
                let mut registries = self.connection.registries.iter();
                let known = registries.find(|registry| registry.name == name);
                NeedSource::Registry {
                    feed: known.and_then(|registry| registry.feed.clone()),
                    name,
                }
            }
            _ => NeedSource::CratesIo,
        })
    }
}

/// The first line that each name begins, as a key or as the header of its own table.
fn lines_of(text: &str) -> HashMap<String, u32> {
    let mut lines = HashMap::new();
    for (line, number) in text.lines().map(str::trim).zip(1..) {
        let name = match line.strip_prefix('[') {
            Some(header) => header
                .trim_end_matches(']')
                .rsplit_once("dependencies.")
                .map(|(_, name)| name),
            None => line.split(['=', '.']).next(),
        };
        let name = name.map(|name| name.trim().trim_matches('"'));
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            lines.entry(name.to_owned()).or_insert(number);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use crate::project::{Surroundings, read};

    #[test]
    fn what_manifests_name_is_known_with_its_line_and_source() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("p");
        for (path, text) in [
            (
                "Cargo.toml",
                "[workspace]\nmembers = [\"a\"]\n[workspace.dependencies]\nours = { version = \"1\", registry = \"internal\" }\n",
            ),
            (
                "a/Cargo.toml",
                "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[dependencies]\nhere = { path = \"../b\" }\nours = { workspace = true, features = [\"x\"] }\n\
                 [target.'cfg(unix)'.dev-dependencies.renamed]\npackage = \"real\"\nversion = \"1\"\noptional = true\n",
            ),
            (
                ".cargo/config.toml",
                "[registries.internal]\nindex = \"sparse+https://pkgs.dev.azure.com/c/_packaging/i/Cargo/index/\"\n",
            ),
        ] {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let project = read(&folder, &Surroundings::for_tests(top.path())).unwrap();
        let shown = project.needs.iter().map(|need| {
            let rename = need.rename.as_deref().unwrap_or_default();
            let source = serde_json::to_string(&need.source).unwrap();
            let list = serde_json::to_string(&need.list).unwrap();
            let (package, name) = (need.package.as_deref().unwrap_or("-"), &need.name);
            let requirement = need.requirement.as_deref().unwrap_or("-");
            let (display, line) = (&need.display, need.line.unwrap());
            let features = need.features.join(",");
            format!(
                "{package} {name} {rename} {requirement} {source} {list} {display}:{line} {features} {}\n",
                need.optional
            )
        });
        insta::assert_snapshot!(shown.collect::<String>(), @r#"
        - ours  1 {"kind":"registry","name":"internal","feed":"c/i"} {"kind":"normal","target":null} Cargo.toml:4  false
        a here  - {"kind":"path","path":"../b"} {"kind":"normal","target":null} a/Cargo.toml:5  false
        a ours  - {"kind":"workspace"} {"kind":"normal","target":null} a/Cargo.toml:6 x false
        a real renamed 1 {"kind":"cratesIo"} {"kind":"dev","target":"cfg(unix)"} a/Cargo.toml:7  true
        "#);
    }
}
