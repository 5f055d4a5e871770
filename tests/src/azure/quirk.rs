//! What may go wrong between a client and Azure, switched on for a while by a test.
//!
//! Documented or observed: 203 with a page and 302 where a sign-in is wanted, 429 with `Retry-After` and its text, the
//! page of an outage, 403 with its text. Inferred: their exact words, and that a page may be shorter than was asked for, since nobody
//! says how long one may be.
//!
//! **Invariant**: a quirk answers instead of Azure, or spoils Azure's answer. What Azure keeps is changed by [`Quirk::Meanwhile`] alone,
//! as by somebody else, and between two requests.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde_json::Value;
use uuid::Uuid;

use super::{Host, Role, refusal};
use crate::broken_off::broken_off;

/// Something that goes wrong.
#[derive(Debug, Clone)]
pub enum Quirk {
    /// 401 with challenges, whatever was offered.
    Unauthorized,
    /// 203 and a sign-in page, as when a token is no good and the redirect was not suppressed.
    SignInPage,
    /// 302 to a sign-in page.
    SignInRedirect,
    /// 403, whatever somebody's role is.
    Forbidden,
    /// 429 with `Retry-After`, in seconds.
    Throttled(u64),
    /// 503 with a page.
    Unavailable,
    /// The right answer, cut in the middle together with the connection.
    Cut,
    /// The right answer, after a while.
    Slow(Duration),
    /// What was answered to the same question before: what was changed since is not to be seen yet.
    Stale,
    /// A list with at most so many rows, whatever was asked for and however many follow.
    ShortPage(usize),
    /// The right answer; before it arrives, somebody else does something.
    Meanwhile(Deed),
    /// The token endpoint's refusal: the error's name, the number after `AADSTS`, its words, and `suberror`.
    Entra(&'static str, u32, &'static str, Option<&'static str>),
}

/// What somebody else does.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Changes what there is, as [`super::Azure::seed`] does: method, organization, path and body.
    Asks(&'static str, &'static str, String, String),
    /// Gives a person a role in an organization, or takes it away.
    GivesRole(&'static str, &'static str, Option<Role>),
}

/// A quirk that is switched on.
#[derive(Debug)]
pub(super) struct Armed {
    pub(super) quirk: Quirk,
    pub(super) part: String,
    pub(super) left: usize,
}

/// Takes the first quirk that is meant for a place, `host/path?query`.
pub(super) fn take(armed: &mut Vec<Armed>, place: &str) -> Option<Quirk> {
    let found = armed.iter().position(|armed| place.contains(&armed.part))?;
    armed[found].left -= 1;
    let quirk = armed[found].quirk.clone();
    if armed[found].left == 0 {
        armed.remove(found);
    }
    Some(quirk)
}

/// The answer that stands in for Azure's, where there is one.
pub(super) fn instead(
    quirk: &Quirk,
    host: Host,
    tenant: Option<Uuid>,
    authority: &str,
    now: u64,
) -> Option<Response<Body>> {
    let answer = match quirk {
        Quirk::Unauthorized if host == Host::Server => {
            refusal::challenged_by_server(&refusal::Unknown::Wrong.words())
        }
        Quirk::Unauthorized => refusal::challenged(tenant, &refusal::Unknown::Wrong.words()),
        Quirk::SignInPage => sign_in_page(),
        Quirk::SignInRedirect => sign_in_redirect(authority),
        Quirk::Forbidden => refusal::azure(
            StatusCode::FORBIDDEN,
            "FeedNeedsPermissionsException",
            "User lacks permission to complete this action. You need to have 'ReadPackages'.",
        ),
        Quirk::Throttled(seconds) => throttled(*seconds),
        Quirk::Unavailable => refusal::page(
            StatusCode::SERVICE_UNAVAILABLE,
            "Our services aren't available right now",
        ),
        Quirk::Entra(error, code, words, suberror) => {
            super::entra::refusal::Refused::with(error, *code, words, *suberror).into_answer(now)
        }
        Quirk::Cut | Quirk::Slow(_) | Quirk::Stale | Quirk::ShortPage(_) | Quirk::Meanwhile(_) => {
            return None;
        }
    };
    Some(answer)
}

pub(super) fn sign_in_page() -> Response<Body> {
    refusal::page(
        StatusCode::NON_AUTHORITATIVE_INFORMATION,
        "Azure DevOps Services | Sign In",
    )
}

pub(super) fn sign_in_redirect(authority: &str) -> Response<Body> {
    let mut answer = refusal::page(StatusCode::FOUND, "Object moved");
    if let Ok(location) = HeaderValue::try_from(format!("{authority}/_signin?realm=dev.azure.com")) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    answer
}

fn throttled(seconds: u64) -> Response<Body> {
    let mut answer = refusal::azure(
        StatusCode::TOO_MANY_REQUESTS,
        "RequestBlockedException",
        "TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource \
         'Concurrency' in namespace 'User'.",
    );
    let headers = answer.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    for (name, value) in [
        ("x-ratelimit-resource", "User/Concurrency"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-limit", "200"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// The first rows of a list, as if no more fitted into an answer.
pub(super) fn short(whole: &[u8], most: usize) -> Vec<u8> {
    let Ok(mut list) = serde_json::from_slice::<Value>(whole) else {
        return whole.to_vec();
    };
    if let Some(rows) = list["value"].as_array_mut() {
        rows.truncate(most);
        let count = rows.len();
        list["count"] = count.into();
    }
    list.to_string().into_bytes()
}

/// Half of a body, then a broken connection.
pub(super) fn cut(headers: &mut HeaderMap, whole: &[u8]) -> Body {
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len().max(2)));
    let half = std::io::Cursor::new(whole[..whole.len() / 2].to_vec());
    broken_off(half)
}
