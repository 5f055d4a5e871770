//! Our own preferences, `settings.toml` in Granary's home: all keys optional, edited by hand.
//!
//! **Invariant**: read only, and never a secret; an unknown key is an error that names it, not silence.

use serde::Deserialize;

use crate::{Error, Home};

/// The largest settings file that is read, in bytes.
const LARGEST: u64 = 256 * 1024;

/// Everything `settings.toml` may say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The feeds on this computer.
    pub local: LocalSettings,
}

/// `[local]`: the feeds on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LocalSettings {
    /// The loopback port they are served on. It stands in projects' config, so it does not change by itself.
    pub port: u16,
    /// The sparse index that stands for crates.io behind them; crates.io's own when not set.
    pub crates_io_index: Option<String>,
}

impl Default for LocalSettings {
    fn default() -> Self {
        Self {
            port: 8717,
            crates_io_index: None,
        }
    }
}

impl Settings {
    /// Reads the settings of a home; a missing file means all defaults.
    pub fn read(home: &Home) -> Result<Self, Error> {
        let path = home.settings_file();
        let text = match std::fs::metadata(&path) {
            Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Error::file("read", &path)(error)),
            Ok(about) if about.len() > LARGEST => {
                let reason = format!("it is larger than {LARGEST} bytes");
                return Err(Error::Settings { path, reason });
            }
            Ok(_) => std::fs::read_to_string(&path).map_err(Error::file("read", &path))?,
        };
        toml::from_str(&text).map_err(|wrong| Error::Settings {
            path,
            reason: wrong.message().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<u16, &str>) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        std::fs::write(home.settings_file(), text).unwrap();
        let found = Settings::read(&home)
            .map(|settings| settings.local.port)
            .map_err(|error| error.to_string());
        match expected {
            Ok(port) => assert_eq!(found, Ok(port)),
            Err(part) => assert!(
                found.as_ref().is_err_and(|message| message.contains(part)),
                "{found:?}"
            ),
        }
    }

    #[test]
    fn reads_what_is_there_and_names_what_is_wrong() {
        check("", Ok(8717));
        check("[local]\nport = 9001\n", Ok(9001));
        check("[local]\nprot = 9001\n", Err("prot"));
        check("[local]\nport = 70000\n", Err("70000"));
    }

    #[test]
    fn a_missing_file_means_defaults() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(
            Settings::read(&Home::at(folder.path())).unwrap(),
            Settings::default()
        );
    }
}
