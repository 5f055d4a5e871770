//! Whether there is a cargo, and whether it is new enough for private registries.
//!
//! **Invariant**: judges the version that was read; runs nothing.

use semver::Version;

use super::{Check, Evidence, Fix, Subject};
use crate::project::ToolchainChoice;

/// The first cargo that speaks the sparse protocol with credentials.
const FIRST: Version = Version::new(1, 74, 0);
/// The first without CVE-2026-5222 and CVE-2026-5223.
const MENDED: Version = Version::new(1, 96, 0);

pub(super) fn check(subject: &Subject) -> Vec<Check> {
    let toolchain = subject.project.toolchain.as_ref();
    if let Some(toolchain) = toolchain.filter(|toolchain| toolchain.is_installed == Some(false)) {
        let evidence = match &toolchain.chosen_by {
            ToolchainChoice::File { path, display, line } => Some(Evidence::File {
                path: path.clone(),
                display: display.clone(),
                line: Some(*line),
            }),
            ToolchainChoice::Variable { name } => Some(Evidence::Variable { name: name.clone() }),
            _ => None,
        };
        let words = format!(
            "the toolchain `{}` is asked for and not installed",
            toolchain.name
        );
        let fix = Fix::Toolchain {
            name: Some(toolchain.name.clone()),
        };
        return vec![Check::problem("toolchain", words).seen(evidence).mended_by(fix)];
    }
    let fix = Fix::Toolchain { name: None };
    if !subject.has_cargo {
        return vec![Check::problem("no-cargo", "no cargo was found").mended_by(fix)];
    }
    let version = subject
        .project
        .cargo_version
        .as_deref()
        .and_then(|version| Version::parse(version).ok());
    match version {
        None => vec![Check::unknown(
            "cargo-1.74",
            "nobody could say which version of cargo would run",
        )],
        Some(version) => old(subject, &version)
            .map(|check| check.mended_by(fix))
            .into_iter()
            .collect(),
    }
}

/// A nightly of a version has what the version has.
fn old(subject: &Subject, version: &Version) -> Option<Check> {
    let is_before = |first: &Version| (version.major, version.minor) < (first.major, first.minor);
    if is_before(&FIRST) {
        let words = format!(
            "cargo {version} asks no provider for the token of a sparse registry; {FIRST} is the first that does"
        );
        return Some(Check::problem("cargo-1.74", words));
    }
    let has_private = subject.feed_registries().next().is_some();
    let words = format!(
        "cargo {version} has CVE-2026-5222 and CVE-2026-5223, which concern registries other than crates.io; {MENDED} has not"
    );
    (is_before(&MENDED) && has_private).then(|| Check::warning("cargo-1.96", words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{self, Problem, Unknown, Warning};
    use crate::checks::tests::{AT, PACKAGE, index, looked_at, verdicts};

    #[test]
    fn cargo_must_be_there_and_new_enough() {
        let mut looked = looked_at(
            &[
                ("Cargo.toml", PACKAGE),
                (".cargo/config.toml", &index("internal", AT)),
            ],
            &[],
        );
        let mut check_version = |version: Option<&str>, expected: &[(&str, Verdict)]| {
            looked.subject.project.cargo_version = version.map(str::to_owned);
            assert_eq!(verdicts(&check(&looked.subject)), expected, "{version:?}");
        };
        check_version(Some("1.96.0"), &[]);
        check_version(Some("1.96.0-nightly"), &[]);
        check_version(Some("1.95.0"), &[("cargo-1.96", Warning)]);
        check_version(Some("1.73.0"), &[("cargo-1.74", Problem)]);
        check_version(None, &[("cargo-1.74", Unknown)]);
        looked.subject.has_cargo = false;
        assert_eq!(verdicts(&check(&looked.subject)), [("no-cargo", Problem)]);
        let mut looked = looked_at(&[("Cargo.toml", PACKAGE)], &[]);
        looked.subject.project.cargo_version = Some("1.95.0".to_owned());
        assert_eq!(check(&looked.subject), [], "it needs no private registry");
    }

    #[test]
    fn the_toolchain_that_is_asked_for_must_be_installed() {
        let mut looked = looked_at(&[("Cargo.toml", PACKAGE), ("rust-toolchain", "1.70.0\n")], &[]);
        let toolchain = looked.subject.project.toolchain.as_mut().unwrap();
        toolchain.is_installed = Some(false);
        let found = check(&looked.subject);
        assert_eq!(verdicts(&found), [("toolchain", Problem)]);
        assert!(
            matches!(&found[0].evidence[..], [Evidence::File { line: Some(1), .. }]),
            "{found:?}"
        );
    }
}
