//! Joining two trees of config by cargo's rules: tables key by key, arrays end to end, anything else by rank.
//!
//! **Invariant**: nothing is lost: what is not used stands among what the used value overrides.

use super::key;
use super::tree::{Leaf, Node, Source, Table, Value};

/// Which of two trees has the higher rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    /// What comes: a file over those it includes.
    Above,
    /// What is there: a folder's file over those of the folders above.
    Below,
}

/// Two things of one key that cannot be joined.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mixed {
    pub(super) key: String,
    pub(super) one: Option<Source>,
    pub(super) one_kind: &'static str,
    pub(super) other: Option<Source>,
    pub(super) other_kind: &'static str,
}

/// Joins what comes into what is there.
pub(super) fn merge(there: &mut Table, coming: Table, rank: Rank) -> Result<(), Mixed> {
    merge_tables(there, coming, rank, &mut Vec::new())
}

fn merge_tables(there: &mut Table, coming: Table, rank: Rank, key: &mut Vec<String>) -> Result<(), Mixed> {
    for (name, node) in coming {
        let Some(known) = there.get_mut(&name) else {
            there.insert(name, node);
            continue;
        };
        key.push(name);
        merge_nodes(known, node, rank, key)?;
        key.pop();
    }
    Ok(())
}

fn merge_nodes(known: &mut Node, coming: Node, rank: Rank, key: &mut Vec<String>) -> Result<(), Mixed> {
    match (known, coming) {
        (Node::Table(known), Node::Table(coming)) => merge_tables(known, coming, rank, key),
        (Node::Leaf(known), Node::Leaf(coming)) if is_list(known) == is_list(&coming) => {
            merge_leaves(known, coming, rank, key);
            Ok(())
        }
        (known, coming) => Err(Mixed {
            key: key::written(key),
            one_kind: known.kind(),
            other_kind: coming.kind(),
            one: known.source().cloned(),
            other: coming.source().cloned(),
        }),
    }
}

fn is_list(leaf: &Leaf) -> bool {
    matches!(leaf.value, Value::List(_))
}

fn merge_leaves(known: &mut Leaf, coming: Leaf, rank: Rank, key: &[String]) {
    let (above, below) = match rank {
        Rank::Above => (coming, std::mem::replace(known, nothing())),
        Rank::Below => (std::mem::replace(known, nothing()), coming),
    };
    *known = match (above.value, below.value) {
        (Value::List(above_parts), Value::List(mut parts)) if !key::is_not_joined(key) => {
            parts.extend(above_parts);
            Leaf::new(Value::List(parts), above.source)
        }
        (value, instead_of) => {
            let mut overrides = above.overrides;
            overrides.push((instead_of, below.source));
            overrides.extend(below.overrides);
            Leaf {
                value,
                source: above.source,
                overrides,
            }
        }
    };
}

/// What stands in a place for a moment, while its value is elsewhere.
fn nothing() -> Leaf {
    Leaf::new(Value::List(Vec::new()), Source::Variable(String::new()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::tree;
    use super::*;
    use crate::project::SettingValue;

    fn merged(texts: &[&str], rank: Rank) -> Result<Table, Mixed> {
        let mut all = Table::new();
        for (file, text) in texts.iter().enumerate() {
            let table = tree::parse(text, Path::new("c"), file, false).unwrap();
            merge(&mut all, table, rank)?;
        }
        Ok(all)
    }

    fn check(texts: &[&str], rank: Rank, expected: &str) {
        let Node::Leaf(leaf) = merged(texts, rank)
            .unwrap()
            .remove("a")
            .map(|node| match node {
                Node::Table(mut table) => table.remove("b").unwrap(),
                leaf => leaf,
            })
            .unwrap()
        else {
            panic!("no leaf")
        };
        let file = |source: &Source| match source {
            Source::File(file, _) => file.to_string(),
            Source::Variable(name) => name.clone(),
        };
        let one = |value: &Value| match value {
            Value::Plain(SettingValue::Text(text)) => text.clone(),
            Value::List(parts) => {
                let parts = parts
                    .iter()
                    .map(|(part, source)| format!("{}@{}", part.as_text().unwrap_or_default(), file(source)));
                parts.collect::<Vec<_>>().join(" ")
            }
            other => format!("{other:?}"),
        };
        let mut told = format!("{} from {}", one(&leaf.value), file(&leaf.source));
        for (value, source) in &leaf.overrides {
            told += &format!(", not {} from {}", one(value), file(source));
        }
        assert_eq!(told, expected, "{texts:?}");
    }

    #[test]
    fn the_nearest_text_is_used_and_the_others_are_told() {
        let texts = ["a.b = \"x\"", "a.c = 1", "a.b = \"y\"", "a.b = \"z\""];
        check(&texts, Rank::Below, "x from 0, not y from 2, not z from 3");
        check(&texts, Rank::Above, "z from 3, not y from 2, not x from 0");
    }

    #[test]
    fn arrays_are_joined_with_the_highest_rank_last() {
        let texts = ["a.b = [\"x\"]", "a.b = [\"y\", \"z\"]"];
        check(&texts, Rank::Below, "y@1 z@1 x@0 from 0");
        check(&texts, Rank::Above, "x@0 y@1 z@1 from 1");
    }

    #[test]
    fn programs_with_arguments_are_used_whole() {
        let texts = [
            "credential-alias.x = [\"a\"]",
            "credential-alias.x = [\"b\", \"c\"]",
        ];
        let mut all = merged(&texts, Rank::Below).unwrap();
        let Some(Node::Table(mut table)) = all.remove("credential-alias") else {
            panic!("no table")
        };
        let Some(Node::Leaf(leaf)) = table.remove("x") else {
            panic!("no leaf")
        };
        assert_eq!(leaf.overrides.len(), 1);
        assert!(matches!(leaf.value, Value::List(parts) if parts.len() == 1));
    }

    #[test]
    fn what_cannot_be_joined_is_named_with_both_places() {
        let check = |one: &str, other: &str, expected: (&str, &str, &str)| {
            let mixed = merged(&[one, other], Rank::Below).unwrap_err();
            let found = (mixed.key.as_str(), mixed.one_kind, mixed.other_kind);
            assert_eq!(found, expected);
            assert!(mixed.one.is_some() && mixed.other.is_some());
        };
        check("a = 3", "[a]\nb = 1", ("a", "a number", "a table"));
        check("a.b = \"x\"", "a.b = [\"x\"]", ("a.b", "a text", "an array"));
        check("a = [true]", "a = true", ("a", "an array", "true or false"));
        // Texts, numbers and booleans take each other's places.
        assert!(merged(&["a = \"x\"", "a = 1", "a = true"], Rank::Below).is_ok());
    }
}
