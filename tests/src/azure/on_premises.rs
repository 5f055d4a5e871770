//! An Azure DevOps Server: one host for everything, personal access tokens only.
//!
//! Documented: collections in the path, `Basic` for tokens, the ways of a Windows domain beside it, no profile and no
//! Entra. Unknown, therefore a switch: whether a server has the area `cargo` at all. Inferred: the path prefix `/tfs`,
//! and that without the area its paths are not found.
//!
//! **Invariant**: no Entra token is good here, and no answer names a tenant.

use axum::body::Body;
use axum::http::Response;
use serde_json::json;
use uuid::Uuid;

use super::access;
use super::caller::{Caller, Proof, identify};
use super::hosts::Asked;
use super::organization::Allowed;
use super::refusal::{self, Unknown};
use super::secrets::organization_id;
use super::{Host, Inner};

/// Before the collection, in every path.
pub(super) const PREFIX: &str = "/tfs";

pub(super) async fn answer(inner: &Inner, asked: &Asked) -> Response<Body> {
    let segments = asked.segments();
    if !segments[0].eq_ignore_ascii_case(&PREFIX[1..]) {
        return refusal::page(
            axum::http::StatusCode::NOT_FOUND,
            "404 - File or directory not found.",
        );
    }
    let Some(collection) = inner.behind.last().map(|behind| behind.name.clone()) else {
        return refusal::no_controller(&asked.path);
    };
    let caller = match member(inner, asked, &collection) {
        Ok(known) => known,
        Err(unknown) => return refusal::challenged_by_server(&unknown.words()),
    };
    let rest = segments[1..]
        .iter()
        .map(|part| part.to_lowercase())
        .collect::<Vec<_>>()
        .join("/");
    if rest.trim_end_matches('/') == "_apis/projectcollections" {
        let id = organization_id(&collection);
        let url = format!(
            "{}{PREFIX}/_apis/projectCollections/{id}",
            inner.url(Host::Server)
        );
        return refusal::list(vec![
            json!({ "id": id.to_string(), "name": collection, "url": url }),
        ]);
    }
    let named = segments.get(1).map_or("", String::as_str);
    if !named.eq_ignore_ascii_case(&collection) {
        return refusal::no_organization(named);
    }
    let has_cargo = inner.state().switches.server_has_cargo;
    match access::place(&segments[2..]) {
        Some(place) if has_cargo || !place.is_of_cargo() => {
            let request = Allowed {
                inner,
                asked,
                place,
                caller,
                organization: collection,
                tenant: Uuid::nil(),
                path: asked.path.get(PREFIX.len()..).unwrap_or_default().to_owned(),
            };
            request.answer().await
        }
        _ => refusal::no_controller(&asked.path),
    }
}

fn member(inner: &Inner, asked: &Asked, collection: &str) -> Result<Caller, Unknown> {
    let caller = identify(&inner.state(), &asked.headers)?;
    let Proof::Personal { organization, .. } = &caller.proof else {
        return Err(Unknown::Wrong);
    };
    let is_member = organization == collection && caller.person.role(collection).is_some();
    is_member.then_some(caller).ok_or(Unknown::Wrong)
}
