//! Line endings and byte order marks: what an edit must leave as it was.
//!
//! **Invariant**: pure text; a line the edit did not touch keeps its own ending, whatever the others have.

use similar::{ChangeTag, TextDiff};

const BOM: char = '\u{feff}';

/// The text as an editor of TOML wants it: no byte order mark, line feeds only.
pub(super) fn plain(text: &str) -> String {
    text.trim_start_matches(BOM).replace("\r\n", "\n")
}

/// An edited plain text in the manner of the original: its mark, its endings, line by line.
pub(super) fn in_manner_of(original: &str, edited: &str) -> String {
    let unmarked = original.trim_start_matches(BOM);
    let endings = unmarked.split_inclusive('\n').map(ending).collect::<Vec<_>>();
    let crlf = endings.iter().filter(|ending| **ending == "\r\n").count();
    let usual = if crlf * 2 > endings.len() { "\r\n" } else { "\n" };
    let mut text = if unmarked.len() < original.len() {
        BOM.to_string()
    } else {
        String::new()
    };
    let before = plain(original);
    for change in TextDiff::from_lines(before.as_str(), edited).iter_all_changes() {
        let line = change.value().trim_end_matches('\n');
        let ended = change.value().ends_with('\n');
        match change.tag() {
            ChangeTag::Delete => {}
            ChangeTag::Insert => text.extend([line, if ended { usual } else { "" }]),
            ChangeTag::Equal => {
                let own = change
                    .old_index()
                    .and_then(|index| endings.get(index).copied())
                    .unwrap_or(usual);
                text.extend([line, if ended { own } else { "" }]);
            }
        }
    }
    text
}

fn ending(line: &str) -> &'static str {
    match () {
        () if line.ends_with("\r\n") => "\r\n",
        () if line.ends_with('\n') => "\n",
        () => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(original: &str, edit: impl Fn(&str) -> String, expected: &str) {
        assert_eq!(in_manner_of(original, &edit(&plain(original))), expected);
    }

    #[test]
    fn untouched_lines_keep_their_endings() {
        let same = |text: &str| text.to_owned();
        for text in [
            "",
            "a = 1",
            "a = 1\n",
            "a = 1\r\nb = 2\r\n",
            "\u{feff}a = 1\r\nb = 2\nc = 3",
            "\r\n\n\r\n",
        ] {
            check(text, same, text);
        }
    }

    #[test]
    fn new_lines_take_the_usual_ending() {
        let append = |text: &str| format!("{text}z = 9\n");
        check("a = 1\r\nb = 2\r\n", append, "a = 1\r\nb = 2\r\nz = 9\r\n");
        check(
            "\u{feff}a = 1\r\nb = 2\nc = 3\n",
            append,
            "\u{feff}a = 1\r\nb = 2\nc = 3\nz = 9\n",
        );
        check("", append, "z = 9\n");
    }
}
