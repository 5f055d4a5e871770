//! The variables that change what cargo does.
//!
//! **Invariant**: they are handed in, never read from our own environment; a token among them is not kept, only what it
//! looks like.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;

use super::key;
use super::tree::{self, Leaf, Node, Source, Table, Value};
use crate::project::{SecretShape, SettingValue};

/// Keys that a variable alone can set, where no file has them.
const KEYS: &str = "
    build.jobs build.rustc build.rustc-wrapper build.rustc-workspace-wrapper build.rustdoc build.target
    build.target-dir build.build-dir build.rustflags build.rustdocflags build.incremental build.dep-info-basedir
    build.warnings cache.auto-clean-frequency cargo-new.vcs doc.browser future-incompat-report.frequency
    http.debug http.proxy http.timeout http.cainfo http.proxy-cainfo http.check-revoke http.ssl-version
    http.low-speed-limit http.multiplexing http.user-agent install.root
    net.retry net.git-fetch-with-cli net.offline
    registry.default registry.credential-provider registry.token registry.secret-key
    registry.global-credential-providers registry.index resolver.incompatible-rust-versions
    resolver.lockfile-path term.quiet term.verbose term.color term.hyperlinks term.unicode term.progress.when
    term.progress.width term.progress.term-integration
";

/// The same for tables of names: the table, and the keys below a name; `-` where the name's own value is meant.
const NAMED: &[(&str, &str)] = &[
    ("alias", "-"),
    ("credential-alias", "-"),
    (
        "registries",
        "index token credential-provider protocol secret-key",
    ),
    ("target", "linker runner rustflags rustdocflags"),
    (
        "profile",
        "codegen-units debug split-debuginfo debug-assertions incremental lto overflow-checks opt-level panic \
         rpath strip",
    ),
];

/// Variables of other names, which cargo takes before its own.
const OTHERS: &[(&str, &str)] = &[
    ("CARGO_TARGET_DIR", "build.target-dir"),
    ("CARGO_INCREMENTAL", "build.incremental"),
    ("RUSTC", "build.rustc"),
    ("RUSTC_WRAPPER", "build.rustc-wrapper"),
    ("RUSTC_WORKSPACE_WRAPPER", "build.rustc-workspace-wrapper"),
    ("RUSTDOC", "build.rustdoc"),
    ("RUSTFLAGS", "build.rustflags"),
    ("RUSTDOCFLAGS", "build.rustdocflags"),
];

/// What a variable chooses beside config: the toolchain.
const TOOLCHAIN: &str = "RUSTUP_TOOLCHAIN";

/// The variables of an environment that matter to cargo.
#[derive(Debug, Clone, Default)]
pub struct Variables(BTreeMap<String, Value>);

impl FromIterator<(OsString, OsString)> for Variables {
    /// Keeps those that cargo looks at, and of tokens only what they look like. Cargo does not see what is no Unicode.
    fn from_iter<I: IntoIterator<Item = (OsString, OsString)>>(environment: I) -> Self {
        let kept = environment.into_iter().filter_map(|(name, value)| {
            let (name, value) = (name.into_string().ok()?, value.into_string().ok()?);
            let matters = name.starts_with("CARGO_")
                || name == TOOLCHAIN
                || OTHERS.iter().any(|(other, _)| *other == name);
            let is_secret = name.ends_with("_TOKEN") || name.ends_with("_SECRET_KEY");
            let value = match is_secret {
                true => Value::Secret(SecretShape::of(&value)),
                false => Value::Plain(tree::text_of(&value)),
            };
            matters.then_some((name, value))
        });
        Self(kept.collect())
    }
}

impl Variables {
    /// The toolchain that the environment asks rustup for, and the variable that does.
    pub(in crate::project) fn toolchain(&self) -> Option<(&'static str, &str)> {
        let name = self.0.get(TOOLCHAIN)?.as_text()?;
        (!name.is_empty()).then_some((TOOLCHAIN, name))
    }

    /// Names in lower case, with their addresses, that `_INDEX` variables give to registries.
    pub(in crate::project) fn indexes(&self) -> impl Iterator<Item = (String, &str)> {
        self.0.iter().filter_map(|(name, value)| {
            let name = name.strip_prefix("CARGO_REGISTRIES_")?.strip_suffix("_INDEX")?;
            Some((name.to_lowercase(), value.as_text()?))
        })
    }

    /// Lays the variables over what files say.
    pub(super) fn apply(&self, root: &mut Table) {
        let mut taken = BTreeSet::new();
        self.overlay(root, &mut Vec::new(), &mut taken);
        for key in KEYS.split_whitespace() {
            self.set(root, &key.split('.').collect::<Vec<_>>(), &mut taken);
        }
        for name in self.0.keys().cloned().collect::<Vec<_>>() {
            for (table, keys) in NAMED {
                self.set_named(root, table, keys, &name, &mut taken);
            }
        }
        for (name, key) in OTHERS {
            if let Some(value) = self.0.get(*name) {
                let key = key.split('.').collect::<Vec<_>>();
                put(root, &key, &|before| replaced(before, value, name));
            }
        }
    }

    /// Over every value there is.
    fn overlay(&self, table: &mut Table, key: &mut Vec<String>, taken: &mut BTreeSet<String>) {
        for (name, node) in table {
            key.push(name.clone());
            match node {
                Node::Table(inner) => self.overlay(inner, key, taken),
                Node::Leaf(leaf) if key::may_come_from_variable(key) => {
                    let variable = key::variable(key);
                    if let Some(value) = self.0.get(&variable) {
                        *leaf = laid_over(leaf.clone(), value, &variable, key);
                        taken.insert(variable);
                    }
                }
                Node::Leaf(_) => {}
            }
            key.pop();
        }
    }

    /// For a key that no file has.
    fn set(&self, root: &mut Table, key: &[&str], taken: &mut BTreeSet<String>) {
        let variable = key::variable(key);
        if let Some(value) = self.0.get(&variable).filter(|_| !taken.contains(&variable)) {
            put(root, key, &|before| match before {
                // A table stands there, which no variable replaces.
                Some(leaf) => laid_over(leaf, value, &variable, key),
                None => Leaf::new(typed(value), Source::Variable(variable.clone())),
            });
            taken.insert(variable);
        }
    }

    fn set_named(
        &self,
        root: &mut Table,
        table: &str,
        keys: &str,
        variable: &str,
        taken: &mut BTreeSet<String>,
    ) {
        let beginning = format!("{}_", key::variable(&[table]));
        let Some(rest) = variable.strip_prefix(&beginning) else {
            return;
        };
        for last in keys.split_whitespace() {
            let ending = key::variable(&[last]).replacen("CARGO", "", 1);
            let name = match last {
                "-" => Some(rest),
                _ => rest.strip_suffix(&ending),
            };
            let Some(name) = name.filter(|name| !name.is_empty()) else {
                continue;
            };
            // Below a profile there is one more table that variables reach.
            if let ("profile", Some(profile)) = (table, name.strip_suffix("_BUILD_OVERRIDE")) {
                let profile = profile.to_lowercase();
                self.set(root, &[table, &profile, "build-override", last], taken);
                continue;
            }
            for name in names_for(root, table, name) {
                let key = [table, name.as_str(), last];
                self.set(root, if last == "-" { &key[..2] } else { &key }, taken);
            }
        }
    }
}

/// The names of a table that a variable's part stands for: those that are there, else itself in lower case.
fn names_for(root: &Table, table: &str, part: &str) -> Vec<String> {
    let known = match root.get(table) {
        Some(Node::Table(known)) => known.keys().cloned().collect(),
        _ => Vec::new(),
    };
    let stands_for = |name: &String| key::variable(&[name]) == format!("CARGO_{part}");
    let mut names = known.into_iter().filter(stands_for).collect::<Vec<_>>();
    if names.is_empty() {
        names.push(match (table, part) {
            // The one name that cargo itself gives.
            ("registries", "CRATES_IO") => "crates-io".to_owned(),
            _ => part.to_lowercase(),
        });
    }
    names
}

/// A value from a variable over one from a file.
fn laid_over<S: AsRef<str>>(leaf: Leaf, value: &Value, variable: &str, key: &[S]) -> Leaf {
    let source = Source::Variable(variable.to_owned());
    let (Value::List(parts), Value::Plain(SettingValue::Text(text))) = (&leaf.value, value) else {
        return replaced(Some(leaf), value, variable);
    };
    let words = text.split_whitespace().map(|word| {
        let word = Value::Plain(SettingValue::Text(word.to_owned()));
        (word, source.clone())
    });
    match key::is_not_joined(key) {
        true => replaced(Some(leaf.clone()), &Value::List(words.collect()), variable),
        false => Leaf::new(Value::List(parts.iter().cloned().chain(words).collect()), source),
    }
}

fn replaced(before: Option<Leaf>, value: &Value, variable: &str) -> Leaf {
    let mut leaf = Leaf::new(typed(value), Source::Variable(variable.to_owned()));
    if let Some(before) = before {
        leaf.overrides.push((before.value, before.source));
        leaf.overrides.extend(before.overrides);
    }
    leaf
}

/// A text as cargo takes it from a variable.
fn typed(value: &Value) -> Value {
    let Some(text) = value.as_text() else {
        return value.clone();
    };
    Value::Plain(match (text, text.parse()) {
        ("true", _) => SettingValue::Boolean(true),
        ("false", _) => SettingValue::Boolean(false),
        (_, Ok(number)) => SettingValue::Integer(number),
        _ => SettingValue::Text(text.to_owned()),
    })
}

/// Puts a value at a key, made from the one that is there; a table that stands in its way stays.
fn put(root: &mut Table, key: &[&str], make: &dyn Fn(Option<Leaf>) -> Leaf) {
    let Some((first, rest)) = key.split_first() else {
        return;
    };
    if rest.is_empty() {
        match root.get_mut(*first) {
            Some(Node::Leaf(leaf)) => *leaf = make(Some(leaf.clone())),
            Some(Node::Table(_)) => {}
            None => drop(root.insert((*first).to_owned(), Node::Leaf(make(None)))),
        }
        return;
    }
    let inner = root
        .entry((*first).to_owned())
        .or_insert_with(|| Node::Table(Table::new()));
    if let Node::Table(inner) = inner {
        put(inner, rest, make);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::leaf_in;
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Variables {
        let pairs = pairs.iter().map(|(name, value)| (name.into(), value.into()));
        pairs.collect()
    }

    fn applied(text: &str, pairs: &[(&str, &str)]) -> Table {
        let mut root = tree::parse(text, Path::new("c"), 0, false).unwrap();
        variables(pairs).apply(&mut root);
        root
    }

    fn check(text: &str, pairs: &[(&str, &str)], key: &str, expected: Option<(&str, usize)>) {
        let root = applied(text, pairs);
        let found = leaf_in(&root, &key.split('.').collect::<Vec<_>>())
            .map(|leaf| (format!("{:?}", leaf.value.shown()), leaf.overrides.len()));
        let expected = expected.map(|(value, overrides)| (value.to_owned(), overrides));
        assert_eq!(found, expected, "{key} of {text} with {pairs:?}");
    }

    #[test]
    fn a_variable_is_above_every_file() {
        let number = "Some(Integer(7))";
        check(
            "net.retry = 3",
            &[("CARGO_NET_RETRY", "7")],
            "net.retry",
            Some((number, 1)),
        );
        check("", &[("CARGO_NET_RETRY", "7")], "net.retry", Some((number, 0)));
        let index = "registries.my-feed.index";
        let text = "Some(Text(\"sparse+x\"))";
        let pair = [("CARGO_REGISTRIES_MY_FEED_INDEX", "sparse+x")];
        check(
            "[registries.my-feed]\nindex = \"y\"",
            &pair,
            index,
            Some((text, 1)),
        );
        check(
            "[registries.my-feed]\ntoken = \"y\"",
            &pair,
            index,
            Some((text, 0)),
        );
        check("", &pair, "registries.my_feed.index", Some((text, 0)));
        check("", &pair, index, None);
        check("net = 3", &[("CARGO_NET_RETRY", "7")], "net.retry", None);
        let profile = [("CARGO_PROFILE_DEV_BUILD_OVERRIDE_DEBUG", "7")];
        check(
            "",
            &profile,
            "profile.dev.build-override.debug",
            Some((number, 0)),
        );
        let protocol = [("CARGO_REGISTRIES_CRATES_IO_PROTOCOL", "7")];
        check("", &protocol, "registries.crates-io.protocol", Some((number, 0)));
        check(
            "paths = [\"a\"]",
            &[("CARGO_PATHS", "b")],
            "paths",
            Some(("Some(List([Text(\"a\")]))", 0)),
        );
    }

    #[test]
    fn words_are_added_to_arrays_and_programs_are_replaced() {
        let providers = "registry.global-credential-providers";
        let pair = [("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS", "b c")];
        let joined = "Some(List([Text(\"a\"), Text(\"b\"), Text(\"c\")]))";
        check(
            &format!("{providers} = [\"a\"]"),
            &pair,
            providers,
            Some((joined, 0)),
        );
        check("", &pair, providers, Some(("Some(Text(\"b c\"))", 0)));
        let alias = [("CARGO_CREDENTIAL_ALIAS_X", "b c")];
        let whole = "Some(List([Text(\"b\"), Text(\"c\")]))";
        check(
            "credential-alias.x = [\"a\"]",
            &alias,
            "credential-alias.x",
            Some((whole, 1)),
        );
    }

    #[test]
    fn other_names_come_before_cargos_own() {
        let pairs = [("CARGO_BUILD_TARGET_DIR", "one"), ("CARGO_TARGET_DIR", "two")];
        let text = "Some(Text(\"two\"))";
        check(
            "build.target-dir = \"zero\"",
            &pairs,
            "build.target-dir",
            Some((text, 2)),
        );
    }

    #[test]
    fn tokens_are_not_kept() {
        let pairs = [
            ("CARGO_REGISTRIES_A_TOKEN", "Bearer s3cret"),
            ("CARGO_REGISTRY_TOKEN", "s3cret"),
            ("CARGO_HTTP_PROXY", "http://me:s3cret@proxy/"),
            ("HOME", "s3cret"),
        ];
        let variables = variables(&pairs);
        assert!(!format!("{variables:?}").contains("s3cret"));
        check("", &pairs, "registries.a.token", Some(("None", 0)));
        check("", &pairs, "registry.token", Some(("None", 0)));
    }
}
