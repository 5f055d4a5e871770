//! The only writer of the user's files: all of a plan, or none of it.
//!
//! **Invariant**: refuses when a file is no longer the one previewed; each file is replaced as a whole, durably, keeping its permissions,
//! and through a symbolic link its target. Ended at any moment, the files are old or new, and [`Journal::recover`] makes them all one.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tempfile::NamedTempFile;

use super::error::Error;
use super::journal::{Begun, Deed, Journal, Touched, Undoable};
use super::plan::Plan;

/// The largest file that is changed, in bytes: far beyond any manifest or config.
const LARGEST: u64 = 8 * 1024 * 1024;

/// One file of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlannedFile {
    pub(super) path: PathBuf,
    /// None when the file is not there yet.
    pub(super) before: Option<String>,
    /// None when the file goes.
    pub(super) after: Option<String>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Applied {
    /// The files, as shown in the preview.
    pub files: Vec<String>,
}

/// Applies a plan that was made just now, if it is the one that was previewed, and remembers how to undo it.
pub fn apply(journal: &Journal, plan: &Plan, previewed: &str, deed: &Deed) -> Result<Applied, Error> {
    apply_all(journal, plan, previewed, deed, None)
}

/// Takes a deed back, if nothing was changed since and the plan is the one that was previewed.
pub fn undo(journal: &Journal, undoes: &Undoable, plan: &Plan, previewed: &str) -> Result<Applied, Error> {
    apply_all(journal, plan, previewed, &undoes.deed, Some(&undoes.id))
}

fn apply_all(
    journal: &Journal,
    plan: &Plan,
    previewed: &str,
    deed: &Deed,
    undoes: Option<&str>,
) -> Result<Applied, Error> {
    if plan.fingerprint != previewed {
        return Err(Error::OtherPlan);
    }
    // What changes nothing is no deed.
    if plan.texts.is_empty() {
        return Ok(Applied { files: Vec::new() });
    }
    let target = |file: &PlannedFile| std::fs::canonicalize(&file.path).unwrap_or_else(|_| file.path.clone());
    let files = plan
        .texts
        .iter()
        .map(|file| (target(file), file))
        .collect::<Vec<_>>();
    let turn = journal.turn()?;
    for (target, file) in &files {
        check_unchanged(file, target)?;
    }
    let begun = turn.begin(deed, undoes, &files)?;
    match write_all(&begun, &plan.texts) {
        Ok(()) => begun.done()?,
        Err(error) => {
            if let Err(error) = begun.given_up() {
                tracing::error!(%error, "what was being written could not be taken away");
            }
            return Err(error);
        }
    }
    Ok(Applied {
        files: plan.files.iter().map(|file| file.display.clone()).collect(),
    })
}

/// Writes all new texts beside their files, then has them take their places.
fn write_all(begun: &Begun<'_>, files: &[PlannedFile]) -> Result<(), Error> {
    for (touched, file) in begun.files().iter().zip(files) {
        if let (Some(new), Some(text)) = (&touched.new, &file.after) {
            write_beside(&touched.path, new, text)?;
        }
    }
    begun.moving()?;
    let mut done = Vec::new();
    for (touched, file) in begun.files().iter().zip(files) {
        match commit(touched, file) {
            Ok(()) => done.push((touched, file)),
            Err(error) => {
                done.into_iter().for_each(take_back);
                return Err(error);
            }
        }
    }
    Ok(())
}

fn check_unchanged(file: &PlannedFile, target: &Path) -> Result<(), Error> {
    match read(target)? == file.before {
        true => Ok(()),
        false => Err(Error::Stale {
            path: file.path.clone(),
        }),
    }
}

/// A file's text; none where it is not there. What is no file, or too large for one that people write, is not opened.
pub(super) fn read(path: &Path) -> Result<Option<String>, Error> {
    if let Ok(about) = std::fs::metadata(path)
        && (!about.is_file() || about.len() > LARGEST)
    {
        let why = std::io::Error::other("it is no file of a size that people write");
        return Err(Error::file("read", path)(why));
    }
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file("read", path)(error)),
    }
}

/// Writes a text beside the file whose place it shall take.
fn write_beside(target: &Path, new: &Path, text: &str) -> Result<(), Error> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(new.file_name().unwrap_or_default()).rand_bytes(0);
    let file = written(&mut builder, target, text)?;
    // The journal knows of it, and sees to it from here on.
    file.keep()
        .map_err(|error| Error::file("write", target)(error.error))?;
    sync_folder(folder_of(target)).map_err(Error::file("write", target))
}

/// Replaces a file of Granary's own the same way.
pub(crate) fn write_file(target: &Path, text: &str) -> Result<(), Error> {
    let file = written(tempfile::Builder::new().prefix(".granary-"), target, text)?;
    file.persist(target)
        .map_err(|error| Error::file("write", target)(error.error))?;
    sync_folder(folder_of(target)).map_err(Error::file("write", target))
}

/// A new file with a text, in the folder of the one whose place it shall take, and with that one's permissions.
fn written(
    builder: &mut tempfile::Builder<'_, '_>,
    target: &Path,
    text: &str,
) -> Result<NamedTempFile, Error> {
    let fault = |error| Error::file("write", target)(error);
    std::fs::create_dir_all(folder_of(target)).map_err(fault)?;
    let permissions = std::fs::metadata(target).map(|about| about.permissions()).ok();
    #[cfg(unix)]
    if permissions.is_none() {
        use std::os::unix::fs::PermissionsExt;
        // As any new file: readable by others unless the user's mask says otherwise.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut new = builder.tempfile_in(folder_of(target)).map_err(fault)?;
    if let Some(permissions) = permissions {
        new.as_file().set_permissions(permissions).map_err(fault)?;
    }
    new.write_all(text.as_bytes())
        .and_then(|()| new.as_file().sync_all())
        .map_err(fault)?;
    Ok(new)
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

fn commit(touched: &Touched, file: &PlannedFile) -> Result<(), Error> {
    // Once more, right before: between looking and replacing lies as little as can be.
    check_unchanged(file, &touched.path)?;
    match &touched.new {
        Some(new) => put_in_place(new, &touched.path),
        None => remove(&touched.path),
    }
}

pub(super) fn put_in_place(new: &Path, target: &Path) -> Result<(), Error> {
    let fault = |error| Error::file("write", target)(error);
    std::fs::rename(new, target).map_err(fault)?;
    sync_folder(folder_of(target)).map_err(fault)
}

/// Takes a file away, and its folder where nothing else is in it and cargo knows it by its name alone.
pub(super) fn remove(path: &Path) -> Result<(), Error> {
    std::fs::remove_file(path).map_err(Error::file("remove", path))?;
    let folder = folder_of(path);
    if folder.ends_with(".cargo") {
        remove_if_empty(folder);
    }
    Ok(())
}

/// Takes a folder away unless something is in it.
pub(super) fn remove_if_empty(folder: &Path) {
    // The system refuses where something is in it, which is what is wanted.
    let _ = std::fs::remove_dir(folder);
}

/// Puts the old text back where a later file could not be written.
fn take_back((touched, file): (&Touched, &PlannedFile)) {
    let undone = match &file.before {
        Some(text) => write_file(&touched.path, text),
        None => remove(&touched.path),
    };
    if let Err(error) = undone {
        tracing::error!(file = %touched.path.display(), %error, "an applied file could not be taken back");
    }
}

#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

/// Windows makes the rename durable itself and opens no folders.
#[cfg(not(unix))]
pub(super) fn sync_folder(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}
