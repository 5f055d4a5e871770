//! Tokens in clear: where a text has some, and the text without them.
//!
//! **Invariant**: a text that is shown goes through here first; lines stay lines, so that a diff keeps its numbers.

use std::ops::Range;
use std::path::Path;

use toml_edit::TableLike;

use super::{Comments, Document};
use crate::edit::Error;
use crate::project::{is_secret, without_password};

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
        let mut spans = Vec::new();
        collect(self.parsed.as_table(), &mut Vec::new(), &mut spans);
        spans.sort_by_key(|span| std::cmp::Reverse(span.start));
        spans
    }
}

/// Every value that is never shown where config is read either: by its key, or for the password in it.
fn collect(table: &dyn TableLike, key: &mut Vec<String>, spans: &mut Vec<Range<usize>>) {
    for (name, item) in table.iter() {
        key.push(name.to_owned());
        match (item.as_table_like(), item.as_str()) {
            _ if is_secret(key) && item.is_value() => spans.extend(item.span()),
            (Some(table), _) => collect(table, key, spans),
            (None, Some(text)) if without_password(text) != text => spans.extend(item.span()),
            _ => {}
        }
        key.pop();
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
