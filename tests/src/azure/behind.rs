//! What lies behind the hosts: a feed server for each organization, in a folder of its own. Everybody of the cast has a
//! token of their own there, so that roles are asked for in one place alone.
//!
//! **Invariant**: a client's own secret never goes further than the double; behind it, only the feed server's counts.

use std::collections::HashMap;

use anyhow::{Context, Result};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, Method, Response, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use feed_server::{Addresses, Config, Person, Role, Server, Token};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use super::cast::{Cast, Somebody};
use super::quirk::Deed;
use super::{Azure, Host, Inner, on_premises, refusal};

/// Headers that belong to one connection, or to whoever asked the double.
const OWN_HEADERS: [HeaderName; 9] = [
    header::HOST,
    header::AUTHORIZATION,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::EXPECT,
    header::ORIGIN,
    header::TRANSFER_ENCODING,
    header::ACCEPT_ENCODING,
    header::UPGRADE,
];

/// One organization's feed server.
#[derive(Debug)]
pub(super) struct Behind {
    pub(super) name: String,
    url: String,
    /// The owner's.
    authorization: String,
    /// What stands behind for everybody of the cast, by name.
    tokens: HashMap<String, Token>,
    authorizations: HashMap<String, String>,
    /// All zeros for a server, which has none.
    tenant: Uuid,
    server: Server,
    _folder: TempDir,
}

pub(super) async fn start(cast: &Cast, urls: &[String]) -> Result<Vec<Behind>> {
    let url = |host: Host| urls[host as usize].clone();
    let hosted = Addresses {
        core: url(Host::Core),
        feeds: url(Host::Feeds),
        packages: url(Host::Packages),
        identities: url(Host::Identity),
    };
    let server = format!("{}{}", url(Host::Server), on_premises::PREFIX);
    let own = Addresses {
        core: server.clone(),
        feeds: server.clone(),
        packages: server.clone(),
        identities: server,
    };
    let mut behind = Vec::new();
    for organization in &cast.organizations {
        behind.push(start_one(&organization.name, organization.tenant, hosted.clone(), cast).await?);
    }
    behind.push(start_one(&cast.collection, Uuid::nil(), own, cast).await?);
    Ok(behind)
}

async fn start_one(name: &str, tenant: Uuid, addresses: Addresses, cast: &Cast) -> Result<Behind> {
    let folder = tempfile::Builder::new().prefix("granary-azure-").tempdir()?;
    let secret = secret();
    for (_, seed) in cast.seeds.iter().filter(|(organization, _)| organization == name) {
        feed_server::seed(folder.path(), seed)?;
    }
    let mut config = Config::new(folder.path(), 0, Token::new(secret.clone())?, "a test authority");
    config.projects.clone_from(&cast.projects);
    name.clone_into(&mut config.organization);
    config.addresses = Some(addresses);
    // Without a stand-in, nobody listens: a test never reaches the world by accident.
    let nobody = || "sparse+http://127.0.0.1:9/".to_owned();
    config.crates_io = Some(cast.crates_io.clone().unwrap_or_else(nobody));
    let server = feed_server::start(config)
        .await
        .with_context(|| format!("the feeds of `{name}`"))?;
    let (mut tokens, mut authorizations) = (HashMap::new(), HashMap::new());
    for somebody in &cast.people {
        let secret = self::secret();
        tokens.insert(somebody.name.clone(), Token::new(secret.clone())?);
        authorizations.insert(somebody.name.clone(), basic(&secret));
    }
    let behind = Behind {
        name: name.to_owned(),
        url: server.url().to_owned(),
        authorization: basic(&secret),
        tokens,
        authorizations,
        tenant,
        server,
        _folder: folder,
    };
    behind.admit(&cast.people);
    Ok(behind)
}

fn secret() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

fn basic(secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("double:{secret}")))
}

impl Behind {
    /// From now on, these have a role here, and nobody else.
    pub(super) fn admit(&self, people: &[Somebody]) {
        let known = people.iter().filter_map(|somebody| {
            let token = self.tokens.get(&somebody.name)?.clone();
            let role = somebody.role(&self.name)?;
            Some(self.person(somebody, token, role))
        });
        self.server.set_people(known.collect());
    }

    /// A server's people have no tenant, and the domain's name instead.
    fn person(&self, somebody: &Somebody, token: Token, role: Role) -> Person {
        let kind = "Microsoft.IdentityModel.Claims.ClaimsIdentity";
        let (descriptor, subject) = if self.tenant.is_nil() {
            let sid = somebody.object.as_u128();
            (
                format!("{kind};CONTOSO\\{}", somebody.name),
                format!("win.{sid:x}"),
            )
        } else {
            (
                format!("{kind};{}\\{}", self.tenant, somebody.mail),
                format!("aad.{}", somebody.object.simple()),
            )
        };
        Person {
            name: somebody.name.clone(),
            display_name: somebody.display_name.clone(),
            mail: somebody.mail.clone(),
            identity: somebody.identity.to_string(),
            descriptor,
            subject,
            token,
            inherited: Some(role),
        }
    }
}

/// What is passed on.
#[derive(Debug)]
pub(super) struct Passed<'a> {
    /// Who asks, by name; `None` is nobody.
    pub(super) person: Option<&'a str>,
    pub(super) method: &'a Method,
    /// From the organization on.
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: Bytes,
}

impl Inner {
    /// Asks the feed server, and hands its answer on as it comes in.
    pub(super) async fn pass(&self, behind: &Behind, passed: Passed<'_>) -> Response<Body> {
        let mark = if passed.query.is_empty() { "" } else { "?" };
        let url = format!("{}{}{mark}{}", behind.url, passed.path, passed.query);
        let mut headers = passed.headers.clone();
        for name in OWN_HEADERS {
            headers.remove(name);
        }
        let mut asked = self
            .client
            .request(passed.method.clone(), url)
            .headers(headers)
            .body(passed.body);
        if let Some(own) = passed.person.and_then(|name| behind.authorizations.get(name)) {
            asked = asked.header(header::AUTHORIZATION, own);
        }
        match asked.send().await {
            Ok(answer) => relay(answer),
            Err(failure) => refusal::azure(
                StatusCode::BAD_GATEWAY,
                "BehindTheDoubleException",
                &format!("The feed server behind the double does not answer: {failure}."),
            ),
        }
    }
}

fn relay(from: reqwest::Response) -> Response<Body> {
    let (status, headers) = (from.status(), from.headers().clone());
    let mut answer = Response::new(Body::from_stream(from.bytes_stream()));
    *answer.status_mut() = status;
    for (name, value) in &headers {
        if !matches!(
            *name,
            header::CONNECTION | header::TRANSFER_ENCODING | header::DATE
        ) {
            answer.headers_mut().append(name, value.clone());
        }
    }
    answer
}

impl Inner {
    async fn seed(
        &self,
        method: &str,
        organization: &str,
        path: &str,
        body: impl Into<Bytes>,
    ) -> Result<Value> {
        let behind = self.known(organization)?;
        let asked = self
            .client
            .request(method.parse()?, format!("{}/{}/{path}", behind.url, behind.name))
            .header(header::AUTHORIZATION, &behind.authorization)
            .body(body.into());
        let answer = asked.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        anyhow::ensure!(status.is_success(), "{method} {path}: {status} {text}");
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// Somebody else does something. What cannot be done is no test's aim, so that it says so at once.
    pub(super) async fn does(&self, deed: Deed) {
        match deed {
            Deed::Asks(method, organization, path, body) => {
                let done = self.seed(method, organization, &path, body).await;
                assert!(done.is_ok(), "what was to happen meanwhile did not: {done:?}");
            }
            Deed::GivesRole(person, organization, role) => self.set_role(person, organization, role),
        }
    }

    fn known(&self, organization: &str) -> Result<&Behind> {
        let behind = self.behind(organization);
        behind.with_context(|| format!("no organization `{organization}`"))
    }
}

impl Azure {
    /// Asks an organization's feed server directly, with every right and without a record: what a test needs to exist.
    /// The path is what follows the organization, as in `main/_apis/packaging/feeds`.
    pub async fn seed(
        &self,
        method: &str,
        organization: &str,
        path: &str,
        body: impl Into<Bytes>,
    ) -> Result<Value> {
        self.inner.seed(method, organization, path, body).await
    }

    /// As if every version in an organization had been published so many days earlier.
    pub async fn back_date(&self, organization: &str, days: u32) -> Result<()> {
        Ok(self.inner.known(organization)?.server.back_date(days).await?)
    }

    /// What Azure's daily job does, now.
    pub async fn retain(&self, organization: &str) -> Result<()> {
        let now = time::OffsetDateTime::now_utc();
        Ok(self.inner.known(organization)?.server.retain_as_of(now).await?)
    }

    /// A feed in the project `main`, through [`Azure::seed`]; with crates.io upstream or without.
    pub async fn seed_feed(&self, organization: &str, name: &str, with_crates_io: bool) -> Result<Value> {
        let location = tame_index::CRATES_IO_HTTP_INDEX.trim_start_matches("sparse+");
        let crates_io = json!({
            "name": "crates.io", "protocol": "Cargo", "location": location, "displayLocation": location,
            "upstreamSourceType": "public", "status": "ok",
        });
        let sources = with_crates_io.then_some(crates_io);
        let feed = json!({ "name": name, "upstreamSources": Vec::from_iter(sources) });
        let path = "main/_apis/packaging/feeds";
        self.seed("POST", organization, path, feed.to_string()).await
    }
}
