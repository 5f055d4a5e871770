//! The front door's verbs of what was done to users' files: applying with a way back, and taking back.
//!
//! **Invariant**: as in the rooms above, decides nothing.

use std::path::Path;

use serde::Serialize;

use super::Engine;
use crate::Error;
use crate::edit::{self, Applied, Deed, Journal, Plan, Undoable};
use crate::project;

/// What taking back the last deed would do.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct UndoPlan {
    /// The deed.
    pub undoes: Undoable,
    /// The files as they were before it.
    pub plan: Plan,
}

impl Engine {
    pub(super) fn journal(&self) -> Journal {
        Journal::at(self.home.journal())
    }

    /// Applies a plan, if it is still the one that was previewed, and remembers how to undo it.
    pub(super) fn apply(
        &self,
        plan: &Plan,
        previewed: &str,
        verb: &str,
        folder: &Path,
    ) -> Result<Applied, Error> {
        let deed = Deed {
            verb: verb.to_owned(),
            folder: folder.to_owned(),
        };
        Ok(edit::apply(&self.journal(), plan, previewed, &deed)?)
    }

    /// Plans to take back the last deed in a project.
    pub fn undo_plan(&self, folder: &Path) -> Result<UndoPlan, Error> {
        let folder = project::find_root(folder)?.folder;
        let journal = self.journal();
        let last = journal.undoable(&folder)?.into_iter().next();
        let undoes = last.ok_or(edit::Error::NothingToUndo { folder: Some(folder) })?;
        let plan = edit::plan_undo(&journal, &undoes, self.user_home.as_deref())?;
        Ok(UndoPlan { undoes, plan })
    }

    /// Takes back the last deed in a project, if the plan for that is still the one that was previewed.
    pub fn undo(&self, folder: &Path, previewed: &str) -> Result<Applied, Error> {
        let UndoPlan { undoes, plan } = self.undo_plan(folder)?;
        Ok(edit::undo(&self.journal(), &undoes, &plan, previewed)?)
    }
}
