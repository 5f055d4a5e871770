//! The packages of a workspace.
//!
//! **Invariant**: reads manifests that `members` names, and the root's own; bounded in number, and no pattern of an
//! untrusted folder makes it walk a whole tree.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Error, Member, Root, read_bounded};

/// How many members are read at most.
const MOST: usize = 2000;
/// How many parts of one pattern may stand for any name: each multiplies the folders that are looked at.
const MOST_WILD: usize = 2;

/// The members of a project, sorted by folder; the root's own package first.
pub(super) fn of(root: &Root) -> Result<Vec<Member>, Error> {
    let mut members = BTreeMap::new();
    if let Some(member) = member(&root.folder, &root.manifest, root) {
        members.insert(root.folder.clone(), member);
    }
    for folder in member_folders(root) {
        if members.len() >= MOST {
            break;
        }
        let manifest = folder.join("Cargo.toml");
        let Some(text) = read_bounded(&manifest)? else {
            continue;
        };
        let table = text
            .parse()
            .map_err(|wrong| Error::invalid(&manifest, &text, &wrong))?;
        if let Some(member) = member(&folder, &table, root) {
            members.insert(folder, member);
        }
    }
    Ok(members.into_values().collect())
}

fn member_folders(root: &Root) -> Vec<PathBuf> {
    let excluded = root.excluded();
    let mut folders = Vec::new();
    for pattern in root
        .member_patterns()
        .into_iter()
        .filter(|pattern| is_bounded(pattern))
    {
        let escaped = glob::Pattern::escape(&root.folder.to_string_lossy());
        // A pattern that is none is a plain folder to cargo as well.
        match glob::glob(&format!("{escaped}/{pattern}")) {
            Ok(found) => folders.extend(
                found
                    .filter_map(Result::ok)
                    .filter(|path| path.is_dir())
                    .take(MOST),
            ),
            Err(_) => folders.push(root.folder.join(pattern)),
        }
    }
    let is_excluded = |folder: &Path| {
        excluded
            .iter()
            .any(|name| folder.starts_with(root.folder.join(name)))
    };
    folders.retain(|folder| !is_excluded(folder));
    folders
}

/// Whether finding what a pattern names stays within a few folders: `crates/*`, but not `../../**`.
fn is_bounded(pattern: &str) -> bool {
    let wild = pattern
        .split(['/', '\\'])
        .filter(|part| part.contains(['*', '?', '[']));
    !pattern.contains("**") && wild.count() <= MOST_WILD
}

fn member(folder: &Path, manifest: &toml::Table, root: &Root) -> Option<Member> {
    let package = manifest.get("package")?;
    let inherited = || {
        root.manifest
            .get("workspace")?
            .get("package")?
            .get("version")?
            .as_str()
    };
    let version = package
        .get("version")
        .and_then(|version| version.as_str().or_else(inherited));
    Some(Member {
        name: package.get("name")?.as_str()?.to_owned(),
        version: version.map(str::to_owned),
        folder: folder.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_and_a_whole_tree_is_not_walked() {
        let top = tempfile::tempdir().unwrap();
        let package = |name: &str| format!("[package]\nname = \"{name}\"\nversion.workspace = true\n");
        for (path, name) in [
            ("crates/b", "b"),
            ("crates/a", "a"),
            ("crates/out", "out"),
            ("deep/x/y/z", "deep"),
        ] {
            std::fs::create_dir_all(top.path().join(path)).unwrap();
            std::fs::write(top.path().join(path).join("Cargo.toml"), package(name)).unwrap();
        }
        let manifest = "[workspace]\nmembers = [\"crates/*\", \"deep/**\", \"*/*/*/*\"]\nexclude = [\"crates/out\"]\n\
                        [workspace.package]\nversion = \"0.4.0\"\n";
        let root = Root {
            folder: top.path().to_owned(),
            manifest: manifest.parse().unwrap(),
        };
        let found = of(&root).unwrap();
        let found = found
            .iter()
            .map(|member| (member.name.as_str(), member.version.as_deref()))
            .collect::<Vec<_>>();
        assert_eq!(found, [("a", Some("0.4.0")), ("b", Some("0.4.0"))]);
    }
}
