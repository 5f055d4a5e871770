//! Azure's endpoints: each a pure function from what is wanted to a request.
//!
//! **Invariant**: sends nothing. Path segments are percent-encoded one by one; `api-version` is always given.

mod cargo;
mod crates;
mod feeds;
mod people;

use url::Url;

pub(super) use cargo::*;
pub(super) use crates::*;
pub(super) use feeds::*;
pub(super) use people::*;

use super::FeedReference;
use crate::accounts::AccountPlace;

/// How many crates one page holds: the most that Azure is known to give.
pub(super) const PAGE: usize = 1000;

/// In which version an endpoint is asked.
#[derive(Clone, Copy)]
enum Version {
    /// What the account's host answers for good.
    Stable,
    /// A preview of the same.
    Preview,
    /// The only one cargo's part has.
    Cargo,
}

/// The address of an endpoint.
fn at<'s>(
    place: &AccountPlace,
    base: &Url,
    segments: impl IntoIterator<Item = &'s str>,
    query: &[(&str, &str)],
    version: Version,
) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    // A `+` stands for itself in a path, but some servers take it for a blank.
    url.set_path(&url.path().replace('+', "%2B"));
    let version = match version {
        Version::Stable => place.api_version.to_owned(),
        Version::Preview => format!("{}-preview.1", place.api_version),
        Version::Cargo => "7.2-preview.1".to_owned(),
    };
    url.query_pairs_mut()
        .extend_pairs(query)
        .append_pair("api-version", &version);
    url
}

/// `/{organization}/[{project}/]_apis/packaging`
fn packaging<'s>(place: &'s AccountPlace, project: Option<&'s str>) -> impl Iterator<Item = &'s str> {
    [place.organization.as_str()]
        .into_iter()
        .chain(project)
        .chain(["_apis", "packaging"])
}

/// The address of something of a feed: `/{organization}/[{project}/]_apis/packaging/feeds/{feed}/…`
fn of_feed(place: &AccountPlace, reference: &FeedReference, tail: &[&str], query: &[(&str, &str)]) -> Url {
    versioned(place, reference, tail, query, Version::Stable)
}

fn versioned(
    place: &AccountPlace,
    reference: &FeedReference,
    tail: &[&str],
    query: &[(&str, &str)],
    version: Version,
) -> Url {
    let feed = segment(reference);
    let path = packaging(place, reference.project.as_deref())
        .chain(["feeds", feed.as_str()])
        .chain(tail.iter().copied());
    at(place, &place.feeds, path, query, version)
}

/// A feed as a path segment: `feed` or `feed@view`.
fn segment(reference: &FeedReference) -> String {
    let view = reference.view.as_ref().map(|view| format!("@{view}"));
    format!("{}{}", reference.feed, view.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contoso() -> AccountPlace {
        AccountPlace::of(
            &credentials::Account::of_organization("contoso"),
            &credentials::Settings::default(),
        )
    }

    #[test]
    fn addresses_are_azures() {
        let reference = "contoso/Fabrikam Fiber/a+b@Release".parse().unwrap();
        let feed = "contoso/shared".parse().unwrap();
        let urls = [
            projects(&contoso(), Some("a b")).url,
            feed_list(&contoso(), None, None).url,
            feed_list(&contoso(), Some("P"), Some(super::super::Role::Owner)).url,
            feed_show(&contoso(), &reference).url,
            crate_page(&contoso(), &reference, 2000, 1000).url,
            crate_changes(&contoso(), &feed, Some(7)).url,
            upstreaming_show(&contoso(), &reference, "serde").url,
            version_show(&contoso(), &feed, "demo", "1.0.0+b.1").url,
            provenance(&contoso(), &feed, "c", "v").url,
            identity_query(&contoso(), "jia").url,
            feed_recover(&contoso(), &feed).url,
        ];
        insta::assert_snapshot!(urls.map(String::from).join("\n"), @r"
        https://dev.azure.com/contoso/_apis/projects?stateFilter=wellFormed&%24top=100&continuationToken=a+b&api-version=7.1
        https://feeds.dev.azure.com/contoso/_apis/packaging/feeds?includeDeletedUpstreams=true&api-version=7.1
        https://feeds.dev.azure.com/contoso/P/_apis/packaging/feeds?includeDeletedUpstreams=true&feedRole=administrator&api-version=7.1
        https://feeds.dev.azure.com/contoso/Fabrikam%20Fiber/_apis/packaging/feeds/a%2Bb@Release?includeDeletedUpstreams=true&api-version=7.1
        https://feeds.dev.azure.com/contoso/Fabrikam%20Fiber/_apis/packaging/feeds/a%2Bb@Release/packages?protocolType=cargo&includeAllVersions=true&includeDescription=true&includeUrls=false&%24top=1000&%24skip=2000&api-version=7.1
        https://feeds.dev.azure.com/contoso/_apis/packaging/feeds/shared/packagechanges?batchSize=1000&continuationToken=7&api-version=7.1
        https://pkgs.dev.azure.com/contoso/Fabrikam%20Fiber/_apis/packaging/feeds/a%2Bb/cargo/packages/serde/upstreaming?api-version=7.2-preview.1
        https://pkgs.dev.azure.com/contoso/_apis/packaging/feeds/shared/cargo/packages/demo/versions/1.0.0%2Bb.1?api-version=7.2-preview.1
        https://feeds.dev.azure.com/contoso/_apis/packaging/feeds/shared/packages/c/versions/v/provenance?api-version=7.1-preview.1
        https://vssps.dev.azure.com/contoso/_apis/graph/subjectquery?api-version=7.1-preview.1
        https://feeds.dev.azure.com/contoso/_apis/packaging/feedrecyclebin/shared?api-version=7.1
        ");
    }
}
