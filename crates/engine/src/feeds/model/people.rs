//! Who may do what in a feed, what its views are, and what it keeps.
//!
//! **Invariant**: as the floor's front door says: no Azure JSON.

use serde::{Deserialize, Serialize};

use super::Role;

/// Somebody's role in a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Permission {
    /// Who.
    pub identity: Identity,
    /// Their role; none for one that Granary does not know.
    pub role: Option<Role>,
    /// Whether it comes from above the feed, and cannot be changed here.
    pub is_inherited: bool,
}

/// A person, a group, or what pipelines run as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// How permissions name it.
    pub descriptor: String,
    /// Azure's id, a GUID.
    pub id: Option<String>,
    /// How people call it.
    pub name: String,
    /// What tells two of one name apart: a mail address, or the group's scope.
    pub also: Option<String>,
    /// What it is.
    pub kind: IdentityKind,
}

/// What an identity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum IdentityKind {
    /// Somebody.
    Person,
    /// Several at once.
    Group,
    /// What pipelines run as.
    BuildService,
}

/// A named subset of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Azure's id, a GUID.
    pub id: String,
    /// Its name, without `@`.
    pub name: String,
    /// Whether it holds all there is, and nothing is promoted into it.
    pub holds_everything: bool,
    /// Who may read it without a role in the feed.
    pub visibility: Visibility,
    /// Whether other feeds see it when they name none.
    pub is_default: bool,
    /// How many versions it holds, as far as the catalogue knows.
    pub version_count: Option<u32>,
}

/// Who may read a view without a role in the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Visibility {
    /// Nobody but those with a role.
    Private,
    /// People in the organization.
    Collection,
    /// Everybody in the enterprise; an old word of Azure's.
    Organization,
    /// Members of the Entra tenant.
    AadTenant,
    /// One that Granary does not know.
    #[serde(other)]
    Unknown,
}

/// A view that shall be created.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ViewDraft {
    /// Its name.
    pub name: String,
    /// Who may read it without a role in the feed.
    pub visibility: Visibility,
}

/// What shall be different about a view; what is none stays.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(default)]
pub struct ViewChange {
    /// Another name.
    pub name: Option<String>,
    /// Other readers.
    pub visibility: Option<Visibility>,
}

/// What a feed keeps: a version goes only when it is beyond both limits, and was never promoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Retention {
    /// How many versions of a crate are kept, 1 to 5,000.
    pub count_limit: u32,
    /// For how many days a version is kept that somebody downloaded, 1 to 365.
    pub days: u32,
}
