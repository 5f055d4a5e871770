//! Crates, versions and their changes as Azure tells them.
//!
//! **Invariant**: as the room's front door says. Dates become milliseconds, since Azure gives them 0 to 7 digits.

use serde::Deserialize;
use serde_json::Value;

use crate::feeds::listed::{ListedChange, ListedCrate, ListedVersion};
use crate::feeds::{DeletedVersion, Provenance, Upstreaming};
use crate::moment::Moment;

use super::{null_is_empty, some_text};

#[derive(Debug, Deserialize)]
pub(in crate::feeds) struct WirePackage {
    id: String,
    name: String,
    #[serde(rename = "protocolType")]
    protocol: Option<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    versions: Vec<WireVersion>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireVersion {
    id: Option<String>,
    version: String,
    is_listed: Option<bool>,
    #[serde(default, deserialize_with = "null_is_empty")]
    is_deleted: bool,
    publish_date: Option<String>,
    package_description: Option<String>,
    direct_upstream_source_id: Option<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    views: Vec<WireViewName>,
    deleted_date: Option<String>,
    scheduled_permanent_delete_date: Option<String>,
}

#[derive(Debug, Deserialize)]
struct WireViewName {
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl WireVersion {
    fn listed(self) -> ListedVersion {
        let promoted = |view: WireViewName| {
            let is_implicit = view
                .kind
                .is_some_and(|kind| kind.eq_ignore_ascii_case("implicit"));
            view.name.filter(|_| !is_implicit)
        };
        ListedVersion {
            id: self.id.unwrap_or_default(),
            is_yanked: self.is_listed == Some(false),
            is_deleted: self.is_deleted,
            published: self.publish_date.as_deref().and_then(Moment::parse),
            description: some_text(self.package_description),
            source: some_text(self.direct_upstream_source_id).map(|id| id.to_ascii_lowercase()),
            views: self.views.into_iter().filter_map(promoted).collect(),
            version: self.version,
        }
    }
}

impl WirePackage {
    fn is_cargo(&self) -> bool {
        let protocol = self.protocol.as_ref();
        protocol.is_none_or(|word| word.eq_ignore_ascii_case("cargo"))
    }

    /// The crate as the catalogue takes it; none for another protocol's package.
    pub(in crate::feeds) fn listed(self) -> Option<ListedCrate> {
        let is_cargo = self.is_cargo();
        let listed = ListedCrate {
            id: self.id,
            name: self.name,
            versions: self.versions.into_iter().map(WireVersion::listed).collect(),
        };
        is_cargo.then_some(listed)
    }

    /// The GUID and name of a crate in the recycle bin; none for another protocol's package.
    pub(in crate::feeds) fn in_bin(self) -> Option<(String, String)> {
        self.is_cargo().then_some((self.id, self.name))
    }
}

/// A version as the recycle bin tells it.
#[derive(Debug, Deserialize)]
pub(in crate::feeds) struct WireVersionFull {
    #[serde(flatten)]
    version: WireVersion,
    #[serde(rename = "sourceChain", default, deserialize_with = "null_is_empty")]
    source_chain: Vec<WireSource>,
}

#[derive(Debug, Deserialize)]
struct WireSource {
    name: Option<String>,
}

impl WireVersionFull {
    /// The version in the bin, and the id of the source it was saved from.
    pub(in crate::feeds) fn deleted(self, name: &str) -> (DeletedVersion, Option<String>) {
        let source = self.version.direct_upstream_source_id.clone();
        let deleted = DeletedVersion {
            name: name.to_owned(),
            origin: crate::feeds::Origin::Ours,
            deleted_at: some_text(self.version.deleted_date),
            purged_at: some_text(self.version.scheduled_permanent_delete_date),
            used_by: Vec::new(),
            version: self.version.version,
        };
        (deleted, some_text(source).map(|id| id.to_ascii_lowercase()))
    }

    /// The names of the sources it moved through, the immediate one first.
    pub(in crate::feeds) fn chain(self) -> Vec<String> {
        let named = self.source_chain.into_iter().filter_map(|source| source.name);
        named.collect()
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::feeds) struct WireFeedChange {
    pub(in crate::feeds) latest_package_continuation_token: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::feeds) struct WireChanges {
    #[serde(default, deserialize_with = "null_is_empty")]
    package_changes: Vec<WireChange>,
    next_package_continuation_token: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireChange {
    package: WirePackage,
    package_version_change: WireVersionChange,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireVersionChange {
    change_type: Option<String>,
    package_version: WireVersion,
}

impl WireChanges {
    /// How many there are, those of other protocols included.
    pub(in crate::feeds) fn len(&self) -> usize {
        self.package_changes.len()
    }

    /// What to ask from next.
    pub(in crate::feeds) fn next(&self) -> Option<i64> {
        self.next_package_continuation_token
    }

    pub(in crate::feeds) fn into_changes(self) -> Vec<ListedChange> {
        let changes = self.package_changes.into_iter();
        changes.filter_map(WireChange::into_change).collect()
    }
}

impl WireChange {
    fn into_change(self) -> Option<ListedChange> {
        let change = self.package_version_change;
        // A kind that is not known here is a version to look at: what it says of itself counts.
        let is_gone = change.change_type.is_some_and(|kind| {
            ["delete", "permanentDelete"]
                .iter()
                .any(|gone| kind.eq_ignore_ascii_case(gone))
        });
        let mut version = change.package_version.listed();
        version.is_deleted |= is_gone;
        let krate = self.package.listed()?;
        Some(ListedChange {
            id: krate.id,
            name: krate.name,
            version,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::feeds) struct WireMetrics {
    pub(in crate::feeds) package_id: Option<String>,
    pub(in crate::feeds) package_version_id: Option<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(in crate::feeds) download_count: f64,
    pub(in crate::feeds) last_downloaded: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::feeds) struct WireUpstreaming {
    versions_from_external_upstreams: Option<String>,
}

impl WireUpstreaming {
    /// What the feed does; anything but allowing hides.
    pub(in crate::feeds) fn read(&self) -> Upstreaming {
        let word = self.versions_from_external_upstreams.as_ref();
        match word.is_some_and(|word| word.eq_ignore_ascii_case("allowExternalVersions")) {
            true => Upstreaming::AllowExternalVersions,
            false => Upstreaming::Auto,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(in crate::feeds) struct WireProvenance {
    provenance: Option<WireOriginOfBuild>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireOriginOfBuild {
    user_agent: Option<String>,
    publisher_user_identity: Option<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    data: serde_json::Map<String, Value>,
}

impl WireProvenance {
    /// Who published, and the id of who did where no name is told.
    pub(in crate::feeds) fn read(self) -> Option<(Provenance, Option<String>)> {
        let told = self.provenance?;
        // The keys are those of a build's variables; Azure writes none of them down.
        let says = |words: &[&str]| {
            let find = |(key, value): (&String, &Value)| {
                let key = key.replace(['.', '_'], "").to_ascii_lowercase();
                let fits = words.iter().any(|word| key.ends_with(word));
                fits.then(|| value.as_str().map(str::to_owned))?
            };
            some_text(told.data.iter().find_map(find))
        };
        let provenance = Provenance {
            who: says(&["requestedfor", "publishername"]),
            pipeline: says(&["builddefinitionname", "definitionname", "releasedefinitionname"]),
            run: says(&["buildnumber", "releasename"]),
            repository: says(&["repositoryname", "repositoryuri"]),
            commit: says(&["sourceversion", "commit"]),
            program: some_text(told.user_agent),
        };
        Some((provenance, some_text(told.publisher_user_identity)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_version_says_no_more_than_azure_does() {
        let package: WirePackage = serde_json::from_value(json!({
            "id": "P", "name": "demo", "protocolType": "Cargo", "versions": [
                {"id": "1", "version": "1.0.0", "isListed": false, "publishDate": "2025-10-11T02:38:05.0521588Z",
                 "views": [{"name": "Local", "type": "implicit"}, {"name": "Release", "type": "release"}]},
                {"version": "2.0.0", "isListed": true, "publishDate": "2025-10-11T02:38:05+02:00",
                 "directUpstreamSourceId": "AB", "packageDescription": "", "views": null},
                {"version": "3.0.0", "publishDate": "not a date", "isDeleted": true},
            ],
        }))
        .unwrap();
        let versions = package.listed().unwrap().versions;
        let [first, second, third] = versions.as_slice() else {
            panic!("{versions:?}")
        };
        assert!(first.is_yanked && !second.is_yanked && third.is_deleted);
        assert_eq!(first.views, ["Release"]);
        assert_eq!(
            first.published.map(Moment::iso).as_deref(),
            Some("2025-10-11T02:38:05Z")
        );
        assert_eq!(
            second.published.map(Moment::iso).as_deref(),
            Some("2025-10-11T00:38:05Z")
        );
        assert_eq!(
            (second.source.as_deref(), &second.description),
            (Some("ab"), &None)
        );
        assert_eq!(third.published, None);
    }

    #[test]
    fn another_protocols_package_is_no_crate() {
        let nuget = json!({"id": "P", "name": "demo", "protocolType": "NuGet", "versions": []});
        let package: WirePackage = serde_json::from_value(nuget).unwrap();
        assert_eq!(package.listed(), None);
    }

    #[test]
    fn changes_are_read_whatever_they_are_called() {
        let change = |kind: &str, protocol: &str| {
            json!({
                "package": {"id": "P", "name": "demo", "protocolType": protocol},
                "packageVersionChange": {"changeType": kind, "packageVersion": {"id": "1", "version": "1.0.0"}},
            })
        };
        let changes: WireChanges = serde_json::from_value(json!({
            "count": 4, "nextPackageContinuationToken": 9, "packageChanges": [
                change("addOrUpdate", "Cargo"), change("permanentDelete", "cargo"),
                change("somethingNew", "Cargo"), change("addOrUpdate", "npm"),
            ],
        }))
        .unwrap();
        assert_eq!((changes.len(), changes.next()), (4, Some(9)));
        let gone = changes
            .into_changes()
            .into_iter()
            .map(|change| change.version.is_deleted);
        assert_eq!(gone.collect::<Vec<_>>(), [false, true, false]);
    }

    #[test]
    fn a_build_says_where_it_came_from() {
        let told = json!({"provenance": {
            "provenanceSource": "InternalBuild", "publisherUserIdentity": "7", "userAgent": "cargo/1.95",
            "data": {"Build.BuildNumber": "20261122.3", "System.DefinitionName": "ci", "Build.SourceVersion": "abc"},
        }});
        let read: WireProvenance = serde_json::from_value(told).unwrap();
        let (provenance, who) = read.read().unwrap();
        assert_eq!(provenance.run.as_deref(), Some("20261122.3"));
        assert_eq!(provenance.pipeline.as_deref(), Some("ci"));
        assert_eq!(provenance.commit.as_deref(), Some("abc"));
        assert_eq!((provenance.who, who.as_deref()), (None, Some("7")));
        let nothing: WireProvenance = serde_json::from_value(json!({"provenance": null})).unwrap();
        assert!(nothing.read().is_none());
    }

    #[test]
    fn a_date_has_no_digit_of_a_second_or_up_to_seven() {
        for digits in 0..=7 {
            let fraction = match digits {
                0 => String::new(),
                _ => format!(".{}", &"0521588"[..digits]),
            };
            for zone in ["Z", "", "+00:00"] {
                let date = format!("2025-10-11T02:38:05{fraction}{zone}");
                let package: WirePackage = serde_json::from_value(json!({
                    "id": "P", "name": "demo", "versions": [{"version": "1.0.0", "publishDate": date}],
                }))
                .unwrap();
                let published = package.listed().unwrap().versions[0].published.unwrap();
                assert_eq!(published.iso(), "2025-10-11T02:38:05Z", "{date}");
                let expected = [0, 0, 50, 52, 52, 52, 52, 52][digits];
                assert_eq!(published.0.rem_euclid(1000), expected, "{date}");
            }
        }
    }

    #[test]
    fn null_is_as_good_as_nothing() {
        fn check<T: for<'de> Deserialize<'de>, S: std::fmt::Debug>(
            bare: Value,
            optional: &[&str],
            seen: impl Fn(T) -> S,
        ) {
            let mut with_null = bare.clone();
            for key in optional {
                with_null[key] = Value::Null;
            }
            let read = |value: &Value| format!("{:?}", seen(serde_json::from_value(value.clone()).unwrap()));
            assert_eq!(read(&with_null), read(&bare), "{with_null}");
        }
        let version_fields = [
            "id",
            "isListed",
            "isDeleted",
            "publishDate",
            "packageDescription",
            "directUpstreamSourceId",
            "views",
            "deletedDate",
            "scheduledPermanentDeleteDate",
        ];
        let version = json!({"version": "1.0.0"});
        check(version.clone(), &version_fields, WireVersion::listed);
        let in_bin = |version: WireVersionFull| version.deleted("demo");
        check(
            version.clone(),
            &[&version_fields[..], &["sourceChain"]].concat(),
            in_bin,
        );
        check(version, &["sourceChain"], WireVersionFull::chain);
        let package = json!({"id": "P", "name": "demo"});
        check(package, &["protocolType", "versions"], WirePackage::listed);
        let changes = ["packageChanges", "nextPackageContinuationToken"];
        check(json!({}), &changes, |told: WireChanges| {
            (told.len(), told.next(), told.into_changes())
        });
        let change = json!({"package": {"id": "P", "name": "demo"},
                            "packageVersionChange": {"packageVersion": {"version": "1.0.0"}}});
        check(change, &[], WireChange::into_change);
        let told = |change: WireFeedChange| change.latest_package_continuation_token;
        check(json!({}), &["latestPackageContinuationToken"], told);
        let metrics = ["packageId", "packageVersionId", "downloadCount", "lastDownloaded"];
        check(json!({}), &metrics, |metrics: WireMetrics| metrics);
        let upstreaming = |told: WireUpstreaming| told.read();
        check(json!({}), &["versionsFromExternalUpstreams"], upstreaming);
        check(json!({}), &["provenance"], WireProvenance::read);
        let fields = ["userAgent", "publisherUserIdentity", "data"].map(|key| (key.to_owned(), Value::Null));
        let empty = json!({"provenance": serde_json::Map::from_iter(fields)});
        let read = |value: Value| serde_json::from_value::<WireProvenance>(value).unwrap().read();
        assert_eq!(
            format!("{:?}", read(empty)),
            format!("{:?}", read(json!({"provenance": {}})))
        );
    }

    #[test]
    fn words_that_azure_may_yet_invent_are_no_obstacle() {
        let read = |word: &str| {
            let told = json!({"versionsFromExternalUpstreams": word});
            serde_json::from_value::<WireUpstreaming>(told).unwrap().read()
        };
        assert_eq!(read("ALLOWEXTERNALVERSIONS"), Upstreaming::AllowExternalVersions);
        assert_eq!(
            read("sometimes"),
            Upstreaming::Auto,
            "what is not known is not allowed"
        );
        let package: WirePackage = serde_json::from_value(json!({
            "id": "P", "name": "demo", "protocolType": "Cargo", "versions": [
                {"version": "1.0.0", "views": [{"name": "Odd", "type": "moonbase"}, {"name": null, "type": null}]},
            ],
        }))
        .unwrap();
        assert_eq!(package.listed().unwrap().versions[0].views, ["Odd"]);
    }
}
