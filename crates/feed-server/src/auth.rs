//! Who may ask: only this computer's own clients, and only with a token.
//!
//! **Invariant:** no route is exempt but the badge, and no answer says how close an offered token came.

use std::sync::Arc;

use axum::http::{HeaderMap, Uri, header};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use uuid::Uuid;

use crate::Person;
use crate::people::{NOBODY, People};
use crate::refusal::Refusal;

/// Refuses what a web page or a rebound name would send: another `Host`, or any `Origin` but our own.
pub(crate) fn check_origin(uri: &Uri, headers: &HeaderMap, port: u16) -> Result<(), Refusal> {
    let ours = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let is_ours = |authority: &str| ours.iter().any(|own| own.eq_ignore_ascii_case(authority));
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    let single = hosts.next().is_none();
    let absolute = uri
        .authority()
        .is_none_or(|authority| is_ours(authority.as_str()));
    if !single || !absolute || !host.is_some_and(is_ours) {
        return Err(Refusal::forbidden(format!(
            "The feeds on this computer answer only to `{}` and `{}` as `Host`.",
            ours[0], ours[1]
        )));
    }
    for origin in headers.get_all(header::ORIGIN) {
        let own = origin
            .to_str()
            .ok()
            .and_then(|origin| origin.strip_prefix("http://"))
            .is_some_and(is_ours);
        if !own {
            return Err(Refusal::forbidden(
                "The feeds on this computer do not answer to web pages.",
            ));
        }
    }
    Ok(())
}

/// Finds out who proves to know their token, as Azure lets one pass with a personal access token: by `Basic`
/// with any user name, never by `Bearer` and never without a scheme.
pub(crate) fn identify(headers: &HeaderMap, people: &People, url: &str) -> Result<Arc<Person>, Refusal> {
    let mut offered = headers.get_all(header::AUTHORIZATION).iter();
    let Some(first) = offered.next() else {
        return Err(refuse(
            "TF400813: Resource not available for anonymous access. Client authentication required."
                .to_owned(),
            url,
        ));
    };
    let password = first.to_str().ok().and_then(password);
    let known = password.filter(|_| offered.next().is_none());
    known
        .and_then(|password| people.by_token(&password))
        .ok_or_else(|| {
            let message = format!("TF400813: The user '{NOBODY}' is not authorized to access this resource.");
            refuse(message, url)
        })
}

fn password(authorization: &str) -> Option<String> {
    let (scheme, credentials) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let credentials = credentials.trim();
    let decoded = STANDARD
        .decode(credentials)
        .or_else(|_| STANDARD_NO_PAD.decode(credentials))
        .ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    decoded.split_once(':').map(|(_, password)| password.to_owned())
}

fn refuse(message: String, url: &str) -> Refusal {
    let tenant = Uuid::nil();
    Refusal::unauthorized(
        message,
        vec![
            format!("Bearer authorization_uri=https://login.microsoftonline.com/{tenant}"),
            format!("Basic realm=\"{url}/\""),
            "TFS-Federated".to_owned(),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Token;

    const TOKEN: &str = "0123456789abcdef0123";

    fn check(authorization: Option<&str>, passes: bool) {
        let mut headers = HeaderMap::new();
        if let Some(value) = authorization {
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        }
        let people = People::new("me", Token::new(TOKEN).unwrap(), Vec::new());
        assert_eq!(
            identify(&headers, &people, "http://here").is_ok(),
            passes,
            "{authorization:?}"
        );
    }

    #[test]
    fn only_basic_with_the_token() {
        let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
        check(Some(&basic(&format!("PAT:{TOKEN}"))), true);
        check(Some(&basic(&format!(":{TOKEN}"))), true);
        check(
            Some(&basic(&format!("PAT:{TOKEN}")).replace("Basic", "bAsIc")),
            true,
        );
        check(None, false);
        check(Some(""), false);
        check(Some(TOKEN), false);
        check(Some(&format!("Bearer {TOKEN}")), false);
        check(
            Some(&format!("Bearer {}", STANDARD.encode(format!("PAT:{TOKEN}")))),
            false,
        );
        check(Some(&basic(TOKEN)), false);
        check(Some(&basic(&format!("{TOKEN}:"))), false);
        check(Some(&basic(&format!("PAT:{TOKEN}x"))), false);
        check(Some("Basic !!!"), false);
    }

    fn check_host(host: Option<&str>, origin: Option<&str>, passes: bool) {
        let mut headers = HeaderMap::new();
        for (name, value) in [(header::HOST, host), (header::ORIGIN, origin)] {
            if let Some(value) = value {
                headers.insert(name, value.parse().unwrap());
            }
        }
        assert_eq!(
            check_origin(&Uri::from_static("/x"), &headers, 80).is_ok(),
            passes,
            "{host:?} {origin:?}"
        );
    }

    #[test]
    fn only_our_own_address() {
        check_host(Some("127.0.0.1:80"), None, true);
        check_host(Some("LocalHost:80"), Some("http://localhost:80"), true);
        check_host(None, None, false);
        check_host(Some("127.0.0.1"), None, false);
        check_host(Some("127.0.0.1:81"), None, false);
        check_host(Some("evil.example:80"), None, false);
        check_host(Some("127.0.0.1:80"), Some("null"), false);
        check_host(Some("127.0.0.1:80"), Some("https://127.0.0.1:80"), false);
        check_host(Some("127.0.0.1:80"), Some("http://evil.example"), false);
    }
}
