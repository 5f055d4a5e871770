//! `granary check`
//!
//! **Invariant**: what was found is told in the engine's words, and what mends it as something to type or change; only what `--fix` asks
//! for is written, after its preview.

use std::io::Read;
use std::path::Path;

use engine::checks::{Check, CheckReport, Diagnosis, Evidence, Fix, Verdict};
use engine::{ChangeKind, ChangeRequest, Engine, Error};

use super::Ending;
use super::changes::{self, Asked};
use crate::arguments;
use crate::output::Output;

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
    if check.fix {
        let changes = changes_of(&report);
        if !changes.is_empty() {
            mend(engine, folder, changes, output).await?;
            report = engine.check(folder, check.offline).await?;
        }
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
    let verdict = match check.verdict {
        Verdict::Ok => "ok",
        Verdict::Warning => "warning",
        Verdict::Problem => "problem",
        Verdict::Unknown => "unknown",
        Verdict::Skipped => "skipped",
    };
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
        Fix::Change { change } => format!("granary check --fix, or {}", typed(change)),
        Fix::Connect { feed } => format!("granary connect --feed {}", feed.as_deref().unwrap_or("FEED")),
        Fix::SignIn { place } => format!("granary sign-in {place}"),
        Fix::Serve => "granary serve".to_owned(),
        Fix::Restore => "granary restore".to_owned(),
        Fix::Unset { variable } => format!("unset {variable}"),
        Fix::Toolchain { name: Some(name) } => format!("rustup toolchain install {name}"),
        Fix::Toolchain { name: None } => "rustup update".to_owned(),
        Fix::AskForRole { feed, role } => format!("an owner of {feed} gives you the role {role}"),
        Fix::ByHand { what } => what.clone(),
    }
}

/// A change as one types it.
fn typed(change: &ChangeKind) -> String {
    let file = |file: &Option<std::path::PathBuf>| {
        let file = file.as_ref().map(|file| format!(" --file {}", file.display()));
        file.unwrap_or_default()
    };
    match change {
        ChangeKind::SetConfig {
            file: at,
            key,
            to: Some(to),
        } => {
            let to = serde_json::to_string(to).unwrap_or_default();
            format!("granary config set {key} '{to}'{}", file(at))
        }
        ChangeKind::SetConfig {
            file: at,
            key,
            to: None,
        } => {
            format!("granary config remove {key}{}", file(at))
        }
        ChangeKind::ClearTokens { registries } => {
            let registries = registries.iter().map(|name| format!(" --registry {name}"));
            format!("granary clear-tokens{}", registries.collect::<String>())
        }
        ChangeKind::Provider { is_used: true } => "granary provider use".to_owned(),
        ChangeKind::Move {
            name,
            feed: Some(feed),
        } => format!("granary move {name} --feed {feed}"),
        _ => "the window".to_owned(),
    }
}
