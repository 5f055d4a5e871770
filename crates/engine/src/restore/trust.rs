//! Whether a project may have cargo do what its own config names: run programs, and lead its requests elsewhere.
//!
//! **Invariant**: trust is in a folder and in each thing by itself: one more, or another, is asked about again.

use std::collections::BTreeSet;

use crate::project::{Program, ProgramUse};

use super::RunVerb;

/// The first thing that nobody trusted, of those a verb has cargo do.
pub(crate) fn first_untrusted<'p>(
    programs: &'p [Program],
    trusted: &BTreeSet<String>,
    verb: RunVerb,
) -> Option<&'p Program> {
    let compiles = matches!(verb, RunVerb::Check | RunVerb::Build);
    let is_heeded = |program: &&Program| program.when == ProgramUse::Always || compiles;
    programs
        .iter()
        .filter(is_heeded)
        .find(|program| !trusted.contains(&program.mark))
}
