//! Azure's endpoints: each a pure function from what is wanted to a request.
//!
//! **Invariant**: sends nothing. Path segments are percent-encoded one by one; `api-version` is always given.

use reqwest::{Method, Url};
use serde_json::json;

use crate::accounts::AccountPlace;
use crate::http::Request;

use super::{FeedDraft, FeedReference};

/// How many crates one page holds: the most that Azure is known to give.
pub(super) const PAGE: usize = 1000;

fn at<'s>(
    place: &AccountPlace,
    base: &Url,
    segments: impl IntoIterator<Item = &'s str>,
    query: &[(&str, &str)],
) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url.query_pairs_mut()
        .extend_pairs(query)
        .append_pair("api-version", place.api_version);
    url
}

/// `/{organization}/[{project}/]_apis/packaging/feeds`
fn feeds<'s>(organization: &'s str, project: Option<&'s str>) -> impl Iterator<Item = &'s str> {
    [organization]
        .into_iter()
        .chain(project)
        .chain(["_apis", "packaging", "feeds"])
}

/// A feed as a path segment: `feed` or `feed@view`.
fn segment(reference: &FeedReference) -> String {
    let view = reference.view.as_ref().map(|view| format!("@{view}"));
    format!("{}{}", reference.feed, view.unwrap_or_default())
}

fn get(url: Url, route: &'static str) -> Request {
    Request {
        method: Method::GET,
        url,
        body: None,
        route,
    }
}

pub(super) fn projects(place: &AccountPlace, continuation: Option<&str>) -> Request {
    let mut query = vec![("stateFilter", "wellFormed"), ("$top", "100")];
    query.extend(continuation.map(|token| ("continuationToken", token)));
    get(
        at(
            place,
            &place.core,
            [&*place.organization, "_apis", "projects"],
            &query,
        ),
        "/{organization}/_apis/projects",
    )
}

pub(super) fn feed_list(place: &AccountPlace, project: Option<&str>) -> Request {
    let url = at(place, &place.feeds, feeds(&place.organization, project), &[]);
    get(url, "/{organization}/[{project}/]_apis/packaging/feeds")
}

pub(super) fn feed_show(place: &AccountPlace, reference: &FeedReference) -> Request {
    let feed = segment(reference);
    let path = feeds(&place.organization, reference.project.as_deref()).chain([feed.as_str()]);
    get(
        at(place, &place.feeds, path, &[]),
        "/{organization}/[{project}/]_apis/packaging/feeds/{feed}",
    )
}

pub(super) fn feed_create(place: &AccountPlace, draft: &FeedDraft) -> Request {
    let crates_io = tame_index::CRATES_IO_HTTP_INDEX.trim_start_matches("sparse+");
    let upstreams = match draft.include_crates_io {
        true => json!([{
            "name": "crates.io", "protocol": "Cargo", "location": crates_io, "displayLocation": crates_io,
            "upstreamSourceType": "public", "status": "ok",
        }]),
        false => json!([]),
    };
    let body = json!({
        "name": draft.name,
        "description": draft.description,
        "hideDeletedPackageVersions": true,
        "upstreamEnabled": draft.include_crates_io,
        "upstreamSources": upstreams,
    });
    Request {
        method: Method::POST,
        url: at(
            place,
            &place.feeds,
            feeds(&place.organization, draft.project.as_deref()),
            &[],
        ),
        body: Some(body),
        route: "/{organization}/[{project}/]_apis/packaging/feeds",
    }
}

/// One page of a feed's crates with all their versions. `isListed` is never sent: for cargo it answers 404.
pub(super) fn crate_list(place: &AccountPlace, reference: &FeedReference, skip: usize) -> Request {
    let (feed, page, skip) = (segment(reference), PAGE.to_string(), skip.to_string());
    let path = feeds(&place.organization, reference.project.as_deref()).chain([feed.as_str(), "packages"]);
    let query = [
        ("protocolType", "cargo"),
        ("includeAllVersions", "true"),
        ("includeDescription", "true"),
        ("$top", &page),
        ("$skip", &skip),
    ];
    get(
        at(place, &place.feeds, path, &query),
        "/{organization}/[{project}/]_apis/packaging/feeds/{feed}/packages",
    )
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
        let urls = [
            projects(&contoso(), Some("a b")).url,
            feed_list(&contoso(), None).url,
            feed_show(&contoso(), &reference).url,
            crate_list(&contoso(), &reference, 2000).url,
        ];
        insta::assert_snapshot!(urls.map(String::from).join("\n"), @r"
        https://dev.azure.com/contoso/_apis/projects?stateFilter=wellFormed&%24top=100&continuationToken=a+b&api-version=7.1
        https://feeds.dev.azure.com/contoso/_apis/packaging/feeds?api-version=7.1
        https://feeds.dev.azure.com/contoso/Fabrikam%20Fiber/_apis/packaging/feeds/a+b@Release?api-version=7.1
        https://feeds.dev.azure.com/contoso/Fabrikam%20Fiber/_apis/packaging/feeds/a+b@Release/packages?protocolType=cargo&includeAllVersions=true&includeDescription=true&%24top=1000&%24skip=2000&api-version=7.1
        ");
    }

    #[test]
    fn a_feed_without_crates_io_says_so_with_an_empty_list() {
        let draft = |include_crates_io| FeedDraft {
            account: "contoso".into(),
            project: None,
            name: "internal".into(),
            description: None,
            include_crates_io,
        };
        let body = feed_create(&contoso(), &draft(false)).body.unwrap();
        assert_eq!(body["upstreamSources"], json!([]));
        let body = feed_create(&contoso(), &draft(true)).body.unwrap();
        assert_eq!(body["upstreamSources"][0]["protocol"], "Cargo");
        assert!(
            body["upstreamSources"][0]["location"]
                .as_str()
                .unwrap()
                .starts_with("https://")
        );
    }
}
