//! Looking into a `.crate` without unpacking it: what it holds must be harmless and what the metadata says.
//!
//! **Invariant:** nothing is ever written to disk from an archive, and no more is read than the bounds allow.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::bufread::GzDecoder;
use serde::Deserialize;
use tar::EntryType;

/// A manifest longer than this is no manifest.
const MANIFEST_BYTES: u64 = 4 * 1024 * 1024;

/// What an archive may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) unpacked_bytes: u64,
    pub(crate) entries: usize,
}

/// Why an archive is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArchiveError {
    #[error("the crate is not a gzipped tar archive: {0}")]
    Unreadable(io::Error),
    #[error("the crate unpacks to more than {0} bytes")]
    TooLarge(u64),
    #[error("the crate holds more than {0} files")]
    TooMany(usize),
    #[error("the crate holds `{path}`, which does not lie in `{folder}/`")]
    Outside { path: String, folder: String },
    #[error("the crate holds `{path}`, whose name cannot be used on every system")]
    BadPath { path: String },
    #[error("the crate holds `{path}` twice")]
    Twice { path: String },
    #[error("the crate holds `{path}`, which is neither a file nor a folder")]
    NoFile { path: String },
    #[error("the crate holds no `Cargo.toml`")]
    NoManifest,
    #[error("the crate's `Cargo.toml` cannot be read: {0}")]
    BadManifest(String),
    #[error("the crate's `Cargo.toml` says {found}, but the publish says {expected}")]
    Disagrees { found: String, expected: String },
    #[error("something follows the end of the archive")]
    Trailing,
}

/// What a manifest says of itself.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ManifestFacts {
    pub(crate) name: String,
    pub(crate) version: String,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) authors: Vec<String>,
    #[serde(default)]
    pub(crate) keywords: Vec<String>,
}

#[derive(Deserialize)]
struct Manifest {
    package: ManifestFacts,
}

/// Checks a crate about to be published as `name` `version`.
pub(crate) fn check(
    path: &Path,
    name: &str,
    version: &semver::Version,
    bounds: Bounds,
) -> Result<ManifestFacts, ArchiveError> {
    let folder = format!("{name}-{version}");
    let mut archive = open(path, bounds.unpacked_bytes)?;
    let mut seen = HashSet::new();
    let mut manifest = None;
    for entry in archive.entries().map_err(too_large_or_unreadable)? {
        let mut entry = entry.map_err(too_large_or_unreadable)?;
        if seen.len() == bounds.entries {
            return Err(ArchiveError::TooMany(bounds.entries));
        }
        let path =
            String::from_utf8(entry.path_bytes().into_owned()).map_err(|bad| ArchiveError::BadPath {
                path: shown(&String::from_utf8_lossy(bad.as_bytes())),
            })?;
        // Links are how an archive escapes its folder when it is unpacked; nothing else has a place in a crate either.
        let is_folder = entry.header().entry_type() == EntryType::Directory;
        if !is_folder && entry.header().entry_type() != EntryType::Regular {
            return Err(ArchiveError::NoFile { path: shown(&path) });
        }
        let inside = inside(&path, &folder, is_folder)?.to_owned();
        if inside == "Cargo.toml" && !is_folder {
            manifest = Some(read_manifest(&mut entry)?);
        }
        if !seen.insert(inside) && !is_folder {
            return Err(ArchiveError::Twice { path: shown(&path) });
        }
    }
    expect_end(archive)?;
    let found = manifest.ok_or(ArchiveError::NoManifest)?;
    let same_version = semver::Version::parse(&found.version).is_ok_and(|found| found == *version);
    if found.name != name || !same_version {
        return Err(ArchiveError::Disagrees {
            found: format!("`{} {}`", shown(&found.name), shown(&found.version)),
            expected: format!("`{name} {version}`"),
        });
    }
    Ok(found)
}

/// What the manifest of a crate from upstream says, if it can be found. Such a crate is served as it is, so nothing is
/// refused here.
pub(crate) fn facts(path: &Path, unpacked_bytes: u64) -> Option<ManifestFacts> {
    let mut archive = open(path, unpacked_bytes).ok()?;
    for entry in archive.entries().ok()? {
        let mut entry = entry.ok()?;
        let path = entry.path_bytes().into_owned();
        let mut parts = path.split(|byte| *byte == b'/');
        if parts.next().is_some() && parts.next() == Some(b"Cargo.toml") && parts.next().is_none() {
            return read_manifest(&mut entry).ok();
        }
    }
    None
}

type Unpacking = Bounded<GzDecoder<BufReader<File>>>;

fn open(path: &Path, unpacked_bytes: u64) -> Result<tar::Archive<Unpacking>, ArchiveError> {
    let file = File::open(path).map_err(ArchiveError::Unreadable)?;
    let unzipped = GzDecoder::new(BufReader::new(file));
    Ok(tar::Archive::new(Bounded {
        inner: unzipped,
        left: unpacked_bytes,
        most: unpacked_bytes,
    }))
}

/// The path within the crate's folder; empty for that folder itself.
fn inside<'a>(path: &'a str, folder: &str, is_folder: bool) -> Result<&'a str, ArchiveError> {
    let outside = || ArchiveError::Outside {
        path: shown(path),
        folder: folder.to_owned(),
    };
    let path_without_slash = if is_folder {
        path.strip_suffix('/').unwrap_or(path)
    } else {
        path
    };
    let rest = path_without_slash.strip_prefix(folder).ok_or_else(outside)?;
    let rest = match rest.strip_prefix('/') {
        Some(rest) => rest,
        None if rest.is_empty() && is_folder => return Ok(""),
        None => return Err(outside()),
    };
    for part in rest.split('/') {
        if matches!(part, "" | "." | "..") {
            return Err(outside());
        }
        // What cargo refuses to package, because not every file system can hold it.
        if part.contains(['\\', ':', '<', '>', '"', '|', '?', '*']) || part.contains(char::is_control) {
            return Err(ArchiveError::BadPath { path: shown(path) });
        }
    }
    Ok(rest)
}

fn read_manifest(entry: &mut impl Read) -> Result<ManifestFacts, ArchiveError> {
    let mut text = String::new();
    entry
        .take(MANIFEST_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(|failure| ArchiveError::BadManifest(failure.to_string()))?;
    if text.len() as u64 > MANIFEST_BYTES {
        return Err(ArchiveError::BadManifest(format!(
            "it is longer than {MANIFEST_BYTES} bytes"
        )));
    }
    let manifest: Manifest =
        toml::from_str(&text).map_err(|failure| ArchiveError::BadManifest(failure.message().to_owned()))?;
    Ok(manifest.package)
}

/// Two readers may disagree on bytes behind the end, so there must be none but the padding.
fn expect_end(archive: tar::Archive<Unpacking>) -> Result<(), ArchiveError> {
    let mut unpacked = archive.into_inner();
    let mut piece = [0; 8192];
    loop {
        match unpacked.read(&mut piece).map_err(too_large_or_unreadable)? {
            0 => break,
            count if piece[..count].iter().all(|byte| *byte == 0) => {}
            _ => return Err(ArchiveError::Trailing),
        }
    }
    let mut zipped = unpacked.inner.into_inner();
    match zipped.read(&mut piece).map_err(ArchiveError::Unreadable)? {
        0 => Ok(()),
        _ => Err(ArchiveError::Trailing),
    }
}

fn shown(text: &str) -> String {
    text.chars()
        .take(100)
        .collect::<String>()
        .escape_debug()
        .to_string()
}

/// Reads up to a bound and then fails, so that a small archive cannot keep us unpacking.
struct Bounded<R> {
    inner: R,
    left: u64,
    most: u64,
}

#[derive(Debug, thiserror::Error)]
#[error("more than {0} bytes")]
struct BoundPassed(u64);

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| io::Error::other(BoundPassed(self.most)))?;
        Ok(count)
    }
}

fn too_large_or_unreadable(failure: io::Error) -> ArchiveError {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(&failure);
    while let Some(cause) = source {
        if let Some(BoundPassed(most)) = cause.downcast_ref() {
            return ArchiveError::TooLarge(*most);
        }
        // An `io::Error` names what it wraps only here, not as its source.
        let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        source = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => cause.source(),
        };
    }
    ArchiveError::Unreadable(failure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    const GOOD: &str = "[package]\nname = \"a\"\nversion = \"1.0.0\"\n";

    fn entry(builder: &mut tar::Builder<Vec<u8>>, path: &str, kind: EntryType, content: &[u8]) {
        let mut header = tar::Header::new_gnu();
        // Written as bytes: the setter would refuse the paths that are to be refused here.
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        if matches!(kind, EntryType::Symlink | EntryType::Link) {
            header.set_link_name("/etc/passwd").unwrap();
        }
        header.set_cksum();
        builder.append(&header, content).unwrap();
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn archive(entries: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (path, kind, content) in entries {
            entry(&mut builder, path, *kind, content);
        }
        gzip(&builder.into_inner().unwrap())
    }

    fn check_bytes(bytes: &[u8], expected: &str) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let bounds = Bounds {
            unpacked_bytes: 1 << 20,
            entries: 8,
        };
        let found = match check(file.path(), "a", &semver::Version::new(1, 0, 0), bounds) {
            Ok(_) => "good".to_owned(),
            Err(failure) => failure.to_string(),
        };
        assert!(found.contains(expected), "{found:?} is not {expected:?}");
    }

    fn check_with(path: &str, kind: EntryType, content: &[u8], expected: &str) {
        let manifest = ("a-1.0.0/Cargo.toml", EntryType::Regular, GOOD.as_bytes());
        check_bytes(&archive(&[manifest, (path, kind, content)]), expected);
    }

    #[test]
    fn good_ones() {
        check_with("a-1.0.0/src/lib.rs", EntryType::Regular, b"", "good");
        check_with("a-1.0.0/src/", EntryType::Directory, b"", "good");
        check_with("a-1.0.0", EntryType::Directory, b"", "good");
    }

    #[test]
    fn what_would_leave_its_folder() {
        for path in [
            "other-1.0.0/x",
            "a-1.0.0x/y",
            "/etc/passwd",
            "a-1.0.0/../../x",
            "a-1.0.0/./x",
            "a-1.0.0//x",
            "../x",
            "a-1.0.0",
        ] {
            check_with(path, EntryType::Regular, b"", "does not lie in");
        }
        for kind in [
            EntryType::Symlink,
            EntryType::Link,
            EntryType::Char,
            EntryType::Fifo,
        ] {
            check_with("a-1.0.0/x", kind, b"", "neither a file nor a folder");
        }
        for path in ["a-1.0.0/a\\b", "a-1.0.0/c:d", "a-1.0.0/a\nb"] {
            check_with(path, EntryType::Regular, b"", "every system");
        }
    }

    #[test]
    fn what_two_readers_would_read_differently() {
        check_with("a-1.0.0/Cargo.toml", EntryType::Regular, b"", "");
        check_with("a-1.0.0/Cargo.toml", EntryType::Regular, GOOD.as_bytes(), "twice");
        let good = archive(&[("a-1.0.0/Cargo.toml", EntryType::Regular, GOOD.as_bytes())]);
        check_bytes(&[good.clone(), good.clone()].concat(), "follows the end");
        check_bytes(&[good.clone(), b"x".to_vec()].concat(), "follows the end");
        check_bytes(&good[..good.len() - 9], "not a gzipped tar");
        check_bytes(b"not an archive", "not a gzipped tar");
        check_bytes(b"", "not a gzipped tar");
    }

    #[test]
    fn manifests() {
        let with = |content: &str| archive(&[("a-1.0.0/Cargo.toml", EntryType::Regular, content.as_bytes())]);
        check_bytes(&with(&GOOD.replace("\"a\"", "\"b\"")), "says `b 1.0.0`");
        check_bytes(&with(&GOOD.replace("1.0.0", "1.0.1")), "says `a 1.0.1`");
        check_bytes(&with("[package"), "cannot be read");
        check_bytes(
            &archive(&[("a-1.0.0/x", EntryType::Regular, b"")]),
            "no `Cargo.toml`",
        );
    }

    #[test]
    fn bounds() {
        check_with(
            "a-1.0.0/zeros",
            EntryType::Regular,
            &vec![0; 2 << 20],
            "more than 1048576 bytes",
        );
        let names: Vec<_> = (0..9).map(|number| format!("a-1.0.0/{number}")).collect();
        let many: Vec<_> = names
            .iter()
            .map(|name| (name.as_str(), EntryType::Regular, &b""[..]))
            .collect();
        check_bytes(&archive(&many), "more than 8 files");
    }
}
