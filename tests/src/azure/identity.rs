//! The host of identities: which tenant an organization has, and who its people are.
//!
//! Observed: 404 with challenges and tenant for the organization itself; descriptors as strings. Inferred: that a
//! search looks only at an organization's own people, and compares whole values.
//!
//! **Invariant**: read-only, and nothing here gives out more of a person than their names and ids.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::caller::{Proof, identify};
use super::cast::Somebody;
use super::hosts::Asked;
use super::{Inner, organization, refusal};

pub(super) fn answer(inner: &Inner, asked: &Asked) -> Response<Body> {
    let segments = asked.segments();
    let found = inner.state().organization(&segments[0]).cloned();
    let Some(organization) = found else {
        return refusal::no_organization(&segments[0]);
    };
    let rest = segments[1..]
        .iter()
        .map(|part| part.to_lowercase())
        .collect::<Vec<_>>();
    let rest = rest
        .iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>();
    let known = identify(&inner.state(), &asked.headers);
    match (rest.as_slice(), known) {
        (["_apis", "identities"], Ok(caller)) => {
            let is_here = match &caller.proof {
                Proof::Entra(tenant) => *tenant == organization.tenant && !tenant.is_nil(),
                Proof::Personal { organization: of, .. } => of.eq_ignore_ascii_case(&organization.name),
            };
            if !is_here || !caller.has_scope("vso.identity") {
                let words = refusal::Unknown::Wrong.words();
                return refusal::challenged(Some(organization.tenant), &words);
            }
            let wanted = asked.parameter("filterValue").unwrap_or_default();
            let state = inner.state();
            let people = state.people.iter().filter(|person| {
                let names = [&person.display_name, &person.mail, &person.name];
                person.role(&organization.name).is_some()
                    && names.iter().any(|name| name.eq_ignore_ascii_case(&wanted))
            });
            refusal::list(people.map(|person| shown(person, organization.tenant)).collect())
        }
        (["_apis", ..], Err(unknown)) => {
            organization::not_known(inner, asked, Some(organization.tenant), unknown)
        }
        _ => {
            let words = format!("The controller for path '{}' was not found.", asked.path);
            let mut answer = refusal::azure(StatusCode::NOT_FOUND, "HttpException", &words);
            refusal::challenge(&mut answer, Some(organization.tenant));
            answer
        }
    }
}

/// A person as Azure shows them; a server's people have no tenant, and the domain's name instead.
pub(super) fn shown(person: &Somebody, tenant: Uuid) -> Value {
    let (descriptor, subject) = if tenant.is_nil() {
        let sid = person.object.as_u128();
        (
            format!(
                "Microsoft.IdentityModel.Claims.ClaimsIdentity;CONTOSO\\{}",
                person.name
            ),
            format!("win.{sid:x}"),
        )
    } else {
        (
            format!(
                "Microsoft.IdentityModel.Claims.ClaimsIdentity;{tenant}\\{}",
                person.mail
            ),
            format!("aad.{}", person.object.simple()),
        )
    };
    let text = |value: &str| json!({ "$type": "System.String", "$value": value });
    json!({
        "id": person.identity.to_string(),
        "descriptor": descriptor,
        "subjectDescriptor": subject,
        "providerDisplayName": person.display_name,
        "isActive": true,
        "properties": {
            "Account": text(&person.mail),
            "Mail": text(&person.mail),
            "SchemaClassName": text("User"),
        },
        "resourceVersion": 2,
        "metaTypeId": 0,
    })
}
