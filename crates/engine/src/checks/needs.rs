//! What the manifests of a project say it needs, and of which registry.
//!
//! **Invariant**: reads the manifests of members, each with a bound; resolves nothing.

use std::path::{Path, PathBuf};

use super::Evidence;
use crate::project::{Project, display_in, read_text};

/// The tables of a manifest that name dependencies.
const DEPENDENCIES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// One dependency of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Need {
    /// The package.
    pub(super) name: String,
    /// The registry it names; none for crates.io.
    pub(super) registry: Option<String>,
    /// Whether cargo would look for it in a registry at all.
    pub(super) is_of_registry: bool,
    pub(super) path: PathBuf,
    pub(super) display: String,
    pub(super) line: Option<u32>,
}

impl Need {
    pub(super) fn evidence(&self) -> Evidence {
        Evidence::File {
            path: self.path.clone(),
            display: self.display.clone(),
            line: self.line,
        }
    }
}

/// A manifest that was read.
struct Manifest {
    path: PathBuf,
    display: String,
    text: String,
    table: toml::Table,
}

/// All dependencies of all members, in their order. A manifest that cannot be read has none: reading the project said so already.
pub(super) fn of(project: &Project) -> Vec<Need> {
    let root = Manifest::read(&project.folder, project);
    let members = project.members.iter();
    let manifests = members.filter_map(|member| Manifest::read(&member.folder, project));
    manifests
        .flat_map(|manifest| needs(&manifest, root.as_ref()))
        .collect()
}

impl Manifest {
    fn read(folder: &Path, project: &Project) -> Option<Self> {
        let path = folder.join("Cargo.toml");
        let text = read_text(&path).ok()??;
        Some(Self {
            display: display_in(&project.folder, &path, None),
            table: text.trim_start_matches('\u{feff}').parse().ok()?,
            path,
            text,
        })
    }

    /// The line a dependency begins at.
    fn line_of(&self, name: &str) -> Option<u32> {
        let begins = |line: &str| {
            let line = line.trim();
            let rest = line
                .strip_prefix(name)
                .or_else(|| line.strip_prefix(&format!("\"{name}\"")));
            let is_key = rest.is_some_and(|rest| rest.trim_start().starts_with(['=', '.']));
            is_key || (line.starts_with('[') && line.ends_with(&format!("dependencies.{name}]")))
        };
        let at = self.text.lines().position(begins)?;
        u32::try_from(at + 1).ok()
    }
}

fn needs(manifest: &Manifest, root: Option<&Manifest>) -> Vec<Need> {
    let targets = manifest.table.get("target").and_then(toml::Value::as_table);
    let targets = targets.into_iter().flat_map(toml::Table::values);
    let tables = std::iter::once(&manifest.table).chain(targets.filter_map(toml::Value::as_table));
    let tables = tables.flat_map(|table| {
        let named = DEPENDENCIES.iter();
        named.filter_map(|name| table.get(*name)?.as_table())
    });
    let mut needs: Vec<Need> = Vec::new();
    for need in tables
        .flatten()
        .filter_map(|(key, value)| need(manifest, root, key, value))
    {
        if !needs.contains(&need) {
            needs.push(need);
        }
    }
    needs
}

fn need(manifest: &Manifest, root: Option<&Manifest>, key: &str, value: &toml::Value) -> Option<Need> {
    let is_inherited = value.get("workspace").and_then(toml::Value::as_bool) == Some(true);
    let (said_in, value) = match is_inherited {
        true => {
            let root = root?;
            (root, root.table.get("workspace")?.get("dependencies")?.get(key)?)
        }
        false => (manifest, value),
    };
    let text = |name: &str| value.get(name).and_then(toml::Value::as_str).map(str::to_owned);
    Some(Need {
        name: text("package").unwrap_or_else(|| key.to_owned()),
        registry: text("registry"),
        is_of_registry: value.get("path").is_none()
            && value.get("git").is_none()
            && value.get("registry-index").is_none(),
        path: said_in.path.clone(),
        display: said_in.display.clone(),
        line: said_in.line_of(key),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::tests::project;

    #[test]
    fn what_members_need_is_known_with_its_line() {
        let (_top, project) = project(&[
            (
                "Cargo.toml",
                "[workspace]\nmembers = [\"a\"]\n[workspace.dependencies]\nours = { version = \"1\", registry = \"internal\" }\nunused = \"1\"\n",
            ),
            (
                "a/Cargo.toml",
                "[package]\nname = \"a\"\nversion = \"0.1.0\"\n[dependencies]\nours.workspace = true\nhere = { path = \"../b\" }\n\
                 [target.'cfg(unix)'.dev-dependencies.renamed]\npackage = \"real\"\nversion = \"1\"\n",
            ),
        ]);
        let needs = of(&project);
        let shown = needs.iter().map(|need| {
            let registry = need.registry.as_deref();
            (
                need.name.as_str(),
                registry,
                need.is_of_registry,
                need.display.as_str(),
                need.line,
            )
        });
        let expected = [
            ("here", None, false, "a/Cargo.toml", Some(6)),
            ("ours", Some("internal"), true, "Cargo.toml", Some(4)),
            ("real", None, true, "a/Cargo.toml", Some(7)),
        ];
        let mut shown = shown.collect::<Vec<_>>();
        shown.sort();
        assert_eq!(shown, expected);
    }
}
