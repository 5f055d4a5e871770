//! `granary check`
//!
//! **Invariant**: one call; what was found is told in the engine's words, and what mends it as something to type or change.

use engine::checks::{Check, CheckReport, Evidence, Fix, Verdict};
use engine::{Engine, Error};

use super::Ending;
use crate::arguments;
use crate::output::Output;

pub(super) async fn check(
    engine: &Engine,
    check: &arguments::Check,
    output: &Output,
) -> Result<Ending, Error> {
    let report = engine.check(&check.project.folder, check.offline).await?;
    output.answer(&report, in_words);
    Ok(match report.first_problem {
        Some(_) => Ending::Failed,
        None => Ending::Done,
    })
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
    }
}

fn mended(fix: &Fix) -> String {
    match fix {
        Fix::Connect { feed } => format!("granary connect --feed {}", feed.as_deref().unwrap_or("FEED")),
        Fix::SignIn { place } => format!("granary sign-in {place}"),
        Fix::Serve => "granary serve".to_owned(),
        Fix::Restore => "granary restore".to_owned(),
        Fix::Change { key, to: Some(to) } => format!("set {key} = \"{to}\""),
        Fix::Change { key, to: None } => format!("remove or replace {key}"),
        Fix::Unset { variable } => format!("unset {variable}"),
        Fix::Toolchain { name: Some(name) } => format!("rustup toolchain install {name}"),
        Fix::Toolchain { name: None } => "rustup update".to_owned(),
        Fix::AskForRole { feed, role } => format!("an owner of {feed} gives you the role {role}"),
    }
}
