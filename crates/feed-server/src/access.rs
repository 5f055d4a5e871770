//! Who may do what: the least role every endpoint needs, and the role somebody has in a feed.
//!
//! **Invariant:** nothing is remembered from one request to the next, so that a role taken away is gone at once.

use rusqlite::Connection;

use crate::dispatch::Asked;
use crate::people::EVERYBODY;
use crate::refusal::Refusal;
use crate::routes::Endpoint;
use crate::storage::{GlobalPermission, PermissionRecord, StorageError};
use crate::{Person, Role};

/// The least role an endpoint of a feed needs.
fn least(endpoint: Endpoint) -> Role {
    match endpoint {
        Endpoint::Publish
        | Endpoint::Yank
        | Endpoint::Unyank
        | Endpoint::CargoVersionPromote
        // Deleting needs more, which the batch itself asks for.
        | Endpoint::CargoBatch => Role::Contributor,
        Endpoint::FeedUpdate
        | Endpoint::FeedDelete
        | Endpoint::DeletedFeedRestore
        | Endpoint::DeletedFeedPurge
        | Endpoint::ViewCreate
        | Endpoint::ViewUpdate
        | Endpoint::ViewDelete
        | Endpoint::PermissionUpdate
        | Endpoint::CargoVersionDelete
        | Endpoint::CargoDeletedRestore
        | Endpoint::CargoDeletedPurge
        | Endpoint::CargoDeletedBatch
        | Endpoint::UpstreamingSet
        | Endpoint::RetentionSet
        | Endpoint::RetentionRemove
        | Endpoint::RecycleBinEmpty => Role::Administrator,
        _ => Role::Reader,
    }
}

/// What somebody lacks who has not at least this role, in Azure's words.
fn lacking(role: Role) -> &'static str {
    match role {
        Role::Reader => "ReadPackages",
        Role::Collaborator => "AddUpstreamPackage",
        Role::Contributor => "AddPackage",
        Role::Administrator => "AdministerFeed",
    }
}

/// What is left of a feed that is disabled: to look at it, and to enable or delete it.
pub(crate) fn reaches_disabled(endpoint: Endpoint) -> bool {
    matches!(
        endpoint,
        Endpoint::FeedGet | Endpoint::FeedUpdate | Endpoint::FeedDelete | Endpoint::FeedChangeGet
    )
}

/// What is open to who has no role in a feed and may see one of its views: the feed's name, the view, and what the view shows.
pub(crate) fn is_shown_by_a_view(endpoint: Endpoint) -> bool {
    matches!(
        endpoint,
        Endpoint::FeedGet
            | Endpoint::ViewGet
            | Endpoint::CrateList
            | Endpoint::CrateGet
            | Endpoint::VersionList
            | Endpoint::VersionGet
            | Endpoint::CargoVersionGet
            | Endpoint::Index
            | Endpoint::Download
    )
}

/// Refuses whoever has a smaller role in a feed than what they ask for needs.
pub(crate) fn check(asked: &Asked, role: Role) -> Result<(), Refusal> {
    needs(asked, role, least(asked.endpoint))
}

/// Refuses whoever has a smaller role than this.
pub(crate) fn needs(asked: &Asked, role: Role, least: Role) -> Result<(), Refusal> {
    if role < least {
        return Err(Refusal::lacks(&asked.caller.identity, lacking(least)));
    }
    Ok(())
}

/// The best role somebody has in a feed: their own in every feed, or one that the feed gives them or everybody.
pub(crate) fn role_in(
    connection: &Connection,
    person: &Person,
    feed: &str,
) -> Result<Option<Role>, StorageError> {
    let inherited = inherited(connection, person)?;
    if inherited == Some(Role::Administrator) {
        return Ok(inherited);
    }
    let given = PermissionRecord::all(connection, feed)?.into_iter();
    let given = given
        .filter(|row| is_about(person, &row.descriptor, row.identity.as_deref()))
        .filter_map(|row| Role::named(&row.role));
    Ok(given.chain(inherited).max())
}

/// The role somebody has in every feed.
pub(crate) fn inherited(connection: &Connection, person: &Person) -> Result<Option<Role>, StorageError> {
    if person.inherited == Some(Role::Administrator) {
        return Ok(person.inherited);
    }
    let owns_all = has_global(connection, person, "administrator")?;
    Ok(owns_all.then_some(Role::Administrator).or(person.inherited))
}

/// Whether somebody may make feeds.
pub(crate) fn is_creator(connection: &Connection, person: &Person) -> Result<bool, StorageError> {
    Ok(inherited(connection, person)? == Some(Role::Administrator)
        || has_global(connection, person, "feedCreator")?)
}

fn has_global(connection: &Connection, person: &Person, role: &str) -> Result<bool, StorageError> {
    let mut all = GlobalPermission::all(connection)?.into_iter();
    Ok(all.any(|row| row.role == role && is_about(person, &row.descriptor, row.identity.as_deref())))
}

fn is_about(person: &Person, descriptor: &str, identity: Option<&str>) -> bool {
    descriptor.eq_ignore_ascii_case(&person.descriptor)
        || descriptor.eq_ignore_ascii_case(EVERYBODY)
        || identity.is_some_and(|id| id.eq_ignore_ascii_case(&person.identity))
}
