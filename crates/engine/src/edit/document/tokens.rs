//! Tokens in clear: where a text has some, and the text without them.
//!
//! **Invariant**: a text that is shown goes through here first; lines stay lines, so that a diff keeps its numbers.

use std::ops::Range;
use std::path::Path;

use super::{Comments, Document, Item};
use crate::edit::Error;

/// Keys whose values are secrets, in `[registries.NAME]` and in `[registry]`.
pub(super) const SECRET: &[&str] = &["token", "secret-key"];
/// What is shown in place of one.
const HIDDEN: &str = "\"…\"";

impl Document {
    /// Takes a registry's token out.
    pub(in crate::edit) fn remove_token(&mut self, registry: &str) -> Result<(), Error> {
        if !self.has(&["registries", registry, "token"]) {
            return Ok(());
        }
        self.take(&["registries", registry, "token"], Comments::Stay)?;
        self.prune(&["registries", registry])?;
        self.prune(&["registries"])
    }

    fn secrets(&self) -> Vec<Range<usize>> {
        let mut tables = vec![vec!["registry".to_owned()]];
        let registries = self.names_in(&["registries"]);
        tables.extend(
            registries
                .into_iter()
                .map(|name| vec!["registries".to_owned(), name]),
        );
        let spans = tables.iter().flat_map(|table| {
            SECRET.iter().filter_map(|key| {
                let path = table.iter().map(String::as_str).chain([*key]).collect::<Vec<_>>();
                self.item_at(&path).and_then(Item::span)
            })
        });
        let mut spans = spans.collect::<Vec<_>>();
        spans.sort_by_key(|span| std::cmp::Reverse(span.start));
        spans
    }
}

/// A file's text with its tokens hidden; none where it has no token.
pub(in crate::edit) fn without_tokens(path: &Path, text: &str) -> Option<String> {
    // What is not TOML was refused before anything of it could be shown.
    let document = Document::parse(path, text).ok()?;
    let secrets = document.secrets();
    if secrets.is_empty() {
        return None;
    }
    let mut hidden = text.to_owned();
    for span in secrets {
        let lines = text[span.clone()].matches('\n').count();
        hidden.replace_range(span, &format!("{HIDDEN}{}", "\n…".repeat(lines)));
    }
    Some(hidden)
}
