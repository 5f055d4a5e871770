//! Lines of a text by their bytes: where one begins and ends, and how lines end in it.
//!
//! **Invariant**: pure; looks at bytes, knows no TOML.

use std::ops::Range;

const BOM: char = '\u{feff}';

/// Where the text begins behind a byte order mark.
pub(super) fn start(text: &str) -> usize {
    text.len() - text.trim_start_matches(BOM).len()
}

/// Whether there is nothing but a byte order mark.
pub(super) fn is_empty(text: &str) -> bool {
    start(text) == text.len()
}

/// The beginning of the line that a byte lies in.
pub(super) fn begin_of(text: &str, at: usize) -> usize {
    let begin = text[..at].rfind('\n').map_or(0, |end| end + 1);
    begin.max(start(text).min(at))
}

/// The end of that line, behind its line end.
pub(super) fn end_of(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

/// The line before one that begins at a byte.
pub(super) fn before(text: &str, begin: usize) -> Option<Range<usize>> {
    (begin > start(text)).then(|| begin_of(text, begin - 1)..begin)
}

/// The line that begins at a byte.
pub(super) fn from(text: &str, begin: usize) -> Option<Range<usize>> {
    (begin < text.len()).then(|| begin..end_of(text, begin))
}

/// How a line that begins at a byte is indented.
pub(super) fn indentation(text: &str, begin: usize) -> &str {
    let line = &text[begin..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// How most lines end here.
pub(super) fn usual_ending(text: &str) -> &'static str {
    let crlf = text.matches("\r\n").count();
    if crlf * 2 > text.matches('\n').count() {
        "\r\n"
    } else {
        "\n"
    }
}

/// Lines that are taken out: where they are the last and end in nothing, the line end before them goes instead.
pub(super) fn taken(text: &str, lines: Range<usize>) -> Range<usize> {
    let is_unended = lines.end == text.len() && !text.ends_with('\n') && lines.start < lines.end;
    if !is_unended {
        return lines;
    }
    let kept = &text[..lines.start];
    let shorter = kept.strip_suffix('\n').unwrap_or(kept);
    shorter
        .strip_suffix('\r')
        .unwrap_or(shorter)
        .len()
        .min(lines.start)..lines.end
}

/// Whole lines that are put at the beginning of a line, or at the end of the text.
pub(super) fn put(text: &str, at: usize, lines: &str) -> String {
    let ending = usual_ending(text);
    let lines = lines.replace('\n', ending);
    if at == text.len() && !is_empty(text) && !text.ends_with('\n') {
        format!("{ending}{lines}")
    } else {
        format!("{lines}{ending}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_begin_behind_a_mark_and_end_behind_their_end() {
        let text = "\u{feff}a = 1\r\n\tb = 2";
        assert_eq!(begin_of(text, 4), 3);
        assert_eq!(end_of(text, 4), 10);
        assert_eq!((begin_of(text, 12), end_of(text, 12)), (10, text.len()));
        assert_eq!(before(text, 10), Some(3..10));
        assert_eq!(before(text, 3), None);
        assert_eq!(from(text, text.len()), None);
        assert_eq!(indentation(text, 10), "\t");
    }

    #[test]
    fn a_text_without_a_last_line_end_gets_none() {
        assert_eq!(put("a", 1, "b\nc"), "\nb\nc");
        assert_eq!(put("a\r\n", 3, "b\nc"), "b\r\nc\r\n");
        assert_eq!(put("", 0, "b"), "b\n");
        assert_eq!(taken("a\r\nb", 3..4), 1..4);
        assert_eq!(taken("a\nb\n", 2..4), 2..4);
        assert_eq!(taken("b", 0..1), 0..1);
    }
}
