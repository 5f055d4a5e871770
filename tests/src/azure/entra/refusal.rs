//! How Entra says no: its JSON, its numbers, its page.
//!
//! Known in general: the fields of the JSON and what the numbers after `AADSTS` mean. Inferred: the exact words, and the
//! page's look.
//!
//! **Invariant**: a refusal never repeats a secret it was sent.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;
use time::OffsetDateTime;
use time::macros::format_description;
use uuid::Uuid;

use crate::azure::refusal;

/// Why Entra refuses.
#[derive(Debug, Clone)]
pub(in crate::azure) struct Refused {
    pub(super) error: String,
    code: u32,
    words: String,
    suberror: Option<String>,
}

impl Refused {
    pub(in crate::azure) fn with(error: &str, code: u32, words: &str, suberror: Option<&str>) -> Self {
        Self {
            error: error.to_owned(),
            code,
            words: words.to_owned(),
            suberror: suberror.map(str::to_owned),
        }
    }

    pub(super) fn new(error: &str, code: u32, words: &str) -> Self {
        Self::with(error, code, words, None)
    }

    pub(super) fn invalid_grant(code: u32, words: &str) -> Self {
        Self::new("invalid_grant", code, words)
    }

    /// The sentence people are shown.
    pub(super) fn description(&self) -> String {
        format!("AADSTS{}: {}", self.code, self.words)
    }

    /// The answer of an endpoint that programs ask.
    pub(in crate::azure) fn into_answer(self, now: u64) -> Response<Body> {
        let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]Z");
        let moment = OffsetDateTime::from_unix_timestamp(now.try_into().unwrap_or_default());
        let moment = moment.ok().and_then(|moment| moment.format(format).ok());
        let moment = moment.unwrap_or_default();
        let (trace, correlation) = (Uuid::new_v4(), Uuid::new_v4());
        let mut body = json!({
            "error": self.error,
            "error_description": format!(
                "{} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {moment}",
                self.description()
            ),
            "error_codes": [self.code],
            "timestamp": moment,
            "trace_id": trace.to_string(),
            "correlation_id": correlation.to_string(),
            "error_uri": format!("https://login.microsoftonline.com/error?code={}", self.code),
        });
        if let Some(suberror) = self.suberror {
            body["suberror"] = json!(suberror);
        }
        let status = match self.error.as_str() {
            "invalid_client" => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        };
        let mut answer = refusal::json(status, &body);
        answer.headers_mut().insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store, no-cache"),
        );
        answer
    }

    /// The page a person sees where no program may be told.
    pub(super) fn into_page(self) -> Response<Body> {
        let words = self.description();
        refusal::page(
            StatusCode::BAD_REQUEST,
            &format!("Sorry, but we’re having trouble signing you in. {words}"),
        )
    }
}
