//! Whether what lies in the cache is what it should be: the archive by its checksum, each unpacked file by the archive.
//!
//! **Invariant**: reads, writes nothing, follows no link. What an archive says has the bounds it has when it is unpacked.

use std::collections::HashSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use flate2::read::GzDecoder;
use tar::{Archive, EntryType};

use super::place::has_checksum;
use super::unpack::{self, MOST_FILES};
use super::{Cache, CachedCrate, UNPACKED_MARK};

/// What is wrong with a crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Difference {
    /// The archive is another than the lock file names.
    Archive,
    /// A file is not what the archive holds.
    Changed(PathBuf),
    /// A file of the archive is not there.
    Missing(PathBuf),
    /// A file is there that the archive does not hold.
    Added(PathBuf),
}

/// What was found of a crate.
#[derive(Debug, Default)]
pub(in super::super) struct Looked {
    /// Whether its archive is here.
    pub(in super::super) is_here: bool,
    /// Unpacked files that were compared.
    pub(in super::super) files: u32,
    pub(in super::super) differences: Vec<Difference>,
}

/// Differences that are told of one crate.
const MOST_TOLD: usize = 100;

impl Cache {
    /// Looks at a crate; none where it was stopped. Blocks.
    pub(in super::super) fn look_at(
        &self,
        found: &CachedCrate,
        stopped: &AtomicBool,
    ) -> io::Result<Option<Looked>> {
        let mut looked = Looked::default();
        let file = found.file();
        let (true, Some(checksum)) = (file.is_file(), &found.checksum) else {
            return Ok(Some(looked));
        };
        looked.is_here = true;
        match has_checksum(&file, checksum, stopped)? {
            None => return Ok(None),
            Some(true) => {}
            // What it holds proves nothing.
            Some(false) => {
                looked.differences.push(Difference::Archive);
                return Ok(Some(looked));
            }
        }
        match self.unpacked_folder(found).filter(|_| self.is_unpacked(found)) {
            None => Ok(Some(looked)),
            Some(folder) => {
                let whole = compare(&file, &folder, &found.unpacked_name(), &mut looked, stopped)?;
                looked.differences.truncate(MOST_TOLD);
                Ok(whole.then_some(looked))
            }
        }
    }
}

/// Compares a folder with the archive it was unpacked from; false where it was stopped.
fn compare(
    archive: &Path,
    folder: &Path,
    root: &str,
    looked: &mut Looked,
    stopped: &AtomicBool,
) -> io::Result<bool> {
    let packed = std::fs::File::open(archive)?;
    let most = unpack::most_bytes(packed.metadata()?.len());
    let mut archive = Archive::new(GzDecoder::new(io::BufReader::new(packed)).take(most));
    let mut known = HashSet::new();
    let mut long_name = None;
    for entry in archive.entries()?.raw(true) {
        if stopped.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let mut entry = entry?;
        match entry.header().entry_type() {
            EntryType::GNULongName => {
                long_name = Some(unpack::name_in(&mut entry).map_err(unpack::Fault::into_io)?);
                continue;
            }
            EntryType::XHeader => return Err(io::Error::other(unpack::EXTENDED)),
            _ => {}
        }
        let path = match long_name.take() {
            Some(name) => name,
            None => entry.path()?.into_owned(),
        };
        let within = path.strip_prefix(root).unwrap_or(&path).to_owned();
        if entry.header().entry_type() != EntryType::Regular || is_mark(&within) {
            continue;
        }
        looked.files += 1;
        let there = folder.join(&within);
        match is_same(&mut entry, &there) {
            Ok(true) => {}
            Ok(false) => looked.differences.push(Difference::Changed(within.clone())),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                looked.differences.push(Difference::Missing(within.clone()));
            }
            Err(error) => return Err(error),
        }
        if known.len() <= MOST_FILES {
            known.insert(within);
        }
    }
    add_others(folder, &known, looked, stopped)
}

/// Cargo's own mark, which it unpacks from no archive, wherever it lies.
fn is_mark(within: &Path) -> bool {
    within.file_name().is_some_and(|name| name == UNPACKED_MARK)
}

/// Whether a file is one, no link, and has just these bytes.
fn is_same(wanted: &mut impl Read, file: &Path) -> io::Result<bool> {
    if !file.symlink_metadata()?.is_file() {
        return Ok(false);
    }
    let mut file = std::fs::File::open(file)?;
    let (mut one, mut other) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        let (a, b) = (fill(wanted, &mut one)?, fill(&mut file, &mut other)?);
        if one[..a] != other[..b] {
            return Ok(false);
        }
        if a == 0 {
            return Ok(true);
        }
    }
}

/// Reads until the buffer is full, or there is no more.
fn fill(from: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < into.len() {
        match from.read(&mut into[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// Adds what lies in the folder and in no archive; false where it was stopped.
fn add_others(
    folder: &Path,
    known: &HashSet<PathBuf>,
    looked: &mut Looked,
    stopped: &AtomicBool,
) -> io::Result<bool> {
    let (mut waiting, mut seen) = (vec![folder.to_owned()], 0);
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(&next)? {
            let entry = entry?;
            seen += 1;
            if stopped.load(Ordering::Relaxed) {
                return Ok(false);
            }
            if seen > MOST_FILES {
                return Ok(true);
            }
            // Links are told of, not followed.
            if entry.file_type()?.is_dir() {
                waiting.push(entry.path());
                continue;
            }
            let path = entry.path();
            let within = path.strip_prefix(folder).unwrap_or(&path);
            if !is_mark(within) && !known.contains(within) {
                looked.differences.push(Difference::Added(within.to_owned()));
            }
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    /// A cache with one crate, unpacked.
    fn cached() -> (tempfile::TempDir, Cache, CachedCrate, PathBuf) {
        let home = tempfile::tempdir().unwrap();
        let cache = Cache::of(home.path(), "1.95.0");
        let index_url = "sparse+http://127.0.0.1:1/index/".to_owned();
        let mut packed = tar::Builder::new(flate2::write::GzEncoder::new(
            Vec::new(),
            flate2::Compression::fast(),
        ));
        let files = [("Cargo.toml", "[package]"), ("src/lib.rs", "pub fn a() {}")];
        for (name, text) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            packed
                .append_data(&mut header, format!("a-1.0.0/{name}"), text.as_bytes())
                .unwrap();
        }
        let bytes = packed.into_inner().unwrap().finish().unwrap();
        let found = CachedCrate {
            name: "a".into(),
            version: "1.0.0".into(),
            checksum: Some(crate::registry::hex(&Sha256::digest(&bytes))),
            folder: cache.folder_of(&index_url).unwrap(),
            index_url,
        };
        std::fs::create_dir_all(&found.folder).unwrap();
        std::fs::write(found.file(), bytes).unwrap();
        let folder = cache.unpacked_folder(&found).unwrap();
        for (name, text) in files.into_iter().chain([(UNPACKED_MARK, "")]) {
            std::fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
            std::fs::write(folder.join(name), text).unwrap();
        }
        (home, cache, found, folder)
    }

    fn differences(cache: &Cache, found: &CachedCrate) -> Vec<Difference> {
        let looked = cache.look_at(found, &AtomicBool::new(false)).unwrap().unwrap();
        assert!(looked.is_here);
        looked.differences
    }

    #[test]
    fn every_way_to_differ_is_told() {
        let (_home, cache, found, folder) = cached();
        assert_eq!(differences(&cache, &found), []);
        let at = |path: &str| PathBuf::from(path);
        std::fs::write(folder.join("src/lib.rs"), "pub fn b() {}").unwrap();
        std::fs::remove_file(folder.join("Cargo.toml")).unwrap();
        std::fs::create_dir(folder.join("more")).unwrap();
        std::fs::write(folder.join("more/x"), "").unwrap();
        let expected = [
            Difference::Missing(at("Cargo.toml")),
            Difference::Changed(at("src/lib.rs")),
            Difference::Added(at("more/x")),
        ];
        assert_eq!(differences(&cache, &found), expected);
        std::fs::write(found.file(), "something else").unwrap();
        assert_eq!(differences(&cache, &found), [Difference::Archive]);
    }

    #[test]
    fn a_longer_file_and_a_link_are_no_copies() {
        let (_home, cache, found, folder) = cached();
        std::fs::write(folder.join("src/lib.rs"), "pub fn a() {} ").unwrap();
        let changed = [Difference::Changed("src/lib.rs".into())];
        assert_eq!(differences(&cache, &found), changed);
        #[cfg(unix)]
        {
            std::fs::write(folder.join("../same"), "pub fn a() {}").unwrap();
            std::fs::remove_file(folder.join("src/lib.rs")).unwrap();
            std::os::unix::fs::symlink(folder.join("../same"), folder.join("src/lib.rs")).unwrap();
            assert_eq!(differences(&cache, &found), changed);
        }
    }

    #[test]
    fn what_is_not_here_and_what_is_not_unpacked_is_no_difference() {
        let (_home, cache, found, folder) = cached();
        std::fs::remove_file(folder.join(UNPACKED_MARK)).unwrap();
        std::fs::write(folder.join("src/lib.rs"), "half").unwrap();
        assert_eq!(differences(&cache, &found), []);
        std::fs::remove_file(found.file()).unwrap();
        let looked = cache.look_at(&found, &AtomicBool::new(false)).unwrap().unwrap();
        assert!(!looked.is_here);
    }
}
