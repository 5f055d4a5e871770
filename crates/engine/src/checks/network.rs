//! Whether each feed answers, lets cargo in, and gives it what it lacks.
//!
//! **Invariant**: reads alone, through `http`, each request with an end; a token that lies in a file is not read, so it is not
//! tried either.

use std::time::Duration;

use credentials::TokenSource;
use tokio::time::Instant;
use url::Url;

use super::{Check, Evidence, Fix, Subject};
use crate::accounts::SignInHow;
use crate::feeds::{Feed, Role};
use crate::http::{Error, Http, Request};
use crate::project::{ProviderKind, RegistryInUse, TokenEffect};

/// How long one answer may take, with all attempts.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long all of them may take.
const PATIENCE_WITH_ALL: Duration = Duration::from_secs(60);

/// What is asked about one registry.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) registry: RegistryInUse,
    /// Granary's own sign-in for it.
    pub(crate) source: Option<TokenSource>,
    /// What the feed says of itself, where it could be asked.
    pub(crate) feed: Option<Feed>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    Config,
    NotConfig,
    Status(u16),
    Nothing(String),
    Late,
    NoToken(String),
}

/// What was answered without a token, and with one.
#[derive(Debug)]
struct Answers {
    anonymous: Answer,
    signed_in: Option<Answer>,
}

pub(super) async fn check(subject: &Subject, places: &[Place]) -> Vec<Check> {
    let mut found = Vec::new();
    let end = Instant::now() + PATIENCE_WITH_ALL;
    for place in places {
        let Some(url) = config_of(&place.registry.index_url) else {
            continue;
        };
        let anonymous = ask(&url, None, end).await;
        let signed_in = match (&anonymous, &place.source, sends_ours(subject, &place.registry)) {
            (Answer::Status(401), Some(source), true) => Some(ask(&url, Some(source), end).await),
            _ => None,
        };
        let answers = Answers { anonymous, signed_in };
        found.extend(judge(subject, place, url.as_str(), &answers));
        found.extend(
            place
                .feed
                .iter()
                .flat_map(|feed| of_feed(subject, &place.registry, feed)),
        );
    }
    found
}

/// Where a registry describes itself; none for one that is no sparse registry.
fn config_of(index_url: &str) -> Option<Url> {
    let url = Url::parse(index_url.strip_prefix("sparse+")?).ok()?;
    url.join("config.json").ok()
}

/// Whether cargo would send the token that Granary has.
fn sends_ours(subject: &Subject, registry: &RegistryInUse) -> bool {
    subject.access(registry).is_some_and(|access| {
        let is_ours = access
            .providers
            .iter()
            .any(|provider| provider.kind == ProviderKind::Granary);
        is_ours
            && access
                .tokens
                .iter()
                .all(|token| token.effect != TokenEffect::ShadowsGranary)
    })
}

async fn ask(url: &Url, source: Option<&TokenSource>, end: Instant) -> Answer {
    let http = match source {
        Some(source) => Http::new(source.clone(), std::slice::from_ref(url)),
        None => Http::without_token(url),
    };
    let request = Request::plain(url.clone(), "/{index}/config.json");
    let asked = async { http?.send(&request).await };
    match tokio::time::timeout_at(end.min(Instant::now() + PATIENCE), asked).await {
        Err(_) => Answer::Late,
        Ok(Ok(answer)) if is_config(&answer.body) => Answer::Config,
        Ok(Ok(_)) => Answer::NotConfig,
        Ok(Err(Error::Refused { status, .. } | Error::RefusedElsewhere { status, .. })) => {
            Answer::Status(status)
        }
        Ok(Err(Error::Token(error))) => Answer::NoToken(error.to_string()),
        Ok(Err(error)) => Answer::Nothing(innermost(&error)),
    }
}

fn is_config(body: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(body).is_ok_and(|config| config["dl"].is_string())
}

/// The transport's own words, which tell a name that is unknown from a certificate nobody trusts.
fn innermost(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .last()
        .map_or_else(String::new, ToString::to_string)
}

fn judge(subject: &Subject, place: &Place, url: &str, answers: &Answers) -> Option<Check> {
    let name = &place.registry.name;
    let scheme = scheme(subject, &place.registry);
    let request = |status: Option<u16>, scheme: Option<&str>| Evidence::Request {
        asked: format!("GET {url}"),
        authorization: scheme.map(str::to_owned),
        status,
    };
    let sign_in = Fix::SignIn {
        place: place.registry.index_url.clone(),
    };
    let check = match (&answers.anonymous, &answers.signed_in) {
        (Answer::Nothing(why), _) => {
            let check = Check::problem("reachable", format!("`{name}` does not answer: {why}"))
                .seen([request(None, None)]);
            match subject.is_of_this_computer(&place.registry) {
                true => check.mended_by(Fix::Serve),
                false => check,
            }
        }
        (Answer::Late, _) | (_, Some(Answer::Late)) => {
            let words = format!("`{name}` did not answer in time");
            Check::unknown("reachable", words).seen([request(None, None)])
        }
        (Answer::NotConfig, _) => Check::problem(
            "P-43",
            format!("what answers for `{name}` is no registry: a page of a proxy, perhaps"),
        )
        .seen([request(Some(200), None)]),
        (Answer::Status(404), _) | (_, Some(Answer::Status(404))) => {
            let words = format!("there is no feed at the address of `{name}`, or none this account may see");
            Check::problem("P-31", words)
                .seen([request(Some(404), None)])
                .mended_by(Fix::Connect { feed: None })
        }
        (_, Some(Answer::Status(401))) => Check::problem(
            "P-01",
            format!("`{name}` refuses the token that cargo would send"),
        )
        .seen([request(Some(401), Some(scheme))])
        .mended_by(sign_in),
        (_, Some(Answer::NoToken(why))) => {
            Check::problem("P-01", format!("Granary has no token for `{name}`: {why}"))
                .seen([request(Some(401), None)])
                .mended_by(sign_in)
        }
        (_, Some(Answer::Status(403))) => {
            let feed = place.registry.feed.clone().unwrap_or_else(|| name.clone());
            let fix = Fix::AskForRole {
                feed,
                role: "reader".to_owned(),
            };
            Check::problem("P-11", format!("whoever is signed in may not read `{name}`"))
                .seen([request(Some(403), Some(scheme))])
                .mended_by(fix)
        }
        (Answer::Status(status), None) if *status != 401 => {
            Check::unknown("reachable", format!("`{name}` answered {status}"))
                .seen([request(Some(*status), None)])
        }
        (_, Some(Answer::Status(status))) => {
            Check::unknown("reachable", format!("`{name}` answered {status}"))
                .seen([request(Some(*status), Some(scheme))])
        }
        (Answer::Status(_), None) => Check::skipped(
            "P-01",
            format!("`{name}` wants a token, and cargo would send none of Granary's: others are not read"),
        )
        .seen([request(Some(401), None)]),
        _ => return None,
    };
    Some(check)
}

/// The scheme of Granary's token, which follows from how somebody signed in.
fn scheme(subject: &Subject, registry: &RegistryInUse) -> &'static str {
    match subject.account(registry).and_then(|account| account.how) {
        Some(SignInHow::Browser | SignInHow::DeviceCode | SignInHow::AzureCli) => "Bearer",
        Some(SignInHow::Environment) => "Basic or Bearer",
        Some(SignInHow::Token) | None => "Basic",
    }
}

/// What the feed says of its upstream sources and of our role.
fn of_feed(subject: &Subject, registry: &RegistryInUse, feed: &Feed) -> Vec<Check> {
    let mut found = Vec::new();
    let reference = &feed.reference;
    let stands_for_crates_io = subject.project.connection.crates_io_through.as_ref() == Some(registry);
    if stands_for_crates_io && !(feed.includes_crates_io && feed.upstreams_enabled) {
        let words = format!("`{reference}` stands for crates.io and does not get from there what it lacks");
        found.push(Check::problem("P-21", words));
    }
    let failing = feed
        .upstreams
        .iter()
        .filter(|upstream| upstream.removed_at.is_none());
    for upstream in failing {
        if let Some(trouble) = &upstream.trouble {
            let words = format!(
                "`{reference}` cannot reach its upstream `{}`: {trouble}",
                upstream.name
            );
            found.push(Check::warning("P-21", words));
        }
    }
    if stands_for_crates_io && feed.role == Some(Role::Reader) {
        let words = format!("a reader of `{reference}` gets no version that nobody saved yet");
        let fix = Fix::AskForRole {
            feed: reference.clone(),
            role: "collaborator".to_owned(),
        };
        found.push(Check::warning("may-save", words).mended_by(fix));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{self, Problem, Skipped, Unknown, Warning};
    use crate::checks::tests::{AT, PACKAGE, index, looked_at, verdicts};

    #[test]
    fn each_answer_means_something() {
        let looked = looked_at(
            &[
                ("Cargo.toml", PACKAGE),
                (".cargo/config.toml", &index("internal", AT)),
            ],
            &[],
        );
        let registry = looked.subject.project.connection.registries[0].clone();
        let place = Place {
            registry,
            source: None,
            feed: None,
        };
        let check = |anonymous: Answer, signed_in: Option<Answer>, expected: Option<(&str, Verdict)>| {
            let answers = Answers { anonymous, signed_in };
            let found = judge(&looked.subject, &place, "a", &answers);
            assert_eq!(
                found.as_ref().map(|found| (found.id.as_str(), found.verdict)),
                expected,
                "{answers:?}"
            );
        };
        let (private, lost) = (Answer::Status(401), Answer::Nothing("nobody listens".to_owned()));
        check(Answer::Config, None, None);
        check(private.clone(), Some(Answer::Config), None);
        check(lost, None, Some(("reachable", Problem)));
        check(Answer::Status(503), None, Some(("reachable", Unknown)));
        check(Answer::Late, None, Some(("reachable", Unknown)));
        check(Answer::NotConfig, None, Some(("P-43", Problem)));
        check(Answer::Status(404), None, Some(("P-31", Problem)));
        check(
            private.clone(),
            Some(Answer::Status(404)),
            Some(("P-31", Problem)),
        );
        check(
            private.clone(),
            Some(Answer::Status(401)),
            Some(("P-01", Problem)),
        );
        check(
            private.clone(),
            Some(Answer::NoToken("it ended".to_owned())),
            Some(("P-01", Problem)),
        );
        check(
            private.clone(),
            Some(Answer::Status(403)),
            Some(("P-11", Problem)),
        );
        check(private, None, Some(("P-01", Skipped)));
    }

    #[test]
    fn a_feed_for_crates_io_gets_what_it_lacks() {
        let through = "[source.crates-io]\nreplace-with = \"internal\"\n";
        let config = index("internal", AT) + through;
        let looked = looked_at(&[("Cargo.toml", PACKAGE), (".cargo/config.toml", &config)], &[]);
        let registry = looked
            .subject
            .project
            .connection
            .crates_io_through
            .clone()
            .unwrap();
        let mut feed = crate::catalog::tests::feed();
        let check = |feed: &Feed, expected: &[(&str, Verdict)]| {
            assert_eq!(verdicts(&of_feed(&looked.subject, &registry, feed)), expected);
        };
        check(&feed, &[]);
        feed.role = Some(Role::Reader);
        check(&feed, &[("may-save", Warning)]);
        feed.role = Some(Role::Collaborator);
        feed.upstreams[0].trouble = Some("it does not answer".to_owned());
        check(&feed, &[("P-21", Warning)]);
        feed.upstreams[0].trouble = None;
        feed.upstreams_enabled = false;
        check(&feed, &[("P-21", Problem)]);
    }
}
