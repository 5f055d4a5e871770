//! Long lists: pages shorter than was asked for, crates and rights that go while a feed is listed, a crate of thousands of versions.

use anyhow::{Context, Result, bail, ensure};
use journeys::TestHome;
use journeys::azure::{Azure, Cast, Deed, Quirk, Role, Seed};
use serde_json::Value;

use super::{json, names, refused, signed_in, signed_in_at_server};
use crate::journey;

const FEED: &str = "contoso/main/full";

/// The question for the first page of a list, by which each listing begins.
const FIRST_PAGE: &str = "/packages?protocolType=cargo&includeAllVersions=true&includeDescription=true&includeUrls=false\
                          &%24top=100&%24skip=0&";

/// A double with a feed that is full from the start on, and somebody signed in.
async fn world(person: &str, crates: u32, versions: u32) -> Result<(Azure, TestHome)> {
    let seed = Seed {
        feed: "full".to_owned(),
        crates,
        versions,
    };
    let azure = Azure::start_with(Cast {
        seeds: vec![("contoso".to_owned(), seed)],
        ..Cast::default()
    })
    .await?;
    let home = signed_in(&azure, person)?;
    Ok((azure, home))
}

/// All names of such a feed but some.
fn all_but(crates: u32, gone: &[u32]) -> Vec<String> {
    let rest = (0..crates).filter(|number| !gone.contains(number));
    rest.map(|number| format!("crate-{number:06}")).collect()
}

/// Somebody deletes a crate.
fn deletes(number: u32) -> Quirk {
    let path = format!(
        "main/_apis/packaging/feeds/full/cargo/packages/crate-{number:06}/versions/1.0.0?api-version=7.2-preview.1"
    );
    Quirk::Meanwhile(Deed::Asks("DELETE", "contoso", path, String::new()))
}

/// How often the feed was listed from its beginning, and how many pages were asked for.
fn listings(azure: &Azure) -> (usize, usize) {
    let exchanges = azure.exchanges();
    let pages = exchanges.iter().filter(|one| one.path.ends_with("/packages"));
    let pages = pages
        .map(|one| format!("/packages?{}", one.query))
        .collect::<Vec<_>>();
    let begun = pages.iter().filter(|page| page.starts_with(FIRST_PAGE)).count();
    (begun, pages.len())
}

#[test]
fn pages_shorter_than_was_asked_for_lose_no_row() {
    journey(async || {
        let (azure, home) = world("sven", 150, 1).await?;
        azure.arm(Quirk::ShortPage(30), "/packages?", 1000);
        let listed = json(&home, &["crate", "list", FEED])?;
        ensure!(names(&listed) == all_but(150, &[]), "{:?}", names(&listed));
        let (begun, pages) = listings(&azure);
        ensure!(
            begun == 1 && (6..20).contains(&pages),
            "{begun} listings, {pages} pages"
        );
        let kept = json(&home, &["crate", "list", FEED, "--offline"])?;
        ensure!(kept == listed, "what is kept is not what was listed");
        Ok(())
    });
}

#[test]
fn a_crate_that_goes_while_a_feed_is_listed_costs_no_other_and_is_not_left() {
    journey(async || {
        let (azure, home) = world("sven", 150, 1).await?;
        // The crate behind the first page moves into it once one of that page is gone, and is in neither then.
        azure.arm(deletes(10), FIRST_PAGE, 1);
        let listed = json(&home, &["crate", "list", FEED])?;
        ensure!(names(&listed) == all_but(150, &[10]), "{:?}", names(&listed));
        ensure!(listings(&azure).0 == 2, "{:?}", listings(&azure));
        Ok(())
    });
}

#[test]
fn crates_that_go_however_often_a_feed_is_listed_cost_no_other() {
    journey(async || {
        let (azure, home) = world("sven", 150, 1).await?;
        for number in [10, 20, 30] {
            azure.arm(deletes(number), FIRST_PAGE, 1);
        }
        let listed = json(&home, &["crate", "list", FEED])?;
        ensure!(listings(&azure).0 == 3, "{:?}", listings(&azure));
        ensure!(
            names(&listed) == all_but(150, &[10, 20, 30]),
            "{:?}",
            names(&listed)
        );
        let again = json(&home, &["crate", "list", FEED])?;
        ensure!(
            again == listed && listings(&azure).0 == 3,
            "the next refresh found something else"
        );
        Ok(())
    });
}

#[test]
fn a_server_that_tells_no_changes_is_seen_to_have_moved() {
    journey(async || {
        let seed = Seed {
            feed: "full".to_owned(),
            crates: 150,
            versions: 1,
        };
        let azure = Azure::start_with(Cast {
            seeds: vec![("DefaultCollection".to_owned(), seed)],
            ..Cast::default()
        })
        .await?;
        let home = TestHome::with_azure(&azure)?;
        let account = signed_in_at_server(&azure, &home, "sven")?;
        let feed = format!("{account}/main/full");
        let Quirk::Meanwhile(Deed::Asks(method, _, path, body)) = deletes(10) else {
            bail!("it is another quirk")
        };
        let deletes = Deed::Asks(method, "DefaultCollection", path, body);
        azure.arm(Quirk::Meanwhile(deletes), FIRST_PAGE, 1);
        let listed = json(&home, &["crate", "list", &feed])?;
        ensure!(names(&listed) == all_but(150, &[10]), "{:?}", names(&listed));
        ensure!(listings(&azure).0 == 2, "{:?}", listings(&azure));
        // With short pages too, and then there is nothing to list again for.
        azure.arm(Quirk::ShortPage(30), "/packages?", 1000);
        ensure!(
            json(&home, &["crate", "list", &feed])? == listed,
            "short pages lost a row"
        );
        ensure!(listings(&azure).0 == 3, "{:?}", listings(&azure));
        Ok(())
    });
}

#[test]
fn a_role_that_is_taken_while_a_feed_is_listed_is_said_and_the_list_is_whole_once_it_is_back() {
    journey(async || {
        let (azure, home) = world("sven", 150, 1).await?;
        let takes = Quirk::Meanwhile(Deed::GivesRole("sven", "contoso", None));
        azure.arm(takes, FIRST_PAGE, 1);
        let code = refused(&home, &["crate", "list", FEED])?;
        ensure!(code != "internal" && code != "unreachable", "{code}");
        let kept = json(&home, &["crate", "list", FEED, "--offline"])?;
        ensure!(names(&kept).len() <= 100, "more was kept than was told");
        azure.set_role("sven", "contoso", Some(Role::Reader));
        let listed = json(&home, &["crate", "list", FEED])?;
        ensure!(names(&listed) == all_but(150, &[]), "{:?}", names(&listed));
        Ok(())
    });
}

#[test]
fn a_feed_that_is_deleted_while_it_is_listed_leaves_nothing() {
    journey(async || {
        let (azure, home) = world("sven", 150, 1).await?;
        let feed = "main/_apis/packaging/feeds/full?api-version=7.1".to_owned();
        let deletes = Deed::Asks("DELETE", "contoso", feed, String::new());
        azure.arm(Quirk::Meanwhile(deletes), FIRST_PAGE, 1);
        for _ in 0..2 {
            let code = refused(&home, &["crate", "list", FEED])?;
            ensure!(code == "notFound", "{code}");
        }
        let kept = json(&home, &["crate", "list", FEED, "--offline"])?;
        ensure!(names(&kept).is_empty(), "what is gone is still kept: {kept}");
        Ok(())
    });
}

#[test]
fn a_crate_of_five_thousand_versions_is_shown_whole() {
    journey(async || {
        let (azure, home) = world("mira", 1, 5000).await?;
        let krate = "crate-000000";
        let numbers = |versions: &Value| {
            let versions = versions.as_array().map(Vec::as_slice).unwrap_or_default().iter();
            let number = |version: &Value| version["version"].as_str().unwrap_or_default().to_owned();
            versions.map(number).collect::<Vec<_>>()
        };
        let expected = (0..5000)
            .rev()
            .map(|minor| format!("1.{minor}.0"))
            .collect::<Vec<_>>();
        let versions = json(&home, &["crate", "versions", FEED, krate])?;
        ensure!(
            numbers(&versions) == expected,
            "{} versions",
            numbers(&versions).len()
        );
        // Downloads are asked for many at once, and the rest in one answer each.
        let asked = azure.exchanges().len();
        ensure!(asked < 40, "{asked} questions for one crate");

        let shown = json(&home, &["crate", "show", FEED, krate])?;
        ensure!(
            numbers(&shown["versions"]) == expected && shown["row"]["latest"] == "1.4999.0",
            "not all"
        );
        ensure!(shown["gaps"] == serde_json::json!([]), "{}", shown["gaps"]);
        let listed = json(&home, &["crate", "list", FEED])?;
        let row = listed.get(0).context("no row")?;
        ensure!(row["versionCount"] == 5000, "{row}");
        Ok(())
    });
}
