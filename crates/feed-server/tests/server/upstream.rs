//! crates.io behind a feed, played by a stand-in.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::crates_io::CratesIo;
use crate::test_server::{TestServer, crate_archive, eventually, publish_body};

const PATH: &str = "up/cr/upcrate";
const FILE: &str = "/files/upcrate-1.0.0.crate";

/// A server that believes nothing it has seen before.
async fn forgetful(crates_io: &CratesIo) -> TestServer {
    let server = TestServer::start_with(Some(crates_io.index()), |config| {
        config.limits.entry_fresh = Duration::ZERO;
        config.limits.absence_fresh = Duration::ZERO;
    })
    .await;
    server.feed("f", true).await;
    server
}

async fn remembering(crates_io: &CratesIo) -> TestServer {
    let server = TestServer::start_with(Some(crates_io.index()), |_| {}).await;
    server.feed("f", true).await;
    server
}

#[tokio::test]
async fn index_files_are_kept_and_confirmed() {
    let crates_io = CratesIo::start().await;
    crates_io.add(PATH, "upcrate", "1.0.0");
    let server = forgetful(&crates_io).await;
    assert_eq!(server.listed("f", PATH).await, ["1.0.0"]);
    assert_eq!(server.listed("f", PATH).await, ["1.0.0"]);
    assert_eq!((crates_io.asked("/up/cr/upcrate"), crates_io.unchanged()), (2, 1));
    crates_io.add(PATH, "upcrate", "1.1.0");
    let (_, lines) = server.index("f", PATH).await;
    assert_eq!(lines[1]["vers"], "1.1.0");
    assert_eq!(
        lines[0]["pubtime"], "2024-01-01T00:00:00Z",
        "what we do not know is passed on"
    );

    let mut server = remembering(&crates_io).await;
    let before = crates_io.asked("/up/cr/upcrate");
    for _ in 0..3 {
        assert_eq!(server.listed("f", PATH).await, ["1.0.0", "1.1.0"]);
        assert_eq!(server.index("f", "no/ne/none").await.0, StatusCode::NOT_FOUND);
    }
    server.restart().await;
    assert_eq!(server.listed("f", PATH).await, ["1.0.0", "1.1.0"]);
    assert_eq!(
        (
            crates_io.asked("/up/cr/upcrate") - before,
            crates_io.asked("/no/ne/none")
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn many_who_ask_at_once_are_one_question() {
    let crates_io = CratesIo::start().await;
    let archive = crates_io.add(PATH, "upcrate", "1.0.0");
    let server = remembering(&crates_io).await;
    crates_io.gate(false);
    let asking = async {
        tokio::join!(
            server.listed("f", PATH),
            server.listed("f", PATH),
            server.download("f", "upcrate", "1.0.0"),
            server.download("f", "upcrate", "1.0.0"),
            server.download("f", "upcrate", "1.0.0"),
        )
    };
    let release = async {
        eventually("upstream is asked", async || crates_io.asked_in_all() > 0).await;
        crates_io.gate(true);
    };
    let ((_, _, one, two, three), ()) = tokio::join!(asking, release);
    for (status, bytes) in [one, two, three] {
        assert_eq!((status, &bytes), (StatusCode::OK, &archive));
    }
    assert_eq!((crates_io.asked("/up/cr/upcrate"), crates_io.asked(FILE)), (1, 1));
    assert_eq!(server.kept().len(), 2, "one file and one row");
}

#[tokio::test]
async fn a_version_is_saved_once_and_outlives_upstream() {
    let mut crates_io = CratesIo::start().await;
    let archive = crates_io.add(PATH, "upcrate", "1.0.0");
    crates_io.add(PATH, "upcrate", "2.0.0");
    let mut server = forgetful(&crates_io).await;
    assert_eq!(server.index("f@Local", PATH).await.0, StatusCode::NOT_FOUND);
    assert_eq!(
        server.download("f@Local", "upcrate", "1.0.0").await.0,
        StatusCode::NOT_FOUND
    );
    for _ in 0..2 {
        assert_eq!(
            server.download("f", "upcrate", "1.0.0").await,
            (StatusCode::OK, archive.clone())
        );
    }
    assert_eq!(crates_io.asked(FILE), 1);
    assert_eq!(server.listed("f@Local", PATH).await, ["1.0.0"]);
    crates_io.go_away().await;
    server.restart().await;
    assert_eq!(
        server.listed("f", PATH).await,
        ["1.0.0", "2.0.0"],
        "as upstream said it last"
    );
    assert_eq!(
        server.download("f", "upcrate", "1.0.0").await,
        (StatusCode::OK, archive.clone())
    );
    let (status, body) = server.download("f", "upcrate", "2.0.0").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(String::from_utf8(body).unwrap().contains("could not be reached"));
    assert_eq!(
        server.index("f", "un/se/unseen").await.0,
        StatusCode::SERVICE_UNAVAILABLE
    );

    server.stop().await;
    std::fs::remove_file(server.folder.path().join("upstream-cache.db")).unwrap();
    let again = server.folder.path().to_owned();
    let mut config = crate::test_server::config(&again);
    config.crates_io = Some(crates_io.index());
    let bare = feed_server::start(config).await.unwrap();
    server.url = bare.url().to_owned();
    assert_eq!(
        server.listed("f", PATH).await,
        ["1.0.0"],
        "what is saved, when nothing else is known"
    );
    bare.stop().await;
}

#[tokio::test]
async fn a_second_feed_takes_what_is_on_disk() {
    let crates_io = CratesIo::start().await;
    let archive = crates_io.add(PATH, "upcrate", "1.0.0");
    let server = remembering(&crates_io).await;
    server.feed("g", true).await;
    for feed in ["f", "g"] {
        assert_eq!(
            server.download(feed, "upcrate", "1.0.0").await,
            (StatusCode::OK, archive.clone())
        );
    }
    assert_eq!(crates_io.asked(FILE), 1);
}

#[tokio::test]
async fn passing_failures_are_tried_again() {
    let crates_io = CratesIo::start().await;
    crates_io.add(PATH, "upcrate", "1.0.0");
    let server = forgetful(&crates_io).await;
    crates_io.fail_next(1);
    assert_eq!(server.listed("f", PATH).await, ["1.0.0"]);
    crates_io.fail_next(1);
    assert_eq!(server.download("f", "upcrate", "1.0.0").await.0, StatusCode::OK);
    crates_io.fail(Some(StatusCode::INTERNAL_SERVER_ERROR));
    assert_eq!(server.listed("f", PATH).await, ["1.0.0"]);
    assert_eq!(
        server.index("f", "ne/ve/never").await.0,
        StatusCode::SERVICE_UNAVAILABLE
    );
    crates_io.fail(Some(StatusCode::FORBIDDEN));
    assert_eq!(server.index("f", "ne/ve/never").await.0, StatusCode::BAD_GATEWAY);
}

#[tokio::test]
async fn while_upstream_rests_it_is_not_asked_for_what_is_kept() {
    let crates_io = CratesIo::start().await;
    crates_io.add(PATH, "upcrate", "1.0.0");
    let server = TestServer::start_with(Some(crates_io.index()), |config| {
        config.limits.entry_fresh = Duration::ZERO;
        config.limits.upstream_pause = Duration::from_secs(3600);
    })
    .await;
    server.feed("f", true).await;
    server.listed("f", PATH).await;
    crates_io.fail(Some(StatusCode::SERVICE_UNAVAILABLE));
    server.listed("f", PATH).await;
    let asked = crates_io.asked("/up/cr/upcrate");
    assert_eq!(server.listed("f", PATH).await, ["1.0.0"]);
    assert_eq!(crates_io.asked("/up/cr/upcrate"), asked);
    crates_io.fail(None);
    crates_io.add("ot/he/other", "other", "1.0.0");
    assert_eq!(
        server.listed("f", "ot/he/other").await,
        ["1.0.0"],
        "what is not kept is asked for, and ends the rest"
    );
    server.listed("f", PATH).await;
    assert_eq!(crates_io.asked("/up/cr/upcrate"), asked + 1);
}

#[tokio::test]
async fn a_wrong_checksum_saves_nothing() {
    let crates_io = CratesIo::start().await;
    crates_io.add(PATH, "upcrate", "1.0.0");
    crates_io.put(FILE, b"something else".to_vec());
    crates_io.add_line(PATH, "upcrate", "2.0.0", &"0".repeat(64));
    let server = forgetful(&crates_io).await;
    let before = server.kept();
    let (status, body) = server.download("f", "upcrate", "1.0.0").await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert!(String::from_utf8(body).unwrap().contains("checksum"));
    assert_eq!(
        server.download("f", "upcrate", "2.0.0").await.0,
        StatusCode::BAD_GATEWAY,
        "no such file"
    );
    assert_eq!(
        server.download("f", "upcrate", "3.0.0").await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        server.download("f", "unknown", "1.0.0").await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(server.kept(), before);
    crates_io.add(PATH, "upcrate", "1.0.0");
    assert_eq!(server.download("f", "upcrate", "1.0.0").await.0, StatusCode::OK);
}

#[tokio::test]
async fn too_long_answers_are_not_read_to_the_end() {
    let crates_io = CratesIo::start().await;
    crates_io.add(PATH, "upcrate", "1.0.0");
    let server = TestServer::start_with(Some(crates_io.index()), |config| {
        config.limits.index_entry_bytes = 1000;
        config.limits.upstream_crate_bytes = 100;
    })
    .await;
    server.feed("f", true).await;
    crates_io.put("/lo/ng/long", vec![b'\n'; 1001]);
    assert_eq!(server.index("f", "lo/ng/long").await.0, StatusCode::BAD_GATEWAY);
    assert_eq!(
        server.download("f", "upcrate", "1.0.0").await.0,
        StatusCode::BAD_GATEWAY
    );
    assert!(server.kept().is_empty());
}

#[tokio::test]
async fn a_kept_index_file_too_old_to_know_a_version_is_asked_for_again() {
    let crates_io = CratesIo::start().await;
    crates_io.add(PATH, "upcrate", "1.0.0");
    let server = remembering(&crates_io).await;
    assert_eq!(server.listed("f", PATH).await, ["1.0.0"]);
    crates_io.add(PATH, "upcrate", "1.1.0");
    assert_eq!(server.download("f", "upcrate", "1.1.0").await.0, StatusCode::OK);
}

#[tokio::test]
async fn private_hides_upstream() {
    let crates_io = CratesIo::start().await;
    let saved = crates_io.add(PATH, "upcrate", "1.0.0");
    crates_io.add(PATH, "upcrate", "2.0.0");
    let server = forgetful(&crates_io).await;
    assert_eq!(server.download("f", "upcrate", "1.0.0").await.0, StatusCode::OK);
    server.published("f", "upcrate", "9.0.0").await;
    assert_eq!(server.listed("f", PATH).await, ["1.0.0", "9.0.0"]);
    assert_eq!(
        server.download("f", "upcrate", "1.0.0").await,
        (StatusCode::OK, saved)
    );
    assert_eq!(
        server.download("f", "upcrate", "2.0.0").await.0,
        StatusCode::NOT_FOUND
    );
    crates_io.add("up/_c/up_crate", "up_crate", "1.0.0");
    server.published("f", "up-crate", "1.0.0").await;
    assert_eq!(
        server.index("f", "up/_c/up_crate").await.0,
        StatusCode::NOT_FOUND,
        "nor under another spelling"
    );
    let asked = crates_io.asked("/up/cr/upcrate");
    server.listed("f", PATH).await;
    assert_eq!(
        crates_io.asked("/up/cr/upcrate"),
        asked,
        "upstream is not told of private crates"
    );
}

#[tokio::test]
async fn what_upstream_has_cannot_be_published_while_it_is_on() {
    let mut crates_io = CratesIo::start().await;
    crates_io.add(PATH, "upcrate", "1.0.0");
    let server = forgetful(&crates_io).await;
    let refused = async |name: &str, version: &str, expected: StatusCode, words: &str| {
        let before = server.kept();
        let body = publish_body(name, version, &crate_archive(name, version, b""));
        let (status, answer) = server.publish("f", body).await;
        assert_eq!(status, expected, "{answer}");
        assert!(
            answer["errors"][0]["detail"].as_str().unwrap().contains(words),
            "{answer}"
        );
        assert_eq!(server.kept(), before);
    };
    refused("upcrate", "1.0.0", StatusCode::CONFLICT, "exists in the upstream").await;
    refused("UpCrate", "3.0.0", StatusCode::CONFLICT, "use that spelling").await;
    let off = json!({ "upstreamEnabled": false });
    server
        .json(Method::PATCH, "/local/main/_apis/packaging/feeds/f", Some(off))
        .await;
    assert_eq!(server.index("f", PATH).await.0, StatusCode::NOT_FOUND);
    server.published("f", "upcrate", "1.0.0").await;
    let on = json!({ "upstreamEnabled": true });
    server
        .json(Method::PATCH, "/local/main/_apis/packaging/feeds/f", Some(on))
        .await;
    assert_eq!(server.listed("f", PATH).await, ["1.0.0"]);
    crates_io.go_away().await;
    refused(
        "brandnew",
        "1.0.0",
        StatusCode::SERVICE_UNAVAILABLE,
        "could not be reached",
    )
    .await;
}

#[tokio::test]
async fn upstreams_yanks_come_through() {
    let crates_io = CratesIo::start().await;
    crates_io.add(PATH, "upcrate", "1.0.0");
    let server = forgetful(&crates_io).await;
    server.download("f", "upcrate", "1.0.0").await;
    crates_io.yank_all(PATH);
    assert_eq!(server.index("f", PATH).await.1[0]["yanked"], true);
    let list = server.get("/local/main/_apis/packaging/feeds/f/packages").await;
    assert_eq!(list["value"][0]["versions"][0]["isListed"], false);
    assert_eq!(server.index("f@Local", PATH).await.1[0]["yanked"], true);
    assert_eq!(server.download("f", "upcrate", "1.0.0").await.0, StatusCode::OK);
}

#[tokio::test]
async fn who_leaves_does_not_stop_a_save() {
    let crates_io = CratesIo::start().await;
    crates_io.add(PATH, "upcrate", "1.0.0");
    let server = remembering(&crates_io).await;
    server.listed("f", PATH).await;
    crates_io.gate(false);
    let downloading = server.download("f", "upcrate", "1.0.0");
    let asked = eventually("upstream is asked", async || crates_io.asked_in_all() > 1);
    tokio::select! {
        _ = downloading => panic!("the gate is closed"),
        () = asked => {}
    }
    crates_io.gate(true);
    eventually("the version is saved", async || server.kept().len() == 2).await;
}
