//! What a feed is: its name, upstream sources, views, permissions, retention, addresses, and its own recycle bin.

use anyhow::{Context, Result, ensure};
use journeys::TestHome;
use journeys::azure::Azure;
use serde_json::{Value, json};

use super::{Own, granary, json, names, refused, signed_in};
use crate::journey;

const FEED: &str = "local/main/internal";

fn world() -> Result<(TestHome, journeys::Serving)> {
    let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
    let serving = home.serve()?;
    granary(&home, &["feed", "create", "local/main", "--pair"])?.well()?;
    Ok((home, serving))
}

#[test]
fn a_feed_is_changed_deleted_and_brought_back() {
    journey(async || {
        let (home, _serving) = world()?;
        let changed = json(
            &home,
            &[
                "feed",
                "update",
                FEED,
                "--description",
                "ours",
                "--badges",
                "true",
                "--hide-deleted",
                "false",
            ],
        )?;
        ensure!(
            changed["description"] == "ours" && changed["badges"] == true && changed["hidesDeleted"] == false,
            "{changed}"
        );
        ensure!(changed["role"] == "owner", "{changed}");
        let renamed = json(&home, &["feed", "update", FEED, "--name", "own"])?;
        ensure!(renamed["reference"] == "local/main/own", "{renamed}");
        ensure!(
            refused(&home, &["feed", "update", "local/main/own", "--name", "a b"])? == "invalidInput",
            ""
        );

        granary(&home, &["feed", "delete", "local/main/own"])?.well()?;
        let listed = json(&home, &["feed", "list", "local"])?;
        ensure!(names(&listed) == ["upstream"], "{listed}");
        let bin = json(&home, &["feed", "list", "local", "--deleted"])?;
        ensure!(names(&bin) == ["own"] && bin[0]["purgedAt"].is_string(), "{bin}");
        granary(&home, &["feed", "recover", "local/main/own"])?.well()?;
        let listed = json(&home, &["feed", "list", "local"])?;
        ensure!(names(&listed) == ["own", "upstream"], "{listed}");
        granary(&home, &["feed", "delete", "local/main/own"])?.well()?;
        granary(&home, &["feed", "purge", "local/main/own"])?.well()?;
        ensure!(
            json(&home, &["feed", "list", "local", "--deleted"])? == json!([]),
            "it is still in the bin"
        );
        ensure!(
            refused(&home, &["feed", "recover", "local/main/own"])? == "notFound",
            ""
        );
        Ok(())
    });
}

#[test]
fn upstream_sources_are_added_moved_and_taken_out() {
    journey(async || {
        let (home, _serving) = world()?;
        let upstream = |arguments: &[&str]| -> Result<Value> {
            json(&home, &[&["feed", "upstream"], arguments].concat())
        };
        let added = upstream(&["add", FEED, "local/main/upstream"])?;
        ensure!(
            names(&added) == ["upstream@Local"] && added[0]["kind"] == "feed",
            "{added}"
        );
        let added = upstream(&["add", FEED, "crates.io"])?;
        ensure!(names(&added) == ["upstream@Local", "crates.io"], "{added}");
        // The same twice says nothing more.
        ensure!(
            upstream(&["add", FEED, "crates.io"])? == added,
            "it was added twice"
        );
        let moved = upstream(&["move", FEED, "crates.io", "1"])?;
        ensure!(names(&moved) == ["crates.io", "upstream@Local"], "{moved}");
        ensure!(moved[0]["id"] == added[1]["id"], "an id changed: {moved}");
        let removed = upstream(&["remove", FEED, "upstream@local"])?;
        ensure!(names(&removed) == ["crates.io"], "{removed}");
        ensure!(
            refused(&home, &["feed", "upstream", "remove", FEED, "nothing"])? == "notFound",
            ""
        );
        ensure!(
            refused(&home, &["feed", "upstream", "add", FEED, "contoso/shared"])? == "invalidInput",
            ""
        );
        ensure!(
            refused(
                &home,
                &["feed", "upstream", "add", FEED, "local/main/upstream@Nope"]
            )? == "notFound",
            ""
        );
        let off = json(&home, &["feed", "update", FEED, "--upstreams", "false"])?;
        ensure!(
            off["upstreamsEnabled"] == false && off["includesCratesIo"] == false,
            "{off}"
        );
        Ok(())
    });
}

#[test]
fn views_permissions_and_retention() {
    journey(async || {
        let (home, _serving) = world()?;
        let feed = |arguments: &[&str]| -> Result<Value> { json(&home, &[&["feed"], arguments].concat()) };
        let views = feed(&["view", "create", FEED, "Beta", "--visible-to", "nobody"])?;
        ensure!(
            names(&views) == ["Local", "Prerelease", "Release", "Beta"],
            "{views}"
        );
        ensure!(
            views[3]["visibility"] == "private" && views[0]["isDefault"] == true,
            "{views}"
        );
        let views = feed(&[
            "view",
            "update",
            FEED,
            "beta",
            "--rename",
            "Gamma",
            "--visible-to",
            "organization",
            "--default",
        ])?;
        ensure!(
            views[3]["name"] == "Gamma"
                && views[3]["isDefault"] == true
                && views[3]["visibility"] == "collection",
            "{views}"
        );
        feed(&["view", "update", FEED, "Local", "--default"])?;
        let views = feed(&["view", "delete", FEED, "Gamma"])?;
        ensure!(names(&views) == ["Local", "Prerelease", "Release"], "{views}");

        let service = "main Build Service (local)";
        let set = feed(&["permission", "set", FEED, service, "contributor"])?;
        let role = |permissions: &Value| {
            let mut rows = permissions.as_array().into_iter().flatten();
            let own = rows.find(|row| row["identity"]["name"] == service);
            own.map(|row| row["role"].clone())
        };
        ensure!(role(&set) == Some(json!("contributor")), "{set}");
        let removed = feed(&["permission", "remove", FEED, service])?;
        ensure!(role(&removed).is_none(), "{removed}");
        // Nobody has a role any more by that name, so it is looked for.
        let back = feed(&["permission", "set", FEED, service, "collaborator"])?;
        ensure!(role(&back) == Some(json!("collaborator")), "{back}");
        ensure!(
            refused(
                &home,
                &["feed", "permission", "set", FEED, "Nobody At All", "reader"]
            )? == "notFound",
            ""
        );

        ensure!(
            feed(&["retention", "show", FEED])?.is_null(),
            "a new feed keeps everything"
        );
        let kept = feed(&["retention", "set", FEED, "--versions", "2", "--days", "30"])?;
        ensure!(kept == json!({"countLimit": 2, "days": 30}), "{kept}");
        ensure!(
            refused(
                &home,
                &[
                    "feed",
                    "retention",
                    "set",
                    FEED,
                    "--versions",
                    "0",
                    "--days",
                    "30"
                ]
            )? == "invalidInput",
            ""
        );
        ensure!(feed(&["retention", "off", FEED])?.is_null(), "it is still set");
        Ok(())
    });
}

#[test]
fn what_retention_would_remove_is_known_beforehand() {
    journey(async || {
        let (home, _serving) = world()?;
        let own = Own::new(&home, "shelf", FEED)?;
        for version in ["0.1.0", "0.2.0", "0.3.0"] {
            own.publish(&home, "shelf", version, "internal")?;
        }
        let preview = [
            "feed",
            "retention",
            "preview",
            FEED,
            "--versions",
            "1",
            "--days",
            "1",
        ];
        // All of them are of today, and so within the second limit.
        let none = json(&home, &preview)?;
        ensure!(
            none["removed"] == json!([]) && none["knowsDownloads"] == true,
            "{none}"
        );
        Ok(())
    });
}

#[test]
fn what_retention_removes_is_what_was_foretold() {
    journey(async || {
        const FEED: &str = "contoso/main/internal";
        let azure = Azure::start().await?;
        let home = signed_in(&azure, "mira")?;
        granary(&home, &["feed", "create", FEED])?.well()?;
        let own = Own::new(&home, "shelf", FEED)?;
        for version in ["0.1.0", "0.2.0", "0.3.0", "0.4.0", "0.5.0"] {
            own.publish(&home, "shelf", version, "internal")?;
        }
        Own::new(&home, "label", FEED)?.publish(&home, "label", "1.0.0", "internal")?;
        azure.back_date("contoso", 20).await?;
        granary(
            &home,
            &["crate", "promote", FEED, "shelf@0.2.0", "--view", "Release"],
        )?
        .well()?;
        // Opening a version downloads it, and then somebody needs it.
        granary(&home, &["crate", "show", FEED, "shelf@0.3.0"])?.well()?;
        let policy = |versions: &'static str, days: &'static str| ["--versions", versions, "--days", days];
        let foretold = |versions, days| {
            let of_feed = ["feed", "retention", "preview", FEED];
            json(&home, &[&of_feed[..], &policy(versions, days)].concat())
        };
        // A download is counted within a second.
        journeys::until("the download is counted", async || {
            let removed = foretold("1", "10")?["removed"].as_array().map(Vec::len);
            Ok((removed == Some(2)).then_some(()))
        })
        .await?;
        let shelf = |version: &str| json!({"name": "shelf", "version": version});
        let preview = foretold("1", "10")?;
        ensure!(
            preview["removed"] == json!([shelf("0.4.0"), shelf("0.1.0")])
                && preview["knowsDownloads"] == true,
            "{preview}"
        );
        ensure!(
            foretold("1", "21")?["removed"] == json!([]),
            "they are not that old"
        );
        ensure!(
            foretold("5", "10")?["removed"] == json!([]),
            "there are no more than that"
        );

        let versions = || -> Result<Vec<String>> {
            let versions = json(&home, &["crate", "versions", FEED, "shelf"])?;
            let versions = versions.as_array().context("no versions")?.iter();
            Ok(versions.map(|version| version["version"].to_string()).collect())
        };
        let before = versions()?;
        granary(
            &home,
            &[&["feed", "retention", "set", FEED][..], &policy("1", "10")].concat(),
        )?
        .well()?;
        azure.retain("contoso").await?;
        let listed = json(&home, &["crate", "list", FEED])?;
        ensure!(names(&listed) == ["label", "shelf"], "{listed}");
        let gone = |version: &String| ["\"0.1.0\"", "\"0.4.0\""].contains(&version.as_str());
        let left = before
            .into_iter()
            .filter(|version| !gone(version))
            .collect::<Vec<_>>();
        ensure!(
            left.len() == 3 && versions()? == left,
            "{left:?} were to stay, {:?} did",
            versions()?
        );
        let bin = json(&home, &["crate", "deleted", FEED])?;
        let mut bin = bin
            .as_array()
            .context("no bin")?
            .iter()
            .map(|row| row["version"].to_string())
            .collect::<Vec<_>>();
        bin.sort();
        ensure!(bin.iter().all(gone) && bin.len() == 2, "{bin:?}");
        Ok(())
    });
}

#[test]
fn every_address_works_and_names_its_view() {
    journey(async || {
        let (home, _serving) = world()?;
        let own = Own::new(&home, "shelf", FEED)?;
        own.publish(&home, "shelf", "0.1.0", "internal")?;
        let addresses = json(&home, &["feed", "address", FEED])?;
        ensure!(
            addresses["registryName"] == "internal" && addresses["pipeline"].is_null(),
            "{addresses}"
        );
        let views = addresses["addresses"].as_array().context("no addresses")?;
        let views = views
            .iter()
            .map(|address| address["view"].clone())
            .collect::<Vec<_>>();
        ensure!(
            json!(views) == json!([null, "Local", "Prerelease", "Release"]),
            "{addresses}"
        );
        let feed = |view: &str| format!("internal{view}");
        let path = "sh/el/shelf";
        ensure!(
            home.ask_feed(&feed(""), path).await?.contains("0.1.0"),
            "the feed itself"
        );
        ensure!(
            home.ask_feed(&feed("@Local"), path).await?.contains("0.1.0"),
            "@Local"
        );
        ensure!(
            home.ask_feed(&feed("@Release"), path).await.is_err(),
            "nothing was promoted"
        );
        let config = addresses["cargoConfig"].as_str().context("no config")?;
        ensure!(config.parse::<toml::Table>().is_ok(), "{config}");
        Ok(())
    });
}
