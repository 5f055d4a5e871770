//! The host of identities: which tenant an organization has; who its people are is answered behind.
//!
//! Observed: 404 with challenges and tenant for the organization itself.
//!
//! **Invariant**: nothing is answered to whom it does not know, but the tenant.

use axum::body::Body;
use axum::http::{Response, StatusCode};

use super::hosts::Asked;
use super::{Inner, access, organization, refusal};

pub(super) async fn answer(inner: &Inner, asked: &Asked) -> Response<Body> {
    let segments = asked.segments();
    let found = inner.state().organization(&segments[0]).cloned();
    let Some(found) = found else {
        return refusal::no_organization(&segments[0]);
    };
    if access::place(&segments[1..]).is_some_and(|place| place.is_at(asked.host)) {
        return organization::answer(inner, asked).await;
    }
    let words = format!("The controller for path '{}' was not found.", asked.path);
    let mut answer = refusal::azure(StatusCode::NOT_FOUND, "HttpException", &words);
    refusal::challenge(&mut answer, Some(found.tenant));
    answer
}
