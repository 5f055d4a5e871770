//! The parts in which two texts differ, so that one can be made of the other without keeping it whole.
//!
//! **Invariant**: pure; what lies outside a text makes nothing of it.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use similar::{ChangeTag, TextDiff};

/// A part of a text, and what stood in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) bytes: Range<usize>,
    pub(super) was: String,
}

/// What makes `to` of `from`, in order.
pub(super) fn between(from: &str, to: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut at = 0;
    for change in TextDiff::from_lines(from, to).iter_all_changes() {
        let (line, length) = (change.value(), change.value().len());
        let goes_on = parts.last_mut().filter(|last| last.bytes.end == at);
        match (change.tag(), goes_on) {
            (ChangeTag::Equal, _) => at += length,
            (ChangeTag::Delete, Some(last)) => {
                at += length;
                last.bytes.end = at;
            }
            (ChangeTag::Delete, None) => {
                parts.push(Part {
                    bytes: at..at + length,
                    was: String::new(),
                });
                at += length;
            }
            (ChangeTag::Insert, Some(last)) => last.was.push_str(line),
            (ChangeTag::Insert, None) => parts.push(Part {
                bytes: at..at,
                was: line.to_owned(),
            }),
        }
    }
    parts
}

/// A text with some parts replaced; none where they do not lie within it.
pub(super) fn put(text: &str, parts: &[Part]) -> Option<String> {
    let mut whole = text.to_owned();
    for part in parts.iter().rev() {
        text.get(part.bytes.clone())?;
        whole.replace_range(part.bytes.clone(), &part.was);
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_made_of_any_other() {
        let mut state = 7_u64;
        let mut random = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let lines = ["a\n", "b\r\n", "\n", "ü = 1\n", "c\r", "a", "# x\n"];
        for _ in 0..2_000 {
            let mut text = || {
                (0..random(9))
                    .map(|_| lines[usize::try_from(random(7)).unwrap()])
                    .collect::<String>()
            };
            let (one, other) = (text(), text());
            assert_eq!(
                put(&one, &between(&one, &other)).as_deref(),
                Some(other.as_str()),
                "{one:?}"
            );
        }
        assert_eq!(
            put(
                "ü",
                &[Part {
                    bytes: 1..1,
                    was: String::new()
                }]
            ),
            None
        );
    }
}
