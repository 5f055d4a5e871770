//! Azure's ways of saying no: the JSON of an error, the challenges of a 401, a page where JSON was hoped for.
//!
//! Observed: the JSON's fields, the three separate challenges and the tenant's header, the texts that begin with `TF`,
//! the words for a version that is not saved. Inferred: type names beside the observed ones, and that a 401 has a body.
//!
//! **Invariant**: only answers are made here; who gets which is decided elsewhere.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;

/// The id Azure shows for somebody it takes to be anonymous.
pub(super) const NOBODY: Uuid = Uuid::from_bytes([0xaa; 16]);

/// Why a caller is nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    /// Nothing was offered.
    Anonymous,
    /// What was offered is not valid here.
    Wrong,
    /// A personal access token that was valid once.
    Expired,
}

impl Unknown {
    pub(super) fn words(self) -> String {
        match self {
            Self::Anonymous => {
                "TF400813: Resource not available for anonymous access. Client authentication required."
                    .to_owned()
            }
            Self::Wrong => {
                format!("TF400813: The user '{NOBODY}' is not authorized to access this resource.")
            }
            Self::Expired => "Access Denied: The Personal Access Token used has expired.".to_owned(),
        }
    }
}

pub(super) fn json(status: StatusCode, value: &Value) -> Response<Body> {
    with(status, "application/json; charset=utf-8", value.to_string())
}

/// An array, wrapped as arrays travel.
pub(super) fn list(items: Vec<Value>) -> Response<Body> {
    json(StatusCode::OK, &json!({ "count": items.len(), "value": items }))
}

/// An error of Azure DevOps.
pub(super) fn azure(status: StatusCode, type_key: &str, message: &str) -> Response<Body> {
    let namespace = match status {
        StatusCode::UNAUTHORIZED => "Microsoft.TeamFoundation.Framework.Server",
        _ => "Microsoft.VisualStudio.Services.Feed.WebApi",
    };
    json(
        status,
        &json!({
            "$id": "1",
            "innerException": null,
            "message": message,
            "typeName": format!("{namespace}.{type_key}, {namespace}"),
            "typeKey": type_key,
            "errorCode": 0,
            "eventId": 3000,
        }),
    )
}

/// 401 with the three challenges, and the tenant as far as there is one to tell.
pub(super) fn challenged(tenant: Option<Uuid>, message: &str) -> Response<Body> {
    let mut answer = azure(StatusCode::UNAUTHORIZED, "UnauthorizedRequestException", message);
    challenge(&mut answer, tenant);
    answer
}

/// Adds the headers that tell how to come back.
pub(super) fn challenge(answer: &mut Response<Body>, tenant: Option<Uuid>) {
    let Some(tenant) = tenant else { return };
    let headers = answer.headers_mut();
    let bearer = format!("Bearer authorization_uri=https://login.microsoftonline.com/{tenant}");
    for challenge in [
        bearer.as_str(),
        "Basic realm=\"https://pkgsprodeus1.pkgs.visualstudio.com/\"",
        "TFS-Federated",
    ] {
        if let Ok(value) = HeaderValue::try_from(challenge) {
            headers.append(header::WWW_AUTHENTICATE, value);
        }
    }
    if let Ok(tenant) = HeaderValue::try_from(tenant.to_string()) {
        headers.insert("x-vss-resourcetenant", tenant);
    }
}

/// 401 of an Azure DevOps Server: the ways of a Windows domain, and no tenant.
pub(super) fn challenged_by_server(message: &str) -> Response<Body> {
    let mut answer = azure(StatusCode::UNAUTHORIZED, "UnauthorizedRequestException", message);
    for challenge in ["Basic realm=\"devops.contoso.example\"", "Negotiate", "NTLM"] {
        answer
            .headers_mut()
            .append(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    answer
}

/// What somebody hears who may read but not save, of a version that is not saved yet.
pub(super) fn not_saved(name: &str) -> String {
    format!(
        "No local versions of package '{name}'; please provide authentication to access versions from upstream \
         that have not yet been saved to your feed."
    )
}

/// 404 for an organization nobody has.
pub(super) fn no_organization(name: &str) -> Response<Body> {
    azure(
        StatusCode::NOT_FOUND,
        "HostNotFoundException",
        &format!("The organization '{name}' does not exist, or it cannot be accessed."),
    )
}

/// 404 for a path nobody answers at.
pub(super) fn no_controller(path: &str) -> Response<Body> {
    with(
        StatusCode::NOT_FOUND,
        "text/plain; charset=utf-8",
        format!("The controller for path '{path}' was not found or does not implement IController."),
    )
}

/// A page for people.
pub(super) fn page(status: StatusCode, title: &str) -> Response<Body> {
    let page = format!(
        "<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    );
    with(status, "text/html; charset=utf-8", page)
}

/// Any text with its kind.
pub(super) fn with(status: StatusCode, kind: &'static str, text: String) -> Response<Body> {
    let mut answer = Response::new(Body::from(text));
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}
