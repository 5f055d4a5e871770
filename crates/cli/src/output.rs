//! How answers and errors look on a terminal, and as JSON.
//!
//! **Invariant**: the only file that prints; answers on standard output, errors on standard error.

use std::io::{IsTerminal, Write};

use engine::Told;
use serde::Serialize;

/// Where a verb's answer goes.
#[derive(Debug)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// The answer: as JSON where that was asked for, else as text.
    pub(crate) fn answer<T: Serialize>(&self, answer: &T, text: impl FnOnce(&T) -> String) {
        match self.json {
            true => self.object(answer),
            false => self.text(&text(answer)),
        }
    }

    /// One JSON document on a line of its own.
    pub(crate) fn object<T: Serialize>(&self, object: &T) {
        match serde_json::to_string(object) {
            Ok(text) => self.text(&text),
            Err(error) => tracing::error!(%error, "an answer could not be written as JSON"),
        }
    }

    /// Lines for people. A reader that went away, as `head` does, is no error.
    pub(crate) fn text(&self, text: &str) {
        let _ = writeln!(
            std::io::stdout().lock(),
            "{}",
            harmless(text.trim_end_matches('\n'))
        );
    }

    /// A line that a program said, in its colours where a terminal shows them.
    pub(crate) fn said(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let text = match out.is_terminal() {
            true => coloured(text),
            false => harmless(&plain(text)),
        };
        let _ = writeln!(out, "{text}");
    }

    /// Something to know, for people; no part of the answer.
    pub(crate) fn notice(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "note: {text}");
    }

    pub(crate) fn error(&self, error: &Told) {
        let mut err = std::io::stderr().lock();
        let _ = match self.json {
            true => writeln!(err, "{}", serde_json::json!({ "error": error })),
            false => write!(err, "{}", in_words(error)),
        };
    }
}

fn in_words(error: &Told) -> String {
    let code = serde_json::to_value(error.code).ok();
    let code = code
        .as_ref()
        .and_then(serde_json::Value::as_str)
        .unwrap_or("internal");
    let mut text = format!("error[{code}]: {}\n", error.message);
    error
        .causes
        .iter()
        .for_each(|cause| text += &format!("  caused by: {cause}\n"));
    error
        .hints
        .iter()
        .for_each(|hint| text += &format!("hint: {hint}\n"));
    text
}

/// Columns, each as wide as its widest entry.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let rows = std::iter::once(head.map(str::to_owned))
        .chain(rows)
        .collect::<Vec<_>>();
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths = (0..N).map(width).collect::<Vec<_>>();
    let line = |row: &[String; N]| {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// `2.2 MB`, `310 kB`, `17 bytes`.
pub(crate) fn size(bytes: f64) -> String {
    match bytes {
        bytes if bytes >= 1e6 => format!("{:.1} MB", bytes / 1e6),
        bytes if bytes >= 1e3 => format!("{:.0} kB", bytes / 1e3),
        bytes => format!("{bytes:.0} bytes"),
    }
}

/// A text without the colours its program gave it.
fn plain(text: &str) -> String {
    pieces(text).map(|(text, _)| text).collect()
}

/// Harmless but for colours, which end with the line.
fn coloured(text: &str) -> String {
    let mut line = pieces(text)
        .map(|(text, colour)| harmless(text) + colour)
        .collect::<String>();
    if line.contains('\u{1b}') {
        line += "\u{1b}[0m";
    }
    line
}

/// Pieces of a text, each with the colour that follows it.
fn pieces(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut from = 0;
        while let Some(at) = rest[from..].find("\u{1b}[").map(|at| from + at) {
            let parameters =
                rest[at + 2..].trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == ';');
            if parameters.starts_with('m') {
                let end = rest.len() - parameters.len() + 1;
                let piece = (&rest[..at], &rest[at..end]);
                rest = &rest[end..];
                return Some(piece);
            }
            from = at + 2;
        }
        Some((std::mem::take(&mut rest), ""))
    })
}

/// Without signs that steer a terminal: a project's files, and a server, may say anything.
fn harmless(text: &str) -> String {
    let steers = |sign: char| sign.is_control() && !matches!(sign, '\n' | '\t');
    text.replace(steers, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let rows = [
            ["serde".to_owned(), "1.0.228".to_owned()],
            ["tokio-macros".to_owned(), "2".to_owned()],
        ];
        assert_eq!(
            table(["CRATE", "LATEST"], rows),
            "CRATE         LATEST\nserde         1.0.228\ntokio-macros  2"
        );
    }

    #[test]
    fn an_error_says_what_why_and_what_to_do() {
        let told = Told {
            code: engine::Code::AlreadyExists,
            message: "cannot create the feed `a`".into(),
            hints: vec!["Choose another name.".into()],
            causes: vec!["it is there".into()],
        };
        let expected = "error[alreadyExists]: cannot create the feed `a`\n  caused by: it is there\nhint: Choose another name.\n";
        assert_eq!(in_words(&told), expected);
    }

    #[test]
    fn colours_are_kept_and_whatever_else_steers_a_terminal_is_not() {
        let said = "\u{1b}[1;31merror\u{1b}[0m: \u{1b}[2Jbad";
        assert_eq!(
            coloured(said),
            "\u{1b}[1;31merror\u{1b}[0m: \u{fffd}[2Jbad\u{1b}[0m"
        );
        assert_eq!(harmless(&plain(said)), "error: \u{fffd}[2Jbad");
        assert_eq!(coloured("plain"), "plain");
        assert_eq!(plain("\u{1b}["), "\u{1b}[");
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(
            [size(17.0), size(310_400.0), size(2_249_000.0)],
            ["17 bytes", "310 kB", "2.2 MB"]
        );
    }
}
