//! What is kept of a feed: listed once, then brought up to date by what changed; readable with no network; right after
//! everything that may happen to a feed meanwhile.

use anyhow::{Result, ensure};
use journeys::azure::{Azure, Quirk};
use journeys::{Serving, TestHome};
use serde_json::json;

use super::{Own, granary, json, names, refused, signed_in, signed_in_at_server};
use crate::journey;

const FEED: &str = "contoso/main/internal";

/// A double with a feed of mira's in which `shelf` and `label` are, and mira signed in.
async fn world() -> Result<(Azure, TestHome)> {
    let azure = Azure::start().await?;
    let home = signed_in(&azure, "mira")?;
    granary(&home, &["feed", "create", FEED])?.well()?;
    for name in ["shelf", "label"] {
        Own::new(&home, name, FEED)?.publish(&home, name, "0.1.0", "internal")?;
    }
    Ok((azure, home))
}

/// What was asked of the feeds' host while something was done.
fn asked(azure: &Azure, done: impl FnOnce() -> Result<()>) -> Result<Vec<String>> {
    let before = azure.exchanges().len();
    done()?;
    let exchanges = azure.exchanges();
    let since = exchanges
        .iter()
        .skip(before)
        .filter(|exchange| exchange.host == "feeds");
    Ok(since
        .map(|exchange| format!("{} {}", exchange.method, exchange.path))
        .collect())
}

/// The path of one version of a crate behind the double.
fn version_path(name: &str) -> String {
    format!(
        "main/_apis/packaging/feeds/internal/cargo/packages/{name}/versions/0.1.0?api-version=7.2-preview.1"
    )
}

#[test]
fn a_refresh_asks_for_what_changed_and_for_nothing_else() {
    journey(async || {
        let (azure, home) = world().await?;
        let list = || granary(&home, &["crate", "list", FEED])?.well().map(drop);
        let first = asked(&azure, list)?;
        ensure!(first.iter().any(|path| path.ends_with("/packages")), "{first:?}");
        let again = asked(&azure, list)?;
        ensure!(
            // What the feed is, what its views are called, and that nothing changed.
            again.len() <= 3 && !again.iter().any(|path| path.ends_with("/packages")),
            "{again:?}"
        );

        let promote = json!({"views": {"op": "add", "path": "/views/-", "value": "Release"}}).to_string();
        azure
            .seed("PATCH", "contoso", &version_path("shelf"), promote)
            .await?;
        azure
            .seed("DELETE", "contoso", &version_path("label"), "")
            .await?;
        let third = asked(&azure, list)?;
        ensure!(
            // The same, and one that says that there is no more.
            third.len() <= 4 && third.iter().any(|path| path.ends_with("/packagechanges")),
            "{third:?}"
        );
        let kept = json(&home, &["crate", "list", FEED, "--offline"])?;
        ensure!(names(&kept) == ["shelf"], "a stale row was left: {kept}");
        let of_view = json(
            &home,
            &["crate", "list", "contoso/main/internal@Release", "--offline"],
        )?;
        ensure!(names(&of_view) == ["shelf"], "{of_view}");
        Ok(())
    });
}

#[test]
fn what_is_kept_needs_no_network() {
    journey(async || {
        let (azure, home) = world().await?;
        granary(&home, &["crate", "list", FEED])?.well()?;
        let shown = json(&home, &["crate", "show", FEED, "shelf@0.1.0"])?;
        drop(azure);
        ensure!(refused(&home, &["crate", "list", FEED])? == "unreachable", "");
        let kept = json(
            &home,
            &["crate", "list", FEED, "--offline", "--query", "what shelf is"],
        )?;
        ensure!(names(&kept) == ["shelf"], "{kept}");
        // One that was opened before is there whole; what could not be asked is said.
        let offline = json(&home, &["crate", "show", FEED, "shelf@0.1.0"])?;
        for part in ["readme", "licence", "features", "checksum", "fileCount"] {
            ensure!(
                offline[part] == shown[part] && !offline[part].is_null(),
                "{part}: {offline}"
            );
        }
        Ok(())
    });
}

#[test]
fn throttling_in_the_middle_of_a_list_loses_no_row() {
    journey(async || {
        let (azure, home) = world().await?;
        azure.arm(Quirk::Throttled(1), "/packages", 2);
        let listed = json(&home, &["crate", "list", FEED])?;
        ensure!(names(&listed) == ["label", "shelf"], "{listed}");
        let throttled = azure
            .exchanges()
            .iter()
            .filter(|exchange| exchange.status == 429)
            .count();
        ensure!(throttled == 2, "it was throttled {throttled} times");

        azure
            .seed("DELETE", "contoso", &version_path("label"), "")
            .await?;
        azure.arm(Quirk::Cut, "/packagechanges", 1);
        let list = || granary(&home, &["crate", "list", FEED])?.well().map(drop);
        let asked = asked(&azure, list)?;
        let changes = asked
            .iter()
            .filter(|path| path.ends_with("/packagechanges"))
            .count();
        // The one that was cut, the same again, and one that says that there is no more.
        ensure!(changes == 3, "{asked:?}");
        let kept = json(&home, &["crate", "list", FEED, "--offline"])?;
        ensure!(names(&kept) == ["shelf"], "{kept}");
        Ok(())
    });
}

#[test]
fn a_feed_that_was_renamed_or_deleted_says_so() {
    journey(async || {
        let (azure, home) = world().await?;
        granary(&home, &["crate", "list", FEED])?.well()?;
        let feed = "main/_apis/packaging/feeds/internal?api-version=7.1";
        azure
            .seed("PATCH", "contoso", feed, json!({"name": "own"}).to_string())
            .await?;
        let ran = granary(&home, &["crate", "list", FEED])?;
        ensure!(
            ran.stderr.contains("`contoso/main/own`") && ran.code == Some(1),
            "{ran:?}"
        );
        let kept = json(&home, &["crate", "list", "contoso/main/own", "--offline"])?;
        ensure!(
            names(&kept) == ["label", "shelf"],
            "what was kept moved along: {kept}"
        );
        let asked = asked(&azure, || {
            granary(&home, &["crate", "list", "contoso/main/own"])?
                .well()
                .map(drop)
        })?;
        ensure!(
            !asked.iter().any(|path| path.ends_with("/packages")),
            "it was listed anew: {asked:?}"
        );

        let feed = "main/_apis/packaging/feeds/own?api-version=7.1";
        azure.seed("DELETE", "contoso", feed, "").await?;
        ensure!(
            refused(&home, &["crate", "list", "contoso/main/own"])? == "notFound",
            ""
        );
        let kept = json(&home, &["crate", "list", "contoso/main/own", "--offline"])?;
        ensure!(kept == json!([]), "what is gone is still kept: {kept}");
        Ok(())
    });
}

#[test]
fn a_server_that_tells_no_changes_is_listed_anew() {
    journey(async || {
        let azure = Azure::start().await?;
        let home = TestHome::with_azure(&azure)?;
        let account = signed_in_at_server(&azure, &home, "mira")?;
        let feed = format!("{account}/main/internal");
        granary(&home, &["feed", "create", &feed])?.well()?;
        let own = Own::new(&home, "shelf", &feed)?;
        own.publish(&home, "shelf", "0.1.0", "internal")?;
        own.publish(&home, "shelf", "0.2.0", "internal")?;
        ensure!(
            json(&home, &["crate", "list", &feed])?[0]["versionCount"] == 2,
            ""
        );
        granary(&home, &["crate", "delete", &feed, "shelf@0.2.0"])?.well()?;
        let listed = json(&home, &["crate", "list", &feed])?;
        ensure!(
            listed[0]["versionCount"] == 1 && listed[0]["latest"] == "0.1.0",
            "{listed}"
        );
        let changes = azure
            .exchanges()
            .into_iter()
            .filter(|exchange| exchange.path.contains("changes"));
        ensure!(changes.count() == 0, "a server was asked for changes");
        Ok(())
    });
}

#[test]
fn who_signs_out_leaves_nothing_readable() {
    journey(async || {
        let (_azure, home) = world().await?;
        granary(&home, &["crate", "list", FEED])?.well()?;
        let file = home.path().join("granary/catalog/contoso.sqlite");
        ensure!(file.is_file(), "nothing was kept");
        granary(&home, &["sign-out", "contoso"])?.well()?;
        ensure!(!file.exists(), "what was kept is still there");
        Ok(())
    });
}

#[test]
fn what_the_host_of_a_file_refuses_is_no_word_of_the_feed() {
    journey(async || {
        let (azure, home) = world().await?;
        azure.set_redirect_downloads(true);
        let show = || json(&home, &["crate", "show", FEED, "shelf@0.1.0"]);
        let files = azure
            .url(journeys::azure::Host::Blob)
            .trim_start_matches("http://")
            .to_owned();
        for quirk in [Quirk::Unauthorized, Quirk::SignInPage] {
            azure.arm(quirk.clone(), "blob/", 100);
            let shown = show()?;
            let gap = &shown["gaps"][0];
            ensure!(gap["code"] == "unreachable", "{quirk:?}: {gap}");
            ensure!(gap["message"].to_string().contains(&files), "{quirk:?}: {gap}");
            ensure!(
                shown["readme"].is_null() && shown["checksum"].is_string(),
                "{shown}"
            );
            azure.disarm();
        }
        // A wish to be left alone is heeded, and the way there asked for anew.
        azure.arm(Quirk::Throttled(1), "blob/", 1);
        let shown = show()?;
        ensure!(shown["gaps"] == json!([]) && shown["licence"] == "MIT", "{shown}");
        Ok(())
    });
}

/// The feeds of this computer, with a feed in which nothing is.
fn local() -> Result<(TestHome, Serving)> {
    let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
    let serving = home.serve()?;
    granary(&home, &["feed", "create", "local/main/internal"])?.well()?;
    Ok((home, serving))
}

#[test]
fn a_file_that_was_spoilt_is_begun_anew() {
    journey(async || {
        let (home, _serving) = local()?;
        granary(&home, &["crate", "list", "local/main/internal"])?.well()?;
        let file = home.path().join("granary/catalog/local.sqlite");
        std::fs::write(&file, "spoilt ".repeat(1000))?;
        Own::new(&home, "shelf", "local/main/internal")?.publish(&home, "shelf", "0.1.0", "internal")?;
        let listed = json(&home, &["crate", "list", "local/main/internal"])?;
        ensure!(names(&listed) == ["shelf"], "{listed}");
        Ok(())
    });
}
