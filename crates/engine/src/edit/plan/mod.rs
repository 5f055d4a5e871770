//! From what is wanted to new texts: pure, so that applying can plan again and compare.
//!
//! **Invariant**: reads texts that are handed in, writes nothing; shows no token.

mod connect;
mod dependency;
mod disconnect;
mod publish;
mod tokens;

use std::collections::BTreeMap;
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

pub use connect::{plan_connect, plan_provider_removal};

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
pub struct Originals(pub(super) BTreeMap<PathBuf, String>);

impl Originals {
    /// Reads the files a change may touch.
    pub fn read(paths: &[&Path]) -> Result<Self, Error> {
        let mut texts = BTreeMap::new();
        for path in paths {
            texts.extend(apply::read(path)?.map(|text| ((*path).to_owned(), text)));
        }
        Ok(Self(texts))
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
    let (folder, mut notes) = match change {
        Change::Connect(change) => return plan_connect(change, originals, layers, user_home),
        Change::Disconnect(change) => (&change.folder, disconnect::plan(change, &mut files, layers)?),
        Change::Add(change) => (&change.manifests.folder, dependency::add(change, &mut files)?),
        Change::Update(change) => (&change.manifests.folder, dependency::update(change, &mut files)?),
        Change::Remove(change) => (&change.manifests.folder, dependency::remove(change, &mut files)?),
        Change::Move(change) => (&change.manifests.folder, dependency::shift(change, &mut files)?),
        Change::Publish(change) => (&change.manifests.folder, publish::plan(change, &mut files)?),
        Change::ClearTokens(change) => (&change.folder, tokens::plan(change, &mut files)?),
    };
    notes.extend(files.emptied(folder, user_home));
    let mut plan = files.into_plan(folder, user_home);
    plan.note(notes);
    Ok(plan)
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
            None => self.originals.0.get(path).map(String::as_str),
        }
    }

    /// A file to look at, as it will be.
    fn document(&self, path: &Path) -> Result<Document, Error> {
        Document::parse(path, self.text(path).unwrap_or_default())
    }

    /// Says of files that hold nothing any more.
    fn emptied(&self, project: &Path, user_home: Option<&Path>) -> Vec<String> {
        let emptied = self
            .planned
            .iter()
            .filter(|file| file.after.as_deref() == Some(""));
        let note = |file: &PlannedFile| {
            let display = crate::project::display_in(project, &file.path, user_home);
            format!("`{display}` holds nothing any more and can be removed.")
        };
        emptied.map(note).collect()
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
        let before = self.originals.0.get(path).cloned();
        if before.as_deref().unwrap_or_default() != after {
            self.planned.push(PlannedFile {
                path: path.to_owned(),
                before,
                after: Some(after),
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
