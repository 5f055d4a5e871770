//! A value of cargo's config as the product speaks of it: what it is, what set it, and what it is used instead of.
//!
//! **Invariant**: of a secret there is no text, only what it looks like.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Place;

/// A value cargo would use, and where it has it from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Setting {
    /// Its dotted key, as cargo writes it.
    pub key: String,
    /// The value; none where it is a secret.
    pub value: Option<SettingValue>,
    /// What a secret looks like.
    pub secret: Option<SecretShape>,
    /// What set it; of an array that was joined, what set the part of highest rank.
    pub origin: SettingOrigin,
    /// What set each element of an array, in the array's order.
    pub elements: Vec<SettingOrigin>,
    /// What it is used instead of, the highest rank first.
    pub overrides: Vec<Overridden>,
}

/// A value that is not used, because another of the same key has a higher rank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Overridden {
    /// The value; none where it is a secret.
    pub value: Option<SettingValue>,
    /// What a secret looks like.
    pub secret: Option<SecretShape>,
    /// What set it.
    pub origin: SettingOrigin,
}

/// A value of config.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(untagged)]
pub enum SettingValue {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(#[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))] i64),
    /// A text; the password of an address in it is left out.
    Text(String),
    /// An array; secrets in it are left out.
    List(Vec<SettingValue>),
    /// A table within an array; secrets in it are left out.
    Table(BTreeMap<String, SettingValue>),
}

impl SettingValue {
    /// The value a text of TOML stands for; what is no TOML is a text itself, as in `cargo --config`.
    pub fn from_toml(text: &str) -> Self {
        let parsed = format!("value = {text}").parse::<toml::Table>().ok();
        let value = parsed.filter(|table| table.len() == 1);
        value
            .and_then(|table| Self::of(table.get("value")?))
            .unwrap_or_else(|| Self::Text(text.to_owned()))
    }

    fn of(value: &toml::Value) -> Option<Self> {
        Some(match value {
            toml::Value::Boolean(is_so) => Self::Boolean(*is_so),
            toml::Value::Integer(number) => Self::Integer(*number),
            toml::Value::String(text) => Self::Text(text.clone()),
            toml::Value::Array(parts) => Self::List(parts.iter().map(Self::of).collect::<Option<_>>()?),
            toml::Value::Table(entries) => {
                let entry = |(key, value): (&String, &toml::Value)| Some((key.clone(), Self::of(value)?));
                Self::Table(entries.iter().map(entry).collect::<Option<_>>()?)
            }
            toml::Value::Float(_) | toml::Value::Datetime(_) => return None,
        })
    }
}

/// What a secret looks like from outside: enough to see why a feed would refuse it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SecretShape {
    /// The word it begins with.
    pub scheme: SecretScheme,
    /// Whether there are blanks in it beside the one after the scheme, as a wrapped base64 has.
    pub has_blanks: bool,
    /// Whether there is nothing in it.
    pub is_empty: bool,
}

/// The word a token begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum SecretScheme {
    /// `Basic`
    Basic,
    /// `Bearer`
    Bearer,
    /// None that a feed knows.
    None,
}

/// What set a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum SettingOrigin {
    /// A file.
    File {
        /// Where it is.
        path: PathBuf,
        /// The same with `~` for the user's home.
        display: String,
        /// The line, from 1 on.
        line: u32,
        /// Whether the file travels with the project.
        place: Place,
    },
    /// A variable of the environment.
    Variable {
        /// Its name.
        name: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stands_for_a_value() {
        let text = |text: &str| SettingValue::Text(text.to_owned());
        let check = |given: &str, expected: SettingValue| {
            assert_eq!(SettingValue::from_toml(given), expected, "{given}")
        };
        check("5", SettingValue::Integer(5));
        check("true", SettingValue::Boolean(true));
        check("\"a b\"", text("a b"));
        check("plain", text("plain"));
        check("a\nb = 1", text("a\nb = 1"));
        check("5\nother = 1", text("5\nother = 1"));
        check(
            "[\"a\", 1]",
            SettingValue::List(vec![text("a"), SettingValue::Integer(1)]),
        );
        check("1.5", text("1.5"));
    }
}
