//! A crate or a version, opened: what is kept, what the index says, what the `.crate` says, what Azure says.
//!
//! **Invariant**: a part that cannot be had is a gap with a reason, never a failure of the whole. A version nobody saved is
//! never downloaded here, since that would save it.

use std::collections::HashSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::KeptFeed;
use super::index_facts::{dependencies, features};
use super::versions::{KeptCrate, sort};
use super::{Catalog, CrateDetails, CrateRow, Locks};
use crate::Error;
use crate::error::Told;
use crate::feeds::{
    CrateVersion, FeedClient, FeedReference, Origin, Readme, VersionDetails, VersionReference, crate_page,
    registry_name,
};
use crate::project::FeedNames;
use crate::registry::{self, IndexVersion, Manifest, Registry, index_versions};

/// What an opening works with.
pub(crate) struct Opening<'o> {
    pub(crate) catalog: &'o Arc<Catalog>,
    pub(crate) client: &'o FeedClient,
    pub(crate) registry: &'o Registry,
    pub(crate) names: &'o FeedNames,
    pub(crate) locks: Locks,
    pub(crate) kept: KeptFeed,
    /// The feed by its id.
    pub(crate) feed: FeedReference,
}

/// The most versions that are shown of an index: more is no crate.
const MOST_VERSIONS: usize = 20_000;

/// What a `.crate` says, as it is kept.
#[derive(Debug, Default, Serialize, Deserialize)]
struct KeptContents {
    manifest: Manifest,
    readme: Option<String>,
    file_count: u32,
}

impl Opening<'_> {
    /// A crate with all its versions, saved or not.
    pub(crate) async fn krate(&self, name: &str) -> Result<CrateDetails, Error> {
        let mut gaps = Vec::new();
        self.require_copy(name).await?;
        let index = self.index(name, &mut gaps).await?;
        self.ask_downloads(name, &mut gaps).await?;
        let versions = self.versions(name, &index)?;
        let row = match self.catalog.row(&self.kept, name)? {
            Some(row) => row,
            None => self.unsaved_row(name, &versions)?,
        };
        let page_url = crate_page(self.client.place(), &self.reference(), &row.name, &row.latest);
        Ok(CrateDetails {
            row,
            versions,
            page_url,
            gaps,
        })
    }

    /// Asks for a crate that is not in the copy: it may be newer than that.
    async fn require_copy(&self, name: &str) -> Result<(), Error> {
        if self.catalog.krate(&self.kept, name)?.is_none()
            && let Some(listed) = self.client.find_crate(&self.feed, name).await?
        {
            let (of, named) = (self.kept.clone(), name.to_owned());
            let put = move |catalog: &Catalog| catalog.put_one(&of, &named, Some(&listed));
            self.catalog.off_thread(put).await?;
        }
        Ok(())
    }

    /// What the index says of a crate: asked, or where that fails what is kept of it.
    async fn index(&self, name: &str, gaps: &mut Vec<Told>) -> Result<Vec<IndexVersion>, Error> {
        match self.registry.file(name).await {
            Ok(file) => {
                let versions = file.as_deref().map(index_versions).unwrap_or_default();
                let (kept, named) = (self.kept.clone(), name.to_owned());
                let learn = move |catalog: &Catalog| catalog.learn_index(&kept, &named, file.as_deref());
                self.catalog.off_thread(learn).await?;
                Ok(versions)
            }
            Err(error) => {
                gaps.push(Error::from(error).told());
                let known = self.catalog.krate(&self.kept, name)?;
                let file = known.and_then(|krate| krate.index_file);
                Ok(file.as_deref().map(index_versions).unwrap_or_default())
            }
        }
    }

    async fn ask_downloads(&self, name: &str, gaps: &mut Vec<Told>) -> Result<(), Error> {
        let Some(KeptCrate { guid: Some(guid), .. }) = self.catalog.krate(&self.kept, name)? else {
            return Ok(());
        };
        let ids = self.catalog.version_guids(&self.kept, name)?;
        let asked = ids.iter().map(|(guid, _)| guid.clone()).collect::<Vec<_>>();
        match self.client.version_downloads(&self.feed, &guid, &asked).await {
            Ok(Some(by_id)) => {
                // One that is not told of never was.
                let count = |guid: &String| by_id.get(guid).map_or(0, |downloads| downloads.count);
                let counts = ids.iter().map(|(guid, version)| (version.clone(), count(guid)));
                let (of, named, counts) = (self.kept.clone(), name.to_owned(), counts.collect::<Vec<_>>());
                let learn = move |catalog: &Catalog| catalog.learn_version_downloads(&of, &named, &counts);
                Ok(self.catalog.off_thread(learn).await?)
            }
            // One may not know: then there is no such column.
            Ok(None) => Ok(()),
            Err(error) => {
                gaps.push(Error::from(error).told());
                Ok(())
            }
        }
    }

    fn versions(&self, name: &str, index: &[IndexVersion]) -> Result<Vec<CrateVersion>, Error> {
        let mut versions = self.catalog.versions(&self.kept, name)?;
        let unsaved = super::Sources::of(&self.kept.feed).unsaved();
        let saved = versions
            .iter()
            .map(|version| version.version.clone())
            .collect::<HashSet<_>>();
        for known in index.iter().take(MOST_VERSIONS) {
            let is_saved = saved.contains(&known.vers);
            if let (false, Some((code, source))) = (is_saved, unsaved.clone()) {
                versions.push(CrateVersion {
                    version: known.vers.clone(),
                    origin: super::source::origin(code, source, false),
                    yanked: Some(known.yanked),
                    published_at: None,
                    views: Vec::new(),
                    size: None,
                    downloads: None,
                    used_by: Vec::new(),
                });
            }
        }
        sort(&mut versions);
        for version in &mut versions {
            version.used_by = self.locks.users(name, &version.version);
        }
        Ok(versions)
    }

    /// A crate that is in no list: all its versions wait upstream.
    fn unsaved_row(&self, name: &str, versions: &[CrateVersion]) -> Result<CrateRow, Error> {
        let latest = versions
            .iter()
            .find(|version| version.yanked != Some(true))
            .or(versions.first());
        let latest = latest.ok_or_else(|| crate::feeds::Error::NoCrate {
            feed: self.kept.feed.reference.clone(),
            name: name.to_owned(),
        })?;
        Ok(CrateRow {
            name: name.to_owned(),
            latest: latest.version.clone(),
            origin: latest.origin.clone(),
            is_mixed: false,
            version_count: 0,
            published_at: None,
            downloads: None,
            description: None,
            yanked: latest.yanked,
            on_both_sides: None,
            needed_by: 0,
        })
    }

    /// One version, as much as can be known of it.
    pub(crate) async fn version(&self, which: &VersionReference) -> Result<VersionDetails, Error> {
        let mut gaps = Vec::new();
        self.require_copy(&which.name).await?;
        let kept_file = self
            .catalog
            .krate(&self.kept, &which.name)?
            .and_then(|krate| krate.index_file);
        let mut index = kept_file.as_deref().map(index_versions).unwrap_or_default();
        // What is kept may be older than the version.
        if !index.iter().any(|known| known.vers == which.version) {
            index = self.index(&which.name, &mut gaps).await?;
        }
        let versions = self.versions(&which.name, &index)?;
        let version = versions
            .into_iter()
            .find(|version| version.version == which.version);
        let mut version = version.ok_or_else(|| crate::feeds::Error::NoCrate {
            feed: self.kept.feed.reference.clone(),
            name: format!("{} {}", which.name, which.version),
        })?;
        let line = index.into_iter().find(|known| known.vers == which.version);
        let is_saved = !matches!(
            version.origin,
            Origin::CratesIo { saved: false } | Origin::OtherFeed { saved: false, .. }
        );
        let mut contents = KeptContents::default();
        let (mut source_chain, mut provenance) = (Vec::new(), None);
        if is_saved {
            let checksum = line.as_ref().and_then(|line| line.cksum.as_deref());
            if let Some((read, size)) = self.contents(which, checksum, &mut gaps).await? {
                contents = read;
                version.size = Some(size);
            }
            source_chain =
                said(self.client.source_chain(&self.feed, which).await, &mut gaps).unwrap_or_default();
            provenance = self.provenance(which, &mut gaps).await?;
        }
        let described = self
            .catalog
            .krate(&self.kept, &which.name)?
            .and_then(|krate| krate.description);
        let manifest = contents.manifest;
        Ok(VersionDetails {
            dependency_line: self.dependency_line(which, &version.origin),
            checksum: line.as_ref().and_then(|line| line.cksum.clone()),
            description: manifest.description.or(described),
            licence: manifest.license.or(manifest.license_file),
            rust_version: manifest
                .rust_version
                .or_else(|| line.as_ref()?.rust_version.clone()),
            authors: manifest.authors,
            repository: manifest.repository.filter(|url| is_web(url)),
            homepage: manifest.homepage.filter(|url| is_web(url)),
            documentation: manifest.documentation.filter(|url| is_web(url)),
            file_count: Some(contents.file_count).filter(|count| *count > 0),
            dependencies: line
                .as_ref()
                .map(|line| dependencies(line, self.names))
                .unwrap_or_default(),
            features: line.as_ref().map(features).unwrap_or_default(),
            readme: rendered(contents.readme).await?,
            version,
            source_chain,
            provenance,
            gaps,
        })
    }

    /// What the `.crate` says: kept, or downloaded and looked into.
    async fn contents(
        &self,
        which: &VersionReference,
        checksum: Option<&str>,
        gaps: &mut Vec<Told>,
    ) -> Result<Option<(KeptContents, u32)>, Error> {
        if let Some((kept, size)) = self.catalog.contents(&self.kept, which)?
            && let Ok(contents) = serde_json::from_str(&kept)
        {
            return Ok(Some((contents, size)));
        }
        let bytes = match self
            .registry
            .download(&which.name, &which.version, checksum)
            .await
        {
            Ok(bytes) => bytes,
            Err(error) => {
                gaps.push(Error::from(error).told());
                return Ok(None);
            }
        };
        let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let looked = credentials::blocking(move || registry::look_into(&bytes)).await;
        let contents = match looked {
            Ok(contents) => KeptContents {
                manifest: contents.manifest,
                readme: contents.readme,
                file_count: contents.file_count,
            },
            Err(reason) => {
                let error = registry::Error::Archive {
                    name: which.name.clone(),
                    version: which.version.clone(),
                    reason,
                };
                gaps.push(Error::from(error).told());
                return Ok(Some((KeptContents::default(), size)));
            }
        };
        // What no checksum vouches for is shown, and not kept.
        if let (Ok(text), Some(_)) = (serde_json::to_string(&contents), checksum) {
            let (of, which) = (self.kept.clone(), which.clone());
            let learn = move |catalog: &Catalog| catalog.learn_contents(&of, &which, &text, size);
            self.catalog.off_thread(learn).await?;
        }
        Ok(Some((contents, size)))
    }

    async fn provenance(
        &self,
        which: &VersionReference,
        gaps: &mut Vec<Told>,
    ) -> Result<Option<crate::feeds::Provenance>, Error> {
        let krate = self
            .catalog
            .krate(&self.kept, &which.name)?
            .and_then(|krate| krate.guid);
        let version = self.catalog.version_guid(&self.kept, which)?;
        match (krate, version) {
            (Some(krate), Some(version)) => Ok(said(
                self.client.provenance(&self.feed, &krate, &version).await,
                gaps,
            )),
            _ => Ok(None),
        }
    }

    /// What one puts under `[dependencies]`.
    fn dependency_line(&self, which: &VersionReference, origin: &Origin) -> String {
        let VersionReference { name, version } = which;
        let through_crates_io =
            self.kept.feed.includes_crates_io && matches!(origin, Origin::CratesIo { .. });
        match through_crates_io {
            true => format!("{name} = \"{version}\""),
            false => {
                let registry = registry_name(&self.kept.feed.name);
                format!("{name} = {{ version = \"{version}\", registry = \"{registry}\" }}")
            }
        }
    }

    /// The feed by its names, for addresses people read.
    fn reference(&self) -> FeedReference {
        FeedReference {
            feed: self.kept.feed.name.clone(),
            ..self.feed.clone()
        }
    }
}

/// An answer where there is one; a failure is a gap.
fn said<T>(answer: Result<Option<T>, crate::feeds::Error>, gaps: &mut Vec<Told>) -> Option<T> {
    answer.unwrap_or_else(|error| {
        gaps.push(Error::from(error).told());
        None
    })
}

/// A readme made safe to show; a large one takes its time.
async fn rendered(readme: Option<String>) -> Result<Option<Readme>, Error> {
    let render = move || Ok(readme.as_deref().map(registry::render));
    credentials::blocking(render).await
}

/// What stands in a manifest may be anything; only an address of the web becomes a link.
fn is_web(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}
