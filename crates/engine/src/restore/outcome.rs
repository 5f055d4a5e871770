//! What came of a restore: counted from cargo's cache before and after, not from its words.
//!
//! **Invariant**: pure but for the sizes of files.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::time::Duration;

use crate::error::{self, Code};

use super::cache::CachedCrate;
use super::{FeedShare, Fetch, PhaseTime, RunState, RunSummary, RunVerb, Seeded, Verified};

/// What cargo said when it failed.
#[derive(Debug, Default)]
pub(super) struct Complaint(Vec<String>);

impl Complaint {
    /// The most that is kept of it, in lines.
    const LONGEST: usize = 60;

    /// Takes in a line if it belongs to the error: the line that names it, and all after.
    pub(super) fn take(&mut self, line: &str, is_error: bool) {
        if (is_error || !self.0.is_empty()) && self.0.len() < Self::LONGEST {
            self.0.push(line.trim().to_owned());
        }
    }

    fn told(&self, command: &str, exit: Option<i32>) -> error::Told {
        let mut lines = self
            .0
            .iter()
            .filter(|line| !line.is_empty() && *line != "Caused by:");
        let first = lines.next().map(|line| line.trim_start_matches("error: "));
        let code = exit.map_or("a signal".to_owned(), |code| format!("code {code}"));
        error::Told {
            code: Code::Internal,
            message: first.map_or_else(
                || format!("`{command}` ended with {code}"),
                |line| format!("cargo: {line}"),
            ),
            hints: vec!["Look at the error in the log.".to_owned()],
            causes: lines.cloned().collect(),
        }
    }
}

/// How a run ended.
pub(super) enum Ended {
    Well,
    Cancelled,
    /// Cargo, with this code; none when a signal ended it.
    Badly(Option<i32>),
    /// It did not go on, and why.
    Refused(Box<error::Told>),
    /// It was looked for, and is not as it should be.
    Found(String),
    /// Cargo would run what nobody trusted yet, as was known only once all was here.
    Untrusted(super::Error),
}

impl Ended {
    /// It did not go on, which says all there is to do about it.
    pub(super) fn refused(why: &str) -> Self {
        Self::Refused(Box::new(refused(why, "Nothing more was done. Look at the log.")))
    }

    /// Why it failed, if it did.
    pub(super) fn failure(&self, command: &str, complaint: &Complaint) -> Option<error::Told> {
        match self {
            Self::Well | Self::Cancelled => None,
            Self::Badly(exit) => Some(complaint.told(command, *exit)),
            Self::Refused(told) => Some(error::Told::clone(told)),
            Self::Untrusted(error) => Some(error::Told {
                code: error.code(),
                message: error.to_string(),
                hints: error.hint().into_iter().collect(),
                causes: Vec::new(),
            }),
            Self::Found(what) => Some(refused(what, "The log names each of them.")),
        }
    }
}

fn refused(why: &str, hint: &str) -> error::Told {
    error::Told {
        code: Code::Precondition,
        message: why.to_owned(),
        hints: vec![hint.to_owned()],
        causes: Vec::new(),
    }
}

/// What was counted while it went on.
pub(super) struct Told {
    pub(super) verb: RunVerb,
    pub(super) took: Duration,
    pub(super) phases: Vec<PhaseTime>,
    pub(super) slowest: Option<Fetch>,
    pub(super) saved: u32,
    pub(super) retries: u32,
    pub(super) left: Vec<String>,
    pub(super) cargo_alone: Option<Duration>,
    pub(super) seeded: Option<Seeded>,
    pub(super) verified: Option<Verified>,
}

/// The summary, from the locked crates now and those that were here before.
pub(super) fn summary(
    ended: &Ended,
    told: Told,
    failure: Option<error::Told>,
    crates: &[CachedCrate],
    here_before: &HashSet<PathBuf>,
    title: impl Fn(&str) -> String,
) -> RunSummary {
    let mut feeds = BTreeMap::new();
    let (mut downloaded, mut already_here, mut bytes) = (0, 0, 0.0);
    for found in crates {
        let share = feeds.entry(&found.index_url).or_insert_with(|| FeedShare {
            title: title(&found.index_url),
            crates: 0,
            downloaded: 0,
            bytes: 0.0,
            cache_folder: found.folder.clone(),
        });
        share.crates += 1;
        match found.size() {
            _ if here_before.contains(&found.file()) => already_here += 1,
            Some(size) => {
                #[expect(clippy::cast_precision_loss, reason = "no crate has 2^52 bytes")]
                let size = size as f64;
                share.downloaded += 1;
                share.bytes += size;
                downloaded += 1;
                bytes += size;
            }
            None => {}
        }
    }
    RunSummary {
        verb: told.verb,
        state: match ended {
            Ended::Well => RunState::Done,
            Ended::Cancelled => RunState::Cancelled,
            Ended::Badly(_) | Ended::Refused(_) | Ended::Found(_) | Ended::Untrusted(_) => RunState::Failed,
        },
        seconds: told.took.as_secs_f64(),
        downloaded,
        bytes,
        already_here,
        locked: u32::try_from(crates.len()).unwrap_or(u32::MAX),
        feeds: feeds.into_values().collect(),
        phases: told.phases,
        slowest: told.slowest,
        saved: told.saved,
        retries: told.retries,
        left_to_cargo: told.left,
        cargo_alone_seconds: told.cargo_alone.map(|alone| alone.as_secs_f64()),
        seeded: told.seeded,
        verified: told.verified,
        failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_feed_what_is_new_and_what_was_here() {
        let folder = tempfile::tempdir().unwrap();
        let found = |name: &str, index_url: &str| CachedCrate {
            name: name.into(),
            version: "1.0.0".into(),
            index_url: index_url.into(),
            checksum: None,
            folder: folder.path().to_owned(),
        };
        let crates = [found("a", "u"), found("b", "u"), found("c", "i"), found("d", "i")];
        for name in ["a", "b", "c"] {
            std::fs::write(folder.path().join(format!("{name}-1.0.0.crate")), "12345").unwrap();
        }
        let before = HashSet::from([crates[0].file()]);
        let told = Told {
            verb: RunVerb::Fetch,
            took: Duration::from_secs(2),
            phases: Vec::new(),
            slowest: None,
            saved: 0,
            retries: 0,
            left: Vec::new(),
            cargo_alone: None,
            seeded: None,
            verified: None,
        };
        let titled = |url: &str| format!("feed {url}");
        let summary = summary(&Ended::Well, told, None, &crates, &before, titled);
        assert_eq!(
            (
                summary.downloaded,
                summary.already_here,
                summary.locked,
                summary.bytes
            ),
            (2, 1, 4, 10.0)
        );
        let shares = summary
            .feeds
            .iter()
            .map(|share| (share.title.as_str(), share.crates, share.downloaded));
        assert_eq!(shares.collect::<Vec<_>>(), [("feed i", 2, 1), ("feed u", 2, 1)]);
    }

    #[test]
    fn a_failure_is_told_by_cargos_own_first_line() {
        let mut complaint = Complaint::default();
        for line in [
            "    Updating index",
            "error: failed to get `x`",
            "",
            "Caused by:",
            "  no such crate",
        ] {
            complaint.take(line, line.starts_with("error"));
        }
        let told = complaint.told("cargo fetch", Some(101));
        assert_eq!(
            (told.message.as_str(), told.causes),
            ("cargo: failed to get `x`", vec!["no such crate".to_owned()])
        );
        let told = Complaint::default().told("cargo fetch", None);
        assert_eq!(told.message, "`cargo fetch` ended with a signal");
    }
}
