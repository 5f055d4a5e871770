//! `docs/sign-in.md` has a table of all that can go wrong while signing in; it must not fall behind the sources.
//!
//! **Invariant**: compares texts only; what a row advises is for people to judge.

use std::path::Path;

use anyhow::{Context, Result, ensure};

/// Where the words are that people see, each between the quotes that follow one of these.
const SOURCES: [(&str, &str); 6] = [
    ("crates/credentials/src/error.rs", "#[error(\""),
    ("crates/credentials/src/error.rs", "=> \""),
    ("crates/credentials/src/keychain.rs", "#[error(\""),
    ("crates/credentials/src/pasted.rs", "#[error(\""),
    ("crates/credentials/src/token.rs", "#[error(\""),
    ("crates/engine/src/accounts/error.rs", "#[error(\""),
];

fn text(path: &str) -> Result<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("the workspace")?;
    std::fs::read_to_string(root.join(path)).with_context(|| path.to_owned())
}

/// The messages in a source. Those of a refusal stand in `Refusal::words`, and what follows is advice.
fn messages(path: &str, begin: &str) -> Result<Vec<String>> {
    let source = text(path)?;
    let part = match begin {
        "=> \"" => {
            let (_, words) = source.split_once("fn words(").context("no words")?;
            words
                .split_once("code.map_or_else")
                .context("no end of the words")?
                .0
        }
        _ => &source,
    };
    let found = part
        .split(begin)
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    Ok(found.map(str::to_owned).collect())
}

/// What of a message is the same each time: all but what is filled in.
fn fixed_parts(message: &str) -> Vec<&str> {
    let parts = message.split('{').enumerate().map(|(at, part)| match at {
        0 => part,
        _ => part.split_once('}').map_or("", |(_, rest)| rest),
    });
    parts.filter(|part| !part.trim().is_empty()).collect()
}

/// Whether a row has all parts, one after the other.
fn has_all(row: &str, parts: &[&str]) -> bool {
    let mut rest = Some(row);
    parts.iter().all(|part| {
        rest = rest.and_then(|text| Some(text.split_once(part)?.1));
        rest.is_some()
    })
}

#[test]
fn every_failure_has_its_row() -> Result<()> {
    let page = text("docs/sign-in.md")?;
    let rows = page
        .lines()
        .filter(|line| line.starts_with('|'))
        .collect::<Vec<_>>();
    let mut missing = Vec::new();
    let mut looked_at = 0;
    for (path, begin) in SOURCES {
        for message in messages(path, begin)? {
            let parts = fixed_parts(&message);
            looked_at += usize::from(!parts.is_empty());
            if !parts.is_empty() && !rows.iter().any(|row| has_all(row, &parts)) {
                missing.push(format!("{path}: {message}"));
            }
        }
    }
    ensure!(looked_at > 40, "only {looked_at} messages were found");
    ensure!(
        missing.is_empty(),
        "docs/sign-in.md has no row for\n  {}",
        missing.join("\n  ")
    );
    Ok(())
}
