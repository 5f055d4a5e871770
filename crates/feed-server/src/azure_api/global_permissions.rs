//! Roles in the organization: who may make feeds, and who owns all of them.
//!
//! **Invariant:** the owner of this computer is an administrator here too, and stays so.

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use super::crates::flag;
use super::feed_input::{one_of, text};
use super::permissions::descriptor;
use crate::dispatch::{App, Asked};
use crate::refusal::Refusal;
use crate::storage::{GlobalPermission, NO_ROLE};
use crate::{Role, access};

const ADMINISTRATOR: &str = "administrator";
const FEED_CREATOR: &str = "feedCreator";

pub(super) async fn all(app: &Arc<App>, asked: &Asked) -> Result<Vec<Value>, Refusal> {
    let owner = app.people.owner();
    let owner = GlobalPermission {
        descriptor: owner.descriptor.clone(),
        identity: Some(owner.identity.clone()),
        role: ADMINISTRATOR.to_owned(),
    };
    let given = app.storage.read(GlobalPermission::all).await?;
    let with_ids = flag(asked, "includeIds").unwrap_or(false);
    let all = [&owner].into_iter().chain(&given);
    Ok(all.map(|one| shown(one, with_ids)).collect())
}

pub(super) async fn merge(app: &Arc<App>, asked: &Asked, body: &[Value]) -> Result<Vec<Value>, Refusal> {
    let owner = &app.people.owner().descriptor;
    let mut wanted = Vec::new();
    for one in body {
        let permission = permission(one)?;
        if !permission.descriptor.eq_ignore_ascii_case(owner) {
            wanted.push(permission);
        } else if permission.role != ADMINISTRATOR {
            return Err(Refusal::bad_request(
                "The owner of this computer is administrator of the organization and stays so.",
            ));
        }
    }
    let answer = wanted.iter().map(|one| shown(one, true)).collect();
    let caller = Arc::clone(&asked.caller);
    app.storage
        .write(move |transaction| {
            if access::inherited(transaction, &caller)? != Some(Role::Administrator) {
                return Err(Refusal::lacks(&caller.identity, "AdministerFeedPermissions"));
            }
            wanted
                .iter()
                .try_for_each(|permission| permission.merge(transaction).map_err(Refusal::from))
        })
        .await?;
    Ok(answer)
}

fn permission(body: &Value) -> Result<GlobalPermission, Refusal> {
    let descriptor = descriptor(&body["identityDescriptor"]).ok_or_else(|| {
        Refusal::bad_request("A permission needs an `identityDescriptor` such as 'kind;identifier'.")
    })?;
    let identity = text(body, "identityId")?.map(str::to_ascii_lowercase);
    if identity.as_deref().is_some_and(|id| Uuid::parse_str(id).is_err()) {
        return Err(Refusal::bad_request("`identityId` is not a GUID."));
    }
    let role = text(body, "role")?.unwrap_or_default();
    let role = one_of("role", &[FEED_CREATOR, ADMINISTRATOR, NO_ROLE], role)?;
    Ok(GlobalPermission {
        descriptor,
        identity,
        role: role.to_owned(),
    })
}

fn shown(permission: &GlobalPermission, with_id: bool) -> Value {
    let mut value = json!({ "identityDescriptor": permission.descriptor, "role": permission.role });
    if with_id && let Some(id) = &permission.identity {
        value["identityId"] = json!(id);
    }
    value
}
