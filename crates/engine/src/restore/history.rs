//! Runs as they are kept: a record beside each log, found again after a restart, let go of by age once they take too much room.
//!
//! **Invariant**: Granary's own files alone. A record is written whole or not at all; whether a run still goes on is told by the
//! system, through the lock on a file that goes with it. What cannot be read is left out, never an error: the list goes on.

use std::fs::File;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::log::path_of;
use super::{Diagnostic, Error, Fetch, KeptRun, RunEntry, RunState};

/// Runs that are kept at most.
const MOST: usize = 500;
/// Bytes that they may take in all.
const MOST_BYTES: u64 = 512 * 1024 * 1024;
/// The largest record that is read, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

/// A record that goes with a run: says that it goes on until it is dropped, also where the program is killed.
#[derive(Debug)]
pub(super) struct Record {
    folder: PathBuf,
    pub(super) entry: RunEntry,
    _going: Option<File>,
}

/// What a run tells in detail, kept apart from what lists show.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Details {
    fetches: Vec<Fetch>,
    diagnostics: Vec<Diagnostic>,
}

impl Record {
    /// Begins a run's record; older ones go where there are too many.
    pub(super) fn begin(folder: &Path, entry: RunEntry) -> Self {
        let record = Self {
            folder: folder.to_owned(),
            _going: mark(&going(folder, &entry.id)),
            entry,
        };
        prune(folder, MOST, MOST_BYTES);
        record.keep("json", &record.entry);
        record
    }

    /// Ends it.
    pub(super) fn end(self, fetches: Vec<Fetch>, diagnostics: Vec<Diagnostic>) {
        if !fetches.is_empty() || !diagnostics.is_empty() {
            self.keep("details", &Details { fetches, diagnostics });
        }
        self.keep("json", &self.entry);
    }

    /// A disk that is full must not stop a run; and a power cut may cost a record, so nobody waits for the disk.
    fn keep(&self, ending: &str, what: &impl Serialize) {
        let path = self.folder.join(format!("{}.{ending}", self.entry.id));
        let kept = serde_json::to_vec(what).map_err(std::io::Error::from);
        let kept = kept.and_then(|text| {
            let new = path.with_extension("new");
            std::fs::write(&new, text)?;
            std::fs::rename(&new, &path)
        });
        if let Err(error) = kept {
            tracing::warn!(file = %path.display(), %error, "the record of a run could not be kept");
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let path = going(&self.folder, &self.entry.id);
        // Windows removes no file that is open.
        self._going = None;
        if let Err(error) = std::fs::remove_file(&path) {
            tracing::debug!(file = %path.display(), %error, "the mark of a run stays");
        }
    }
}

fn going(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.going"))
}

fn mark(path: &Path) -> Option<File> {
    let marked = File::create(path).and_then(|file| {
        file.lock()?;
        Ok(file)
    });
    marked
        .inspect_err(
            |error| tracing::warn!(file = %path.display(), %error, "a run could not be marked as going on"),
        )
        .ok()
}

/// Whether the program that runs it still does.
fn goes_on(folder: &Path, id: &str) -> bool {
    let Ok(file) = File::open(going(folder, id)) else {
        return false;
    };
    matches!(file.try_lock_shared(), Err(std::fs::TryLockError::WouldBlock))
}

/// The runs that are kept, the newest first: of a folder or of all, and where a text is found.
pub(crate) fn list(folder: &Path, of: Option<&Path>, query: &str) -> Vec<RunEntry> {
    let wanted = query.trim().to_lowercase();
    let mut ids = ids(folder);
    ids.reverse();
    let entries = ids.iter().filter_map(|id| read(folder, id));
    let is_of = |entry: &RunEntry| of.is_none_or(|of| entry.folder == of);
    entries
        .filter(|entry| is_of(entry) && (wanted.is_empty() || holds(entry, &wanted)))
        .collect()
}

/// A run that is kept.
pub(crate) fn show(folder: &Path, id: &str) -> Result<KeptRun, Error> {
    super::log::kept_log(folder, id)?;
    let entry = read(folder, id).ok_or_else(|| Error::NoLog(id.to_owned()))?;
    let details: Details = parsed(&folder.join(format!("{id}.details"))).unwrap_or_default();
    Ok(KeptRun {
        entry,
        fetches: details.fetches,
        diagnostics: details.diagnostics,
    })
}

fn read(folder: &Path, id: &str) -> Option<RunEntry> {
    let mut entry: RunEntry = parsed(&folder.join(format!("{id}.json")))?;
    // Its name is what says which it is.
    id.clone_into(&mut entry.id);
    if entry.state.is_none() && !goes_on(folder, id) {
        // It may have ended between the two looks.
        let ended: RunEntry = parsed(&folder.join(format!("{id}.json")))?;
        entry.summary = ended.summary;
        entry.log = ended.log;
        entry.state = ended.state.or(Some(RunState::BrokenOff));
    }
    Some(entry)
}

fn parsed<T: serde::de::DeserializeOwned>(path: &Path) -> Option<T> {
    let text = credentials::file::read(path, LARGEST).ok().flatten()?;
    serde_json::from_str(&text)
        .inspect_err(
            |error| tracing::debug!(file = %path.display(), %error, "the record of a run is not understood"),
        )
        .ok()
}

fn holds(entry: &RunEntry, wanted: &str) -> bool {
    let failure = entry
        .summary
        .as_ref()
        .and_then(|summary| summary.failure.as_ref());
    let words = failure.map(|failure| std::iter::once(&failure.message).chain(&failure.causes));
    let folder = entry.folder.to_string_lossy();
    let mut all = [entry.project.as_str(), entry.command.as_str(), &folder]
        .into_iter()
        .chain(words.into_iter().flatten().map(String::as_str));
    all.any(|text| text.to_lowercase().contains(wanted))
}

/// The ids of all runs that have a record or a log; they begin with the time, so their names sort by age.
fn ids(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut ids = entries
        .filter_map(|entry| {
            let path = entry.path();
            let is_kept = path
                .extension()
                .is_some_and(|ending| ending == "json" || ending == "log");
            let id = path.file_stem()?.to_str()?;
            let is_id = id.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
            (is_kept && is_id).then(|| id.to_owned())
        })
        .collect::<Vec<_>>();
    ids.sort();
    ids.dedup();
    ids
}

/// Lets go of the oldest where there are too many, or they take too much; never of one that goes on.
fn prune(folder: &Path, most: usize, most_bytes: u64) {
    let ids = ids(folder);
    let (mut kept, mut bytes) = (0, 0);
    for id in ids.iter().rev() {
        let files = ["log", "json", "details"].map(|ending| match ending {
            "log" => path_of(folder, id),
            ending => folder.join(format!("{id}.{ending}")),
        });
        let size = files.iter().filter_map(|file| std::fs::metadata(file).ok());
        let size = size.map(|about| about.len()).sum::<u64>();
        // The newest stays, whatever it takes; and what goes leaves its room to older ones.
        let fits = kept < most && bytes + size <= most_bytes;
        if kept == 0 || fits || goes_on(folder, id) {
            (kept, bytes) = (kept + 1, bytes + size);
            continue;
        }
        for file in files.into_iter().chain([going(folder, id)]) {
            if let Err(error) = std::fs::remove_file(&file)
                && error.kind() != std::io::ErrorKind::NotFound
            {
                tracing::debug!(file = %file.display(), %error, "an old run stays");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::restore::{LogCounts, RestoreRequest, RunVerb};

    fn entry(id: &str, project: &str) -> RunEntry {
        let folder = PathBuf::from("work").join(project);
        RunEntry {
            id: id.to_owned(),
            folder: folder.clone(),
            project: project.to_owned(),
            request: RestoreRequest {
                folder,
                verb: RunVerb::Fetch,
                release: false,
                locked: false,
                offline: false,
                no_prefetch: false,
            },
            command: "cargo fetch".to_owned(),
            started_at: "2026-11-27T09:00:00.000Z".to_owned(),
            crates_io: None,
            state: None,
            log: LogCounts::default(),
            summary: None,
        }
    }

    fn ended(folder: &Path, id: &str, project: &str) {
        std::fs::write(path_of(folder, id), "x".repeat(1000)).unwrap();
        let mut record = Record::begin(folder, entry(id, project));
        record.entry.state = Some(RunState::Done);
        record.end(Vec::new(), Vec::new());
    }

    fn listed(folder: &Path, query: &str) -> Vec<(String, Option<RunState>)> {
        let runs = list(folder, None, query).into_iter();
        runs.map(|run| (run.id, run.state)).collect()
    }

    #[test]
    fn what_was_kept_before_fetches_could_be_refused_is_read() {
        let fetch = r#"{"name":"a","version":"1.0.0","from":"f","lane":0,"began":0.5,"seconds":0.1,"bytes":3.0,
            "retries":0,"saves":false}"#;
        let fetch = serde_json::from_str::<crate::restore::Fetch>(fetch).unwrap();
        assert!(!fetch.refused && fetch.bytes > 2.0);
    }

    #[test]
    fn the_newest_comes_first_and_what_goes_on_is_told_from_what_was_broken_off() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        ended(folder, "1-1-0", "relay");
        let going = Record::begin(folder, entry("2-1-0", "gateway"));
        std::fs::copy(folder.join("2-1-0.json"), folder.join("3-1-0.json")).unwrap();
        let (done, broken) = (Some(RunState::Done), Some(RunState::BrokenOff));
        let of = |id: &str, state| (id.to_owned(), state);
        assert_eq!(
            listed(folder, ""),
            [of("3-1-0", broken), of("2-1-0", None), of("1-1-0", done)]
        );
        drop(going);
        assert_eq!(listed(folder, "GATE"), [of("3-1-0", broken), of("2-1-0", broken)]);
        assert_eq!(list(folder, Some(Path::new("work/relay")), "").len(), 1);
        assert_eq!(listed(folder, "nothing of that kind"), []);
    }

    #[test]
    fn the_oldest_go_by_number_and_by_size_and_never_one_that_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let going = Record::begin(folder, entry("1-1-0", "relay"));
        for id in ["2-1-0", "3-1-0", "4-1-0", "5-1-0"] {
            ended(folder, id, "relay");
        }
        let left = |folder: &Path| ids(folder);
        prune(folder, 3, u64::MAX);
        assert_eq!(left(folder), ["1-1-0", "3-1-0", "4-1-0", "5-1-0"]);
        prune(folder, 9, 2000);
        assert_eq!(left(folder), ["1-1-0", "5-1-0"]);
        drop(going);
        prune(folder, 9, 10);
        assert_eq!(left(folder), ["5-1-0"]);
    }

    #[test]
    fn what_is_damaged_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        ended(folder.path(), "1-1-0", "relay");
        std::fs::write(folder.path().join("2-1-0.json"), "{").unwrap();
        std::fs::write(folder.path().join("notes.json"), "{}").unwrap();
        assert_eq!(listed(folder.path(), "").len(), 1);
        assert!(show(folder.path(), "2-1-0").is_err());
        assert!(show(folder.path(), "../1-1-0").is_err());
        assert!(show(folder.path(), "1-1-0").is_ok());
    }
}
