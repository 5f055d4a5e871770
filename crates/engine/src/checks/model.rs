//! What a check found, as it crosses to the window and into `granary check --json`.
//!
//! **Invariant**: plain values; of a token there is never more than its scheme.

use std::path::PathBuf;

use serde::Serialize;

use crate::change_request::ChangeKind;
use crate::project::{Setting, SettingOrigin, SettingValue};

/// All checks of a project, in the order in which they were made.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CheckReport {
    /// The project's folder.
    pub folder: PathBuf,
    /// The same with `~` for the user's home.
    pub display_folder: String,
    /// The id of the first problem: the one to mend before looking at any other.
    pub first_problem: Option<String>,
    /// Every check, also those that found nothing.
    pub checks: Vec<Check>,
}

/// One check, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// Stays the same for ever: `docs/diagnosis.md` tells of each.
    pub id: String,
    /// What is looked at.
    pub title: String,
    /// What came of it.
    pub verdict: Verdict,
    /// What was found, or why nothing was looked at; empty where all is well.
    pub words: String,
    /// What was read or asked.
    pub evidence: Vec<Evidence>,
    /// What mends it.
    pub fix: Option<Fix>,
}

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// Nothing is wrong with it.
    Ok,
    /// Cargo goes on, and somebody should know.
    Warning,
    /// Cargo stops, or will.
    Problem,
    /// It was looked at, and cannot be told.
    Unknown,
    /// It was not looked at; the words say why.
    Skipped,
}

/// What was read or asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Evidence {
    /// A file.
    File {
        /// Where it is.
        path: PathBuf,
        /// The same with `~` for the user's home.
        display: String,
        /// The line, from 1 on, where one is meant.
        line: Option<u32>,
    },
    /// A variable of the environment.
    Variable {
        /// Its name.
        name: String,
    },
    /// A request.
    Request {
        /// The method and the address.
        asked: String,
        /// The scheme of the token that was sent; none where none was.
        authorization: Option<String>,
        /// The status of the answer; none where there was no answer.
        status: Option<u16>,
    },
    /// What is kept of a feed.
    Catalogue {
        /// The feed.
        feed: String,
        /// When it was brought up to date, ISO 8601 in UTC.
        at: Option<String>,
    },
    /// An account.
    Account {
        /// Its id.
        id: String,
    },
    /// A line of cargo's output.
    Said {
        /// It.
        line: String,
    },
}

/// What mends a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Fix {
    /// `granary connect`
    Connect {
        /// The feed, where it is known.
        feed: Option<String>,
    },
    /// `granary sign-in`
    SignIn {
        /// The organization, or any address of the feed.
        place: String,
    },
    /// `granary serve`
    Serve,
    /// `granary restore`
    Restore,
    /// A change of files: planned, previewed, applied.
    Change {
        /// What shall change.
        change: ChangeKind,
    },
    /// A variable that should not be set.
    Unset {
        /// Its name.
        variable: String,
    },
    /// A toolchain that should be installed or brought up to date.
    Toolchain {
        /// Its name; none for any that is new enough.
        name: Option<String>,
    },
    /// A role that an owner of the feed has to give.
    AskForRole {
        /// The feed.
        feed: String,
        /// The smallest that is enough, as `granary feed permission` names it.
        role: String,
    },
    /// Something only a person can do.
    ByHand {
        /// What, in words.
        what: String,
    },
}

impl Verdict {
    /// In one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
            Self::Unknown => "unknown",
            Self::Skipped => "skipped",
        }
    }
}

impl Check {
    fn found(id: &str, verdict: Verdict, words: String) -> Self {
        Self {
            id: id.to_owned(),
            title: super::table::title(id).to_owned(),
            verdict,
            words,
            evidence: Vec::new(),
            fix: None,
        }
    }

    pub(super) fn ok(id: &str) -> Self {
        Self::found(id, Verdict::Ok, String::new())
    }

    pub(super) fn problem(id: &str, words: impl Into<String>) -> Self {
        Self::found(id, Verdict::Problem, words.into())
    }

    pub(super) fn warning(id: &str, words: impl Into<String>) -> Self {
        Self::found(id, Verdict::Warning, words.into())
    }

    pub(super) fn unknown(id: &str, words: impl Into<String>) -> Self {
        Self::found(id, Verdict::Unknown, words.into())
    }

    pub(super) fn skipped(id: &str, because: impl Into<String>) -> Self {
        Self::found(id, Verdict::Skipped, because.into())
    }

    pub(super) fn seen(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    pub(super) fn mended_by(self, fix: Fix) -> Self {
        self.mended_by_some(Some(fix))
    }

    pub(super) fn mended_by_some(mut self, fix: Option<Fix>) -> Self {
        self.fix = fix;
        self
    }
}

impl Fix {
    /// Another value for a key that something set; a variable is nobody's to change but the user's.
    pub(super) fn set(setting: &Setting, to: Option<SettingValue>) -> Self {
        match (&setting.origin, to) {
            // What stands there was shown without its password, and must not be written so.
            (_, Some(SettingValue::Text(to))) if to.contains("…@") => Self::ByHand {
                what: format!("Write `{}` as `{to}`, with the password.", setting.key),
            },
            (SettingOrigin::File { path, .. }, to) => Self::Change {
                change: ChangeKind::SetConfig {
                    file: Some(path.clone()),
                    key: setting.key.clone(),
                    to,
                },
            },
            (SettingOrigin::Variable { name }, Some(SettingValue::Text(to))) => Self::ByHand {
                what: format!("Set `{name}` to `{to}`."),
            },
            (SettingOrigin::Variable { name }, _) => Self::Unset {
                variable: name.clone(),
            },
        }
    }
}

impl From<&SettingOrigin> for Evidence {
    fn from(origin: &SettingOrigin) -> Self {
        match origin {
            SettingOrigin::File {
                path, display, line, ..
            } => Self::File {
                path: path.clone(),
                display: display.clone(),
                line: Some(*line),
            },
            SettingOrigin::Variable { name } => Self::Variable { name: name.clone() },
        }
    }
}
