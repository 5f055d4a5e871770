//! The only file here that speaks HTTP: Entra's token endpoint, and the question which tenant an organization is of.
//!
//! **Invariant**: no redirect is followed; a secret is sent to the configured authority alone; nothing of a request or
//! an answer is logged.

use std::pin::Pin;
use std::time::Duration;

use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse, BasicTokenType,
};
use oauth2::{
    AsyncHttpClient, AuthUrl, AuthorizationCode, Client, ClientId, CsrfToken, DeviceAuthorizationUrl,
    DeviceCodeErrorResponseType, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope,
    StandardDeviceAuthorizationResponse, StandardErrorResponse, StandardRevocableToken,
    StandardTokenIntrospectionResponse, StandardTokenResponse, TokenResponse, TokenUrl, http,
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::error::Refusal;
use crate::settings::{AzureSettings, host, is_loopback};
use crate::tenant::Tenant;
use crate::token::jwt_claims;
use crate::{Error, Secret};

/// Azure DevOps, as Entra knows it; all that the application's registration was allowed there.
const SCOPES: [&str; 4] = [
    "499b84ac-1321-427f-aa17-267ca6975798/.default",
    "offline_access",
    "openid",
    "profile",
];
/// The largest answer that is read, in bytes; the longest tokens seen stay far below.
const LARGEST_ANSWER: usize = 256 * 1024;

/// The longest that one question may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What Entra gives besides the standard's fields.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct IdToken {
    id_token: Option<String>,
}

impl oauth2::ExtraTokenFields for IdToken {}

type Answer = StandardTokenResponse<IdToken, BasicTokenType>;
type Oauth = Client<
    BasicErrorResponse,
    Answer,
    StandardTokenIntrospectionResponse<IdToken, BasicTokenType>,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// A code to be typed elsewhere.
pub(crate) type DeviceCode = StandardDeviceAuthorizationResponse;

/// What a sign-in or a renewal brought.
#[derive(Debug)]
pub(crate) struct Granted {
    pub(crate) access: Secret,
    pub(crate) refresh: Option<Secret>,
    pub(crate) lifetime: Duration,
    /// Who, where it was said.
    pub(crate) user: Option<String>,
    /// The directory that signed in.
    pub(crate) tenant: Option<String>,
}

impl Granted {
    /// Whether it says to be of somebody else than was signed in.
    pub(crate) fn is_of_another(&self, user: Option<&str>) -> bool {
        let both = self.user.as_deref().zip(user);
        both.is_some_and(|(now, earlier)| now.to_lowercase() != earlier.to_lowercase())
    }
}

/// The address a person signs in at, and what proves afterwards that the answer belongs to it.
pub(crate) struct Asking {
    pub(crate) url: Url,
    pub(crate) state: CsrfToken,
    pub(crate) verifier: PkceCodeVerifier,
}

/// A client whose every connection is checked, that follows no redirect and never sends a cookie.
///
/// For addresses on this computer no proxy is asked: a company's knows nothing of this computer's ports.
pub fn http_client(only_loopback: bool) -> Result<reqwest::Client, reqwest::Error> {
    http_client_builder(only_loopback).build()
}

/// The same, to be settled further: by which proxy, and whose certificates are trusted.
pub fn http_client_builder(only_loopback: bool) -> reqwest::ClientBuilder {
    // The second and later calls find it installed, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut client = reqwest::Client::builder();
    if only_loopback {
        client = client.no_proxy();
    }
    client
        .user_agent(concat!("granary/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(Duration::from_secs(60))
}

/// Entra, for one tenant and one application.
pub(crate) struct TokenEndpoint {
    oauth: Oauth,
    http: Sender,
    host: String,
}

/// The library's way to the network.
struct Sender(reqwest::Client);

impl<'c> AsyncHttpClient<'c> for Sender {
    type Error = Sending;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Sending>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let mut request = reqwest::Request::try_from(request).map_err(Sending)?;
            // Who renews holds a lock, so even an answer that dribbles must come to an end.
            *request.timeout_mut() = Some(PATIENCE);
            let mut answer = self.0.execute(request).await.map_err(Sending)?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let mut body = Vec::new();
            while let Some(chunk) = answer.chunk().await.map_err(Sending)? {
                // What is cut off is no JSON any more, and is told as such.
                let room = LARGEST_ANSWER - body.len();
                body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if body.len() == LARGEST_ANSWER {
                    break;
                }
            }
            let mut response = http::Response::new(body);
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        })
    }
}

impl TokenEndpoint {
    pub(crate) fn new(settings: &AzureSettings, tenant: &Tenant, client_id: &str) -> Result<Self, Error> {
        let authority = settings.authority.url();
        let at = |name: &str| {
            let mut url = authority.clone();
            if let Ok(mut path) = url.path_segments_mut() {
                path.pop_if_empty()
                    .extend([tenant.segment().as_str(), "oauth2", "v2.0", name]);
            }
            url
        };
        let oauth = Client::new(ClientId::new(client_id.to_owned()))
            .set_auth_uri(AuthUrl::from_url(at("authorize")))
            .set_token_uri(TokenUrl::from_url(at("token")))
            .set_device_authorization_url(DeviceAuthorizationUrl::from_url(at("devicecode")))
            // A public client has no secret; its id goes into the body.
            .set_auth_type(oauth2::AuthType::RequestBody);
        let host = host(authority);
        let http = http_client(is_loopback(authority)).map_err(|source| Error::Unreachable {
            host: host.clone(),
            source: source.into(),
        })?;
        Ok(Self {
            oauth,
            http: Sender(http),
            host,
        })
    }

    /// Where the browser is sent.
    pub(crate) fn ask(&self, redirect: &RedirectUrl, user: Option<&str>) -> Asking {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = self
            .oauth
            .authorize_url(CsrfToken::new_random)
            .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned())))
            .set_redirect_uri(std::borrow::Cow::Borrowed(redirect))
            .set_pkce_challenge(challenge)
            .add_extra_param("response_mode", "query");
        request = match user {
            Some(user) => request.add_extra_param("login_hint", user.to_owned()),
            None => request.add_extra_param("prompt", "select_account"),
        };
        let (url, state) = request.url();
        Asking { url, state, verifier }
    }

    /// Exchanges the code the browser brought back.
    pub(crate) async fn exchange(
        &self,
        code: Secret,
        verifier: PkceCodeVerifier,
        redirect: &RedirectUrl,
    ) -> Result<Granted, Error> {
        let asked = self
            .oauth
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .set_pkce_verifier(verifier)
            .set_redirect_uri(std::borrow::Cow::Borrowed(redirect));
        let answer = asked.request_async(&self.http).await;
        answer.map(granted).map_err(|error| self.explained(error))
    }

    /// Exchanges a refresh token for a new access token, and maybe a new refresh token.
    pub(crate) async fn refresh(&self, refresh: &Secret) -> Result<Granted, Error> {
        let refresh = RefreshToken::new(refresh.expose().to_owned());
        let asked = self
            .oauth
            .exchange_refresh_token(&refresh)
            .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned())));
        let answer = asked.request_async(&self.http).await;
        answer.map(granted).map_err(|error| self.explained(error))
    }

    /// Asks for a code to be typed elsewhere.
    pub(crate) async fn device_code(&self) -> Result<DeviceCode, Error> {
        let asked = self
            .oauth
            .exchange_device_code()
            .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned())));
        let answer = asked.request_async(&self.http).await;
        answer.map_err(|error| self.explained(error))
    }

    /// Waits until the code was typed, at the pace that Entra asks for.
    pub(crate) async fn wait_for(&self, code: &DeviceCode) -> Result<Granted, Error> {
        let asked = self.oauth.exchange_device_access_token(code);
        let answer = asked
            .request_async(&self.http, tokio::time::sleep, Some(code.expires_in()))
            .await;
        answer.map(granted).map_err(|error| match error {
            RequestTokenError::ServerResponse(response) => device_refusal(&response),
            RequestTokenError::Request(Sending(source)) => self.unreachable(source),
            _ => Error::Answer {
                host: self.host.clone(),
            },
        })
    }

    fn explained(&self, error: RequestTokenError<Sending, BasicErrorResponse>) -> Error {
        match error {
            RequestTokenError::ServerResponse(response) => refusal(&response),
            RequestTokenError::Request(Sending(source)) => self.unreachable(source),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => Error::Answer {
                host: self.host.clone(),
            },
        }
    }

    fn unreachable(&self, source: reqwest::Error) -> Error {
        Error::Unreachable {
            host: self.host.clone(),
            source: source.without_url().into(),
        }
    }
}

/// The transport's failure.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct Sending(reqwest::Error);

fn granted(answer: Answer) -> Granted {
    let claims = answer.extra_fields().id_token.as_deref().and_then(jwt_claims);
    let said = |name: &str| Some(claims.as_ref()?.get(name)?.as_str()?.chars().take(320).collect());
    Granted {
        access: Secret::new(answer.access_token().secret().clone()),
        refresh: answer
            .refresh_token()
            .map(|token| Secret::new(token.secret().clone())),
        // Entra always says it; an hour is what it would say.
        lifetime: answer.expires_in().unwrap_or(Duration::from_secs(3600)),
        user: said("preferred_username").or_else(|| said("name")),
        tenant: said("tid"),
    }
}

fn device_refusal(response: &StandardErrorResponse<DeviceCodeErrorResponseType>) -> Error {
    let code = aadsts(response.error_description().map(String::as_str));
    let refusal = match response.error() {
        DeviceCodeErrorResponseType::ExpiredToken => Refusal::CodeExpired,
        DeviceCodeErrorResponseType::AccessDenied => Refusal::Declined,
        other => meaning(other.as_ref(), code.as_deref()),
    };
    Error::Refused { refusal, code }
}

fn refusal(response: &StandardErrorResponse<BasicErrorResponseType>) -> Error {
    told(
        response.error().as_ref(),
        response.error_description().map(String::as_str),
    )
}

/// A refusal as the authority words it, in an answer or in the address the browser comes back with.
pub(crate) fn told(error: &str, description: Option<&str>) -> Error {
    let code = aadsts(description);
    Error::Refused {
        refusal: meaning(error, code.as_deref()),
        code,
    }
}

fn meaning(error: &str, code: Option<&str>) -> Refusal {
    let number = code.and_then(|code| code.strip_prefix("AADSTS")?.parse::<u32>().ok());
    match (number, error) {
        (Some(65001 | 90094 | 90008), _) | (_, "consent_required") => Refusal::ConsentNeeded,
        (Some(53000..=53004 | 50105), _) => Refusal::BlockedByPolicy,
        (Some(50020 | 50034 | 90072), _) => Refusal::NotInDirectory,
        (Some(700_016 | 7_000_218 | 500_113 | 50011), _) | (_, "unauthorized_client" | "invalid_client") => {
            Refusal::WrongApplication
        }
        (_, "access_denied" | "authorization_declined") => Refusal::Declined,
        (_, "expired_token") => Refusal::CodeExpired,
        (_, "invalid_grant" | "interaction_required" | "login_required") => Refusal::Ended,
        _ => Refusal::Other,
    }
}

/// `AADSTS700082` out of Entra's sentence about it.
fn aadsts(description: Option<&str>) -> Option<String> {
    let (_, rest) = description?.split_once("AADSTS")?;
    let digits = rest
        .chars()
        .take_while(char::is_ascii_digit)
        .take(9)
        .collect::<String>();
    (!digits.is_empty()).then(|| format!("AADSTS{digits}"))
}

/// Asks, as a stranger, which tenant signs people in at an organization.
pub(crate) async fn tenant_of(settings: &AzureSettings, organization: &str) -> Result<Tenant, Error> {
    let mut url = settings.identity.url().clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(organization);
    }
    let unreachable = |source: reqwest::Error| Error::Unreachable {
        host: host(&url),
        source: source.without_url().into(),
    };
    let asked = http_client(is_loopback(&url))
        .map_err(unreachable)?
        .head(url.clone())
        .timeout(PATIENCE)
        .header("X-TFS-FedAuthRedirect", "Suppress");
    let answer = asked.send().await.map_err(unreachable)?;
    let texts = |name: &str| {
        let values = answer.headers().get_all(name).iter();
        values.filter_map(|value| value.to_str().ok()).collect::<Vec<_>>()
    };
    Ok(Tenant::of_challenge(
        texts("www-authenticate").into_iter(),
        texts("x-vss-resourcetenant").first().copied(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_asks_as_the_contract_says() {
        let endpoint = TokenEndpoint::new(&AzureSettings::default(), &Tenant::Organizations, "app").unwrap();
        let redirect = RedirectUrl::new("http://localhost:1234".to_owned()).unwrap();
        let asking = endpoint.ask(&redirect, None);
        let said = |name: &str| {
            let pairs = asking.url.query_pairs().find(|(key, _)| key == name);
            pairs.map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        assert!(
            asking
                .url
                .as_str()
                .starts_with("https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize?")
        );
        assert_eq!(said("response_type"), "code");
        assert_eq!(said("response_mode"), "query");
        assert_eq!(said("client_id"), "app");
        assert_eq!(said("redirect_uri"), "http://localhost:1234");
        assert_eq!(said("code_challenge_method"), "S256");
        assert_eq!(said("scope"), SCOPES.join(" "));
        assert_eq!(said("state"), *asking.state.secret());
        assert_eq!(said("prompt"), "select_account");
        assert!(said("code_challenge").len() >= 43);
        let again = endpoint.ask(&redirect, Some("mira@contoso.com"));
        assert_ne!(again.state.secret(), asking.state.secret());
        assert!(again.url.as_str().contains("login_hint=mira%40contoso.com"));
    }

    #[test]
    fn entras_numbers_are_understood() {
        let check = |error: &str, description: &str, expected: Refusal, expected_code: Option<&str>| {
            let Error::Refused { refusal, code } = told(error, Some(description)) else {
                panic!("{error}")
            };
            assert_eq!(
                (refusal, code.as_deref()),
                (expected, expected_code),
                "{error} {description}"
            );
        };
        check(
            "invalid_grant",
            "AADSTS700082: The refresh token has expired.",
            Refusal::Ended,
            Some("AADSTS700082"),
        );
        check(
            "invalid_grant",
            "AADSTS65001: consent",
            Refusal::ConsentNeeded,
            Some("AADSTS65001"),
        );
        check(
            "access_denied",
            "AADSTS90094: admin",
            Refusal::ConsentNeeded,
            Some("AADSTS90094"),
        );
        check(
            "access_denied",
            "AADSTS53003: policy",
            Refusal::BlockedByPolicy,
            Some("AADSTS53003"),
        );
        check(
            "invalid_grant",
            "AADSTS50020: guest",
            Refusal::NotInDirectory,
            Some("AADSTS50020"),
        );
        check(
            "unauthorized_client",
            "AADSTS700016: no app",
            Refusal::WrongApplication,
            Some("AADSTS700016"),
        );
        check(
            "invalid_client",
            "AADSTS7000218: secret",
            Refusal::WrongApplication,
            Some("AADSTS7000218"),
        );
        check("access_denied", "the user closed it", Refusal::Declined, None);
        check("server_error", "AADSTS: odd", Refusal::Other, None);
    }
}
