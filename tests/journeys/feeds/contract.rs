//! Every verb of feeds and crates at a double of Azure: what they ask, and what they are answered, is as Microsoft describes it,
//! and no secret is left anywhere.

use anyhow::ensure;
use journeys::Seen;
use journeys::azure::Azure;

use super::{Own, granary, json, names, signed_in};
use crate::journey;

const FEED: &str = "contoso/main/internal";

/// One line a verb, in an order in which each can be done.
const VERBS: &[&[&str]] = &[
    &["feed", "list", "contoso"],
    &["feed", "show", FEED],
    &[
        "feed",
        "update",
        FEED,
        "--description",
        "ours",
        "--badges",
        "true",
    ],
    &["feed", "address", FEED],
    &["feed", "upstream", "add", FEED, "crates.io"],
    &["feed", "upstream", "add", FEED, "contoso/main/other@Release"],
    &["feed", "upstream", "move", FEED, "crates.io", "2"],
    &["feed", "upstream", "remove", FEED, "crates.io"],
    &["feed", "upstream", "remove", FEED, "other@Release"],
    &["feed", "view", "create", FEED, "Beta", "--visible-to", "tenant"],
    &[
        "feed",
        "view",
        "update",
        FEED,
        "Beta",
        "--rename",
        "Gamma",
        "--default",
    ],
    &["feed", "view", "update", FEED, "Local", "--default"],
    &["feed", "view", "delete", FEED, "Gamma"],
    &["feed", "permission", "list", FEED],
    &["feed", "permission", "set", FEED, "Olek Marchuk", "owner"],
    &["feed", "permission", "remove", FEED, "olek@contoso.example"],
    &["feed", "retention", "set", FEED, "--versions", "1", "--days", "1"],
    &[
        "feed",
        "retention",
        "preview",
        FEED,
        "--versions",
        "1",
        "--days",
        "1",
    ],
    &["feed", "retention", "show", FEED],
    &["feed", "retention", "off", FEED],
    &["crate", "list", FEED],
    &["crate", "show", FEED, "shelf"],
    &["crate", "show", FEED, "shelf@0.1.0"],
    &["crate", "upstreaming", FEED, "shelf", "allow"],
    &["crate", "yank", FEED, "shelf@0.1.0"],
    &["crate", "unyank", FEED, "shelf@0.1.0"],
    &["crate", "promote", FEED, "shelf@0.1.0", "--view", "Release"],
    &["crate", "delete", FEED, "shelf@0.1.0", "shelf@0.2.0"],
    &["crate", "deleted", FEED],
    &["crate", "recover", FEED, "shelf@0.1.0"],
    &["crate", "purge", FEED, "shelf@0.2.0"],
    &["crate", "list", FEED],
    &["crate", "delete", FEED, "shelf@0.1.0"],
    &["crate", "deleted", FEED, "--empty"],
    &["feed", "delete", "contoso/main/other"],
    &["feed", "list", "contoso", "--deleted"],
    &["feed", "recover", "contoso/main/other"],
    &["feed", "delete", "contoso/main/other"],
    &["feed", "purge", "contoso/main/other"],
];

#[test]
fn every_verb_speaks_as_microsoft_describes() {
    journey(async || {
        let azure = Azure::start().await?;
        let home = signed_in(&azure, "mira")?;
        let seen = Seen::of(&home);
        let create = [
            "feed",
            "create",
            FEED,
            "--build-service",
            "--visible-to",
            "organization",
        ];
        granary(&home, &create)?.well()?;
        granary(&home, &["feed", "create", "contoso/main/other"])?.well()?;
        let own = Own::new(&home, "shelf", FEED)?;
        for version in ["0.1.0", "0.2.0"] {
            own.publish(&home, "shelf", version, "internal")?;
        }
        let permissions = json(&home, &["feed", "permission", "list", FEED])?;
        ensure!(
            permissions.to_string().contains("\"buildService\""),
            "{permissions}"
        );
        for verb in VERBS {
            granary(&home, verb)?.well()?;
        }
        ensure!(
            names(&json(&home, &["feed", "list", "contoso"])?) == ["internal"],
            ""
        );
        crate::contract::asked_as_described(&azure)?;
        home.check_secrets(&azure.markers(), &seen)
    });
}
