//! The packages of a workspace.
//!
//! **Invariant**: reads manifests that `members` names, and the root's own; bounded in number.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Error, Member, Root, read_bounded};

/// How many members are read at most.
const MOST: usize = 2000;

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
    for pattern in root.member_patterns() {
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
