//! Runs that do more than fetch, and runs that are kept: by the command, with real cargo.

mod compiling;
mod kept;
mod seeding;
mod verifying;

use anyhow::{Context, Result};
use journeys::Ran;
use serde_json::Value;

/// What a run told, an event a line.
fn events(ran: &Ran) -> Result<Vec<Value>> {
    let events = ran.stdout.lines().map(serde_json::from_str::<Value>);
    events
        .collect::<Result<Vec<_>, _>>()
        .with_context(|| format!("{ran:?}"))
}

/// All that events of a kind hold in a list.
fn all(events: &[Value], kind: &str, list: &str) -> Vec<Value> {
    let of_kind = events.iter().filter(|event| event["type"] == kind);
    let lists = of_kind.filter_map(|event| event[list].as_array());
    lists.flatten().cloned().collect()
}
