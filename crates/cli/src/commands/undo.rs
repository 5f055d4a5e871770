//! `granary undo`
//!
//! **Invariant**: what is taken back is printed before it is.

use engine::{Engine, Error};
use serde_json::json;

use super::Ending;
use super::changes::preview;
use crate::arguments::Changed;
use crate::output::Output;

pub(super) fn undo(engine: &Engine, undo: &Changed, output: &Output) -> Result<Ending, Error> {
    let folder = &undo.project.folder;
    let planned = engine.undo_plan(folder)?;
    if !output.is_json() {
        output.text(&format!(
            "Takes back `granary {}` of {}.\n\n{}",
            planned.undoes.deed.verb,
            planned.undoes.at,
            preview(&planned.plan)
        ));
    }
    let applied = match undo.dry_run {
        true => None,
        false => Some(engine.undo(folder, &planned.plan.fingerprint)?),
    };
    if output.is_json() {
        output.object(&json!({ "undoes": planned.undoes, "plan": planned.plan, "applied": applied }));
    }
    Ok(Ending::Done)
}
