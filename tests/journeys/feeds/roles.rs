//! Roles: what reader, collaborator, contributor and owner may do, each asked for by the command, each refused in words.

use anyhow::{Context, Result, ensure};
use journeys::TestHome;
use journeys::azure::Azure;
use serde_json::json;

use super::{Own, granary, json, refused, signed_in};
use crate::journey;

const FEED: &str = "contoso/main/internal";

/// Everything somebody might do, and who may from which role on: reader, collaborator, contributor, owner.
const DEEDS: [(&[&str], usize); 10] = [
    (&["crate", "list", FEED], 0),
    (&["crate", "show", FEED, "shelf@0.1.0"], 0),
    (&["feed", "permission", "list", FEED], 0),
    (&["crate", "yank", FEED, "shelf@0.1.0"], 2),
    (&["crate", "promote", FEED, "shelf@0.1.0", "--view", "Release"], 2),
    (&["feed", "update", FEED, "--description", "mine"], 3),
    (&["feed", "view", "create", FEED, "Beta"], 3),
    (
        &[
            "feed",
            "retention",
            "set",
            FEED,
            "--versions",
            "2",
            "--days",
            "30",
        ],
        3,
    ),
    (&["feed", "upstream", "add", FEED, "crates.io"], 3),
    (&["crate", "delete", FEED, "shelf@0.1.0"], 3),
];

/// A feed of mira's with `shelf` in it.
fn feed_of(owner: &TestHome) -> Result<()> {
    granary(owner, &["feed", "create", FEED])?.well()?;
    let own = Own::new(owner, "shelf", FEED)?;
    own.publish(owner, "shelf", "0.1.0", "internal")
}

#[test]
fn each_role_may_what_azure_says_and_no_more() {
    journey(async || {
        let azure = Azure::start().await?;
        let owner = signed_in(&azure, "mira")?;
        feed_of(&owner)?;
        let people = [
            ("sven", "reader"),
            ("anju", "collaborator"),
            ("olek", "contributor"),
        ];
        for (rank, (person, role)) in people.iter().enumerate() {
            let home = signed_in(&azure, person)?;
            let listed = json(&home, &["feed", "list", "contoso"])?;
            ensure!(listed[0]["role"] == *role, "{person}: {listed}");
            check(&home, rank, role)?;
        }
        let listed = json(&owner, &["feed", "list", "contoso"])?;
        ensure!(listed[0]["role"] == "owner", "{listed}");
        check(&owner, 3, "owner")
    });
}

fn check(home: &TestHome, rank: usize, role: &str) -> Result<()> {
    for (deed, from) in DEEDS {
        let ran = granary(home, &[deed, &["--json"]].concat())?;
        if rank >= from {
            ensure!(ran.code == Some(0), "{role} may not {deed:?}: {ran:?}");
        } else {
            ensure!(ran.code == Some(1), "{role} may {deed:?}: {ran:?}");
            let words = format!("{}{}", ran.stdout, ran.stderr);
            ensure!(words.contains("\"forbidden\""), "{role} {deed:?}: {words}");
            ensure!(
                words.contains("Ask an owner"),
                "no next step for {role} {deed:?}: {words}"
            );
        }
    }
    Ok(())
}

#[test]
fn a_role_that_is_given_and_taken_counts_from_the_next_request_on() {
    journey(async || {
        let azure = Azure::start().await?;
        let owner = signed_in(&azure, "mira")?;
        feed_of(&owner)?;
        let reader = signed_in(&azure, "sven")?;
        granary(&reader, &["crate", "list", FEED])?.well()?;
        ensure!(
            refused(&reader, &["feed", "update", FEED, "--description", "x"])? == "forbidden",
            ""
        );
        let given = json(
            &owner,
            &["feed", "permission", "set", FEED, "Sven Okafor", "owner"],
        )?;
        let sven = given.as_array().context("no list")?.iter();
        let own = sven.filter(|row| row["identity"]["name"] == "Sven Okafor" && row["isInherited"] == false);
        ensure!(own.map(|row| row["role"].clone()).eq([json!("owner")]), "{given}");
        granary(&reader, &["feed", "update", FEED, "--description", "x"])?.well()?;
        granary(&owner, &["feed", "permission", "remove", FEED, "Sven Okafor"])?.well()?;
        ensure!(
            refused(&reader, &["feed", "update", FEED, "--description", "y"])? == "forbidden",
            ""
        );
        // What is kept stays readable, and is not changed by what was refused.
        let kept = json(&reader, &["crate", "list", FEED, "--offline"])?;
        ensure!(
            kept[0]["name"] == "shelf" && kept[0]["versionCount"] == 1,
            "{kept}"
        );
        Ok(())
    });
}
