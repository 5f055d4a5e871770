//! A readme made safe to show: Markdown to HTML, and all that could act, load or pretend taken out.
//!
//! **Invariant**: pure; what comes out holds no script, style, form, frame, image or link but to the web.

use std::collections::HashSet;

use ammonia::Builder;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

use crate::feeds::Readme;

/// The most of a readme that is shown, in bytes.
const MOST_SHOWN: usize = 256 * 1024;

/// Renders a readme.
pub(crate) fn render(markdown: &str) -> Readme {
    let shown = cut(markdown);
    let mut rendered = String::new();
    html::push_html(&mut rendered, without_images(shown));
    Readme {
        html: cleaner().clean(&rendered).to_string(),
        is_cut: shown.len() < markdown.len(),
    }
}

/// As much as is shown, up to a whole line where there is one.
fn cut(markdown: &str) -> &str {
    if markdown.len() <= MOST_SHOWN {
        return markdown;
    }
    let end = (0..=MOST_SHOWN).rev().find(|at| markdown.is_char_boundary(*at));
    let head = &markdown[..end.unwrap_or(0)];
    head.rfind('\n').map_or(head, |line| &head[..line])
}

/// The events of a text, each image as the words that stand for it.
fn without_images(markdown: &str) -> impl Iterator<Item = Event<'_>> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES;
    Parser::new_ext(markdown, options)
        .filter(|event| !matches!(event, Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image)))
}

fn cleaner() -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .rm_tags(["img", "map", "area", "figure", "figcaption"])
        .url_schemes(HashSet::from(["https", "http", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"));
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_words_and_takes_out_what_acts() {
        let check =
            |markdown: &str, expected: &str| assert_eq!(render(markdown).html.trim(), expected, "{markdown}");
        check("# Hi *you*", "<h1>Hi <em>you</em></h1>");
        check("<script>alert(1)</script>safe", "safe");
        check("<b onclick=\"x()\">bold</b>", "<p><b>bold</b></p>");
        check("![alt](https://x/y.png)", "<p>alt</p>");
        check("<img src=x onerror=alert(1)>", "");
        check(
            "[a](javascript:alert(1))",
            "<p><a rel=\"noopener noreferrer nofollow\">a</a></p>",
        );
        check(
            "[a](docs/x.md)",
            "<p><a rel=\"noopener noreferrer nofollow\">a</a></p>",
        );
        check(
            "[a](https://docs.rs)",
            "<p><a href=\"https://docs.rs\" rel=\"noopener noreferrer nofollow\">a</a></p>",
        );
        check("<iframe src=https://x></iframe><form action=x><input></form>", "");
        check(
            "<style>body{display:none}</style><p style=\"position:fixed\">x</p>",
            "<p>x</p>",
        );
        check("<svg><a xlink:href=\"javascript:x\">t</a></svg>", "<p></p>");
    }

    #[test]
    fn a_huge_one_is_cut_at_a_line() {
        let line = "ö <script>x</script>\n";
        let huge = line.repeat(5 * 1024 * 1024 / line.len());
        let readme = render(&huge);
        assert!(readme.is_cut);
        assert!(!readme.html.contains("script") && readme.html.contains('ö'));
        assert!(readme.html.len() < 2 * MOST_SHOWN);
        assert!(!render("short").is_cut);
    }
}
