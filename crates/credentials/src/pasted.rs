//! What a person pastes to say where: an organization's name, any of Azure's addresses, or a `config.toml` snippet.
//!
//! **Invariant**: pure; asks nobody whether the place exists.

use url::Url;

use crate::feed_url::{decoded, legacy_organization};
use crate::settings::{AzureSettings, BaseUrl};
use crate::{Account, FeedUrl};

/// The longest text that is looked at, in bytes.
const LONGEST: usize = 64 * 1024;

/// A place somebody named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pasted {
    /// The organization or collection, not signed in yet.
    pub account: Account,
    /// The Azure project, where one was named.
    pub project: Option<String>,
    /// The feed, where one was named.
    pub feed: Option<String>,
    /// The view, where one was named.
    pub view: Option<String>,
}

/// The text names no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAPlace {
    /// Nothing of Azure's is in it.
    #[error("this names no organization, no feed and no server")]
    Nothing,
    /// It is longer than any snippet.
    #[error("this is longer than {LONGEST} signs")]
    Long,
    /// A server's address without a collection.
    #[error("`{0}` names no collection; its address ends in one, such as `/DefaultCollection`")]
    NoCollection(String),
    /// An address no token may be sent to.
    #[error("{0}")]
    Unsafe(String),
}

impl Pasted {
    /// Understands a text.
    pub fn read(text: &str, azure: &AzureSettings) -> Result<Self, NotAPlace> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(NotAPlace::Long);
        }
        if is_organization(text) {
            return Ok(Self::of(Account::of_organization(text)));
        }
        // A snippet holds the address between quotes, among other lines.
        let mut words =
            text.split(|sign: char| sign.is_whitespace() || matches!(sign, '"' | '\'' | ',' | '}'));
        let address = words.find(|word| {
            let word = word.strip_prefix("sparse+").unwrap_or(word);
            word.starts_with("https://") || word.starts_with("http://")
        });
        let address = address.ok_or(NotAPlace::Nothing)?;
        let with_blanks = text.lines().count() == 1 && text.starts_with(address);
        Self::of_address(if with_blanks { text } else { address }, azure)
    }

    /// A server's address: everything before the collection, then the collection.
    pub fn server(text: &str) -> Result<Self, NotAPlace> {
        let base = BaseUrl::parse(text).map_err(NotAPlace::Unsafe)?;
        let segments = segments(base.url());
        // Of a longer address what follows the collection is a project or a page.
        let end = segments
            .iter()
            .position(|part| part.starts_with('_'))
            .unwrap_or(segments.len());
        let prefix = usize::from(
            segments
                .first()
                .is_some_and(|part| part.eq_ignore_ascii_case("tfs")),
        );
        let Some(collection) = segments[..end].get(prefix) else {
            return Err(NotAPlace::NoCollection(text.trim().to_owned()));
        };
        let mut server = base.url().clone();
        server.set_path(&segments[..prefix].join("/"));
        Ok(Self {
            project: segments[..end].get(prefix + 1).cloned(),
            ..Self::of(Account::of_server(server, collection))
        })
    }

    fn of(account: Account) -> Self {
        Self {
            account,
            project: None,
            feed: None,
            view: None,
        }
    }

    fn of_address(address: &str, azure: &AzureSettings) -> Result<Self, NotAPlace> {
        let bare = address.trim().strip_prefix("sparse+").unwrap_or(address.trim());
        let url = Url::parse(bare).map_err(|_| NotAPlace::Nothing)?;
        let defaults = AzureSettings::default();
        let bases = [
            &azure.packages,
            &azure.core,
            &azure.feeds,
            &defaults.packages,
            &defaults.core,
            &defaults.feeds,
        ];
        let base = bases.iter().find(|base| is_below(&url, base.url()));
        if base.is_none() && legacy_organization(&url).is_none() {
            let mut server = url.clone();
            server.set_query(None);
            server.set_fragment(None);
            let found = Self::server(server.as_str())?;
            let rest = found
                .account
                .server
                .as_ref()
                .and_then(|base| FeedUrl::parse_under(bare, base));
            return Ok(rest.map_or_else(|| found.clone(), |url| Self::of_feed(found.account.clone(), url)));
        }
        let index = base.and_then(|base| FeedUrl::parse_under(bare, base.url()));
        if let Some(url) = index.or_else(|| FeedUrl::parse(bare).ok()) {
            return Ok(Self::of_feed(Account::of_organization(&url.organization), url));
        }
        let skipped = base.map_or(0, |base| segments(base.url()).len());
        let mut parts = segments(&url).split_off(skipped);
        if let Some(organization) = legacy_organization(&url) {
            parts.retain(|part| !part.eq_ignore_ascii_case("DefaultCollection"));
            parts.insert(0, organization);
        }
        let (Some(organization), rest) = (parts.first(), parts.get(1..).unwrap_or_default()) else {
            return Err(NotAPlace::Nothing);
        };
        let page = rest
            .iter()
            .position(|part| part.starts_with('_'))
            .unwrap_or(rest.len());
        let feed = rest
            .iter()
            .position(|part| part.eq_ignore_ascii_case("feed") || part.eq_ignore_ascii_case("feeds"))
            .and_then(|at| rest.get(at + 1))
            // Azure's older pages name it in the query.
            .cloned()
            .or_else(|| {
                let mut pairs = url.query_pairs();
                pairs
                    .find(|(key, _)| key == "feed")
                    .map(|(_, value)| value.into_owned())
            });
        let (feed, view) = match feed.as_deref().and_then(|feed| feed.split_once('@')) {
            Some((feed, view)) => (Some(feed.to_owned()), Some(view.to_owned())),
            None => (feed, None),
        };
        Ok(Self {
            account: Account::of_organization(organization),
            project: rest[..page].first().cloned(),
            feed,
            view,
        })
    }

    fn of_feed(account: Account, url: FeedUrl) -> Self {
        Self {
            account: Account {
                id: url.organization.clone(),
                organization: url.organization,
                ..account
            },
            project: url.project,
            feed: Some(url.feed),
            view: url.view,
        }
    }
}

/// Azure's rule: letters, digits and hyphens, up to fifty.
fn is_organization(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 50
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn segments(url: &Url) -> Vec<String> {
    let parts = url.path_segments().into_iter().flatten();
    parts
        .filter(|part| !part.is_empty())
        .filter_map(decoded)
        .collect()
}

fn is_below(url: &Url, base: &Url) -> bool {
    let (parts, prefix) = (segments(url), segments(base));
    url.origin() == base.origin() && parts.starts_with(&prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Expected<'t> = (&'t str, &'t str, Option<&'t str>, Option<&'t str>);

    fn check(text: &str, expected: Expected<'_>) {
        let found =
            Pasted::read(text, &AzureSettings::default()).unwrap_or_else(|error| panic!("{text}: {error}"));
        let server = found.account.server.as_ref().map(Url::as_str).unwrap_or_default();
        let parts = (
            server,
            found.account.organization.as_str(),
            found.project.as_deref(),
            found.feed.as_deref(),
        );
        assert_eq!(parts, expected, "{text}");
    }

    #[test]
    fn whatever_azure_shows_is_understood() {
        check("contoso", ("", "contoso", None, None));
        check("https://dev.azure.com/contoso", ("", "contoso", None, None));
        check("https://contoso.visualstudio.com/", ("", "contoso", None, None));
        check(
            "https://dev.azure.com/contoso/Fabrikam%20Fiber/_git/x",
            ("", "contoso", Some("Fabrikam Fiber"), None),
        );
        let feed = ("", "contoso", Some("Maps"), Some("geo"));
        check("https://dev.azure.com/contoso/Maps/_artifacts/feed/geo", feed);
        check(
            "https://contoso.visualstudio.com/DefaultCollection/Maps/_artifacts/feed/geo@Local",
            feed,
        );
        check(
            "https://feeds.dev.azure.com/contoso/Maps/_apis/packaging/Feeds/geo",
            feed,
        );
        check(
            "https://pkgs.dev.azure.com/contoso/Maps/_packaging/geo/Cargo/index/",
            feed,
        );
        check(
            "sparse+https://contoso.pkgs.visualstudio.com/Maps/_packaging/geo@Release/Cargo/index/",
            feed,
        );
        check(
            "https://dev.azure.com/contoso/_packaging?feed=geo&_a=package&package=x",
            ("", "contoso", None, Some("geo")),
        );
    }

    #[test]
    fn a_snippet_of_the_connect_page_is_enough() {
        check(
            "[registries]\ngeo = { index = \"sparse+https://pkgs.dev.azure.com/contoso/Maps/_packaging/geo/Cargo/index/\" }\n\n[source.crates-io]\nreplace-with = \"geo\"\n",
            ("", "contoso", Some("Maps"), Some("geo")),
        );
    }

    #[test]
    fn other_hosts_are_servers() {
        check(
            "https://devops.contoso.com/DefaultCollection",
            ("https://devops.contoso.com/", "DefaultCollection", None, None),
        );
        check(
            "https://devops.contoso.com:8080/tfs/Main/Maps/_artifacts",
            ("https://devops.contoso.com:8080/tfs", "Main", Some("Maps"), None),
        );
        check(
            "sparse+https://devops.contoso.com/tfs/Main/Maps/_packaging/geo/Cargo/index/",
            (
                "https://devops.contoso.com/tfs",
                "Main",
                Some("Maps"),
                Some("geo"),
            ),
        );
    }

    #[test]
    fn what_names_no_place_is_told() {
        let refused = |text: &str| {
            Pasted::read(text, &AzureSettings::default())
                .unwrap_err()
                .to_string()
        };
        assert!(refused("two words").contains("names no organization"));
        assert!(refused("https://devops.contoso.com/").contains("names no collection"));
        assert!(refused("http://devops.contoso.com/Main").contains("not safe"));
        assert!(refused(&"x".repeat(LONGEST + 1)).contains("longer"));
    }
}
