//! Crates as the REST API lists them.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::crates_io::CratesIo;
use crate::test_server::{TestServer, framed, metadata};

const PACKAGES: &str = "/local/main/_apis/packaging/feeds/f/packages";

fn names(list: &Value) -> Vec<&str> {
    list["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| package["name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn lists() {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    for (name, version) in [
        ("beta", "1.0.0"),
        ("My_Alpha", "0.9.0"),
        ("My_Alpha", "0.10.0"),
        ("My_Alpha", "1.0.0-rc.1"),
    ] {
        server.published("f", name, version).await;
    }
    let list = server
        .get(&format!("{PACKAGES}?protocolType=cargo&includeDescription=true"))
        .await;
    assert_eq!(names(&list), ["beta", "My_Alpha"]);
    let alpha = &list["value"][1];
    assert_eq!(
        (&alpha["normalizedName"], &alpha["protocolType"]),
        (&json!("my-alpha"), &json!("Cargo"))
    );
    let [latest] = alpha["versions"].as_array().unwrap().as_slice() else {
        panic!("{alpha}")
    };
    assert_eq!(
        (&latest["version"], &latest["isLatest"]),
        (&json!("0.10.0"), &json!(true))
    );
    assert_eq!(
        (&latest["isListed"], &latest["packageDescription"]),
        (&json!(true), &json!("A test"))
    );
    assert_eq!(latest["views"][0]["name"], "Local");
    assert!(latest.get("directUpstreamSourceId").is_none());

    let all = server
        .get(&format!(
            "{PACKAGES}?includeAllVersions=true&packageNameQuery=ALPH"
        ))
        .await;
    assert_eq!(names(&all), ["My_Alpha"]);
    let versions: Vec<_> = all["value"][0]["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| &version["version"])
        .collect();
    assert_eq!(versions, ["1.0.0-rc.1", "0.10.0", "0.9.0"]);

    assert_eq!(
        names(&server.get(&format!("{PACKAGES}?$top=1&$skip=1")).await),
        ["My_Alpha"]
    );
    assert_eq!(
        names(&server.get(&format!("{PACKAGES}?%24top=1")).await),
        ["beta"]
    );
    assert_eq!(
        server.get(&format!("{PACKAGES}?protocolType=npm")).await["count"],
        0
    );
    assert_eq!(
        names(
            &server
                .get(&format!(
                    "{}@Local/packages",
                    PACKAGES.trim_end_matches("/packages")
                ))
                .await
        )
        .len(),
        2
    );
    for (query, expected) in [
        ("isListed=true", StatusCode::NOT_FOUND),
        ("packageNameQuery=a%20b", StatusCode::BAD_REQUEST),
        ("$top=many", StatusCode::BAD_REQUEST),
    ] {
        let (status, _) = server
            .json(Method::GET, &format!("{PACKAGES}?{query}"), None)
            .await;
        assert_eq!(status, expected, "{query}");
    }
}

#[tokio::test]
async fn one_crate_and_its_versions() {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    server.published("f", "one", "1.0.0").await;
    let mut with_dependency = metadata("one", "1.1.0");
    with_dependency["deps"] = json!([{ "name": "beta", "version_req": "^1", "features": [], "optional": false,
        "default_features": true, "target": null, "kind": "build", "explicit_name_in_toml": "renamed" }]);
    let archive = crate::test_server::crate_archive("one", "1.1.0", b"");
    assert_eq!(
        server.publish("f", framed(&with_dependency, &archive)).await.0,
        StatusCode::OK
    );
    let list = server.get(PACKAGES).await;
    let id = list["value"][0]["id"].as_str().unwrap();
    assert_eq!(server.get(&format!("{PACKAGES}/{id}")).await, list["value"][0]);
    let versions = server
        .get(&format!("{PACKAGES}/{id}/versions?isDeleted=false"))
        .await;
    let newest = &versions["value"][0];
    assert_eq!(
        (&newest["version"], &newest["author"]),
        (&json!("1.1.0"), &json!("Somebody"))
    );
    assert_eq!(
        newest["dependencies"],
        json!([{ "group": "build", "packageName": "beta", "versionRange": "^1" }])
    );
    assert_eq!(
        (&newest["sourceChain"], &newest["tags"]),
        (&json!([]), &json!(["test"]))
    );
    let version = newest["id"].as_str().unwrap();
    assert_eq!(
        &server.get(&format!("{PACKAGES}/{id}/Versions/{version}")).await,
        newest
    );
    for wrong in [
        format!("{PACKAGES}/one"),
        format!("{PACKAGES}/{version}"),
        format!("{PACKAGES}/{id}/versions/{id}"),
    ] {
        assert_eq!(
            server.json(Method::GET, &wrong, None).await.0,
            StatusCode::NOT_FOUND,
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn saved_crates_name_their_upstream() {
    let crates_io = CratesIo::start().await;
    crates_io.add("up/st/upstreamed", "upstreamed", "1.0.0");
    let server = TestServer::start_with(Some(crates_io.index()), |_| {}).await;
    let feed = server.feed("f", true).await;
    let upstream = &feed["upstreamSources"][0]["id"];
    server.published("f", "ours", "1.0.0").await;
    assert_eq!(names(&server.get(PACKAGES).await), ["ours"]);
    assert_eq!(
        server.download("f", "upstreamed", "1.0.0").await.0,
        StatusCode::OK
    );
    let list = server.get(&format!("{PACKAGES}?includeDescription=true")).await;
    assert_eq!(names(&list), ["ours", "upstreamed"]);
    let saved = &list["value"][1]["versions"][0];
    assert_eq!(
        (&saved["directUpstreamSourceId"], &saved["packageDescription"]),
        (upstream, &json!("A test"))
    );
    let id = list["value"][1]["id"].as_str().unwrap();
    let versions = server.get(&format!("{PACKAGES}/{id}/versions")).await;
    assert_eq!(versions["value"][0]["sourceChain"][0]["name"], "crates.io");
    let only = server
        .get(&format!(
            "{PACKAGES}?directUpstreamId={}",
            upstream.as_str().unwrap()
        ))
        .await;
    assert_eq!(names(&only), ["upstreamed"]);
}

#[tokio::test]
async fn a_page_may_count_versions_instead() {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    for (name, version) in [
        ("alpha", "1.0.0"),
        ("alpha", "2.0.0"),
        ("beta", "1.0.0"),
        ("gamma", "1.0.0"),
        ("gamma", "2.0.0"),
        ("gamma", "3.0.0"),
    ] {
        server.published("f", name, version).await;
    }
    let page = async |skip: u32, top: u32| {
        let query = format!("getTopPackageVersions=true&includeAllVersions=true&$skip={skip}&$top={top}");
        let list = server.get(&format!("{PACKAGES}?{query}")).await;
        let all = list["value"].as_array().unwrap().iter().map(|package| {
            let versions = package["versions"].as_array().unwrap().iter();
            let versions: Vec<_> = versions.map(|one| one["version"].as_str().unwrap()).collect();
            format!("{} {}", package["name"].as_str().unwrap(), versions.join(" "))
        });
        all.collect::<Vec<_>>()
    };
    assert_eq!(page(0, 3).await, ["alpha 2.0.0 1.0.0", "beta 1.0.0"]);
    assert_eq!(page(1, 3).await, ["alpha 1.0.0", "beta 1.0.0", "gamma 3.0.0"]);
    assert_eq!(page(4, 100).await, ["gamma 2.0.0 1.0.0"]);
    assert!(page(6, 100).await.is_empty());
}

#[tokio::test]
async fn lists_are_narrowed() {
    let crates_io = CratesIo::start().await;
    crates_io.add("up/cr/upcrate", "upcrate", "1.0.0");
    let server = TestServer::start_with(Some(crates_io.index()), |_| {}).await;
    let feed = server.feed("f", true).await;
    server.download("f", "upcrate", "1.0.0").await;
    for name in ["ours", "theirs"] {
        server.published("f", name, "1.0.0").await;
    }
    let upstream = feed["upstreamSources"][0]["id"].as_str().unwrap();
    let narrowed = async |query: &str| {
        let list = server.get(&format!("{PACKAGES}?{query}")).await;
        names(&list).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        narrowed(&format!("directUpstreamId={upstream}")).await,
        ["upcrate"]
    );
    assert!(
        narrowed("directUpstreamId=00000000-0000-0000-0000-000000000000")
            .await
            .is_empty()
    );
    let versions = "/local/main/_apis/packaging/feeds/f/cargo/packages";
    let gone = format!("{versions}/theirs/versions/1.0.0");
    server.said(Method::DELETE, &gone, Value::Null).await;
    assert_eq!(narrowed("").await, ["ours", "upcrate"]);
    assert_eq!(
        narrowed("includeDeleted=true").await,
        ["ours", "theirs", "upcrate"]
    );
    assert_eq!(
        narrowed("includeDeleted=true&packageNameQuery=HEI").await,
        ["theirs"]
    );

    let promote = json!({ "views": { "op": "add", "path": "/views/-", "value": "Release" } });
    let promoted = format!("{versions}/ours/versions/1.0.0");
    server.said(Method::PATCH, &promoted, promote).await;
    let released = server.get(&PACKAGES.replace("/f/", "/f@Release/")).await;
    assert_eq!(names(&released), ["ours"]);

    let bare = server.get(&format!("{PACKAGES}?includeUrls=false")).await;
    let fields = bare["value"][0].as_object().unwrap();
    assert!(
        !fields.contains_key("url") && !fields.contains_key("_links"),
        "{bare}"
    );
}

#[tokio::test]
async fn a_large_feed_is_read_page_by_page() {
    let mut server = TestServer::start().await;
    server.stop().await;
    let seed = feed_server::Seed {
        feed: "f".to_owned(),
        crates: 2500,
        versions: 2,
    };
    feed_server::seed(server.folder.path(), &seed).unwrap();
    server.serve().await;
    let mut seen = Vec::new();
    for skip in [0, 1000, 2000, 3000] {
        let query = format!("protocolType=cargo&includeAllVersions=true&$top=1000&$skip={skip}");
        let list = server.get(&format!("{PACKAGES}?{query}")).await;
        for package in list["value"].as_array().unwrap() {
            assert_eq!(package["versions"].as_array().unwrap().len(), 2);
            seen.push(package["name"].as_str().unwrap().to_owned());
        }
    }
    let expected: Vec<_> = (0..2500).map(|number| format!("crate-{number:06}")).collect();
    assert_eq!(seen, expected);
    let lonely = feed_server::seed(server.folder.path(), &seed);
    assert!(lonely.is_err_and(|error| error.to_string().contains("somebody serves it")));
}

#[tokio::test]
async fn a_feed_that_does_not_hide_deleted_versions_lists_them() {
    let server = TestServer::start().await;
    server.feed("f", false).await;
    for version in ["1.0.0", "2.0.0"] {
        server.published("f", "a-crate", version).await;
    }
    server.published("f", "gone", "1.0.0").await;
    for version in ["a-crate/versions/1.0.0", "gone/versions/1.0.0"] {
        let path = format!("/local/main/_apis/packaging/feeds/f/cargo/packages/{version}");
        server.said(Method::DELETE, &path, Value::Null).await;
    }
    let listed = async |query: &str| {
        let list = server
            .get(&format!("{PACKAGES}?includeAllVersions=true{query}"))
            .await;
        let packages = list["value"].as_array().unwrap().clone();
        let versions = packages.iter().flat_map(|package| {
            let versions = package["versions"].as_array().unwrap().iter();
            versions.map(move |version| {
                let (name, number) = (
                    package["name"].as_str().unwrap(),
                    version["version"].as_str().unwrap(),
                );
                let mark = if version["isDeleted"] == true {
                    " deleted"
                } else {
                    ""
                };
                format!("{name} {number}{mark}")
            })
        });
        versions.collect::<Vec<_>>()
    };
    let held = ["a-crate 2.0.0"];
    let all = ["a-crate 2.0.0", "a-crate 1.0.0 deleted", "gone 1.0.0 deleted"];
    assert_eq!(listed("").await, held, "a new feed hides them");
    assert_eq!(listed("&includeDeleted=true").await, all);
    let shows = json!({ "hideDeletedPackageVersions": false });
    server
        .said(Method::PATCH, "/local/main/_apis/packaging/feeds/f", shows)
        .await;
    assert_eq!(listed("").await, all);
    assert_eq!(listed("&includeDeleted=false").await, held);
    // What is shown can be looked at, and still not be had.
    assert_eq!(server.index("f", "go/ne/gone").await.0, StatusCode::NOT_FOUND);
}
