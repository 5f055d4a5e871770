//! What was asked and answered, kept for tests to look at.
//!
//! **Invariant**: a record never decides anything, and holds no secret a client sent.

use axum::http::{HeaderMap, header};
use serde_json::Value;

/// The largest body that is kept.
pub(super) const LARGEST: u64 = 1024 * 1024;

/// What a form may say that is secret.
const SECRET_FIELDS: [&str; 5] = [
    "code",
    "code_verifier",
    "refresh_token",
    "device_code",
    "client_secret",
];

/// One request and its answer.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Which of the double's hosts: see [`super::Host::name`].
    pub host: &'static str,
    /// The port it listens on.
    pub port: u16,
    /// The method.
    pub method: String,
    /// The path as it was sent.
    pub path: String,
    /// The query as it was sent, without the question mark.
    pub query: String,
    /// The first word of `Authorization`, if that header was there.
    pub authorization_scheme: Option<String>,
    /// Whether a secret the double ever issued stood in a header, the path, the query or the body.
    pub carried_secret: bool,
    /// A JSON body; of a form its fields, secret ones as `…`.
    pub request_body: Option<Value>,
    /// The answer's status.
    pub status: u16,
    /// The answer's headers but `location`, which may hold a code.
    pub response_headers: Vec<(String, String)>,
    /// A JSON answer of up to 1 MiB.
    pub response_body: Option<Value>,
}

/// A request's body as a record keeps it.
pub(super) fn kept_body(headers: &HeaderMap, body: &[u8]) -> Option<Value> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    if kind.starts_with("application/x-www-form-urlencoded") {
        let field = |(key, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
            let shown = if SECRET_FIELDS.contains(&key.as_ref()) {
                "…".to_owned()
            } else {
                value.into_owned()
            };
            (key.into_owned(), Value::String(shown))
        };
        return Some(Value::Object(
            url::form_urlencoded::parse(body).map(field).collect(),
        ));
    }
    if !kind.contains("json") || body.len() as u64 > LARGEST {
        return None;
    }
    serde_json::from_slice(body).ok()
}
