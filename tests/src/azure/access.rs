//! What scope a request needs of a token, by method and path; and which host answers. What role it needs of a person is
//! asked behind.
//!
//! Documented: the scopes (of Microsoft's API descriptions). Inferred: that capitals in a path do not matter.
//!
//! **Invariant**: pure; the table is the only place that says which scope is enough.

use axum::http::Method;

use super::Host;

/// A path below an organization, its project taken out and its words in small letters.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// From `_apis` or `_packaging` on.
    pub(super) parts: Vec<String>,
    /// How many segments of the path come before those.
    pub(super) before: usize,
}

/// What a request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// To be somebody in the organization.
    SignedIn,
    /// To see projects.
    Projects,
    /// This scope.
    Scope(&'static str),
    /// To read, or to save what is not saved yet.
    Download,
    /// Nothing at all.
    Nothing,
}

const READ: &str = "vso.packaging";
const WRITE: &str = "vso.packaging_write";
const MANAGE: &str = "vso.packaging_manage";

/// Takes a path, decoded and without its organization, apart.
pub(super) fn place(segments: &[String]) -> Option<Place> {
    let starts = |part: &String| {
        ["_apis", "_packaging"]
            .iter()
            .any(|begin| part.eq_ignore_ascii_case(begin))
    };
    let before = segments.iter().take(2).position(starts)?;
    let mut parts: Vec<_> = segments[before..]
        .iter()
        .map(|part| part.to_lowercase())
        .collect();
    if parts.last().is_some_and(String::is_empty) {
        parts.pop();
    }
    Some(Place { parts, before })
}

impl Place {
    fn words(&self) -> Vec<&str> {
        self.parts.iter().map(String::as_str).collect()
    }

    /// Whether a host of the Services answers here.
    pub(super) fn is_at(&self, host: Host) -> bool {
        let is_registry = matches!(
            self.words().as_slice(),
            ["_packaging", ..] | ["_apis", "packaging", "feeds", _, "cargo", ..]
        );
        match self.words().as_slice() {
            ["_apis"] | ["_apis", "connectiondata"] | ["_apis", "resourceareas", ..] => {
                matches!(host, Host::Core | Host::Feeds | Host::Packages)
            }
            ["_apis", "projects" | "operations", ..] => host == Host::Core,
            ["_apis", "identities" | "graph", ..] => host == Host::Identity,
            ["_apis", "public", "packaging", ..] => host == Host::Feeds,
            ["_apis", "packaging", ..] if !is_registry => host == Host::Feeds,
            _ => is_registry && host == Host::Packages,
        }
    }

    /// Whether the answer is about crates: what a server without the area lacks.
    pub(super) fn is_of_cargo(&self) -> bool {
        matches!(
            self.words().as_slice(),
            ["_packaging", _, "cargo", ..] | ["_apis", "packaging", "feeds", _, "cargo", ..]
        )
    }

    /// The crate a download names.
    pub(super) fn crate_name(&self) -> &str {
        self.parts.get(6).map_or("", String::as_str)
    }

    /// What a request here needs.
    pub(super) fn need(&self, method: &Method) -> Need {
        let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        match (self.words().as_slice(), method.as_str()) {
            (
                ["_apis"]
                | ["_apis", "connectiondata"]
                | ["_apis", "resourceareas", ..]
                | ["_apis", "operations", ..],
                _,
            ) => Need::SignedIn,
            (["_apis", "public", ..], _) => Need::Nothing,
            (["_apis", "projects", ..], _) => Need::Projects,
            (["_apis", "identities", ..], _) => Need::Scope("vso.identity"),
            (["_apis", "graph", ..], _) => Need::Scope("vso.graph"),
            (["_packaging", _, "cargo", "api", "v1", "crates", _, _, "download"], _) => Need::Download,
            ([.., "packagemetricsbatch" | "versionmetricsbatch"], "POST") => Need::Scope(WRITE),
            (["_packaging", ..], _) if !reads => Need::Scope(WRITE),
            (["_apis", "packaging", "feeds"] | [.., "views"] | [.., "packagesbatch"], "POST") => {
                Need::Scope(WRITE)
            }
            ([.., "retentionpolicies"], "PUT") => Need::Scope(WRITE),
            _ if reads => Need::Scope(READ),
            _ => Need::Scope(MANAGE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: Method, path: &str, hosts: &[Host], need: Need) {
        let segments: Vec<String> = path.split('/').map(str::to_owned).collect();
        let place = place(&segments).unwrap();
        let answering = [Host::Core, Host::Feeds, Host::Packages, Host::Identity]
            .into_iter()
            .filter(|host| place.is_at(*host))
            .collect::<Vec<_>>();
        assert_eq!(
            (answering.as_slice(), place.need(&method)),
            (hosts, need),
            "{method} {path}"
        );
    }

    #[test]
    fn which_scope_is_enough_and_where() {
        let everywhere = [Host::Core, Host::Feeds, Host::Packages];
        check(Method::GET, "_apis/connectionData", &everywhere, Need::SignedIn);
        check(Method::GET, "_apis/projects", &[Host::Core], Need::Projects);
        let (feeds, packages) = ([Host::Feeds], [Host::Packages]);
        let read = Need::Scope(READ);
        check(Method::GET, "main/_apis/Packaging/Feeds/f/Packages", &feeds, read);
        check(
            Method::POST,
            "main/_apis/packaging/feeds",
            &feeds,
            Need::Scope(WRITE),
        );
        let manage = Need::Scope(MANAGE);
        check(Method::PATCH, "_apis/packaging/feeds/f", &feeds, manage);
        check(
            Method::PATCH,
            "_apis/packaging/feeds/f/permissions",
            &feeds,
            manage,
        );
        check(
            Method::GET,
            "main/_packaging/f/Cargo/index/config.json",
            &packages,
            read,
        );
        let publish = Need::Scope(WRITE);
        check(
            Method::PUT,
            "_packaging/f/cargo/api/v1/crates/new",
            &packages,
            publish,
        );
        check(
            Method::GET,
            "_packaging/f/cargo/api/v1/crates/serde/1.0.0/download",
            &packages,
            Need::Download,
        );
        let badge = "p/_apis/public/packaging/feeds/f/packages/1/badge";
        check(Method::GET, badge, &feeds, Need::Nothing);
        let limits = "p/_apis/packaging/feeds/f/retentionpolicies";
        check(Method::PUT, limits, &feeds, Need::Scope(WRITE));
        check(Method::DELETE, limits, &feeds, manage);
        check(Method::GET, "_apis/operations/1", &[Host::Core], Need::SignedIn);
        let people = [Host::Identity];
        check(
            Method::POST,
            "_apis/graph/subjectquery",
            &people,
            Need::Scope("vso.graph"),
        );
        let version = "p/_apis/packaging/feeds/f/cargo/packages/c/versions/1.0.0";
        check(Method::PATCH, version, &packages, Need::Scope(MANAGE));
        check(Method::DELETE, version, &packages, manage);
        assert_eq!(place(&["p".to_owned(), "x".to_owned(), "_apis".to_owned()]), None);
    }
}
