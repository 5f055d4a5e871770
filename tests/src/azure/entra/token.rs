//! The token endpoint: codes, refresh tokens and device codes, each turned into tokens.
//!
//! Known in general: a code that comes again is AADSTS54005, a refresh token that is no longer good AADSTS700082.
//! Inferred: when a superseded refresh token stops being good; tests set it.
//!
//! **Invariant**: whatever is wrong with a grant, the answer is `invalid_grant`, so that nobody learns how close it came.

use axum::body::Body;
use axum::http::Response;

use super::refusal::Refused;
use super::{Fields, check_client, check_scope, device, field, issue, required};
use crate::azure::secrets;
use crate::azure::state::State;

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub(super) fn answer(state: &mut State, authority: &str, fields: &Fields) -> Result<Response<Body>, Refused> {
    let grant = required(fields, "grant_type")?;
    check_client(fields)?;
    match grant {
        "authorization_code" => code(state, authority, fields),
        "refresh_token" => refresh(state, authority, fields),
        DEVICE_GRANT => device::redeem(state, authority, fields),
        other => {
            let words = format!("The app requested an unsupported grant type '{other}'.");
            Err(Refused::new("unsupported_grant_type", 70_003, &words))
        }
    }
}

fn code(state: &mut State, authority: &str, fields: &Fields) -> Result<Response<Body>, Refused> {
    let text = required(fields, "code")?;
    let redirect = required(fields, "redirect_uri")?;
    let now = state.now();
    let Some(code) = state.codes.get_mut(text) else {
        return Err(Refused::invalid_grant(
            9_002_313,
            "Invalid request. Request is malformed or invalid.",
        ));
    };
    if code.used {
        let words = "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an \
                     existing refresh token.";
        return Err(Refused::invalid_grant(54_005, words));
    }
    if code.expires <= now {
        let words = "The provided authorization code or refresh token has expired due to inactivity.";
        return Err(Refused::invalid_grant(70_008, words));
    }
    if code.authority != authority {
        let words = "Provided Authorization Code is intended to use against other tenant, thus rejected.";
        return Err(Refused::invalid_grant(700_005, words));
    }
    if code.redirect != redirect {
        let words =
            "The reply address does not match the reply address provided when requesting Authorization code.";
        return Err(Refused::invalid_grant(500_112, words));
    }
    if secrets::challenge(field(fields, "code_verifier")) != code.challenge {
        let words =
            "The Code_Verifier does not match the code_challenge supplied in the authorization request.";
        return Err(Refused::invalid_grant(501_481, words));
    }
    code.used = true;
    let (subject, scope) = (code.subject.clone(), code.scope.clone());
    Ok(issue::tokens(state, subject, &scope, None))
}

fn refresh(state: &mut State, authority: &str, fields: &Fields) -> Result<Response<Body>, Refused> {
    let text = required(fields, "refresh_token")?;
    let Some(known) = state.refresh.get_mut(text) else {
        return Err(Refused::invalid_grant(
            9_002_313,
            "Invalid request. Request is malformed or invalid.",
        ));
    };
    if known.revoked {
        let words = "The provided grant has expired due to it being revoked, a fresh auth token is needed.";
        return Err(Refused::invalid_grant(50_173, words));
    }
    if known.superseded {
        if known.uses_left == 0 {
            let words = "The refresh token has expired due to inactivity.";
            return Err(Refused::invalid_grant(700_082, words));
        }
        known.uses_left -= 1;
    }
    let (before, kept_scope, subject) = (known.before.clone(), known.scope.clone(), known.subject.clone());
    let scope = match field(fields, "scope") {
        "" => kept_scope,
        asked => asked.to_owned(),
    };
    check_scope(&scope)?;
    // A guest may ask for another tenant than before.
    let subject = match authority {
        "organizations" | "common" => subject,
        _ => issue::subject(state, &subject.person, authority)?,
    };
    if let Some(before) = before.and_then(|before| state.refresh.get_mut(&before)) {
        before.superseded = true;
    }
    Ok(issue::tokens(state, subject, &scope, Some(text)))
}
