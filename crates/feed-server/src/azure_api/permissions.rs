//! Who may do what in a feed: read the list, change some of it.
//!
//! **Invariant:** roles are kept here and asked for in `access.rs`; the owner of this computer is administrator of every
//! feed and stays so.

use std::sync::Arc;

use serde_json::Value;
use uuid::Uuid;

use super::crates::flag;
use super::feed_input::text;
use super::recycle_bin::find_feed;
use super::wire;
use crate::dispatch::{App, Asked};
use crate::refusal::Refusal;
use crate::storage::{FeedRecord, NO_ROLE, PermissionRecord, merge_permissions};
use crate::{Person, Role};

/// The roles by the numbers older clients send.
const NUMBERED: [(u64, Role); 3] = [
    (2, Role::Reader),
    (3, Role::Contributor),
    (4, Role::Administrator),
];

/// The number that takes a role away.
const NO_ROLE_NUMBER: u64 = 1;

pub(super) async fn all(app: &Arc<App>, asked: &Asked) -> Result<Vec<Value>, Refusal> {
    let feed = find(app, asked).await?;
    let id = feed.id.clone();
    let given = app
        .storage
        .read(move |connection| PermissionRecord::all(connection, &id))
        .await?;
    let with_id = flag(asked, "includeIds").unwrap_or(false);
    let only = asked.parameter("identityDescriptor");
    let people = app.people.all().into_iter();
    let inherited = people.filter_map(|person| Some((of_person(&person, person.inherited?), true)));
    let shows_inherited = flag(asked, "excludeInheritedPermissions") != Some(true);
    Ok(inherited
        .filter(|_| shows_inherited)
        .chain(given.into_iter().map(|permission| (permission, false)))
        .filter(|(permission, _)| {
            only.as_ref()
                .is_none_or(|only| only.eq_ignore_ascii_case(&permission.descriptor))
        })
        .map(|(permission, inherited)| wire::permission(&permission, inherited, with_id))
        .collect())
}

pub(super) async fn merge(app: &Arc<App>, asked: &Asked, body: &[Value]) -> Result<Vec<Value>, Refusal> {
    let feed = app.writable_feed(asked).await?;
    let wanted = wanted(body, &app.people.owner().descriptor)?;
    let answer = wanted
        .iter()
        .map(|permission| wire::permission(permission, false, true))
        .collect();
    app.storage
        .write(move |transaction| {
            if FeedRecord::is_deleted(transaction, &feed.id)? {
                return Err(Refusal::unknown_feed(&feed.name));
            }
            Ok(merge_permissions(transaction, &feed.id, &wanted)?)
        })
        .await?;
    Ok(answer)
}

/// Reads what a list of permissions wants; the owner's own role may be named, but only as it is.
pub(super) fn wanted(body: &[Value], owner: &str) -> Result<Vec<PermissionRecord>, Refusal> {
    let mut wanted = Vec::new();
    for one in body {
        let permission = permission(one)?;
        if !permission.descriptor.eq_ignore_ascii_case(owner) {
            wanted.push(permission);
        } else if permission.role != Role::Administrator.name() {
            return Err(Refusal::bad_request(
                "The owner of this computer is administrator of every feed and stays so.",
            ));
        }
    }
    Ok(wanted)
}

fn permission(body: &Value) -> Result<PermissionRecord, Refusal> {
    let descriptor = descriptor(&body["identityDescriptor"]).ok_or_else(|| {
        Refusal::bad_request("A permission needs an `identityDescriptor` such as 'kind;identifier'.")
    })?;
    let identity = text(body, "identityId")?.map(str::to_ascii_lowercase);
    if identity.as_deref().is_some_and(|id| Uuid::parse_str(id).is_err()) {
        return Err(Refusal::bad_request("`identityId` is not a GUID."));
    }
    Ok(PermissionRecord {
        descriptor,
        identity,
        display_name: text(body, "displayName")?.map(str::to_owned),
        role: role(&body["role"])?.map_or(NO_ROLE, Role::name).to_owned(),
    })
}

/// A text on the wire; some clients build the object that Azure's description draws.
pub(super) fn descriptor(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Object(parts) => format!(
            "{};{}",
            parts.get("identityType")?.as_str()?,
            parts.get("identifier")?.as_str()?
        ),
        _ => return None,
    };
    let (kind, identifier) = text.split_once(';')?;
    (!kind.is_empty() && !identifier.is_empty()).then_some(text)
}

/// A role that can be given; the inner `None` takes one away.
fn role(value: &Value) -> Result<Option<Role>, Refusal> {
    let known = match value {
        Value::String(text) if text.eq_ignore_ascii_case(NO_ROLE) => return Ok(None),
        Value::String(text) => Role::named(text),
        Value::Number(number) if number.as_u64() == Some(NO_ROLE_NUMBER) => return Ok(None),
        Value::Number(number) => NUMBERED
            .into_iter()
            .find_map(|(known, role)| (number.as_u64() == Some(known)).then_some(role)),
        _ => None,
    };
    let all = Role::ALL.map(Role::name).join(", ");
    known
        .map(Some)
        .ok_or_else(|| Refusal::bad_request(format!("`role` is none of {all}, {NO_ROLE}.")))
}

/// The role a list of feeds is narrowed to; `None` is one that nobody has.
pub(super) fn wanted_role(wanted: &str) -> Result<Option<Role>, Refusal> {
    if wanted.eq_ignore_ascii_case("custom") {
        return Ok(None);
    }
    let number = wanted.parse::<u64>();
    role(&number.map_or(Value::from(wanted), Value::from))
}

/// A role of somebody as a list has it.
pub(super) fn of_person(person: &Person, role: Role) -> PermissionRecord {
    PermissionRecord {
        descriptor: person.descriptor.clone(),
        identity: Some(person.identity.clone()),
        display_name: Some(person.display_name.clone()),
        role: role.name().to_owned(),
    }
}

/// The feed, or a deleted one when that is asked for; then only by name, as in Azure.
async fn find(app: &Arc<App>, asked: &Asked) -> Result<FeedRecord, Refusal> {
    let held = app.feed(asked).await;
    if held.is_ok() || flag(asked, "includeDeletedFeeds") != Some(true) {
        return held.map(|addressed| addressed.feed);
    }
    if Uuid::parse_str(asked.captured.text("feed")).is_ok() {
        return held.map(|addressed| addressed.feed);
    }
    match find_feed(app, asked).await {
        Ok(found) => Ok(found),
        Err(_) => held.map(|addressed| addressed.feed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(body: Value, expected: Option<&str>) {
        let read = wanted(
            std::slice::from_ref(&body),
            "Microsoft.TeamFoundation.Identity;me",
        )
        .ok();
        let roles = read.map(|read| {
            read.first()
                .map_or("unchanged".to_owned(), |one| one.role.clone())
        });
        assert_eq!(roles.as_deref(), expected, "{body}");
    }

    #[test]
    fn what_can_be_given() {
        let ours = "Microsoft.TeamFoundation.Identity;me";
        check(
            json!({ "identityDescriptor": "a;b", "role": "Reader" }),
            Some("reader"),
        );
        check(
            json!({ "identityDescriptor": "a;b", "role": 3 }),
            Some("contributor"),
        );
        check(
            json!({ "identityDescriptor": "a;b", "role": "none" }),
            Some("none"),
        );
        let object = json!({ "identityType": "a", "identifier": "b" });
        check(
            json!({ "identityDescriptor": object, "role": "reader" }),
            Some("reader"),
        );
        check(
            json!({ "identityDescriptor": ours, "role": "administrator" }),
            Some("unchanged"),
        );
        for wrong in [
            json!({ "identityDescriptor": ours, "role": "none" }),
            json!({ "identityDescriptor": "a;b", "role": "custom" }),
            json!({ "identityDescriptor": "a;b", "role": 5 }),
            json!({ "identityDescriptor": "a;b" }),
            json!({ "identityDescriptor": "ab", "role": "reader" }),
            json!({ "role": "reader" }),
            json!({ "identityDescriptor": "a;b", "role": "reader", "identityId": "7" }),
            json!("a;b"),
        ] {
            check(wrong, None);
        }
    }
}
