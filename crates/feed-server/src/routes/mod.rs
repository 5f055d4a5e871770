//! What can be asked, and how a path is matched against the route table.
//!
//! Azure compares paths without regard to capitals and leaves the project out for a feed of the organization; both are
//! said here once, instead of in many routes.
//!
//! **Invariant:** matching is pure; a template, never a path, is what a log may show.

mod table;

use axum::http::Method;
use percent_encoding::percent_decode_str;

use table::TABLE;

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    ResourceLocations,
    ConnectionData,
    ResourceAreas,
    ResourceArea,
    Projects,
    Project,
    FeedList,
    FeedCreate,
    FeedGet,
    FeedUpdate,
    FeedDelete,
    CrateList,
    CrateGet,
    VersionList,
    VersionGet,
    DeletedFeedList,
    DeletedFeedRestore,
    DeletedFeedPurge,
    ViewList,
    ViewCreate,
    ViewGet,
    ViewUpdate,
    ViewDelete,
    PermissionList,
    PermissionUpdate,
    DeletedCrateList,
    DeletedCrateGet,
    DeletedVersionList,
    DeletedVersionGet,
    CargoVersionGet,
    CargoVersionPromote,
    CargoVersionDelete,
    CargoDeletedGet,
    CargoDeletedRestore,
    CargoDeletedPurge,
    CargoBatch,
    CargoDeletedBatch,
    Index,
    Download,
    Publish,
    Yank,
    Unyank,
    UpstreamingGet,
    UpstreamingSet,
    FeedChangeList,
    FeedChangeGet,
    CrateChangeList,
    Identities,
    SubjectQuery,
    GlobalPermissionList,
    GlobalPermissionUpdate,
    Operation,
    RecycleBinEmpty,
    Provenance,
    Badge,
    RetentionGet,
    RetentionSet,
    RetentionRemove,
    CrateMetrics,
    VersionMetrics,
}

impl Endpoint {
    /// Whether cargo is told of refusals in its own shape.
    pub(crate) fn speaks_cargo(self) -> bool {
        matches!(self, Self::Publish | Self::Yank | Self::Unyank)
    }
}

/// A path that stands in the table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) endpoint: Endpoint,
    pub(crate) template: &'static str,
    pub(crate) captured: Captured,
}

/// The decoded segments a template captured.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Captured(Vec<(&'static str, String)>);

impl Captured {
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(captured, _)| *captured == name)
            .map(|(_, value)| value.as_str())
    }

    /// What a template always captures; empty for a name that stands in none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }
}

/// Why no endpoint answers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoRoute {
    UnknownPath,
    WrongMethod { template: &'static str },
}

/// Finds who answers. `HEAD` is answered as `GET`; its body is left out further down.
pub(crate) fn find(method: &Method, path: &str) -> Result<Route, NoRoute> {
    let method = if method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    let segments = decode(path).ok_or(NoRoute::UnknownPath)?;
    let mut wrong_method = None;
    for (allowed, template, endpoint) in TABLE {
        if let Some(captured) = capture(template, &segments) {
            if allowed == method {
                return Ok(Route {
                    endpoint: *endpoint,
                    template,
                    captured,
                });
            }
            wrong_method = Some(template);
        }
    }
    Err(wrong_method.map_or(NoRoute::UnknownPath, |template| NoRoute::WrongMethod { template }))
}

/// Segments are decoded one by one, so that an encoded slash never becomes a separator.
fn decode(path: &str) -> Option<Vec<String>> {
    path.strip_prefix('/')?
        .split('/')
        .map(|segment| {
            let decoded = percent_decode_str(segment).decode_utf8().ok()?.into_owned();
            let harmless = !decoded.contains(['/', '\\', '\0']) && decoded != "." && decoded != "..";
            harmless.then_some(decoded)
        })
        .collect()
}

fn capture(template: &'static str, segments: &[String]) -> Option<Captured> {
    let without = template.split('/').filter(|part| !part.starts_with('['));
    capture_parts(without, segments).or_else(|| {
        let with = template
            .contains('[')
            .then(|| template.split('/').map(|part| part.trim_matches(['[', ']'])));
        capture_parts(with?, segments)
    })
}

fn capture_parts(mut parts: impl Iterator<Item = &'static str>, segments: &[String]) -> Option<Captured> {
    let mut captured = Vec::new();
    let mut rest = segments;
    while let Some((segment, after)) = rest.split_first() {
        let part = parts.next()?;
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => match name.strip_prefix('*') {
                Some(name) => {
                    captured.push((name, rest.join("/")));
                    return Some(Captured(captured));
                }
                None if segment.is_empty() => return None,
                None => captured.push((name, segment.clone())),
            },
            None if part.eq_ignore_ascii_case(segment) => {}
            // Azure is lenient about a slash at the end.
            None => return None,
        }
        rest = after;
        if rest.iter().all(String::is_empty) && rest.len() == 1 {
            rest = &[];
        }
    }
    parts.next().is_none().then_some(Captured(captured))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: Method, path: &str, expected: Option<(Endpoint, &[(&'static str, &str)])>) {
        let found = find(&method, path)
            .ok()
            .map(|route| (route.endpoint, route.captured));
        let expected = expected.map(|(endpoint, captured)| {
            let captured = captured
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect();
            (endpoint, Captured(captured))
        });
        assert_eq!(found, expected, "{method} {path}");
    }

    #[test]
    fn paths() {
        check(
            Method::OPTIONS,
            "/local/_apis",
            Some((Endpoint::ResourceLocations, &[("org", "local")])),
        );
        check(
            Method::GET,
            "/local/main/_apis/Packaging/Feeds/My%20Feed/Packages",
            Some((
                Endpoint::CrateList,
                &[("org", "local"), ("project", "main"), ("feed", "My Feed")],
            )),
        );
        check(
            Method::HEAD,
            "/local/_packaging/f@Local/Cargo/index/se/rd/serde",
            Some((
                Endpoint::Index,
                &[("org", "local"), ("feed", "f@Local"), ("path", "se/rd/serde")],
            )),
        );
        check(
            Method::GET,
            "/local/p/_packaging/f/cargo/api/v1/crates/a/1.0.0%2Bx/download",
            Some((
                Endpoint::Download,
                &[
                    ("org", "local"),
                    ("project", "p"),
                    ("feed", "f"),
                    ("crate", "a"),
                    ("version", "1.0.0+x"),
                ],
            )),
        );
        check(
            Method::GET,
            "/local/_apis/projects/",
            Some((Endpoint::Projects, &[("org", "local")])),
        );
        for nothing in [
            "",
            "/",
            "/local",
            "/local//_apis",
            "/local/_apis/packaging/feeds/a/b",
            "/%ff/_apis/projects",
        ] {
            check(Method::GET, nothing, None);
        }
        for tricks in ["a%2fb", "..", "%2e%2e", "a%5cb", "a%00"] {
            check(
                Method::GET,
                &format!("/local/_apis/packaging/feeds/{tricks}"),
                None,
            );
        }
    }

    #[test]
    fn a_known_path_with_another_method() {
        let refused = find(&Method::POST, "/local/_apis/projects");
        assert_eq!(
            refused,
            Err(NoRoute::WrongMethod {
                template: "{org}/_apis/projects"
            })
        );
        assert_eq!(
            find(&Method::GET, "/local/_packaging/f/cargo/api/v1/crates"),
            Err(NoRoute::UnknownPath)
        );
    }
}
