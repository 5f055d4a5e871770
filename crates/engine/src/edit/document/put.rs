//! Putting in: a value in the place of another, an entry into a table or a list, a table into the file.
//!
//! **Invariant**: what is put in is written as its neighbours are, and touches none of their lines but the one whose comma it
//! needs.

use std::ops::Range;

use super::{Document, Kind, key_of};
use crate::edit::{Error, lines};

/// Where a table that is not there yet is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Near {
    /// Behind everything.
    End,
    /// Behind the last table of the same list.
    Relatives,
}

/// One entry of a list of names: on one line, and as a table's fields.
pub(super) struct Entry<'e> {
    pub(super) name: &'e str,
    /// What stands behind the name: ` = "1"`, ` = { … }`, `.workspace = true`.
    pub(super) tail: String,
    /// The same as lines under a header of its own, where all the others are written so.
    pub(super) fields: Vec<String>,
    /// From how many neighbours on their order is kept.
    pub(super) sorted_from: usize,
    pub(super) near: Near,
}

impl Document {
    /// Sets the value of a key; what is there keeps its place and the comments around it.
    pub(super) fn set(&mut self, path: &[&str], value: &str) -> Result<(), Error> {
        if let Some(item) = self.item_at(path) {
            if item.is_table() || item.is_array_of_tables() || self.kind(path) == Kind::Dotted {
                return Err(self.other_kind(path, "a value"));
            }
            let span = item.span().unwrap_or_default();
            return match self.text[span.clone()] == *value {
                true => Ok(()),
                false => self.splice(vec![(span, value.to_owned())]),
            };
        }
        let held = (0..path.len())
            .rev()
            .find(|end| self.kind(&path[..*end]) != Kind::Missing);
        let (table, rest) = path.split_at(held.unwrap_or(0));
        let Some((last, within)) = rest.split_last() else {
            return Ok(());
        };
        match self.kind(table) {
            Kind::Inline => {
                let inner = format!("{} = {value}", key_of(last));
                let nested = within
                    .iter()
                    .rev()
                    .fold(inner, |inner, name| format!("{} = {{ {inner} }}", key_of(name)));
                self.put_inline(table, &nested)
            }
            Kind::Dotted => {
                let key = rest.iter().map(|name| key_of(name)).collect::<Vec<_>>().join(".");
                self.put_dotted(table, &format!("{key} = {value}"))
            }
            Kind::Header if within.is_empty() => {
                let last_leaf = self.leaves(table).last().map(|leaf| leaf.value.end);
                self.put_statement(table, last_leaf, &format!("{} = {value}", key_of(last)))
            }
            Kind::Value => Err(self.other_kind(table, "a table")),
            _ => {
                let table = &path[..path.len() - 1];
                self.put_table(table, &[format!("{} = {value}", key_of(last))], Near::End)
            }
        }
    }

    /// Puts an entry into a list of names, in the manner in which the others stand there.
    pub(super) fn put_entry(&mut self, list: &[&str], entry: &Entry<'_>) -> Result<(), Error> {
        let statement = format!("{}{}", key_of(entry.name), entry.tail);
        match self.kind(list) {
            Kind::Value => Err(self.other_kind(list, "a table")),
            Kind::Inline => self.put_inline(list, &statement),
            Kind::Dotted => self.put_dotted(list, &statement),
            Kind::Implicit => {
                let table = [list, &[entry.name]].concat();
                self.put_table(&table, &entry.fields, entry.near)
            }
            Kind::Header => {
                let after = self.place_for(list, entry);
                self.put_statement(list, after, &statement)
            }
            Kind::Missing => {
                let parent = &list[..list.len().saturating_sub(1)];
                match self.kind(parent) {
                    Kind::Inline => {
                        let name = key_of(list.last().copied().unwrap_or_default());
                        self.put_inline(parent, &format!("{name} = {{ {statement} }}"))
                    }
                    Kind::Value => Err(self.other_kind(parent, "a table")),
                    _ => self.put_table(list, &[statement], entry.near),
                }
            }
        }
    }

    /// Behind which value an entry belongs; behind the header when it is the first.
    fn place_for(&self, list: &[&str], entry: &Entry<'_>) -> Option<usize> {
        let leaves = self.leaves(list);
        let name_of = |leaf: &super::Leaf| leaf.names.first().cloned().unwrap_or_default();
        let mut names = leaves.iter().map(name_of).collect::<Vec<_>>();
        let is_sorted = names.is_sorted();
        names.dedup();
        if is_sorted && names.len() >= entry.sorted_from {
            let before = leaves.iter().rfind(|leaf| name_of(leaf).as_str() < entry.name);
            return before.map(|leaf| leaf.value.end);
        }
        leaves.last().map(|leaf| leaf.value.end)
    }

    /// A line of its own behind a value, or right below the header.
    fn put_statement(&mut self, table: &[&str], after: Option<usize>, statement: &str) -> Result<(), Error> {
        let header = if table.is_empty() { None } else { self.span(table) };
        let begin_of_first = self
            .leaves(table)
            .first()
            .map(|leaf| lines::begin_of(&self.text, leaf.key.start));
        let like = begin_of_first.or_else(|| Some(lines::begin_of(&self.text, header.as_ref()?.start)));
        let indentation = like.map_or("", |begin| lines::indentation(&self.text, begin));
        let at = match (after, header) {
            (Some(value), _) => lines::end_of(&self.text, value),
            (None, Some(header)) => lines::end_of(&self.text, header.end),
            (None, None) => lines::start(&self.text),
        };
        let line = lines::put(&self.text, at, &format!("{indentation}{statement}"));
        self.splice(vec![(at..at, line)])
    }

    /// Beside the last dotted key of the same table, with the same beginning.
    fn put_dotted(&mut self, table: &[&str], statement: &str) -> Result<(), Error> {
        let holder = self.holder(table);
        let within = &table[holder.len()..];
        let leaves = self.leaves(holder);
        let is_beside = |leaf: &&super::Leaf| leaf.names.iter().zip(within).all(|(name, part)| name == part);
        let deepest = leaves.iter().rfind(is_beside);
        let Some(value) = deepest.map(|leaf| leaf.value.end) else {
            return Err(self.other_kind(table, "a table"));
        };
        let prefix = within
            .iter()
            .map(|part| key_of(part))
            .collect::<Vec<_>>()
            .join(".");
        let statement = format!("{prefix}.{statement}");
        match self.kind(holder) {
            Kind::Inline => self.put_inline(holder, &statement),
            _ => self.put_statement(holder, Some(value), &statement),
        }
    }

    /// Into `{ … }`, behind its last entry.
    fn put_inline(&mut self, table: &[&str], statement: &str) -> Result<(), Error> {
        let Some(whole) = self.span(table) else {
            return Err(self.other_kind(table, "a table"));
        };
        match self.leaves(table).last() {
            Some(last) => {
                let begin = self.entry_begins(table, &whole).pop().unwrap_or(last.key.start);
                let last = begin..last.value.end;
                self.put_behind(&whole, &last, statement)
            }
            None => {
                let at = whole.start + 1;
                let text = format!(" {statement} ");
                let blank = self.text[at..whole.end - 1].trim().is_empty();
                let inside = if blank { at..whole.end - 1 } else { at..at };
                self.splice(vec![(inside, text)])
            }
        }
    }

    /// Into a list, behind its last entry.
    pub(super) fn put_in_list(&mut self, list: &[&str], entry: &str) -> Result<(), Error> {
        let spans = self.list_entries(list)?;
        let whole = self.span(list).unwrap_or_default();
        match spans.last() {
            Some(last) => self.put_behind(&whole, last, entry),
            None => {
                let at = whole.start + 1;
                let space = if self.text[at..].starts_with(['#', ' ']) {
                    " "
                } else {
                    ""
                };
                self.splice(vec![(
                    at..at,
                    format!("{entry}{space}").trim_end_matches(' ').to_owned(),
                )])
            }
        }
    }

    pub(super) fn list_entries(&self, list: &[&str]) -> Result<Vec<Range<usize>>, Error> {
        let wrong = || self.other_kind(list, "a list of texts");
        let array = self
            .item_at(list)
            .and_then(toml_edit::Item::as_array)
            .ok_or_else(wrong)?;
        Ok(array.iter().filter_map(toml_edit::Value::span).collect())
    }

    /// Behind the last entry between brackets: on the same line, or on one of its own where that one has its own.
    fn put_behind(&mut self, whole: &Range<usize>, last: &Range<usize>, entry: &str) -> Result<(), Error> {
        let begin = lines::begin_of(&self.text, last.start);
        let has_own_line = begin > whole.start && self.text[begin..last.start].trim().is_empty();
        let comma = self.comma_behind(last.end, whole.end - 1);
        let end = lines::end_of(&self.text, comma.unwrap_or(last.end));
        if !has_own_line || end >= whole.end {
            let indentation = match has_own_line {
                true => format!("\n{}", &self.text[begin..last.start])
                    .replace('\n', lines::usual_ending(&self.text)),
                false => " ".to_owned(),
            };
            return self.splice(vec![(last.end..last.end, format!(",{indentation}{entry}"))]);
        }
        let indentation = self.text[begin..last.start].to_owned();
        let own_comma = if comma.is_some() { "," } else { "" };
        let line = lines::put(&self.text, end, &format!("{indentation}{entry}{own_comma}"));
        let mut edits = vec![(end..end, line)];
        if comma.is_none() {
            edits.push((last.end..last.end, ",".to_owned()));
        }
        self.splice(edits)
    }

    /// The end of the comma behind a value, past blanks and comments.
    pub(super) fn comma_behind(&self, value: usize, end: usize) -> Option<usize> {
        let mut at = value;
        while at < end {
            match self.text.as_bytes()[at] {
                b',' => return Some(at + 1),
                b'#' => at = lines::end_of(&self.text, at),
                _ => at += 1,
            }
        }
        None
    }

    /// A table with a header of its own.
    pub(super) fn put_table(&mut self, table: &[&str], fields: &[String], near: Near) -> Result<(), Error> {
        let names = table.iter().map(|name| key_of(name)).collect::<Vec<_>>();
        let block = format!("[{}]\n{}", names.join("."), fields.join("\n"));
        let relatives = &table[..table.len().saturating_sub(1)];
        let beside = self.end_of_tables(relatives).filter(|_| near == Near::Relatives);
        let at = beside.unwrap_or(self.text.len());
        // One blank line, also where there is one already: whoever takes the table out again takes that one.
        let blank = if lines::is_empty(&self.text) { "" } else { "\n" };
        let block = lines::put(&self.text, at, &format!("{blank}{block}"));
        self.splice(vec![(at..at, block)])
    }

    /// Behind the last value of the last table below a key.
    fn end_of_tables(&self, list: &[&str]) -> Option<usize> {
        if list.is_empty() {
            return None;
        }
        let ends = self.names_in(list).into_iter().filter_map(|name| {
            let table = [list, &[name.as_str()]].concat();
            let header = self.span(&table).filter(|_| self.kind(&table) == Kind::Header)?;
            let last = self.leaves(&table).last().map(|leaf| leaf.value.end);
            Some(lines::end_of(&self.text, last.unwrap_or(header.end)))
        });
        ends.max()
    }
}
