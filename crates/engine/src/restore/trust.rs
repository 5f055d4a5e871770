//! Whether a project may have cargo do what its own config names: run programs, and lead its requests elsewhere.
//!
//! **Invariant**: trust is in a folder and in each thing by itself: one more, or another, is asked about again.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::project::Program;
use crate::registry::hex;

/// What tells one thing from another: where it stands, under which key, and what it is.
fn mark(program: &Program) -> String {
    let text = format!("{}\n{}\n{}", program.file.display(), program.key, program.program);
    hex(&Sha256::digest(text))
}

/// The marks of all a project names.
pub(crate) fn marks(programs: &[Program]) -> BTreeSet<String> {
    programs.iter().map(mark).collect()
}

/// The first thing that nobody trusted.
pub(crate) fn first_untrusted<'p>(
    programs: &'p [Program],
    trusted: &BTreeSet<String>,
) -> Option<&'p Program> {
    programs.iter().find(|program| !trusted.contains(&mark(program)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_or_another_is_asked_about_again() {
        let program = |key: &str, program: &str| Program {
            file: "p/.cargo/config.toml".into(),
            key: key.into(),
            program: program.into(),
        };
        let before = [
            program("build.rustc-wrapper", "sccache"),
            program("alias.x", "run"),
        ];
        let trusted = marks(&before);
        let check = |now: &[Program], expected: Option<&str>| {
            let found = first_untrusted(now, &trusted).map(|program| program.key.as_str());
            assert_eq!(found, expected);
        };
        check(&before, None);
        check(&before[1..], None);
        check(
            &[program("build.rustc-wrapper", "./evil")],
            Some("build.rustc-wrapper"),
        );
        check(&[before[0].clone(), program("alias.y", "run")], Some("alias.y"));
        check(&[], None);
    }
}
