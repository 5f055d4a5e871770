//! The front door's verbs of views, permissions and retention.
//!
//! **Invariant**: as in the rooms above, decides nothing.

use super::Engine;
use super::feeds::AtFeed;
use crate::Error;
use crate::catalog::{self, Catalog, RetentionPreview};
use crate::feeds::{FeedChange, Identity, Permission, Retention, Role, View, ViewChange, ViewDraft};

impl Engine {
    /// The views of a feed, each with how many versions it holds.
    pub async fn view_list(&self, feed: &str) -> Result<Vec<View>, Error> {
        views(&self.at(feed).await?).await
    }

    /// Creates a view.
    pub async fn view_create(&self, feed: &str, draft: &ViewDraft) -> Result<Vec<View>, Error> {
        let at = self.at(feed).await?;
        at.client.create_view(&at.whole(), draft).await?;
        views(&at).await
    }

    /// Changes a view.
    pub async fn view_update(&self, feed: &str, id: &str, change: &ViewChange) -> Result<Vec<View>, Error> {
        let at = self.at(feed).await?;
        at.client.update_view(&at.whole(), id, change).await?;
        views(&at).await
    }

    /// Makes a view the one other feeds see when they name none.
    pub async fn view_set_default(&self, feed: &str, id: &str) -> Result<Vec<View>, Error> {
        let change = FeedChange {
            default_view: Some(id.to_owned()),
            ..FeedChange::default()
        };
        self.feed_update(feed, &change).await?;
        self.view_list(feed).await
    }

    /// A view by its name.
    pub async fn view_named(&self, feed: &str, name: &str) -> Result<View, Error> {
        let at = self.at(feed).await?;
        let views = at.client.views(&at.whole(), None).await?;
        let missing = || crate::feeds::Error::NoView {
            feed: feed.to_owned(),
            view: name.to_owned(),
        };
        let found = views
            .into_iter()
            .find(|view| view.name.eq_ignore_ascii_case(name));
        Ok(found.ok_or_else(missing)?)
    }

    /// Deletes a view; the versions in it stay in the feed.
    pub async fn view_delete(&self, feed: &str, id: &str) -> Result<Vec<View>, Error> {
        let at = self.at(feed).await?;
        at.client.delete_view(&at.whole(), id).await?;
        views(&at).await
    }

    /// Who may do what in a feed, the most first.
    pub async fn permission_list(&self, feed: &str) -> Result<Vec<Permission>, Error> {
        let at = self.at(feed).await?;
        Ok(at.client.permissions(&at.whole()).await?)
    }

    /// Gives somebody a role, and waits until it took.
    pub async fn permission_set(
        &self,
        feed: &str,
        identity: &Identity,
        role: Role,
    ) -> Result<Vec<Permission>, Error> {
        let at = self.at(feed).await?;
        Ok(at
            .client
            .set_permission(&at.whole(), identity, Some(role))
            .await?)
    }

    /// Takes somebody's role away, and waits until it took.
    pub async fn permission_remove(&self, feed: &str, identity: &Identity) -> Result<Vec<Permission>, Error> {
        let at = self.at(feed).await?;
        Ok(at.client.set_permission(&at.whole(), identity, None).await?)
    }

    /// People, groups and build services whose name begins so.
    pub async fn identity_search(&self, account: &str, text: &str) -> Result<Vec<Identity>, Error> {
        Ok(self.client(account).await?.identities(text).await?)
    }

    /// The one whom a name, a mail address or a descriptor means: somebody who has a role in the feed, else anybody.
    pub async fn identity_named(&self, feed: &str, name: &str) -> Result<Identity, Error> {
        let at = self.at(feed).await?;
        let known = at.client.permissions(&at.whole()).await?.into_iter();
        let mut found = known
            .map(|permission| permission.identity)
            .filter(|who| is_called(who, name))
            .collect::<Vec<_>>();
        found.dedup();
        if found.is_empty() {
            found = at.client.identities(name).await?;
            // Whoever only begins so is not meant: a role is not given to somebody who was not named.
            found.retain(|who| is_called(who, name));
        }
        match found.pop() {
            Some(one) if found.is_empty() => Ok(one),
            last => Err(crate::feeds::Error::NotOne {
                account: at.reference.account,
                name: name.to_owned(),
                found: found.len() + usize::from(last.is_some()),
            }
            .into()),
        }
    }

    /// What a feed keeps; none when it keeps everything.
    pub async fn retention_show(&self, feed: &str) -> Result<Option<Retention>, Error> {
        let at = self.at(feed).await?;
        Ok(at.client.retention(&at.whole()).await?)
    }

    /// Sets what a feed keeps; none keeps everything.
    pub async fn retention_set(
        &self,
        feed: &str,
        retention: Option<Retention>,
    ) -> Result<Option<Retention>, Error> {
        let at = self.at(feed).await?;
        Ok(at.client.set_retention(&at.whole(), retention).await?)
    }

    /// What a policy would remove, were it to work now: of what is kept, which whoever asks brings up to date first.
    pub async fn retention_preview(
        &self,
        feed: &str,
        retention: Retention,
    ) -> Result<RetentionPreview, Error> {
        let at = self.at(feed).await?;
        if !at.catalog.kept_of(&at.kept().await?)?.is_complete {
            self.feed_refresh(feed, |_| ()).await?;
        }
        let (kept, locks) = (at.kept().await?, self.locks(&at.reference).await?);
        catalog::preview(&at.catalog, &at.client, &kept, &at.whole(), &locks, retention).await
    }
}

/// The views of a feed, with what the catalogue knows of them.
async fn views(at: &AtFeed) -> Result<Vec<View>, Error> {
    let feed = at.client.look_at(&at.whole()).await?;
    let mut views = at.client.views(&at.whole(), feed.default_view.as_deref()).await?;
    let now = views.clone();
    let count = move |catalog: &Catalog| {
        let kept = catalog.keep_feed(&feed)?;
        catalog.learn_views(&kept, &now)?;
        let names = now.into_iter().map(|view| view.name).collect::<Vec<_>>();
        match catalog.kept_of(&kept)?.is_complete {
            true => Ok(Some((
                catalog.view_counts(&kept, &names)?,
                catalog.version_count(&kept)?,
            ))),
            false => Ok(None),
        }
    };
    if let Some((counts, all)) = at.catalog.off_thread(count).await? {
        for (view, count) in views.iter_mut().zip(counts) {
            view.version_count = Some(if view.holds_everything { all } else { count });
        }
    }
    Ok(views)
}

fn is_called(who: &Identity, name: &str) -> bool {
    let mut names = [Some(&who.name), who.also.as_ref(), Some(&who.descriptor)]
        .into_iter()
        .flatten();
    names.any(|own| own.eq_ignore_ascii_case(name))
}
