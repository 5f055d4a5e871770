//! Every check there is, in the order in which they are told; and what is known and not checked.
//!
//! **Invariant**: an id stays what it is for ever; `docs/diagnosis.md` is made from this table.

use super::output::SAYINGS;

/// One row of the table.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) id: &'static str,
    /// The file beside this one that makes it.
    pub(super) family: &'static str,
    /// What is looked at.
    pub(super) title: &'static str,
}

const fn row(family: &'static str, id: &'static str, title: &'static str) -> Row {
    Row { id, family, title }
}

/// The family that asks the network.
pub(super) const NETWORK: &str = "network";

/// First what cargo stops at first: names, then tokens, then cargo itself, then what is locked; the network last.
pub(super) const ROWS: &[Row] = &[
    row("config", "config", "Cargo can use config and Cargo.lock"),
    row(
        "registry",
        "P-30",
        "Names of registries are ones that cargo takes",
    ),
    row("registry", "P-34", "Every registry that is named is defined"),
    row(
        "registry",
        "replacement",
        "What stands for crates.io does not lead in a circle",
    ),
    row("registry", "P-33", "A feed's address begins with `sparse+`"),
    row("registry", "P-32", "A sparse address ends in `/`"),
    row("registry", "P-37", "No two registries have one address"),
    row("registry", "P-38", "An address has the case of the feed's own"),
    row("registry", "P-36", "No variable names a registry anew"),
    row("registry", "P-26", "A feed has one address in a project"),
    row("providers", "P-09", "A credential provider is configured"),
    row("providers", "P-48", "Credential providers are of this system"),
    row("providers", "P-50", "Credential providers are where config says"),
    row("providers", "P-08", "Somebody has a token for each feed"),
    row("providers", "P-04", "A token has a scheme"),
    row("providers", "P-05", "There are no blanks in a token"),
    row(
        "providers",
        "P-06",
        "A token is not sent as `Bearer` unless it is Entra's",
    ),
    row("providers", "P-07", "No old token is taken before Granary's"),
    row(
        "providers",
        "granary-provider",
        "Granary is asked where somebody is signed in",
    ),
    row(
        "sign_in",
        "signed-in",
        "Somebody is signed in where Granary is asked",
    ),
    row("sign_in", "sign-in-ended", "The sign-in is still accepted"),
    row("toolchain", "no-cargo", "There is a cargo"),
    row(
        "toolchain",
        "toolchain",
        "The toolchain that is asked for is installed",
    ),
    row("toolchain", "cargo-1.74", "Cargo knows private sparse registries"),
    row(
        "toolchain",
        "cargo-1.96",
        "Cargo has no known weakness with private registries",
    ),
    row("lockfile", "P-29a", "Crates of ours are looked for in our feed"),
    row("lockfile", "name-watch", "Names of ours are ours alone"),
    row("lockfile", "no-lockfile", "There is a Cargo.lock"),
    row(
        "lockfile",
        "lock-out-of-date",
        "Cargo.lock has all that manifests need",
    ),
    row("lockfile", "P-29e", "The feed has what is locked"),
    row("lockfile", "P-13", "What nobody saved may be saved"),
    row(
        "lockfile",
        "P-20",
        "What is locked is saved, for those who may not save",
    ),
    row("lockfile", "P-29b", "What is locked is not yanked"),
    row(
        NETWORK,
        "reachable",
        "Feeds can be reached: name, proxy, certificate (P-40 to P-42)",
    ),
    row(NETWORK, "P-43", "What answers is a registry"),
    row(NETWORK, "P-31", "There is a feed at the address"),
    row(NETWORK, "P-01", "The feed takes the token that cargo would send"),
    row(NETWORK, "P-11", "Whoever is signed in may read the feed"),
    row(NETWORK, "may-save", "Whoever is signed in may save from upstream"),
    row(NETWORK, "P-21", "The feed gets what it lacks"),
];

/// What is known to go wrong and not checked, and why; it is read by the test that makes the document.
#[cfg(test)]
pub(super) const NOT_CHECKED: &[(&str, &str)] = &[
    (
        "P-02, P-03",
        "seen as P-01: Granary takes a page for signing in as 401",
    ),
    (
        "P-10, P-10a to P-10d",
        "told while signing in; a token that lies in a file is not read, so its tenant and its end are not known",
    ),
    (
        "P-12, P-14, P-15, P-17 to P-19",
        "what may be published or managed is told when it is tried; nothing is published to find out. P-12 is known after a failure",
    ),
    (
        "P-16",
        "seen as P-31: Azure does not tell a feed that is hidden from one that is not there",
    ),
    (
        "P-21a, P-21b, P-22 to P-25",
        "a matter of hours or of the feed's own rules: the window shows them beside the crate",
    ),
    (
        "P-27 to P-29, P-29c, P-29d, P-29f, P-29g",
        "of publishing; a check publishes nothing. P-22, P-27, P-28 and P-29 are known after a failure",
    ),
    ("P-35", "seen as P-34 or P-36, which name the variable"),
    (
        "P-39, P-39a, P-39b",
        "only Azure knows what a feed was called before",
    ),
    (
        "P-44 to P-47",
        "come and go with the server; told by the request that meets them, and after a failure",
    ),
    (
        "P-49, P-51, P-52",
        "would need the provider to be started, and a check starts nothing; P-49 and P-51 are known after a failure",
    ),
    (
        "P-53, P-54",
        "of storing tokens with cargo itself, which Granary does not need",
    ),
    ("P-55 to P-59", "of pipelines: their files are not read yet"),
    (
        "P-60 to P-69",
        "of managing feeds: each is told where it is tried",
    ),
];

pub(super) fn title(id: &str) -> &'static str {
    let row = ROWS.iter().find(|row| row.id == id);
    let said = || SAYINGS.iter().find(|saying| saying.id == id);
    row.map(|row| row.title)
        .or_else(|| said().map(|saying| saying.title))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../");
    const JOURNEY: &str = "tests/journeys/checks.rs";
    const BY_CARGO: &str = "tests/journeys/diagnosis";
    /// What no journey brings about, and why.
    const NOT_PROVOKED: &[(&str, &str)] = &[(
        "P-41",
        "only Windows asks whether a certificate is revoked; its words are from the cargo book and public reports",
    )];

    fn text(path: &str) -> String {
        std::fs::read_to_string(format!("{ROOT}{path}")).unwrap_or_else(|wrong| panic!("{path}: {wrong}"))
    }

    fn proof(row: &Row) -> String {
        let file = format!("crates/engine/src/checks/{}.rs", row.family);
        let source = text(&file);
        let (_, tests) = source.split_once("#[cfg(test)]\nmod tests").unwrap();
        let quoted = format!("\"{}\"", row.id);
        assert!(tests.contains(&quoted), "{file} does not test {quoted}");
        let by_project = text(JOURNEY).contains(&quoted).then_some("by a broken project");
        let by_cargo = provoked()
            .contains(&quoted)
            .then_some("by what real cargo says of it");
        let ways = std::iter::once("beside the code")
            .chain(by_project)
            .chain(by_cargo);
        ways.collect::<Vec<_>>().join(", ")
    }

    /// What real cargo is brought to say, by journeys.
    fn provoked() -> String {
        let folder = std::fs::read_dir(format!("{ROOT}{BY_CARGO}")).unwrap();
        let files = folder.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
        files.chain([text("tests/journeys/weather/network.rs")]).collect()
    }

    /// The part about cargo's output.
    fn after_a_failure() -> String {
        let journeys = provoked();
        let is_provoked = |id: &str| journeys.contains(&format!("\"{id}\""));
        let mut rows = String::new();
        let mut count = 0;
        for saying in SAYINGS {
            let id = saying.id;
            let how = match (is_provoked(id), NOT_PROVOKED.iter().find(|(not, _)| *not == id)) {
                (true, None) => {
                    count += 1;
                    "real cargo is brought to say it"
                }
                (false, Some((_, why))) => why,
                (is_provoked, _) => {
                    panic!("`{id}`: provoked is {is_provoked}, and the table says the reverse")
                }
            };
            rows += &format!("| `{id}` | {} | {how} |\n", saying.title);
        }
        format!(
            "\n## After a failure\n\nWhat cargo said is held against this table, the likeliest cause first; a check of the same project that explains it \
             closer comes before the\nrow itself. {count} of {} rows are provoked with real cargo, by `{BY_CARGO}`; outputs put together after the \
             sources of\ncargo 1.74 to 1.95 lie in `tests/fixtures/cargo-output`.\n\n| id | what it is | how it is tested |\n| --- | --- | --- |\n{rows}",
            SAYINGS.len()
        )
    }

    /// The document, whole.
    fn document() -> String {
        let mut document = "# What `granary check` looks at\n\n\
            Made from the table in `crates/engine/src/checks/table.rs` by a test; `GRANARY_WRITE_DIAGNOSIS=1 cargo test -p engine diagnosis`\n\
            writes it anew. Checks are made in this order, and the first problem is the one to mend first. Before a restore nothing of\n\
            this is required: a check stops nobody.\n\n\
            | id | what is looked at | asks the network | how it is tested |\n| --- | --- | --- | --- |\n"
            .to_owned();
        for row in ROWS {
            let asks = if row.family == NETWORK { "yes" } else { "no" };
            document += &format!("| `{}` | {} | {asks} | {} |\n", row.id, row.title, proof(row));
        }
        document += &after_a_failure();
        document += "\n## Not checked\n\n| what | why |\n| --- | --- |\n";
        for (what, why) in NOT_CHECKED {
            document += &format!("| {what} | {why} |\n");
        }
        document
    }

    #[test]
    fn ids_are_there_once() {
        for (at, row) in ROWS.iter().enumerate() {
            assert!(ROWS[..at].iter().all(|other| other.id != row.id), "{}", row.id);
        }
    }

    #[test]
    fn the_diagnosis_is_written_down() {
        let (path, made) = ("docs/diagnosis.md", document());
        if std::env::var_os("GRANARY_WRITE_DIAGNOSIS").is_some() {
            std::fs::write(format!("{ROOT}{path}"), &made).unwrap();
        }
        assert_eq!(
            text(path),
            made,
            "`GRANARY_WRITE_DIAGNOSIS=1 cargo test -p engine diagnosis` writes it anew"
        );
    }
}
