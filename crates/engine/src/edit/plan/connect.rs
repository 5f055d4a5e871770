//! Connecting: registries and what stands for crates.io where the mode has them, the provider in the user's own config.
//!
//! **Invariant**: a name that stands for something else is left alone, and so is a replacement that is none of ours.

use std::path::Path;

use credentials::FeedUrl;

use crate::project::Layers;

use super::Files;
use crate::change_request::ConnectMode;
use crate::edit::change::{Connect, RegistryEntry, check_registry_name};
use crate::edit::document::Document;
use crate::edit::error::Error;

/// What a pipeline's file names as providers: tokens come from variables there.
pub(super) const CI_PROVIDERS: &[&str] = &["cargo:token"];

/// Plans to connect a project: registries and replacement in its own config, the provider in the user's.
pub(super) fn plan(
    change: &Connect,
    files: &mut Files<'_>,
    layers: &Layers,
    user_home: Option<&Path>,
) -> Result<Vec<String>, Error> {
    let entries = change.registries.iter().chain(&change.crates_io_through);
    entries
        .map(|entry| &entry.name)
        .try_for_each(|name| check_registry_name(name))?;
    files.edit(&change.config, |document| {
        for entry in &change.registries {
            put(entry, document, layers, change)?;
        }
        if let Some(entry) = &change.crates_io_through {
            let name = put(entry, document, layers, change)?;
            refuse_foreign_replacement(document, layers, &name)?;
            document.set_crates_io_replacement(&name)?;
        }
        if change.mode == ConnectMode::Ci {
            // A pipeline has no provider, and with none cargo takes no token either, not even from a variable.
            document.set_providers(CI_PROVIDERS)?;
        }
        Ok(())
    })?;
    super::provider::put(&change.user_config, &change.provider, files)?;
    Ok(notes(change, user_home))
}

fn notes(change: &Connect, user_home: Option<&Path>) -> Vec<String> {
    let config = crate::project::display_in(&change.folder, &change.config, user_home);
    match change.mode {
        ConnectMode::Committed => Vec::new(),
        ConnectMode::Mine => vec![format!(
            "`{config}` counts for all your projects, and for nobody else."
        )],
        ConnectMode::Ci => vec![format!(
            "Cargo reads `{config}` only where it is named: `cargo --config {config} fetch`."
        )],
    }
}

/// Has config name a registry; answers by which name.
fn put(
    entry: &RegistryEntry,
    document: &mut Document,
    layers: &Layers,
    change: &Connect,
) -> Result<String, Error> {
    if entry.is_known {
        return Ok(entry.name.clone());
    }
    let name = name_for(entry, document, layers, change)?;
    document.set_registry(&name, &entry.index_url)?;
    Ok(name)
}

/// The name under which a feed becomes a registry.
///
/// A name that stands for the same address is used again: cargo refuses two names for one address. A name that stands
/// for the same feed at another address is taken over; one that stands for something else is left alone, and the
/// feed gets the next free name.
fn name_for(
    entry: &RegistryEntry,
    document: &Document,
    layers: &Layers,
    change: &Connect,
) -> Result<String, Error> {
    if let Some(name) = document.registry_with_index(&entry.index_url) {
        return Ok(name);
    }
    let index_of = |name: &str| {
        let here = document.str_at(&["registries", name, "index"]);
        here.or_else(|| layers.text(&["registries", name, "index"]))
            .map(str::to_owned)
    };
    for name in layers.names_below("registries") {
        if index_of(name).as_deref() == Some(&entry.index_url) {
            return Ok(name.to_owned());
        }
    }
    let taken_over = |index: &str| {
        let (Ok(old), Ok(new)) = (FeedUrl::parse(index), FeedUrl::parse(&entry.index_url)) else {
            return false;
        };
        let asked_for = |other: &RegistryEntry| other.index_url == index;
        let wanted_too = change
            .registries
            .iter()
            .chain(&change.crates_io_through)
            .any(asked_for);
        !wanted_too
            && (&old.organization, &old.project, &old.feed) == (&new.organization, &new.project, &new.feed)
    };
    let names =
        std::iter::once(entry.name.clone()).chain((2..100).map(|number| format!("{}-{number}", entry.name)));
    for name in names {
        if index_of(&name).is_none_or(|index| taken_over(&index)) {
            return Ok(name);
        }
    }
    let key = format!("registries.{}", entry.name);
    Err(Error::OtherKind {
        path: change.config.clone(),
        key,
        expected: "free, nor is any name near it",
    })
}

/// crates.io that is replaced by something we do not know stays so: it may be the company's mirror.
fn refuse_foreign_replacement(document: &Document, layers: &Layers, name: &str) -> Result<(), Error> {
    let Some((value, layer)) = layers.value(&["source", "crates-io", "replace-with"]) else {
        return Ok(());
    };
    let with = value.as_str().unwrap_or_default();
    let index = document
        .str_at(&["registries", with, "index"])
        .or_else(|| layers.text(&["registries", with, "index"]));
    match index.is_some_and(|index| FeedUrl::parse(index).is_ok()) || with == name {
        true => Ok(()),
        false => Err(Error::Replaced {
            path: layer.path.clone(),
            with: with.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use super::super::{Originals, Plan, plan_provider_removal};
    use super::*;
    use crate::edit::Change;
    use crate::project::Place;

    const UPSTREAM: &str = "sparse+http://127.0.0.1:8717/local/main/_packaging/upstream/Cargo/index/";
    const INTERNAL: &str = "sparse+http://127.0.0.1:8717/local/main/_packaging/internal/Cargo/index/";

    fn change() -> Connect {
        let entry = |name: &str, index_url: &str| RegistryEntry {
            name: name.into(),
            index_url: index_url.into(),
            is_known: false,
        };
        Connect {
            crates_io_through: Some(entry("upstream", UPSTREAM)),
            registries: vec![entry("internal", INTERNAL)],
            folder: PathBuf::from("p"),
            config: PathBuf::from("p/.cargo/config.toml"),
            mode: ConnectMode::Committed,
            user_config: PathBuf::from("home/config.toml"),
            provider: PathBuf::from("/opt/granary home/bin/provider"),
        }
    }

    fn planned(project: Option<&str>, user: Option<&str>) -> Result<Plan, Error> {
        let change = change();
        let mut texts = BTreeMap::new();
        texts.extend(project.map(|text| (change.config.clone(), text.to_owned())));
        texts.extend(user.map(|text| (change.user_config.clone(), text.to_owned())));
        let layer = |path: &PathBuf, text: &str| crate::project::Layer {
            path: path.clone(),
            place: Place::Repository,
            table: lines_parsed(text),
        };
        let layers = texts
            .iter()
            .map(|(path, text)| layer(path, text))
            .collect::<Vec<_>>();
        super::super::plan(
            &Change::Connect(change),
            &Originals::of(texts),
            &Layers::from_iter(layers),
            None,
        )
    }

    fn lines_parsed(text: &str) -> toml::Table {
        text.trim_start_matches('\u{feff}').parse().unwrap()
    }

    fn user_without(before: &str) -> String {
        let path = PathBuf::from("home/config.toml");
        let originals = Originals::of(BTreeMap::from([(path.clone(), before.to_owned())]));
        let plan = plan_provider_removal(&path, &originals, None).unwrap();
        plan.texts
            .first()
            .map_or_else(|| before.to_owned(), |file| file.after.clone().unwrap())
    }

    #[test]
    fn signing_out_for_good_leaves_what_was_there_before() {
        let before = "# mine\n[registry]\nglobal-credential-providers = [\"cargo:token\", \"artifacts-cargo-credprovider\"] # theirs\n\n[net]\nretry = 5\n";
        assert_eq!(user_without(&user_after(Some(before))), before);
        assert_eq!(user_without(before), before, "nothing of ours is in it");
        let kept = "[credential-alias]\nother = \"x\"\n";
        assert!(user_without(&user_after(Some(kept))).starts_with(kept));
    }

    #[test]
    fn microsofts_own_provider_stays_in_its_place() {
        let theirs =
            "[registry]\nglobal-credential-providers = [\"cargo:token\", \"artifacts-cargo-credprovider\"]\n";
        let after = user_after(Some(theirs));
        assert!(
            after.contains("[\"cargo:token\", \"artifacts-cargo-credprovider\", \"granary\"]"),
            "{after}"
        );
    }

    fn project_after(before: Option<&str>) -> String {
        let plan = planned(before, None).unwrap();
        let file = plan.texts.iter().find(|file| file.path.starts_with("p"));
        file.map_or_else(
            || before.unwrap_or_default().to_owned(),
            |file| file.after.clone().unwrap(),
        )
    }

    fn user_after(before: Option<&str>) -> String {
        let plan = planned(None, before).unwrap();
        plan.texts
            .iter()
            .find(|file| file.path.starts_with("home"))
            .unwrap()
            .after
            .clone()
            .unwrap()
    }

    #[test]
    fn a_project_without_config_gets_one() {
        insta::assert_snapshot!(project_after(None), @r#"
        [registries]
        internal = { index = "sparse+http://127.0.0.1:8717/local/main/_packaging/internal/Cargo/index/" }
        upstream = { index = "sparse+http://127.0.0.1:8717/local/main/_packaging/upstream/Cargo/index/" }

        [source.crates-io]
        replace-with = "upstream"
        "#);
        insta::assert_snapshot!(user_after(None), @r#"
        [credential-alias]
        granary = ["/opt/granary home/bin/provider"]

        [registry]
        global-credential-providers = ["cargo:token", "granary"]
        "#);
    }

    #[test]
    fn what_is_there_stays_to_the_byte() {
        let before = "\u{feff}# ask #platform\r\n[build]\r\nrustflags = [ \"-D\",\"warnings\" ]   # loud\r\n\r\n[net]\r\nretry=5";
        let after = project_after(Some(before));
        assert!(
            after.starts_with(&format!("{before}\r\n\r\n[registries]\r\n")),
            "{after:?}"
        );
        assert!(
            after.ends_with("replace-with = \"upstream\""),
            "no line end before, none after: {after:?}"
        );
        assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
    }

    #[test]
    fn existing_tables_are_joined_in_their_own_manner() {
        let before =
            "[registries.alpha]\nindex = \"sparse+https://a/\" # ours\n\n[net]\nretry = 5\n# the end\n";
        insta::assert_snapshot!(project_after(Some(before)), @r#"
        [registries.alpha]
        index = "sparse+https://a/" # ours

        [net]
        retry = 5
        # the end

        [registries.internal]
        index = "sparse+http://127.0.0.1:8717/local/main/_packaging/internal/Cargo/index/"

        [registries.upstream]
        index = "sparse+http://127.0.0.1:8717/local/main/_packaging/upstream/Cargo/index/"

        [source.crates-io]
        replace-with = "upstream"
        "#);
        let user = "[registry]\nglobal-credential-providers = [\n    \"cargo:token\", # plain\n    \"cargo:libsecret\",\n]\n";
        insta::assert_snapshot!(user_after(Some(user)), @r#"
        [registry]
        global-credential-providers = [
            "cargo:token", # plain
            "cargo:libsecret",
            "granary",
        ]

        [credential-alias]
        granary = ["/opt/granary home/bin/provider"]
        "#);
        let user = "[registry]\nglobal-credential-providers = [\"cargo:token\"] # one\n";
        insta::assert_snapshot!(user_after(Some(user)), @r#"
        [registry]
        global-credential-providers = ["cargo:token", "granary"] # one

        [credential-alias]
        granary = ["/opt/granary home/bin/provider"]
        "#);
    }

    #[test]
    fn sorted_names_stay_sorted() {
        let entry = |name: &str| format!("{name} = {{ index = \"sparse+https://{name}/\" }}\n");
        let before = format!("[registries]\n{}{}", entry("alpha"), entry("kiwi"));
        let after = project_after(Some(&before));
        let names = after
            .lines()
            .skip(1)
            .take(4)
            .map(|line| line.split(' ').next().unwrap())
            .collect::<Vec<_>>();
        assert_eq!(names, ["alpha", "internal", "kiwi", "upstream"]);
    }

    #[test]
    fn connecting_twice_changes_nothing() {
        let (project, user) = (project_after(None), user_after(None));
        let plan = planned(Some(&project), Some(&user)).unwrap();
        assert_eq!(plan.files, []);
        assert_eq!((plan.added, plan.removed), (0, 0));
    }

    #[test]
    fn the_same_feed_at_another_port_is_taken_over() {
        let before = project_after(None).replace("8717", "9001");
        assert_eq!(project_after(Some(&before)), project_after(None));
    }

    #[test]
    fn a_name_that_stands_for_something_else_is_left_alone() {
        let before = "[registries]\nupstream = { index = \"sparse+https://example.com/index/\" }\n";
        let after = project_after(Some(before));
        assert!(after.starts_with(before), "{after}");
        assert!(after.contains("upstream-2 = { index"), "{after}");
        assert!(after.contains("replace-with = \"upstream-2\""), "{after}");
    }

    #[test]
    fn a_foreign_replacement_is_not_overwritten() {
        let mirror = "[source.crates-io]\nreplace-with = \"mirror\"\n[source.mirror]\nregistry = \"sparse+https://m/\"\n";
        let error = planned(Some(mirror), None).unwrap_err();
        assert!(
            matches!(error, Error::Replaced { ref with, .. } if with == "mirror"),
            "{error:?}"
        );
    }

    #[test]
    fn a_value_where_a_table_belongs_is_an_error() {
        let error = planned(Some("registries = 3\n"), None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`registries` in `p/.cargo/config.toml` is not a table"
        );
        let error = planned(None, Some("[registry]\nglobal-credential-providers = \"x\"\n")).unwrap_err();
        assert!(error.to_string().contains("is not a list of texts"), "{error}");
    }
}
