//! Azure's JSON, as it comes over the wire, turned into the model.
//!
//! **Invariant**: nothing outside `feeds` sees these types; missing and `null` are the same; unknown fields are
//! Azure's business.

use std::collections::HashMap;

use credentials::FeedUrl;
use semver::Version;
use serde::{Deserialize, Deserializer};

use crate::accounts::AccountPlace;

use super::{CrateSummary, Feed, FeedReference, Origin, Upstream, UpstreamKind};

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

impl WirePackage {
    /// The crate's row in a feed's list; none when no version is left of it.
    pub(super) fn into_summary(mut self, sources: &Sources) -> Option<CrateSummary> {
        self.versions.retain(|version| !version.is_deleted);
        let latest = self.versions.iter().max_by_key(|version| rank(version))?;
        Some(CrateSummary {
            latest: latest.version.clone(),
            origin: sources.origin(latest),
            version_count: u32::try_from(self.versions.len()).unwrap_or(u32::MAX),
            published_at: latest.publish_date.clone(),
            description: latest.package_description.clone().filter(|text| !text.is_empty()),
            name: self.name,
        })
    }
}

/// Listed before yanked, release before pre-release, then by number.
fn rank(version: &WireVersion) -> (bool, bool, Option<Version>) {
    let number = Version::parse(&version.version).ok();
    let release = number.as_ref().is_some_and(|number| number.pre.is_empty());
    (version.is_listed.unwrap_or(true), release, number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(json: serde_json::Value) -> WireFeed {
        serde_json::from_value(json).unwrap()
    }

    fn cargo_source() -> serde_json::Value {
        serde_json::json!({"id": "AB", "name": "crates.io", "protocol": "Cargo", "upstreamSourceType": "public"})
    }

    #[test]
    fn a_feed_with_crates_io_switched_off_does_not_stand_for_it() {
        let mut contoso = credentials::Account::of_organization("contoso");
        contoso.id = "contoso-2".to_owned();
        let place = AccountPlace::of(&contoso, &credentials::Settings::default());
        let check = |enabled: serde_json::Value, expected: bool| {
            let wire = feed(serde_json::json!({
                "id": "1", "name": "up", "description": null, "upstreamEnabled": enabled,
                "upstreamSources": [cargo_source()], "project": {"name": "Fabrikam Fiber"},
            }));
            let feed = wire.into_feed(&place);
            assert_eq!(feed.includes_crates_io, expected);
            assert_eq!(
                feed.reference, "contoso-2/Fabrikam Fiber/up",
                "an alias is not the organization"
            );
            let index =
                "sparse+https://pkgs.dev.azure.com/contoso/Fabrikam%20Fiber/_packaging/up/Cargo/index/";
            assert_eq!(feed.index_url, index);
        };
        check(true.into(), true);
        check(serde_json::Value::Null, true);
        check(false.into(), false);
    }

    #[test]
    fn the_latest_version_is_a_listed_release_where_there_is_one() {
        let sources =
            feed(serde_json::json!({"id": "1", "name": "f", "upstreamSources": [cargo_source()]})).sources();
        let check = |versions: serde_json::Value, latest: &str, origin: Origin, count: u32| {
            let json = serde_json::json!({"name": "demo", "versions": versions});
            let package: WirePackage = serde_json::from_value(json).unwrap();
            let summary = package.into_summary(&sources).unwrap();
            assert_eq!(
                (summary.latest.as_str(), summary.origin, summary.version_count),
                (latest, origin, count)
            );
        };
        check(
            serde_json::json!([{"version": "1.9.0"}, {"version": "1.10.0", "directUpstreamSourceId": "ab"}]),
            "1.10.0",
            Origin::CratesIo { saved: true },
            2,
        );
        check(
            serde_json::json!([{"version": "1.0.0"}, {"version": "2.0.0-rc.1"}]),
            "1.0.0",
            Origin::Ours,
            2,
        );
        check(
            serde_json::json!([{"version": "1.0.0"}, {"version": "2.0.0", "isListed": false}]),
            "1.0.0",
            Origin::Ours,
            2,
        );
        check(
            serde_json::json!([{"version": "1.0.0"}, {"version": "2.0.0", "isDeleted": true}]),
            "1.0.0",
            Origin::Ours,
            1,
        );
    }

    #[test]
    fn a_crate_without_versions_is_no_row() {
        let sources = feed(serde_json::json!({"id": "1", "name": "f"})).sources();
        let package: WirePackage =
            serde_json::from_value(serde_json::json!({"name": "x", "versions": null})).unwrap();
        assert_eq!(package.into_summary(&sources), None);
    }
}
