//! `granary check`
//!
//! **Invariant**: what was found is told in the engine's words, and what mends it as something to type or change; only what `--fix` asks
//! for is written, after its preview.

use std::io::Read;
use std::path::{Path, PathBuf};

use engine::checks::{Check, CheckReport, Diagnosis, Evidence, Fix, Verdict};
use engine::{ChangeKind, ChangeRequest, Engine, Error};

use super::Ending;
use super::changes::{self, Asked};
use crate::arguments;
use crate::output::Output;

/// How often what was mended is looked at again.
const MOST_ROUNDS: usize = 5;
/// The most of an output that is read, in bytes.
const MOST: u64 = 64 * 1024 * 1024;

pub(super) async fn check(
    engine: &Engine,
    check: &arguments::Check,
    output: &Output,
) -> Result<Ending, Error> {
    let folder = &check.project.folder;
    if check.log.is_some() || check.report {
        let log = check.log.as_deref().map_or(Ok(String::new()), read)?;
        let diagnosis = engine.diagnose(folder, &log, check.offline).await?;
        let in_words = |diagnosis: &Diagnosis| match check.report {
            true => diagnosis.report.clone(),
            false => explained(diagnosis),
        };
        output.answer(&diagnosis, in_words);
        return Ok(ending(diagnosis.cause.is_none() && !check.report));
    }
    let mut report = engine.check(folder, check.offline).await?;
    let mut mended = Vec::new();
    for _ in 0..if check.fix { MOST_ROUNDS } else { 0 } {
        // What one change brought to light may want another, but never the same again.
        let mut changes = changes_of(&report);
        changes.retain(|change| !mended.contains(change));
        if changes.is_empty() {
            break;
        }
        mend(engine, &report.folder, changes.clone(), output).await?;
        mended.extend(changes);
        report = engine.check(folder, check.offline).await?;
    }
    output.answer(&report, in_words);
    Ok(ending(report.first_problem.is_some()))
}

fn ending(is_wrong: bool) -> Ending {
    match is_wrong {
        true => Ending::Failed,
        false => Ending::Done,
    }
}

/// An output from a file, or from standard input.
fn read(path: &Path) -> Result<String, Error> {
    let mut bytes = Vec::new();
    let read = match path == Path::new("-") {
        true => std::io::stdin().take(MOST).read_to_end(&mut bytes),
        false => std::fs::File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut bytes)),
    };
    let fault = |source| engine::project::Error::Unreadable {
        path: path.to_owned(),
        source,
    };
    read.map_err(fault)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The changes of files that mend what was found, each once.
fn changes_of(report: &CheckReport) -> Vec<ChangeKind> {
    let mut changes = Vec::new();
    for check in &report.checks {
        if let Some(Fix::Change { change }) = &check.fix
            && !changes.contains(change)
        {
            changes.push(change.clone());
        }
    }
    changes
}

async fn mend(
    engine: &Engine,
    folder: &Path,
    changes: Vec<ChangeKind>,
    output: &Output,
) -> Result<(), Error> {
    let request = ChangeRequest {
        folder: folder.to_owned(),
        packages: Vec::new(),
        change: ChangeKind::Several { changes },
    };
    changes::change(engine, Asked::of(request), output)
        .await
        .map(drop)
}

/// What a diagnosis says, for a person.
pub(super) fn explained(diagnosis: &Diagnosis) -> String {
    match &diagnosis.cause {
        Some(cause) => format!("cause: {}", one(cause)),
        None => "No known cause fits this. `granary check` tells what is wrong here, `granary check --report` what to send to \
                 somebody who can help."
            .to_owned(),
    }
}

fn in_words(report: &CheckReport) -> String {
    let told = report.checks.iter().filter(|check| check.verdict != Verdict::Ok);
    let mut text = told.map(one).collect::<String>();
    let count = |verdict: Verdict| {
        report
            .checks
            .iter()
            .filter(|check| check.verdict == verdict)
            .count()
    };
    text += &format!(
        "{}: {} fine, {} to know, {} wrong",
        report.display_folder,
        count(Verdict::Ok),
        count(Verdict::Warning),
        count(Verdict::Problem)
    );
    text
}

fn one(check: &Check) -> String {
    let verdict = check.verdict.word();
    let mut text = format!("{verdict}[{}]: {}\n", check.id, check.words);
    for evidence in &check.evidence {
        text += &format!("  {}\n", seen(evidence));
    }
    if let Some(fix) = &check.fix {
        text += &format!("  fix: {}\n", mended(fix));
    }
    text
}

fn seen(evidence: &Evidence) -> String {
    match evidence {
        Evidence::File { display, line, .. } => {
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            format!("at {display}{line}")
        }
        Evidence::Variable { name } => format!("in the variable {name}"),
        Evidence::Request {
            asked,
            authorization,
            status,
        } => {
            let with = if authorization.is_some() {
                "with"
            } else {
                "without"
            };
            let status = status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
            format!("{asked} {with} a token: {status}")
        }
        Evidence::Catalogue { feed, at } => {
            format!(
                "what is kept of {feed}, of {}",
                at.as_deref().unwrap_or("no full refresh yet")
            )
        }
        Evidence::Account { id } => format!("account {id}"),
        Evidence::Said { line } => format!("cargo said: {line}"),
    }
}

fn mended(fix: &Fix) -> String {
    match fix {
        Fix::Change { change } => match typed(change) {
            Some(typed) => format!("granary check --fix, or {typed}"),
            None => "granary check --fix".to_owned(),
        },
        Fix::Connect { feed } => {
            let feed = feed.as_deref().map_or_else(|| "FEED".to_owned(), argument);
            format!("granary connect --feed {feed}")
        }
        Fix::SignIn { place } => format!("granary sign-in {}", argument(place)),
        Fix::Serve => "granary serve".to_owned(),
        Fix::Restore => "granary restore".to_owned(),
        Fix::Unset { variable } => format!("unset {}", argument(variable)),
        Fix::Toolchain { name: Some(name) } => format!("rustup toolchain install {}", argument(name)),
        Fix::Toolchain { name: None } => "rustup update".to_owned(),
        Fix::AskForRole { feed, role } => format!("an owner of {feed} gives you the role {role}"),
        Fix::ByHand { what } => what.clone(),
    }
}

/// A change as one types it, where it has a verb of its own.
fn typed(change: &ChangeKind) -> Option<String> {
    let file = |file: &Option<PathBuf>| {
        let file = file.as_ref().map(|file| argument(&file.display().to_string()));
        file.map(|file| format!(" --file {file}")).unwrap_or_default()
    };
    Some(match change {
        ChangeKind::SetConfig {
            file: at,
            key,
            to: Some(to),
        } => {
            let to = argument(&serde_json::to_string(to).ok()?);
            format!("granary config set {} {to}{}", argument(key), file(at))
        }
        ChangeKind::SetConfig {
            file: at,
            key,
            to: None,
        } => {
            format!("granary config remove {}{}", argument(key), file(at))
        }
        ChangeKind::ClearTokens { registries } => {
            let registries = registries
                .iter()
                .map(|name| format!(" --registry {}", argument(name)));
            format!("granary clear-tokens{}", registries.collect::<String>())
        }
        ChangeKind::Provider { is_used: true } => "granary provider use".to_owned(),
        ChangeKind::Move {
            name,
            feed: Some(feed),
        } => format!("granary move {} --feed {}", argument(name), argument(feed)),
        _ => return None,
    })
}

/// A text as one argument of a shell: what a project's files say may be anything.
fn argument(text: &str) -> String {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "-_./:@+".contains(sign);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_project_says_is_one_argument() {
        assert_eq!(argument("net.retry"), "net.retry");
        assert_eq!(argument("$(x|sh)"), "'$(x|sh)'");
        assert_eq!(argument("a'b c"), r"'a'\''b c'");
        assert_eq!(argument(""), "''");
    }
}
