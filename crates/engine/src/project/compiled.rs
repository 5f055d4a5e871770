//! What compiling a project runs: build scripts and macros, its own and those of what it depends on.
//!
//! **Invariant**: reads manifests, runs nothing. What a project itself would run is named file by file; what it depends on, by
//! where it comes from: a lock file changes daily, and whom one trusts does not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::programs::program_of;
use super::{
    LockedCrate, LockedOrigin, Member, Program, ProgramUse, Replacement, ReplacementEnd, read_text,
    without_password,
};

/// What compiling would run.
pub(super) fn run_by(
    folder: &Path,
    members: &[Member],
    locked: Option<&[LockedCrate]>,
    replacement: Option<&Replacement>,
) -> Vec<Program> {
    let mut programs = unstable(&folder.join("Cargo.toml"))
        .into_iter()
        .collect::<Vec<_>>();
    programs.extend(members.iter().flat_map(own));
    // Without a lock file nothing is known yet: cargo makes one before it compiles, and it is looked at again then.
    let locked = locked.unwrap_or_default();
    programs.extend(of_dependencies(folder, locked, replacement));
    programs.extend(of_paths(folder, members, locked));
    programs
}

fn what(file: PathBuf, key: &str, program: &str, whole: &str) -> Program {
    let mut program = program_of(&file, key.to_owned(), program, whole);
    program.when = ProgramUse::Build;
    program
}

fn manifest_at(path: &Path) -> Option<toml::Table> {
    read_text(path).ok().flatten()?.parse().ok()
}

/// What only a nightly cargo reads may say anything: flags of a profile, another way to build.
fn unstable(manifest: &Path) -> Option<Program> {
    let table = manifest_at(manifest)?;
    let features = table.get("cargo-features")?.to_string();
    Some(what(manifest.to_owned(), "cargo-features", &features, &features))
}

/// A member's own build script, and the member itself where it is a macro.
fn own(member: &Member) -> Vec<Program> {
    let manifest = member.folder.join("Cargo.toml");
    let Some(table) = manifest_at(&manifest) else {
        return Vec::new();
    };
    let mut programs = unstable(&manifest).into_iter().collect::<Vec<_>>();
    let named = table.get("package").and_then(|package| package.get("build"));
    let script = match named {
        None => member
            .folder
            .join("build.rs")
            .is_file()
            .then(|| "build.rs".to_owned()),
        Some(toml::Value::Boolean(is_on)) => is_on.then(|| "build.rs".to_owned()),
        Some(toml::Value::String(named)) => Some(named.clone()),
        Some(other) => Some(other.to_string()),
    };
    if let Some(script) = script {
        let program = format!("{script} of {}", member.name);
        programs.push(what(
            member.folder.join(&script),
            "build script",
            &program,
            &script,
        ));
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

fn of_dependencies(folder: &Path, locked: &[LockedCrate], replacement: Option<&Replacement>) -> Vec<Program> {
    let mut by_origin = BTreeMap::<String, usize>::new();
    for locked in locked {
        if let Some(from) = origin(&locked.origin, replacement) {
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

/// Packages by path that are none of the members that were read: beside the workspace, patched in, or too many to find.
fn of_paths(folder: &Path, members: &[Member], locked: &[LockedCrate]) -> Vec<Program> {
    let is_read = |locked: &LockedCrate| members.iter().any(|member| member.name == locked.name);
    let paths = locked.iter().filter(|locked| locked.origin == LockedOrigin::Path);
    let others = paths.filter(|locked| !is_read(locked));
    let one = |locked: &LockedCrate| {
        let name = &locked.name;
        let program = format!("build script and macros of {name}, which is used by its path");
        what(folder.join("Cargo.lock"), "dependencies", &program, name)
    };
    others.map(one).collect()
}

/// Where a package comes from; none of one that is used by its path.
fn origin(origin: &LockedOrigin, replacement: Option<&Replacement>) -> Option<String> {
    match origin {
        LockedOrigin::CratesIo { through: Some(feed) } | LockedOrigin::Feed { feed } => Some(feed.clone()),
        LockedOrigin::CratesIo { through: None } => {
            Some(match replacement.map(|replacement| &replacement.end) {
                None => "crates.io".to_owned(),
                Some(ReplacementEnd::Registry { index_url, .. }) => without_password(index_url).into_owned(),
                // A folder, or something else that stands for crates.io here.
                Some(other) => format!("{other:?}"),
            })
        }
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
        check("cargo-features = ['x']", false, &["cargo-features: [\"x\"]"]);
        check(
            "[package]\nbuild = ['a.rs', 'b.rs']",
            false,
            &["build script: [\"a.rs\", \"b.rs\"] of relay"],
        );
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
        let run = |locked: &[LockedCrate]| run_by(folder, &[], Some(locked), None);
        let before = run(&[locked("a", "one"), locked("b", "one"), locked("c", "two")]);
        let words = before
            .iter()
            .map(|program| program.program.as_str())
            .collect::<Vec<_>>();
        let expected = [
            "build scripts and macros of 2 crates from one",
            "build scripts and macros of 1 crate from two",
        ];
        assert_eq!(words, expected);
        let after = run(&[locked("z", "one"), locked("c", "three")]);
        assert_eq!(after[0].mark, before[0].mark);
        assert_ne!(after[1].mark, before[1].mark);
        assert_eq!(run_by(folder, &[], None, None), []);
    }

    #[test]
    fn what_is_used_by_its_path_and_what_stands_for_crates_io_is_named() {
        let locked = |origin| LockedCrate {
            name: "a".into(),
            version: "1.0.0".into(),
            origin,
            size: None,
            held: None,
        };
        let check = |origin, end: Option<ReplacementEnd>, expected: &str| {
            let replacement = end.map(|end| Replacement {
                steps: Vec::new(),
                end,
            });
            let programs = run_by(
                Path::new("work"),
                &[],
                Some(&[locked(origin)]),
                replacement.as_ref(),
            );
            assert!(programs[0].program.contains(expected), "{programs:?}");
        };
        check(LockedOrigin::Path, None, "a, which is used by its path");
        let crates_io = LockedOrigin::CratesIo { through: None };
        check(crates_io.clone(), None, "from crates.io");
        let vendored = ReplacementEnd::Directory {
            path: "vendor".into(),
        };
        check(crates_io.clone(), Some(vendored), "vendor");
        let mirror = ReplacementEnd::Registry {
            index_url: "sparse+https://mirror.example/".into(),
            feed: None,
        };
        check(crates_io, Some(mirror), "mirror.example");
    }
}
