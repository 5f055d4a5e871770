//! `Cargo.lock`: each package, and where cargo gets it from.
//!
//! **Invariant**: reads the lock file only; whether a feed has a crate is not asked here.

use std::path::Path;

use cargo_lock::package::SourceKind;
use cargo_lock::{Lockfile, Package};

use super::bounded::read_generated;
use super::{Connection, Error, FeedNames, LockedCrate, LockedOrigin};

/// The lock file of a project; none when there is no such file yet.
pub fn read_lockfile(folder: &Path) -> Result<Option<Lockfile>, Error> {
    let path = folder.join("Cargo.lock");
    let Some(text) = read_generated(&path)? else {
        return Ok(None);
    };
    let invalid = |wrong: cargo_lock::Error| Error::Invalid {
        path: path.clone(),
        reason: wrong.to_string(),
    };
    text.parse().map(Some).map_err(invalid)
}

/// The packages of a lock file that cargo must get from somewhere, sorted by name.
pub(super) fn crates(lockfile: &Lockfile, connection: &Connection, names: &FeedNames) -> Vec<LockedCrate> {
    let locked = |package: &Package| LockedCrate {
        name: package.name.to_string(),
        version: package.version.to_string(),
        origin: origin(package, connection, names),
        size: None,
        held: None,
    };
    lockfile.packages.iter().map(locked).collect()
}

fn origin(package: &Package, connection: &Connection, names: &FeedNames) -> LockedOrigin {
    let Some(source) = &package.source else {
        return LockedOrigin::Path;
    };
    let url = source.url().to_string();
    match source.kind() {
        _ if is_crates_io(package) => {
            let through = connection.crates_io_through.as_ref();
            LockedOrigin::CratesIo {
                through: through.and_then(|registry| registry.feed.clone()),
            }
        }
        SourceKind::Git(_) => LockedOrigin::Git { url },
        SourceKind::Path | SourceKind::Directory => LockedOrigin::Path,
        _ => match names.reference(&url) {
            Some(feed) => LockedOrigin::Feed { feed },
            None => LockedOrigin::Registry { url },
        },
    }
}

/// Whether a locked package is crates.io's, through whatever it is fetched.
fn is_crates_io(package: &Package) -> bool {
    package
        .source
        .as_ref()
        .is_some_and(|source| source.is_default_registry())
}

/// The index URL cargo reads for a locked package; none for git and path packages.
pub(crate) fn index_url(package: &Package, connection: &Connection) -> Option<String> {
    let source = package.source.as_ref()?;
    match source.kind() {
        _ if is_crates_io(package) => {
            let through = connection.crates_io_through.as_ref();
            Some(
                through
                    .map_or(tame_index::CRATES_IO_HTTP_INDEX, |registry| &registry.index_url)
                    .to_owned(),
            )
        }
        SourceKind::SparseRegistry => Some(format!("sparse+{}", source.url())),
        SourceKind::Registry => Some(source.url().to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::RegistryInUse;

    const LOCK: &str = r#"
version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = ["greeting", "serde"]

[[package]]
name = "greeting"
version = "0.3.0"
source = "sparse+http://127.0.0.1:8717/local/main/_packaging/internal/Cargo/index/"
checksum = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

[[package]]
name = "serde"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

[[package]]
name = "tool"
version = "0.2.0"
source = "git+https://example.com/tool.git#0123456789012345678901234567890123456789"
"#;

    #[test]
    fn every_kind_of_source_is_told_apart() {
        let lockfile: Lockfile = LOCK.parse().unwrap();
        let upstream = "sparse+http://127.0.0.1:8717/local/main/_packaging/upstream/Cargo/index/";
        let feed = FeedNames::default().reference(upstream);
        let registry = RegistryInUse {
            name: "upstream".into(),
            index_url: upstream.into(),
            feed,
        };
        let connection = Connection {
            registries: vec![registry.clone()],
            crates_io_through: Some(registry),
        };
        let crates = crates(&lockfile, &connection, &FeedNames::default());
        let origins = crates
            .iter()
            .map(|locked| (locked.name.as_str(), locked.origin.clone()))
            .collect::<Vec<_>>();
        let expected = [
            ("app", LockedOrigin::Path),
            (
                "greeting",
                LockedOrigin::Feed {
                    feed: "local/main/internal".into(),
                },
            ),
            (
                "serde",
                LockedOrigin::CratesIo {
                    through: Some("local/main/upstream".into()),
                },
            ),
            (
                "tool",
                LockedOrigin::Git {
                    url: "https://example.com/tool.git".into(),
                },
            ),
        ];
        assert_eq!(origins, expected);
        let urls = lockfile
            .packages
            .iter()
            .map(|package| index_url(package, &connection))
            .collect::<Vec<_>>();
        let internal = upstream.replace("upstream", "internal");
        assert_eq!(urls, [None, Some(internal), Some(upstream.to_owned()), None]);
    }
}
