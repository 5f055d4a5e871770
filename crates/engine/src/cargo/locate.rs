//! Which cargo runs: the one on the path, else the one where rustup puts it.
//!
//! **Invariant**: asked for its version in a neutral folder only, since a project's toolchain file can choose
//! another program.

use std::path::{Path, PathBuf};

use super::{Ending, Error, Process, RunRequest, Stop};

/// A cargo that was found and answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cargo {
    /// The program.
    pub program: PathBuf,
    /// Its version, for example `1.95.0`.
    pub version: String,
}

/// `$CARGO_HOME`, or `.cargo` in the user's home.
pub fn cargo_home(user_home: Option<&Path>) -> Result<PathBuf, Error> {
    match std::env::var_os("CARGO_HOME").filter(|value| !value.is_empty()) {
        Some(folder) => std::path::absolute(folder).map_err(|_| Error::NoCargoHome),
        None => user_home
            .map(|home| home.join(".cargo"))
            .ok_or(Error::NoCargoHome),
    }
}

/// Where rustup keeps toolchains, where a cargo is rustup's: the one that starts whichever toolchain applies.
pub fn rustup_home(program: &Path, user_home: Option<&Path>) -> Option<PathBuf> {
    let rustup = program.with_file_name(format!("rustup{}", std::env::consts::EXE_SUFFIX));
    let set = std::env::var_os("RUSTUP_HOME").filter(|value| !value.is_empty());
    let home = set.map(PathBuf::from);
    let home = home.or_else(|| user_home.map(|home| home.join(".rustup")));
    home.filter(|home| rustup.is_file() && home.is_dir())
}

/// Finds cargo, without running it.
pub fn find(cargo_home: &Path) -> Result<PathBuf, Error> {
    let name = format!("cargo{}", std::env::consts::EXE_SUFFIX);
    let path = std::env::var_os("PATH").unwrap_or_default();
    // A window started from a dock or a menu has no shell's path.
    let fallbacks = [cargo_home.join("bin")].into_iter().chain(user_cargo_bin());
    std::env::split_paths(&path)
        .chain(fallbacks)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(&name))
        .find(|program| program.is_file())
        .ok_or(Error::Missing)
}

/// Finds cargo and asks for its version.
pub async fn locate(cargo_home: &Path) -> Result<Cargo, Error> {
    let program = find(cargo_home)?;
    let neutral = program.parent().unwrap_or(Path::new("/")).to_owned();
    let request = RunRequest::new(&program, &neutral, ["--version"]);
    let mut process = Process::start(&request, &Stop::default())?;
    let mut said = String::new();
    while let Some(line) = process.next_line().await.filter(|_| said.len() < 4096) {
        said.push_str(&line.text);
        said.push(' ');
    }
    let ended = process.wait().await;
    match said.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["cargo", version, ..] if ended == Ending::Exited(Some(0)) => Ok(Cargo {
            version: (*version).to_owned(),
            program,
        }),
        // rustup without a toolchain, for one, says at length what it lacks.
        _ => Err(Error::DoesNotRun {
            program,
            source: std::io::Error::other(said),
        }),
    }
}

fn user_cargo_bin() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"))?;
    Some(PathBuf::from(home).join(".cargo").join("bin"))
}
