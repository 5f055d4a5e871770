//! One request and its answer, as anybody may have recorded them.
//!
//! **Invariant**: plain values; knows neither who recorded it nor what it should be.

use serde_json::Value;

/// One request and its answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exchange {
    /// The host asked, with its port where it has one.
    pub host: String,
    /// The method, in capitals.
    pub method: String,
    /// The path, still encoded.
    pub path: String,
    /// The query, still encoded, without its question mark. Where a client names the `api-version` in its `Accept`
    /// header, as Azure's own clients do, whoever records writes it here.
    pub query: String,
    /// The body sent, if it was JSON.
    pub request_body: Option<Value>,
    /// The status of the answer.
    pub status: u16,
    /// Its `Content-Type`.
    pub content_type: Option<String>,
    /// Its body, if it was JSON.
    pub response_body: Option<Value>,
}

impl Exchange {
    /// The segments of the path, decoded one by one.
    pub(super) fn segments(&self) -> Vec<String> {
        let segments = self.path.split('/').filter(|segment| !segment.is_empty());
        segments.map(decoded).collect()
    }

    /// The parameters of the query, decoded.
    pub(super) fn parameters(&self) -> Vec<(String, String)> {
        let pairs = self.query.split('&').filter(|pair| !pair.is_empty());
        let parts = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        parts
            .map(|(name, value)| {
                (
                    decoded(&name.replace('+', " ")),
                    decoded(&value.replace('+', " ")),
                )
            })
            .collect()
    }

    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

impl std::fmt::Display for Exchange {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            method,
            host,
            path,
            query,
            status,
            ..
        } = self;
        write!(to, "{method} {host}{path}?{query} -> {status}")
    }
}
