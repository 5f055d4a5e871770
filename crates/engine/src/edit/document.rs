//! One config file as an editable document: comments, order and blank lines are kept.
//!
//! **Invariant**: the only file naming `toml_edit`. Touches one key at a time, keeps the kind of the table it finds,
//! never replaces a table by a value or the reverse.

use std::path::{Path, PathBuf};

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::{Error, lines};

/// A config file's text while it is being edited.
#[derive(Debug)]
pub(super) struct Document {
    path: PathBuf,
    original: String,
    document: DocumentMut,
    /// Tables whose names were in order before we came, and so shall be after.
    sorted: Vec<&'static str>,
    /// How many tables were put at the end.
    appended: isize,
}

/// A place behind every table that a file of bounded size can have.
const AFTER_ALL: isize = 1 << 30;

/// Tables that are lists of names.
const LISTS: &[&str] = &["registries", "credential-alias"];

impl Document {
    pub(super) fn parse(path: &Path, original: &str) -> Result<Self, Error> {
        let parsed = lines::plain(original).parse::<DocumentMut>();
        let invalid = |reason: &str| Error::Invalid {
            path: path.to_owned(),
            reason: reason.to_owned(),
        };
        let document = parsed.map_err(|wrong| invalid(wrong.message()))?;
        let sorted = LISTS
            .iter()
            .copied()
            .filter(|list| is_sorted(&document, list))
            .collect();
        Ok(Self {
            path: path.to_owned(),
            original: original.to_owned(),
            document,
            sorted,
            appended: 0,
        })
    }

    /// The text after the edits, in the manner of the original.
    pub(super) fn text(&self) -> String {
        lines::in_manner_of(&self.original, &self.document.to_string())
    }

    /// The text under a dotted key.
    pub(super) fn str_at(&self, key: &[&str]) -> Option<&str> {
        self.item_at(key)?.as_str()
    }

    fn item_at(&self, key: &[&str]) -> Option<&Item> {
        key.iter()
            .try_fold(self.document.as_item(), |item, part| item.get(part))
    }

    /// The name under which a registry's index is known here.
    pub(super) fn registry_with_index(&self, index_url: &str) -> Option<String> {
        let registries = self.item_at(&["registries"])?.as_table_like()?;
        let found = registries
            .iter()
            .find(|(_, entry)| entry.get("index").and_then(Item::as_str) == Some(index_url));
        found.map(|(name, _)| name.to_owned())
    }

    /// `[registries] name = { index = "…" }`, or the `index` of a registry that is already there.
    pub(super) fn set_registry(&mut self, name: &str, index_url: &str) -> Result<(), Error> {
        let (path, sorted) = (self.path.clone(), self.sorted.contains(&"registries"));
        if self.is_list_of_headers("registries") && self.item_at(&["registries", name]).is_none() {
            let mut entry = self.new_table();
            entry.insert("index", index_url.into());
            self.table("registries")?.insert(name, Item::Table(entry));
            return Ok(());
        }
        let registries = self.table("registries")?;
        match registries.get_mut(name) {
            Some(entry) => {
                let key = || format!("registries.{name}");
                let entry = entry
                    .as_table_like_mut()
                    .ok_or_else(|| other_kind(&path, key(), "a table"))?;
                set_text(entry, "index", index_url);
            }
            None => {
                let mut entry = InlineTable::new();
                entry.insert("index", index_url.into());
                registries.insert(name, Value::InlineTable(entry).into());
                if sorted {
                    registries.sort_values();
                }
            }
        }
        Ok(())
    }

    /// `[source.crates-io] replace-with = "name"`.
    pub(super) fn set_crates_io_replacement(&mut self, name: &str) -> Result<(), Error> {
        if !self.document.contains_key("source") {
            let mut source = Table::new();
            source.set_implicit(true);
            self.document.insert("source", Item::Table(source));
        }
        if self.item_at(&["source", "crates-io"]).is_none() {
            let crates_io = Item::Table(self.new_table());
            let source = self.document.get_mut("source").and_then(Item::as_table_like_mut);
            let source = source.ok_or_else(|| other_kind(&self.path, "source".to_owned(), "a table"))?;
            source.insert("crates-io", crates_io);
        }
        let crates_io = self
            .document
            .get_mut("source")
            .and_then(|source| source.get_mut("crates-io"));
        let crates_io = crates_io.and_then(Item::as_table_like_mut);
        let crates_io =
            crates_io.ok_or_else(|| other_kind(&self.path, "source.crates-io".to_owned(), "a table"))?;
        set_text(crates_io, "replace-with", name);
        Ok(())
    }

    /// `[credential-alias] name = ["program"]`: a list, since a plain text is split at spaces.
    pub(super) fn set_credential_alias(&mut self, name: &str, program: &str) -> Result<(), Error> {
        let sorted = self.sorted.contains(&"credential-alias");
        let aliases = self.table("credential-alias")?;
        let same = aliases
            .get(name)
            .and_then(Item::as_array)
            .is_some_and(|parts| parts.len() == 1 && parts.get(0).and_then(Value::as_str) == Some(program));
        if !same {
            let list = Value::Array(Array::from_iter([program]));
            match aliases.get_mut(name).and_then(Item::as_value_mut) {
                Some(value) => replace(value, list),
                None => drop(aliases.insert(name, list.into())),
            }
            if sorted {
                aliases.sort_values();
            }
        }
        Ok(())
    }

    /// Puts `name` at the end of `registry.global-credential-providers`, where cargo looks first.
    ///
    /// A list that is not there stands for `["cargo:token"]`, so it is written with that kept in.
    pub(super) fn append_credential_provider(&mut self, name: &str) -> Result<(), Error> {
        const KEY: &str = "global-credential-providers";
        let path = self.path.clone();
        let registry = self.table("registry")?;
        match registry.get_mut(KEY) {
            None => {
                let list = Value::Array(Array::from_iter(["cargo:token", name]));
                registry.insert(KEY, list.into());
            }
            Some(item) => {
                let key = || format!("registry.{KEY}");
                let list = item
                    .as_array_mut()
                    .ok_or_else(|| other_kind(&path, key(), "a list of texts"))?;
                if !list.iter().any(|entry| entry.as_str() == Some(name)) {
                    push_in_manner(list, name);
                }
            }
        }
        Ok(())
    }

    /// Takes `name` out of the list of providers, and its alias away; a table that held nothing else goes with it.
    pub(super) fn remove_credential_provider(&mut self, name: &str) {
        let registry = self.document.get_mut("registry");
        let list = registry.and_then(|registry| registry.get_mut("global-credential-providers"));
        if let Some(list) = list.and_then(Item::as_array_mut) {
            list.retain(|entry| entry.as_str() != Some(name));
        }
        let aliases = self.document.get_mut("credential-alias");
        if let Some(aliases) = aliases.and_then(Item::as_table_like_mut) {
            aliases.remove(name);
            let has_comment = self
                .document
                .get("credential-alias")
                .and_then(Item::as_table)
                .and_then(|table| table.decor().prefix()?.as_str())
                .is_some_and(|before| before.contains('#'));
            if self.is_empty_table("credential-alias") && !has_comment {
                self.document.remove("credential-alias");
            }
        }
    }

    fn is_empty_table(&self, name: &str) -> bool {
        let table = self.document.get(name).and_then(Item::as_table_like);
        table.is_some_and(TableLike::is_empty)
    }

    fn table(&mut self, name: &str) -> Result<&mut dyn TableLike, Error> {
        if !self.document.contains_key(name) {
            let table = Item::Table(self.new_table());
            self.document.insert(name, table);
        }
        let table = self.document.get_mut(name).and_then(Item::as_table_like_mut);
        table.ok_or_else(|| other_kind(&self.path, name.to_owned(), "a table"))
    }

    /// Whether a table is there only through `[table.name]` headers.
    fn is_list_of_headers(&self, name: &str) -> bool {
        self.document
            .get(name)
            .and_then(Item::as_table)
            .is_some_and(Table::is_implicit)
    }

    /// A table for the end of the file: after what stands there, comments too, and a blank line.
    fn new_table(&mut self) -> Table {
        let trailing = self.document.trailing().as_str().unwrap_or_default().to_owned();
        let is_first = self.document.iter().next().is_none() && trailing.trim().is_empty();
        let blank = if is_first || trailing.ends_with("\n\n") {
            ""
        } else {
            "\n"
        };
        self.document.set_trailing("");
        let mut table = Table::new();
        table.decor_mut().set_prefix(format!("{trailing}{blank}"));
        // Without a place of its own it would follow its nearest relative, in the middle of the file.
        self.appended += 1;
        table.set_position(Some(AFTER_ALL + self.appended));
        table
    }
}

fn other_kind(path: &Path, key: String, expected: &'static str) -> Error {
    Error::OtherKind {
        path: path.to_owned(),
        key,
        expected,
    }
}

/// Sets a text; one that is there keeps the comments and blanks around it.
fn set_text(table: &mut dyn TableLike, key: &str, text: &str) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(value) if value.as_str() == Some(text) => {}
        Some(value) => replace(value, text.into()),
        None => drop(table.insert(key, Item::Value(text.into()))),
    }
}

fn replace(value: &mut Value, mut new: Value) {
    *new.decor_mut() = value.decor().clone();
    *value = new;
}

/// Two names or more, in order.
fn is_sorted(document: &DocumentMut, list: &str) -> bool {
    let names = document
        .get(list)
        .and_then(Item::as_table_like)
        .map(|table| table.iter().map(|(name, _)| name));
    let names = names.into_iter().flatten().collect::<Vec<_>>();
    names.len() > 1 && names.is_sorted()
}

/// Pushes onto a list written over several lines as its other entries are written.
fn push_in_manner(list: &mut Array, name: &str) {
    let decor = list.iter().last().map(|last| last.decor().clone());
    list.push(name);
    let end = list.len() - 1;
    if let (Some(decor), Some(new)) = (decor, list.get_mut(end)) {
        let before = decor
            .prefix()
            .and_then(|prefix| prefix.as_str())
            .unwrap_or_default();
        // Comments before the other entry are its own; only the line break and the indentation are the manner.
        let indentation = before.rfind('\n').map(|end| &before[end..]);
        new.decor_mut().set_prefix(indentation.unwrap_or(" "));
    }
}
