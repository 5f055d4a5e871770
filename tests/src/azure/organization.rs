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
use super::cast::Role;
use super::hosts::Asked;
use super::refusal::{self, Unknown};
use super::secrets::organization_id;
use super::{Host, Inner, download, identity, quirk};

pub(super) async fn answer(inner: &Inner, asked: &Asked) -> Response<Body> {
    let segments = asked.segments();
    let found = inner.state().organization(&segments[0]).cloned();
    let Some(organization) = found else {
        return refusal::no_organization(&segments[0]);
    };
    let tenant = Some(organization.tenant);
    let known = member(inner, asked, &organization.name, organization.tenant);
    let (caller, role) = match known {
        Ok(known) => known,
        Err(unknown) => return not_known(inner, asked, tenant, unknown),
    };
    match access::place(&segments[1..]) {
        Some(place) if place.is_at(asked.host) => {
            let request = Allowed {
                inner,
                asked,
                place,
                caller,
                role,
                organization: organization.name,
                tenant: organization.tenant,
                path: asked.path.clone(),
            };
            request.answer().await
        }
        _ => refusal::no_controller(&asked.path),
    }
}

/// Who asks, if they belong to the organization by this proof.
fn member(inner: &Inner, asked: &Asked, organization: &str, tenant: Uuid) -> Result<(Caller, Role), Unknown> {
    let caller = identify(&inner.state(), &asked.headers)?;
    let is_for_it = match &caller.proof {
        Proof::Entra(of) => *of == tenant && !tenant.is_nil(),
        Proof::Personal { organization: of, .. } => of.eq_ignore_ascii_case(organization),
    };
    let role = caller.person.role(organization).filter(|_| is_for_it);
    role.map(|role| (caller, role)).ok_or(Unknown::Wrong)
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
    pub(super) role: Role,
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
            Need::Feeds(scope, _) if !self.caller.has_scope(scope) => self.scope_too_small(),
            Need::Feeds(_, Some(role)) if self.role < role => {
                refusal::forbidden(self.caller.person.identity, access::permission(role))
            }
            Need::Feeds(..) => {
                let answer = self.pass(&self.path).await;
                if self.path.to_lowercase().ends_with("metricsbatch") && is_unrouted(&answer) {
                    return refusal::list(Vec::new());
                }
                answer
            }
            Need::Download => download::answer(self).await,
        }
    }

    pub(super) async fn pass(&self, path: &str) -> Response<Body> {
        let Some(behind) = self.inner.behind(&self.organization) else {
            return refusal::no_organization(&self.organization);
        };
        let passed = Passed {
            method: &self.asked.method,
            path,
            query: &self.asked.query,
            headers: &self.asked.headers,
            body: self.asked.body.clone(),
        };
        self.inner.pass(behind, passed).await
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

    /// Puts into an answer what only the double knows: the caller, and which routes a host has.
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
            let user = identity::shown(&self.caller.person, self.tenant);
            value["authenticatedUser"] = user.clone();
            value["authorizedUser"] = user;
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
                (Host::Packages, area) => area.eq_ignore_ascii_case("cargo"),
                (_, area) => !["packaging", "cargo"]
                    .iter()
                    .any(|other| area.eq_ignore_ascii_case(other)),
            });
            let count = routes.len();
            value["count"] = json!(count);
        }
    }
}

/// Whether the feed server has no such route, rather than no such thing.
fn is_unrouted(answer: &Response<Body>) -> bool {
    let kind = answer.headers().get(axum::http::header::CONTENT_TYPE);
    matches!(
        answer.status(),
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED
    ) && kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"))
}
