//! A run's log: numbered lines in a file, where whoever shows them reads them by their rows.
//!
//! **Invariant**: memory holds no lines but those of the file's buffer; the file has everything, up to its bound. A line
//! of the file is when, who, how bad, each as wide as the other lines', and the text.

mod kept;

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use time::OffsetDateTime;

use super::{Error, LogCounts, LogLevel, LogSource};

pub(crate) use kept::{KeptLog, kept_log};

/// The largest log, in bytes; what is said beyond is counted and not kept.
const LARGEST: u64 = 4 * 1024 * 1024 * 1024;
/// How wide what stands before the text is: when, who, how bad, a blank after each.
const PREFIX: usize = 24 + 1 + 8 + 1 + 7 + 1;
/// Where it says how bad a line is.
const LEVEL_AT: usize = 24 + 1 + 8 + 1;

pub(super) struct Log {
    path: PathBuf,
    file: BufWriter<std::fs::File>,
    counts: LogCounts,
    written: u64,
    left_out: u64,
    /// It could not be written once.
    is_broken: bool,
    /// The last moment and its text: many lines come within a millisecond.
    at: (i128, String),
}

impl Log {
    pub(super) fn create(folder: &Path, id: &str) -> Result<Self, Error> {
        let path = path_of(folder, id);
        let fault = |source| Error::Log {
            path: path.clone(),
            source,
        };
        std::fs::create_dir_all(folder).map_err(fault)?;
        let file = std::fs::File::create(&path).map_err(fault)?;
        Ok(Self {
            path,
            file: BufWriter::with_capacity(256 * 1024, file),
            counts: LogCounts::default(),
            written: 0,
            left_out: 0,
            is_broken: false,
            at: (0, String::new()),
        })
    }

    /// Adds what was said: a line, or several.
    pub(super) fn add(&mut self, source: LogSource, level: LogLevel, text: &str) {
        text.split('\n')
            .for_each(|line| self.add_line(source, level, line));
    }

    fn add_line(&mut self, source: LogSource, level: LogLevel, text: &str) {
        if self.is_broken || self.written > LARGEST || self.counts.lines == u32::MAX {
            self.left_out += 1;
            return;
        }
        let at = self.now();
        let (source, word) = (word_of(source), level_word(level));
        let line = format!("{at} {source:<8} {word:<7} {text}\n");
        // A full disk must not stop a run; the log ends there, since half a line would be taken for one.
        if let Err(error) = self.file.write_all(line.as_bytes()) {
            tracing::warn!(file = %self.path.display(), %error, "the log cannot be kept from here on");
            self.is_broken = true;
            self.left_out += 1;
            return;
        }
        self.written += (PREFIX + text.len() + 1) as u64;
        self.counts.lines += 1;
        self.counts.warnings += u32::from(level == LogLevel::Warning);
        self.counts.errors += u32::from(level == LogLevel::Error);
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.counts.longest = self.counts.longest.max(length);
    }

    fn now(&mut self) -> String {
        let now = OffsetDateTime::now_utc();
        let milliseconds = now.unix_timestamp_nanos() / 1_000_000;
        if milliseconds != self.at.0 {
            self.at = (milliseconds, stamp(now));
        }
        self.at.1.clone()
    }

    /// How long it is, once the file holds all that was said so far.
    pub(super) fn kept(&mut self) -> LogCounts {
        if let Err(error) = self.file.flush() {
            tracing::warn!(file = %self.path.display(), %error, "the end of the log could not be kept");
            self.is_broken = true;
        }
        self.counts
    }

    /// The row the next line will have.
    pub(super) fn next_row(&self) -> u32 {
        self.counts.lines
    }

    /// Says what could not be kept, at the end.
    pub(super) fn close(&mut self) -> LogCounts {
        if self.left_out > 0 {
            let text = format!("{} more lines are not kept: the log is full", self.left_out);
            self.written = 0;
            self.add_line(LogSource::Granary, LogLevel::Warning, &text);
        }
        self.kept()
    }
}

/// A moment, ISO 8601 in UTC, to the millisecond, in 24 characters.
pub(super) fn stamp(now: OffsetDateTime) -> String {
    let (date, (hour, minute, second, millisecond)) = (now.date(), now.time().as_hms_milli());
    let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z")
}

/// Where the log of a run lies.
pub(super) fn path_of(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.log"))
}

/// The words for who says a line, in the file.
const SOURCES: [(LogSource, &str); 11] = [
    (LogSource::Granary, "granary"),
    (LogSource::Plan, "plan"),
    (LogSource::Cargo, "cargo"),
    (LogSource::Index, "index"),
    (LogSource::Download, "download"),
    (LogSource::Save, "save"),
    (LogSource::Retry, "retry"),
    (LogSource::Refused, "refused"),
    (LogSource::Verify, "verify"),
    (LogSource::Unpack, "unpack"),
    (LogSource::Compiler, "compiler"),
];

fn word_of(source: LogSource) -> &'static str {
    SOURCES
        .iter()
        .find(|(other, _)| *other == source)
        .map_or("", |(_, word)| word)
}

fn level_word(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Info => "info",
        LogLevel::Warning => "warning",
        LogLevel::Error => "error",
    }
}
