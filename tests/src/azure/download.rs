//! Downloads: of what is saved, where the scope is too small for saving, and, when a test wants it, from another host.
//!
//! Observed: the words for a version that is not saved. Known in general of other protocols:
//! the redirect to storage with a signature, and that storage refuses a signature together with `Authorization`.
//! Inferred: 401 where the token's scope is too small for saving; who may save by role is asked behind.
//!
//! **Invariant**: a signature opens one file once; storage knows no other right.

use axum::body::Body;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use uuid::Uuid;

use super::hosts::Asked;
use super::organization::Allowed;
use super::{Host, Inner, refusal};

pub(super) async fn answer(request: &Allowed<'_>) -> Response<Body> {
    if !request.caller.has_scope("vso.packaging") {
        return request.scope_too_small();
    }
    let may_save = request.caller.has_scope("vso.packaging_write");
    let file = match local(&request.path).filter(|_| !may_save) {
        Some(local) => {
            let held = request.pass(&local).await;
            if held.status() == StatusCode::NOT_FOUND {
                return request.challenged(&refusal::not_saved(request.place.crate_name()));
            }
            held
        }
        None => request.pass(&request.path).await,
    };
    let is_led_away = request.inner.state().switches.redirect_downloads;
    if is_led_away && file.status() == StatusCode::OK && request.asked.method == Method::GET {
        return to_blobs(request.inner, &request.path, file).await;
    }
    file
}

/// The same download through the view that holds only what is saved; `None` if the path names a view already.
fn local(path: &str) -> Option<String> {
    let mut segments = path.split('/').map(str::to_owned).collect::<Vec<_>>();
    let at = segments
        .iter()
        .position(|segment| segment.eq_ignore_ascii_case("_packaging"))?
        + 1;
    let feed = segments.get_mut(at)?;
    if feed.contains('@') || feed.to_lowercase().contains("%40") {
        return None;
    }
    let plain = feed.strip_suffix("~force-auth").unwrap_or(feed);
    *feed = format!("{plain}@Local");
    Some(segments.join("/"))
}

async fn to_blobs(inner: &Inner, path: &str, file: Response<Body>) -> Response<Body> {
    let Ok(bytes) = axum::body::to_bytes(file.into_body(), usize::MAX).await else {
        return refusal::page(StatusCode::BAD_GATEWAY, "The file was cut off");
    };
    let signature = Uuid::new_v4().simple().to_string();
    let mut named = path.rsplit('/').skip(1);
    let (version, name) = (named.next().unwrap_or_default(), named.next().unwrap_or_default());
    let location = format!(
        "{}/b-cargo/{name}-{version}.crate?sv=2024-08-04&sr=b&sp=r&sig={signature}",
        inner.url(Host::Blob)
    );
    inner.state().blobs.insert(signature, bytes);
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(location) = HeaderValue::try_from(location) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    answer
}

/// Answers at the host for downloads.
pub(super) fn from_blobs(inner: &Inner, asked: &Asked) -> Response<Body> {
    if asked.headers.contains_key(header::AUTHORIZATION) {
        let words = "Authentication information is not given in the correct format.";
        return storage_error(StatusCode::BAD_REQUEST, "InvalidAuthenticationInfo", words);
    }
    let signature = asked.parameter("sig").unwrap_or_default();
    match inner.state().blobs.remove(&signature) {
        Some(bytes) if asked.method == Method::GET => {
            let mut answer = Response::new(Body::from(bytes));
            let kind = HeaderValue::from_static("application/octet-stream");
            answer.headers_mut().insert(header::CONTENT_TYPE, kind);
            answer
        }
        _ => storage_error(
            StatusCode::FORBIDDEN,
            "AuthenticationFailed",
            "Server failed to authenticate the request.",
        ),
    }
}

fn storage_error(status: StatusCode, code: &str, words: &str) -> Response<Body> {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>{words}</Message></Error>"
    );
    refusal::with(status, "application/xml", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: Option<&str>) {
        assert_eq!(local(path).as_deref(), expected, "{path}");
    }

    #[test]
    fn the_view_of_what_is_saved() {
        check(
            "/o/p/_packaging/f/cargo/x",
            Some("/o/p/_packaging/f@Local/cargo/x"),
        );
        check(
            "/o/_Packaging/f~force-auth/cargo/x",
            Some("/o/_Packaging/f@Local/cargo/x"),
        );
        check("/o/_packaging/f@Release/cargo/x", None);
        check("/o/_packaging/f%40Local/cargo/x", None);
        check("/o/_packaging", None);
    }
}
