//! How a project is connected: the registries it names, and what stands for crates.io.
//!
//! **Invariant**: follows replacement as cargo does, but asks nobody whether the feeds exist.

use super::config::Config;
use super::{Connection, FeedNames, RegistryInUse, Replacement, ReplacementEnd, ReplacementStep};

/// What crates.io is called as a source.
const CRATES_IO: &str = "crates-io";

/// The registries, and the way from crates.io.
pub(super) fn of(config: &Config, names: &FeedNames) -> (Connection, Option<Replacement>) {
    let registries = config.names_below("registries").into_iter().filter_map(|name| {
        let index_url = config.text(&["registries", name, "index"])?;
        Some(in_use(name, index_url, names))
    });
    let replacement = replacement(config, names);
    let crates_io_through = replacement.as_ref().and_then(|replacement| {
        let last = replacement.steps.last()?;
        match &replacement.end {
            ReplacementEnd::Registry { index_url, .. } => Some(in_use(&last.with, index_url, names)),
            _ => None,
        }
    });
    let connection = Connection {
        registries: registries.collect(),
        crates_io_through,
    };
    (connection, replacement)
}

fn in_use(name: &str, index_url: &str, names: &FeedNames) -> RegistryInUse {
    RegistryInUse {
        name: name.to_owned(),
        feed: names.reference(index_url),
        index_url: index_url.to_owned(),
    }
}

fn replacement(config: &Config, names: &FeedNames) -> Option<Replacement> {
    let mut steps: Vec<ReplacementStep> = Vec::new();
    let mut source = CRATES_IO.to_owned();
    while let Some(leaf) = config.leaf(&["source", &source, "replace-with"]) {
        let Some(with) = leaf.value.as_text() else { break };
        let step = ReplacementStep {
            source: source.clone(),
            with: with.to_owned(),
            origin: config.origin(&leaf.source),
        };
        let is_again = with == source || steps.iter().any(|known| known.source == with);
        with.clone_into(&mut source);
        steps.push(step);
        if is_again {
            let end = ReplacementEnd::Cycle { name: source };
            return Some(Replacement { steps, end });
        }
    }
    (!steps.is_empty()).then(|| Replacement {
        end: end_at(config, &source, names),
        steps,
    })
}

/// What a source is that nothing replaces: one of `[source]`, else a registry.
fn end_at(config: &Config, source: &str, names: &FeedNames) -> ReplacementEnd {
    let text = |key: &str| config.text(&["source", source, key]).map(str::to_owned);
    let registry = |index_url: String| ReplacementEnd::Registry {
        feed: names.reference(&index_url),
        index_url,
    };
    let of_source = text("registry")
        .map(registry)
        .or_else(|| text("directory").map(|path| ReplacementEnd::Directory { path }))
        .or_else(|| text("local-registry").map(|path| ReplacementEnd::LocalRegistry { path }))
        .or_else(|| text("git").map(|url| ReplacementEnd::Git { url }));
    let index = || config.text(&["registries", source, "index"]).map(str::to_owned);
    of_source
        .or_else(|| index().map(registry))
        .unwrap_or_else(|| ReplacementEnd::Missing {
            name: source.to_owned(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Surroundings;

    fn check(config: &str, expected: Option<(&[&str], ReplacementEnd)>) {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("p");
        std::fs::create_dir_all(folder.join(".cargo")).unwrap();
        std::fs::write(folder.join(".cargo/config.toml"), config).unwrap();
        let config = Config::read(&folder, &Surroundings::for_tests(top.path()), true);
        let (connection, found) = of(&config, &FeedNames::default());
        let steps = |found: &Replacement| {
            found
                .steps
                .iter()
                .map(|step| step.with.clone())
                .collect::<Vec<_>>()
        };
        let shown = found.as_ref().map(|found| (steps(found), found.end.clone()));
        let expected = expected.map(|(steps, end)| {
            let steps = steps.iter().map(|step| (*step).to_owned()).collect();
            (steps, end)
        });
        let is_registry = matches!(expected, Some((_, ReplacementEnd::Registry { .. })));
        assert_eq!(connection.crates_io_through.is_some(), is_registry);
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_replacement_is_followed_to_its_end() {
        let registry = |index_url: &str| ReplacementEnd::Registry {
            index_url: index_url.to_owned(),
            feed: None,
        };
        let path = |path: &str| path.to_owned();
        check("", None);
        check("[source.a]\nregistry = \"sparse+x\"\n", None);
        let first = "source.crates-io.replace-with = \"a\"\n";
        check(
            &format!("{first}[source.a]\nreplace-with = \"b\"\n[registries.b]\nindex = \"sparse+x\"\n"),
            Some((&["a", "b"], registry("sparse+x"))),
        );
        check(
            &format!("{first}[source.a]\nregistry = \"sparse+y\"\n[registries.a]\nindex = \"sparse+x\"\n"),
            Some((&["a"], registry("sparse+y"))),
        );
        let vendored = ReplacementEnd::Directory { path: path("vendor") };
        check(
            &format!("{first}[source.a]\ndirectory = \"vendor\"\n"),
            Some((&["a"], vendored)),
        );
        let local = ReplacementEnd::LocalRegistry { path: path("here") };
        check(
            &format!("{first}[source.a]\nlocal-registry = \"here\"\n"),
            Some((&["a"], local)),
        );
        check(first, Some((&["a"], ReplacementEnd::Missing { name: path("a") })));
        let cycle = ReplacementEnd::Cycle { name: path("a") };
        check(
            &format!("{first}[source.a]\nreplace-with = \"b\"\n[source.b]\nreplace-with = \"a\"\n"),
            Some((&["a", "b", "a"], cycle)),
        );
        let itself = ReplacementEnd::Cycle {
            name: path("crates-io"),
        };
        check(
            "source.crates-io.replace-with = \"crates-io\"\n",
            Some((&["crates-io"], itself)),
        );
    }
}
