//! How cargo would get a token for each registry: which credential providers, in which order, and which tokens lie
//! about in files and variables that cargo would take before it asks them.
//!
//! **Invariant**: follows cargo's own order; starts no provider, asks no keychain, and holds no token.

use super::config::{Config, Leaf, Source, Value, written};
use super::{
    Connection, CredentialProvider, ProviderKind, RegistryAccess, StoredToken, TokenEffect, Variables,
};

/// How many registries are looked at, and how many providers of each: nobody has as many.
const MOST: usize = 200;
const MOST_PROVIDERS: usize = 50;
/// The provider that takes tokens from files and variables.
const TOKEN_PROVIDER: &str = "cargo:token";
/// What a program of ours is called.
const OURS: &str = "cargo-credential-granary";
/// What Microsoft's is called.
const MICROSOFTS: &str = "artifacts-cargo-credprovider";
/// Names that no alias changes.
const BUILT_IN: &[&str] = &[
    TOKEN_PROVIDER,
    "cargo:paseto",
    "cargo:token-from-stdout",
    "cargo:wincred",
    "cargo:macos-keychain",
    "cargo:libsecret",
];

/// The access to each registry that config names, and to what stands for crates.io.
pub(super) fn access(config: &Config, connection: &Connection, variables: &Variables) -> Vec<RegistryAccess> {
    let through = connection.crates_io_through.iter();
    let through = through.filter(|through| !connection.registries.contains(through));
    let registries = connection.registries.iter().chain(through);
    let names = Names::of(config, variables);
    registries
        .take(MOST)
        .map(|registry| {
            let mut names = names.at(&registry.index_url);
            let asked_as = match names.iter().position(|name| *name == registry.name) {
                Some(own) => names.remove(own),
                None if names.is_empty() => registry.name.clone(),
                None => names.remove(0),
            };
            let providers = providers(config, &asked_as);
            RegistryAccess {
                registry: registry.name.clone(),
                index_url: registry.index_url.clone(),
                tokens: tokens(config, &asked_as, &providers),
                also_named: names,
                asked_as,
                providers,
            }
        })
        .collect()
}

/// The names cargo knows for addresses.
struct Names {
    of_variables: Vec<(String, String)>,
    of_files: Vec<(String, String)>,
}

impl Names {
    fn of(config: &Config, variables: &Variables) -> Self {
        let of_variables = variables.indexes();
        let of_files = config.names_below("registries").into_iter();
        let of_files = of_files.filter_map(|name| {
            let index = config.text(&["registries", name, "index"])?;
            Some((plain(index), name.to_owned()))
        });
        Self {
            of_variables: of_variables.map(|(name, index)| (plain(index), name)).collect(),
            of_files: of_files.collect(),
        }
    }

    /// Those of variables, and only where there are none those of files.
    fn at(&self, index_url: &str) -> Vec<String> {
        let index_url = plain(index_url);
        let among = |all: &[(String, String)]| {
            let same = all.iter().filter(|(index, _)| *index == index_url);
            let mut names = same.map(|(_, name)| name.clone()).collect::<Vec<_>>();
            names.sort();
            names
        };
        let names = among(&self.of_variables);
        match names.is_empty() {
            true => among(&self.of_files),
            false => names,
        }
    }
}

/// An address as cargo compares it.
fn plain(index_url: &str) -> String {
    index_url.trim_end_matches('/').to_owned()
}

/// The providers in the order cargo tries them.
fn providers(config: &Config, registry: &str) -> Vec<CredentialProvider> {
    if let Some(own) = config.leaf(&["registries", registry, "credential-provider"]) {
        return provider(config, words(&own.value), &own.source)
            .into_iter()
            .collect();
    }
    let Some(all) = config.leaf(&["registry", "global-credential-providers"]) else {
        return Vec::new();
    };
    let entries = match &all.value {
        Value::List(parts) => parts.clone(),
        // A variable that no file has an array for: words, each a provider.
        value => words(value)
            .into_iter()
            .map(|word| (text(word), all.source.clone()))
            .collect(),
    };
    let entries = entries.iter().rev().take(MOST_PROVIDERS);
    entries
        .filter_map(|(entry, source)| provider(config, words(entry), source))
        .collect()
}

fn text(word: String) -> Value {
    Value::Plain(super::SettingValue::Text(word))
}

/// A program and its arguments: an array has them one by one, a text has blanks between them.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::List(parts) => {
            let parts = parts.iter().filter_map(|(part, _)| part.as_text());
            parts.map(str::to_owned).collect()
        }
        value => {
            let text = value.as_text().unwrap_or_default();
            text.split_whitespace().map(str::to_owned).collect()
        }
    }
}

fn provider(config: &Config, words: Vec<String>, source: &Source) -> Option<CredentialProvider> {
    let name = words.first()?.clone();
    let is_plain = words.len() == 1 && !BUILT_IN.contains(&name.as_str());
    let alias = is_plain
        .then(|| config.leaf(&["credential-alias", &name]))
        .flatten();
    let program = alias.map_or(words, |alias| self::words(&alias.value));
    let first = program.first().cloned().unwrap_or_default();
    Some(CredentialProvider {
        kind: kind_of(&first),
        program: program.join(" "),
        name,
        origin: config.origin(source),
    })
}

fn kind_of(program: &str) -> ProviderKind {
    // Config may be of another system than this one.
    let file = program.rsplit(['/', '\\']).next().unwrap_or(program);
    let stem = file.strip_suffix(".exe").unwrap_or(file);
    match stem {
        _ if program == TOKEN_PROVIDER => ProviderKind::CargoToken,
        _ if program.starts_with("cargo:") => ProviderKind::BuiltIn,
        OURS => ProviderKind::Granary,
        MICROSOFTS => ProviderKind::Microsoft,
        _ => ProviderKind::Other,
    }
}

/// The tokens of a registry, the one cargo would take first: a variable, the file of credentials, config.
fn tokens(config: &Config, registry: &str, providers: &[CredentialProvider]) -> Vec<StoredToken> {
    let key = ["registries", registry, "token"];
    let mut found = Vec::new();
    let in_config = config.leaf(&key);
    let is_variable = |leaf: &&Leaf| matches!(leaf.source, Source::Variable(_));
    found.extend(
        in_config
            .filter(is_variable)
            .map(|leaf| (&leaf.value, &leaf.source)),
    );
    found.extend(config.credential(&key).map(|leaf| (&leaf.value, &leaf.source)));
    found.extend(
        in_config
            .filter(|leaf| !is_variable(leaf))
            .map(|leaf| (&leaf.value, &leaf.source)),
    );
    let overridden = in_config.into_iter().flat_map(|leaf| &leaf.overrides);
    found.extend(overridden.map(|(value, source)| (value, source)));
    let effect = effect_of(providers);
    let stored = found
        .into_iter()
        .enumerate()
        .filter_map(|(rank, (value, source))| {
            let Value::Secret(secret) = value else { return None };
            Some(StoredToken {
                key: written(&key),
                secret: *secret,
                origin: config.origin(source),
                effect: match (effect, rank) {
                    (TokenEffect::Ignored, _) => effect,
                    (_, 0) => effect,
                    _ => TokenEffect::Overridden,
                },
            })
        });
    stored.collect()
}

/// What becomes of a token with these providers.
fn effect_of(providers: &[CredentialProvider]) -> TokenEffect {
    let place = |kind: ProviderKind| providers.iter().position(|provider| provider.kind == kind);
    match (place(ProviderKind::CargoToken), place(ProviderKind::Granary)) {
        (None, _) => TokenEffect::Ignored,
        (Some(_), None) => TokenEffect::Used,
        (Some(token), Some(ours)) if token < ours => TokenEffect::ShadowsGranary,
        (Some(_), Some(_)) => TokenEffect::AfterGranary,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{SettingOrigin, Surroundings, connection};

    const INDEX: &str = "sparse+https://pkgs.dev.azure.com/contoso/_packaging/a/Cargo/index/";

    fn read(project: &str, home: &str, credentials: &str, pairs: &[(&str, &str)]) -> Vec<RegistryAccess> {
        let top = tempfile::tempdir().unwrap();
        let mut around = Surroundings::for_tests(top.path());
        let folder = top.path().join("p");
        for (path, text) in [
            (folder.join(".cargo/config.toml"), project),
            (around.cargo_home.join("config.toml"), home),
            (around.cargo_home.join("credentials.toml"), credentials),
        ] {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        around.variables = pairs
            .iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let config = Config::read(&folder, &around, true);
        let (connection, _) = connection::of(&config, &around.feed_names);
        access(&config, &connection, &around.variables)
    }

    fn registry(name: &str) -> String {
        format!("[registries.{name}]\nindex = \"{INDEX}\"\n")
    }

    fn order(access: &RegistryAccess) -> Vec<(&str, ProviderKind)> {
        let providers = access.providers.iter();
        providers
            .map(|provider| (provider.name.as_str(), provider.kind))
            .collect()
    }

    #[test]
    fn the_last_of_the_global_list_is_tried_first() {
        let home = "[registry]\nglobal-credential-providers = [\"cargo:token\", \"artifacts-cargo-credprovider\", \"granary\"]\n\
                    [credential-alias]\ngranary = [\"/opt/granary home/bin/cargo-credential-granary\"]\n";
        let access = &read(&registry("a"), home, "", &[])[0];
        let expected = [
            ("granary", ProviderKind::Granary),
            ("artifacts-cargo-credprovider", ProviderKind::Microsoft),
            ("cargo:token", ProviderKind::CargoToken),
        ];
        assert_eq!(order(access), expected);
        let SettingOrigin::File { line, .. } = &access.providers[0].origin else {
            panic!("{access:?}")
        };
        assert_eq!(*line, 2);
        assert_eq!(
            access.providers[0].program,
            "/opt/granary home/bin/cargo-credential-granary"
        );
    }

    #[test]
    fn a_provider_of_one_registry_is_its_only_one() {
        let home = "[registry]\nglobal-credential-providers = [\"granary\"]\n";
        let project = registry("a") + "credential-provider = [\"cargo:token-from-stdout\", \"x\"]\n";
        let access = &read(&project, home, "", &[])[0];
        assert_eq!(
            order(access),
            [("cargo:token-from-stdout", ProviderKind::BuiltIn)]
        );
        assert_eq!(access.providers[0].program, "cargo:token-from-stdout x");
        let access = &read(&registry("a"), "", "", &[])[0];
        assert_eq!(access.providers, [], "none is set, and cargo refuses");
    }

    #[test]
    fn words_of_a_variable_come_after_the_files() {
        let home = "[registry]\nglobal-credential-providers = [\"cargo:token\"]\n";
        let pair = [("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS", "one two")];
        let names = |access: &RegistryAccess| {
            order(access)
                .into_iter()
                .map(|(name, _)| name.to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names(&read(&registry("a"), home, "", &pair)[0]),
            ["two", "one", "cargo:token"]
        );
        assert_eq!(names(&read(&registry("a"), "", "", &pair)[0]), ["two", "one"]);
    }

    #[test]
    fn an_old_token_that_shadows_ours_is_told_with_its_place() {
        let ours = "[credential-alias]\ngranary = \"cargo-credential-granary\"\n[registry]\nglobal-credential-providers = ";
        let token = "[registries.a]\ntoken = \"Basic s3cret\"\n";
        let check = |providers: &str, expected: &[TokenEffect], pairs: &[(&str, &str)]| {
            let access = &read(&registry("a"), &format!("{ours}{providers}\n"), token, pairs)[0];
            let effects = access.tokens.iter().map(|token| token.effect).collect::<Vec<_>>();
            assert_eq!(effects, expected, "{providers}");
            access.tokens.clone()
        };
        let tokens = check(
            "[\"granary\", \"cargo:token\"]",
            &[TokenEffect::ShadowsGranary],
            &[],
        );
        let SettingOrigin::File { path, line, .. } = &tokens[0].origin else {
            panic!("{tokens:?}")
        };
        assert!(path.ends_with("credentials.toml") && *line == 2, "{tokens:?}");
        check(
            "[\"cargo:token\", \"granary\"]",
            &[TokenEffect::AfterGranary],
            &[],
        );
        check("[\"cargo:token\"]", &[TokenEffect::Used], &[]);
        check("[\"granary\"]", &[TokenEffect::Ignored], &[]);
        let pair = [("CARGO_REGISTRIES_A_TOKEN", "s3cret")];
        let both = [TokenEffect::Used, TokenEffect::Overridden];
        let tokens = check("[\"cargo:token\"]", &both, &pair);
        assert!(matches!(&tokens[0].origin, SettingOrigin::Variable { name } if name.ends_with("A_TOKEN")));
    }

    #[test]
    fn a_variable_with_the_address_gives_the_registry_another_name() {
        let token = "[registries.my-feed]\ntoken = \"Basic s3cret\"\n";
        let home = "[registry]\nglobal-credential-providers = [\"cargo:token\"]\n";
        let access = read(&registry("my-feed"), home, token, &[]);
        assert_eq!(
            (access[0].asked_as.as_str(), access[0].tokens.len()),
            ("my-feed", 1)
        );
        let pair = [("CARGO_REGISTRIES_MY_FEED_INDEX", INDEX)];
        let access = read(&registry("my-feed"), home, token, &pair);
        assert_eq!(
            (access[0].asked_as.as_str(), access[0].tokens.len()),
            ("my_feed", 0)
        );
        let two = registry("a") + &registry("b");
        let access = read(&two, home, "", &[]);
        assert_eq!(
            (access[0].asked_as.as_str(), access[0].also_named.as_slice()),
            ("a", &["b".to_owned()][..])
        );
    }
}
