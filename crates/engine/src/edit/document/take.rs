//! Taking out: an entry of a table or a list, and the table that then holds nothing.
//!
//! **Invariant**: a comment on a line of its own stays, and so does the table it belongs to.

use std::ops::Range;

use super::{Document, Kind};
use crate::edit::{Error, lines};

/// What becomes of a comment behind a value that is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::edit) enum Comments {
    /// It gets a line of its own.
    Stay,
    /// It was about that value, and goes.
    Go,
}

impl Document {
    /// Takes out what stands under a key, however it is written; nothing there is no error.
    pub(in crate::edit) fn take(&mut self, path: &[&str], comments: Comments) -> Result<(), Error> {
        match self.kind(path) {
            Kind::Missing => Ok(()),
            Kind::Implicit => Err(self.other_kind(path, "written as one table")),
            Kind::Header => self.take_section(path),
            Kind::Dotted | Kind::Inline | Kind::Value => {
                while let Some(leaf) = self.first_leaf_of(path) {
                    self.take_leaf(path, leaf, comments)?;
                }
                Ok(())
            }
        }
    }

    /// The table that holds a leaf of what stands under a key, with the leaf's number there.
    fn first_leaf_of(&self, path: &[&str]) -> Option<usize> {
        let holder = self.holder_of_entry(path);
        let within = &path[holder.len()..];
        let is_of = |leaf: &super::Leaf| {
            leaf.names.len() >= within.len() && leaf.names.iter().zip(within).all(|(name, part)| name == part)
        };
        self.leaves(holder).iter().position(is_of)
    }

    fn holder_of_entry<'p, 's>(&self, path: &'p [&'s str]) -> &'p [&'s str] {
        self.holder(&path[..path.len().saturating_sub(1)])
    }

    fn take_leaf(&mut self, path: &[&str], index: usize, comments: Comments) -> Result<(), Error> {
        let holder = self.holder_of_entry(path);
        let leaves = self.leaves(holder);
        if self.kind(holder) == Kind::Inline {
            let whole = self.span(holder).unwrap_or_default();
            let begins = self.entry_begins(holder, &whole);
            let entries = begins
                .iter()
                .zip(&leaves)
                .map(|(begin, leaf)| *begin..leaf.value.end);
            let entries = entries.collect::<Vec<_>>();
            return self.take_between(&whole, &entries, index);
        }
        let leaf = &leaves[index];
        let begin = lines::begin_of(&self.text, leaf.key.start);
        let end = lines::end_of(&self.text, leaf.value.end);
        let rest = &self.text[leaf.value.end..end];
        let kept = rest.find('#').filter(|_| comments == Comments::Stay);
        let edit = match kept {
            Some(comment) => {
                let indented = begin + lines::indentation(&self.text, begin).len();
                (indented..leaf.value.end + comment, String::new())
            }
            None => (lines::taken(&self.text, begin..end), String::new()),
        };
        self.splice(vec![edit])
    }

    /// Where each entry of `{ … }` begins, dotted keys with their first part.
    pub(super) fn entry_begins(&self, table: &[&str], whole: &Range<usize>) -> Vec<usize> {
        let mut from = whole.start + 1;
        let mut begins = Vec::new();
        for leaf in self.leaves(table) {
            begins.push(self.skip_blanks(from, leaf.key.start));
            let comma = self.comma_behind(leaf.value.end, whole.end - 1);
            from = comma.unwrap_or(leaf.value.end);
        }
        begins
    }

    fn skip_blanks(&self, from: usize, end: usize) -> usize {
        let mut at = from;
        while at < end {
            match self.text.as_bytes()[at] {
                b'#' => at = lines::end_of(&self.text, at),
                sign if sign.is_ascii_whitespace() => at += 1,
                _ => break,
            }
        }
        at.min(end)
    }

    /// Takes entries out of a list of texts.
    pub(in crate::edit) fn take_from_list(
        &mut self,
        list: &[&str],
        is_it: impl Fn(&str) -> bool,
    ) -> Result<(), Error> {
        loop {
            let array = self.item_at(list).and_then(toml_edit::Item::as_array);
            let found =
                array.and_then(|array| array.iter().position(|entry| entry.as_str().is_some_and(&is_it)));
            let Some(index) = found else { return Ok(()) };
            let entries = self.list_entries(list)?;
            let whole = self.span(list).unwrap_or_default();
            self.take_between(&whole, &entries, index)?;
        }
    }

    /// Takes one entry from between brackets, with the comma it needed.
    fn take_between(
        &mut self,
        whole: &Range<usize>,
        entries: &[Range<usize>],
        index: usize,
    ) -> Result<(), Error> {
        let entry = entries[index].clone();
        let comma = self.comma_behind(entry.end, whole.end - 1);
        let begin = lines::begin_of(&self.text, entry.start);
        let end = lines::end_of(&self.text, comma.unwrap_or(entry.end));
        let stands_alone = begin > whole.start
            && end < whole.end
            && self.text[begin..entry.start].trim().is_empty()
            && entries.get(index + 1).is_none_or(|next| next.start >= end);
        let previous = index.checked_sub(1).map(|index| &entries[index]);
        let edits = match (previous, entries.get(index + 1)) {
            _ if stands_alone => {
                let mut edits = vec![(begin..end, String::new())];
                // The one before is now the last, and the last had no comma.
                if let (Some(previous), None) = (previous, comma) {
                    let before = self.comma_behind(previous.end, entry.start);
                    edits.extend(before.map(|before| (before - 1..before, String::new())));
                }
                edits
            }
            (Some(previous), _) => vec![(previous.end..entry.end, String::new())],
            (None, Some(next)) => vec![(entry.start..next.start, String::new())],
            (None, None) => vec![(whole.start + 1..whole.end - 1, String::new())],
        };
        self.splice(edits)
    }

    /// Takes a table with its header out, from the header to its last value.
    fn take_section(&mut self, table: &[&str]) -> Result<(), Error> {
        for name in self.names_in(table) {
            let inner = [table, &[name.as_str()]].concat();
            if self.kind(&inner) == Kind::Header {
                self.take_section(&inner)?;
            }
        }
        let header = self.span(table).unwrap_or_default();
        let last = self
            .leaves(table)
            .last()
            .map_or(header.end, |leaf| leaf.value.end);
        let begin = lines::begin_of(&self.text, header.start);
        let end = lines::end_of(&self.text, last);
        let lines = lines::taken(&self.text, self.with_one_blank(begin, end));
        self.splice(vec![(lines, String::new())])
    }

    /// Whole lines with the blank line that parted them from what is before, or else from what is behind.
    fn with_one_blank(&self, begin: usize, end: usize) -> Range<usize> {
        let is_blank = |line: &Range<usize>| self.text[line.clone()].trim().is_empty();
        let before = lines::before(&self.text, begin).filter(is_blank);
        let behind = lines::from(&self.text, end).filter(is_blank);
        match (before, behind) {
            (Some(before), _) => before.start..end,
            (None, Some(behind)) if begin <= lines::start(&self.text) => begin..behind.end,
            _ => begin..end,
        }
    }

    /// Takes a table out that holds nothing and that nobody wrote a comment on.
    pub(in crate::edit) fn prune(&mut self, path: &[&str]) -> Result<(), Error> {
        let table = self.item_at(path).and_then(toml_edit::Item::as_table_like);
        if !table.is_some_and(toml_edit::TableLike::is_empty) {
            return Ok(());
        }
        match self.kind(path) {
            Kind::Header if !self.has_comment(path) => self.take_section(path),
            Kind::Inline if !self.text[self.span(path).unwrap_or_default()].contains('#') => {
                self.take(path, Comments::Stay)
            }
            _ => Ok(()),
        }
    }

    /// Whether an empty table has a comment: right above its header, behind it, or below it.
    fn has_comment(&self, table: &[&str]) -> bool {
        let header = self.span(table).unwrap_or_default();
        let begin = lines::begin_of(&self.text, header.start);
        let is_comment = |line: Range<usize>| self.text[line].trim_start().starts_with('#');
        if lines::before(&self.text, begin).is_some_and(is_comment) {
            return true;
        }
        let next = self
            .headers()
            .into_iter()
            .find(|other| other.start > header.start);
        let Some(next) = next else {
            return self.text[header.end..].contains('#');
        };
        let mut end = lines::begin_of(&self.text, next.start);
        // Comments right above the next header are that one's.
        while let Some(line) = lines::before(&self.text, end).filter(|line| line.start >= header.end) {
            if !is_comment(line.clone()) {
                break;
            }
            end = line.start;
        }
        self.text[header.end..end.max(header.end)].contains('#')
    }
}
