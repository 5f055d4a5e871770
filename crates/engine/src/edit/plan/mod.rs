//! From what is wanted to new texts: pure, so that applying can plan again and compare.
//!
//! **Invariant**: reads texts that are handed in, writes nothing; shows no token.

mod connect;
mod dependency;
mod disconnect;
mod provider;
mod publish;
mod setting;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::project::{Layers, Place};

use super::apply::{self, PlannedFile};
use super::change::Change;
use super::diff::{self, FileChange};
use super::document::{Document, without_tokens};
use super::error::Error;
use super::journal::{self, Journal, Undoable};

pub use provider::plan_provider_removal;

/// What cargo shall call Granary's credential provider.
pub(crate) const PROVIDER: &str = "granary";

/// New texts for some files, with what they replace.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Plan {
    /// The files that change, each as a diff.
    pub files: Vec<FileChange>,
    /// Lines added, over all files.
    pub added: u32,
    /// Lines removed, over all files.
    pub removed: u32,
    /// What one should know before applying.
    pub notes: Vec<String>,
    /// Stands for exactly these old and new texts.
    pub fingerprint: String,
    /// All of it as one patch.
    pub patch: String,
    /// Whether it can be undone: not where a token stands in what would have to be kept for that.
    #[serde(skip)]
    pub keeps_undo: bool,
    #[serde(skip)]
    pub(super) texts: Vec<PlannedFile>,
}

/// The texts of files as they are before a change; a file that is not there has none.
#[derive(Debug, Clone, Default)]
pub struct Originals {
    pub(super) texts: BTreeMap<PathBuf, String>,
    /// Those of them that a symbolic link leads to.
    links: BTreeSet<PathBuf>,
}

impl Originals {
    /// Reads the files a change may touch.
    pub fn read(paths: &[&Path]) -> Result<Self, Error> {
        let mut originals = Self::default();
        for path in paths {
            let text = apply::read(path)?;
            originals
                .texts
                .extend(text.map(|text| ((*path).to_owned(), text)));
            if path.is_symlink() || path.parent().is_some_and(Path::is_symlink) {
                originals.links.insert((*path).to_owned());
            }
        }
        Ok(originals)
    }

    /// Texts at hand.
    #[cfg(test)]
    pub(super) fn of(texts: BTreeMap<PathBuf, String>) -> Self {
        Self {
            texts,
            links: BTreeSet::new(),
        }
    }
}

/// Plans any change.
pub fn plan(
    change: &Change,
    originals: &Originals,
    layers: &Layers,
    user_home: Option<&Path>,
) -> Result<Plan, Error> {
    let mut files = Files::of(originals);
    let mut notes = edit(change, &mut files, layers, user_home)?;
    let folder = change.folder();
    notes.extend(files.removed(folder, user_home));
    let mut plan = files.into_plan(folder, user_home);
    plan.note(notes);
    Ok(plan)
}

/// The new texts of a change, after those of the changes before it; and what one should know.
fn edit(
    change: &Change,
    files: &mut Files<'_>,
    layers: &Layers,
    user_home: Option<&Path>,
) -> Result<Vec<String>, Error> {
    match change {
        Change::Connect(change) => connect::plan(change, files, layers, user_home),
        Change::Disconnect(change) => disconnect::plan(change, files, layers),
        Change::Add(change) => dependency::add(change, files),
        Change::Update(change) => dependency::update(change, files),
        Change::Remove(change) => dependency::remove(change, files),
        Change::Move(change) => dependency::shift(change, files),
        Change::Publish(change) => publish::plan(change, files),
        Change::ClearTokens(change) => tokens::plan(change, files),
        Change::SetConfig(change) => setting::plan(change, files),
        Change::Provider(change) => provider::plan(change, files),
        Change::Several(changes) => {
            let mut notes = Vec::new();
            for change in changes {
                notes.extend(edit(change, files, layers, user_home)?);
            }
            Ok(notes)
        }
    }
}

/// Plans to take back what was done: the texts as they were before. Refuses where one was changed since.
pub fn plan_undo(journal: &Journal, undoes: &Undoable, user_home: Option<&Path>) -> Result<Plan, Error> {
    let planned = journal.undone(&undoes.id)?;
    Ok(plan_of(planned, &undoes.deed.folder, user_home))
}

/// A plan of texts at hand.
pub(super) fn plan_of(planned: Vec<PlannedFile>, project: &Path, user_home: Option<&Path>) -> Plan {
    let originals = Originals::default();
    let files = Files {
        planned,
        ..Files::of(&originals)
    };
    files.into_plan(project, user_home)
}

impl Plan {
    fn note(&mut self, notes: Vec<String>) {
        self.notes = notes;
        if !self.keeps_undo {
            let why = "A token stands in what changes. No copy of it is kept, so this cannot be undone.";
            self.notes.push(why.to_owned());
        }
    }
}

/// Files on their way from old to new texts.
#[derive(Debug)]
struct Files<'o> {
    originals: &'o Originals,
    planned: Vec<PlannedFile>,
}

impl<'o> Files<'o> {
    fn of(originals: &'o Originals) -> Self {
        Self {
            originals,
            planned: Vec::new(),
        }
    }

    /// The text of a file as it will be; none where there is no such file.
    fn text(&self, path: &Path) -> Option<&str> {
        let planned = self.planned.iter().find(|file| file.path == path);
        match planned {
            Some(file) => file.after.as_deref(),
            None => self.originals.texts.get(path).map(String::as_str),
        }
    }

    /// A file to look at, as it will be.
    fn document(&self, path: &Path) -> Result<Document, Error> {
        Document::parse(path, self.text(path).unwrap_or_default())
    }

    /// Says of files that go since they hold nothing any more.
    fn removed(&self, project: &Path, user_home: Option<&Path>) -> Vec<String> {
        let removed = self.planned.iter().filter(|file| file.after.is_none());
        let note = |file: &PlannedFile| {
            let display = crate::project::display_in(project, &file.path, user_home);
            format!("`{display}` is removed: nothing is left in it.")
        };
        removed.map(note).collect()
    }

    /// Whether a file that holds nothing may go: cargo finds it by itself, nothing comes in force in its place, and no link leads to it.
    fn may_go(&self, path: &Path) -> bool {
        let name = path.file_name().and_then(std::ffi::OsStr::to_str);
        let is_found = matches!(name, Some("config.toml" | "credentials.toml" | "granary-ci.toml"));
        is_found && !self.originals.links.contains(path)
    }

    fn edit(
        &mut self,
        path: &Path,
        edit: impl FnOnce(&mut Document) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut document = self.document(path)?;
        edit(&mut document)?;
        let after = document.into_text();
        self.planned.retain(|file| file.path != path);
        let before = self.originals.texts.get(path).cloned();
        if before.as_deref().unwrap_or_default() != after {
            let stays = !after.is_empty() || !self.may_go(path);
            self.planned.push(PlannedFile {
                path: path.to_owned(),
                before,
                after: stays.then_some(after),
            });
        }
        Ok(())
    }

    fn into_plan(self, project: &Path, user_home: Option<&Path>) -> Plan {
        let change = |file: &PlannedFile| {
            let place = if file.path.starts_with(project) {
                Place::Repository
            } else {
                Place::Computer
            };
            let display = crate::project::display_in(project, &file.path, user_home);
            let hidden = |text: &str| without_tokens(&file.path, text).unwrap_or_else(|| text.to_owned());
            let (before, after) = (
                file.before.as_deref().map(hidden),
                file.after.as_deref().map(hidden),
            );
            diff::file_change(&file.path, display, place, before.as_deref(), after.as_deref())
        };
        let files = self.planned.iter().map(change).collect::<Vec<_>>();
        Plan {
            added: files.iter().map(|file| file.added).sum(),
            removed: files.iter().map(|file| file.removed).sum(),
            notes: Vec::new(),
            fingerprint: fingerprint(&self.planned),
            patch: files.iter().map(diff::patch).collect(),
            files,
            keeps_undo: self.planned.iter().all(journal::can_be_undone),
            texts: self.planned,
        }
    }
}

fn fingerprint(files: &[PlannedFile]) -> String {
    let mut hash = Sha256::new();
    for file in files {
        let path = file.path.to_string_lossy();
        for part in [
            path.as_bytes(),
            file.before.as_deref().unwrap_or("\0").as_bytes(),
            file.after.as_deref().unwrap_or("\0").as_bytes(),
        ] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
