//! What cargo's output says of a failure: its own words, held against what is known to go wrong.
//!
//! **Invariant**: pure; cargo's words are English whatever the system speaks, and of the system's own only the number is read. What is
//! not recognised says nothing.

mod sayings;

use std::sync::LazyLock;

use regex_lite::{Captures, Regex};

use super::{Check, Evidence, Fix};
use crate::change_request::ChangeKind;
pub(super) use sayings::SAYINGS;
use sayings::{Advice, Saying};

/// How much of an output is looked at: its end, where the failure stands.
const MOST_BYTES: usize = 128 * 1024;
/// How long one line may be.
const LONGEST_LINE: usize = 4096;

/// The patterns of each saying, in their order.
static PATTERNS: LazyLock<Vec<Vec<Regex>>> = LazyLock::new(|| {
    let compiled = |saying: &Saying| saying.all.iter().filter_map(|pattern| Regex::new(pattern).ok());
    SAYINGS.iter().map(|saying| compiled(saying).collect()).collect()
});

/// A fault that an output names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recognised {
    /// As a check would tell it.
    pub(super) check: Check,
    /// The registry or crate that the output names, where it does.
    pub(super) about: Option<String>,
    /// The checks that explain it closer, the likeliest first.
    pub(super) explained_by: &'static [&'static str],
}

/// The faults that an output names, as checks tell them, the likeliest cause first.
pub fn recognise(output: &str) -> Vec<Check> {
    let found = recognised(output).into_iter();
    found.map(|found| found.check).collect()
}

/// The faults that an output names, the likeliest cause first.
pub(super) fn recognised(output: &str) -> Vec<Recognised> {
    let plain = plain(output);
    let text = from_the_error(&plain);
    let found = SAYINGS.iter().zip(PATTERNS.iter());
    found
        .filter_map(|(saying, patterns)| saying.found_in(patterns, text))
        .collect()
}

/// Without colours and links, and bounded.
pub(super) fn plain(output: &str) -> String {
    let from = output.floor_char_boundary(output.len().saturating_sub(MOST_BYTES));
    let plain = strip_ansi_escapes::strip_str(&output[from..]);
    let lines = plain
        .lines()
        .map(|line| &line[..line.floor_char_boundary(LONGEST_LINE)]);
    lines.collect::<Vec<_>>().join("\n")
}

/// From the first error on: what was tried again, or only warned of, came before it. All of it where there is no error.
fn from_the_error(plain: &str) -> &str {
    let begins = plain
        .match_indices("error")
        .find(|(at, _)| *at == 0 || plain[..*at].ends_with('\n'));
    &plain[begins.map_or(0, |(at, _)| at)..]
}

impl Saying {
    fn found_in(&self, patterns: &[Regex], text: &str) -> Option<Recognised> {
        let mut patterns = patterns.iter();
        let (first, line) = patterns.next().and_then(|pattern| find(pattern, text))?;
        if !patterns.all(|pattern| find(pattern, text).is_some()) {
            return None;
        }
        let words = match &first {
            Some(about) => self.words.replace("{}", about),
            // What is not named is left out of the sentence.
            None => self.words.replace(" for `{}`", "").replace(" `{}`", ""),
        };
        let check = Check::problem(self.id, words).seen([Evidence::Said { line }]);
        Some(Recognised {
            check: check.mended_by_some(self.advice.fix(first.as_deref())),
            about: first,
            explained_by: self.explained_by,
        })
    }
}

/// The first thing a pattern names, and the line it was found in.
fn find(pattern: &Regex, text: &str) -> Option<(Option<String>, String)> {
    let found: Captures<'_> = pattern.captures(text)?;
    let whole = found.get(0)?;
    let begin = text[..whole.start()].rfind('\n').map_or(0, |at| at + 1);
    let end = text[whole.end()..]
        .find('\n')
        .map_or(text.len(), |at| whole.end() + at);
    // The first of the groups that took part; the whole match is none of them.
    let about = (1..found.len()).find_map(|group| found.get(group));
    let line = text[begin..end].trim().replace('\n', " ");
    Some((about.map(|about| about.as_str().to_owned()), line))
}

impl Advice {
    fn fix(self, about: Option<&str>) -> Option<Fix> {
        Some(match self {
            Self::Nothing => return None,
            Self::AskGranary => Fix::Change {
                change: ChangeKind::Provider { is_used: true },
            },
            Self::Connect => Fix::Connect { feed: None },
            Self::Restore => Fix::Restore,
            Self::Toolchain => Fix::Toolchain {
                name: about.map(str::to_owned),
            },
            Self::NewerToolchain => Fix::Toolchain { name: None },
            Self::ByHand(what) => Fix::ByHand {
                what: match about {
                    Some(about) => what.replace("{}", about),
                    None => what.replace("`{}`", "it"),
                },
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(output: &str) -> Vec<String> {
        recognise(output).into_iter().map(|check| check.id).collect()
    }

    #[test]
    fn every_pattern_is_one() {
        for pattern in SAYINGS.iter().flat_map(|saying| saying.all) {
            Regex::new(pattern).unwrap_or_else(|wrong| panic!("{pattern}: {wrong}"));
        }
    }

    #[test]
    fn colours_and_links_are_passed_over() {
        let output = "\u{1b}[1m\u{1b}[31merror\u{1b}[0m: token rejected \u{1b}]8;;https://x\u{1b}\\for\u{1b}]8;;\u{1b}\\ `my-feed`\r\n";
        let found = recognised(output);
        assert_eq!(found[0].check.id, "P-01");
        assert_eq!(found[0].about.as_deref(), Some("my-feed"));
        let Evidence::Said { line } = &found[0].check.evidence[0] else {
            panic!("{found:?}")
        };
        assert_eq!(line, "error: token rejected for `my-feed`");
    }

    #[test]
    fn what_is_not_named_is_left_out() {
        let words = |output: &str| recognise(output).remove(0).words;
        assert_eq!(
            words("TF400813: not authorized"),
            "the feed refuses the token that cargo sent"
        );
        assert_eq!(
            words("error: could not load Cargo configuration"),
            "cargo cannot read its config"
        );
    }

    #[test]
    fn systems_speak_their_own_language_and_one_number() {
        let foreign = "error: failed to write `x`\n\nCaused by:\n  Kein Speicherplatz mehr (os error 28)\n";
        assert_eq!(ids(foreign), ["disk-full"]);
        assert_eq!(
            ids("error: cannot open `C:\\x`\n  Zugriff verweigert (os error 5)"),
            ["not-permitted"]
        );
    }

    #[test]
    fn what_is_not_known_says_nothing() {
        assert_eq!(ids("error: something nobody ever saw\n"), Vec::<String>::new());
        assert_eq!(ids(""), Vec::<String>::new());
        assert_eq!(
            ids("    Updating crates.io index\n  Downloaded serde v1.0.228\n"),
            Vec::<String>::new()
        );
        let far = format!("token rejected for `a`\n{}", "x\n".repeat(MOST_BYTES));
        assert_eq!(ids(&far), Vec::<String>::new(), "only the end is looked at");
        let long = "é".repeat(MOST_BYTES);
        assert_eq!(ids(&long), Vec::<String>::new());
    }

    /// Outputs as cargo of several versions writes them, each below the id it must be known by.
    #[test]
    fn outputs_of_many_cargos_are_recognised() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/cargo-output");
        let (mut looked_at, mut wrong) = (0, Vec::new());
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let id = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            for output in text.split("\n=====\n") {
                let found = ids(output);
                if found.first() != Some(&id) {
                    wrong.push(format!("{id} is known as {found:?}:\n{output}"));
                }
                looked_at += 1;
            }
        }
        assert!(
            looked_at >= SAYINGS.len(),
            "{looked_at} outputs for {} sayings",
            SAYINGS.len()
        );
    }
}
