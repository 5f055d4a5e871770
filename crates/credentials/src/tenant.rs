//! Which directory (tenant) signs people in at an organization: read from what it answers to a stranger.
//!
//! **Invariant**: pure; of all that a header says only a tenant's id is believed, never the address of a host.

use uuid::Uuid;

/// Who signs people in, as the authority's address names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tenant {
    /// One directory.
    Directory(Uuid),
    /// Any directory; where an organization belongs to personal Microsoft accounts too.
    Organizations,
    /// Nobody said.
    Common,
}

impl Tenant {
    /// The part of the authority's address.
    pub(crate) fn segment(&self) -> String {
        match self {
            Self::Directory(id) => id.to_string(),
            Self::Organizations => "organizations".to_owned(),
            Self::Common => "common".to_owned(),
        }
    }

    /// Reads it back from what was remembered.
    pub(crate) fn of_segment(text: Option<&str>) -> Self {
        match text.map(|text| (text, Uuid::parse_str(text))) {
            Some((_, Ok(id))) => Self::Directory(id),
            Some(("common", _)) => Self::Common,
            _ => Self::Organizations,
        }
    }

    /// From the headers of a refusal: every `WWW-Authenticate`, and `X-VSS-ResourceTenant`.
    pub(crate) fn of_challenge<'h>(
        challenges: impl Iterator<Item = &'h str>,
        resource_tenant: Option<&str>,
    ) -> Self {
        let bearer = challenges
            .filter_map(|challenge| {
                let (scheme, rest) = challenge
                    .trim()
                    .split_once(char::is_whitespace)
                    .unwrap_or((challenge, ""));
                scheme.eq_ignore_ascii_case("bearer").then_some(rest)
            })
            .next();
        let named = bearer
            .and_then(|rest| {
                rest.split(',')
                    .find_map(|part| part.trim().strip_prefix("authorization_uri="))
            })
            .and_then(|uri| url::Url::parse(uri.trim_matches('"')).ok())
            .and_then(|uri| Uuid::parse_str(uri.path_segments()?.next()?).ok());
        let told = resource_tenant.and_then(|text| Uuid::parse_str(text.trim()).ok());
        match named.or(told) {
            Some(id) if id.is_nil() => Self::Organizations,
            Some(id) => Self::Directory(id),
            None if bearer.is_some() => Self::Organizations,
            None => Self::Common,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "11112222-3333-4444-5555-666677778888";

    fn check(challenges: &[&str], resource_tenant: Option<&str>, expected: &str) {
        let tenant = Tenant::of_challenge(challenges.iter().copied(), resource_tenant);
        assert_eq!(tenant.segment(), expected, "{challenges:?} {resource_tenant:?}");
    }

    #[test]
    fn the_bearer_challenge_counts_then_the_header() {
        let nil = Uuid::nil().to_string();
        let bearer = format!("Bearer authorization_uri=https://login.microsoftonline.com/{ID}");
        check(
            &["Basic realm=\"https://a/\"", &bearer, "TFS-Federated"],
            None,
            ID,
        );
        check(
            &[&bearer.replace("microsoftonline.com", "windows.net")],
            Some(&nil),
            ID,
        );
        check(&["TFS-Federated"], Some(ID), ID);
        check(&["Bearer"], None, "organizations");
        check(&[&bearer.replace(ID, &nil)], None, "organizations");
        check(&[], Some(&nil), "organizations");
        check(&["Basic realm=\"x\""], None, "common");
    }

    #[test]
    fn only_an_id_is_believed() {
        check(
            &["Bearer authorization_uri=https://evil.example/../x"],
            None,
            "organizations",
        );
        check(&[], Some("evil/../x"), "common");
    }

    #[test]
    fn what_was_remembered_is_read_back() {
        for text in [ID, "organizations", "common"] {
            assert_eq!(Tenant::of_segment(Some(text)).segment(), text);
        }
        assert_eq!(Tenant::of_segment(None), Tenant::Organizations);
    }
}
