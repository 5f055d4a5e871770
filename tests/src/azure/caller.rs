//! Who asks: what `Authorization` says, and for whom it is good.
//!
//! Documented: a personal access token goes by `Basic` with any user name and never by `Bearer`; an Entra token by
//! either. Inferred: that a token of another tenant gets 401, and that `Basic` is tried for both kinds.
//!
//! **Invariant**: knowing a caller gives no right; rights are asked in `access.rs`.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use uuid::Uuid;

use super::cast::Somebody;
use super::refusal::Unknown;
use super::state::State;

/// By what a caller is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Proof {
    /// An Entra token of this tenant; it may all that the person may.
    Entra(Uuid),
    /// A personal access token for one organization, with scopes.
    Personal {
        organization: String,
        scopes: Vec<String>,
    },
}

/// Somebody known.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) person: Somebody,
    pub(super) proof: Proof,
}

impl Caller {
    /// Whether the proof allows what needs a scope; a larger scope holds the smaller ones.
    pub(super) fn has_scope(&self, needed: &str) -> bool {
        let Proof::Personal { scopes, .. } = &self.proof else {
            return true;
        };
        scopes.iter().any(|scope| holds(scope, needed))
    }
}

fn holds(scope: &str, needed: &str) -> bool {
    const PACKAGING: [&str; 3] = ["vso.packaging", "vso.packaging_write", "vso.packaging_manage"];
    let level = |scope: &str| PACKAGING.iter().position(|known| *known == scope);
    match (level(scope), level(needed)) {
        _ if scope == "app_token" => true,
        (Some(has), Some(needs)) => has >= needs,
        _ => {
            scope == needed
                || scope
                    .strip_prefix(needed)
                    .is_some_and(|rest| rest.starts_with('_'))
        }
    }
}

/// The scheme of what is offered, for records.
pub(super) fn scheme(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?;
    let text = String::from_utf8_lossy(value.as_bytes());
    Some(text.split(' ').next().unwrap_or_default().to_owned())
}

/// Finds out who asks.
pub(super) fn identify(state: &State, headers: &HeaderMap) -> Result<Caller, Unknown> {
    let mut offered = headers.get_all(header::AUTHORIZATION).iter();
    let Some(first) = offered.next() else {
        return Err(Unknown::Anonymous);
    };
    let text = first.to_str().ok().filter(|_| offered.next().is_none());
    let (scheme, rest) = text.and_then(|text| text.split_once(' ')).ok_or(Unknown::Wrong)?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => by_entra(state, rest.trim()),
        "basic" => {
            let password = password(rest.trim()).ok_or(Unknown::Wrong)?;
            by_personal(state, &password).unwrap_or_else(|| by_entra(state, &password))
        }
        _ => Err(Unknown::Wrong),
    }
}

fn password(credentials: &str) -> Option<String> {
    let decoded = STANDARD
        .decode(credentials)
        .or_else(|_| STANDARD_NO_PAD.decode(credentials))
        .ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    decoded.split_once(':').map(|(_, password)| password.to_owned())
}

fn by_entra(state: &State, token: &str) -> Result<Caller, Unknown> {
    let access = state.access.get(token).ok_or(Unknown::Wrong)?;
    if access.refused || access.expires <= state.now() {
        return Err(Unknown::Wrong);
    }
    let person = state.somebody(&access.subject.person).ok_or(Unknown::Wrong)?;
    Ok(Caller {
        person: person.clone(),
        proof: Proof::Entra(access.subject.tenant),
    })
}

fn by_personal(state: &State, token: &str) -> Option<Result<Caller, Unknown>> {
    let personal = state.personal.iter().find(|personal| personal.text == token)?;
    if personal.revoked {
        return Some(Err(Unknown::Wrong));
    }
    if personal.expires <= state.now() {
        return Some(Err(Unknown::Expired));
    }
    let person = state.somebody(&personal.person)?;
    Some(Ok(Caller {
        person: person.clone(),
        proof: Proof::Personal {
            organization: personal.organization.clone(),
            scopes: personal.scopes.clone(),
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(scope: &str, needed: &str, expected: bool) {
        assert_eq!(holds(scope, needed), expected, "{scope} for {needed}");
    }

    #[test]
    fn a_larger_scope_holds_the_smaller() {
        check("vso.packaging", "vso.packaging", true);
        check("vso.packaging", "vso.packaging_write", false);
        check("vso.packaging_manage", "vso.packaging_write", true);
        check("vso.project_write", "vso.project", true);
        check("vso.project", "vso.packaging", false);
        check("vso.packaging_manage", "vso.project", false);
        check("app_token", "vso.project", true);
    }
}
