//! Having cargo do it: its lines as they come, what they mean, what the compiler says.
//!
//! **Invariant**: the log has every line that lasts; frames of a progress bar move the meter alone.

use crate::cargo::{CargoLine, CompilerMessage, Ending, Line, Process, RunRequest, read_line, read_message};

use super::bringing::TICK;
use super::cache::{Holder, PackageLock};
use super::outcome::{Complaint, Ended};
use super::restore::Restoring;
use super::{Diagnostic, LogLevel, LogSource};

/// The most that is kept of one message, in characters.
const LONGEST_MESSAGE: usize = 1000;
/// The most that is kept of what the compiler says, beside the log, which has all.
const MOST_DIAGNOSTICS: usize = 1000;

impl Restoring {
    /// Runs cargo to its end.
    pub(super) async fn cargo(&mut self, command: &RunRequest, complaint: &mut Complaint) -> Ended {
        let mut process = match Process::start(command, &self.stop) {
            Ok(process) => process,
            Err(error) => return Ended::Refused(Box::new(crate::Error::from(error).told())),
        };
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                _ = tick.tick() => {
                    self.flush().await;
                    // What cargo started may hold its output open for hours.
                    if process.is_long_over() {
                        break;
                    }
                }
                line = process.next_line() => match line {
                    Some(line) => self.take_line(&line, complaint),
                    None => break,
                },
            }
        }
        match process.wait().await {
            Ending::Exited(Some(0)) => Ended::Well,
            Ending::Exited(exit) => Ended::Badly(exit),
            Ending::Stopped => Ended::Cancelled,
        }
    }

    fn take_line(&mut self, line: &Line, complaint: &mut Complaint) {
        if !line.is_error
            && let Some(message) = read_message(&line.text)
        {
            message.into_iter().for_each(|message| self.take_message(message));
            return;
        }
        let meaning = read_line(&line.text);
        let (cache, connection) = (&self.cache, &self.project.connection);
        let now = self.teller.elapsed();
        let size = |name: &str, version: &str| cache.size(connection, name, version);
        self.teller.meter.take(&meaning, now, size);
        if line.passing || line.text.is_empty() || is_frame(&meaning) {
            return;
        }
        let (source, level) = match &meaning {
            CargoLine::Updating(_) => (LogSource::Index, LogLevel::Info),
            CargoLine::Downloaded(..) => (LogSource::Download, LogLevel::Info),
            CargoLine::Warning => (LogSource::Cargo, LogLevel::Warning),
            CargoLine::Error => (LogSource::Cargo, LogLevel::Error),
            _ => (LogSource::Cargo, LogLevel::Info),
        };
        complaint.take(&line.text, level == LogLevel::Error);
        self.teller.say(source, level, &line.text);
        // Cargo does not say for whom it waits.
        if meaning == CargoLine::WaitsForCache {
            self.say_waiting(PackageLock::holder(&self.context.around.cargo_home));
        }
    }

    /// Says who keeps us, or cargo, waiting.
    pub(super) fn say_waiting(&mut self, holder: Option<Holder>) {
        let by = holder.map_or(String::new(), |holder| {
            format!(", which {}, process {}, holds", holder.name, holder.process)
        });
        let text = format!("Waiting for the lock on cargo's cache{by}");
        self.say(LogLevel::Info, &text);
    }

    /// What the compiler says is its first line, of its level, and more about it.
    fn take_message(&mut self, message: CompilerMessage) {
        let level = match message.level.as_str() {
            "warning" => LogLevel::Warning,
            level if level.starts_with("error") => LogLevel::Error,
            _ => LogLevel::Info,
        };
        let row = self.teller.log.next_row();
        let rendered = message.rendered.trim_end();
        let (first, rest) = rendered.split_once('\n').unwrap_or((rendered, ""));
        self.teller.say(LogSource::Compiler, level, first);
        if !rest.is_empty() {
            self.teller.say(LogSource::Compiler, LogLevel::Info, rest);
        }
        if level == LogLevel::Info || self.diagnostics.len() >= MOST_DIAGNOSTICS {
            return;
        }
        let (file, line, column) = match message.place {
            Some((file, line, column)) => (Some(file), Some(line), Some(column)),
            None => (None, None, None),
        };
        self.diagnostics.push(Diagnostic {
            level,
            code: message.code,
            message: message.message.chars().take(LONGEST_MESSAGE).collect(),
            package: message.target,
            file,
            line,
            column,
            row,
        });
    }
}

fn is_frame(meaning: &CargoLine) -> bool {
    matches!(
        meaning,
        CargoLine::Downloading(_) | CargoLine::Index(_) | CargoLine::Building(..)
    )
}
