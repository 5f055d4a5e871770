//! What a request needs: the scope of a token and the role of a person, by method and path; and which host answers.
//!
//! Documented: the scopes (of Microsoft's API descriptions) and the roles (of the permission table). Inferred: the role
//! for making a feed (none), for views and retention (administrator), and that capitals in a path do not matter.
//!
//! **Invariant**: pure; the table is the only place that says who may do what.

use axum::http::Method;

use super::Host;
use super::cast::Role;

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
    /// A scope, and a role if there is one.
    Feeds(&'static str, Option<Role>),
    /// To read, or to save what is not saved yet.
    Download,
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
            ["_apis", "projects", ..] => host == Host::Core,
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
        let feeds = Need::Feeds;
        match (self.words().as_slice(), method.as_str()) {
            (["_apis"] | ["_apis", "connectiondata"] | ["_apis", "resourceareas", ..], _) => Need::SignedIn,
            (["_apis", "projects", ..], _) => Need::Projects,
            (["_packaging", _, "cargo", "api", "v1", "crates", _, _, "download"], _) => Need::Download,
            (["_packaging", ..], _) if reads => feeds(READ, Some(Role::Reader)),
            (["_packaging", ..], _) => feeds(WRITE, Some(Role::Contributor)),
            (["_apis", "packaging", "feeds"], "POST") => feeds(WRITE, None),
            ([.., "packagemetricsbatch" | "versionmetricsbatch"], "POST") => feeds(WRITE, Some(Role::Reader)),
            ([.., "packagesbatch"], "POST") => feeds(WRITE, Some(Role::Contributor)),
            ([.., "views"], "POST") | ([.., "retentionpolicies"], "PUT") => {
                feeds(WRITE, Some(Role::Administrator))
            }
            // Promoting: the scope of managing, the role of publishing.
            (
                [
                    "_apis",
                    "packaging",
                    "feeds",
                    _,
                    "cargo",
                    "packages",
                    _,
                    "versions",
                    _,
                ],
                "PATCH",
            ) => feeds(MANAGE, Some(Role::Contributor)),
            _ if reads => feeds(READ, Some(Role::Reader)),
            _ => feeds(MANAGE, Some(Role::Administrator)),
        }
    }
}

/// What a person lacks, in Azure's words.
pub(super) fn permission(role: Role) -> &'static str {
    match role {
        Role::Reader => "ReadPackages",
        Role::Collaborator => "AddUpstreamPackage",
        Role::Contributor => "AddPackage",
        Role::Administrator => "AdministerFeed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: Method, path: &str, hosts: &[Host], need: Need) {
        let segments: Vec<String> = path.split('/').map(str::to_owned).collect();
        let place = place(&segments).unwrap();
        let answering = [Host::Core, Host::Feeds, Host::Packages]
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
    fn who_may_do_what_and_where() {
        let everywhere = [Host::Core, Host::Feeds, Host::Packages];
        check(Method::GET, "_apis/connectionData", &everywhere, Need::SignedIn);
        check(Method::GET, "_apis/projects", &[Host::Core], Need::Projects);
        let (feeds, packages) = ([Host::Feeds], [Host::Packages]);
        let read = Need::Feeds(READ, Some(Role::Reader));
        check(Method::GET, "main/_apis/Packaging/Feeds/f/Packages", &feeds, read);
        check(
            Method::POST,
            "main/_apis/packaging/feeds",
            &feeds,
            Need::Feeds(WRITE, None),
        );
        let manage = Need::Feeds(MANAGE, Some(Role::Administrator));
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
        let publish = Need::Feeds(WRITE, Some(Role::Contributor));
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
        let version = "p/_apis/packaging/feeds/f/cargo/packages/c/versions/1.0.0";
        check(
            Method::PATCH,
            version,
            &packages,
            Need::Feeds(MANAGE, Some(Role::Contributor)),
        );
        check(Method::DELETE, version, &packages, manage);
        assert_eq!(place(&["p".to_owned(), "x".to_owned(), "_apis".to_owned()]), None);
    }
}
