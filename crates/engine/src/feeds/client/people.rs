//! Views, permissions, retention, and whom permissions can name.
//!
//! **Invariant**: as the room's front door says. A permission counts as written once it can be read.

use std::collections::HashMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::super::endpoints;
use super::super::wire::{
    List, WireIdentity, WirePermission, WireRetention, WireSubject, WireView, role_word,
};
use super::super::{
    Error, FeedReference, Identity, Permission, Retention, Role, View, ViewChange, ViewDraft,
};
use super::{FeedClient, parsed};

/// How long is waited between two looks at what was written.
const LOOKS: [Duration; 7] = [
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(15),
];

/// How many identities a search answers at most.
const MOST_FOUND: usize = 20;

/// Who is asked about, and as whom.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireConnection {
    instance_id: String,
}

impl FeedClient {
    /// The id of the organization, as descriptors and upstream sources name it.
    pub(super) async fn collection_id(&self) -> Result<String, Error> {
        let what = format!("read about `{}`", self.place.account);
        let request = endpoints::connection(&self.place);
        Ok(self.ask::<WireConnection>(&request, &what).await?.instance_id)
    }

    /// The views of a feed; `default` is the id of the one other feeds see, where the feed names one.
    pub async fn views(&self, reference: &FeedReference, default: Option<&str>) -> Result<Vec<View>, Error> {
        let what = format!("list the views of `{reference}`");
        let request = endpoints::view_list(&self.place, reference);
        let list: List<WireView> = self.ask(&request, &what).await?;
        let views = list.value.into_iter();
        Ok(views.map(|view| view.into_view(default)).collect())
    }

    /// Creates a view.
    pub async fn create_view(&self, reference: &FeedReference, draft: &ViewDraft) -> Result<(), Error> {
        let what = format!("create the view `{}` in `{reference}`", draft.name);
        let request = endpoints::view_create(&self.place, reference, draft);
        self.send(&request, &what).await.map(drop)
    }

    /// Changes a view.
    pub async fn update_view(
        &self,
        reference: &FeedReference,
        id: &str,
        change: &ViewChange,
    ) -> Result<(), Error> {
        let what = format!("change a view of `{reference}`");
        let request = endpoints::view_update(&self.place, reference, id, change);
        self.send(&request, &what).await.map(drop)
    }

    /// Deletes a view; the versions in it stay in the feed.
    pub async fn delete_view(&self, reference: &FeedReference, id: &str) -> Result<(), Error> {
        let what = format!("delete a view of `{reference}`");
        let request = endpoints::view_delete(&self.place, reference, id);
        self.send(&request, &what).await.map(drop)
    }

    /// Who may do what in a feed, the most first.
    pub async fn permissions(&self, reference: &FeedReference) -> Result<Vec<Permission>, Error> {
        let what = format!("list the permissions of `{reference}`");
        let request = endpoints::permission_list(&self.place, reference);
        let list: List<WirePermission> = self.ask(&request, &what).await?;
        let read = list.value.into_iter().filter_map(WirePermission::into_permission);
        let mut permissions = read.collect::<Vec<_>>();
        self.name_the_nameless(&mut permissions, &what).await?;
        permissions.sort_by(|left, right| {
            let rank = |one: &Permission| (std::cmp::Reverse(one.role), one.identity.name.to_lowercase());
            rank(left).cmp(&rank(right))
        });
        Ok(permissions)
    }

    /// Azure leaves names out for whom it has not seen of late: then the id stands for it, until it is asked about.
    async fn name_the_nameless(&self, permissions: &mut [Permission], what: &str) -> Result<(), Error> {
        let is_nameless = |who: &Identity| who.id.as_deref() == Some(who.name.as_str());
        let ids = permissions
            .iter()
            .map(|permission| &permission.identity)
            .filter(|who| is_nameless(who));
        let ids = ids.map(|who| who.name.clone()).collect::<Vec<_>>().join(",");
        if ids.is_empty() {
            return Ok(());
        }
        let request = endpoints::identities_with(&self.place, &ids);
        let known: Option<List<Option<WireIdentity>>> = self.ask_if_told(&request, what).await?;
        let known = known.into_iter().flat_map(|list| list.value).flatten();
        let known = known
            .filter_map(|identity| identity.into_identity(None))
            .collect::<Vec<_>>();
        for who in permissions.iter_mut().map(|permission| &mut permission.identity) {
            if let Some(found) = known.iter().find(|found| found.id == who.id && is_nameless(who)) {
                who.name.clone_from(&found.name);
            }
        }
        Ok(())
    }

    /// Gives somebody a role, or with none takes it away; waits until that can be read.
    pub async fn set_permission(
        &self,
        reference: &FeedReference,
        identity: &Identity,
        role: Option<Role>,
    ) -> Result<Vec<Permission>, Error> {
        let what = format!("change the role of `{}` in `{reference}`", identity.name);
        let mut wanted = json!({
            "role": role.map_or("none", role_word),
            "identityDescriptor": identity.descriptor,
        });
        if let Some(id) = &identity.id {
            wanted["identityId"] = id.as_str().into();
        }
        let request = endpoints::permission_set(&self.place, reference, json!([wanted]));
        self.send(&request, &what).await?;
        for wait in LOOKS {
            tokio::time::sleep(wait).await;
            let permissions = match self.permissions(reference).await {
                // Who took their own role away may no longer look: that it took is seen by that.
                Err(error) if error.is_kept_from_us() => return Ok(Vec::new()),
                permissions => permissions?,
            };
            if role_of(&permissions, identity) == role {
                return Ok(permissions);
            }
        }
        Err(Error::NotYet { what })
    }

    /// What a feed keeps; none when it keeps everything.
    pub async fn retention(&self, reference: &FeedReference) -> Result<Option<Retention>, Error> {
        let what = format!("read what `{reference}` keeps");
        let request = endpoints::retention_show(&self.place, reference);
        let answer = match self.send(&request, &what).await {
            // Azure has several ways to say that there is no policy.
            Err(error) if error.code() == crate::Code::NotFound => return Ok(None),
            answer => answer?,
        };
        if answer.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        let policy: Option<WireRetention> = parsed(&answer, &what)?;
        Ok(policy.as_ref().and_then(WireRetention::read))
    }

    /// Sets what a feed keeps; none keeps everything.
    pub async fn set_retention(
        &self,
        reference: &FeedReference,
        retention: Option<Retention>,
    ) -> Result<Option<Retention>, Error> {
        if let Some(wanted) = retention
            && !((1..=5000).contains(&wanted.count_limit) && (1..=365).contains(&wanted.days))
        {
            return Err(Error::RetentionBounds);
        }
        let what = format!("set what `{reference}` keeps");
        let request = endpoints::retention_set(&self.place, reference, retention);
        self.send(&request, &what).await?;
        self.retention(reference).await
    }

    /// People, groups and build services whose name begins so, at most twenty.
    pub async fn identities(&self, text: &str) -> Result<Vec<Identity>, Error> {
        let text = text.trim();
        if text.chars().count() < 2 {
            return Ok(Vec::new());
        }
        let what = format!("look for `{text}` in `{}`", self.place.account);
        // A server may lack the graph; whole names are found without it, build services only so.
        let subjects = self
            .ask_if_told::<List<WireSubject>>(&endpoints::identity_query(&self.place, text), &what)
            .await?
            .map_or_else(Vec::new, |list| list.value);
        let mut found = self.packaging_identities(subjects, &what).await?;
        let named: List<Option<WireIdentity>> = self
            .ask(&endpoints::identities_named(&self.place, text), &what)
            .await?;
        for identity in named.value.into_iter().flatten() {
            if let Some(identity) = identity.into_identity(None)
                && found.iter().all(|other| other.descriptor != identity.descriptor)
            {
                found.push(identity);
            }
        }
        found.truncate(MOST_FOUND);
        Ok(found)
    }

    /// How permissions name somebody of the graph.
    async fn packaging_identities(
        &self,
        subjects: Vec<WireSubject>,
        what: &str,
    ) -> Result<Vec<Identity>, Error> {
        let also: HashMap<String, Option<String>> = subjects
            .into_iter()
            .take(MOST_FOUND)
            .map(|subject| {
                (
                    subject.descriptor,
                    subject.mail_address.or(subject.principal_name),
                )
            })
            .collect();
        if also.is_empty() {
            return Ok(Vec::new());
        }
        let subjects = also.keys().cloned().collect::<Vec<_>>().join(",");
        let request = endpoints::identities_of(&self.place, &subjects);
        let list: List<Option<WireIdentity>> = self.ask(&request, what).await?;
        let mut found = list
            .value
            .into_iter()
            .flatten()
            .filter_map(|identity| {
                let also = also.get(identity.subject_descriptor.as_ref()?).cloned().flatten();
                identity.into_identity(also)
            })
            .collect::<Vec<_>>();
        found.sort_by_key(|identity| identity.name.to_lowercase());
        Ok(found)
    }
}

/// The role somebody was given in the feed itself.
fn role_of(permissions: &[Permission], identity: &Identity) -> Option<Role> {
    let own = |permission: &&Permission| {
        let (one, other) = (&permission.identity, identity);
        let same_id = one
            .id
            .as_ref()
            .zip(other.id.as_ref())
            .is_some_and(|(one, other)| one.eq_ignore_ascii_case(other));
        let same = same_id || one.descriptor.eq_ignore_ascii_case(&other.descriptor);
        !permission.is_inherited && same
    };
    permissions.iter().find(own)?.role
}
