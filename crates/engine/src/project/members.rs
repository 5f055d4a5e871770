//! The packages of a workspace: those that `members` names, and those that are depended on by path.
//!
//! **Invariant**: agrees with cargo on who is a member; bounded in number, and no pattern of an untrusted folder makes it
//! walk a whole tree.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use super::bounded::{joined, parse_toml, read_text};
use super::{Error, Member, Root};

/// How many members are read at most.
const MOST: usize = 2000;
/// How many folders are looked into at most, and how much of manifests is read in all.
const MOST_FOLDERS: usize = 10_000;
const MOST_BYTES: usize = 32 * 1024 * 1024;
/// How many parts of one pattern may stand for any name: each multiplies the folders that are looked at.
const MOST_WILD: usize = 2;
/// The tables of a manifest that name dependencies.
const DEPENDENCIES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// The members of a project, sorted by folder; the root's own package first.
pub(super) fn of(root: &Root) -> Result<Vec<Member>, Error> {
    let mut members = BTreeMap::new();
    let mut waiting = VecDeque::new();
    if let Some(member) = member(&root.folder, &root.manifest, root) {
        members.insert(root.folder.clone(), Some(member));
        waiting.extend(depended_on(&root.folder, &root.manifest, root));
    }
    let named = named_by_members(root);
    waiting.extend(named.into_iter().map(|folder| (folder, Reason::Named)));
    let mut looked_into = BTreeSet::new();
    let mut left = MOST_BYTES;
    while let Some((folder, reason)) = waiting.pop_front() {
        if members.len() >= MOST
            || members.contains_key(&folder)
            || !looked_into.insert((folder.clone(), reason))
        {
            continue;
        }
        if looked_into.len() > MOST_FOLDERS {
            return Err(too_many(root));
        }
        let path = folder.join("Cargo.toml");
        let Some(text) = read_text(&path)? else {
            continue;
        };
        left = left.checked_sub(text.len()).ok_or_else(|| too_many(root))?;
        let manifest = parse_toml(&path, &text)?;
        if reason == Reason::DependedOn && !is_taken_in(&folder, &manifest, root) {
            continue;
        }
        if folder.to_str().is_none() {
            return Err(Error::NameNotText(folder));
        }
        waiting.extend(depended_on(&folder, &manifest, root));
        members.insert(folder.clone(), member(&folder, &manifest, root));
    }
    Ok(members.into_values().flatten().collect())
}

fn too_many(root: &Root) -> Error {
    Error::Invalid {
        path: root.folder.join("Cargo.toml"),
        reason: "its members are too many to read".to_owned(),
    }
}

/// Why a folder may be a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    Named,
    DependedOn,
}

/// What is depended on belongs to the workspace where it lies within, or says so itself.
fn is_taken_in(folder: &Path, manifest: &toml::Table, root: &Root) -> bool {
    if root.leaves_out(folder) {
        return false;
    }
    let says = || {
        let named = manifest.get("package")?.get("workspace")?.as_str()?;
        joined(folder, named)
    };
    folder.starts_with(&root.folder) || says().is_some_and(|named| named == root.folder)
}

fn named_by_members(root: &Root) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for pattern in root.member_patterns() {
        if !pattern.contains(['*', '?', '[']) {
            folders.extend(joined(&root.folder, pattern));
            continue;
        }
        let escaped = glob::Pattern::escape(&root.folder.to_string_lossy());
        let found = is_bounded(pattern).then(|| glob::glob(&format!("{escaped}/{pattern}")));
        let found = found.and_then(Result::ok).into_iter().flatten();
        let found = found.filter_map(Result::ok).take(MOST);
        folders.extend(found.filter(|path| path.is_dir() && !root.leaves_out(path)));
    }
    folders
}

/// Whether finding what a pattern names stays within a few folders: `crates/*`, but not `../../**`.
fn is_bounded(pattern: &str) -> bool {
    let wild = pattern
        .split(['/', '\\'])
        .filter(|part| part.contains(['*', '?', '[']));
    !pattern.contains("**") && wild.count() <= MOST_WILD
}

/// The folders a manifest depends on by path. Only a workspace takes them in.
fn depended_on(folder: &Path, manifest: &toml::Table, root: &Root) -> Vec<(PathBuf, Reason)> {
    let Some(workspace) = root.manifest.get("workspace") else {
        return Vec::new();
    };
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let targets = targets
        .into_iter()
        .flat_map(toml::Table::values)
        .filter_map(toml::Value::as_table);
    let tables = std::iter::once(manifest).chain(targets).flat_map(|table| {
        DEPENDENCIES
            .iter()
            .filter_map(|name| table.get(*name)?.as_table())
    });
    let path = |(name, dependency): (&String, &toml::Value)| {
        let inherited = dependency.get("workspace").and_then(toml::Value::as_bool) == Some(true);
        let (base, dependency) = match inherited {
            true => (&*root.folder, workspace.get("dependencies")?.get(name)?),
            false => (folder, dependency),
        };
        joined(base, dependency.get("path")?.as_str()?)
    };
    let paths = tables.flatten().filter_map(path);
    paths.map(|path| (path, Reason::DependedOn)).collect()
}

fn member(folder: &Path, manifest: &toml::Table, root: &Root) -> Option<Member> {
    let package = manifest.get("package")?;
    let text = |key: &str| {
        let own = package.get(key)?;
        let inherited = || root.manifest.get("workspace")?.get("package")?.get(key)?.as_str();
        own.as_str().or_else(inherited).map(str::to_owned)
    };
    Some(Member {
        name: package.get("name")?.as_str()?.to_owned(),
        version: text("version"),
        rust_version: text("rust-version"),
        folder: folder.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(root: &str, manifests: &[(&str, &str)], expected: &[(&str, Option<&str>)]) {
        let top = tempfile::tempdir().unwrap();
        for (path, text) in manifests {
            std::fs::create_dir_all(top.path().join(path)).unwrap();
            let name = path.rsplit('/').next().unwrap();
            let text = format!("[package]\nname = \"{name}\"\n{text}");
            std::fs::write(top.path().join(path).join("Cargo.toml"), text).unwrap();
        }
        let root = Root {
            folder: top.path().to_owned(),
            manifest: root.parse().unwrap(),
        };
        let found = of(&root).unwrap();
        let found = found
            .iter()
            .map(|member| (member.name.as_str(), member.version.as_deref()))
            .collect::<Vec<_>>();
        assert_eq!(found, expected);
    }

    #[test]
    fn members_are_found_and_a_whole_tree_is_not_walked() {
        let inherits = "version.workspace = true\n";
        check(
            "[workspace]\nmembers = [\"crates/*\", \"deep/**\", \"*/*/*/*\"]\nexclude = [\"crates/out\"]\n\
             [workspace.package]\nversion = \"0.4.0\"\n",
            &[
                ("crates/b", inherits),
                ("crates/a", inherits),
                ("crates/out", inherits),
                ("deep/x/y/z", inherits),
            ],
            &[("a", Some("0.4.0")), ("b", Some("0.4.0"))],
        );
    }

    #[test]
    fn what_is_depended_on_by_path_is_a_member_where_it_lies_within() {
        check(
            "[workspace]\nmembers = [\"a\", \"kept\"]\nexclude = [\"out\", \"kept\"]\n\
             [workspace.dependencies]\nshared = { path = \"shared\" }\nunused = { path = \"unused\" }\n",
            &[
                (
                    "a",
                    "[dependencies]\nb = { path = \"../b\" }\nshared.workspace = true\n",
                ),
                (
                    "b",
                    "[target.'cfg(unix)'.dev-dependencies]\nc = { path = \"../c\" }\nout = { path = \"../out\" }\n",
                ),
                ("c", "[build-dependencies]\na = { path = \"../a\" }\n"),
                ("kept", ""),
                ("out", ""),
                ("shared", ""),
                ("unused", ""),
            ],
            &[
                ("a", None),
                ("b", None),
                ("c", None),
                ("kept", None),
                ("shared", None),
            ],
        );
        check(
            "[package]\nname = \"root\"\n[dependencies]\nb = { path = \"b\" }\n",
            &[("b", "")],
            &[("root", None)],
        );
    }

    #[test]
    fn the_oldest_rust_is_told() {
        let root = Root {
            folder: PathBuf::from("w"),
            manifest: "[workspace.package]\nrust-version = \"1.85\"\n".parse().unwrap(),
        };
        let check = |text: &str, expected: Option<&str>| {
            let manifest = format!("[package]\nname = \"a\"\n{text}").parse().unwrap();
            let found = member(Path::new("w/a"), &manifest, &root).unwrap().rust_version;
            assert_eq!(found.as_deref(), expected, "{text}");
        };
        check("rust-version = \"1.70\"\n", Some("1.70"));
        check("rust-version.workspace = true\n", Some("1.85"));
        check("", None);
    }
}
