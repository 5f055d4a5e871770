//! Whether a project may have cargo do what its own config names: run programs, and lead its requests elsewhere.
//!
//! **Invariant**: trust is in a folder and in each thing by itself: one more, or another, is asked about again.

use std::collections::BTreeSet;

use crate::project::Program;

/// The first thing that nobody trusted.
pub(crate) fn first_untrusted<'p>(
    programs: &'p [Program],
    trusted: &BTreeSet<String>,
) -> Option<&'p Program> {
    programs.iter().find(|program| !trusted.contains(&program.mark))
}
