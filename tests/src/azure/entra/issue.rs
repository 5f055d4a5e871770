//! Who a token may be for, and the tokens themselves.
//!
//! Documented: the answer's fields. Known in general: the claims, and that a guest may ask for the tenant of the host.
//! Inferred: all lengths.
//!
//! **Invariant**: an access token is for Azure DevOps and for one tenant.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;
use uuid::Uuid;

use super::RESOURCE;
use super::refusal::Refused;
use crate::azure::cast::{CLIENT_ID, PERSONAL_TENANT};
use crate::azure::refusal;
use crate::azure::secrets;
use crate::azure::state::{Access, Refresh, State, Subject};

/// Whom an account is at an authority: a tenant's own, or `organizations` or `common` for the account's home.
pub(super) fn subject(state: &State, name: &str, authority: &str) -> Result<Subject, Refused> {
    let unknown = || {
        let words = format!("The user account {name} does not exist in the tenant '{authority}'.");
        Refused::invalid_grant(50_020, &words)
    };
    let person = state.somebody(name).ok_or_else(unknown)?;
    let tenant = match authority {
        "organizations" | "common" => person.home,
        text => Uuid::parse_str(text).map_err(|_| {
            let words = format!("Tenant '{text}' not found.");
            Refused::new("invalid_request", 90_002, &words)
        })?,
    };
    // Programs of others cannot speak for personal accounts at Azure DevOps.
    if tenant == PERSONAL_TENANT || !state.is_in(person, tenant) {
        return Err(unknown());
    }
    Ok(Subject {
        person: person.name.clone(),
        tenant,
    })
}

/// Gives out tokens; `before` is the refresh token they are given for.
pub(super) fn tokens(
    state: &mut State,
    subject: Subject,
    scope: &str,
    before: Option<&str>,
) -> Response<Body> {
    let (now, lifetime) = (state.now().as_secs(), state.switches.token_lifetime.as_secs());
    let person = state.somebody(&subject.person).cloned();
    let (name, mail, object) = person.map_or(Default::default(), |person| {
        (person.display_name, person.mail, person.object.to_string())
    });
    let tenant = subject.tenant.to_string();
    let claims = json!({
        "aud": RESOURCE, "iss": format!("https://sts.windows.net/{tenant}/"), "iat": now, "nbf": now,
        "exp": now + lifetime, "acr": "1", "appid": CLIENT_ID, "appidacr": "0", "name": name, "oid": object,
        "scp": "user_impersonation", "tid": tenant, "unique_name": mail, "upn": mail, "ver": "1.0",
    });
    let access = state.issue(secrets::jwt("access", &claims, 1100));
    state.access.insert(
        access.clone(),
        Access {
            subject: subject.clone(),
            expires: state.now() + state.switches.token_lifetime,
            refused: false,
        },
    );
    let mut body = json!({
        "token_type": "Bearer",
        "scope": format!("{RESOURCE}/user_impersonation {RESOURCE}/.default"),
        "expires_in": lifetime,
        "ext_expires_in": lifetime,
        "access_token": access,
    });
    let asks = |word: &str| scope.split(' ').any(|asked| asked == word);
    if asks("offline_access") {
        let refresh = state.issue(secrets::opaque("refresh", 1240));
        let grace = state.switches.refresh_grace;
        let kept = Refresh {
            subject,
            scope: scope.to_owned(),
            before: before.map(str::to_owned),
            superseded: false,
            uses_left: grace,
            revoked: false,
        };
        state.refresh.insert(refresh.clone(), kept);
        body["refresh_token"] = json!(refresh);
    }
    if asks("openid") {
        let claims = json!({
            "aud": CLIENT_ID, "iss": format!("https://login.microsoftonline.com/{tenant}/v2.0"), "iat": now,
            "nbf": now, "exp": now + 3600, "name": name, "oid": object, "preferred_username": mail,
            "sub": object.replace('-', ""), "tid": tenant, "ver": "2.0",
        });
        body["id_token"] = json!(state.issue(secrets::jwt("id", &claims, 300)));
    }
    let mut answer = refusal::json(StatusCode::OK, &body);
    answer.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-store, no-cache"),
    );
    answer
}
