//! `granary restore`
//!
//! **Invariant**: an interrupt cancels the run and still tells how it ended.

use engine::project::ProgramUse;
use engine::restore::{
    LogFilter, LogLevel, RestoreRequest, Run, RunEvent, RunState, RunSummary, RunVerb, Seeded, Verified,
};
use engine::{Code, Engine, Error};
use serde_json::json;

use super::check::explained;
use super::run::AT_A_TIME;
use super::{Ending, stop_asked};
use crate::arguments::{Restore, RestoreWhat};
use crate::local_feed;
use crate::output::{Output, size, table};

pub(super) async fn restore(engine: &Engine, restore: &Restore, output: &Output) -> Result<Ending, Error> {
    let folder = restore.project.folder.clone();
    let verb = verb_of(&restore.what);
    let needed = engine.needs_local_feeds(&folder).await?;
    let _served = match needed {
        true => Some(local_feed::joined(engine, "granary restore").await?),
        false => None,
    };
    let request = RestoreRequest {
        folder,
        verb,
        release: restore.release,
        locked: restore.locked,
        offline: restore.offline,
        no_prefetch: restore.no_prefetch,
    };
    if restore.trust {
        trust(engine, &request).await?;
    }
    let mut summary = run(engine, &request, output).await?;
    // What is locked may be known only now; whoever trusts it all need not say so again.
    if restore.trust && is_untrusted(&summary) {
        trust(engine, &request).await?;
        summary = run(engine, &request, output).await?;
    }
    Ok(match summary.state {
        RunState::Done => Ending::Done,
        RunState::Failed | RunState::BrokenOff => Ending::Failed,
        RunState::Cancelled => Ending::Interrupted,
    })
}

/// Trusts all that the project has cargo do for this.
async fn trust(engine: &Engine, request: &RestoreRequest) -> Result<(), Error> {
    let project = engine.project_show(&request.folder).await?;
    let heeded = project.programs.into_iter();
    let heeded = heeded.filter(|program| program.when == ProgramUse::Always || compiles(request.verb));
    let marks = heeded.map(|program| program.mark).collect();
    engine.project_trust(&request.folder, marks).await.map(drop)
}

fn is_untrusted(summary: &RunSummary) -> bool {
    let failure = summary.failure.as_ref();
    failure.is_some_and(|failure| failure.code == Code::ProjectRunsPrograms)
}

/// Runs it to its end, and says how that was.
async fn run(engine: &Engine, request: &RestoreRequest, output: &Output) -> Result<RunSummary, Error> {
    let mut run = engine.run_start(request).await?;
    let does_not_compile = follow(engine, &mut run, output).await?;
    let id = run.id.clone();
    let summary = run.ended.await.map_err(|_| Error::RunLost(run.id))?;
    if !output.is_json() {
        output.text(&in_words(&summary));
    }
    let Some(failure) = &summary.failure else {
        return Ok(summary);
    };
    if !output.is_json() {
        output.error(failure);
    }
    // What the compiler said of the code, and what was found in a feed or the cache, explains itself.
    let explains_itself = does_not_compile || summary.seeded.is_some() || summary.verified.is_some();
    if !explains_itself && !is_untrusted(&summary) {
        let diagnosis = engine.run_diagnose(&request.folder, &id).await?;
        match output.is_json() {
            true => output.object(&json!({ "type": "diagnosis", "diagnosis": diagnosis })),
            false => output.text(&explained(&diagnosis)),
        }
    }
    Ok(summary)
}

fn verb_of(what: &RestoreWhat) -> RunVerb {
    match what {
        RestoreWhat { build: true, .. } => RunVerb::Build,
        RestoreWhat { check: true, .. } => RunVerb::Check,
        RestoreWhat { seed_only: true, .. } => RunVerb::Seed,
        RestoreWhat { verify: true, .. } => RunVerb::Verify,
        RestoreWhat { repair: true, .. } => RunVerb::Repair,
        _ => RunVerb::Fetch,
    }
}

fn compiles(verb: RunVerb) -> bool {
    matches!(verb, RunVerb::Build | RunVerb::Check)
}

/// Prints what is told until the run is over; an interrupt cancels it, and the rest is still told. Answers whether the
/// compiler found errors.
async fn follow(engine: &Engine, run: &mut Run, output: &Output) -> Result<bool, Error> {
    let (mut printed, mut does_not_compile) = (0, false);
    loop {
        let event = tokio::select! {
            event = run.events.recv() => event,
            () = stop_asked() => {
                engine.run_cancel(&run.id);
                continue;
            }
        };
        let Some(event) = event else {
            return Ok(does_not_compile);
        };
        match &event {
            RunEvent::Logged { .. } => {
                print_lines(engine, &run.id, &mut printed, output).await?;
                continue;
            }
            RunEvent::Diagnosed { diagnostics } => {
                does_not_compile |= diagnostics
                    .iter()
                    .any(|diagnostic| diagnostic.level == LogLevel::Error);
            }
            _ => {}
        }
        if output.is_json() {
            output.object(&event);
        }
    }
}

/// Prints the lines that were not printed yet.
async fn print_lines(engine: &Engine, id: &str, printed: &mut u32, output: &Output) -> Result<(), Error> {
    loop {
        let lines = engine.run_lines(id, LogFilter::All, *printed, AT_A_TIME).await?;
        let Some(last) = lines.last() else {
            return Ok(());
        };
        *printed = last.number;
        match output.is_json() {
            true => output.object(&json!({ "type": "lines", "lines": lines })),
            false => lines.iter().for_each(|line| output.said(&line.text)),
        }
    }
}

pub(super) fn in_words(summary: &RunSummary) -> String {
    let state = match (summary.state, summary.verb) {
        (RunState::Failed, _) => "Failed",
        (RunState::Cancelled, _) => "Cancelled",
        (RunState::BrokenOff, _) => "Broken off",
        (RunState::Done, RunVerb::Fetch) => "Restored",
        (RunState::Done, RunVerb::Check) => "Checked",
        (RunState::Done, RunVerb::Build) => "Built",
        (RunState::Done, RunVerb::Seed) => "Saved",
        (RunState::Done, RunVerb::Verify) => "Verified",
        (RunState::Done, RunVerb::Repair) => "Repaired",
    };
    if let Some(seeded) = &summary.seeded {
        return format!("{state} in {:.1} s: {}", summary.seconds, of_feeds(seeded));
    }
    if let Some(verified) = &summary.verified {
        return format!("{state} in {:.1} s: {}", summary.seconds, of_cache(verified));
    }
    let (downloaded, bytes, here) = (summary.downloaded, size(summary.bytes), summary.already_here);
    let head = format!(
        "{state} in {:.1} s: {downloaded} downloaded ({bytes}), {here} already here{}{}",
        summary.seconds,
        match summary.saved {
            0 => String::new(),
            saved => format!(", {saved} saved in the feed for everybody"),
        },
        match summary.cargo_alone_seconds {
            Some(alone) if alone > summary.seconds => format!("; cargo alone needs {alone:.0} s at least"),
            _ => String::new(),
        }
    );
    let share = |share: &engine::restore::FeedShare| {
        let folder = share.cache_folder.display().to_string();
        [
            share.title.clone(),
            share.crates.to_string(),
            share.downloaded.to_string(),
            size(share.bytes),
            folder,
        ]
    };
    let head_row = ["FROM", "CRATES", "DOWNLOADED", "SIZE", "CARGO KEEPS THEM IN"];
    match summary.feeds.is_empty() {
        true => head,
        false => format!("{head}\n\n{}", table(head_row, summary.feeds.iter().map(share))),
    }
}

fn of_feeds(seeded: &Seeded) -> String {
    let (locked, already, saved) = (seeded.locked, seeded.already, seeded.saved);
    let head = format!("{saved} of {locked} locked crates saved now, {already} were saved already");
    let row = |fault: &engine::restore::SeedFault| {
        [
            format!("{} {}", fault.name, fault.version),
            fault.feed.clone(),
            fault.words.clone(),
        ]
    };
    match seeded.faults.is_empty() {
        true => head,
        false => format!(
            "{head}\n\n{}",
            table(
                ["CRATE", "FEED", "WHAT IS THE MATTER"],
                seeded.faults.iter().map(row)
            )
        ),
    }
}

fn of_cache(verified: &Verified) -> String {
    let (crates, files, absent) = (verified.crates, verified.files, verified.absent);
    let wrong = verified.faults.iter().filter(|fault| !fault.repaired).count();
    let repaired = verified.faults.len() - wrong;
    format!(
        "{crates} crates and {files} unpacked files looked at, {absent} crates not here; {wrong} faults, {repaired} repaired"
    )
}
