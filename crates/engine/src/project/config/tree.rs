//! Config as a tree in which every value knows where it is from; made of TOML, one file at a time.
//!
//! **Invariant**: a secret is turned into what it looks like before it gets here, and so is the password of an address.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::key;
use crate::project::{Error, SecretScheme, SecretShape, SettingValue};

/// How deep tables and arrays may lie within each other; no key of cargo's is deeper than six.
const DEEPEST: usize = 64;

/// What a key stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Table(Table),
    Leaf(Leaf),
}

pub(super) type Table = BTreeMap<String, Node>;

/// A value, and what of lower rank it is used instead of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Leaf {
    pub(crate) value: Value,
    pub(crate) source: Source,
    pub(crate) overrides: Vec<(Value, Source)>,
}

/// A value without what is secret of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Secret(SecretShape),
    Plain(SettingValue),
    List(Vec<(Value, Source)>),
}

/// What set a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Source {
    /// One of the config's files, by its number, and the line.
    File(usize, u32),
    /// A variable, by its name.
    Variable(String),
}

impl Node {
    /// In the words of a message.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Table(_) => "a table",
            Self::Leaf(leaf) => match &leaf.value {
                Value::List(_) => "an array",
                Value::Secret(_) | Value::Plain(SettingValue::Text(_)) => "a text",
                Value::Plain(SettingValue::Boolean(_)) => "true or false",
                Value::Plain(_) => "a number",
            },
        }
    }

    /// Where it is from; of a table, where its first value is from.
    pub(super) fn source(&self) -> Option<&Source> {
        match self {
            Self::Leaf(leaf) => Some(&leaf.source),
            Self::Table(table) => table.values().find_map(Self::source),
        }
    }
}

impl Leaf {
    pub(super) fn new(value: Value, source: Source) -> Self {
        Self {
            value,
            source,
            overrides: Vec::new(),
        }
    }
}

impl Value {
    /// The text, if it is one.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Plain(SettingValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// What may be shown; none of a secret.
    pub(super) fn shown(&self) -> Option<SettingValue> {
        match self {
            Self::Secret(_) => None,
            Self::Plain(value) => Some(value.clone()),
            Self::List(parts) => {
                let shown = parts.iter().filter_map(|(part, _)| part.shown());
                Some(SettingValue::List(shown.collect()))
            }
        }
    }
}

impl SecretShape {
    /// Of a token as cargo would send it.
    pub(super) fn of(secret: &str) -> Self {
        let begins = |scheme: &str| {
            let word = secret.split(' ').next().unwrap_or_default();
            word.eq_ignore_ascii_case(scheme)
        };
        let (scheme, rest) = match secret.split_once(' ') {
            Some((_, rest)) if begins("basic") => (SecretScheme::Basic, rest),
            Some((_, rest)) if begins("bearer") => (SecretScheme::Bearer, rest),
            _ => (SecretScheme::None, secret),
        };
        Self {
            scheme,
            has_blanks: rest.contains(char::is_whitespace),
            is_empty: rest.trim().is_empty(),
        }
    }
}

/// The tree of a file's text. In a file of credentials every value is a secret.
pub(super) fn parse(text: &str, path: &Path, file: usize, all_secret: bool) -> Result<Table, Error> {
    let parsed = DeTable::parse(text).map_err(|wrong| Error::invalid(path, text, &wrong))?;
    let reader = Reader {
        lines: Lines::of(text),
        path,
        file,
        all_secret,
    };
    reader.table(parsed.get_ref(), &mut Vec::new())
}

/// How many values a table has, each element of an array counted.
pub(super) fn count(table: &Table) -> usize {
    let nodes = table.values().map(|node| match node {
        Node::Table(table) => count(table) + 1,
        Node::Leaf(leaf) => match &leaf.value {
            Value::List(parts) => parts.len() + 1,
            _ => 1,
        },
    });
    nodes.sum()
}

struct Reader<'t> {
    lines: Lines,
    path: &'t Path,
    file: usize,
    all_secret: bool,
}

impl Reader<'_> {
    fn table(&self, table: &DeTable<'_>, key: &mut Vec<String>) -> Result<Table, Error> {
        let mut nodes = Table::new();
        for (name, value) in table {
            key.push(name.get_ref().as_ref().to_owned());
            let node = match value.get_ref() {
                DeValue::Table(inner) if !key::is_secret(key) => {
                    self.require_depth(key)?;
                    Node::Table(self.table(inner, key)?)
                }
                _ => {
                    // The key's line, which is where one looks; a multi-line value begins there too.
                    let source = Source::File(self.file, self.lines.at(name.span().start));
                    Node::Leaf(Leaf::new(self.value(value, key, 0)?, source))
                }
            };
            nodes.extend(key.pop().map(|name| (name, node)));
        }
        Ok(nodes)
    }

    fn value(&self, value: &Spanned<DeValue<'_>>, key: &[String], depth: usize) -> Result<Value, Error> {
        if self.all_secret || key::is_secret(key) {
            let text = value.get_ref().as_str().unwrap_or_default();
            return Ok(Value::Secret(SecretShape::of(text)));
        }
        if depth > DEEPEST {
            return Err(self.invalid(key, "lies too deep"));
        }
        Ok(match value.get_ref() {
            DeValue::Array(parts) => {
                let part = |part: &Spanned<DeValue<'_>>| {
                    let source = Source::File(self.file, self.lines.at(part.span().start));
                    Ok((self.value(part, key, depth + 1)?, source))
                };
                Value::List(parts.iter().map(part).collect::<Result<_, Error>>()?)
            }
            DeValue::Table(inner) => Value::Plain(SettingValue::Table(self.inline(inner, key, depth)?)),
            DeValue::String(text) => Value::Plain(text_of(text)),
            DeValue::Boolean(value) => Value::Plain(SettingValue::Boolean(*value)),
            DeValue::Integer(number) => {
                let number = i64::from_str_radix(number.as_str(), number.radix());
                let number = number.map_err(|_| self.invalid(key, "is a number that is too large"))?;
                Value::Plain(SettingValue::Integer(number))
            }
            DeValue::Float(_) | DeValue::Datetime(_) => {
                return Err(self.invalid(key, "is of a kind that cargo does not take"));
            }
        })
    }

    /// A table within an array; what is secret in it is left out.
    fn inline(
        &self,
        table: &DeTable<'_>,
        key: &[String],
        depth: usize,
    ) -> Result<BTreeMap<String, SettingValue>, Error> {
        let mut shown = BTreeMap::new();
        for (name, value) in table {
            let name = name.get_ref().as_ref().to_owned();
            let key = [key, std::slice::from_ref(&name)].concat();
            let value = self.value(value, &key, depth + 1)?.shown();
            shown.extend(value.map(|value| (name, value)));
        }
        Ok(shown)
    }

    fn require_depth(&self, key: &[String]) -> Result<(), Error> {
        match key.len() > DEEPEST {
            true => Err(self.invalid(&key[..4], "lies too deep")),
            false => Ok(()),
        }
    }

    fn invalid(&self, key: &[String], what: &str) -> Error {
        Error::Invalid {
            path: self.path.to_owned(),
            reason: format!("`{}` {what}", key::written(key)),
        }
    }
}

/// A text that may be shown.
pub(super) fn text_of(text: &str) -> SettingValue {
    SettingValue::Text(without_password(text).into_owned())
}

/// An address without its password; anything else as it is.
pub(crate) fn without_password(text: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = text.split_once("://") else {
        return Cow::Borrowed(text);
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match host.rsplit_once('@') {
        Some((who, _)) if who.contains(':') => {
            let (user, _) = who.split_once(':').unwrap_or_default();
            Cow::Owned(format!("{scheme}://{user}:…{}", &rest[who.len()..]))
        }
        _ => Cow::Borrowed(text),
    }
}

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(after).collect())
    }

    /// The line of a place, from 1 on.
    fn at(&self, place: usize) -> u32 {
        let line = self.0.partition_point(|begin| *begin <= place);
        u32::try_from(line).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(text: &str, key: &[&str]) -> Leaf {
        let mut node = Node::Table(parse(text, Path::new("config.toml"), 0, false).unwrap());
        for part in key {
            node = match node {
                Node::Table(mut table) => table.remove(*part).unwrap(),
                leaf => leaf,
            };
        }
        match node {
            Node::Leaf(leaf) => leaf,
            table => panic!("{table:?}"),
        }
    }

    #[test]
    fn every_value_knows_its_line() {
        let text = "a.b = 1\n\n[c]\nd = [\n  \"x\",\n  \"y\",\n]\ne = { f = true, g = 0x10 }\n";
        assert_eq!(leaf(text, &["a", "b"]).source, Source::File(0, 1));
        let list = leaf(text, &["c", "d"]);
        assert_eq!(list.source, Source::File(0, 4));
        let Value::List(parts) = list.value else {
            panic!("no list")
        };
        let lines = parts.iter().map(|(_, source)| source.clone()).collect::<Vec<_>>();
        assert_eq!(lines, [Source::File(0, 5), Source::File(0, 6)]);
        assert_eq!(leaf(text, &["c", "e", "f"]).source, Source::File(0, 8));
        let number = leaf(text, &["c", "e", "g"]).value;
        assert_eq!(number, Value::Plain(SettingValue::Integer(16)));
    }

    #[test]
    fn a_secret_is_never_held() {
        let text = "[registries.a]\ntoken = \"Basic c2VjcmV0 c2VjcmV0\"\n[env]\nA_TOKEN = { value = \"s3cret\" }\n\
                    [http]\nproxy = \"http://me:s3cret@proxy:8080/\"\n[x]\ny = [{ token = \"s3cret\" }]\n";
        let parsed = parse(text, Path::new("config.toml"), 0, false).unwrap();
        let held = format!("{parsed:?}");
        assert!(!held.contains("s3cret") && !held.contains("c2VjcmV0"), "{held}");
        assert_eq!(
            leaf(text, &["registries", "a", "token"]).value,
            Value::Secret(SecretShape {
                scheme: SecretScheme::Basic,
                has_blanks: true,
                is_empty: false
            })
        );
        assert_eq!(
            leaf(text, &["http", "proxy"]).value.as_text(),
            Some("http://me:…@proxy:8080/")
        );
        let all = parse(
            "token = \"s3cret\"\n[other]\nx = [\"s3cret\"]\n",
            Path::new("c"),
            0,
            true,
        )
        .unwrap();
        assert!(!format!("{all:?}").contains("s3cret"));
    }

    #[test]
    fn secrets_look_as_they_do() {
        let check = |secret: &str, scheme: SecretScheme, has_blanks: bool, is_empty: bool| {
            let expected = SecretShape {
                scheme,
                has_blanks,
                is_empty,
            };
            assert_eq!(SecretShape::of(secret), expected, "{secret}");
        };
        check("Basic abc", SecretScheme::Basic, false, false);
        check("bearer abc", SecretScheme::Bearer, false, false);
        check("abc", SecretScheme::None, false, false);
        check("Basic abc\ndef", SecretScheme::Basic, true, false);
        check("abc def", SecretScheme::None, true, false);
        check("Bearer ", SecretScheme::Bearer, false, true);
        check("", SecretScheme::None, false, true);
    }

    #[test]
    fn what_cargo_would_not_take_is_named() {
        let check = |text: &str, expected: &str| {
            let error = parse(text, Path::new("c"), 0, false).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        check("a.b = 1.5\n", "`a.b` is of a kind");
        check("a = 99999999999999999999\n", "`a` is a number that is too large");
        check("x = 1\nx = 2\n", "line 2");
        let deep = format!("a = {}1{}", "[".repeat(5000), "]".repeat(5000));
        assert!(parse(&deep, Path::new("c"), 0, false).is_err());
        let deep = format!("{}a = 1", "a.".repeat(70));
        check(&deep, "lies too deep");
        let deep = format!("{}a = 1", "a.".repeat(100_000));
        assert!(parse(&deep, Path::new("c"), 0, false).is_err());
    }
}
