//! A run's log: numbered lines, gathered for the faces and kept whole in a file.
//!
//! **Invariant**: memory holds only lines that were not handed on yet; the file has everything.

use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{Error, LogLevel, LogLine, LogSource};

/// Logs of past runs that are kept.
const KEPT: usize = 100;
/// Lines handed on at a time.
const BATCH: usize = 500;

pub(super) struct Log {
    path: PathBuf,
    file: BufWriter<std::fs::File>,
    waiting: Vec<LogLine>,
    next: u32,
}

impl Log {
    pub(super) fn create(folder: &Path, id: &str) -> Result<Self, Error> {
        let path = path_of(folder, id);
        let fault = |source| Error::Log {
            path: path.clone(),
            source,
        };
        std::fs::create_dir_all(folder).map_err(fault)?;
        drop_oldest(folder);
        let file = BufWriter::new(std::fs::File::create(&path).map_err(fault)?);
        Ok(Self {
            path,
            file,
            waiting: Vec::new(),
            next: 1,
        })
    }

    pub(super) fn add(&mut self, at: String, source: LogSource, level: LogLevel, text: String) {
        // A full disk must not stop a restore; the faces still get every line.
        if let Err(error) = writeln!(self.file, "{at} {text}") {
            tracing::warn!(file = %self.path.display(), %error, "a line of the log could not be kept");
        }
        self.waiting.push(LogLine {
            number: self.next,
            at,
            source,
            level,
            text,
        });
        self.next += 1;
    }

    pub(super) fn is_batch_full(&self) -> bool {
        self.waiting.len() >= BATCH
    }

    /// The lines not handed on yet, in batches.
    pub(super) fn take(&mut self) -> Option<Vec<LogLine>> {
        let batch = self
            .waiting
            .drain(..self.waiting.len().min(BATCH))
            .collect::<Vec<_>>();
        (!batch.is_empty()).then_some(batch)
    }

    /// Has the file hold all that was said so far.
    pub(super) fn keep(&mut self) {
        if let Err(error) = self.file.flush() {
            tracing::warn!(file = %self.path.display(), %error, "the end of the log could not be kept");
        }
    }

    pub(super) fn close(mut self) {
        self.keep();
    }
}

/// The end of a kept log: what was said, without when.
pub(crate) fn end_of_log(folder: &Path, id: &str, most: u64) -> Result<String, Error> {
    let path = super::kept_log(folder, id)?;
    let fault = |source| Error::Log {
        path: path.clone(),
        source,
    };
    let mut file = std::fs::File::open(&path).map_err(fault)?;
    let length = file.metadata().map_err(fault)?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(most)))
        .map_err(fault)?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes).map_err(fault)?;
    let text = String::from_utf8_lossy(&bytes);
    let said = |line: &str| line.split_once(' ').map_or("", |(_, said)| said).to_owned();
    Ok(text.lines().map(said).collect::<Vec<_>>().join("\n"))
}

/// Where the log of a run lies.
pub(super) fn path_of(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.log"))
}

/// Run ids begin with the time, so the names sort by age.
fn drop_oldest(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    let is_log = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "log");
    let mut logs = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(is_log)
        .collect::<Vec<_>>();
    logs.sort();
    let surplus = (logs.len() + 1).saturating_sub(KEPT);
    for log in &logs[..surplus] {
        if let Err(error) = std::fs::remove_file(log) {
            tracing::debug!(file = %log.display(), %error, "an old log stays");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_in_order_and_in_batches_and_the_file_has_all() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Log::create(folder.path(), "1-1").unwrap();
        for number in 1..=1200 {
            log.add(
                "now".into(),
                LogSource::Cargo,
                LogLevel::Info,
                format!("line {number}"),
            );
        }
        assert!(log.is_batch_full());
        let batches = std::iter::from_fn(|| log.take()).collect::<Vec<_>>();
        assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [500, 500, 200]);
        assert!(batches.iter().flatten().map(|line| line.number).eq(1..=1200));
        log.close();
        let text = std::fs::read_to_string(path_of(folder.path(), "1-1")).unwrap();
        assert_eq!(text.lines().count(), 1200);
    }

    #[test]
    fn old_logs_go() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..KEPT + 5 {
            Log::create(folder.path(), &format!("{number:04}-1"))
                .unwrap()
                .close();
        }
        let mut left = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect::<Vec<_>>();
        left.sort();
        assert_eq!((left.len(), left[0].to_str().unwrap()), (KEPT, "0005-1.log"));
    }
}
