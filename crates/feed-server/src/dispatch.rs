//! From a request to its answer: guard, route, ask who answers, shape refusals, log the outcome.
//!
//! **Invariant:** neither a header nor a body nor a query is ever logged.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, field};
use uuid::Uuid;

use crate::azure_api;
use crate::downloads::Downloads;
use crate::people::People;
use crate::refusal::Refusal;
use crate::request_body::RequestBody;
use crate::routes::{self, Captured, Endpoint, NoRoute, Route};
use crate::storage::{FeedRecord, ProjectRecord, Storage, ViewRecord};
use crate::upstream::Upstream;
use crate::{Addresses, Limits, Person, Role, access, auth, download, publish, sparse_index, yank};

/// What every answer may need.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) storage: Arc<Storage>,
    pub(crate) upstream: Arc<Upstream>,
    pub(crate) downloads: Downloads,
    pub(crate) people: People,
    pub(crate) limits: Limits,
    /// Our own address, without a slash at the end.
    pub(crate) url: String,
    pub(crate) organization: String,
    /// What answers name instead of our own address.
    pub(crate) addresses: Addresses,
    pub(crate) port: u16,
    pub(crate) closing: CancellationToken,
}

/// A request that may be answered: who it is for and what it says.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) endpoint: Endpoint,
    pub(crate) caller: Arc<Person>,
    pub(crate) captured: Captured,
    pub(crate) headers: HeaderMap,
    query: String,
    /// Whether the answer's body is not wanted.
    pub(crate) head_only: bool,
}

impl Asked {
    /// A parameter of the query; Azure does not mind capitals in its name.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.into_owned())
    }
}

/// A feed as a request addresses it.
#[derive(Debug)]
pub(crate) struct Addressed {
    pub(crate) feed: FeedRecord,
    /// The view it is looked at through; a view shows only what is in the feed, never what upstream merely has.
    pub(crate) view: Option<ViewRecord>,
    /// What whoever asks may do with it.
    pub(crate) role: Role,
}

/// Answers one request.
pub(crate) async fn answer(app: Arc<App>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let route = routes::find(&parts.method, parts.uri.path());
    let template = match &route {
        Ok(route) => route.template,
        Err(NoRoute::WrongMethod { template }) => template,
        Err(NoRoute::UnknownPath) => "unknown",
    };
    let span = tracing::info_span!("http", method = %parts.method, route = template, status = field::Empty);
    let answering = async {
        let client_waits = parts.headers.contains_key(header::EXPECT);
        let mut body = RequestBody::new(body, app.limits.idle_timeout, app.closing.clone());
        let mut response = guarded(&app, parts, route, &mut body).await;
        body.drain(client_waits).await;
        if let Ok(activity) = HeaderValue::try_from(Uuid::new_v4().to_string()) {
            response.headers_mut().insert("activityid", activity);
        }
        tracing::Span::current().record("status", response.status().as_u16());
        tracing::debug!("answered with {}", response.status().as_u16());
        response
    };
    answering.instrument(span).await
}

async fn guarded(
    app: &Arc<App>,
    parts: Parts,
    route: Result<Route, NoRoute>,
    body: &mut RequestBody,
) -> Response<Body> {
    if let Err(refusal) = auth::check_origin(&parts.uri, &parts.headers, app.port) {
        return refusal.into_azure();
    }
    let known = auth::identify(&parts.headers, &app.people, &app.url);
    let caller = match known {
        Ok(caller) => caller,
        // Looked up as the owner would: whether anybody may see it is the feed's to say.
        Err(_)
            if route
                .as_ref()
                .is_ok_and(|route| route.endpoint == Endpoint::Badge) =>
        {
            Arc::clone(app.people.owner())
        }
        Err(refusal) => return refusal.into_azure(),
    };
    let route = match route {
        Ok(route) => route,
        Err(NoRoute::UnknownPath) => return no_controller(parts.uri.path()),
        Err(NoRoute::WrongMethod { .. }) => return wrong_method(&parts.method),
    };
    let asked = Asked {
        endpoint: route.endpoint,
        caller,
        captured: route.captured,
        headers: parts.headers,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        head_only: parts.method == Method::HEAD,
    };
    match endpoint(app, &asked, body).await {
        Ok(response) => response,
        Err(refusal) if route.endpoint.speaks_cargo() => refusal.into_cargo(),
        Err(refusal) => refusal.into_azure(),
    }
}

async fn endpoint(app: &Arc<App>, asked: &Asked, body: &mut RequestBody) -> Result<Response<Body>, Refusal> {
    let organization = asked.captured.text("org");
    if !organization.eq_ignore_ascii_case(&app.organization) {
        return Err(Refusal::not_found(
            "HostNotFoundException",
            format!(
                "There is no organization '{organization}' on this computer; its feeds lie in '{}'.",
                app.organization
            ),
        ));
    }
    match asked.endpoint {
        Endpoint::Badge => azure_api::badge(app, asked).await,
        Endpoint::Index => sparse_index::answer(app, asked).await,
        Endpoint::Download => download::answer(app, asked).await,
        Endpoint::Publish => publish::answer(app, asked, body).await,
        Endpoint::Yank => yank::answer(app, asked, true).await,
        Endpoint::Unyank => yank::answer(app, asked, false).await,
        _ => azure_api::answer(app, asked, body).await,
    }
}

impl App {
    /// The project a path names, if it names one.
    pub(crate) async fn project(&self, asked: &Asked) -> Result<Option<ProjectRecord>, Refusal> {
        let Some(named) = asked.captured.find("project").map(str::to_owned) else {
            return Ok(None);
        };
        let key = named.clone();
        let found = self
            .storage
            .read(move |connection| ProjectRecord::find(connection, &key))
            .await?;
        match found {
            Some(project) => Ok(Some(project)),
            None => Err(Refusal::not_found(
                "ProjectDoesNotExistWithNameException",
                format!("TF200016: There is no project '{named}' on this computer."),
            )),
        }
    }

    /// The feed a path names, by name or id, maybe through a view, if whoever asks may do with it what they ask for.
    pub(crate) async fn feed(&self, asked: &Asked) -> Result<Addressed, Refusal> {
        let project = self.project(asked).await?.map(|project| project.id);
        let text = asked.captured.text("feed").to_owned();
        let (named, view) = match text.split_once('@') {
            Some((named, view)) => (named, Some(view)),
            // Azure's way of saying "ask me to sign in"; every request here is signed in.
            None => (text.strip_suffix("~force-auth").unwrap_or(&text), None),
        };
        let (key, caller) = (named.to_owned(), Arc::clone(&asked.caller));
        let found = self
            .storage
            .read(move |connection| {
                let feed = FeedRecord::find(connection, project.as_deref(), &key)?;
                feed.map(|feed| {
                    let role = access::role_in(connection, &caller, &feed.id)?;
                    Ok((feed, role))
                })
                .transpose()
            })
            .await?;
        let (feed, role) = found.ok_or_else(|| Refusal::unknown_feed(named))?;
        let view = view.map(|view| {
            feed.view(view)
                .cloned()
                .ok_or_else(|| Refusal::unknown_view(view))
        });
        let view = view.transpose()?;
        // Whoever may see a view needs no role in the feed to read it, and reads no more than that.
        let open = view.as_ref().filter(|view| !view.is_private());
        let open = open.filter(|_| access::is_shown_by_a_view(asked.endpoint));
        let role = role.or(open.map(|_| Role::Reader));
        let role = role.ok_or_else(|| Refusal::unknown_feed(named))?;
        access::check(asked, role)?;
        if !feed.enabled && !access::reaches_disabled(asked.endpoint) {
            return Err(Refusal::disabled_feed(&feed.name));
        }
        Ok(Addressed { feed, view, role })
    }

    /// As `feed`, for what changes it: a view is read-only.
    pub(crate) async fn writable_feed(&self, asked: &Asked) -> Result<FeedRecord, Refusal> {
        Ok(self.writable_feed_with_role(asked).await?.0)
    }

    /// As `writable_feed`, with what whoever asks may do with it.
    pub(crate) async fn writable_feed_with_role(&self, asked: &Asked) -> Result<(FeedRecord, Role), Refusal> {
        let addressed = self.feed(asked).await?;
        if addressed.view.is_some() {
            return Err(Refusal::bad_request(
                "A view is read-only; address the feed without `@`.",
            ));
        }
        Ok((addressed.feed, addressed.role))
    }

    /// A feed's address in Azure's API, in its lasting form, by ids.
    pub(crate) fn feed_url(&self, feed: &FeedRecord) -> String {
        self.lasting_url(&self.addresses.feeds, feed, "_apis/Packaging/Feeds")
    }

    /// As `feed_url`, for cargo's part.
    pub(crate) fn registry_url(&self, feed: &FeedRecord) -> String {
        format!(
            "{}/cargo",
            self.lasting_url(&self.addresses.packages, feed, "_packaging")
        )
    }

    fn lasting_url(&self, address: &str, feed: &FeedRecord, kind: &str) -> String {
        let project = feed
            .project
            .as_ref()
            .map(|project| format!("{}/", project.id))
            .unwrap_or_default();
        format!("{address}/{}/{project}{kind}/{}", self.organization, feed.id)
    }
}

fn no_controller(path: &str) -> Response<Body> {
    let shown: String = path.chars().take(200).collect();
    plain(
        StatusCode::NOT_FOUND,
        format!("The controller for path '{shown}' was not found or does not implement IController."),
    )
}

fn wrong_method(method: &Method) -> Response<Body> {
    plain(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("The requested resource does not support http method '{method}'."),
    )
}

fn plain(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}
