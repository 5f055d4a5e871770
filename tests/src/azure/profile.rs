//! The host of profiles: who I am, and which organizations I have.
//!
//! Documented: both answers' fields, and that no personal access token is taken. Inferred: that only organizations of
//! the token's tenant are listed, and that nobody sees the list of another.
//!
//! **Invariant**: read-only.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::json;
use uuid::Uuid;

use super::caller::{Proof, identify};
use super::hosts::Asked;
use super::refusal::Unknown;
use super::secrets::organization_id;
use super::{Host, Inner, organization, refusal};

pub(super) fn answer(inner: &Inner, asked: &Asked) -> Response<Body> {
    let known = identify(&inner.state(), &asked.headers);
    let (person, tenant) = match known {
        Ok(caller) => match caller.proof {
            Proof::Entra(tenant) => (caller.person, tenant),
            Proof::Personal { .. } => return organization::not_known(inner, asked, None, Unknown::Wrong),
        },
        Err(unknown) => return organization::not_known(inner, asked, None, unknown),
    };
    match asked.path.to_lowercase().trim_end_matches('/') {
        "/_apis/profile/profiles/me" => refusal::json(
            StatusCode::OK,
            &json!({
                "displayName": person.display_name,
                "publicAlias": person.identity.to_string(),
                "emailAddress": person.mail,
                "coreRevision": 54_321,
                "timeStamp": "2026-01-15T09:30:00.0000000+00:00",
                "id": person.identity.to_string(),
                "revision": 54_321,
            }),
        ),
        "/_apis/accounts" => {
            let member = asked.parameter("memberId").or_else(|| asked.parameter("ownerId"));
            let Some(member) = member else {
                let words = "Either ownerId or memberId must be given.";
                return refusal::azure(StatusCode::BAD_REQUEST, "VssPropertyValidationException", words);
            };
            let is_own = Uuid::parse_str(&member).is_ok_and(|id| id == person.identity);
            let state = inner.state();
            let mine = state.organizations.iter().filter(|organization| {
                is_own && organization.tenant == tenant && person.role(&organization.name).is_some()
            });
            let shown = mine.map(|organization| {
                json!({
                    "accountId": organization_id(&organization.name).to_string(),
                    "accountUri": format!("{}/{}/", inner.url(Host::Identity), organization.name),
                    "accountName": organization.name,
                    "properties": {},
                })
            });
            refusal::list(shown.collect())
        }
        _ => refusal::no_controller(&asked.path),
    }
}
