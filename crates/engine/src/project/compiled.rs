//! What compiling a project runs: build scripts and macros, its own and those of what it depends on.
//!
//! **Invariant**: reads manifests, runs nothing. What a project itself would run is named file by file; what it depends on, by
//! where it comes from: a lock file changes daily, and whom one trusts does not.

use std::collections::BTreeMap;
use std::path::Path;

use super::programs::program_of;
use super::{LockedCrate, LockedOrigin, Member, Program, ProgramUse, read_text};

/// What compiling would run, of a project that may depend on something.
pub(super) fn run_by(
    folder: &Path,
    members: &[Member],
    locked: Option<&[LockedCrate]>,
    depends: bool,
) -> Vec<Program> {
    let own = members.iter().flat_map(own);
    let dependencies = match locked {
        Some(locked) => of_dependencies(folder, locked),
        None if depends => {
            let program = "build scripts and macros of whatever cargo chooses: there is no Cargo.lock yet";
            vec![what(
                folder.join("Cargo.toml"),
                "dependencies",
                program,
                "unlocked",
            )]
        }
        None => Vec::new(),
    };
    own.chain(dependencies).collect()
}

fn what(file: std::path::PathBuf, key: &str, program: &str, whole: &str) -> Program {
    let mut program = program_of(&file, key.to_owned(), program, whole);
    program.when = ProgramUse::Build;
    program
}

/// A member's own build script, and the member itself where it is a macro.
fn own(member: &Member) -> Vec<Program> {
    let manifest = member.folder.join("Cargo.toml");
    let Some(table) = read_text(&manifest)
        .ok()
        .flatten()
        .and_then(|text| text.parse::<toml::Table>().ok())
    else {
        return Vec::new();
    };
    let mut programs = Vec::new();
    let named = table.get("package").and_then(|package| package.get("build"));
    let script = match named {
        None => member.folder.join("build.rs").is_file().then_some("build.rs"),
        Some(toml::Value::Boolean(is_on)) => is_on.then_some("build.rs"),
        Some(named) => named.as_str(),
    };
    if let Some(script) = script {
        let program = format!("{script} of {}", member.name);
        programs.push(what(member.folder.join(script), "build script", &program, script));
    }
    if table.get("lib").is_some_and(is_macro) {
        programs.push(what(manifest, "proc macro", &member.name, &member.name));
    }
    programs
}

fn is_macro(lib: &toml::Value) -> bool {
    let flag = |name: &str| lib.get(name).and_then(toml::Value::as_bool) == Some(true);
    let kinds = lib.get("crate-type").or_else(|| lib.get("crate_type"));
    let kinds = kinds.and_then(toml::Value::as_array);
    flag("proc-macro")
        || flag("proc_macro")
        || kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind.as_str() == Some("proc-macro")))
}

fn of_dependencies(folder: &Path, locked: &[LockedCrate]) -> Vec<Program> {
    let mut by_origin = BTreeMap::<String, usize>::new();
    for locked in locked {
        if let Some(from) = origin(&locked.origin) {
            *by_origin.entry(from).or_default() += 1;
        }
    }
    let lockfile = folder.join("Cargo.lock");
    let one = |(from, count): (String, usize)| {
        let crates = if count == 1 { "crate" } else { "crates" };
        let program = format!("build scripts and macros of {count} {crates} from {from}");
        what(lockfile.clone(), "dependencies", &program, &from)
    };
    by_origin.into_iter().map(one).collect()
}

/// Where a package comes from; none of the project itself.
fn origin(origin: &LockedOrigin) -> Option<String> {
    match origin {
        LockedOrigin::CratesIo { through: None } => Some("crates.io".to_owned()),
        LockedOrigin::CratesIo { through: Some(feed) } | LockedOrigin::Feed { feed } => Some(feed.clone()),
        LockedOrigin::Registry { url } | LockedOrigin::Git { url } => Some(url.clone()),
        LockedOrigin::Path => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(folder: &Path, manifest: &str) -> Member {
        std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        Member {
            name: "relay".into(),
            version: None,
            folder: folder.to_owned(),
            rust_version: None,
        }
    }

    fn keys(manifest: &str, has_script: bool) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        if has_script {
            std::fs::write(folder.path().join("build.rs"), "fn main() {}").unwrap();
        }
        let programs = own(&member(folder.path(), manifest)).into_iter();
        programs
            .map(|program| format!("{}: {}", program.key, program.program))
            .collect()
    }

    #[test]
    fn a_projects_own_scripts_and_macros_are_named() {
        let check = |manifest: &str, has_script, expected: &[&str]| {
            assert_eq!(keys(manifest, has_script), expected, "{manifest}");
        };
        check("[package]\nname = 'relay'", false, &[]);
        check(
            "[package]\nname = 'relay'",
            true,
            &["build script: build.rs of relay"],
        );
        check("[package]\nbuild = false", true, &[]);
        check(
            "[package]\nbuild = 'make.rs'",
            false,
            &["build script: make.rs of relay"],
        );
        check(
            "[package]\n[lib]\nproc-macro = true",
            false,
            &["proc macro: relay"],
        );
        check(
            "[package]\n[lib]\ncrate-type = ['proc-macro']",
            false,
            &["proc macro: relay"],
        );
        check("not toml [", true, &[]);
    }

    #[test]
    fn what_comes_from_elsewhere_is_named_by_where_and_another_version_is_not_another() {
        let locked = |name: &str, feed: &str| LockedCrate {
            name: name.into(),
            version: "1.0.0".into(),
            origin: LockedOrigin::Feed { feed: feed.into() },
            size: None,
            held: None,
        };
        let folder = Path::new("work");
        let before = run_by(
            folder,
            &[],
            Some(&[locked("a", "one"), locked("b", "one"), locked("c", "two")]),
            true,
        );
        let words = before
            .iter()
            .map(|program| program.program.as_str())
            .collect::<Vec<_>>();
        let expected = [
            "build scripts and macros of 2 crates from one",
            "build scripts and macros of 1 crate from two",
        ];
        assert_eq!(words, expected);
        let after = run_by(
            folder,
            &[],
            Some(&[locked("z", "one"), locked("c", "three")]),
            true,
        );
        assert_eq!(after[0].mark, before[0].mark);
        assert_ne!(after[1].mark, before[1].mark);
        assert_eq!(run_by(folder, &[], None, false), []);
        assert_eq!(run_by(folder, &[], None, true).len(), 1);
    }
}
