//! How a project is connected: the registries it names, and what stands for crates.io.
//!
//! **Invariant**: follows replacement as cargo does, but asks nobody whether the feeds exist.

use credentials::FeedUrl;

use super::{Connection, Layers, RegistryInUse};

/// How long a chain of replacements is followed; cargo refuses a loop.
const LONGEST_CHAIN: usize = 8;

pub(super) fn of(layers: &Layers) -> Connection {
    let registries = layers
        .names_below("registries")
        .into_iter()
        .filter_map(|name| {
            let index_url = layers.text(&["registries", name, "index"])?.to_owned();
            Some(RegistryInUse {
                name: name.to_owned(),
                feed: feed_of(&index_url),
                index_url,
            })
        })
        .collect();
    Connection {
        registries,
        crates_io_through: crates_io_through(layers),
    }
}

/// What cargo uses in place of crates.io; none when it is crates.io itself.
fn crates_io_through(layers: &Layers) -> Option<RegistryInUse> {
    let mut source = layers.text(&["source", "crates-io", "replace-with"])?;
    for _ in 0..LONGEST_CHAIN {
        match layers.text(&["source", source, "replace-with"]) {
            Some(next) => source = next,
            None => break,
        }
    }
    let direct = layers.text(&["source", source, "registry"]);
    let index_url = direct
        .or_else(|| layers.text(&["registries", source, "index"]))?
        .to_owned();
    Some(RegistryInUse {
        name: source.to_owned(),
        feed: feed_of(&index_url),
        index_url,
    })
}

/// The reference of the feed at an index URL, when it is a feed's: `local/main/upstream`.
pub(super) fn feed_of(index_url: &str) -> Option<String> {
    let url = FeedUrl::parse(index_url).ok()?;
    let project = url
        .project
        .map(|project| format!("{project}/"))
        .unwrap_or_default();
    let view = url.view.map(|view| format!("@{view}")).unwrap_or_default();
    Some(format!("{}/{project}{}{view}", url.organization, url.feed))
}
