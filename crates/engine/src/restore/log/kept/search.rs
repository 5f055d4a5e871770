//! Looking for a text in a log, on all cores, in what was not looked at yet.
//!
//! **Invariant**: reads from the file, and keeps rows, not lines.

use std::fs::File;
use std::io;

use aho_corasick::AhoCorasick;

use super::{CHUNK, EVERY, KeptLog, PREFIX, read_between};

/// The fewest places that are looked through at once, beside others: a thread costs more than less.
const LEAST_SHARE: usize = 2048;
/// What a colour begins with.
const ESCAPE: u8 = 0x1b;

/// A text that was looked for, and where it was found so far.
#[derive(Debug)]
pub(super) struct Sought {
    query: String,
    text: AhoCorasick,
    /// Rows of all lines that hold it, up to `upto`.
    pub(super) rows: Vec<u32>,
    upto: u32,
}

impl KeptLog {
    /// Looks for a text in what was not looked at yet, whatever the capitals of its letters.
    pub(super) fn seek(&mut self, query: &str, is_wanted: &(impl Fn() -> bool + Sync)) -> io::Result<()> {
        self.catch_up()?;
        let mut sought = match self.sought.take() {
            Some(sought) if sought.query == query => sought,
            _ => Sought::new(query)?,
        };
        // A stretch that was looked at in part is looked at once more.
        let first = sought.upto as usize / EVERY;
        sought
            .rows
            .truncate(sought.rows.partition_point(|row| *row < row_at(first)));
        let found = self.scan(&sought.text, first, is_wanted)?;
        if is_wanted() {
            sought.rows.extend(found);
            sought.upto = self.lines;
            self.sought = Some(sought);
        }
        Ok(())
    }

    /// The rows that hold one of some texts, letter by letter.
    pub(super) fn rows_with(&mut self, texts: &[String]) -> io::Result<Vec<u32>> {
        self.catch_up()?;
        let text = AhoCorasick::new(texts).map_err(io::Error::other)?;
        self.scan(&text, 0, &|| true)
    }

    /// The rows from a kept place on that hold a text, on all cores.
    fn scan(
        &self,
        text: &AhoCorasick,
        first: usize,
        is_wanted: &(impl Fn() -> bool + Sync),
    ) -> io::Result<Vec<u32>> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let share = (self.places.len() - first).div_ceil(cores).max(LEAST_SHARE);
        let starts = (first..self.places.len()).step_by(share).collect::<Vec<_>>();
        std::thread::scope(|scope| {
            let part = |start: usize| move || self.rows_between(text, start, start + share, is_wanted);
            let parts = starts.into_iter().map(|start| scope.spawn(part(start)));
            // All of them at once, before the first is waited for.
            let parts = parts.collect::<Vec<_>>();
            let mut all = Vec::new();
            for part in parts {
                match part.join() {
                    Ok(rows) => all.extend(rows?),
                    Err(panicked) => std::panic::resume_unwind(panicked),
                }
            }
            Ok(all)
        })
    }

    /// The rows between two kept places that hold a text.
    fn rows_between(
        &self,
        text: &AhoCorasick,
        mut first: usize,
        until: usize,
        is_wanted: &impl Fn() -> bool,
    ) -> io::Result<Vec<u32>> {
        // Of its own, so that the others' reading does not move it.
        let file = File::open(&self.path)?;
        let until = until.min(self.places.len());
        let (mut rows, mut bytes) = (Vec::new(), Vec::new());
        while first < until && is_wanted() {
            let begin = self.places[first];
            let near = self.places[first + 1..until].partition_point(|place| place - begin < CHUNK as u64);
            let after = first + 1 + near;
            read_between(&file, begin, self.place(after), &mut bytes)?;
            look(text, &bytes, row_at(first), &mut rows);
            first = after;
        }
        Ok(rows)
    }
}

impl Sought {
    fn new(query: &str) -> io::Result<Self> {
        let text = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build([query])
            .map_err(io::Error::other)?;
        Ok(Self {
            query: query.to_owned(),
            text,
            rows: Vec::new(),
            upto: 0,
        })
    }
}

fn row_at(place: usize) -> u32 {
    u32::try_from(place * EVERY).unwrap_or(u32::MAX)
}

/// Adds the rows of those lines that hold a text; the first line has this row.
fn look(text: &AhoCorasick, lines: &[u8], first: u32, rows: &mut Vec<u32>) {
    let has_escapes = memchr::memchr(ESCAPE, lines).is_some();
    let mut begin = 0;
    // Line by line: what stands before a text may look like it, and an escape that is never ended would take the next lines with it.
    for (row, end) in (first..).zip(memchr::memchr_iter(b'\n', lines)) {
        let said = lines.get(begin + PREFIX..end).unwrap_or_default();
        begin = end + 1;
        let holds = match has_escapes && memchr::memchr(ESCAPE, said).is_some() {
            true => text.is_match(&strip_ansi_escapes::strip(said)),
            false => text.is_match(said),
        };
        if holds {
            rows.push(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{numbered, written};
    use super::*;
    use crate::restore::{LogFilter, LogLevel, LogSource};

    #[test]
    fn finds_in_texts_alone_by_rows_of_what_is_shown() {
        let texts = [
            "cargo says info",
            "\u{1b}[31mer\u{1b}[1mror\u{1b}[0m[E0308]",
            "nothing",
            "Error ahead",
        ];
        let lines = texts.iter().enumerate().map(|(at, text)| {
            let level = if at == 3 { LogLevel::Error } else { LogLevel::Info };
            (LogSource::Cargo, level, (*text).to_owned())
        });
        let (folder, _log) = written(lines);
        let mut log = KeptLog::open(folder.path(), "1-1").unwrap();
        let mut check = |filter, query: &str, expected: &[u32]| {
            let count = log.find(filter, query, 0, &|| true).unwrap().count;
            let rows = (0..count).map(|hit| log.find(filter, query, hit, &|| true).unwrap().row.unwrap());
            assert_eq!(rows.collect::<Vec<_>>(), expected, "{query}");
        };
        check(LogFilter::All, "info", &[0]);
        check(LogFilter::All, "cargo", &[0]);
        check(LogFilter::All, "error", &[1, 3]);
        check(LogFilter::Error, "error", &[0]);
        check(LogFilter::All, "error[e0308]", &[1]);
        check(LogFilter::All, ".*", &[]);
        assert!(log.find(LogFilter::All, "", 0, &|| true).is_err());
        assert!(log.find(LogFilter::All, &"x".repeat(201), 0, &|| true).is_err());
    }

    #[test]
    fn escapes_that_never_end_take_no_line_with_them_and_large_logs_are_shared_out() {
        let texts = (0..300_000).map(|row| match row {
            7 => "\u{1b}]0;a title that never ends".to_owned(),
            row if row % 100_000 == 9 => "Here it is".to_owned(),
            row => format!("line {row}"),
        });
        let lines = texts.map(|text| (LogSource::Cargo, LogLevel::Info, text));
        let (folder, _log) = written(lines);
        let mut log = KeptLog::open(folder.path(), "1-1").unwrap();
        let rows = (0..3).map(|hit| {
            log.find(LogFilter::All, "here IT", hit, &|| true)
                .unwrap()
                .row
                .unwrap()
        });
        assert_eq!(rows.collect::<Vec<_>>(), [9, 100_009, 200_009]);
        assert_eq!(log.find(LogFilter::All, "here it", 0, &|| true).unwrap().count, 3);
    }

    #[test]
    fn what_is_no_longer_wanted_is_found_nowhere_and_later_everywhere() {
        let (folder, _log) = written(numbered(100));
        let mut log = KeptLog::open(folder.path(), "1-1").unwrap();
        assert_eq!(log.find(LogFilter::All, "line", 0, &|| false).unwrap().row, None);
        assert_eq!(log.find(LogFilter::All, "line", 0, &|| true).unwrap().count, 100);
    }
}
