//! The programs that a project's own config would make cargo run or change, and the ways it would lead cargo's requests.
//!
//! **Invariant**: looks at files that travel with the project, not at the user's own config; finds, forbids nothing.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::config::{Config, Leaf, Source, Value, written};
use super::{Error, Place, Program, ProgramUse, SettingValue, toolchain};
use crate::registry::hex;

/// Keys whose value is a program, or chooses one, or leads requests elsewhere; `*` is any name.
const KEYS: &[&[&str]] = &[
    &["build", "rustc"],
    &["build", "rustc-wrapper"],
    &["build", "rustc-workspace-wrapper"],
    &["build", "rustdoc"],
    &["registry", "credential-provider"],
    &["registry", "global-credential-providers"],
    &["registries", "*", "credential-provider"],
    &["credential-alias", "*"],
    &["alias", "*"],
    &["target", "*", "runner"],
    &["target", "*", "linker"],
    &["host", "*", "linker"],
    &["host", "*", "runner"],
    &["host", "linker"],
    &["host", "runner"],
    // Flags may have the compiler load a library, and cargo asks the compiler even to fetch.
    &["build", "rustflags"],
    &["build", "rustdocflags"],
    &["target", "*", "rustflags"],
    &["target", "*", "rustdocflags"],
    &["host", "rustflags"],
    &["host", "*", "rustflags"],
    // A target of the project's own names a code generator and a linker; a list of paths takes the place of locked crates.
    &["build", "target"],
    &["paths"],
    // What a crate links is told here in place of its build script, with arguments for the compiler.
    &["target", "*", "*", "*"],
    &["unstable", "*"],
    &["env", "*"],
    &["env", "*", "value"],
    // These two together would show a feed's token to whoever wrote them.
    &["http", "proxy"],
    &["http", "cainfo"],
    // Left in the tree only where the cargo that would run is thought not to read it: what it says is not known.
    &["include"],
];

/// Keys whose value is flags for the compiler.
const FLAGS: &[&str] = &["rustflags", "rustdocflags"];

/// What the config in a project's folder, or its toolchain file, would make cargo run.
///
/// Folders above the project count too unless they are the user's `CARGO_HOME`: an unpacked archive may hold both.
pub(super) fn named(folder: &Path, config: &Config, cargo_home: &Path) -> Result<Vec<Program>, Error> {
    let mut programs = Vec::new();
    config.each(&mut |key, leaf| {
        if !KEYS.iter().any(|pattern| is_like(key, pattern)) {
            return;
        }
        for (file, program) in said(leaf) {
            let is_flags = key.last().is_some_and(|last| FLAGS.contains(&last.as_str()));
            let is_target = *key == ["build", "target"];
            let is_harmless = is_flags && only_lints(&program) || is_target && !program.contains(".json");
            if !is_harmless && is_of_the_project(file, config, cargo_home) {
                programs.push(program_of(config.path_of(file), written(key), &program, &program));
            }
        }
    });
    programs.extend(toolchain_path(folder)?);
    Ok(programs)
}

/// Whether flags say no more than which lints count, and what code is meant for: no file is named, nothing is loaded.
fn only_lints(flags: &str) -> bool {
    let joined = flags.replace("-C ", "-C");
    let mut words = joined.split_whitespace();
    while let Some(word) = words.next() {
        let takes_one = matches!(
            word,
            "-D" | "-W"
                | "-A"
                | "-F"
                | "--deny"
                | "--warn"
                | "--allow"
                | "--forbid"
                | "--cap-lints"
                | "--cfg"
        );
        // The word after it is its value, whatever it looks like; rustc reads `@file` even there.
        let value = if takes_one { words.next() } else { Some(word) };
        let is_lint = takes_one
            || [
                "-D",
                "-W",
                "-A",
                "-F",
                "--deny=",
                "--warn=",
                "--allow=",
                "--forbid=",
                "--cap-lints=",
                "--cfg=",
            ]
            .iter()
            .any(|start| word.starts_with(start));
        let is_target = [
            "-Ctarget-cpu=",
            "-Ctarget-feature=",
            "-Copt-level=",
            "-Cdebuginfo=",
        ]
        .iter()
        .any(|start| word.starts_with(start));
        if !(is_lint || is_target) || value.is_none_or(|value| value.starts_with('@')) {
            return false;
        }
    }
    true
}

/// What cargo would do; `whole` is what must stay the same for it to stay trusted.
pub(super) fn program_of(file: &Path, key: String, program: &str, whole: &str) -> Program {
    let whole = format!("{}\n{key}\n{whole}", file.display());
    Program {
        file: file.to_owned(),
        key,
        program: program.chars().take(200).collect(),
        mark: hex(&Sha256::digest(whole)),
        when: ProgramUse::Always,
    }
}

fn is_like(key: &[String], pattern: &[&str]) -> bool {
    let same = |(part, wanted): (&String, &&str)| *wanted == "*" || part == wanted;
    key.len() == pattern.len() && key.iter().zip(pattern).all(same)
}

/// Whether a file may have come with the project: found elsewhere than in `CARGO_HOME`, and included by such a one.
fn is_of_the_project(file: usize, config: &Config, cargo_home: &Path) -> bool {
    let is_users = |path: &Path| config.place_of(path) == Place::Computer && path.starts_with(cargo_home);
    !is_users(config.path_of(file)) && !is_users(config.path_of(config.finder_of(file)))
}

/// What each file says, also where a value of higher rank is used instead.
fn said(leaf: &Leaf) -> Vec<(usize, String)> {
    let all = std::iter::once((&leaf.value, &leaf.source));
    let all = all.chain(leaf.overrides.iter().map(|(value, source)| (value, source)));
    let mut said: Vec<(usize, String)> = Vec::new();
    let mut add = |source: &Source, text: String| {
        let Source::File(file, _) = source else {
            return;
        };
        match said.iter_mut().find(|(known, _)| known == file) {
            Some((_, words)) => *words += &format!(" {text}"),
            None => said.push((*file, text)),
        }
    };
    for (value, source) in all {
        match value {
            Value::List(parts) => parts.iter().for_each(|(part, source)| add(source, shown(part))),
            value => add(source, shown(value)),
        }
    }
    said
}

fn shown(value: &Value) -> String {
    match value {
        Value::Plain(SettingValue::Text(text)) => text.clone(),
        Value::List(parts) => parts
            .iter()
            .map(|(part, _)| shown(part))
            .collect::<Vec<_>>()
            .join(" "),
        other => format!("{other:?}"),
    }
}

/// rustup runs the cargo of whatever folder `toolchain.path` names.
fn toolchain_path(folder: &Path) -> Result<Option<Program>, Error> {
    for above in folder.ancestors() {
        let Some((file, text)) = toolchain::file_in(above)? else {
            continue;
        };
        // The old one-line form names a channel and cannot hold a path.
        let table: toml::Table = text.parse().unwrap_or_default();
        let path = table.get("toolchain").and_then(|toolchain| toolchain.get("path"));
        let path = path.map(|path| path.as_str().unwrap_or_default());
        return Ok(path.map(|path| program_of(&file, "toolchain.path".to_owned(), path, path)));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Surroundings;

    fn check(config: &str, toolchain: Option<&str>, expected: &[(&str, &str)]) {
        let top = tempfile::tempdir().unwrap();
        let (folder, cargo_home) = (top.path().join("p"), top.path().join("cargo-home"));
        std::fs::create_dir_all(folder.join(".cargo")).unwrap();
        std::fs::create_dir_all(&cargo_home).unwrap();
        std::fs::write(folder.join(".cargo/config.toml"), config).unwrap();
        std::fs::write(
            cargo_home.join("config.toml"),
            "[build]\nrustc-wrapper = \"sccache\"\n",
        )
        .unwrap();
        if let Some(text) = toolchain {
            std::fs::write(folder.join("rust-toolchain.toml"), text).unwrap();
        }
        let read = Config::read(&folder, &Surroundings::for_tests(top.path()), true);
        let programs = named(&folder, &read, &cargo_home).unwrap();
        let found = programs
            .iter()
            .map(|program| (program.key.as_str(), program.program.as_str()))
            .collect::<Vec<_>>();
        assert_eq!(found, expected, "{config}");
    }

    #[test]
    fn finds_every_way_to_a_program_in_the_projects_own_config() {
        check(
            "[registries.a]\nindex = \"sparse+x\"\n[net]\nretry = 3\n",
            None,
            &[],
        );
        check(
            "[build]\nrustc-wrapper = \"./evil\"\n",
            None,
            &[("build.rustc-wrapper", "./evil")],
        );
        check(
            "[alias]\nfetch = \"run evil\"\n",
            None,
            &[("alias.fetch", "run evil")],
        );
        check(
            "[registries.a]\ncredential-provider = [\"./evil\", \"now\"]\n",
            None,
            &[("registries.a.credential-provider", "./evil now")],
        );
        check(
            "[credential-alias]\ngranary = \"./evil\"\n",
            None,
            &[("credential-alias.granary", "./evil")],
        );
        check(
            "",
            Some("[toolchain]\npath = \"./evil\"\n"),
            &[("toolchain.path", "./evil")],
        );
        check("", Some("[toolchain]\nchannel = \"stable\"\n"), &[]);
        check("", Some("stable\n"), &[]);
    }

    #[test]
    fn flags_that_only_choose_lints_are_no_program() {
        let flagged = |flags: &str| !only_lints(flags);
        for flags in [
            "-D warnings",
            "-Dwarnings -A dead_code",
            "--cfg tokio_unstable",
            "-Ctarget-cpu=native",
            "",
        ] {
            assert!(!flagged(flags), "{flags}");
        }
        for flags in [
            "-Zcodegen-backend=./evil.so",
            "-D warnings -Z codegen-backend=./evil.so",
            "-C linker=./evil",
            "-Clinker=./evil",
            "-Cllvm-args=-load=./evil.so",
            "@evil",
            "-D @evil",
            "-D",
            "--extern evil=./evil.so",
        ] {
            assert!(flagged(flags), "{flags}");
        }
        check("[build]\nrustflags = [\"-D\", \"warnings\"]\n", None, &[]);
        check(
            "[target.'cfg(all())']\nrustflags = \"-Zcodegen-backend=./evil.so\"\n",
            None,
            &[("target.\"cfg(all())\".rustflags", "-Zcodegen-backend=./evil.so")],
        );
    }

    #[test]
    fn what_a_file_includes_counts_as_if_it_stood_there() {
        let top = tempfile::tempdir().unwrap();
        let around = Surroundings::for_tests(top.path());
        let folder = top.path().join("p");
        std::fs::create_dir_all(folder.join(".cargo")).unwrap();
        std::fs::create_dir_all(&around.cargo_home).unwrap();
        let included = "[build]\nrustc-wrapper = \"./evil\"\n";
        for (path, text) in [
            (
                folder.join(".cargo/config.toml"),
                "include = [\"../other.toml\"]\n",
            ),
            (folder.join("other.toml"), included),
            (
                around.cargo_home.join("config.toml"),
                "include = [\"../mine.toml\"]\n",
            ),
            (
                top.path().join("mine.toml"),
                "[build]\nrustc-wrapper = \"sccache\"\n",
            ),
        ] {
            std::fs::write(path, text).unwrap();
        }
        let found = |with_includes: bool| {
            let config = Config::read(&folder, &around, with_includes);
            let programs = named(&folder, &config, &around.cargo_home).unwrap();
            programs
                .into_iter()
                .map(|program| format!("{}: {}", program.key, program.program))
                .collect::<Vec<_>>()
        };
        assert_eq!(found(true), ["build.rustc-wrapper: ./evil"]);
        assert_eq!(found(false), ["include: ../other.toml"]);
    }
}
