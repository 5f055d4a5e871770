//! What an index says of one version, in the product's words.
//!
//! **Invariant**: pure.

use crate::feeds::{CrateFeature, Dependency, DependencyKind, DependencySource};
use crate::project::FeedNames;
use crate::registry::{IndexDependency, IndexVersion};

/// What a version depends on, each with where cargo looks for it.
pub(super) fn dependencies(line: &IndexVersion, names: &FeedNames) -> Vec<Dependency> {
    let read = |dependency: &IndexDependency| Dependency {
        name: dependency
            .package
            .clone()
            .unwrap_or_else(|| dependency.name.clone()),
        renamed: dependency.package.is_some().then(|| dependency.name.clone()),
        requirement: dependency.req.clone(),
        kind: match dependency.kind.as_deref() {
            Some("dev") => DependencyKind::Dev,
            Some("build") => DependencyKind::Build,
            _ => DependencyKind::Normal,
        },
        optional: dependency.optional,
        target: dependency.target.clone(),
        features: dependency.features.clone(),
        default_features: dependency.default_features,
        source: source(dependency.registry.as_deref(), names),
    };
    line.deps.iter().map(read).collect()
}

fn source(registry: Option<&str>, names: &FeedNames) -> DependencySource {
    let Some(url) = registry else {
        return DependencySource::SameFeed;
    };
    let bare = |url: &str| url.trim_start_matches("sparse+").trim_end_matches('/').to_owned();
    let crates_io = [tame_index::CRATES_IO_INDEX, tame_index::CRATES_IO_HTTP_INDEX];
    if crates_io.iter().any(|known| bare(known) == bare(url)) {
        return DependencySource::CratesIo;
    }
    match names.reference(url) {
        Some(feed) => DependencySource::Feed { feed },
        None => DependencySource::Registry { url: url.to_owned() },
    }
}

/// What can be turned on.
pub(super) fn features(line: &IndexVersion) -> Vec<CrateFeature> {
    let features = line.features();
    let default = features.get("default").cloned().unwrap_or_default();
    let read = |(name, turns_on): (String, Vec<String>)| CrateFeature {
        is_default: name == "default" || default.contains(&name),
        name,
        turns_on,
    };
    features.into_iter().map(read).collect()
}
