//! A feed's address as cargo writes it ⇄ organization, project, feed and view.
//!
//! **Invariant**: pure text; asks nobody whether the feed exists.

use url::Url;

/// Behind an organization's name in its older addresses, which cargo takes for other registries.
const LEGACY_HOSTS: [&str; 2] = [".pkgs.visualstudio.com", ".visualstudio.com"];
/// What Azure puts behind a public feed's name to be asked for a sign-in.
const FORCE_AUTH: &str = "~force-auth";

/// The address of one feed's index: `sparse+{base}/{organization}/[{project}/]_packaging/{feed}[@{view}]/Cargo/index/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedUrl {
    /// Scheme, host and port; on an Azure DevOps Server maybe with a path.
    pub base: Url,
    /// The organization or collection; `local` for the feeds on this computer.
    pub organization: String,
    /// The Azure project a feed belongs to; none for a feed of the whole organization.
    pub project: Option<String>,
    /// The feed's name or id.
    pub feed: String,
    /// The view, when the address names one.
    pub view: Option<String>,
    /// Whether a public feed is asked to want a sign-in; to cargo that is another registry.
    pub force_auth: bool,
}

/// The text is not the address of a feed's index.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the address of a feed's index")]
pub struct NotAFeedUrl(pub String);

impl FeedUrl {
    /// Reads an index URL, with or without `sparse+`. An older address, `{organization}.pkgs.visualstudio.com`, is
    /// read as the one Azure writes today.
    pub fn parse(text: &str) -> Result<Self, NotAFeedUrl> {
        Self::read(text.trim(), None).ok_or_else(|| NotAFeedUrl(text.to_owned()))
    }

    /// Whether a text has the form of a feed's index URL, wherever that lies: what has not is nobody's business here.
    pub fn is_likely(text: &str) -> bool {
        let url = Url::parse(text.trim().trim_start_matches("sparse+")).ok();
        let parts = url
            .as_ref()
            .and_then(|url| Some(url.path_segments()?.collect::<Vec<_>>()));
        matches!(parts.as_deref(), Some([.., packaging, _, cargo, index, ""])
            if packaging.eq_ignore_ascii_case("_packaging")
                && cargo.eq_ignore_ascii_case("cargo")
                && index.eq_ignore_ascii_case("index"))
    }

    /// Reads an index URL that lies under a base with a path of its own; none when it lies elsewhere.
    pub fn parse_under(text: &str, base: &Url) -> Option<Self> {
        Self::read(text.trim(), Some(base))
    }

    fn read(text: &str, under: Option<&Url>) -> Option<Self> {
        let mut base = Url::parse(text.strip_prefix("sparse+").unwrap_or(text)).ok()?;
        let is_plain = base.query().is_none() && base.fragment().is_none() && base.username().is_empty();
        if !matches!(base.scheme(), "http" | "https") || !is_plain {
            return None;
        }
        let segments = base.path_segments()?.map(decoded).collect::<Option<Vec<_>>>()?;
        let mut segments = segments.iter().map(String::as_str).collect::<Vec<_>>();
        if let Some(under) = under {
            if under.origin() != base.origin() {
                return None;
            }
            let prefix = under.path_segments()?.filter(|part| !part.is_empty()).count();
            let is_below = under
                .path_segments()?
                .filter(|part| !part.is_empty())
                .zip(&segments)
                .all(|(left, right)| left.eq_ignore_ascii_case(right));
            if !is_below || prefix > segments.len() {
                return None;
            }
            segments.drain(..prefix);
        }
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
        let legacy = legacy_organization(&base).filter(|_| under.is_none());
        let scope = match (&legacy, scope) {
            (Some(organization), [collection, rest @ ..])
                if collection.eq_ignore_ascii_case("DefaultCollection") =>
            {
                [&[organization.as_str()], rest].concat()
            }
            (Some(organization), rest) => [&[organization.as_str()], rest].concat(),
            (None, scope) => scope.to_vec(),
        };
        let (organization, project) = match scope.as_slice() {
            [organization] => (*organization, None),
            [organization, project] => (*organization, Some((*project).to_owned())),
            _ => return None,
        };
        let (feed, view) = match feed.split_once('@') {
            Some((feed, view)) => (feed, Some(view.to_owned())),
            None => (feed, None),
        };
        let (feed, force_auth) = match feed.len().checked_sub(FORCE_AUTH.len()) {
            Some(at)
                if feed
                    .get(at..)
                    .is_some_and(|end| end.eq_ignore_ascii_case(FORCE_AUTH)) =>
            {
                (&feed[..at], true)
            }
            _ => (feed, false),
        };
        let named = [
            Some(organization),
            project.as_deref(),
            Some(feed),
            view.as_deref(),
        ];
        if named.iter().flatten().any(|part| part.is_empty()) {
            return None;
        }
        let (organization, feed) = (organization.to_owned(), feed.to_owned());
        match under {
            Some(under) => base = under.clone(),
            None if legacy.is_some() => base = todays_packages(),
            None => base.set_path(""),
        }
        Some(Self {
            base,
            organization,
            project,
            feed,
            view,
            force_auth,
        })
    }

    /// The index URL as cargo wants it: `sparse+` in front, `/` at the end, every segment percent-encoded.
    pub fn index_url(&self) -> String {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            let force_auth = if self.force_auth { FORCE_AUTH } else { "" };
            let view = self.view.as_ref().map(|view| format!("@{view}"));
            let feed = format!("{}{force_auth}{}", self.feed, view.unwrap_or_default());
            path.pop_if_empty().push(&self.organization).extend(&self.project);
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

/// The organization an older address names in its host: `contoso` for `contoso.pkgs.visualstudio.com`.
pub(crate) fn legacy_organization(url: &Url) -> Option<String> {
    let host = url
        .host_str()
        .filter(|_| url.scheme() == "https" && url.port().is_none())?;
    let name = LEGACY_HOSTS.iter().find_map(|end| host.strip_suffix(end))?;
    (!name.is_empty() && !name.contains('.')).then(|| name.to_owned())
}

fn todays_packages() -> Url {
    crate::AzureSettings::default().packages.url().clone()
}

pub(crate) fn decoded(segment: &str) -> Option<String> {
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

    type Parts<'t> = (&'t str, Option<&'t str>, &'t str, Option<&'t str>);

    fn check(text: &str, expected: Option<Parts<'_>>) {
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
        for nothing in [
            "sparse+https://pkgs.dev.azure.com/contoso/_packaging/shared/Cargo/index",
            "sparse+https://example.com/index/",
            "sparse+https://example.com/a/..%2Fb/_packaging/shared/Cargo/index/",
            "sparse+https://user@example.com/a/_packaging/shared/Cargo/index/",
            "sparse+ftp://example.com/a/_packaging/shared/Cargo/index/",
            "sparse+https://example.com/a/_packaging/~force-auth/Cargo/index/",
            "registry",
        ] {
            check(nothing, None);
        }
    }

    #[test]
    fn older_addresses_are_written_as_todays() {
        let check = |text: &str, expected: &str| {
            assert_eq!(FeedUrl::parse(text).unwrap().index_url(), expected, "{text}");
        };
        let of_project = "sparse+https://pkgs.dev.azure.com/contoso/Maps/_packaging/geo/Cargo/index/";
        check(
            "sparse+https://contoso.pkgs.visualstudio.com/Maps/_packaging/geo/Cargo/index/",
            of_project,
        );
        check(
            "https://contoso.pkgs.visualstudio.com/DefaultCollection/Maps/_packaging/geo/Cargo/index/",
            of_project,
        );
        check(
            "sparse+https://contoso.pkgs.visualstudio.com/_packaging/geo@Local/Cargo/index/",
            "sparse+https://pkgs.dev.azure.com/contoso/_packaging/geo@Local/Cargo/index/",
        );
        assert!(
            FeedUrl::parse("sparse+http://contoso.pkgs.visualstudio.com/_packaging/geo/Cargo/index/")
                .is_err()
        );
        assert!(
            FeedUrl::parse("sparse+https://a.b.pkgs.visualstudio.com/_packaging/geo/Cargo/index/").is_err()
        );
    }

    #[test]
    fn a_public_feed_has_two_addresses() {
        let plain = "sparse+https://pkgs.dev.azure.com/contoso/Open/_packaging/tools/Cargo/index/";
        let signed_in =
            "sparse+https://pkgs.dev.azure.com/contoso/Open/_packaging/tools~force-auth/Cargo/index/";
        let (left, right) = (FeedUrl::parse(plain).unwrap(), FeedUrl::parse(signed_in).unwrap());
        assert_eq!((left.force_auth, right.force_auth), (false, true));
        assert_eq!(left.feed, right.feed);
        assert_eq!(
            (left.index_url(), right.index_url()),
            (plain.to_owned(), signed_in.to_owned())
        );
    }

    #[test]
    fn a_server_may_lie_under_a_path() {
        let base = Url::parse("https://devops.contoso.com:8080/tfs").unwrap();
        let text =
            "sparse+https://devops.contoso.com:8080/TFS/DefaultCollection/Maps/_packaging/geo/Cargo/index/";
        let url = FeedUrl::parse_under(text, &base).unwrap();
        assert_eq!(
            (url.organization.as_str(), url.project.as_deref()),
            ("DefaultCollection", Some("Maps"))
        );
        assert_eq!(url.index_url(), text.replace("TFS", "tfs"));
        for elsewhere in [
            text.replace("8080", "8081"),
            text.replace("TFS/", "other/"),
            text.replace("contoso.com", "contoso.com.evil.example"),
            text.replace("https", "http"),
        ] {
            assert_eq!(FeedUrl::parse_under(&elsewhere, &base), None, "{elsewhere}");
        }
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
