//! One TOML file that is edited where it must be: a parser says where things stand, edits cut and paste the text.
//!
//! Nothing is written anew from what was parsed. The parser's own writer moves dotted keys together and tidies headers.
//!
//! **Invariant**: the only folder naming `toml_edit`. Every byte that an edit does not name stays by construction; a
//! table is never replaced by a value or the reverse; what comes out is TOML again, or the edit is refused.

mod config;
mod manifest;
mod put;
mod setting;
mod take;
mod tokens;

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml_edit::{Document as Parsed, Item, Table, TableLike, Value};

pub(super) use manifest::{Dependency, Wanted};
pub(super) use setting::{holds_secret, key_parts};
pub(super) use take::Comments;
pub(super) use tokens::without_tokens;

use super::Error;

/// A file's text while it is being edited.
#[derive(Debug)]
pub(super) struct Document {
    path: PathBuf,
    text: String,
    parsed: Parsed<String>,
}

/// How something is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Not at all.
    Missing,
    /// A table with a header, or the whole file.
    Header,
    /// A table that only its tables' headers name.
    Implicit,
    /// A table that dotted keys make.
    Dotted,
    /// `{ … }`.
    Inline,
    /// Anything else.
    Value,
}

/// A key with its value as it stands in a table: `key = value`, or `some.key = value`.
#[derive(Debug)]
struct Leaf {
    /// Its name, from the table on.
    names: Vec<String>,
    /// The last part of its key.
    key: Range<usize>,
    value: Range<usize>,
}

impl Document {
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        let parsed = Parsed::parse(text.to_owned()).map_err(|wrong| Error::Invalid {
            path: path.to_owned(),
            reason: wrong.message().to_owned(),
        })?;
        Ok(Self {
            path: path.to_owned(),
            text: text.to_owned(),
            parsed,
        })
    }

    /// The text after the edits.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// The file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The text under a dotted key.
    pub(super) fn str_at(&self, path: &[&str]) -> Option<&str> {
        self.item_at(path)?.as_str()
    }

    /// Whether anything stands under a dotted key.
    pub(super) fn has(&self, path: &[&str]) -> bool {
        self.item_at(path).is_some()
    }

    /// The names of a table's entries.
    pub(super) fn names_in(&self, path: &[&str]) -> Vec<String> {
        let table = self.item_at(path).and_then(Item::as_table_like);
        let names = table.map(|table| table.iter().map(|(name, _)| name.to_owned()));
        names.into_iter().flatten().collect()
    }

    /// The texts of a list.
    pub(super) fn texts_at(&self, path: &[&str]) -> Vec<&str> {
        let list = self.item_at(path).and_then(Item::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    fn item_at(&self, path: &[&str]) -> Option<&Item> {
        let whole = self.parsed.as_item();
        path.iter().try_fold(whole, |item, part| item.get(part))
    }

    fn kind(&self, path: &[&str]) -> Kind {
        match self.item_at(path) {
            None | Some(Item::None) => Kind::Missing,
            Some(Item::Table(table)) if table.is_dotted() => Kind::Dotted,
            Some(Item::Table(table)) if table.is_implicit() && !path.is_empty() => Kind::Implicit,
            Some(Item::Table(_)) => Kind::Header,
            Some(Item::Value(Value::InlineTable(table))) if table.is_dotted() => Kind::Dotted,
            Some(Item::Value(Value::InlineTable(_))) => Kind::Inline,
            Some(_) => Kind::Value,
        }
    }

    /// The table whose text holds the entry: itself, or the one in which its dotted keys stand.
    fn holder<'p, 's>(&self, path: &'p [&'s str]) -> &'p [&'s str] {
        let is_dotted = |end: &usize| self.kind(&path[..*end]) == Kind::Dotted;
        let end = (0..=path.len()).rev().find(|end| !is_dotted(end)).unwrap_or(0);
        &path[..end]
    }

    /// What stands in a table's own text, in order.
    fn leaves(&self, path: &[&str]) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        match self.item_at(path) {
            Some(Item::Table(table)) => collect(table, &mut Vec::new(), &mut leaves),
            Some(Item::Value(Value::InlineTable(table))) => collect(table, &mut Vec::new(), &mut leaves),
            _ => {}
        }
        leaves.sort_by_key(|leaf| leaf.key.start);
        leaves
    }

    fn span(&self, path: &[&str]) -> Option<Range<usize>> {
        self.item_at(path)?.span()
    }

    /// Every `[header]` and `[[header]]`, in order.
    fn headers(&self) -> Vec<Range<usize>> {
        let mut headers = Vec::new();
        collect_headers(self.parsed.as_table(), &mut headers);
        headers.sort_by_key(|header| header.start);
        headers
    }

    /// Cuts and pastes.
    fn splice(&mut self, mut edits: Vec<(Range<usize>, String)>) -> Result<(), Error> {
        edits.sort_by_key(|(range, _)| std::cmp::Reverse((range.start, range.end)));
        let mut text = self.text.clone();
        for (range, new) in edits {
            text.replace_range(range, &new);
        }
        // A manner of writing that was not foreseen ends here, not in the file.
        self.parsed = Parsed::parse(text.clone()).map_err(|wrong| Error::Unforeseen {
            path: self.path.clone(),
            reason: wrong.message().to_owned(),
        })?;
        self.text = text;
        Ok(())
    }

    fn other_kind(&self, path: &[&str], expected: &'static str) -> Error {
        Error::OtherKind {
            path: self.path.clone(),
            key: path.join("."),
            expected,
        }
    }
}

fn collect(table: &dyn TableLike, names: &mut Vec<String>, leaves: &mut Vec<Leaf>) {
    for (name, item) in table.iter() {
        names.push(name.to_owned());
        let key = table.key(name).and_then(toml_edit::Key::span);
        match item {
            Item::Table(table) if table.is_dotted() => collect(table, names, leaves),
            Item::Value(Value::InlineTable(table)) if table.is_dotted() => collect(table, names, leaves),
            Item::Value(value) => {
                if let (Some(key), Some(value)) = (key, value.span()) {
                    let names = names.clone();
                    leaves.push(Leaf { names, key, value });
                }
            }
            _ => {}
        }
        names.pop();
    }
}

fn collect_headers(table: &Table, headers: &mut Vec<Range<usize>>) {
    for (_, item) in table.iter() {
        match item {
            Item::Table(table) => {
                let is_written = !table.is_implicit() && !table.is_dotted();
                headers.extend(table.span().filter(|_| is_written));
                collect_headers(table, headers);
            }
            Item::ArrayOfTables(tables) => {
                for table in tables.iter() {
                    headers.extend(table.span());
                    collect_headers(table, headers);
                }
            }
            _ => {}
        }
    }
}

/// A text as TOML writes it.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string().trim().to_owned()
}

/// A list of texts as TOML writes it.
pub(super) fn list_of(texts: &[&str]) -> String {
    let texts = texts.iter().map(|text| quoted(text)).collect::<Vec<_>>();
    format!("[{}]", texts.join(", "))
}

/// A key as people write it: bare where it may be, else in single quotes.
pub(super) fn key_of(name: &str) -> String {
    let is_bare = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_');
    let is_plain = |sign: char| !sign.is_control() && sign != '\'';
    match () {
        () if !name.is_empty() && name.chars().all(is_bare) => name.to_owned(),
        () if name.chars().all(is_plain) => format!("'{name}'"),
        () => quoted(name),
    }
}
