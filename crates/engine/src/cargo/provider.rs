//! Puts the credential provider where cargo finds it tomorrow too.
//!
//! **Invariant**: writes into Granary's own `bin` only; cargo's config is the editor's business.

use std::path::{Path, PathBuf};

use credentials::Home;

use super::Error;

fn file_name() -> String {
    format!("cargo-credential-granary{}", std::env::consts::EXE_SUFFIX)
}

/// Where the provider lies once it is installed.
pub fn provider_path(home: &Home) -> PathBuf {
    home.bin().join(file_name())
}

/// Copies the provider that came with this program to its stable place, if it is not there already.
pub fn install_provider(home: &Home) -> Result<PathBuf, Error> {
    let target = provider_path(home);
    let source = beside_this_program()?;
    let copy_fault = |source| Error::CopyProvider {
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

fn beside_this_program() -> Result<PathBuf, Error> {
    let program = std::env::current_exe().map_err(|_| Error::NoProvider(PathBuf::from(file_name())))?;
    let folder = program.parent().unwrap_or(Path::new("."));
    // Cargo puts test programs one folder below the others.
    let places = [folder.join(file_name()), folder.join("..").join(file_name())];
    let found = places.iter().find(|place| place.is_file()).cloned();
    found.ok_or_else(|| Error::NoProvider(folder.join(file_name())))
}

/// By a temporary file and a rename: a cargo that runs the old one right now is not disturbed.
fn copy(source: &Path, target: &Path) -> std::io::Result<()> {
    let folder = target.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let new = tempfile::NamedTempFile::new_in(folder)?.into_temp_path();
    std::fs::copy(source, &new)?;
    new.persist(target).map_err(|error| error.error)
}
