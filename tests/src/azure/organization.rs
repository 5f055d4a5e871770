//! An organization at the hosts of the Services: who asks, whether they may, and then what lies behind.
//!
//! Observed: a browser-like request is led to a sign-in page (302) or shown one (203), unless it suppresses that; the
//! host of packages answers 401 to all. Inferred: that each host knows only its own routes, that a person of the tenant
//! who is not in the organization gets 401, and that a scope too small gets 403 unless a test says 401.
//!
//! **Invariant**: nothing is passed on before the caller is known and allowed.

use axum::body::Body;
use axum::http::{Method, Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::access::{self, Need, Place};
use super::behind::Passed;
use super::caller::{Caller, Proof, identify};
use super::hosts::Asked;
use super::refusal::{self, Unknown};
use super::secrets::organization_id;
use super::{Host, Inner, download, quirk};

pub(super) async fn answer(inner: &Inner, asked: &Asked) -> Response<Body> {
    let segments = asked.segments();
    let found = inner.state().organization(&segments[0]).cloned();
    let Some(organization) = found else {
        return refusal::no_organization(&segments[0]);
    };
    let tenant = Some(organization.tenant);
    let place = access::place(&segments[1..]).filter(|place| place.is_at(asked.host));
    let is_open = place
        .as_ref()
        .is_some_and(|place| place.need(&asked.method) == Need::Nothing);
    if is_open {
        return pass(inner, asked, None, &organization.name, &asked.path).await;
    }
    let known = member(inner, asked, &organization.name, organization.tenant);
    let caller = match known {
        Ok(known) => known,
        Err(unknown) => return not_known(inner, asked, tenant, unknown),
    };
    let Some(place) = place else {
        return refusal::no_controller(&asked.path);
    };
    let request = Allowed {
        inner,
        asked,
        place,
        caller,
        organization: organization.name,
        tenant: organization.tenant,
        path: asked.path.clone(),
    };
    request.answer().await
}

/// Hands a request on to what lies behind, in somebody's name or nobody's.
pub(super) async fn pass(
    inner: &Inner,
    asked: &Asked,
    person: Option<&str>,
    organization: &str,
    path: &str,
) -> Response<Body> {
    let Some(behind) = inner.behind(organization) else {
        return refusal::no_organization(organization);
    };
    let passed = Passed {
        person,
        method: &asked.method,
        path,
        query: &asked.query,
        headers: &asked.headers,
        body: asked.body.clone(),
    };
    inner.pass(behind, passed).await
}

/// Who asks, if they belong to the organization by this proof.
fn member(inner: &Inner, asked: &Asked, organization: &str, tenant: Uuid) -> Result<Caller, Unknown> {
    let caller = identify(&inner.state(), &asked.headers)?;
    let is_for_it = match &caller.proof {
        Proof::Entra(of) => *of == tenant && !tenant.is_nil(),
        Proof::Personal { organization: of, .. } => of.eq_ignore_ascii_case(organization),
    };
    let is_member = caller.person.role(organization).is_some();
    (is_for_it && is_member).then_some(caller).ok_or(Unknown::Wrong)
}

pub(super) fn not_known(
    inner: &Inner,
    asked: &Asked,
    tenant: Option<Uuid>,
    unknown: Unknown,
) -> Response<Body> {
    let reads = matches!(asked.method, Method::GET | Method::HEAD | Method::POST);
    let is_led = asked.host != Host::Packages && reads && !asked.suppresses_redirect();
    match unknown {
        Unknown::Anonymous if is_led => quirk::sign_in_redirect(inner.url(Host::Authority)),
        Unknown::Wrong if is_led => quirk::sign_in_page(),
        _ => refusal::challenged(tenant, &unknown.words()),
    }
}

/// A request of somebody known, on its way to what lies behind.
pub(super) struct Allowed<'a> {
    pub(super) inner: &'a Inner,
    pub(super) asked: &'a Asked,
    pub(super) place: Place,
    pub(super) caller: Caller,
    pub(super) organization: String,
    /// All zeros for a server, which has none.
    pub(super) tenant: Uuid,
    /// From the organization on.
    pub(super) path: String,
}

impl Allowed<'_> {
    pub(super) async fn answer(&self) -> Response<Body> {
        match self.place.need(&self.asked.method) {
            Need::SignedIn => self.shaped(self.pass(&self.path).await).await,
            Need::Projects => {
                let may = ["vso.project", "vso.profile"]
                    .iter()
                    .any(|scope| self.caller.has_scope(scope));
                if may {
                    self.pass(&self.path).await
                } else {
                    self.scope_too_small()
                }
            }
            Need::Scope(scope) if !self.caller.has_scope(scope) => self.scope_too_small(),
            Need::Scope(_) | Need::Nothing => self.pass(&self.path).await,
            Need::Download => download::answer(self).await,
        }
    }

    pub(super) async fn pass(&self, path: &str) -> Response<Body> {
        let person = Some(self.caller.person.name.as_str());
        pass(self.inner, self.asked, person, &self.organization, path).await
    }

    /// 401 with a host's challenges.
    pub(super) fn challenged(&self, message: &str) -> Response<Body> {
        if self.asked.host == Host::Server {
            refusal::challenged_by_server(message)
        } else {
            refusal::challenged(Some(self.tenant), message)
        }
    }

    pub(super) fn scope_too_small(&self) -> Response<Body> {
        let message = "Access Denied: the token does not allow this request.";
        if self.inner.state().switches.small_scope_is_401 {
            self.challenged(message)
        } else {
            refusal::azure(StatusCode::FORBIDDEN, "AccessCheckException", message)
        }
    }

    /// Puts into an answer what only the double knows: which organization it is, and which routes a host has.
    async fn shaped(&self, answer: Response<Body>) -> Response<Body> {
        let place = self.place.parts.join("/");
        if !answer.status().is_success() || !matches!(place.as_str(), "_apis" | "_apis/connectiondata") {
            return answer;
        }
        let (mut parts, body) = answer.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
        let mut value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if place == "_apis" {
            self.only_routes_of_the_host(&mut value);
        } else {
            let hosted = self.asked.host != Host::Server;
            value["instanceId"] = json!(organization_id(&self.organization).to_string());
            value["deploymentType"] = json!(if hosted { "hosted" } else { "onPremises" });
        }
        parts.headers.remove(axum::http::header::CONTENT_LENGTH);
        Response::from_parts(parts, Body::from(value.to_string()))
    }

    fn only_routes_of_the_host(&self, value: &mut Value) {
        let has_cargo = self.inner.state().switches.server_has_cargo;
        let host = self.asked.host;
        if let Some(routes) = value["value"].as_array_mut() {
            routes.retain(|route| match (host, route["area"].as_str().unwrap_or_default()) {
                (Host::Server, area) => has_cargo || !area.eq_ignore_ascii_case("cargo"),
                (Host::Feeds, area) => area.eq_ignore_ascii_case("packaging"),
                (Host::Identity, area) => ["ims", "graph"].iter().any(|own| area.eq_ignore_ascii_case(own)),
                (Host::Packages, area) => area.eq_ignore_ascii_case("cargo"),
                (_, area) => !["packaging", "cargo", "ims", "graph"]
                    .iter()
                    .any(|other| area.eq_ignore_ascii_case(other)),
            });
            let count = routes.len();
            value["count"] = json!(count);
        }
    }
}
