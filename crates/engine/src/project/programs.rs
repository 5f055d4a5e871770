//! The programs that a project's own config would make cargo run.
//!
//! **Invariant**: looks at files that travel with the project, not at the user's own config; finds, forbids nothing.

use std::path::Path;

use super::{Error, Layers, Place, Program, read_bounded};

/// Keys whose value is a program, or chooses one.
const KEYS: &[&[&str]] = &[
    &["build", "rustc"],
    &["build", "rustc-wrapper"],
    &["build", "rustc-workspace-wrapper"],
    &["build", "rustdoc"],
    &["registry", "credential-provider"],
    &["registry", "global-credential-providers"],
];
/// Tables each of whose entries is a program.
const TABLES: &[&str] = &["credential-alias", "alias"];
/// Tables each of whose entries may name one under these keys.
const NESTED: &[(&str, &[&str])] = &[
    ("registries", &["credential-provider"]),
    ("target", &["runner", "linker"]),
    ("host", &["linker"]),
];

/// What the config in a project's folder, or its toolchain file, would make cargo run.
///
/// Folders above the project count too unless they are the user's `CARGO_HOME`: an unpacked archive may hold both.
pub(super) fn named(folder: &Path, layers: &Layers, cargo_home: &Path) -> Result<Vec<Program>, Error> {
    let mut programs = Vec::new();
    for layer in layers
        .iter()
        .filter(|layer| layer.place == Place::Repository || !layer.path.starts_with(cargo_home))
    {
        let mut note = |key: String, value: &toml::Value| {
            programs.push(Program {
                file: layer.path.clone(),
                key,
                program: shown(value),
            });
        };
        for key in KEYS {
            if let Some(value) = layer.table.get(key[0]).and_then(|table| table.get(key[1])) {
                note(key.join("."), value);
            }
        }
        for table in TABLES {
            for (name, value) in layer
                .table
                .get(*table)
                .and_then(toml::Value::as_table)
                .into_iter()
                .flatten()
            {
                note(format!("{table}.{name}"), value);
            }
        }
        for (table, keys) in NESTED {
            for (name, entry) in layer
                .table
                .get(*table)
                .and_then(toml::Value::as_table)
                .into_iter()
                .flatten()
            {
                for key in *keys {
                    entry
                        .get(key)
                        .into_iter()
                        .for_each(|value| note(format!("{table}.{name}.{key}"), value));
                }
            }
        }
        // What an included file says is not read here, so it may be anything.
        if let Some(value) = layer.table.get("include") {
            note("include".to_owned(), value);
        }
    }
    programs.extend(toolchain_path(folder)?);
    Ok(programs)
}

/// rustup runs the cargo of whatever folder `toolchain.path` names.
fn toolchain_path(folder: &Path) -> Result<Option<Program>, Error> {
    for above in folder.ancestors() {
        for name in ["rust-toolchain", "rust-toolchain.toml"] {
            let file = above.join(name);
            let Some(text) = read_bounded(&file)? else {
                continue;
            };
            // The old one-line form names a channel and cannot hold a path.
            let table: toml::Table = text.parse().unwrap_or_default();
            let path = table.get("toolchain").and_then(|toolchain| toolchain.get("path"));
            return Ok(path.map(|path| Program {
                file,
                key: "toolchain.path".to_owned(),
                program: shown(path),
            }));
        }
    }
    Ok(None)
}

fn shown(value: &toml::Value) -> String {
    let text = match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(parts) => parts.iter().map(shown).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    };
    text.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let layers = Layers::read(&folder, &cargo_home).unwrap();
        let programs = named(&folder, &layers, &cargo_home).unwrap();
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
        check("include = [\"other.toml\"]\n", None, &[("include", "other.toml")]);
        check(
            "",
            Some("[toolchain]\npath = \"./evil\"\n"),
            &[("toolchain.path", "./evil")],
        );
        check("", Some("[toolchain]\nchannel = \"stable\"\n"), &[]);
        check("", Some("stable\n"), &[]);
    }
}
