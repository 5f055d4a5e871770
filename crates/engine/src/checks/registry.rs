//! Whether every registry that is named is there, once, under a name and an address that cargo takes.
//!
//! **Invariant**: looks at names and addresses alone; whether a feed answers there is asked in `network`.

use credentials::FeedUrl;

use super::{Check, Evidence, Fix, Subject};
use crate::project::{RegistryInUse, ReplacementEnd, Setting, SettingOrigin, SettingValue};

/// What a manifest calls crates.io.
const CRATES_IO: &str = "crates-io";
/// How long a name may be, and how many addresses there may be, to be compared with others.
const LONGEST: usize = 200;
const MOST_ADDRESSES: usize = 200;
/// How many signs two names may differ in to be taken for one that was misspelt.
const CLOSE: usize = 2;

pub(super) fn check(subject: &Subject) -> Vec<Check> {
    let mut found = Vec::new();
    found.extend(illegal_names(subject));
    found.extend(undefined(subject));
    for registry in subject.registries() {
        found.extend(address(subject, registry));
        found.extend(named_twice(subject, registry));
        found.extend(other_case(subject, registry));
    }
    found.extend(mixed(subject));
    found
}

/// Why cargo does not take a name, in its own words' sense.
fn illegal(name: &str) -> Option<String> {
    let first = name.chars().next()?;
    if first.is_ascii_digit() {
        return Some(format!("it begins with `{first}`"));
    }
    let wrong = name
        .chars()
        .find(|sign| !(sign.is_alphanumeric() || matches!(sign, '-' | '_')))?;
    Some(format!("there is `{wrong}` in it"))
}

fn illegal_names(subject: &Subject) -> Vec<Check> {
    let mut found = Vec::new();
    for (name, evidence) in named(subject) {
        if let Some(why) = illegal(&name) {
            let words = format!("cargo takes no registry called `{name}`: {why}");
            found.push(Check::problem("P-30", words).seen([evidence]));
        }
    }
    for registry in &subject.project.connection.registries {
        let is_found = |found: &[Check]| {
            found
                .iter()
                .any(|check| check.words.contains(&format!("`{}`", registry.name)))
        };
        if let Some(why) = illegal(&registry.name).filter(|_| !is_found(&found)) {
            let words = format!("no manifest can name the registry `{}`: {why}", registry.name);
            found.push(Check::warning("P-30", words).seen(origin(subject, registry)));
        }
    }
    found
}

/// The registries that manifests and the default name, each once, with what names it.
fn named(subject: &Subject) -> Vec<(String, Evidence)> {
    let needs = subject.needs.iter();
    let needs = needs.filter_map(|need| Some((need.registry()?.to_owned(), need.evidence())));
    let default = subject.project.default_registry.iter().filter_map(|name| {
        let setting = setting(subject, "registry.default")?;
        Some((name.clone(), Evidence::from(&setting.origin)))
    });
    let mut named: Vec<(String, Evidence)> = Vec::new();
    for (name, evidence) in needs.chain(default) {
        if named.iter().all(|(known, _)| *known != name) {
            named.push((name, evidence));
        }
    }
    named
}

fn undefined(subject: &Subject) -> Vec<Check> {
    let known = &subject.project.connection.registries;
    let mut found = Vec::new();
    for (name, evidence) in named(subject) {
        if name != CRATES_IO && illegal(&name).is_none() && !is_defined(subject, &name) {
            found.push(missing(&name, known).seen([evidence]));
        }
    }
    if let Some(replacement) = &subject.project.replacement {
        let step = replacement.steps.last();
        let evidence = step.map(|step| Evidence::from(&step.origin));
        match &replacement.end {
            ReplacementEnd::Missing { name } => found.push(missing(name, known).seen(evidence)),
            ReplacementEnd::Cycle { name } => {
                let words = format!("what replaces crates.io leads back to `{name}`");
                found.push(Check::problem("replacement", words).seen(evidence));
            }
            _ => {}
        }
    }
    found
}

fn missing(name: &str, known: &[RegistryInUse]) -> Check {
    let close = known
        .iter()
        .map(|registry| (distance(name, &registry.name), registry))
        .filter(|(distance, _)| *distance <= CLOSE)
        .min_by_key(|(distance, _)| *distance);
    let words = format!("no config defines the registry `{name}`");
    match close {
        Some((_, close)) => {
            let check = Check::problem("P-34", format!("{words}; there is `{}`", close.name));
            let what = format!("Call it `{}` in the manifest, or `{name}` in config.", close.name);
            check.mended_by(Fix::ByHand { what })
        }
        None => Check::problem("P-34", words).mended_by(Fix::Connect { feed: None }),
    }
}

/// A variable's registry has a name in lower case with `_`, and is found under each that becomes that.
fn is_defined(subject: &Subject, name: &str) -> bool {
    let of_variable = name.to_lowercase().replace('-', "_");
    subject.project.connection.registries.iter().any(|registry| {
        let is_variable = || {
            let setting = index_setting(subject, registry);
            setting.is_some_and(|setting| matches!(setting.origin, SettingOrigin::Variable { .. }))
        };
        registry.name == name || (registry.name == of_variable && is_variable())
    })
}

/// In how many signs two names differ.
fn distance(one: &str, other: &str) -> usize {
    if one.len().abs_diff(other.len()) > CLOSE * 4 || one.len() > LONGEST {
        return usize::MAX;
    }
    let other = other.chars().collect::<Vec<_>>();
    let mut row = (0..=other.len()).collect::<Vec<_>>();
    for (at, sign) in one.chars().enumerate() {
        let mut before = std::mem::replace(&mut row[0], at + 1);
        for (column, theirs) in other.iter().enumerate() {
            let changed = before + usize::from(sign != *theirs);
            before = row[column + 1];
            row[column + 1] = changed.min(before + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

fn address(subject: &Subject, registry: &RegistryInUse) -> Option<Check> {
    let RegistryInUse { name, index_url, .. } = registry;
    let with_slash = format!("{}/", index_url.trim_end_matches('/'));
    let is_sparse = index_url.starts_with("sparse+");
    let (id, words, to) = if is_sparse && !index_url.ends_with('/') {
        let words = format!("the address of `{name}` does not end in `/`");
        ("P-32", words, with_slash)
    } else if !is_sparse && FeedUrl::is_likely(&with_slash) {
        let words = format!(
            "the address of `{name}` is a feed's and does not begin with `sparse+`: cargo takes it for git"
        );
        ("P-33", words, format!("sparse+{with_slash}"))
    } else {
        return None;
    };
    let check = Check::problem(id, words).seen(origin(subject, registry));
    Some(check.mended_by_some(address_set(subject, registry, to)))
}

fn named_twice(subject: &Subject, registry: &RegistryInUse) -> Vec<Check> {
    let access = subject.access(registry);
    let mut found = Vec::new();
    let Some(access) = access else { return found };
    // Each of them says it of the others: it is told once.
    if let Some(other) = access.also_named.iter().find(|other| registry.name < **other) {
        let words = format!(
            "`{}` and `{other}` have the same address, and cargo refuses to choose",
            registry.name
        );
        found.push(Check::problem("P-37", words).seen(origin(subject, registry)));
    }
    let shadowing = |setting: &&Setting| matches!(setting.origin, SettingOrigin::Variable { .. });
    let variable = subject
        .project
        .settings
        .iter()
        .filter(shadowing)
        .find_map(|setting| {
            let name = format!("registries.{}.index", access.asked_as);
            let SettingOrigin::Variable { name: variable } = &setting.origin else {
                return None;
            };
            (setting.key == name || setting.key == format!("registries.{}.index", registry.name))
                .then(|| variable.clone())
        });
    if access.asked_as != registry.name {
        let variable =
            variable.unwrap_or_else(|| format!("CARGO_REGISTRIES_{}_INDEX", access.asked_as.to_uppercase()));
        let words = format!(
            "`{variable}` is set beside config, so cargo looks for the token of `{}` under `{}`",
            registry.name, access.asked_as
        );
        let check = Check::warning("P-36", words).seen([Evidence::Variable {
            name: variable.clone(),
        }]);
        found.push(check.mended_by(Fix::Unset { variable }));
    }
    found
}

fn other_case(subject: &Subject, registry: &RegistryInUse) -> Option<Check> {
    let same = |feed: &&super::FeedFacts| feed.feed.index_url.eq_ignore_ascii_case(&registry.index_url);
    let feed = subject.feeds.iter().find(same)?;
    if feed.feed.index_url == registry.index_url {
        return None;
    }
    let words = format!(
        "the address of `{}` is written in another case than the feed's own, and is another registry to cargo",
        registry.name
    );
    let check = Check::warning("P-38", words).seen(origin(subject, registry));
    let fix = address_set(subject, registry, feed.feed.index_url.clone());
    Some(check.seen([feed.evidence()]).mended_by_some(fix))
}

/// Another address for a registry, where it has it from.
fn address_set(subject: &Subject, registry: &RegistryInUse, to: String) -> Option<Fix> {
    let setting = index_setting(subject, registry)?;
    Some(Fix::set(setting, Some(SettingValue::Text(to))))
}

/// Addresses of one feed that are different registries to cargo, among those that config and the lock file name.
fn mixed(subject: &Subject) -> Vec<Check> {
    let of_config = subject.registries().map(|registry| &registry.index_url);
    let mut addresses: Vec<(String, &String)> = Vec::new();
    for address in of_config.chain(&subject.locked_indexes).take(MOST_ADDRESSES) {
        if let Some(feed) = feed_of(subject, address)
            && addresses.iter().all(|(_, known)| *known != address)
        {
            addresses.push((feed, address));
        }
    }
    let mut found = Vec::new();
    for (at, (feed, address)) in addresses.iter().enumerate() {
        let other = addresses[..at].iter().find(|(known, _)| known == feed);
        // What differs in case alone is told of as such.
        if let Some((_, other)) = other.filter(|(_, other)| !other.eq_ignore_ascii_case(address)) {
            let words = format!("`{other}` and `{address}` are one feed, and two registries to cargo");
            let registries = subject.registries();
            let origins = registries
                .filter(|registry| [*other, *address].contains(&&registry.index_url))
                .flat_map(|registry| origin(subject, registry));
            found.push(Check::warning("P-26", words).seen(origins));
        }
    }
    found
}

/// One text for all addresses of a feed.
fn feed_of(subject: &Subject, address: &str) -> Option<String> {
    let url = FeedUrl::parse(address).ok()?;
    let known = subject
        .feeds
        .iter()
        .find(|facts| facts.feed.id.eq_ignore_ascii_case(&url.feed));
    let name = known.map_or(url.feed.as_str(), |facts| &facts.feed.name);
    let project = url.project.as_deref().unwrap_or_default();
    Some(format!("{} {} {project} {name}", url.base, url.organization).to_lowercase())
}

fn setting<'s>(subject: &'s Subject, key: &str) -> Option<&'s Setting> {
    subject.project.settings.iter().find(|setting| setting.key == key)
}

/// What gives a registry its address; a name with unusual signs stands in quotes.
fn index_setting<'s>(subject: &'s Subject, registry: &RegistryInUse) -> Option<&'s Setting> {
    let name = &registry.name;
    setting(subject, &format!("registries.{name}.index"))
        .or_else(|| setting(subject, &format!("registries.\"{name}\".index")))
        .or_else(|| setting(subject, &format!("source.{name}.registry")))
}

pub(super) fn origin(subject: &Subject, registry: &RegistryInUse) -> Option<Evidence> {
    index_setting(subject, registry).map(|setting| Evidence::from(&setting.origin))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict;
    use crate::checks::tests::{AT, index, looked_at, verdicts};

    const NEEDS: &str = "[package]\nname = \"app\"\nversion = \"0.1.0\"\n[dependencies]\nours = { version = \"1\", registry = \"internal\" }\n";

    fn check_config(config: &str, expected: &[(&str, Verdict)]) {
        let subject = looked_at(&[("Cargo.toml", NEEDS), (".cargo/config.toml", config)], &[]);
        let found = check(&subject.subject);
        assert_eq!(verdicts(&found), expected, "{config}: {found:?}");
    }

    #[test]
    fn a_registry_must_be_defined() {
        check_config(&index("internal", AT), &[]);
        check_config("", &[("P-34", Verdict::Problem)]);
        check_config(&index("internol", AT), &[("P-34", Verdict::Problem)]);
        let subject = looked_at(
            &[
                ("Cargo.toml", NEEDS),
                (".cargo/config.toml", &index("internol", AT)),
            ],
            &[],
        );
        let found = check(&subject.subject);
        assert!(found[0].words.ends_with("there is `internol`"), "{found:?}");
        let Evidence::File { display, line, .. } = &found[0].evidence[0] else {
            panic!("{found:?}")
        };
        assert_eq!((display.as_str(), *line), ("Cargo.toml", Some(5)));
        let through = index("internal", AT) + "[source.crates-io]\nreplace-with = \"gone\"\n";
        check_config(&through, &[("P-34", Verdict::Problem)]);
        let round = index("internal", AT) + "[source.crates-io]\nreplace-with = \"crates-io\"\n";
        check_config(&round, &[("replacement", Verdict::Problem)]);
        let variable = [("CARGO_REGISTRIES_INTERNAL_INDEX", AT)];
        assert_eq!(check(&looked_at(&[("Cargo.toml", NEEDS)], &variable).subject), []);
    }

    #[test]
    fn an_address_must_be_one_cargo_takes() {
        let bare = AT.trim_start_matches("sparse+");
        check_config(&index("internal", bare), &[("P-33", Verdict::Problem)]);
        check_config(
            &index("internal", AT.trim_end_matches('/')),
            &[("P-32", Verdict::Problem)],
        );
        check_config(&index("internal", "https://git.contoso.example/index"), &[]);
    }

    #[test]
    fn a_name_must_be_one_cargo_takes() {
        let config = index("internal", AT) + &index("\"my.feed\"", &AT.replace("internal", "my.feed"));
        check_config(&config, &[("P-30", Verdict::Warning)]);
        let manifest = NEEDS.replace("\"internal\"", "\"1feed\"");
        let files = [
            ("Cargo.toml", manifest.as_str()),
            (".cargo/config.toml", &index("\"1feed\"", AT)),
        ];
        assert_eq!(
            verdicts(&check(&looked_at(&files, &[]).subject)),
            [("P-30", Verdict::Problem)]
        );
    }

    #[test]
    fn two_names_of_one_address_are_too_many() {
        let config = index("internal", AT) + &index("other", AT);
        check_config(&config, &[("P-37", Verdict::Problem)]);
        let config = index("internal", AT) + &index("other", &AT.replace("internal", "other"));
        check_config(&config, &[]);
    }

    #[test]
    fn one_feed_has_one_address() {
        let config = index("internal", AT) + &index("other", &AT.replace("internal", "internal~force-auth"));
        check_config(&config, &[("P-26", Verdict::Warning)]);
        let config = index("internal", AT) + &index("other", &AT.replace("internal", "internal@Release"));
        check_config(&config, &[("P-26", Verdict::Warning)]);
    }

    #[test]
    fn a_variable_beside_config_renames_a_registry() {
        let manifest = NEEDS.replace("\"internal\"", "\"my-feed\"");
        let files = [
            ("Cargo.toml", manifest.as_str()),
            (".cargo/config.toml", &index("my-feed", AT)),
        ];
        let subject = looked_at(&files, &[("CARGO_REGISTRIES_MY_FEED_INDEX", AT)]);
        assert_eq!(verdicts(&check(&subject.subject)), [("P-36", Verdict::Warning)]);
        assert_eq!(check(&looked_at(&files, &[]).subject), []);
    }

    #[test]
    fn the_case_of_an_address_is_the_feeds() {
        let files = [
            ("Cargo.toml", NEEDS),
            (".cargo/config.toml", &index("internal", AT)),
        ];
        let mut looked = looked_at(&files, &[]);
        looked.keep_feed(&AT.replace("contoso", "Contoso"));
        assert_eq!(verdicts(&check(&looked.subject)), [("P-38", Verdict::Warning)]);
        looked.subject.feeds.clear();
        looked.keep_feed(AT);
        assert_eq!(check(&looked.subject), []);
    }

    #[test]
    fn names_are_close_where_few_signs_differ() {
        assert_eq!(
            [
                distance("internal", "internol"),
                distance("a", ""),
                distance("feed", "feeds")
            ],
            [1, 1, 1]
        );
    }
}
