//! Entra: the sign-in page, the token endpoint, the device flow.
//!
//! Documented (OAuth 2.0, its device grant, PKCE): parameters, answers, and the names of errors. Known in general: the
//! numbers of Entra's errors. Inferred: `slow_down`, which the device grant has and Entra's own list of errors lacks;
//! and that a public client may leave nothing of PKCE out.
//!
//! **Invariant**: a code is good once, and only with all it was asked for with; no answer is kept anywhere.

mod authorize;
mod device;
mod issue;
pub(super) mod refusal;
mod token;

use std::collections::HashMap;

use axum::body::Body;
use axum::http::{Method, Response, StatusCode};

use self::refusal::Refused;
use super::cast::CLIENT_ID;
use super::state::State;

pub(super) use device::person_answers;

/// The resource every scope must name: Azure DevOps.
pub(super) const RESOURCE: &str = "499b84ac-1321-427f-aa17-267ca6975798";

/// The fields of a query or a form.
type Fields = HashMap<String, String>;

/// Answers at the authority's host.
pub(super) fn answer(
    state: &mut State,
    url: &str,
    method: &Method,
    path: &str,
    query: &str,
    body: &[u8],
) -> Response<Body> {
    let segments = path.trim_start_matches('/').split('/').collect::<Vec<_>>();
    match (method.as_str(), segments.as_slice()) {
        ("GET", [authority, "oauth2", "v2.0", "authorize"]) => {
            authorize::answer(state, authority, &fields(query.as_bytes()))
        }
        ("POST", [authority, "oauth2", "v2.0", "token"]) => {
            let now = state.now().as_secs();
            token::answer(state, authority, &fields(body)).unwrap_or_else(|refused| refused.into_answer(now))
        }
        ("POST", [authority, "oauth2", "v2.0", "devicecode"]) => {
            let now = state.now().as_secs();
            device::begin(state, url, authority, &fields(body))
                .unwrap_or_else(|refused| refused.into_answer(now))
        }
        ("GET", ["devicelogin"]) => super::refusal::page(StatusCode::OK, "Enter code"),
        ("GET", ["_signin"]) => super::refusal::page(StatusCode::OK, "Sign in to your account"),
        _ => super::refusal::page(StatusCode::NOT_FOUND, "404 - File or directory not found."),
    }
}

fn fields(text: &[u8]) -> Fields {
    url::form_urlencoded::parse(text).into_owned().collect()
}

fn field<'f>(fields: &'f Fields, name: &str) -> &'f str {
    fields.get(name).map_or("", String::as_str)
}

fn required<'f>(fields: &'f Fields, name: &str) -> Result<&'f str, Refused> {
    Some(field(fields, name))
        .filter(|value| !value.is_empty())
        .ok_or_else(|| {
            let words = format!("The request body must contain the following parameter: '{name}'.");
            Refused::new("invalid_request", 900_144, &words)
        })
}

fn check_client(fields: &Fields) -> Result<(), Refused> {
    let client = required(fields, "client_id")?;
    if client != CLIENT_ID {
        let words = format!("Application with identifier '{client}' was not found in the directory.");
        return Err(Refused::new("unauthorized_client", 700_016, &words));
    }
    if fields.contains_key("client_secret") {
        let words = "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.";
        return Err(Refused::new("invalid_client", 700_025, words));
    }
    Ok(())
}

/// A scope must name Azure DevOps; what stands beside it asks for more than an access token.
fn check_scope(scope: &str) -> Result<(), Refused> {
    let names_it = scope
        .split(' ')
        .any(|word| word.starts_with(&format!("{RESOURCE}/")));
    if names_it {
        Ok(())
    } else {
        let words = "The provided value for the input parameter 'scope' is not valid.";
        Err(Refused::new("invalid_scope", 70_011, words))
    }
}
