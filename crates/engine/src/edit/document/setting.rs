//! Any key of config: its parts, its value as TOML, put in and taken out.
//!
//! **Invariant**: a list keeps what it has in common with the new one, with its comments; a table is neither set nor taken out.

use toml_edit::{Array, InlineTable, Item, Key, Value};

use super::{Comments, Document, quoted};
use crate::edit::Error;
use crate::project::{SettingValue, is_secret};

/// The parts of a dotted key; none where it is no key.
pub(in crate::edit) fn key_parts(key: &str) -> Option<Vec<String>> {
    let parts = Key::parse(key).ok()?;
    let parts = parts.iter().map(|part| part.get().to_owned()).collect::<Vec<_>>();
    (parts.len() > 1 && parts.iter().all(|part| !part.is_empty())).then_some(parts)
}

/// Whether a secret would be written: under a key for one, within a table, or one that was shown without its password.
pub(in crate::edit) fn holds_secret(key: &[String], value: Option<&SettingValue>) -> bool {
    let below = |(name, value): (&String, &SettingValue)| {
        let key = [key, std::slice::from_ref(name)].concat();
        holds_secret(&key, Some(value))
    };
    is_secret(key)
        || match value {
            Some(SettingValue::Text(text)) => text.contains("…@"),
            Some(SettingValue::List(parts)) => parts.iter().any(|part| holds_secret(key, Some(part))),
            Some(SettingValue::Table(entries)) => entries.iter().any(below),
            _ => false,
        }
}

impl Document {
    /// Sets a key; what says the same already keeps its manner.
    pub(in crate::edit) fn set_setting(&mut self, path: &[&str], value: &SettingValue) -> Result<(), Error> {
        let new = value_of(value);
        match self.item_at(path) {
            Some(Item::Value(old)) if is_same(old, &new) => Ok(()),
            Some(Item::Value(Value::InlineTable(_))) => Err(self.other_kind(path, "a value")),
            Some(Item::Value(Value::Array(_))) => self.set_list(path, &new),
            _ => self.set(path, &written(&new)),
        }
    }

    /// Takes a key out, and the tables that then hold nothing.
    pub(in crate::edit) fn remove_setting(&mut self, path: &[&str]) -> Result<(), Error> {
        match self.item_at(path) {
            None => return Ok(()),
            Some(Item::Value(Value::InlineTable(_))) => return Err(self.other_kind(path, "a value")),
            Some(Item::Value(_)) => {}
            Some(_) => return Err(self.other_kind(path, "a value")),
        }
        self.take(path, Comments::Stay)?;
        (1..path.len()).rev().try_for_each(|end| self.prune(&path[..end]))
    }

    /// Takes out of a list of texts what the new one lacks, and adds what it has besides; any other list is written anew.
    fn set_list(&mut self, path: &[&str], new: &Value) -> Result<(), Error> {
        let texts = |value: &Value| {
            let all = value.as_array()?.iter().map(Value::as_str);
            all.map(|text| text.map(str::to_owned))
                .collect::<Option<Vec<_>>>()
        };
        let old = self.item_at(path).and_then(Item::as_value).and_then(texts);
        let (Some(old), Some(wanted)) = (old, texts(new)) else {
            return self.set(path, &written(new));
        };
        let kept = old
            .iter()
            .filter(|text| wanted.contains(text))
            .collect::<Vec<_>>();
        if kept.is_empty() || !wanted.iter().take(kept.len()).eq(kept.iter().copied()) {
            return self.set(path, &written(new));
        }
        let added = wanted.len() - kept.len();
        self.take_from_list(path, |text| !wanted.iter().any(|wanted| wanted == text))?;
        let mut added = wanted[wanted.len() - added..].iter();
        added.try_for_each(|text| self.put_in_list(path, &quoted(text)))
    }
}

fn value_of(value: &SettingValue) -> Value {
    match value {
        SettingValue::Boolean(is_so) => Value::from(*is_so),
        SettingValue::Integer(number) => Value::from(*number),
        SettingValue::Text(text) => Value::from(text.as_str()),
        SettingValue::List(parts) => Value::Array(parts.iter().map(value_of).collect::<Array>()),
        SettingValue::Table(entries) => {
            let entries = entries.iter().map(|(key, value)| (key, value_of(value)));
            Value::InlineTable(entries.collect::<InlineTable>())
        }
    }
}

fn written(value: &Value) -> String {
    value.to_string().trim().to_owned()
}

/// Whether two values are one, however they are written.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other.iter())
                    .all(|(one, other)| is_same(one, other))
        }
        (Value::String(one), Value::String(other)) => one.value() == other.value(),
        (Value::Integer(one), Value::Integer(other)) => one.value() == other.value(),
        (Value::Boolean(one), Value::Boolean(other)) => one.value() == other.value(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn check(before: &str, key: &str, to: Option<SettingValue>, expected: &str) {
        let mut document = Document::parse(Path::new("config.toml"), before).unwrap();
        let parts = key_parts(key).unwrap();
        let path = parts.iter().map(String::as_str).collect::<Vec<_>>();
        match &to {
            Some(value) => document.set_setting(&path, value).unwrap(),
            None => document.remove_setting(&path).unwrap(),
        }
        assert_eq!(document.into_text(), expected, "{key} in {before:?}");
    }

    fn texts(texts: &[&str]) -> SettingValue {
        SettingValue::List(
            texts
                .iter()
                .map(|text| SettingValue::Text((*text).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn a_key_is_set_where_it_stands_or_belongs() {
        let five = || Some(SettingValue::Integer(5));
        check("", "net.retry", five(), "[net]\nretry = 5\n");
        check(
            "[net] # n\nretry = 2 # few\n",
            "net.retry",
            five(),
            "[net] # n\nretry = 5 # few\n",
        );
        check("net.retry = 2\n", "net.retry", five(), "net.retry = 5\n");
        check(
            "net = { retry = 0x5 }\n",
            "net.retry",
            five(),
            "net = { retry = 0x5 }\n",
        );
        let yes = || Some(SettingValue::Boolean(true));
        check(
            "[net]\nretry = 5\n",
            "net.git-fetch-with-cli",
            yes(),
            "[net]\nretry = 5\ngit-fetch-with-cli = true\n",
        );
        let quoted = "target.'cfg(windows)'.linker";
        check(
            "",
            quoted,
            Some(SettingValue::Text("l".to_owned())),
            "[target.'cfg(windows)']\nlinker = \"l\"\n",
        );
    }

    #[test]
    fn a_list_keeps_what_stays() {
        let before =
            "[registry]\nglobal-credential-providers = [\n  \"cargo:token\", # plain\n  \"gone\", # old\n]\n";
        check(
            before,
            "registry.global-credential-providers",
            Some(texts(&["cargo:token"])),
            "[registry]\nglobal-credential-providers = [\n  \"cargo:token\", # plain\n]\n",
        );
        check(
            "[build]\nrustflags = ['a']\n",
            "build.rustflags",
            Some(texts(&["a", "b"])),
            "[build]\nrustflags = ['a', \"b\"]\n",
        );
        check(
            "[build]\nrustflags = ['a']\n",
            "build.rustflags",
            Some(texts(&["b", "a"])),
            "[build]\nrustflags = [\"b\", \"a\"]\n",
        );
    }

    #[test]
    fn a_key_is_taken_out_with_the_table_it_empties() {
        check("[net]\nretry = 5\n", "net.retry", None, "");
        check(
            "# mine\n[net]\nretry = 5 # five\noffline = true\n",
            "net.retry",
            None,
            "# mine\n[net]\n# five\noffline = true\n",
        );
        check("[net]\nretry = 5\n", "net.offline", None, "[net]\nretry = 5\n");
    }

    #[test]
    fn tables_and_tokens_are_left_alone() {
        let mut document = Document::parse(Path::new("c"), "[a]\nb = { c = 1 }\n").unwrap();
        let one = SettingValue::Integer(1);
        assert!(document.set_setting(&["a", "b"], &one).is_err());
        assert!(document.remove_setting(&["a", "b"]).is_err());
        assert!(document.remove_setting(&["a"]).is_err());
        let holds = |key: &str, value: &SettingValue| holds_secret(&key_parts(key).unwrap(), Some(value));
        let text = |text: &str| SettingValue::Text(text.to_owned());
        assert!(holds("registries.x.token", &text("a")) && holds("registry.secret-key", &text("a")));
        assert!(holds("env.AZURE_PAT", &text("a")) && holds("http.proxy", &text("http://me:…@p")));
        let entry = SettingValue::Table([("token".to_owned(), text("a"))].into());
        assert!(holds("registries.x", &entry));
        assert!(!holds("registries.x.index", &text("sparse+https://a/")));
        assert_eq!(key_parts("a"), None);
        assert_eq!(key_parts("a..b"), None);
    }
}
