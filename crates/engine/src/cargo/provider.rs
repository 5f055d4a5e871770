//! Puts programs of ours where cargo, and the system, find them tomorrow too.
//!
//! **Invariant**: writes into Granary's own `bin` only; cargo's config is the editor's business.

use std::path::{Path, PathBuf};

use credentials::Home;

use super::Error;

/// The credential provider.
const PROVIDER: &str = "cargo-credential-granary";

fn file_name(program: &str) -> String {
    format!("{program}{}", std::env::consts::EXE_SUFFIX)
}

/// Where a program lies once it is installed.
pub fn installed_path(home: &Home, program: &str) -> PathBuf {
    home.bin().join(file_name(program))
}

/// Where the credential provider lies once it is installed.
pub fn provider_path(home: &Home) -> PathBuf {
    installed_path(home, PROVIDER)
}

/// Copies the credential provider to its stable place.
pub fn install_provider(home: &Home) -> Result<PathBuf, Error> {
    install_program(home, PROVIDER)
}

/// Copies a program that came with this one to its stable place, if it is not there already.
pub fn install_program(home: &Home, program: &str) -> Result<PathBuf, Error> {
    let target = installed_path(home, program);
    let source = beside_this_program(program)?;
    let copy_fault = |source| Error::CopyProgram {
        path: target.clone(),
        source,
    };
    let new = std::fs::read(&source).map_err(copy_fault)?;
    if std::fs::read(&target).is_ok_and(|old| old == new) {
        return Ok(target);
    }
    copy(&source, &target).map_err(copy_fault)?;
    Ok(target)
}

fn beside_this_program(program: &str) -> Result<PathBuf, Error> {
    let name = file_name(program);
    let this = std::env::current_exe().map_err(|_| Error::NoProgram(PathBuf::from(&name)))?;
    let folder = this.parent().unwrap_or(Path::new("."));
    // Cargo puts test programs one folder below the others.
    let places = [folder.join(&name), folder.join("..").join(&name)];
    let found = places.iter().find(|place| place.is_file()).cloned();
    found.ok_or_else(|| Error::NoProgram(folder.join(&name)))
}

/// By a temporary file and a rename: one that runs right now is not disturbed.
fn copy(source: &Path, target: &Path) -> std::io::Result<()> {
    let folder = target.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let new = tempfile::NamedTempFile::new_in(folder)?.into_temp_path();
    std::fs::copy(source, &new)?;
    new.persist(target).map_err(|error| error.error)
}
