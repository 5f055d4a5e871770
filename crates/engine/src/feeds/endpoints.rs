//! Azure's endpoints: each a pure function from what is wanted to a request.
//!
//! **Invariant**: sends nothing. Path segments are percent-encoded one by one; `api-version` is always given.

use reqwest::{Method, Url};
use serde_json::json;

use crate::http::Request;

use super::{FeedDraft, FeedReference};

/// How many crates one page holds: the most that Azure is known to give.
pub(super) const PAGE: usize = 1000;

/// Where an account's hosts are; on this computer and on a server all three are one.
#[derive(Debug, Clone)]
pub(super) struct Hosts {
    pub(super) core: Url,
    pub(super) feeds: Url,
    pub(super) packages: Url,
}

fn at(base: &Url, segments: &[Option<&str>], query: &[(&str, &str)]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments.iter().flatten());
    }
    url.query_pairs_mut().extend_pairs(query);
    url
}

fn get(url: Url, route: &'static str) -> Request {
    Request {
        method: Method::GET,
        url,
        body: None,
        route,
    }
}

pub(super) fn projects(hosts: &Hosts, organization: &str, continuation: Option<&str>) -> Request {
    let mut query = vec![
        ("stateFilter", "wellFormed"),
        ("$top", "100"),
        ("api-version", "7.1"),
    ];
    query.extend(continuation.map(|token| ("continuationToken", token)));
    let url = at(
        &hosts.core,
        &[Some(organization), Some("_apis"), Some("projects")],
        &query,
    );
    get(url, "/{organization}/_apis/projects")
}

pub(super) fn feed_list(hosts: &Hosts, organization: &str, project: Option<&str>) -> Request {
    let path = [
        Some(organization),
        project,
        Some("_apis"),
        Some("packaging"),
        Some("feeds"),
    ];
    get(
        at(&hosts.feeds, &path, &[("api-version", "7.1")]),
        "/{organization}/[{project}/]_apis/packaging/feeds",
    )
}

pub(super) fn feed_show(hosts: &Hosts, organization: &str, reference: &FeedReference) -> Request {
    let feed = match &reference.view {
        Some(view) => format!("{}@{view}", reference.feed),
        None => reference.feed.clone(),
    };
    let project = reference.project.as_deref();
    let path = [
        Some(organization),
        project,
        Some("_apis"),
        Some("packaging"),
        Some("feeds"),
        Some(&feed),
    ];
    get(
        at(&hosts.feeds, &path, &[("api-version", "7.1")]),
        "/{organization}/[{project}/]_apis/packaging/feeds/{feed}",
    )
}

pub(super) fn feed_create(hosts: &Hosts, organization: &str, draft: &FeedDraft) -> Request {
    let project = draft.project.as_deref();
    let path = [
        Some(organization),
        project,
        Some("_apis"),
        Some("packaging"),
        Some("feeds"),
    ];
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
        url: at(&hosts.feeds, &path, &[("api-version", "7.1")]),
        body: Some(body),
        route: "/{organization}/[{project}/]_apis/packaging/feeds",
    }
}

/// One page of a feed's crates with all their versions. `isListed` is never sent: for cargo it answers 404.
pub(super) fn crate_list(
    hosts: &Hosts,
    organization: &str,
    reference: &FeedReference,
    skip: usize,
) -> Request {
    let (page, skip) = (PAGE.to_string(), skip.to_string());
    let feed = match &reference.view {
        Some(view) => format!("{}@{view}", reference.feed),
        None => reference.feed.clone(),
    };
    let project = reference.project.as_deref();
    let path = [
        Some(organization),
        project,
        Some("_apis"),
        Some("packaging"),
        Some("feeds"),
        Some(&feed),
        Some("packages"),
    ];
    let query = [
        ("protocolType", "cargo"),
        ("includeAllVersions", "true"),
        ("includeDescription", "true"),
        ("$top", &page),
        ("$skip", &skip),
        ("api-version", "7.1"),
    ];
    get(
        at(&hosts.feeds, &path, &query),
        "/{organization}/[{project}/]_apis/packaging/feeds/{feed}/packages",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts() -> Hosts {
        let url = |text| Url::parse(text).unwrap();
        Hosts {
            core: url("https://dev.azure.com"),
            feeds: url("https://feeds.dev.azure.com"),
            packages: url("https://pkgs.dev.azure.com"),
        }
    }

    #[test]
    fn addresses_are_azures() {
        let reference = "contoso/Fabrikam Fiber/a+b@Release".parse().unwrap();
        let urls = [
            projects(&hosts(), "contoso", Some("a b")).url,
            feed_list(&hosts(), "contoso", None).url,
            feed_show(&hosts(), "contoso", &reference).url,
            crate_list(&hosts(), "contoso", &reference, 2000).url,
        ];
        insta::assert_snapshot!(urls.map(String::from).join("\n"), @r"
        https://dev.azure.com/contoso/_apis/projects?stateFilter=wellFormed&%24top=100&api-version=7.1&continuationToken=a+b
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
        let body = feed_create(&hosts(), "contoso", &draft(false)).body.unwrap();
        assert_eq!(body["upstreamSources"], json!([]));
        let body = feed_create(&hosts(), "contoso", &draft(true)).body.unwrap();
        assert_eq!(body["upstreamSources"][0]["protocol"], "Cargo");
        assert!(
            body["upstreamSources"][0]["location"]
                .as_str()
                .unwrap()
                .starts_with("https://")
        );
    }
}
