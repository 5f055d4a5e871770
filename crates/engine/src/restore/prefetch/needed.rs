//! What a restore needs and cargo does not have yet.
//!
//! **Invariant**: looks at the lock file and at cargo's cache, asks nobody. What is not certain is left out and named.

use std::collections::{BTreeMap, BTreeSet};

use cargo_lock::{Lockfile, package::SourceKind};
use semver::Version;

use crate::project::{Project, ReplacementEnd, Setting, SettingValue, without_password};

use super::super::cache::{Cache, CachedCrate};

/// The cargos whose cache is known: from the first with credential providers to the last that was looked at.
const KNOWN: (Version, Version) = (Version::new(1, 74, 0), Version::new(1, 97, u64::MAX));

/// What a registry shall give.
#[derive(Debug, Default)]
pub(super) struct FromRegistry {
    /// Crates whose index files are not kept, each with the versions they must tell of.
    pub(super) entries: BTreeMap<String, BTreeSet<String>>,
    /// Crates whose files are not here.
    pub(super) crates: Vec<CachedCrate>,
}

/// All that is needed.
#[derive(Debug, Default)]
pub(super) struct Needed {
    /// By index.
    pub(super) registries: BTreeMap<String, FromRegistry>,
    /// Crates that are here and not unpacked.
    pub(super) packed: Vec<CachedCrate>,
    /// What cargo is left to see to, and why.
    pub(super) left: Vec<String>,
}

impl Needed {
    /// Whether there is nothing to do.
    pub(super) fn is_nothing(&self) -> bool {
        self.registries.is_empty() && self.packed.is_empty()
    }

    /// Looks for what is missing.
    pub(super) fn look(
        project: &Project,
        lockfile: &Lockfile,
        crates: &[CachedCrate],
        cache: &Cache,
    ) -> Self {
        let mut needed = Self::default();
        if let Some(why) = uncertain(project) {
            needed.left.push(why);
            return needed;
        }
        let git = |package: &&cargo_lock::Package| {
            let source = package.source.as_ref();
            source.is_some_and(|source| matches!(source.kind(), SourceKind::Git(_)))
        };
        let from_git = lockfile.packages.iter().filter(git).count();
        if from_git > 0 {
            let (packages, come) = if from_git == 1 {
                ("package", "comes")
            } else {
                ("packages", "come")
            };
            needed.left.push(format!("{from_git} {packages} {come} from git"));
        }
        let registry = |package: &&cargo_lock::Package| {
            let source = package.source.as_ref();
            source.is_some_and(|source| {
                matches!(source.kind(), SourceKind::Registry | SourceKind::SparseRegistry)
            })
        };
        let mut strangers = BTreeSet::new();
        if lockfile.packages.iter().filter(registry).count() > crates.len() {
            strangers.insert("some names in `Cargo.lock` cannot be crates'".to_owned());
        }
        // Two sources that lead to one registry have one file.
        let mut seen = BTreeMap::new();
        for found in crates {
            if let Some(other) = seen.insert(found.file(), &found.checksum) {
                if *other != found.checksum {
                    strangers.insert(format!("`Cargo.lock` has two checksums of `{}`", found.name));
                }
                continue;
            }
            if !found.index_url.starts_with("sparse+") {
                let shown = without_password(&found.index_url);
                strangers.insert(format!("`{shown}` is no sparse registry"));
                continue;
            }
            if found.checksum.is_none() {
                strangers.insert(format!("`Cargo.lock` has no checksum of `{}`", found.name));
                continue;
            }
            needed.add(found, cache);
        }
        needed.left.extend(strangers);
        needed
    }

    fn add(&mut self, found: &CachedCrate, cache: &Cache) {
        let is_here = found.size().is_some_and(|size| size > 0);
        // A crate that is here was found through the index; one that is not may be newer than what is kept of it.
        let versions = if is_here {
            &[][..]
        } else {
            &[found.version.as_str()][..]
        };
        if !cache.has_entry(&found.index_url, &found.name, versions) {
            let registry = self.registries.entry(found.index_url.clone()).or_default();
            let versions = registry.entries.entry(found.name.clone()).or_default();
            versions.insert(found.version.clone());
        }
        if !is_here {
            let registry = self.registries.entry(found.index_url.clone()).or_default();
            registry.crates.push(found.clone());
        } else if !cache.is_unpacked(found) {
            self.packed.push(found.clone());
        }
    }
}

/// Why nothing at all is certain here.
pub(super) fn uncertain(project: &Project) -> Option<String> {
    let version = project.cargo_version.as_deref();
    let Some(version) = version.and_then(|version| Version::parse(version).ok()) else {
        return Some("which cargo runs here is not known".to_owned());
    };
    let release = Version::new(version.major, version.minor, version.patch);
    if release < KNOWN.0 || release > KNOWN.1 {
        return Some(format!("how cargo {version} keeps crates is not known"));
    }
    if let Some(replacement) = &project.replacement
        && !matches!(replacement.end, ReplacementEnd::Registry { .. })
    {
        return Some("crates.io is replaced by something other than a registry".to_owned());
    }
    let protocol = project
        .settings
        .iter()
        .find(|setting| setting.key == "registries.crates-io.protocol");
    let is_sparse = |setting: &Setting| setting.value == Some(SettingValue::Text("sparse".to_owned()));
    if protocol.is_some_and(|setting| !is_sparse(setting)) {
        return Some("`registries.crates-io.protocol` is not `sparse`".to_owned());
    }
    let replaces_another = |key: &str| {
        let source = key.strip_prefix("source.")?.strip_suffix(".replace-with")?;
        let on_the_way = project.replacement.iter().flat_map(|way| &way.steps);
        let is_on_the_way = on_the_way.into_iter().any(|step| step.source == source);
        (!is_on_the_way).then(|| format!("`{key}` is set"))
    };
    project
        .settings
        .iter()
        .find_map(|setting| replaces_another(&setting.key))
}
