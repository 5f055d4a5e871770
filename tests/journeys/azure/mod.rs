//! The double of Azure, asked with plain requests: what journeys stand on must itself be known to stand.

mod cargo;
mod crates_io;
mod entra;
mod faults;
mod on_premises;
mod rights;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use journeys::azure::{Azure, CLIENT_ID, Host};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;

/// What programs ask Entra for.
const SCOPE: &str = "499b84ac-1321-427f-aa17-267ca6975798/.default offline_access openid profile";
const HOUR: Duration = Duration::from_secs(3600);

/// The double, and a program that speaks to it.
struct Asking {
    azure: Azure,
    client: Client,
}

/// An answer whose body was read.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    body: Value,
    text: String,
}

/// A sign-in that was begun: what only the program knows.
struct Begun {
    redirect: String,
    verifier: String,
}

impl Asking {
    async fn start() -> Result<Self> {
        Self::of(Azure::start().await?)
    }

    fn of(azure: Azure) -> Result<Self> {
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { azure, client })
    }

    /// A request as a well-behaved program makes it.
    fn request(&self, method: Method, host: Host, path: &str) -> RequestBuilder {
        let url = format!("{}/{path}", self.azure.url(host));
        self.client
            .request(method, url)
            .header("X-TFS-FedAuthRedirect", "Suppress")
    }

    fn get(&self, host: Host, path: &str) -> RequestBuilder {
        self.request(Method::GET, host, path)
    }

    /// A personal access token for contoso.
    fn pat(&self, person: &str, scopes: &[&str]) -> Result<String> {
        self.azure.issue_pat(person, "contoso", scopes, HOUR)
    }

    /// The tenant that answers of an organization name.
    async fn tenant(&self, organization: &str) -> Result<String> {
        let answer = self
            .request(Method::HEAD, Host::Identity, organization)
            .send()
            .await?;
        let tenant = answer
            .headers()
            .get("x-vss-resourcetenant")
            .context("no tenant")?;
        Ok(tenant.to_str()?.to_owned())
    }

    /// Opens the sign-in page as a browser does; the answer is the redirect's query.
    async fn authorize(&self, authority: &str, changed: &[(&str, &str)]) -> Result<(Begun, Response)> {
        let begun = Begun {
            redirect: "http://localhost:51234".to_owned(),
            verifier: "a-verifier-of-43-characters-or-more-0123456789".to_owned(),
        };
        // The challenge of that verifier, worked out elsewhere.
        let challenge = "gwx_1ff33sP-Na7uzErlwZMg02IfMm0pwvZjX6iq0Jg";
        let mut query = vec![
            ("client_id", CLIENT_ID),
            ("response_type", "code"),
            ("redirect_uri", &begun.redirect),
            ("response_mode", "query"),
            ("scope", SCOPE),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
            ("state", "a state"),
        ];
        for (name, value) in changed {
            query.retain(|(known, _)| known != name);
            query.push((name, value));
        }
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(query)
            .finish();
        let path = format!("{authority}/oauth2/v2.0/authorize?{query}");
        let answer = self
            .client
            .get(format!("{}/{path}", self.azure.url(Host::Authority)));
        let answer = answer.send().await?;
        Ok((begun, answer))
    }

    /// A code for whoever sits at the browser.
    async fn code(&self, authority: &str) -> Result<(Begun, String)> {
        let (begun, answer) = self.authorize(authority, &[]).await?;
        let sent = sent_back(&answer)?;
        let code = sent
            .into_iter()
            .find(|(name, _)| name == "code")
            .context("no code")?
            .1;
        Ok((begun, code))
    }

    async fn token(&self, authority: &str, form: &[(&str, &str)]) -> Result<Answer> {
        self.entra(&format!("{authority}/oauth2/v2.0/token"), form).await
    }

    async fn entra(&self, path: &str, form: &[(&str, &str)]) -> Result<Answer> {
        let mut fields = vec![("client_id", CLIENT_ID)];
        fields.extend_from_slice(form);
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let asked = self
            .client
            .post(format!("{}/{path}", self.azure.url(Host::Authority)))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        Answer::read(asked).await
    }

    async fn redeem(&self, authority: &str, begun: &Begun, code: &str) -> Result<Answer> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &begun.redirect),
            ("code_verifier", &begun.verifier),
            ("scope", SCOPE),
        ];
        self.token(authority, &form).await
    }

    /// Signs in whoever sits at the browser.
    async fn sign_in(&self, authority: &str) -> Result<Value> {
        let (begun, code) = self.code(authority).await?;
        let answer = self.redeem(authority, &begun, &code).await?;
        ensure!(answer.status == 200, "{answer:?}");
        Ok(answer.body)
    }

    async fn refresh(&self, authority: &str, token: &str) -> Result<Answer> {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("scope", SCOPE),
        ];
        self.token(authority, &form).await
    }
}

impl Answer {
    async fn read(asked: RequestBuilder) -> Result<Self> {
        let answer = asked.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        Ok(Self {
            status,
            body: serde_json::from_str(&text).unwrap_or_default(),
            text,
        })
    }

    /// Fails unless it is this status with these words in it.
    fn expect(&self, status: u16, words: &str) -> Result<()> {
        ensure!(self.status == status && self.text.contains(words), "{self:?}");
        Ok(())
    }

    fn field(&self, name: &str) -> Result<&str> {
        text(&self.body, name)
    }
}

fn text<'v>(value: &'v Value, name: &str) -> Result<&'v str> {
    value[name]
        .as_str()
        .with_context(|| format!("no `{name}` in {value}"))
}

/// What a redirect to the program's own address says.
fn sent_back(answer: &Response) -> Result<Vec<(String, String)>> {
    let location = answer
        .headers()
        .get("location")
        .with_context(|| format!("{answer:?}"))?;
    let url = url::Url::parse(location.to_str()?)?;
    ensure!(
        answer.status() == 302 && url.host_str() == Some("localhost") && url.port() == Some(51234),
        "{answer:?}"
    );
    Ok(url.query_pairs().into_owned().collect())
}
