//! Somebody else works on the same feeds: adds upstream sources, gives feeds and views other names, refuses a project.

use anyhow::{Result, ensure};
use journeys::TestHome;
use journeys::azure::{Azure, Cast, Deed, Quirk, Role, Seed};
use serde_json::{Value, json};

use super::{granary, json, names, signed_in};
use crate::journey;

const FEED: &str = "contoso/main/internal";

fn seed(feed: &str, crates: u32) -> (String, Seed) {
    let seed = Seed {
        feed: feed.to_owned(),
        crates,
        versions: 1,
    };
    ("contoso".to_owned(), seed)
}

async fn world(seeds: Vec<(String, Seed)>, projects: &[&str]) -> Result<(Azure, TestHome)> {
    let azure = Azure::start_with(Cast {
        seeds,
        projects: projects.iter().map(|name| (*name).to_owned()).collect(),
        ..Cast::default()
    })
    .await?;
    let home = signed_in(&azure, "mira")?;
    Ok((azure, home))
}

fn sorted(list: &Value) -> Vec<&str> {
    let mut names = names(list);
    names.sort_unstable();
    names
}

#[test]
fn an_upstream_source_that_somebody_else_added_meanwhile_stays() {
    journey(async || {
        let (azure, home) = world(vec![seed("internal", 1), seed("shared", 1)], &[]).await?;
        let shared = azure
            .seed(
                "GET",
                "contoso",
                "main/_apis/packaging/feeds/shared?api-version=7.1",
                "",
            )
            .await?;
        let source = json!({
            "name": "shared@Local", "protocol": "Cargo", "upstreamSourceType": "internal",
            "internalUpstreamFeedId": shared["id"],
        });
        let feed = "main/_apis/packaging/feeds/internal?api-version=7.1".to_owned();
        let body = json!({ "upstreamEnabled": true, "upstreamSources": [source] }).to_string();
        // Between the reading of the list and its writing.
        let adds = Quirk::Meanwhile(Deed::Asks("PATCH", "contoso", feed, body));
        azure.arm(adds, "contoso/main/_apis/packaging/feeds/internal?", 1);
        let after = json(&home, &["feed", "upstream", "add", FEED, "crates.io"])?;
        ensure!(sorted(&after) == ["crates.io", "shared@Local"], "{after}");
        let read = json(&home, &["feed", "upstream", "list", FEED])?;
        ensure!(sorted(&read) == ["crates.io", "shared@Local"], "{read}");
        Ok(())
    });
}

#[test]
fn two_people_who_add_upstream_sources_at_once_both_get_theirs() {
    journey(async || {
        let feeds = ["internal", "one", "two", "three", "four"];
        let (azure, mira) = world(feeds.map(|feed| seed(feed, 1)).to_vec(), &[]).await?;
        azure.set_role("olek", "contoso", Some(Role::Administrator));
        let olek = signed_in(&azure, "olek")?;
        for (hers, his) in [("one", "two"), ("three", "four")] {
            let add = |home: &TestHome, feed: &str| {
                let feed = format!("contoso/main/{feed}");
                granary(home, &["feed", "upstream", "add", FEED, &feed])?
                    .well()
                    .map(drop)
            };
            std::thread::scope(|scope| {
                let other = scope.spawn(|| add(&olek, his));
                add(&mira, hers)?;
                other
                    .join()
                    .map_err(|_| anyhow::anyhow!("olek's command was lost"))?
            })?;
        }
        let read = json(&mira, &["feed", "upstream", "list", FEED])?;
        let expected = ["four@Local", "one@Local", "three@Local", "two@Local"];
        ensure!(sorted(&read) == expected, "{read}");
        Ok(())
    });
}

#[test]
fn feeds_that_swap_names_are_not_taken_for_each_other() {
    journey(async || {
        let (azure, home) = world(vec![seed("one", 1), seed("two", 2)], &[]).await?;
        let count = |feed: &str, also: &[&str]| -> Result<usize> {
            let feed = format!("contoso/main/{feed}");
            let listed = json(&home, &[&["crate", "list", &feed], also].concat())?;
            Ok(names(&listed).len())
        };
        ensure!(
            count("one", &[])? == 1 && count("two", &[])? == 2,
            "what was seeded"
        );
        for (old, new) in [("one", "between"), ("two", "one"), ("between", "two")] {
            let feed = format!("main/_apis/packaging/feeds/{old}?api-version=7.1");
            let name = json!({ "name": new }).to_string();
            azure.seed("PATCH", "contoso", &feed, name).await?;
        }
        ensure!(count("one", &[])? == 2, "one is still what it was");
        ensure!(count("one", &["--offline"])? == 2, "what is kept of one is two's");
        ensure!(count("two", &[])? == 1, "two is still what it was");
        ensure!(count("two", &["--offline"])? == 1, "what is kept of two is one's");
        let listed = json(&home, &["feed", "list", "contoso"])?;
        ensure!(names(&listed) == ["one", "two"], "{listed}");
        ensure!(
            count("one", &["--offline"])? == 2 && count("two", &["--offline"])? == 1,
            "after the list"
        );
        Ok(())
    });
}

#[test]
fn a_view_that_somebody_else_renamed_keeps_its_versions_under_its_new_name() {
    journey(async || {
        let (azure, home) = world(vec![seed("internal", 2)], &[]).await?;
        let feed = "main/_apis/packaging/feeds/internal";
        let version = format!("{feed}/cargo/packages/crate-000001/versions/1.0.0?api-version=7.2-preview.1");
        let promote = json!({"views": {"op": "add", "path": "/views/-", "value": "Release"}}).to_string();
        azure.seed("PATCH", "contoso", &version, promote).await?;
        let kept = |view: &str| json(&home, &["crate", "list", &format!("{FEED}@{view}"), "--offline"]);
        granary(&home, &["crate", "list", FEED])?.well()?;
        ensure!(names(&kept("Release")?) == ["crate-000001"], "it was promoted");

        let view = format!("{feed}/views/Release?api-version=7.1");
        azure
            .seed("PATCH", "contoso", &view, json!({"name": "Stable"}).to_string())
            .await?;
        let before = azure.exchanges().len();
        let listed = json(&home, &["crate", "list", &format!("{FEED}@Stable")])?;
        ensure!(names(&listed) == ["crate-000001"], "{listed}");
        let since = azure.exchanges().split_off(before);
        ensure!(
            !since.iter().any(|exchange| exchange.path.ends_with("/packages")),
            "the feed was listed anew for a name"
        );
        ensure!(
            names(&kept("Stable")?) == ["crate-000001"],
            "it is not in the view any more"
        );
        ensure!(
            names(&kept("Release")?).is_empty(),
            "it is still in a view of that name"
        );
        let versions = json(&home, &["crate", "versions", FEED, "crate-000001"])?;
        ensure!(versions[0]["views"] == json!(["Stable"]), "{versions}");
        Ok(())
    });
}

/// Feeds of one name in several projects, with one's role in each.
fn roles(listed: &Value) -> Vec<String> {
    let rows = listed.as_array().map(Vec::as_slice).unwrap_or_default().iter();
    let told = rows.map(|row| format!("{} {}", row["project"].as_str().unwrap_or_default(), row["role"]));
    told.collect()
}

#[test]
fn a_project_that_refuses_costs_only_its_own_rows() {
    journey(async || {
        let (azure, home) = world(vec![seed("internal", 1)], &["alpha", "beta", "gamma"]).await?;
        for project in ["alpha", "beta", "gamma"] {
            let feeds = format!("{project}/_apis/packaging/feeds?api-version=7.1");
            let made = json!({ "name": "internal", "upstreamSources": [] }).to_string();
            azure.seed("POST", "contoso", &feeds, made).await?;
        }
        let owner = |project: &str| format!("{project} \"owner\"");
        let all = ["alpha", "beta", "gamma", "main"].map(owner);
        let list = || json(&home, &["feed", "list", "contoso"]);
        ensure!(roles(&list()?) == all, "{}", list()?);
        let kept = || json(&home, &["crate", "list", FEED, "--offline"]);
        granary(&home, &["crate", "list", FEED])?.well()?;

        // The organization's list names all feeds; what one may do in one project is not told.
        let refused = "contoso/main/_apis/packaging/feeds?";
        azure.arm(Quirk::Forbidden, refused, 1000);
        let listed = list()?;
        let expected = ["alpha", "beta", "gamma"].map(owner);
        ensure!(roles(&listed)[..3] == expected, "{listed}");
        ensure!(roles(&listed)[3..] == ["main null"], "{listed}");
        azure.disarm();
        // The organization names no feed at all, as when it lists those that lie in no project.
        azure.arm(Quirk::ShortPage(0), "feeds/contoso/_apis/packaging/feeds?", 1000);
        ensure!(roles(&list()?) == all, "{}", list()?);
        azure.arm(Quirk::Forbidden, refused, 1000);
        let listed = list()?;
        ensure!(roles(&listed) == expected, "{listed}");
        // Not to be listed is not to be gone.
        ensure!(
            names(&kept()?) == ["crate-000000"],
            "what is kept of it was forgotten"
        );
        Ok(())
    });
}
