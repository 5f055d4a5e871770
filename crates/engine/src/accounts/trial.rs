//! A sign-in, tried out by harmless calls: who it is, where it may go, what it may do.
//!
//! **Invariant**: changes nothing at the other side. Each call is a pure request and a parser, as in `feeds`.

use credentials::{Account, AccountKind, Settings, Token, TokenSource};
use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::json;

use crate::http::{self, Answer, Http, Refusal, Request};

use super::{AccountPlace, Error};

/// The user Azure takes a stranger for.
const NOBODY: &str = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

#[derive(Deserialize)]
struct List<T> {
    #[serde(default = "Vec::new")]
    value: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection {
    authenticated_user: Option<Identity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    id: Option<String>,
    provider_display_name: Option<String>,
    custom_display_name: Option<String>,
    #[serde(default)]
    properties: serde_json::Value,
}

#[derive(Deserialize)]
struct Profile {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Organization {
    account_name: String,
}

#[derive(Deserialize)]
struct Resource {
    #[serde(default)]
    area: String,
}

#[derive(Deserialize)]
struct SeenFeed {
    id: String,
    project: Option<SeenProject>,
}

#[derive(Deserialize)]
struct SeenProject {
    id: String,
}

/// What came of a trial.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Who, where that was said.
    pub(super) user: Option<String>,
    /// Whether the token may save crates from upstream; none where nobody can tell.
    pub(super) can_save: Option<bool>,
}

/// Tries a token at an organization or a collection.
pub(super) async fn at(
    account: &Account,
    settings: &Settings,
    token: &Token,
    is_entra: bool,
) -> Result<Found, Error> {
    let trial = Trial::new(account, settings, token)?;
    if account.kind == AccountKind::Server {
        trial.require_cargo().await?;
    }
    let feeds = match trial.feeds().await {
        Ok(Ok(feeds)) => feeds,
        Ok(Err(_)) => return Err(Error::Answer { what: trial.what }),
        Err(error) => return Err(trial.explained(error).await),
    };
    // Public feeds are shown to strangers too, which proves nothing of a token.
    let user = match trial.who().await {
        Ok(None) => {
            return Err(Error::TokenWrong {
                organization: trial.place.organization,
            });
        }
        who => who.ok().flatten(),
    };
    let can_save = match (is_entra, feeds.first()) {
        (false, Some(feed)) => trial.can_write(feed).await,
        // What an identity may do is its role's business.
        _ => None,
    };
    Ok(Found { user, can_save })
}

/// The organizations of whoever an Entra token is of.
pub(super) async fn organizations(settings: &Settings, token: &Token) -> Result<Vec<String>, Error> {
    let base = settings.azure.profile.url();
    let what = "list your organizations";
    let http =
        Http::new(TokenSource::fixed(token.clone()), std::slice::from_ref(base)).map_err(failed(what))?;
    let me = request(
        Method::GET,
        base,
        &["_apis", "profile", "profiles", "me"],
        &[],
        "/_apis/profile/profiles/me",
    );
    let me: Profile = parsed(&http.send(&me).await.map_err(failed(what))?, what)?;
    let query = [("memberId", me.id.as_str())];
    let list = request(
        Method::GET,
        base,
        &["_apis", "accounts"],
        &query,
        "/_apis/accounts",
    );
    let list: List<Organization> = parsed(&http.send(&list).await.map_err(failed(what))?, what)?;
    let mut names = list
        .value
        .into_iter()
        .map(|found| found.account_name)
        .collect::<Vec<_>>();
    names.sort_unstable_by_key(|name| name.to_lowercase());
    Ok(names)
}

struct Trial {
    http: Http,
    place: AccountPlace,
    what: String,
}

impl Trial {
    fn new(account: &Account, settings: &Settings, token: &Token) -> Result<Self, Error> {
        let place = AccountPlace::of(account, settings);
        let what = format!("try the sign-in at `{}`", place.organization);
        let http = Http::new(TokenSource::fixed(token.clone()), &place.bases()).map_err(failed(&what))?;
        Ok(Self { http, place, what })
    }

    /// Whether a server has cargo feeds at all: what it offers, it lists.
    async fn require_cargo(&self) -> Result<(), Error> {
        let mut asked = request(
            Method::OPTIONS,
            &self.place.core,
            &[&self.place.organization, "_apis"],
            &[],
            "/{collection}/_apis",
        );
        asked.url.set_query(None);
        let answer = match self.http.send(&asked).await {
            Ok(answer) => answer,
            Err(error) => return Err(self.explained(error).await),
        };
        let offered: List<Resource> = parsed(&answer, &self.what)?;
        match offered
            .value
            .iter()
            .any(|resource| resource.area.eq_ignore_ascii_case("cargo"))
        {
            true => Ok(()),
            false => Err(Error::NoCargoFeeds {
                server: self.place.core.to_string(),
            }),
        }
    }

    async fn feeds(&self) -> Result<serde_json::Result<Vec<SeenFeed>>, http::Error> {
        let asked = self.request(
            Method::GET,
            &self.place.feeds,
            &[&self.place.organization, "_apis", "packaging", "feeds"],
            "/{organization}/_apis/packaging/feeds",
        );
        let answer = self.http.send(&asked).await?;
        Ok(serde_json::from_slice::<List<SeenFeed>>(&answer.body).map(|list| list.value))
    }

    /// Metrics are read only, yet want the scope for writing: asked for no crate at all, they tell the scope.
    async fn can_write(&self, feed: &SeenFeed) -> Option<bool> {
        let mut path = vec![self.place.organization.as_str()];
        path.extend(feed.project.as_ref().map(|project| project.id.as_str()));
        path.extend(["_apis", "packaging", "Feeds", &feed.id, "packagemetricsbatch"]);
        let route = "/{organization}/[{project}/]_apis/packaging/Feeds/{feed}/packagemetricsbatch";
        let mut asked = self.request(Method::POST, &self.place.feeds, &path, route);
        asked.body = Some(json!({ "packageIds": [] }));
        match self.http.send(&asked).await {
            Ok(_) => Some(true),
            Err(error) => match error.refusal() {
                Some(Refusal::NotSignedIn | Refusal::Forbidden) => Some(false),
                _ => None,
            },
        }
    }

    /// Who the other side takes us for; none where it takes us for a stranger.
    async fn who(&self) -> Result<Option<String>, Error> {
        let mut asked = self.request(
            Method::GET,
            &self.place.core,
            &[&self.place.organization, "_apis", "connectionData"],
            "/{organization}/_apis/connectionData",
        );
        // Never released, so it is asked in no version at all.
        asked.url.set_query(None);
        let answer = self.http.send(&asked).await.map_err(failed(&self.what))?;
        let connection: Connection = parsed(&answer, &self.what)?;
        let known = connection.authenticated_user.filter(|user| {
            user.id
                .as_deref()
                .is_some_and(|id| !id.eq_ignore_ascii_case(NOBODY))
        });
        let Some(user) = known else { return Ok(None) };
        let account = user
            .properties
            .pointer("/Account/$value")
            .and_then(|value| value.as_str());
        let named = account
            .map(str::to_owned)
            .or(user.custom_display_name)
            .or(user.provider_display_name);
        // Somebody, even where nobody says who.
        Ok(Some(named.unwrap_or_default()))
    }

    /// Tells a wrong token, an expired one and one for other things apart.
    async fn explained(&self, error: http::Error) -> Error {
        let organization = self.place.organization.clone();
        match error.refusal() {
            // The one text that is read: Azure has no number for it.
            Some(Refusal::NotSignedIn) if says_expired(&error) => Error::TokenExpired { organization },
            Some(Refusal::NotSignedIn) => match self.who().await {
                Ok(Some(_)) => Error::TokenTooNarrow { organization },
                Err(Error::Request { source, .. }) if says_expired(&source) => {
                    Error::TokenExpired { organization }
                }
                _ => Error::TokenWrong { organization },
            },
            Some(Refusal::Forbidden) => Error::TokenTooNarrow { organization },
            Some(Refusal::NotFound) => Error::NoOrganization(organization),
            _ => failed(&self.what)(error),
        }
    }

    fn request(&self, method: Method, base: &Url, path: &[&str], route: &'static str) -> Request {
        let mut asked = request(method, base, path, &[], route);
        let version = format!("api-version={}", self.place.api_version);
        asked.url.set_query(Some(&version));
        asked
    }
}

fn says_expired(error: &http::Error) -> bool {
    matches!(error, http::Error::Refused { message: Some(message), .. } if message.contains("expired"))
}

fn request(
    method: Method,
    base: &Url,
    path: &[&str],
    query: &[(&str, &str)],
    route: &'static str,
) -> Request {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    url.query_pairs_mut()
        .extend_pairs(query)
        .append_pair("api-version", "7.1");
    Request::bare(method, url, route)
}

fn failed(what: &str) -> impl FnOnce(http::Error) -> Error {
    let what = what.to_owned();
    move |source| Error::Request { what, source }
}

fn parsed<T: serde::de::DeserializeOwned>(answer: &Answer, what: &str) -> Result<T, Error> {
    serde_json::from_slice(&answer.body).map_err(|_| Error::Answer {
        what: what.to_owned(),
    })
}
