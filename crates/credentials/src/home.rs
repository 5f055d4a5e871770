//! Where Granary keeps its own things: `$GRANARY_HOME`, or the platform's data folder.
//!
//! **Invariant**: names places only; makes none and reads none.

use std::path::{Path, PathBuf};

use crate::Error;

/// The folder under which Granary writes all that is its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    folder: PathBuf,
}

impl Home {
    /// `$GRANARY_HOME` when set and not empty, else `granary` in the platform's data folder.
    pub fn locate() -> Result<Self, Error> {
        match std::env::var_os("GRANARY_HOME").filter(|value| !value.is_empty()) {
            Some(folder) => {
                let folder = PathBuf::from(folder);
                match folder.is_absolute() {
                    true => Ok(Self { folder }),
                    false => Err(Error::RelativeHome),
                }
            }
            None => dirs::data_local_dir()
                .map(|data| Self {
                    folder: data.join("granary"),
                })
                .ok_or(Error::NoHome),
        }
    }

    /// For the provider: as [`Home::locate`], but without `$GRANARY_HOME` the home whose `bin` this program
    /// lies in comes first, so that a moved home works in every terminal.
    pub fn of_this_program() -> Result<Self, Error> {
        if std::env::var_os("GRANARY_HOME").is_none_or(|value| value.is_empty())
            && let Ok(program) = std::env::current_exe()
            && let Some(home) = Self::around(&program)
        {
            return Ok(home);
        }
        Self::locate()
    }

    /// A home at a folder of one's choice.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    fn around(program: &Path) -> Option<Self> {
        let bin = program.parent()?;
        let home = Self {
            folder: bin.parent()?.to_owned(),
        };
        let is_used = home.feeds().is_dir() || home.accounts_file().is_file();
        (home.bin() == bin && is_used).then_some(home)
    }

    /// The home folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Our own preferences.
    pub fn settings_file(&self) -> PathBuf {
        self.folder.join("settings.toml")
    }

    /// What the window and the command remember between starts.
    pub fn remembered_file(&self) -> PathBuf {
        self.folder.join("remembered.json")
    }

    /// Who is signed in where, without a secret.
    pub fn accounts_file(&self) -> PathBuf {
        self.folder.join("accounts.json")
    }

    /// The sealed tokens.
    pub fn vault_file(&self) -> PathBuf {
        self.folder.join("vault")
    }

    /// Who holds it changes what is signed in.
    pub(crate) fn sign_in_lock(&self) -> PathBuf {
        self.folder.join("sign-in.lock")
    }

    /// Programs that cargo is told to start by absolute path.
    pub fn bin(&self) -> PathBuf {
        self.folder.join("bin")
    }

    /// The data folder of the feeds on this computer.
    pub fn feeds(&self) -> PathBuf {
        self.folder.join("feeds")
    }

    /// What is kept of feeds, so that it can be searched at once and with no network.
    pub fn catalog(&self) -> PathBuf {
        self.folder.join("catalog")
    }

    /// What was done to users' files, so that it can be undone.
    pub fn journal(&self) -> PathBuf {
        self.folder.join("undo")
    }

    /// The logs of past runs.
    pub fn runs(&self) -> PathBuf {
        self.folder.join("runs")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_in_a_homes_bin_finds_that_home() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        let program = home.bin().join("cargo-credential-granary");
        assert_eq!(Home::around(&program), None, "no feeds were ever kept there");
        std::fs::create_dir(home.feeds()).unwrap();
        assert_eq!(Home::around(&program), Some(home));
        assert_eq!(Home::around(Path::new("elsewhere/target/debug/provider")), None);
    }
}
