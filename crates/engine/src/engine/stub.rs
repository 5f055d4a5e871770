//! tmp
use super::Engine;
use crate::Error;
use crate::catalog::*;
use crate::feeds::*;
impl Engine {
    pub fn feed_kept(&self, account: &str) -> Result<KeptFeeds, Error> {
        todo!()
    }
    pub async fn feed_update(&self, feed: &str, change: &FeedChange) -> Result<Feed, Error> {
        todo!()
    }
    pub async fn feed_upstream_change(&self, feed: &str, change: &UpstreamChange) -> Result<Feed, Error> {
        todo!()
    }
    pub async fn feed_delete(&self, feed: &str) -> Result<(), Error> {
        todo!()
    }
    pub async fn feed_deleted_list(&self, account: &str) -> Result<Vec<Feed>, Error> {
        todo!()
    }
    pub async fn feed_recover(&self, feed: &str) -> Result<Feed, Error> {
        todo!()
    }
    pub async fn feed_purge(&self, feed: &str) -> Result<(), Error> {
        todo!()
    }
    pub async fn feed_addresses(&self, feed: &str) -> Result<FeedAddresses, Error> {
        todo!()
    }
    pub async fn feed_refresh(
        &self,
        feed: &str,
        on_event: impl Fn(RefreshEvent) + Send + Sync,
    ) -> Result<Refreshed, Error> {
        todo!()
    }
    pub async fn feed_used_by(&self, feed: &str) -> Result<Vec<String>, Error> {
        todo!()
    }
    pub async fn view_list(&self, feed: &str) -> Result<Vec<View>, Error> {
        todo!()
    }
    pub async fn view_create(&self, feed: &str, draft: &ViewDraft) -> Result<Vec<View>, Error> {
        todo!()
    }
    pub async fn view_update(&self, feed: &str, id: &str, change: &ViewChange) -> Result<Vec<View>, Error> {
        todo!()
    }
    pub async fn view_delete(&self, feed: &str, id: &str) -> Result<Vec<View>, Error> {
        todo!()
    }
    pub async fn permission_list(&self, feed: &str) -> Result<Vec<Permission>, Error> {
        todo!()
    }
    pub async fn permission_set(
        &self,
        feed: &str,
        identity: &Identity,
        role: Role,
    ) -> Result<Vec<Permission>, Error> {
        todo!()
    }
    pub async fn permission_remove(&self, feed: &str, identity: &Identity) -> Result<Vec<Permission>, Error> {
        todo!()
    }
    pub async fn identity_search(&self, account: &str, text: &str) -> Result<Vec<Identity>, Error> {
        todo!()
    }
    pub async fn retention_show(&self, feed: &str) -> Result<Option<Retention>, Error> {
        todo!()
    }
    pub async fn retention_set(
        &self,
        feed: &str,
        retention: Option<Retention>,
    ) -> Result<Option<Retention>, Error> {
        todo!()
    }
    pub async fn retention_preview(
        &self,
        feed: &str,
        retention: Retention,
    ) -> Result<RetentionPreview, Error> {
        todo!()
    }
    pub async fn deleted_crate_list(&self, feed: &str) -> Result<Vec<DeletedVersion>, Error> {
        todo!()
    }
    pub async fn deleted_crate_empty(&self, feed: &str) -> Result<(), Error> {
        todo!()
    }
    pub async fn crate_page(
        &self,
        feed: &str,
        query: CrateQuery,
        offset: u32,
        limit: u32,
    ) -> Result<CratePage, Error> {
        todo!()
    }
    pub async fn crate_look_up(&self, feed: &str, names: &[String]) -> Result<Vec<CrateRow>, Error> {
        todo!()
    }
    pub async fn crate_show(&self, feed: &str, name: &str) -> Result<CrateDetails, Error> {
        todo!()
    }
    pub async fn version_show(
        &self,
        feed: &str,
        version: &VersionReference,
    ) -> Result<VersionDetails, Error> {
        todo!()
    }
    pub async fn crate_change(
        &self,
        feed: &str,
        change: &CrateChange,
        versions: Vec<VersionReference>,
    ) -> Result<BatchOutcome, Error> {
        todo!()
    }
    pub async fn crate_used_by(
        &self,
        feed: &str,
        versions: Vec<VersionReference>,
    ) -> Result<Vec<UsedBy>, Error> {
        todo!()
    }
    pub async fn name_watch(&self, feed: &str) -> Result<Vec<NameWatch>, Error> {
        todo!()
    }
    pub async fn upstreaming_set(
        &self,
        feed: &str,
        name: &str,
        upstreaming: Upstreaming,
    ) -> Result<(), Error> {
        todo!()
    }
}
