//! The accounts there are.
//!
//! **Invariant**: knows of feeds on this computer only; signed-in accounts join them in their own issue.

use credentials::{LOCAL_ACCOUNT, LOCAL_PROJECT, LocalFeeds};
use serde::Serialize;

/// An identity at one organization, collection, or this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Account {
    /// What references to its feeds begin with.
    pub id: String,
    /// Which kind it is.
    pub kind: AccountKind,
    /// How people call it.
    pub title: String,
    /// The projects feeds can be made in.
    pub projects: Vec<String>,
    /// Where it is.
    pub url: String,
}

/// The kinds of account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum AccountKind {
    /// The feeds on this computer.
    Local,
}

pub(crate) fn this_computer(local: &LocalFeeds) -> Account {
    Account {
        id: LOCAL_ACCOUNT.to_owned(),
        kind: AccountKind::Local,
        title: "This computer".to_owned(),
        projects: vec![LOCAL_PROJECT.to_owned()],
        url: local.base_url().to_string(),
    }
}
