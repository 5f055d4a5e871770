//! Why a request is refused, and the two shapes in which clients want to hear it: Azure's and cargo's.
//!
//! **Invariant:** only a refusal becomes an error answer; nobody else writes an error body.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;
use uuid::Uuid;

use crate::storage::StorageError;

/// A request refused: the status, Azure's name for the reason, and what to tell people.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    type_key: &'static str,
    message: String,
    /// 401 carries the challenges that tell a client how to come back.
    challenges: Vec<String>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, type_key: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            type_key,
            message: message.into(),
            challenges: Vec::new(),
        }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "VssPropertyValidationException", message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "AccessCheckException", message)
    }

    pub(crate) fn not_found(type_key: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, type_key, message)
    }

    pub(crate) fn conflict(type_key: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, type_key, message)
    }

    pub(crate) fn too_large(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "PackageLimitExceededException",
            message,
        )
    }

    pub(crate) fn unknown_feed(feed: &str) -> Self {
        Self::not_found(
            "FeedIdNotFoundException",
            format!("The feed with ID '{feed}' doesn't exist."),
        )
    }

    /// For somebody known who may not do this.
    pub(crate) fn lacks(identity: &str, permission: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "FeedNeedsPermissionsException",
            format!(
                "User '{identity}' lacks permission to complete this action. You need to have '{permission}'."
            ),
        )
    }

    pub(crate) fn disabled_feed(feed: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "FeedDisabledException",
            format!("The feed '{feed}' is disabled; whoever administers it can enable it again."),
        )
    }

    /// For somebody who may read but not save, of a version that is not saved yet.
    pub(crate) fn not_saved(name: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "UnauthorizedRequestException",
            format!(
                "No local versions of package '{name}'; please provide authentication to access versions from \
                 upstream that have not yet been saved to your feed."
            ),
        )
    }

    pub(crate) fn unknown_view(view: &str) -> Self {
        Self::not_found(
            "FeedViewNotFoundException",
            format!("The view '{view}' doesn't exist in this feed."),
        )
    }

    pub(crate) fn unknown_version(name: &str, version: &str) -> Self {
        Self::not_found(
            "PackageNotFoundException",
            format!("The feed has no version `{version}` of a crate `{name}`."),
        )
    }

    pub(crate) fn unauthorized(message: impl Into<String>, challenges: Vec<String>) -> Self {
        Self {
            challenges,
            ..Self::new(StatusCode::UNAUTHORIZED, "UnauthorizedRequestException", message)
        }
    }

    /// The body Azure's REST API answers with.
    pub(crate) fn into_azure(self) -> Response<Body> {
        let namespace = match self.status {
            StatusCode::UNAUTHORIZED => "Microsoft.TeamFoundation.Framework.Server",
            _ => "Microsoft.VisualStudio.Services.Feed.WebApi",
        };
        let body = json!({
            "$id": "1",
            "innerException": null,
            "message": self.message,
            "typeName": format!("{namespace}.{}, {namespace}", self.type_key),
            "typeKey": self.type_key,
            "errorCode": 0,
            "eventId": 3000,
        });
        self.answer(body)
    }

    /// The body cargo's web API answers with; cargo prints the detail as it is.
    pub(crate) fn into_cargo(self) -> Response<Body> {
        if self.status == StatusCode::UNAUTHORIZED {
            return self.into_azure();
        }
        let body = json!({ "errors": [{ "detail": self.message }] });
        self.answer(body)
    }

    fn answer(self, body: serde_json::Value) -> Response<Body> {
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json; charset=utf-8"),
        );
        for challenge in self.challenges {
            if let Ok(value) = HeaderValue::try_from(challenge) {
                headers.append(header::WWW_AUTHENTICATE, value);
            }
        }
        if self.status == StatusCode::UNAUTHORIZED
            && let Ok(tenant) = HeaderValue::try_from(Uuid::nil().to_string())
        {
            headers.insert("x-vss-resourcetenant", tenant);
        }
        response
    }
}

impl From<StorageError> for Refusal {
    fn from(failure: StorageError) -> Self {
        tracing::error!(error = &failure as &dyn std::error::Error, "storage failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "StorageException",
            format!("The feeds on this computer could not be read or written: {failure}."),
        )
    }
}
