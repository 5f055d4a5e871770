//! Azure's JSON, as it comes over the wire, turned into the model.
//!
//! **Invariant**: nothing outside `feeds` sees these types; missing and `null` are the same; unknown fields are
//! Azure's business.

use std::collections::HashMap;

use credentials::FeedUrl;
use semver::Version;
use serde::{Deserialize, Deserializer};

use crate::accounts::AccountPlace;

use super::{Feed, FeedReference, Origin, Upstream, UpstreamKind};

/// Azure wraps every list.
#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) value: Vec<T>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireFeed {
    pub(super) id: String,
    name: String,
    description: Option<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(super) upstream_sources: Vec<WireUpstream>,
    upstream_enabled: Option<bool>,
    project: Option<WireProject>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireUpstream {
    id: Option<String>,
    name: Option<String>,
    protocol: Option<String>,
    upstream_source_type: Option<String>,
    deleted_date: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct WireProject {
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct WirePackage {
    name: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    versions: Vec<WireVersion>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireVersion {
    version: String,
    is_listed: Option<bool>,
    #[serde(default, deserialize_with = "null_is_empty")]
    is_deleted: bool,
    publish_date: Option<String>,
    package_description: Option<String>,
    direct_upstream_source_id: Option<String>,
}

fn null_is_empty<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

impl WireUpstream {
    fn kind(&self) -> UpstreamKind {
        let is = |field: &Option<String>, word: &str| {
            field.as_ref().is_some_and(|text| text.eq_ignore_ascii_case(word))
        };
        match (
            is(&self.protocol, "cargo"),
            is(&self.upstream_source_type, "internal"),
        ) {
            (true, true) => UpstreamKind::Feed,
            // The only public source Azure has for cargo.
            (true, false) => UpstreamKind::CratesIo,
            (false, _) => UpstreamKind::Other,
        }
    }

    fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| "upstream".to_owned())
    }
}

impl WireFeed {
    /// The feed, seen from an account.
    pub(super) fn into_feed(self, place: &AccountPlace) -> Feed {
        let project = self.project.map(|project| project.name);
        let reference = FeedReference {
            account: place.account.clone(),
            project: project.clone(),
            feed: self.name.clone(),
            view: None,
        };
        let address = FeedUrl {
            base: place.packages.clone(),
            organization: place.organization.clone(),
            project: project.clone(),
            feed: self.name.clone(),
            view: None,
            force_auth: false,
        };
        let upstreams = self
            .upstream_sources
            .iter()
            .filter(|source| source.deleted_date.is_none())
            .map(|source| Upstream {
                id: String::new(),
                location: None,
                trouble: None,
                removed_at: None,
                name: source.name(),
                kind: source.kind(),
            })
            .collect::<Vec<_>>();
        let enabled = self.upstream_enabled.unwrap_or(true);
        Feed {
            reference: reference.to_string(),
            account: place.account.clone(),
            index_url: address.index_url(),
            includes_crates_io: enabled
                && upstreams
                    .iter()
                    .any(|source| source.kind == UpstreamKind::CratesIo),
            id: self.id,
            name: self.name,
            description: self.description.filter(|text| !text.is_empty()),
            upstreams,
            project,
            upstreams_enabled: enabled,
            role: None,
            is_public: false,
            hides_deleted: true,
            badges: false,
            default_view: None,
            under_maintenance: false,
            deleted_at: None,
            purged_at: None,
        }
    }

    /// What the ids of this feed's upstream sources stand for.
    pub(super) fn sources(&self) -> Sources {
        let known = |source: &WireUpstream| {
            let origin = match source.kind() {
                UpstreamKind::CratesIo => Origin::CratesIo { saved: true },
                UpstreamKind::Feed | UpstreamKind::Other => Origin::OtherFeed {
                    feed: source.name(),
                    saved: true,
                },
            };
            Some((source.id.as_ref()?.to_ascii_lowercase(), origin))
        };
        Sources(self.upstream_sources.iter().filter_map(known).collect())
    }
}

/// A feed's upstream sources by id.
#[derive(Debug)]
pub(super) struct Sources(HashMap<String, Origin>);

impl Sources {
    fn origin(&self, version: &WireVersion) -> Origin {
        match &version.direct_upstream_source_id {
            None => Origin::Ours,
            // A source that was taken out of the feed since: where it led is no longer told here.
            Some(id) => self
                .0
                .get(&id.to_ascii_lowercase())
                .cloned()
                .unwrap_or_else(|| Origin::OtherFeed {
                    feed: "a removed upstream".to_owned(),
                    saved: true,
                }),
        }
    }
}
