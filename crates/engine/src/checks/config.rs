//! Whether cargo can use the config there is.
//!
//! **Invariant**: tells what reading the project found; reads nothing again.

use super::{Check, Evidence, Fix, Subject};

pub(super) fn check(subject: &Subject) -> Vec<Check> {
    let faults = subject.project.faults.iter();
    let found = faults.map(|fault| {
        let evidence = Evidence::File {
            path: fault.path.clone(),
            display: fault.display.clone(),
            line: None,
        };
        let by_hand = format!("Correct `{}`, or move it away.", fault.display);
        Check::problem("config", fault.words.clone())
            .seen([evidence])
            .mended_by(Fix::ByHand { what: by_hand })
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::Problem;
    use crate::checks::tests::{AT, PACKAGE, index, looked_at, verdicts};

    #[test]
    fn config_that_cannot_be_read_is_told_and_the_rest_is_read() {
        let own = index("internal", AT);
        let files = [
            ("Cargo.toml", PACKAGE),
            (".cargo/config.toml", "[net]\nretry = \n"),
            ("../.cargo/config.toml", &own),
            ("../cargo-home/credentials.toml", "token = = 1"),
        ];
        let looked = looked_at(&files, &[]);
        let found = check(&looked.subject);
        assert_eq!(verdicts(&found), [("config", Problem), ("config", Problem)]);
        assert!(found[0].words.contains("line 2"), "{found:?}");
        assert_eq!(looked.subject.project.connection.registries.len(), 1);
    }

    #[test]
    fn what_two_files_say_must_go_together() {
        let files = [
            ("Cargo.toml", PACKAGE),
            (".cargo/config.toml", "[net]\nretry = 5\n"),
            ("../.cargo/config.toml", "net = 3\n"),
        ];
        let found = check(&looked_at(&files, &[]).subject);
        assert_eq!(verdicts(&found), [("config", Problem)]);
        assert!(found[0].words.starts_with("`net` is"), "{found:?}");
    }
}
