//! Feeds as Azure tells them: their sources, their projects, and the words for roles.
//!
//! **Invariant**: as the room's front door says.

use credentials::{AccountKind, FeedUrl};
use serde::Deserialize;
use serde_json::Value;

use crate::accounts::AccountPlace;
use crate::feeds::{Feed, FeedReference, Role, Upstream, UpstreamKind};

use super::{null_is_empty, some_text};

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::feeds) struct WireFeed {
    pub(in crate::feeds) id: String,
    name: String,
    description: Option<String>,
    /// As they came, so that they can be sent back whole.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(in crate::feeds) upstream_sources: Vec<Value>,
    upstream_enabled: Option<bool>,
    #[serde(default, deserialize_with = "null_is_empty")]
    hide_deleted_package_versions: bool,
    #[serde(default, deserialize_with = "null_is_empty")]
    badges_enabled: bool,
    default_view_id: Option<String>,
    capabilities: Option<Value>,
    deleted_date: Option<String>,
    scheduled_permanent_delete_date: Option<String>,
    project: Option<WireProject>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireUpstream {
    id: Option<String>,
    name: Option<String>,
    protocol: Option<String>,
    location: Option<String>,
    display_location: Option<String>,
    upstream_source_type: Option<String>,
    status: Option<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    status_details: Vec<WireReason>,
    deleted_date: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct WireReason {
    reason: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(in crate::feeds) struct WireProject {
    pub(in crate::feeds) name: String,
    visibility: Option<String>,
}

/// A project, asked for by name.
#[derive(Debug, Deserialize)]
pub(in crate::feeds) struct WireProjectFull {
    pub(in crate::feeds) id: String,
}

/// Azure's word for a role.
pub(in crate::feeds) fn role_word(role: Role) -> &'static str {
    match role {
        Role::Reader => "reader",
        Role::Collaborator => "collaborator",
        Role::Contributor => "contributor",
        Role::Owner => "administrator",
    }
}

fn is(field: Option<&String>, word: &str) -> bool {
    field.is_some_and(|text| text.eq_ignore_ascii_case(word))
}

impl WireUpstream {
    fn kind(&self) -> UpstreamKind {
        let is_internal = is(self.upstream_source_type.as_ref(), "internal");
        match (is(self.protocol.as_ref(), "cargo"), is_internal) {
            (true, true) => UpstreamKind::Feed,
            // The only public source Azure has for cargo.
            (true, false) => UpstreamKind::CratesIo,
            (false, _) => UpstreamKind::Other,
        }
    }

    fn into_upstream(self) -> Upstream {
        let kind = self.kind();
        let reasons = self.status_details.into_iter().filter_map(|detail| detail.reason);
        let reasons = reasons.collect::<Vec<_>>().join(" ");
        let is_off = is(self.status.as_ref(), "disabled");
        Upstream {
            id: self.id.unwrap_or_default().to_ascii_lowercase(),
            name: some_text(self.name).unwrap_or_else(|| "upstream".to_owned()),
            kind,
            // Where crates.io is, everybody knows; its index is no address for people.
            location: some_text(self.display_location)
                .or(some_text(self.location))
                .filter(|_| kind != UpstreamKind::CratesIo),
            trouble: is_off.then(|| some_text(Some(reasons)).unwrap_or_else(|| "disabled".to_owned())),
            removed_at: some_text(self.deleted_date),
        }
    }
}

impl WireFeed {
    /// Its sources, the removed ones too. One that cannot be read is left out here, and kept when the list is written.
    pub(in crate::feeds) fn upstreams(&self) -> Vec<Upstream> {
        let read = |source: &Value| WireUpstream::deserialize(source).ok();
        let all = self.upstream_sources.iter().filter_map(read);
        all.map(WireUpstream::into_upstream).collect()
    }

    /// The feed, seen from an account.
    pub(in crate::feeds) fn into_feed(self, place: &AccountPlace) -> Feed {
        let upstreams = self.upstreams();
        let is_public = self
            .project
            .as_ref()
            .is_some_and(|project| is(project.visibility.as_ref(), "public"));
        let project = self.project.map(|project| project.name);
        let reference = FeedReference {
            account: place.account.clone(),
            project: project.clone(),
            feed: self.name.clone(),
            view: None,
        };
        let enabled = self.upstream_enabled.unwrap_or(true);
        let has_crates_io = upstreams
            .iter()
            .any(|source| source.kind == UpstreamKind::CratesIo && source.removed_at.is_none());
        let capabilities = self
            .capabilities
            .map(|word| word.to_string().to_ascii_lowercase());
        Feed {
            index_url: index_of(place, &reference, false).index_url(),
            reference: reference.to_string(),
            account: place.account.clone(),
            includes_crates_io: enabled && has_crates_io,
            upstreams_enabled: enabled,
            id: self.id.to_ascii_lowercase(),
            name: self.name,
            description: some_text(self.description),
            upstreams,
            project,
            role: (place.kind == AccountKind::Local).then_some(Role::Owner),
            is_public,
            hides_deleted: self.hide_deleted_package_versions,
            badges: self.badges_enabled,
            default_view: some_text(self.default_view_id).map(|id| id.to_ascii_lowercase()),
            under_maintenance: capabilities.is_some_and(|words| words.contains("undermaintenance")),
            deleted_at: some_text(self.deleted_date),
            purged_at: some_text(self.scheduled_permanent_delete_date),
        }
    }
}

/// Where cargo reads a feed, or a view of it.
pub(crate) fn index_of(place: &AccountPlace, reference: &FeedReference, force_auth: bool) -> FeedUrl {
    FeedUrl {
        base: place.packages.clone(),
        organization: place.organization.clone(),
        project: reference.project.clone(),
        feed: reference.feed.clone(),
        view: reference.view.clone(),
        force_auth,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn feed(json: Value) -> Feed {
        let mut contoso = credentials::Account::of_organization("contoso");
        contoso.id = "contoso-2".to_owned();
        let place = AccountPlace::of(&contoso, &credentials::Settings::default());
        WireFeed::deserialize(json).unwrap().into_feed(&place)
    }

    fn crates_io() -> Value {
        json!({"id": "AB", "name": "crates.io", "protocol": "Cargo", "upstreamSourceType": "public"})
    }

    #[test]
    fn a_feed_with_crates_io_switched_off_does_not_stand_for_it() {
        let check = |enabled: Value, source: Value, expected: bool| {
            let feed = feed(json!({
                "id": "1", "name": "up", "description": null, "upstreamEnabled": enabled,
                "upstreamSources": [source], "project": {"name": "Fabrikam Fiber"},
            }));
            assert_eq!(feed.includes_crates_io, expected);
            assert_eq!(
                feed.reference, "contoso-2/Fabrikam Fiber/up",
                "an alias is not the organization"
            );
            let index =
                "sparse+https://pkgs.dev.azure.com/contoso/Fabrikam%20Fiber/_packaging/up/Cargo/index/";
            assert_eq!(feed.index_url, index);
        };
        check(true.into(), crates_io(), true);
        check(Value::Null, crates_io(), true);
        check(false.into(), crates_io(), false);
        let mut removed = crates_io();
        removed["deletedDate"] = "2026-01-02T03:04:05.0000001Z".into();
        check(true.into(), removed, false);
        let mut npm = crates_io();
        npm["protocol"] = "npm".into();
        check(true.into(), npm, false);
    }

    #[test]
    fn what_azure_leaves_out_or_makes_up_is_no_obstacle() {
        let feed = feed(json!({
            "id": "A", "name": "f", "upstreamSources": [
                {"id": "C", "name": "x", "protocol": "cargo", "upstreamSourceType": "internal", "status": "disabled",
                 "statusDetails": [{"reason": "The feed was deleted."}]},
                {"id": "D", "protocol": "Cargo", "upstreamSourceType": "moonbase", "status": null, "statusDetails": null},
                "not even an object",
            ],
            "capabilities": "defaultCapabilities, underMaintenance", "project": null, "badgesEnabled": null,
        }));
        assert_eq!(feed.id, "a");
        assert_eq!(feed.upstreams.len(), 2);
        assert_eq!(
            feed.upstreams[0].trouble.as_deref(),
            Some("The feed was deleted.")
        );
        assert_eq!(feed.upstreams[0].kind, UpstreamKind::Feed);
        assert_eq!(feed.upstreams[1].trouble, None);
        assert!(feed.under_maintenance && !feed.badges);
    }

    #[test]
    fn null_is_as_good_as_nothing() {
        let bare = feed(json!({"id": "1", "name": "f"}));
        assert!(bare.upstreams_enabled && bare.upstreams.is_empty() && bare.role.is_none());
        let keys = [
            "description",
            "upstreamSources",
            "upstreamEnabled",
            "hideDeletedPackageVersions",
            "badgesEnabled",
            "defaultViewId",
            "capabilities",
            "deletedDate",
            "scheduledPermanentDeleteDate",
            "project",
            "view",
            "viewId",
        ];
        let mut null = json!({"id": "1", "name": "f"});
        for key in keys {
            null[key] = Value::Null;
        }
        assert_eq!(feed(null), bare);
        let project = json!({"id": "1", "name": "f", "project": {"name": "p", "visibility": "organization"}});
        assert!(!feed(project).is_public, "a word the contract does not have");
    }
}
