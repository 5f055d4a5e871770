//! Two texts as a unified diff: for the preview, and as a patch.
//!
//! **Invariant**: pure; shows line ends only where they are all that differs.

use std::path::{Path, PathBuf};

use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use crate::project::Place;

/// Unchanged lines shown around a change.
const CONTEXT: usize = 3;

/// One file of a plan, as a diff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct FileChange {
    /// The file.
    pub path: PathBuf,
    /// How it is shown: relative to the project, or with `~`.
    pub display: String,
    /// Whether it travels with the project.
    pub place: Place,
    /// Lines added.
    pub added: u32,
    /// Lines removed.
    pub removed: u32,
    /// Whether the file is not there yet.
    pub created: bool,
    /// Whether the file goes.
    pub deleted: bool,
    /// The changed places, with lines around them.
    pub hunks: Vec<Hunk>,
}

/// One changed place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Hunk {
    /// Its lines, in order.
    pub lines: Vec<DiffLine>,
}

/// One line of a diff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct DiffLine {
    /// Whether it stays, comes or goes.
    pub kind: DiffLineKind,
    /// Its number in the old text, from 1.
    pub old: Option<u32>,
    /// Its number in the new text, from 1.
    pub new: Option<u32>,
    /// The line, without its end.
    pub text: String,
    /// Whether it is a last line that does not end; a patch says so.
    #[serde(skip)]
    pub unended: bool,
}

/// Whether a line stays, comes or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum DiffLineKind {
    /// It stays.
    Context,
    /// It comes.
    Added,
    /// It goes.
    Removed,
}

pub(super) fn file_change(
    path: &Path,
    display: String,
    place: Place,
    before: Option<&str>,
    after: Option<&str>,
) -> FileChange {
    let diff = TextDiff::from_lines(before.unwrap_or_default(), after.unwrap_or_default());
    let number = |index: Option<usize>| index.and_then(|index| u32::try_from(index + 1).ok());
    let hunks = diff
        .grouped_ops(CONTEXT)
        .iter()
        .map(|group| Hunk {
            lines: group
                .iter()
                .flat_map(|op| diff.iter_changes(op))
                .map(|change| DiffLine {
                    kind: match change.tag() {
                        ChangeTag::Equal => DiffLineKind::Context,
                        ChangeTag::Insert => DiffLineKind::Added,
                        ChangeTag::Delete => DiffLineKind::Removed,
                    },
                    old: number(change.old_index()),
                    new: number(change.new_index()),
                    text: change.value().trim_end_matches(['\r', '\n']).to_owned(),
                    unended: !change.value().ends_with('\n'),
                })
                .collect(),
        })
        .collect::<Vec<_>>();
    let count = |kind| {
        let lines = hunks.iter().flat_map(|hunk: &Hunk| &hunk.lines);
        u32::try_from(lines.filter(|line| line.kind == kind).count()).unwrap_or(u32::MAX)
    };
    FileChange {
        path: path.to_owned(),
        display,
        place,
        added: count(DiffLineKind::Added),
        removed: count(DiffLineKind::Removed),
        created: before.is_none(),
        deleted: after.is_none(),
        hunks,
    }
}

/// A file's change as a patch that `git apply` and `patch` take.
pub(super) fn patch(file: &FileChange) -> String {
    let old = if file.created {
        "/dev/null".to_owned()
    } else {
        format!("a/{}", file.display)
    };
    let new = match file.deleted {
        true => "/dev/null".to_owned(),
        false => format!("b/{}", file.display),
    };
    let mut text = format!("--- {old}\n+++ {new}\n");
    for hunk in &file.hunks {
        let span = |numbers: Vec<u32>| match (numbers.first(), numbers.len()) {
            (Some(first), length) => format!("{first},{length}"),
            (None, _) => "0,0".to_owned(),
        };
        let old = span(hunk.lines.iter().filter_map(|line| line.old).collect());
        let new = span(hunk.lines.iter().filter_map(|line| line.new).collect());
        text += &format!("@@ -{old} +{new} @@\n");
        for line in &hunk.lines {
            let sign = match line.kind {
                DiffLineKind::Context => ' ',
                DiffLineKind::Added => '+',
                DiffLineKind::Removed => '-',
            };
            text += &format!("{sign}{}\n", line.text);
            if line.unended {
                text += "\\ No newline at end of file\n";
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_tells_of_a_last_line_that_does_not_end() {
        let change = file_change(
            Path::new("p"),
            "p".into(),
            Place::Repository,
            Some("a\nb"),
            Some("a\nb\nc"),
        );
        insta::assert_snapshot!(patch(&change), @r"
        --- a/p
        +++ b/p
        @@ -1,2 +1,3 @@
         a
        -b
        \ No newline at end of file
        +b
        +c
        \ No newline at end of file
        ");
    }
}
