//! The projects below a folder that is none itself, so that one can ask which is meant.
//!
//! **Invariant**: looks at names only, a few folders deep and at a few thousand entries; follows no link.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use super::Candidate;

/// How many folders deep it looks.
const DEEPEST: usize = 3;
/// How many entries it looks at.
const MOST: usize = 2000;
/// Folders that hold no project of anybody's own.
const PASSED: &[&str] = &["target", "node_modules", ".git"];

/// The projects below a folder, sorted; what is within a project is a part of it.
pub(super) fn below(folder: &Path) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut left = MOST;
    let mut waiting = VecDeque::from([(folder.to_owned(), 0)]);
    while let Some((at, depth)) = waiting.pop_front() {
        let inner = folders_in(&at, &mut left);
        let (projects, others) = inner
            .into_iter()
            .partition::<Vec<_>, _>(|inner| inner.join("Cargo.toml").is_file());
        found.extend(projects);
        if depth + 1 < DEEPEST {
            waiting.extend(others.into_iter().map(|other| (other, depth + 1)));
        }
    }
    found.sort();
    let candidate = |path: PathBuf| Candidate {
        display: super::display_in(folder, &path, None),
        folder: path,
    };
    found.into_iter().map(candidate).collect()
}

/// The folders in a folder that can be named in text; takes what it looks at from what is left.
fn folders_in(folder: &Path, left: &mut usize) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let looked_at = entries.take(*left).flatten().collect::<Vec<_>>();
    *left -= looked_at.len().min(*left);
    let folders = looked_at.into_iter().filter(|entry| {
        let name = entry.file_name();
        let is_passed = name.to_str().is_none_or(|name| PASSED.contains(&name));
        // Of the entry itself: a link to a folder is none.
        !is_passed && entry.file_type().is_ok_and(|kind| kind.is_dir())
    });
    folders.map(|entry| entry.path()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(folders: &[&str]) -> tempfile::TempDir {
        let top = tempfile::tempdir().unwrap();
        for folder in folders {
            std::fs::create_dir_all(top.path().join(folder)).unwrap();
            std::fs::write(top.path().join(folder).join("Cargo.toml"), "").unwrap();
        }
        top
    }

    fn check(top: &tempfile::TempDir, expected: &[&str]) {
        let found = below(top.path());
        let found = found
            .iter()
            .map(|found| found.display.as_str())
            .collect::<Vec<_>>();
        assert_eq!(found, expected);
    }

    #[test]
    fn projects_are_found_a_few_folders_deep() {
        let folders = [
            "b",
            "a",
            "a/inner",
            "x/y/c",
            "x/y/z/d",
            "target/e",
            "x/node_modules/f",
            ".git/g",
        ];
        check(&tree(&folders), &["a", "b", "x/y/c"]);
        check(&tree(&[]), &[]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let top = tree(&["a"]);
        std::os::unix::fs::symlink(top.path().join("a"), top.path().join("link")).unwrap();
        std::os::unix::fs::symlink(top.path(), top.path().join("loop")).unwrap();
        check(&top, &["a"]);
    }

    #[test]
    fn a_folder_full_of_entries_is_not_read_to_its_end() {
        let top = tempfile::tempdir().unwrap();
        for number in 0..MOST + 50 {
            std::fs::create_dir(top.path().join(number.to_string())).unwrap();
        }
        let mut left = MOST;
        assert_eq!(folders_in(top.path(), &mut left).len(), MOST);
        assert_eq!(left, 0);
    }
}
