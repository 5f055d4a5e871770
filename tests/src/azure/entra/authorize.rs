//! The page in the browser: it asks the person, and sends the browser back with a code or a refusal.
//!
//! Documented: parameters, the redirect and its fields. Known in general: that the port of a loopback address does not
//! matter. Inferred: which of what a person or a tenant refuses comes back by the redirect, rather than on a page.
//!
//! **Invariant**: where the redirect address is not ours to trust, the browser is sent nowhere.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use url::Url;

use super::refusal::Refused;
use super::{Fields, check_client, check_scope, field, issue};
use crate::azure::refusal;
use crate::azure::secrets;
use crate::azure::state::{Code, Person, State, Subject};

/// How long a code is good.
const CODE_LIFETIME: Duration = Duration::from_secs(600);

pub(super) fn answer(state: &mut State, authority: &str, fields: &Fields) -> Response<Body> {
    let redirect = match check_client(fields).and_then(|()| loopback(fields)) {
        Ok(redirect) => redirect,
        Err(refused) => return refused.into_page(),
    };
    let asked = match ask(state, authority, fields) {
        Ok(Some(subject)) => Ok(code(state, authority, fields, subject)),
        Ok(None) => return refusal::page(StatusCode::OK, "Sign in to your account"),
        Err(refused) => Err(refused),
    };
    back(redirect, field(fields, "state"), asked)
}

/// Only this computer, at any port: what a desktop program registers.
fn loopback(fields: &Fields) -> Result<Url, Refused> {
    let text = field(fields, "redirect_uri");
    let url = Url::parse(text).ok().filter(|url| {
        url.scheme() == "http"
            && matches!(url.host_str(), Some("localhost" | "127.0.0.1"))
            && url.port().is_some()
            && url.path() == "/"
            && url.query().is_none()
    });
    url.ok_or_else(|| {
        let words =
            format!("The redirect URI '{text}' specified in the request does not match the ones configured.");
        Refused::new("invalid_request", 50_011, &words)
    })
}

/// Checks the rest of what a program asks for, then asks the person; `None` is no answer.
fn ask(state: &State, authority: &str, fields: &Fields) -> Result<Option<Subject>, Refused> {
    if field(fields, "response_type") != "code" {
        let words =
            "The provided value for the input parameter 'response_type' is not allowed for this client.";
        return Err(Refused::new("unsupported_response_type", 700_054, words));
    }
    if !matches!(field(fields, "response_mode"), "" | "query") {
        return Err(Refused::new(
            "invalid_request",
            90_014,
            "The response mode is not supported.",
        ));
    }
    check_scope(field(fields, "scope"))?;
    let (challenge, method) = (
        field(fields, "code_challenge"),
        field(fields, "code_challenge_method"),
    );
    if challenge.len() != 43 || method != "S256" {
        let words = "A code challenge of the method S256 is required of a public client.";
        return Err(Refused::new("invalid_request", 90_014, words));
    }
    match &state.switches.person {
        Person::NeverAnswers => Ok(None),
        Person::SignsIn(name) => issue::subject(state, name, authority).map(Some),
        Person::Refuses => {
            let words =
                "The user or administrator has not consented to use the application: the user cancelled.";
            Err(Refused::new("access_denied", 65_004, words))
        }
        Person::LacksConsent => {
            let words = "The user or administrator has not consented to use the application.";
            Err(Refused::new("consent_required", 65_001, words))
        }
        Person::NeedsAdministrator => {
            let words = "The grant requires admin permission.";
            Err(Refused::new("access_denied", 90_094, words))
        }
    }
}

fn code(state: &mut State, authority: &str, fields: &Fields, subject: Subject) -> String {
    let text = state.issue(secrets::opaque("code", 700));
    let code = Code {
        subject,
        scope: field(fields, "scope").to_owned(),
        authority: authority.to_owned(),
        redirect: field(fields, "redirect_uri").to_owned(),
        challenge: field(fields, "code_challenge").to_owned(),
        expires: state.now() + CODE_LIFETIME,
        used: false,
    };
    state.codes.insert(text.clone(), code);
    text
}

fn back(mut redirect: Url, sent: &str, asked: Result<String, Refused>) -> Response<Body> {
    {
        let mut query = redirect.query_pairs_mut();
        match asked {
            Ok(code) => query.append_pair("code", &code),
            Err(refused) => query
                .append_pair("error", &refused.error)
                .append_pair("error_description", &refused.description()),
        };
        if !sent.is_empty() {
            query.append_pair("state", sent);
        }
        query.append_pair("session_state", &uuid::Uuid::new_v4().to_string());
    }
    let mut answer = refusal::page(StatusCode::FOUND, "Object moved");
    if let Ok(location) = HeaderValue::try_from(redirect.as_str()) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    answer
}
