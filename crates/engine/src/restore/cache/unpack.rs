//! Unpacking crates as cargo does, several at once.
//!
//! **Invariant**: a `.crate` is a stranger's word: it is unpacked only with the checksum the lock file names, has files
//! and folders alone, all under its own name, and bounds on their number and size. What has its last name is whole.

use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use flate2::read::GzDecoder;
use tar::{Archive, EntryType};

use super::place::{clear, has_checksum, move_to};
use super::{CachedCrate, Placing, UNPACKED_MARK, Unplaceable};

/// What cargo lets any crate unpack to, in bytes.
const ANY_MAY_HAVE: u64 = 512 * 1024 * 1024;
/// How many times its size a large crate may unpack to, with cargo.
const MOST_TIMES: u64 = 20;
/// How many files and folders a crate may have.
pub(super) const MOST_FILES: usize = 100_000;
/// The longest name of a file, in bytes.
const LONGEST_NAME: u64 = 16 * 1024;
/// Why what lies in such an archive is not read here.
pub(super) const EXTENDED: &str = "it has extended headers, which only cargo reads";
/// The whole text of the mark.
const MARK: &str = r#"{"v":1}"#;

/// A crate that must not be unpacked, whoever does it.
#[derive(Debug, thiserror::Error)]
#[error("the file of `{name} {version}` {what}")]
pub(in super::super) struct Hostile {
    name: String,
    version: String,
    what: String,
}

/// How unpacking a crate ended.
#[derive(Debug)]
pub(in super::super) enum Unpacking {
    /// All of it is there.
    Done,
    /// The file is not the one the lock file names.
    Tampered,
    /// It was stopped.
    Stopped,
    /// It must not be unpacked.
    Refused(Hostile),
    /// It was not possible; cargo may try.
    Failed(String),
}

pub(super) enum Fault {
    Hostile(String),
    Other(String),
    Stopped,
}

impl Fault {
    pub(super) fn into_io(self) -> io::Error {
        match self {
            Self::Hostile(what) | Self::Other(what) => io::Error::other(what),
            Self::Stopped => io::ErrorKind::Interrupted.into(),
        }
    }
}

impl<E: std::error::Error> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::Other(error.to_string())
    }
}

impl Placing {
    /// Unpacks a crate that is in the cache. Blocks.
    pub(in super::super) fn unpack(&self, found: &CachedCrate, stopped: &AtomicBool) -> Unpacking {
        let file = found.file();
        match has_checksum(&file, found.checksum.as_deref().unwrap_or_default(), stopped) {
            Ok(Some(true)) => {}
            Ok(None) => return Unpacking::Stopped,
            // Out of cargo's sight at once: it would believe it, should nothing better come.
            Ok(Some(false)) => {
                return match move_to(&file, &self.work.join(format!("{}.wrong", found.unpacked_name()))) {
                    Ok(()) => Unpacking::Tampered,
                    Err(_) => Unpacking::Refused(Hostile {
                        name: found.name.clone(),
                        version: found.version.clone(),
                        what: "in cargo's cache is not the one `Cargo.lock` names, and cannot be moved away"
                            .to_owned(),
                    }),
                };
            }
            Err(error) => return Unpacking::Failed(format!("`{}`: {error}", file.display())),
        }
        match self.unpack_file(found, &file, stopped) {
            Ok(()) => Unpacking::Done,
            Err(Fault::Stopped) => Unpacking::Stopped,
            Err(Fault::Other(why)) => Unpacking::Failed(format!("`{}`: {why}", file.display())),
            Err(Fault::Hostile(what)) => Unpacking::Refused(Hostile {
                name: found.name.clone(),
                version: found.version.clone(),
                what,
            }),
        }
    }

    fn unpack_file(&self, found: &CachedCrate, file: &Path, stopped: &AtomicBool) -> Result<(), Fault> {
        let to = self.cache.unpacked_folder(found);
        let to = to.ok_or_else(|| Unplaceable::NoFolder(found.index_url.clone()))?;
        let registry = to.parent().and_then(Path::file_name).unwrap_or_default();
        let from = self.work.join(registry);
        std::fs::create_dir_all(&from)?;
        let from = from.join(found.unpacked_name());
        // Nobody else unpacks the same, and nothing lies there.
        std::fs::create_dir(&from)?;
        unpack_into(&from, file, &found.unpacked_name(), stopped).map_err(|fault| match fault {
            Fault::Other(_) if stopped.load(Ordering::Relaxed) => Fault::Stopped,
            fault => fault,
        })?;
        std::fs::write(from.join(UNPACKED_MARK), MARK)?;
        // What lies there has no mark: cargo was cut off while it unpacked.
        clear(&to)?;
        move_to(&from, &to)?;
        Ok(())
    }
}

/// Reads on until it is stopped, also in the middle of a file.
struct UntilStopped<'a, R> {
    from: R,
    stopped: &'a AtomicBool,
}

impl<R: Read> Read for UntilStopped<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.stopped.load(Ordering::Relaxed) {
            true => Err(io::Error::other("it was stopped")),
            false => self.from.read(into),
        }
    }
}

/// What an archive of so many bytes may unpack to.
pub(super) fn most_bytes(packed: u64) -> u64 {
    ANY_MAY_HAVE.max(packed.saturating_mul(MOST_TIMES))
}

fn unpack_into(into: &Path, file: &Path, root: &str, stopped: &AtomicBool) -> Result<(), Fault> {
    let packed = std::fs::File::open(file)?;
    let most = most_bytes(packed.metadata()?.len());
    // One more than may be read, so that a file of just that size is told from one that has more.
    let unpacked = GzDecoder::new(io::BufReader::new(packed)).take(most + 1);
    let mut archive = Archive::new(UntilStopped {
        from: unpacked,
        stopped,
    });
    archive.set_mask(mask_of(into)?);
    let (mut files, mut bytes) = (0_usize, 0_u64);
    let mut made = std::collections::HashSet::new();
    // A name that is longer than a header stands in an entry of its own; read as it comes, it has a bound.
    let mut long_name = None;
    for entry in archive.entries()?.raw(true) {
        let mut entry = entry.map_err(|error| match bytes > most {
            true => too_large(most),
            false => error.into(),
        })?;
        files += 1;
        bytes = bytes.saturating_add(entry.size()).saturating_add(512);
        if files > MOST_FILES {
            return Err(Fault::Hostile(format!("has more than {MOST_FILES} files")));
        }
        if bytes > most {
            return Err(too_large(most));
        }
        let kind = entry.header().entry_type();
        if kind == EntryType::GNULongName {
            long_name = Some(name_in(&mut entry)?);
            continue;
        }
        if kind == EntryType::XHeader {
            return Err(Fault::Other(EXTENDED.to_owned()));
        }
        let path = match long_name.take() {
            Some(name) => name,
            None => entry.path()?.into_owned(),
        };
        let within = place_within(&path, root, kind)?;
        if within.file_name().is_some_and(|name| name == UNPACKED_MARK) {
            continue;
        }
        let path = into.join(within);
        if let Some(folder) = path.parent()
            && !made.contains(folder)
        {
            std::fs::create_dir_all(folder)?;
            made.insert(folder.to_owned());
        }
        entry.unpack(&path)?;
    }
    Ok(())
}

/// A name in an entry of its own, ended by a zero.
pub(super) fn name_in(entry: &mut impl Read) -> Result<PathBuf, Fault> {
    let mut bytes = Vec::new();
    entry.take(LONGEST_NAME + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST_NAME {
        return Err(Fault::Hostile(format!(
            "has a name of more than {LONGEST_NAME} bytes"
        )));
    }
    let name = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    let name = std::str::from_utf8(name);
    name.map(PathBuf::from)
        .map_err(|_| Fault::Other("it has a name that is no text".to_owned()))
}

fn too_large(most: u64) -> Fault {
    Fault::Hostile(format!("unpacks to more than {} MiB", most / 1024 / 1024))
}

/// Where an entry belongs below the crate's own folder.
fn place_within(path: &Path, root: &str, kind: EntryType) -> Result<PathBuf, Fault> {
    let shown = path.display();
    if !matches!(kind, EntryType::Regular | EntryType::Directory) {
        return Err(Fault::Hostile(format!(
            "holds `{shown}`, which is neither a file nor a folder"
        )));
    }
    let outside = || Fault::Hostile(format!("holds `{shown}`, which does not lie under `{root}`"));
    let within = path.strip_prefix(root).map_err(|_| outside())?;
    match within
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
    {
        true => Ok(within.to_owned()),
        false => Err(outside()),
    }
}

/// The permissions that new files are not given here, read off a folder that was just made.
#[cfg(unix)]
fn mask_of(folder: &Path) -> std::io::Result<u32> {
    use std::os::unix::fs::PermissionsExt;
    Ok(0o777 & !std::fs::metadata(folder)?.permissions().mode())
}

#[cfg(not(unix))]
fn mask_of(_: &Path) -> std::io::Result<u32> {
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_file_is_broken_off_in_its_middle() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a-1.0.0.crate");
        let packing =
            flate2::write::GzEncoder::new(std::fs::File::create(&file).unwrap(), flate2::Compression::fast());
        let mut archive = tar::Builder::new(packing);
        let mut header = tar::Header::new_gnu();
        header.set_size(3);
        archive
            .append_data(&mut header, "a-1.0.0/lib.rs", &b"abc"[..])
            .unwrap();
        archive.into_inner().unwrap().finish().unwrap();
        let unpack = |stopped: bool| unpack_into(folder.path(), &file, "a-1.0.0", &AtomicBool::new(stopped));
        assert!(matches!(unpack(true), Err(Fault::Other(_))) && unpack(false).is_ok());
        // What it reads from is asked before each piece.
        let stopped = AtomicBool::new(false);
        let mut from = UntilStopped {
            from: io::repeat(0),
            stopped: &stopped,
        };
        let mut some = [1; 10];
        assert_eq!((from.read(&mut some).ok(), some), (Some(10), [0; 10]));
        stopped.store(true, Ordering::Relaxed);
        assert!(io::copy(&mut from, &mut io::sink()).is_err());
    }

    fn check(path: &str, kind: EntryType, expected: Option<&str>) {
        let found = place_within(Path::new(path), "a-1.0.0", kind).ok();
        assert_eq!(found.as_deref(), expected.map(Path::new), "{path}");
    }

    #[test]
    fn only_files_and_folders_under_the_crates_own_name_are_unpacked() {
        let file = EntryType::Regular;
        check("a-1.0.0/src/lib.rs", file, Some("src/lib.rs"));
        check("a-1.0.0/src", EntryType::Directory, Some("src"));
        check("a-1.0.0/../b-1.0.0/lib.rs", file, None);
        check("b-1.0.0/src/lib.rs", file, None);
        check("/etc/passwd", file, None);
        check("a-1.0.0/link", EntryType::Symlink, None);
        check("a-1.0.0/link", EntryType::Link, None);
        check("a-1.0.0/pipe", EntryType::Fifo, None);
        check("pax_global_header", EntryType::XGlobalHeader, None);
    }
}
