//! Reading what a dropped folder holds, which may be anything: pipes, devices, files without end, loops.
//!
//! **Invariant**: nothing is opened that is no regular file, nothing is read past a bound, and no path leads to another
//! computer unless the project is there itself.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

use super::Error;

/// The most of a file that people write: far beyond any manifest or config.
const LARGEST: u64 = 1024 * 1024;
/// The most of a file that programs write: a lock file of some 30,000 packages.
const LARGEST_GENERATED: u64 = 8 * 1024 * 1024;

/// Reads a text file whole; none where there is nothing.
pub(crate) fn read_text(path: &Path) -> Result<Option<String>, Error> {
    read_at_most(path, LARGEST)
}

/// The same for a file that programs write, which may be larger.
pub(super) fn read_generated(path: &Path) -> Result<Option<String>, Error> {
    read_at_most(path, LARGEST_GENERATED)
}

/// Reads and parses a TOML file; none where there is nothing.
pub(super) fn read_toml(path: &Path) -> Result<Option<toml::Table>, Error> {
    let text = read_text(path)?;
    text.map(|text| parse_toml(path, &text)).transpose()
}

/// The table of a file's text.
pub(super) fn parse_toml(path: &Path, text: &str) -> Result<toml::Table, Error> {
    let text = without_mark(text);
    text.parse().map_err(|wrong| Error::invalid(path, text, &wrong))
}

/// Without the mark some editors put at the beginning.
pub(super) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn read_at_most(path: &Path, most: u64) -> Result<Option<String>, Error> {
    let unreadable = |source| Error::Unreadable {
        path: path.to_owned(),
        source,
    };
    // Asked before it is opened: opening a pipe waits until somebody writes into it.
    match std::fs::metadata(path) {
        Err(gone) if is_absence(&gone) => return Ok(None),
        Err(error) => return Err(unreadable(error)),
        Ok(about) if !about.is_file() => return Err(Error::NotAFile(path.to_owned())),
        Ok(_) => {}
    }
    let file = match File::open(path) {
        Err(gone) if is_absence(&gone) => return Ok(None),
        opened => opened.map_err(unreadable)?,
    };
    // Asked again of what is open now: it may be another file, and it may grow while it is read.
    let about = file.metadata().map_err(unreadable)?;
    if !about.is_file() {
        return Err(Error::NotAFile(path.to_owned()));
    }
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > most {
        return Err(Error::TooLarge {
            path: path.to_owned(),
            bytes: about.len().max(most + 1),
        });
    }
    String::from_utf8(bytes)
        .map(Some)
        .map_err(|_| Error::NotText(path.to_owned()))
}

pub(super) fn is_absence(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// A path that a file names, from its folder, without `.` and `..`; none where it leads to another computer: merely
/// looking at it would tell that computer who looks.
pub(super) fn joined(folder: &Path, named: &str) -> Option<PathBuf> {
    let path = normal(&folder.join(named));
    match (prefix(&path), prefix(folder)) {
        (Some(there), here) if Some(there) != here && is_of_another_computer(&path) => None,
        _ => Some(path),
    }
}

fn prefix(path: &Path) -> Option<Component<'_>> {
    path.components()
        .next()
        .filter(|first| matches!(first, Component::Prefix(_)))
}

fn is_of_another_computer(path: &Path) -> bool {
    use std::path::Prefix;
    match path.components().next() {
        Some(Component::Prefix(prefix)) => {
            !matches!(prefix.kind(), Prefix::Disk(_) | Prefix::VerbatimDisk(_))
        }
        _ => false,
    }
}

/// Without `.` and `..`, by the letters alone, as cargo does it.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(normal.pop()),
            part => normal.push(part),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_by_their_letters() {
        let check = |named: &str, expected: &str| {
            assert_eq!(
                joined(Path::new("/w/p"), named).as_deref(),
                Some(Path::new(expected))
            );
        };
        check("./a/../b.toml", "/w/p/b.toml");
        check("../x", "/w/x");
        check("../../../../x", "/x");
    }

    #[test]
    fn what_is_no_text_of_fair_size_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("bytes"), [0xff, 0xfe, 0x00]).unwrap();
        let large = File::create(at("large")).unwrap();
        large.set_len(2 * 1024 * 1024 * 1024).unwrap();
        std::fs::create_dir(at("folder")).unwrap();
        let told = |name: &str| read_text(&at(name)).unwrap_err().to_string();
        assert!(told("bytes").ends_with("is not text"), "{}", told("bytes"));
        assert!(told("large").contains("2147483648 bytes"), "{}", told("large"));
        assert!(told("folder").ends_with("is not a file"), "{}", told("folder"));
        assert!(read_text(&at("nothing")).unwrap().is_none());
        assert!(read_text(&at("bytes/below")).unwrap().is_none());
    }
}
