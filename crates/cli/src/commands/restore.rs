//! `granary restore`
//!
//! **Invariant**: an interrupt cancels the run and still tells how it ended.

use engine::restore::{RestoreRequest, Run, RunEvent, RunState, RunSummary};
use engine::{Engine, Error};
use serde_json::json;

use super::check::explained;
use super::{Ending, stop_asked};
use crate::arguments::Restore;
use crate::local_feed;
use crate::output::{Output, size, table};

pub(super) async fn restore(engine: &Engine, restore: &Restore, output: &Output) -> Result<Ending, Error> {
    let folder = restore.project.folder.clone();
    let needed = engine.needs_local_feeds(&folder).await?;
    let _served = match needed {
        true => Some(local_feed::joined(engine, "granary restore").await?),
        false => None,
    };
    if restore.trust {
        let project = engine.project_show(&folder).await?;
        let marks = project.programs.into_iter().map(|program| program.mark).collect();
        engine.project_trust(&folder, marks).await?;
    }
    let request = RestoreRequest {
        folder,
        locked: restore.locked,
        offline: restore.offline,
        no_prefetch: restore.no_prefetch,
    };
    let mut run = engine.restore(&request).await?;
    follow(engine, &mut run, output).await;
    let id = run.id.clone();
    let summary = run.ended.await.map_err(|_| Error::RunLost(run.id))?;
    if !output.is_json() {
        output.text(&in_words(&summary));
    }
    if let Some(failure) = &summary.failure {
        if !output.is_json() {
            output.error(failure);
        }
        let diagnosis = engine.run_diagnose(&request.folder, &id).await?;
        match output.is_json() {
            true => output.object(&json!({ "type": "diagnosis", "diagnosis": diagnosis })),
            false => output.text(&explained(&diagnosis)),
        }
    }
    Ok(match summary.state {
        RunState::Done => Ending::Done,
        RunState::Failed => Ending::Failed,
        RunState::Cancelled => Ending::Interrupted,
    })
}

/// Prints what is told until the run is over; an interrupt cancels it, and the rest is still told.
async fn follow(engine: &Engine, run: &mut Run, output: &Output) {
    loop {
        let event = tokio::select! {
            event = run.events.recv() => event,
            () = stop_asked() => {
                engine.run_cancel(&run.id);
                continue;
            }
        };
        match event {
            None => return,
            Some(event) if output.is_json() => output.object(&event),
            Some(RunEvent::Lines { lines }) => lines.iter().for_each(|line| output.text(&line.text)),
            Some(_) => {}
        }
    }
}

fn in_words(summary: &RunSummary) -> String {
    let state = match summary.state {
        RunState::Done => "Restored",
        RunState::Failed => "Failed",
        RunState::Cancelled => "Cancelled",
    };
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
