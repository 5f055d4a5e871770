//! A run's log, and what the compiler said in it.
//!
//! **Invariant**: plain values; rows count from 0, numbers of lines from 1.

use serde::{Deserialize, Serialize};

/// How long a log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct LogCounts {
    /// Its lines.
    pub lines: u32,
    /// Those that warn.
    pub warnings: u32,
    /// Those that tell of a failure.
    pub errors: u32,
    /// Characters of the longest line.
    pub longest: u32,
}

/// Which lines of a log are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum LogFilter {
    /// All.
    All,
    /// Those that warn.
    Warning,
    /// Those that tell of a failure.
    Error,
}

/// A text that was looked for in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct LogHit {
    /// Lines that hold it, of those that are meant.
    pub count: u32,
    /// Which of them this is, from 0.
    pub hit: u32,
    /// Its row among the lines that are meant; none without one.
    pub row: Option<u32>,
}

/// What the compiler said of the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    /// A warning or an error.
    pub level: LogLevel,
    /// Its code: `E0308`, or a lint's name.
    pub code: Option<String>,
    /// The first line of it.
    pub message: String,
    /// The package it is about.
    pub package: String,
    /// The file, as the compiler names it: from the workspace's folder on.
    pub file: Option<String>,
    /// The line in it, from 1.
    pub line: Option<u32>,
    /// The column, from 1.
    pub column: Option<u32>,
    /// The row of the log where it begins, from 0.
    pub row: u32,
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct LogLine {
    /// Its number, from 1.
    pub number: u32,
    /// When it was read, ISO 8601 in UTC.
    pub at: String,
    /// Who says it.
    pub source: LogSource,
    /// How bad it is.
    pub level: LogLevel,
    /// The text, with the colours its program gave it: ANSI escapes.
    pub text: String,
}

/// Who says a line, or what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum LogSource {
    /// Granary itself.
    Granary,
    /// Granary, about what is to be done.
    Plan,
    /// Cargo.
    Cargo,
    /// Cargo, about an index.
    Index,
    /// A file that came.
    Download,
    /// A file that came, and was saved in its feed by that.
    Save,
    /// A file that is asked for again.
    Retry,
    /// A file that did not come.
    Refused,
    /// What is held against the lock file.
    Verify,
    /// What is unpacked.
    Unpack,
    /// The compiler, about the code.
    Compiler,
}

/// How bad a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum LogLevel {
    /// Not at all.
    Info,
    /// To look at.
    Warning,
    /// Something failed.
    Error,
}
