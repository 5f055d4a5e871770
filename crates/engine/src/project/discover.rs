//! Which project a path belongs to: the nearest manifest, and the workspace above it.
//!
//! **Invariant**: agrees with cargo on the workspace root; looks only upwards, never through a tree.

use std::path::{Path, PathBuf};

use super::bounded::{joined, read_toml};
use super::{Error, Probe, ProbeKind, candidates, display};

/// The root of a project: its folder and its manifest, parsed.
#[derive(Debug, Clone)]
pub struct Root {
    /// The folder of the workspace, or of the one package.
    pub folder: PathBuf,
    /// Its `Cargo.toml`.
    pub manifest: toml::Table,
}

impl Root {
    /// The package's name, or the folder's where the workspace has no package of its own.
    pub fn name(&self) -> String {
        let package = self
            .manifest
            .get("package")
            .and_then(|package| package.get("name")?.as_str());
        package
            .map(str::to_owned)
            .unwrap_or_else(|| folder_name(&self.folder))
    }
}

/// The root that a folder, a file in it, or a member belongs to.
pub fn find_root(path: &Path) -> Result<Root, Error> {
    let start = canonical(path)?;
    let nearest = manifest_at_or_above(&start).ok_or_else(|| Error::NotAProject {
        candidates: candidates::below(&start),
        folder: start.clone(),
    })?;
    let member = Root {
        manifest: parse(&nearest.join("Cargo.toml"))?,
        folder: nearest,
    };
    if member.manifest.contains_key("workspace") {
        return Ok(member);
    }
    if let Some(named) = member
        .manifest
        .get("package")
        .and_then(|package| package.get("workspace")?.as_str())
    {
        let folder = joined(&member.folder, named).ok_or_else(|| Error::Nothing(PathBuf::from(named)))?;
        let folder = canonical(&folder)?;
        return Ok(Root {
            manifest: parse(&folder.join("Cargo.toml"))?,
            folder,
        });
    }
    for folder in member
        .folder
        .ancestors()
        .skip(1)
        .filter(|folder| folder.join("Cargo.toml").is_file())
    {
        let above = Root {
            manifest: parse(&folder.join("Cargo.toml"))?,
            folder: folder.to_owned(),
        };
        if above.manifest.contains_key("workspace") {
            return Ok(if above.takes_in(&member.folder) {
                above
            } else {
                member
            });
        }
    }
    Ok(member)
}

impl Root {
    fn workspace_list(&self, key: &str) -> Vec<&str> {
        let list = self
            .manifest
            .get("workspace")
            .and_then(|workspace| workspace.get(key)?.as_array());
        list.into_iter()
            .flatten()
            .filter_map(toml::Value::as_str)
            .collect()
    }

    /// Whether a folder is a member: named by `members`, or a path dependency's (which cargo takes in too), and not
    /// excluded.
    fn takes_in(&self, folder: &Path) -> bool {
        folder.starts_with(&self.folder) && !self.leaves_out(folder)
    }

    /// Whether `exclude` has a folder, or one above it, and `members` does not name it outright.
    pub(super) fn leaves_out(&self, folder: &Path) -> bool {
        let names = |key: &str| {
            let mut named = self.workspace_list(key).into_iter();
            named.any(|named| folder.starts_with(self.folder.join(named)))
        };
        names("exclude") && !names("members")
    }

    /// The patterns of `workspace.members`, relative to the root.
    pub(super) fn member_patterns(&self) -> Vec<&str> {
        self.workspace_list("members")
    }
}

/// What a dragged path is, from names alone: no file is opened, and of folders only a few.
pub fn probe(path: &Path, user_home: Option<&Path>, known: &[PathBuf]) -> Probe {
    let start = canonical(path).unwrap_or_else(|_| path.to_owned());
    let folder = manifest_at_or_above(&start).unwrap_or_else(|| start.clone());
    let has = |name: &str| folder.join(name).exists();
    Probe {
        name: folder_name(&folder),
        display_folder: display(&folder, user_home),
        candidates: match has("Cargo.toml") {
            true => Vec::new(),
            false => candidates::below(&folder),
        },
        kind: if has("Cargo.toml") {
            ProbeKind::Project
        } else {
            ProbeKind::None
        },
        has_lockfile: has("Cargo.lock"),
        has_config: has(".cargo/config.toml") || has(".cargo/config"),
        known: known.contains(&folder),
        folder,
    }
}

fn manifest_at_or_above(start: &Path) -> Option<PathBuf> {
    start
        .ancestors()
        .find(|folder| folder.join("Cargo.toml").is_file())
        .map(Path::to_owned)
}

fn parse(manifest: &Path) -> Result<toml::Table, Error> {
    read_toml(manifest)?.ok_or_else(|| Error::NotAProject {
        folder: manifest.parent().unwrap_or(manifest).to_owned(),
        candidates: Vec::new(),
    })
}

fn canonical(path: &Path) -> Result<PathBuf, Error> {
    match std::fs::canonicalize(path) {
        // Neither cargo's files nor JSON could name it.
        Ok(path) if path.to_str().is_none() => Err(Error::NameNotText(path)),
        Ok(path) => Ok(plain(path)),
        Err(gone) if super::bounded::is_absence(&gone) => Err(Error::Nothing(path.to_owned())),
        Err(source) => Err(Error::Unreadable {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Without Windows' `\\?\`, which neither cargo nor people expect.
fn plain(path: PathBuf) -> PathBuf {
    match path.to_str().and_then(|text| text.strip_prefix(r"\\?\")) {
        Some(text) if text.as_bytes().get(1) == Some(&b':') => PathBuf::from(text),
        _ => path,
    }
}

fn folder_name(folder: &Path) -> String {
    folder.file_name().map_or_else(
        || folder.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    fn check(files: &[(&str, &str)], start: &str, expected: Option<&str>) {
        let tree = tree(files);
        let top = canonical(tree.path()).unwrap();
        let found = find_root(&tree.path().join(start)).ok().map(|root| root.folder);
        assert_eq!(
            found,
            expected.map(|folder| canonical(&top.join(folder)).unwrap()),
            "from {start}"
        );
    }

    const PACKAGE: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\n";
    const WORKSPACE: &str = "[workspace]\nmembers = [\"crates/*\"]\nexclude = [\"other\"]\n";

    #[test]
    fn finds_the_root_from_anywhere_within() {
        let one = [("p/Cargo.toml", PACKAGE), ("p/src/lib.rs", "")];
        check(&one, "p", Some("p"));
        check(&one, "p/src/lib.rs", Some("p"));
        check(&one, "p/Cargo.toml", Some("p"));
        let many = [
            ("w/Cargo.toml", WORKSPACE),
            ("w/crates/a/Cargo.toml", PACKAGE),
            ("w/other/Cargo.toml", PACKAGE),
        ];
        check(&many, "w/crates/a", Some("w"));
        check(&many, "w/other", Some("w/other"));
        check(&[("x/readme.md", "")], "x", None);
    }

    #[test]
    fn a_package_may_name_its_workspace() {
        let named = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nworkspace = \"../w\"\n";
        check(
            &[("w/Cargo.toml", WORKSPACE), ("a/Cargo.toml", named)],
            "a",
            Some("w"),
        );
    }

    #[test]
    fn a_folder_of_several_projects_answers_them() {
        let tree = tree(&[
            ("x/a/Cargo.toml", PACKAGE),
            ("x/b/Cargo.toml", WORKSPACE),
            ("x/b/crates/c/Cargo.toml", PACKAGE),
        ]);
        let error = find_root(&tree.path().join("x")).unwrap_err();
        assert!(matches!(&error, Error::NotAProject { candidates, .. } if candidates.len() == 2));
        let hint = error.hint().unwrap_or_default();
        assert_eq!(hint, "Choose one of the projects in it: `a`, `b`.");
        let probe = probe(&tree.path().join("x"), None, &[]);
        let shown = probe
            .candidates
            .iter()
            .map(|found| found.display.as_str())
            .collect::<Vec<_>>();
        assert_eq!((probe.kind, shown), (ProbeKind::None, vec!["a", "b"]));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_name_that_is_no_text_is_refused() {
        use std::os::unix::ffi::OsStrExt;
        let tree = tree(&[]);
        let folder = tree.path().join(std::ffi::OsStr::from_bytes(b"p\xff"));
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("Cargo.toml"), PACKAGE).unwrap();
        let error = find_root(&folder).unwrap_err();
        assert!(matches!(error, Error::NameNotText(_)), "{error}");
    }

    #[test]
    fn a_broken_manifest_names_the_file_and_the_line() {
        let tree = tree(&[("p/Cargo.toml", "[package]\nname = \n")]);
        let error = find_root(&tree.path().join("p")).unwrap_err().to_string();
        assert!(
            error.contains("Cargo.toml") && error.contains("line 2"),
            "{error}"
        );
    }
}
