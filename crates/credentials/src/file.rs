//! Files and folders of Granary's own that are for their owner's eyes alone.
//!
//! **Invariant**: a file is replaced whole or not at all, and is at no moment readable by others.

use std::io::Write;
use std::path::Path;

use crate::Error;

/// Makes a folder for the owner's eyes alone, where the system knows of eyes.
pub fn create_private(folder: &Path) -> Result<(), Error> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .recursive(true)
        .create(folder)
        .map_err(Error::file("create", folder))
}

/// Puts a file in place of what is there, durably.
pub fn replace(path: &Path, content: &[u8]) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    create_private(folder)?;
    // A temporary file is born for its owner alone.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(Error::file("create", path))?;
    file.write_all(content)
        .and_then(|()| file.as_file().sync_all())
        .map_err(Error::file("write", path))?;
    file.persist(path)
        .map_err(|error| Error::file("write", path)(error.error))?;
    #[cfg(unix)]
    std::fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(Error::file("write", path))?;
    Ok(())
}

/// Gives a file another name, over whatever has it.
pub fn rename(from: &Path, to: &Path) -> Result<(), Error> {
    std::fs::rename(from, to).map_err(Error::file("move", from))
}

/// Takes a file away; one that is not there is none.
pub fn remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::file("remove", path)(error)),
        _ => Ok(()),
    }
}

/// A file's text, none where it is missing; larger than `largest` bytes is an error.
pub fn read(path: &Path, largest: u64) -> Result<Option<String>, Error> {
    match std::fs::metadata(path) {
        Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::file("read", path)(error)),
        Ok(about) if about.len() > largest => {
            let reason = format!("it is larger than {largest} bytes");
            return Err(Error::Damaged {
                path: path.to_owned(),
                reason,
            });
        }
        Ok(_) => {}
    }
    match std::fs::read_to_string(path) {
        // Taken away since it was looked at.
        Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => Ok(None),
        text => text.map(Some).map_err(Error::file("read", path)),
    }
}
