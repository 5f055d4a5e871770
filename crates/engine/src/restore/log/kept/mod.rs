//! Reading a run's log by its rows, also while it is being written, by this program or another.
//!
//! **Invariant**: reads what the file has, and keeps where lines begin, not the lines: a log of a million lines takes
//! some hundred kilobytes here. Blocks.

mod search;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use self::search::Sought;
use super::{Error, LEVEL_AT, PREFIX, SOURCES, path_of};
use crate::restore::{LogCounts, LogFilter, LogHit, LogLevel, LogLine, LogSource};

/// Lines between two places that are kept.
const EVERY: usize = 64;
/// Read at a time, in bytes.
const CHUNK: usize = 1024 * 1024;
/// The most lines that are given at a time.
const MOST_LINES: u32 = 500;
/// The most of a line that is given, in bytes; the file has all of it.
const LONGEST_SHOWN: usize = 16 * 1024;
/// The longest text that is looked for, in characters.
const LONGEST_QUERY: usize = 200;
/// Lines that name a crate, of which the one that tells that it came is chosen.
const MOST_NAMING: usize = 1000;

/// The log of a run that is kept.
pub(crate) fn kept_log(folder: &Path, id: &str) -> Result<PathBuf, Error> {
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let path = path_of(folder, id);
    match is_id && path.is_file() {
        true => Ok(path),
        false => Err(Error::NoLog(id.to_owned())),
    }
}

/// An open log.
#[derive(Debug)]
pub(crate) struct KeptLog {
    path: PathBuf,
    file: File,
    /// The end of the last whole line that was looked at.
    end: u64,
    lines: u32,
    longest: u32,
    /// Where each [`EVERY`]th line begins.
    places: Vec<u64>,
    warnings: Vec<u32>,
    errors: Vec<u32>,
    sought: Option<Sought>,
}

impl KeptLog {
    pub(crate) fn open(folder: &Path, id: &str) -> Result<Self, Error> {
        let path = kept_log(folder, id)?;
        let file = File::open(&path).map_err(|source| Error::Log {
            path: path.clone(),
            source,
        })?;
        Ok(Self {
            path,
            file,
            end: 0,
            lines: 0,
            longest: 0,
            places: Vec::new(),
            warnings: Vec::new(),
            errors: Vec::new(),
            sought: None,
        })
    }

    /// Lines from a row on, of those that are meant.
    pub(crate) fn lines(&mut self, filter: LogFilter, from: u32, count: u32) -> Result<Vec<LogLine>, Error> {
        let read = |log: &mut Self| {
            log.catch_up()?;
            let count = count.min(MOST_LINES);
            match log.marked(filter) {
                None => log.run_of_lines(from, count),
                Some(rows) => {
                    let rows = rows.iter().copied().skip(from as usize).take(count as usize);
                    log.single_lines(&rows.collect::<Vec<_>>())
                }
            }
        };
        read(self).map_err(|source| self.fault(source))
    }

    /// How long it is.
    pub(crate) fn counts(&mut self) -> Result<LogCounts, Error> {
        self.catch_up().map_err(|source| self.fault(source))?;
        let count = |rows: &[u32]| u32::try_from(rows.len()).unwrap_or(u32::MAX);
        Ok(LogCounts {
            lines: self.lines,
            warnings: count(&self.warnings),
            errors: count(&self.errors),
            longest: self.longest,
        })
    }

    /// Looks for a text in the lines that are meant, whatever the capitals of its letters from A to Z. Where something else is
    /// wanted meanwhile, it is found nowhere.
    pub(crate) fn find(
        &mut self,
        filter: LogFilter,
        query: &str,
        hit: u32,
        is_wanted: &(impl Fn() -> bool + Sync),
    ) -> Result<LogHit, Error> {
        if query.is_empty() || query.chars().count() > LONGEST_QUERY || query.contains('\n') {
            return Err(Error::Query(LONGEST_QUERY));
        }
        self.seek(query, is_wanted).map_err(|source| self.fault(source))?;
        let found = self.sought.as_ref().map_or(&[][..], |sought| &sought.rows);
        let rows = match self.marked(filter) {
            None => found.to_vec(),
            Some(marked) => places_in(marked, found),
        };
        let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let hit = hit.min(count.saturating_sub(1));
        Ok(LogHit {
            count,
            hit,
            row: rows.get(hit as usize).copied(),
        })
    }

    /// The row, of all lines, of the next error after a row, from the start again at the end.
    pub(crate) fn error_after(&mut self, row: Option<u32>) -> Result<Option<u32>, Error> {
        self.catch_up().map_err(|source| self.fault(source))?;
        let next = row.map_or(0, |row| self.errors.partition_point(|error| *error <= row));
        Ok(self.errors.get(next).or(self.errors.first()).copied())
    }

    /// The row that tells that a crate came, else the first that names it.
    pub(crate) fn row_of(&mut self, name: &str, version: &str) -> Result<Option<u32>, Error> {
        // As we name it, and as cargo does.
        let said = [format!("{name} {version}"), format!("{name} v{version}")];
        let rows = self.rows_with(&said).map_err(|source| self.fault(source))?;
        let mut first = None;
        for row in rows.into_iter().take(MOST_NAMING) {
            let lines = self.run_of_lines(row, 1).map_err(|source| self.fault(source))?;
            let Some(line) = lines
                .first()
                .filter(|line| said.iter().any(|said| names(&line.text, said)))
            else {
                continue;
            };
            let is_file = matches!(line.source, LogSource::Download | LogSource::Save);
            if is_file && line.level == LogLevel::Info {
                return Ok(Some(row));
            }
            first.get_or_insert(row);
        }
        Ok(first)
    }

    /// What was said at the end, without when and by whom.
    pub(crate) fn end(&mut self, most: u64) -> Result<String, Error> {
        let read = |log: &mut Self| {
            let length = log.file.metadata()?.len();
            log.file.seek(SeekFrom::Start(length.saturating_sub(most)))?;
            let mut bytes = Vec::new();
            (&log.file).take(most).read_to_end(&mut bytes)?;
            io::Result::Ok(bytes)
        };
        let bytes = read(self).map_err(|source| self.fault(source))?;
        let lines = bytes.split(|byte| *byte == b'\n');
        let texts = lines.map(|line| plain(line.get(PREFIX..).unwrap_or_default()));
        Ok(texts.collect::<Vec<_>>().join("\n"))
    }

    fn fault(&self, source: io::Error) -> Error {
        Error::Log {
            path: self.path.clone(),
            source,
        }
    }

    fn marked(&self, filter: LogFilter) -> Option<&[u32]> {
        match filter {
            LogFilter::All => None,
            LogFilter::Warning => Some(&self.warnings),
            LogFilter::Error => Some(&self.errors),
        }
    }

    /// Takes in what was written since.
    fn catch_up(&mut self) -> io::Result<()> {
        let mut from = self.end;
        let (mut chunk, mut rest) = (vec![0; CHUNK], Vec::new());
        self.file.seek(SeekFrom::Start(from))?;
        loop {
            let read = match self.file.read(&mut chunk)? {
                0 => return Ok(()),
                read => read,
            };
            rest.extend_from_slice(&chunk[..read]);
            let mut begin = 0;
            for end in memchr::memchr_iter(b'\n', &rest) {
                let line = &rest[begin..end];
                if (self.lines as usize).is_multiple_of(EVERY) {
                    self.places.push(from + begin as u64);
                }
                match line.get(LEVEL_AT) {
                    Some(b'w') => self.warnings.push(self.lines),
                    Some(b'e') => self.errors.push(self.lines),
                    _ => {}
                }
                self.lines += 1;
                let length = u32::try_from(line.len().saturating_sub(PREFIX)).unwrap_or(u32::MAX);
                self.longest = self.longest.max(length);
                begin = end + 1;
            }
            from += begin as u64;
            self.end = from;
            rest.drain(..begin);
        }
    }

    /// Lines that follow one another.
    fn run_of_lines(&mut self, from: u32, count: u32) -> io::Result<Vec<LogLine>> {
        let until = from.saturating_add(count).min(self.lines);
        if from >= until {
            return Ok(Vec::new());
        }
        let first = from as usize / EVERY;
        let after = (until as usize).div_ceil(EVERY);
        let bytes = self.bytes(first, after)?;
        let lines = bytes.split(|byte| *byte == b'\n');
        let numbered = (first * EVERY..).zip(lines);
        let wanted = numbered
            .skip(from as usize - first * EVERY)
            .take((until - from) as usize);
        Ok(wanted.map(|(row, line)| line_of(row, line)).collect())
    }

    /// Lines here and there, in their order.
    fn single_lines(&mut self, rows: &[u32]) -> io::Result<Vec<LogLine>> {
        let mut lines: Vec<LogLine> = Vec::with_capacity(rows.len());
        for near in rows.chunk_by(|one, next| *one as usize / EVERY == *next as usize / EVERY) {
            let (Some(first), Some(last)) = (near.first(), near.last()) else {
                continue;
            };
            let all = self.run_of_lines(*first, last - first + 1)?;
            lines.extend(all.into_iter().filter(|line| near.contains(&(line.number - 1))));
        }
        Ok(lines)
    }

    /// What lies between two kept places.
    fn bytes(&self, first: usize, after: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        read_between(&self.file, self.place(first), self.place(after), &mut bytes)?;
        Ok(bytes)
    }

    fn place(&self, at: usize) -> u64 {
        self.places.get(at).copied().unwrap_or(self.end)
    }
}

fn read_between(mut file: &File, from: u64, until: u64, into: &mut Vec<u8>) -> io::Result<()> {
    into.clear();
    file.seek(SeekFrom::Start(from))?;
    file.take(until - from).read_to_end(into).map(drop)
}

/// Where rows stand in a list, of those that do; both in order.
fn places_in(marked: &[u32], rows: &[u32]) -> Vec<u32> {
    let place = |row: &u32| marked.binary_search(row).ok();
    let places = rows.iter().filter_map(place);
    places.filter_map(|place| u32::try_from(place).ok()).collect()
}

fn line_of(row: usize, line: &[u8]) -> LogLine {
    let whole = line.get(PREFIX..).unwrap_or_default();
    let mut text = String::from_utf8_lossy(&whole[..whole.len().min(LONGEST_SHOWN)]).into_owned();
    if whole.len() > LONGEST_SHOWN {
        text.push('…');
    }
    let prefix = std::str::from_utf8(line.get(..PREFIX).unwrap_or_default()).unwrap_or_default();
    let mut words = prefix.split_whitespace();
    let at = words.next().unwrap_or_default().to_owned();
    let word = words.next().unwrap_or_default();
    let source = SOURCES.iter().find(|(_, other)| *other == word);
    LogLine {
        number: u32::try_from(row + 1).unwrap_or(u32::MAX),
        at,
        source: source.map_or(LogSource::Granary, |(source, _)| *source),
        level: match words.next() {
            Some("warning") => LogLevel::Warning,
            Some("error") => LogLevel::Error,
            _ => LogLevel::Info,
        },
        text,
    }
}

/// A text without the colours its program gave it.
fn plain(text: &[u8]) -> String {
    String::from_utf8_lossy(&strip_ansi_escapes::strip(text)).into_owned()
}

/// Whether a text names just this version of a crate, and not one that goes on.
fn names(text: &str, said: &str) -> bool {
    let ends =
        |rest: &str| !rest.starts_with(|sign: char| sign.is_ascii_alphanumeric() || "-.+_".contains(sign));
    let begins =
        |before: &str| !before.ends_with(|sign: char| sign.is_ascii_alphanumeric() || "-_".contains(sign));
    text.match_indices(said)
        .any(|(at, _)| begins(&text[..at]) && ends(&text[at + said.len()..]))
}

#[cfg(test)]
mod tests {
    use super::super::Log;
    use super::*;

    pub(super) fn written(
        lines: impl IntoIterator<Item = (LogSource, LogLevel, String)>,
    ) -> (tempfile::TempDir, Log) {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Log::create(folder.path(), "1-1").unwrap();
        for (source, level, text) in lines {
            log.add(source, level, &text);
        }
        log.kept();
        (folder, log)
    }

    pub(super) fn numbered(count: u32) -> impl Iterator<Item = (LogSource, LogLevel, String)> {
        (0..count).map(|row| {
            let level = match row % 10 {
                3 => LogLevel::Warning,
                7 => LogLevel::Error,
                _ => LogLevel::Info,
            };
            (LogSource::Cargo, level, format!("line {row}"))
        })
    }

    #[test]
    fn every_row_is_read_whatever_is_asked() {
        let (folder, _log) = written(numbered(1000));
        let mut log = KeptLog::open(folder.path(), "1-1").unwrap();
        let mut check = |filter, from, count, expected: Vec<u32>| {
            let lines = log.lines(filter, from, count).unwrap();
            let rows = lines.iter().map(|line| line.number - 1).collect::<Vec<_>>();
            assert_eq!(rows, expected, "{filter:?} from {from}");
            assert!(
                lines
                    .iter()
                    .zip(&expected)
                    .all(|(line, row)| line.text == format!("line {row}"))
            );
        };
        check(LogFilter::All, 0, 3, vec![0, 1, 2]);
        check(LogFilter::All, 62, 5, (62..67).collect());
        check(LogFilter::All, 990, 500, (990..1000).collect());
        check(LogFilter::All, 1000, 5, vec![]);
        check(LogFilter::All, 100, 9999, (100..600).collect());
        check(LogFilter::Warning, 5, 9, (5..14).map(|at| at * 10 + 3).collect());
        check(LogFilter::Error, 99, 9, vec![997]);
        let counts = log.counts().unwrap();
        assert_eq!((counts.lines, counts.warnings, counts.errors), (1000, 100, 100));
    }

    #[test]
    fn what_is_written_meanwhile_is_read_too() {
        let (folder, mut log) = written(numbered(10));
        let mut kept = KeptLog::open(folder.path(), "1-1").unwrap();
        assert_eq!(kept.find(LogFilter::All, "line", 0, &|| true).unwrap().count, 10);
        log.add(LogSource::Granary, LogLevel::Warning, "a line\nand another");
        log.kept();
        assert_eq!(
            kept.find(LogFilter::All, "LINE", 99, &|| true).unwrap().row,
            Some(10)
        );
        let last = kept.lines(LogFilter::All, 11, 1).unwrap().remove(0);
        assert_eq!(
            (last.text.as_str(), last.level),
            ("and another", LogLevel::Warning)
        );
    }

    #[test]
    fn the_line_that_tells_of_a_crate_is_found() {
        let said = |source, text: &str| (source, LogLevel::Info, text.to_owned());
        let (folder, _log) = written([
            said(LogSource::Granary, "needs a v1.0.0 and more"),
            said(LogSource::Download, "Fetched a 1.0.0-rc.1 (x)"),
            said(LogSource::Download, "Fetched ha 1.0.0 (x)"),
            said(LogSource::Download, "Fetched a 1.0.0 (x), 5 bytes in 1 ms"),
            said(LogSource::Download, "  Downloaded b v2.0.0"),
        ]);
        let mut log = KeptLog::open(folder.path(), "1-1").unwrap();
        assert_eq!(log.row_of("a", "1.0.0").unwrap(), Some(3));
        assert_eq!(log.row_of("a", "1.0.0-rc.1").unwrap(), Some(1));
        assert_eq!(log.row_of("b", "2.0.0").unwrap(), Some(4));
        assert_eq!(log.row_of("b", "1.0.0").unwrap(), None);
    }

    #[test]
    fn errors_follow_one_another() {
        let (folder, _log) = written(numbered(30));
        let mut log = KeptLog::open(folder.path(), "1-1").unwrap();
        let mut check = |row, expected| assert_eq!(log.error_after(row).unwrap(), expected, "{row:?}");
        check(None, Some(7));
        check(Some(7), Some(17));
        check(Some(8), Some(17));
        check(Some(27), Some(7));
    }

    #[test]
    fn only_ids_name_logs() {
        let folder = tempfile::tempdir().unwrap();
        for id in ["", "../1", "1/2", "a"] {
            assert!(KeptLog::open(folder.path(), id).is_err(), "{id}");
        }
    }
}
