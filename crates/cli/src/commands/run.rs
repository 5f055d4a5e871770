//! `granary run`: the runs that are kept.
//!
//! **Invariant**: shows what is kept; starts nothing.

use engine::restore::{KeptRun, LogFilter, RunEntry, RunState};
use engine::{Engine, Error};

use super::Ending;
use super::restore::in_words;
use crate::arguments::RunVerb;
use crate::output::{Output, table};

/// Lines that are read at a time.
pub(super) const AT_A_TIME: u32 = 500;

pub(super) async fn carry_out(engine: &Engine, verb: &RunVerb, output: &Output) -> Result<Ending, Error> {
    match verb {
        RunVerb::List { folder, search } => {
            let folder = match folder {
                Some(folder) => Some(engine.project_show(folder).await?.folder),
                None => None,
            };
            let runs = engine.run_list(folder.as_deref(), search).await?;
            output.answer(&runs, |runs| listed(runs));
        }
        RunVerb::Show { id } => {
            let kept = engine.run_show(id).await?;
            match output.is_json() {
                true => output.object(&kept),
                false => show(engine, &kept, output).await?,
            }
        }
    }
    Ok(Ending::Done)
}

fn listed(runs: &[RunEntry]) -> String {
    if runs.is_empty() {
        return "no runs".to_owned();
    }
    let row = |run: &RunEntry| {
        let seconds = run
            .summary
            .as_ref()
            .map(|summary| format!("{:.1} s", summary.seconds));
        [
            run.id.clone(),
            run.started_at.get(..19).unwrap_or_default().replace('T', " "),
            run.project.clone(),
            run.command.clone(),
            state_word(run.state).to_owned(),
            seconds.unwrap_or_default(),
        ]
    };
    table(
        ["RUN", "STARTED (UTC)", "PROJECT", "COMMAND", "STATE", "TOOK"],
        runs.iter().map(row),
    )
}

fn state_word(state: Option<RunState>) -> &'static str {
    match state {
        None => "running",
        Some(RunState::Done) => "done",
        Some(RunState::Failed) => "failed",
        Some(RunState::Cancelled) => "cancelled",
        Some(RunState::BrokenOff) => "broken off",
    }
}

async fn show(engine: &Engine, kept: &KeptRun, output: &Output) -> Result<(), Error> {
    let entry = &kept.entry;
    output.text(&format!(
        "{} in {}, {}",
        entry.command,
        entry.folder.display(),
        entry.started_at
    ));
    let mut from = 0;
    loop {
        let lines = engine
            .run_lines(&entry.id, LogFilter::All, from, AT_A_TIME)
            .await?;
        let Some(last) = lines.last() else { break };
        from = last.number;
        lines.iter().for_each(|line| output.said(&line.text));
    }
    match &entry.summary {
        Some(summary) => output.text(&in_words(summary)),
        None => output.text(state_word(entry.state)),
    }
    Ok(())
}
