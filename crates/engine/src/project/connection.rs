//! How a project is connected: the registries it names, and what stands for crates.io.
//!
//! **Invariant**: follows replacement as cargo does, but asks nobody whether the feeds exist.

use super::{Connection, FeedNames, Layers, RegistryInUse};

/// How long a chain of replacements is followed; cargo refuses a loop.
const LONGEST_CHAIN: usize = 8;

pub(super) fn of(layers: &Layers, names: &FeedNames) -> Connection {
    let registries = layers
        .names_below("registries")
        .into_iter()
        .filter_map(|name| {
            let index_url = layers.text(&["registries", name, "index"])?.to_owned();
            Some(RegistryInUse {
                name: name.to_owned(),
                feed: names.reference(&index_url),
                index_url,
            })
        })
        .collect();
    Connection {
        registries,
        crates_io_through: crates_io_through(layers, names),
    }
}

/// What cargo uses in place of crates.io; none when it is crates.io itself.
fn crates_io_through(layers: &Layers, names: &FeedNames) -> Option<RegistryInUse> {
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
        feed: names.reference(&index_url),
        index_url,
    })
}
