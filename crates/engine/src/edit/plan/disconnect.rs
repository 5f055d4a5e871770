//! Disconnecting: exactly what connecting put in, and nothing that something else still needs.
//!
//! **Invariant**: a registry that manifests or other sources name stays, unless that is asked for by force; the provider stays, since
//! other projects have it too.

use credentials::FeedUrl;

use crate::project::Layers;

use super::connect::CI_PROVIDERS;
use super::{Document, Error, Files};
use crate::edit::change::Disconnect;

pub(super) fn plan(
    change: &Disconnect,
    files: &mut Files<'_>,
    layers: &Layers,
) -> Result<Vec<String>, Error> {
    let mut forced = Vec::new();
    for config in &change.configs {
        if files.text(config).is_none() {
            continue;
        }
        let found = files.document(config)?;
        let names = registries_of(change, &found);
        for name in &names {
            let by = still_named(change, files, layers, &found, name)?;
            match (by.is_empty(), change.force) {
                (true, _) => {}
                (false, true) => forced.push(format!("`{name}` is still named by {}.", by.join(", "))),
                (false, false) => {
                    let registry = name.clone();
                    return Err(Error::Named { registry, by });
                }
            }
        }
        files.edit(config, |document| take_out(document, &names))?;
    }
    Ok(forced)
}

fn take_out(document: &mut Document, names: &[String]) -> Result<(), Error> {
    let replacement = document.crates_io_replacement().map(str::to_owned);
    for name in names {
        document.remove_registry(name)?;
        if replacement.as_ref() == Some(name) {
            document.remove_crates_io_replacement()?;
        }
        document.remove_default_registry(name)?;
    }
    let is_for_ci = document.path().ends_with(crate::edit::CI_CONFIG);
    let has_feeds = document
        .registries()
        .iter()
        .any(|(_, index)| FeedUrl::is_likely(index));
    if is_for_ci && !names.is_empty() && !has_feeds {
        document.remove_providers(CI_PROVIDERS)?;
    }
    Ok(())
}

/// The registries of a file that are the feed's, or any feed's.
fn registries_of(change: &Disconnect, document: &Document) -> Vec<String> {
    let is_meant = |index: &str| match &change.index_url {
        None => FeedUrl::is_likely(index),
        Some(wanted) => index == wanted || is_same_feed(index, wanted),
    };
    let registries = document.registries().into_iter();
    let meant = registries.filter(|(_, index)| is_meant(index));
    meant.map(|(name, _)| name).collect()
}

/// Whether two addresses are of one feed, maybe at another port.
fn is_same_feed(left: &str, right: &str) -> bool {
    match (FeedUrl::parse(left), FeedUrl::parse(right)) {
        (Ok(left), Ok(right)) => {
            (&left.organization, &left.project, &left.feed)
                == (&right.organization, &right.project, &right.feed)
        }
        _ => false,
    }
}

/// Who would miss a registry: manifests and other sources, unless another file goes on defining it.
fn still_named(
    change: &Disconnect,
    files: &Files<'_>,
    layers: &Layers,
    document: &Document,
    name: &str,
) -> Result<Vec<String>, Error> {
    let path = document.path();
    let key = |source: String| format!("`source.{source}` in `{}`", path.display());
    let mut by = document
        .sources_replaced_with(name)
        .into_iter()
        .map(key)
        .collect::<Vec<_>>();
    let defines = |layer: &crate::project::Layer| {
        let registries = layer.table.get("registries");
        registries
            .and_then(|registries| registries.get(name)?.get("index"))
            .is_some()
    };
    let is_left = |layer: &&crate::project::Layer| !change.configs.contains(&layer.path) && defines(layer);
    if layers.iter().any(|layer| is_left(&layer)) {
        return Ok(by);
    }
    for manifest in &change.manifests {
        let names = files.document(manifest)?.names_of_registry(name);
        let shown = crate::project::display_in(&change.folder, manifest, None);
        by.extend(names.into_iter().map(|key| format!("`{key}` in `{shown}`")));
    }
    Ok(by)
}
