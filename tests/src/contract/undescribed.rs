//! What no file describes: the one table of it.
//!
//! **Invariant**: a path is let pass only by a row here, and even then its answer has to have the shape of an answer.

use serde_json::Value;

use super::exchange::Exchange;

/// Something that Azure answers and no file of the description holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Undescribed {
    /// Who is asking.
    ConnectionData,
    /// Where the areas of the API are.
    ResourceAreas,
    /// Which routes there are.
    ResourceLocations,
    /// Cargo's own protocol.
    CargoRegistry,
}

/// Method or `*`, path without the organization, and what it is. `*` is any segment, `**` the rest.
const ROUTES: [(&str, &str, Undescribed); 5] = [
    ("GET", "_apis/connectionData", Undescribed::ConnectionData),
    ("GET", "_apis/ResourceAreas", Undescribed::ResourceAreas),
    ("GET", "_apis/ResourceAreas/*", Undescribed::ResourceAreas),
    ("OPTIONS", "_apis", Undescribed::ResourceLocations),
    ("*", "_packaging/*/cargo/**", Undescribed::CargoRegistry),
];

impl Undescribed {
    /// What it is, and why no file holds it.
    pub fn reason(self) -> &'static str {
        match self {
            Self::ConnectionData => "`connectionData` was never released, so it was never described",
            Self::ResourceAreas => {
                "`ResourceAreas` belongs to the clients' own plumbing and was never described"
            }
            Self::ResourceLocations => {
                "`OPTIONS _apis` is how clients learn of routes, and is no route itself"
            }
            Self::CargoRegistry => "cargo's registry protocol is cargo's, and described in cargo's book",
        }
    }

    pub(super) fn of(exchange: &Exchange) -> Option<Self> {
        let mut segments = exchange.segments();
        // The folder of a server of one's own.
        if segments
            .first()
            .is_some_and(|first| first.eq_ignore_ascii_case("tfs"))
        {
            segments.remove(0);
        }
        ROUTES.into_iter().find_map(|(method, route, known)| {
            let same_method = method == "*" || method == exchange.method;
            // After the organization; only feeds may lie in a project.
            let most = if known == Self::CargoRegistry { 2 } else { 1 };
            let found = (1..=most).any(|before| segments.get(before..).is_some_and(|rest| fits(route, rest)));
            (same_method && found).then_some(known)
        })
    }

    /// What is wrong with the answer all the same.
    pub(super) fn fault(self, exchange: &Exchange) -> Option<String> {
        let body = exchange.response_body.as_ref();
        let wrapped = body.is_some_and(|body| body["value"].is_array() && body["count"].is_u64());
        let single = body.is_some_and(|body| body["id"].is_string());
        let good = match self {
            _ if !exchange.is_success() => return None,
            Self::ConnectionData => body.is_some_and(|body| body["authenticatedUser"]["id"].is_string()),
            Self::ResourceAreas => wrapped || single,
            Self::ResourceLocations => wrapped,
            Self::CargoRegistry => !body.is_some_and(Value::is_array),
        };
        (!good).then(|| format!("the answer has not the shape of `{self:?}`"))
    }
}

fn fits(route: &str, segments: &[String]) -> bool {
    let mut rest = segments.iter();
    for part in route.split('/') {
        match (part, rest.next()) {
            ("**", Some(_)) => return true,
            ("*", Some(_)) => {}
            (part, Some(segment)) if part.eq_ignore_ascii_case(segment) => {}
            _ => return false,
        }
    }
    rest.next().is_none()
}
