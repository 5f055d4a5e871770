//! What Granary remembers between starts: the projects that were opened, and what was trusted in which folder.
//!
//! **Invariant**: no secrets; losing the file loses convenience only. Written by one process at a time.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use credentials::Home;
use serde::{Deserialize, Serialize};

/// Projects that are remembered.
const MOST_PROJECTS: usize = 50;
/// Folders whose trust is remembered; who is beyond is asked again.
const MOST_TRUSTED: usize = 500;

/// A failure with that file.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{}`", path.display())]
pub struct Error {
    path: PathBuf,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl Error {
    pub(crate) fn hint(&self) -> String {
        format!("Check that you may write `{}`.", self.path.display())
    }
}

/// What is remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    /// The projects that were opened, the last one first.
    pub projects: Vec<ProjectEntry>,
    /// What folders may have cargo do, the last one first.
    pub trusted: Vec<TrustedFolder>,
}

/// A folder whose config may have cargo do what it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedFolder {
    /// The project's folder.
    pub folder: PathBuf,
    /// The mark of each thing that was trusted.
    pub things: BTreeSet<String>,
}

/// A project that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ProjectEntry {
    /// Its folder.
    pub folder: PathBuf,
    /// Its name then.
    pub name: String,
}

impl Remembered {
    /// What is remembered; nothing where the file is missing or damaged.
    pub fn read(home: &Home) -> Self {
        let text = std::fs::read_to_string(home.remembered_file()).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Remembers that a project was opened.
    pub(crate) fn project(home: &Home, folder: &Path, name: &str) -> Result<(), Error> {
        Self::change(home, |remembered| {
            match remembered
                .projects
                .iter_mut()
                .find(|known| known.folder == folder)
            {
                // Its place stays: a list that changes order under the hand is no help.
                Some(known) => name.clone_into(&mut known.name),
                None => {
                    remembered.projects.insert(
                        0,
                        ProjectEntry {
                            folder: folder.to_owned(),
                            name: name.to_owned(),
                        },
                    );
                    remembered.projects.truncate(MOST_PROJECTS);
                }
            }
        })
    }

    /// What may be done in a folder.
    pub(crate) fn trusted_in(&self, folder: &Path) -> BTreeSet<String> {
        let found = self.trusted.iter().find(|trusted| trusted.folder == folder);
        found.map(|trusted| trusted.things.clone()).unwrap_or_default()
    }

    /// Remembers what may be done in a folder, and nothing else that was before.
    pub(crate) fn trust(home: &Home, folder: &Path, things: BTreeSet<String>) -> Result<(), Error> {
        Self::change(home, |remembered| {
            remembered.trusted.retain(|trusted| trusted.folder != folder);
            if !things.is_empty() {
                let folder = folder.to_owned();
                remembered.trusted.insert(0, TrustedFolder { folder, things });
            }
            remembered.trusted.truncate(MOST_TRUSTED);
        })
    }

    fn change(home: &Home, change: impl FnOnce(&mut Self)) -> Result<(), Error> {
        let path = home.remembered_file();
        let fault = |source: Box<dyn std::error::Error + Send + Sync>| Error {
            path: path.clone(),
            source,
        };
        std::fs::create_dir_all(home.folder()).map_err(|error| fault(error.into()))?;
        let lock = File::create(path.with_extension("lock")).map_err(|error| fault(error.into()))?;
        lock.lock().map_err(|error| fault(error.into()))?;
        let before = Self::read(home);
        let mut after = before.clone();
        change(&mut after);
        if after != before {
            let text = serde_json::to_string_pretty(&after).map_err(|error| fault(error.into()))?;
            crate::edit::write_file(&path, &text).map_err(|error| fault(error.into()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_remembered_is_there_tomorrow() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().join("new"));
        assert_eq!(Remembered::read(&home), Remembered::default());
        for name in ["a", "b", "a"] {
            Remembered::project(&home, Path::new(name), name).unwrap();
        }
        let remembered = Remembered::read(&home);
        assert_eq!(
            remembered
                .projects
                .iter()
                .map(|known| known.name.as_str())
                .collect::<Vec<_>>(),
            ["b", "a"]
        );
    }
}
