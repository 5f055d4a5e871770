//! The only writer of the user's files: all of a plan, or none of it.
//!
//! **Invariant**: refuses when a file is no longer the one previewed; each file is replaced as a whole, durably,
//! keeping its permissions, and through a symbolic link its target.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tempfile::NamedTempFile;

use super::error::Error;
use super::plan::{Plan, PlannedFile};

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Applied {
    /// The files, as shown in the preview.
    pub files: Vec<String>,
}

/// Applies a plan that was made just now, if it is the one that was previewed.
pub fn apply(plan: &Plan, previewed: &str) -> Result<Applied, Error> {
    if plan.fingerprint != previewed {
        return Err(Error::OtherPlan);
    }
    let prepared = plan.texts.iter().map(prepare).collect::<Result<Vec<_>, _>>()?;
    let mut done = Vec::new();
    for prepared in prepared {
        let (target, before) = (prepared.target.clone(), prepared.file.before.clone());
        match commit(prepared) {
            Ok(()) => done.push((target, before)),
            Err(error) => {
                take_back(done);
                return Err(error);
            }
        }
    }
    Ok(Applied {
        files: plan.files.iter().map(|file| file.display.clone()).collect(),
    })
}

struct Prepared<'p> {
    file: &'p PlannedFile,
    target: PathBuf,
    new: NamedTempFile,
}

/// Checks that a file is as previewed, and writes its new text beside it.
fn prepare(file: &PlannedFile) -> Result<Prepared<'_>, Error> {
    let target = std::fs::canonicalize(&file.path).unwrap_or_else(|_| file.path.clone());
    check_unchanged(file, &target)?;
    Ok(Prepared {
        new: write_beside(&target, &file.after)?,
        target,
        file,
    })
}

fn check_unchanged(file: &PlannedFile, target: &Path) -> Result<(), Error> {
    let now = match std::fs::read_to_string(target) {
        Ok(text) => Some(text),
        Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(Error::file("read", &file.path)(error)),
    };
    if now == file.before {
        Ok(())
    } else {
        Err(Error::Stale {
            path: file.path.clone(),
        })
    }
}

fn write_beside(target: &Path, text: &str) -> Result<NamedTempFile, Error> {
    let fault = |error| Error::file("write", target)(error);
    let folder = target.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(fault)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".granary-");
    let permissions = std::fs::metadata(target).map(|about| about.permissions()).ok();
    #[cfg(unix)]
    if permissions.is_none() {
        use std::os::unix::fs::PermissionsExt;
        // As any new file: readable by others unless the user's mask says otherwise.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut new = builder.tempfile_in(folder).map_err(fault)?;
    if let Some(permissions) = permissions {
        new.as_file().set_permissions(permissions).map_err(fault)?;
    }
    new.write_all(text.as_bytes())
        .and_then(|()| new.as_file().sync_all())
        .map_err(fault)?;
    Ok(new)
}

fn commit(prepared: Prepared<'_>) -> Result<(), Error> {
    // Once more, right before: between looking and replacing lies as little as can be.
    check_unchanged(prepared.file, &prepared.target)?;
    put_in_place(prepared.new, &prepared.target)
}

fn put_in_place(new: NamedTempFile, target: &Path) -> Result<(), Error> {
    new.persist(target)
        .map_err(|error| Error::file("write", target)(error.error))?;
    sync_folder(target.parent().unwrap_or(Path::new("."))).map_err(Error::file("write", target))
}

/// Replaces a file of Granary's own the same way.
pub(crate) fn write_file(target: &Path, text: &str) -> Result<(), Error> {
    put_in_place(write_beside(target, text)?, target)
}

/// Puts the old texts back where a later file could not be written.
fn take_back(done: Vec<(PathBuf, Option<String>)>) {
    for (target, before) in done {
        let undone = match before {
            Some(text) => write_file(&target, &text),
            None => std::fs::remove_file(&target).map_err(Error::file("remove", &target)),
        };
        if let Err(error) = undone {
            tracing::error!(file = %target.display(), %error, "an applied file could not be taken back");
        }
    }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

/// Windows makes the rename durable itself and opens no folders.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}
