//! A feed's address as cargo writes it ⇄ organization, project, feed and view.
//!
//! **Invariant**: pure text; asks nobody whether the feed exists.

use url::Url;

/// The address of one feed's index: `sparse+{base}/{organization}/[{project}/]_packaging/{feed}[@{view}]/Cargo/index/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedUrl {
    /// Scheme, host and port, without a path.
    pub base: Url,
    /// The organization; `local` for the feeds on this computer.
    pub organization: String,
    /// The Azure project a feed belongs to; none for a feed of the whole organization.
    pub project: Option<String>,
    /// The feed's name or id.
    pub feed: String,
    /// The view, when the address names one.
    pub view: Option<String>,
}

/// The text is not the address of a feed's index.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the address of a feed's index")]
pub struct NotAFeedUrl(pub String);

impl FeedUrl {
    /// Reads an index URL, with or without `sparse+`.
    pub fn parse(text: &str) -> Result<Self, NotAFeedUrl> {
        Self::read(text.trim()).ok_or_else(|| NotAFeedUrl(text.to_owned()))
    }

    fn read(text: &str) -> Option<Self> {
        let mut base = Url::parse(text.strip_prefix("sparse+").unwrap_or(text)).ok()?;
        if !matches!(base.scheme(), "http" | "https") || base.query().is_some() || base.fragment().is_some() {
            return None;
        }
        let segments = base.path_segments()?.map(decoded).collect::<Option<Vec<_>>>()?;
        let segments = segments.iter().map(String::as_str).collect::<Vec<_>>();
        let (scope, feed) = match segments.as_slice() {
            [scope @ .., packaging, feed, cargo, index, ""]
                if packaging.eq_ignore_ascii_case("_packaging")
                    && cargo.eq_ignore_ascii_case("cargo")
                    && index.eq_ignore_ascii_case("index") =>
            {
                (scope, *feed)
            }
            _ => return None,
        };
        let (organization, project) = match scope {
            [organization] => (*organization, None),
            [organization, project] => (*organization, Some((*project).to_owned())),
            _ => return None,
        };
        let (feed, view) = match feed.split_once('@') {
            Some((feed, view)) => (feed, Some(view.to_owned())),
            None => (feed, None),
        };
        if organization.is_empty() || feed.is_empty() {
            return None;
        }
        let (organization, feed) = (organization.to_owned(), feed.to_owned());
        base.set_path("");
        Some(Self {
            base,
            organization,
            project,
            feed,
            view,
        })
    }

    /// The index URL as cargo wants it: `sparse+` in front, `/` at the end, every segment percent-encoded.
    pub fn index_url(&self) -> String {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            let feed = match &self.view {
                Some(view) => format!("{}@{view}", self.feed),
                None => self.feed.clone(),
            };
            path.clear().push(&self.organization).extend(&self.project);
            path.extend(["_packaging", &feed, "Cargo", "index", ""]);
        }
        format!("sparse+{url}")
    }

    /// Whether the feed is served on this very computer, on the given port.
    pub fn is_local(&self, port: u16) -> bool {
        self.base.scheme() == "http"
            && matches!(self.base.host_str(), Some("127.0.0.1" | "localhost"))
            && self.base.port() == Some(port)
            && self.organization == crate::LOCAL_ACCOUNT
    }
}

fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
                u8::try_from(digit(rest.next())? * 16 + digit(rest.next())?).ok()?
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains(['/', '\\', '\0']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, Option<&str>, &str, Option<&str>)>) {
        let found = FeedUrl::parse(text);
        let parts = found.as_ref().ok().map(|url| {
            (
                url.organization.as_str(),
                url.project.as_deref(),
                url.feed.as_str(),
                url.view.as_deref(),
            )
        });
        assert_eq!(parts, expected, "{text}");
    }

    #[test]
    fn reads_the_addresses_azure_and_this_computer_give() {
        check(
            "sparse+http://127.0.0.1:8717/local/main/_packaging/upstream/Cargo/index/",
            Some(("local", Some("main"), "upstream", None)),
        );
        check(
            "sparse+https://pkgs.dev.azure.com/contoso/Fabrikam%20Fiber/_packaging/internal@Release/Cargo/index/",
            Some(("contoso", Some("Fabrikam Fiber"), "internal", Some("Release"))),
        );
        check(
            "https://pkgs.dev.azure.com/contoso/_packaging/shared/Cargo/index/",
            Some(("contoso", None, "shared", None)),
        );
        check(
            "sparse+https://pkgs.dev.azure.com/contoso/_packaging/shared/Cargo/index",
            None,
        );
        check("sparse+https://example.com/index/", None);
        check(
            "sparse+https://example.com/a/..%2Fb/_packaging/shared/Cargo/index/",
            None,
        );
        check("sparse+ftp://example.com/a/_packaging/shared/Cargo/index/", None);
        check("registry", None);
    }

    #[test]
    fn writes_what_it_read() {
        for text in [
            "sparse+http://127.0.0.1:8717/local/main/_packaging/upstream/Cargo/index/",
            "sparse+https://pkgs.dev.azure.com/contoso/Fabrikam%20Fiber/_packaging/internal@Release/Cargo/index/",
        ] {
            assert_eq!(FeedUrl::parse(text).unwrap().index_url(), text);
        }
    }

    #[test]
    fn only_the_settings_port_on_loopback_is_local() {
        let url = |text: &str| FeedUrl::parse(text).unwrap();
        let local = url("sparse+http://127.0.0.1:8717/local/main/_packaging/a/Cargo/index/");
        assert!(local.is_local(8717));
        assert!(!local.is_local(8718));
        assert!(
            !url("sparse+http://127.0.0.1.evil.example:8717/local/_packaging/a/Cargo/index/").is_local(8717)
        );
        assert!(!url("sparse+https://127.0.0.1:8717/local/_packaging/a/Cargo/index/").is_local(8717));
        assert!(!url("sparse+http://127.0.0.1:8717/contoso/_packaging/a/Cargo/index/").is_local(8717));
    }
}
