//! A crate's whole life: published, promoted, yanked, deleted, brought back, deleted for ever.

use anyhow::{Context, Result, ensure};
use journeys::TestHome;
use serde_json::{Value, json};

use super::{Own, granary, json, names, refused};
use crate::journey;

const FEED: &str = "local/main/internal";

/// A feed on this computer with `shelf` in two versions.
fn world() -> Result<(TestHome, journeys::Serving, Own)> {
    let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
    let serving = home.serve()?;
    granary(&home, &["feed", "create", FEED])?.well()?;
    let own = Own::new(&home, "shelf", FEED)?;
    own.publish(&home, "shelf", "0.1.0", "internal")?;
    own.publish(&home, "shelf", "0.2.0", "internal")?;
    Ok((home, serving, own))
}

/// One version of `shelf`, as the feed has it now.
fn version(home: &TestHome, number: &str) -> Result<Value> {
    let versions = json(home, &["crate", "versions", FEED, "shelf"])?;
    let mut all = versions.as_array().into_iter().flatten();
    let found = all.find(|version| version["version"] == number).cloned();
    found.with_context(|| format!("no {number} in {versions}"))
}

#[test]
fn from_publish_to_delete_for_ever() {
    journey(async || {
        let (home, _serving, own) = world()?;
        let listed = json(&home, &["crate", "list", FEED])?;
        ensure!(
            listed[0]["latest"] == "0.2.0" && listed[0]["origin"] == json!({"kind": "ours"}),
            "{listed}"
        );

        let promoted = json(
            &home,
            &["crate", "promote", FEED, "shelf@0.1.0", "--view", "Release"],
        )?;
        ensure!(promoted["done"][0]["version"] == "0.1.0", "{promoted}");
        ensure!(
            version(&home, "0.1.0")?["views"] == json!(["Release"]),
            "{promoted}"
        );
        let of_view = json(&home, &["crate", "list", "local/main/internal@Release"])?;
        ensure!(names(&of_view) == ["shelf"], "{of_view}");

        granary(&home, &["crate", "yank", FEED, "shelf@0.2.0"])?.well()?;
        ensure!(version(&home, "0.2.0")?["yanked"] == true, "it is not yanked");
        let listed = json(&home, &["crate", "list", FEED, "--yanked"])?;
        ensure!(
            listed[0]["latest"] == "0.1.0",
            "a yanked version is no longer the latest: {listed}"
        );
        granary(&home, &["crate", "unyank", FEED, "shelf@0.2.0"])?.well()?;
        ensure!(version(&home, "0.2.0")?["yanked"] == false, "it is still yanked");

        granary(&home, &["crate", "delete", FEED, "shelf@0.1.0", "shelf@0.2.0"])?.well()?;
        ensure!(
            json(&home, &["crate", "list", FEED])? == json!([]),
            "a deleted crate is still listed"
        );
        let bin = json(&home, &["crate", "deleted", FEED])?;
        ensure!(
            bin.as_array().map(Vec::len) == Some(2) && bin[0]["purgedAt"].is_string(),
            "{bin}"
        );

        granary(&home, &["crate", "recover", FEED, "shelf@0.1.0"])?.well()?;
        ensure!(
            version(&home, "0.1.0")?["views"] == json!(["Release"]),
            "what was promoted came back otherwise"
        );
        granary(&home, &["crate", "purge", FEED, "shelf@0.2.0"])?.well()?;
        ensure!(
            json(&home, &["crate", "deleted", FEED])? == json!([]),
            "the bin is not empty"
        );

        // A number can be used once, even after deletion.
        own.set("shelf", "0.2.0")?;
        let again = home.cargo(
            &own.folder,
            &[
                "publish",
                "--registry",
                "internal",
                "--allow-dirty",
                "--no-verify",
            ],
        )?;
        ensure!(again.code != Some(0), "a deleted number was published again");
        Ok(())
    });
}

#[test]
fn several_at_once_have_a_result_each() {
    journey(async || {
        let (home, _serving, _own) = world()?;
        let ran = granary(
            &home,
            &["crate", "yank", FEED, "shelf@0.1.0", "shelf@9.9.9", "--json"],
        )?;
        ensure!(ran.code == Some(1), "{ran:?}");
        let outcome: Value = serde_json::from_str(&ran.stdout)?;
        ensure!(
            outcome["done"] == json!([{"name": "shelf", "version": "0.1.0"}]),
            "{outcome}"
        );
        let refused = &outcome["refused"][0];
        ensure!(
            refused["version"] == "9.9.9" && refused["error"]["code"] == "notFound",
            "{outcome}"
        );
        ensure!(
            version(&home, "0.1.0")?["yanked"] == true,
            "the one that could be was not yanked"
        );
        ensure!(
            super::refused(&home, &["crate", "yank", FEED, "shelf"])? == "invalidInput",
            ""
        );
        Ok(())
    });
}

#[test]
fn who_deletes_is_told_who_uses_it() {
    journey(async || {
        let (home, _serving, _own) = world()?;
        let folder = home.user().join("src/desk");
        std::fs::create_dir_all(folder.join("src"))?;
        std::fs::write(folder.join("src/main.rs"), "fn main() {}\n")?;
        let manifest = "[package]\nname = \"desk\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n\
                        shelf = { version = \"0.1\", registry = \"internal\" }\n";
        std::fs::write(folder.join("Cargo.toml"), manifest)?;
        home.granary(&folder, &["connect", "--feed", FEED])?.well()?;
        home.cargo(&folder, &["generate-lockfile"])?.well()?;
        // The command remembers a project when it restores it.
        home.granary(&folder, &["restore"])?.well()?;

        let used = version(&home, "0.1.0")?;
        ensure!(used["usedBy"] == json!(["desk"]), "{used}");
        ensure!(
            refused(&home, &["crate", "delete", FEED, "shelf@0.1.0"])? == "precondition",
            ""
        );
        ensure!(version(&home, "0.1.0").is_ok(), "it was deleted all the same");
        granary(&home, &["crate", "delete", FEED, "shelf@0.1.0", "--even-if-used"])?.well()?;
        let bin = json(&home, &["crate", "deleted", FEED])?;
        ensure!(bin[0]["usedBy"] == json!(["desk"]), "{bin}");
        let deleted = granary(&home, &["feed", "delete", FEED])?.well()?;
        ensure!(deleted.stderr.contains("desk"), "{deleted:?}");
        Ok(())
    });
}

#[test]
fn a_version_tells_what_it_is() {
    journey(async || {
        let (home, _serving, _own) = world()?;
        let shown = json(&home, &["crate", "show", FEED, "shelf@0.1.0"])?;
        ensure!(
            shown["licence"] == "MIT" && shown["rustVersion"] == "1.85",
            "{shown}"
        );
        ensure!(
            shown["fileCount"].as_u64() >= Some(3) && shown["version"]["size"].as_u64() > Some(100),
            "{shown}"
        );
        ensure!(
            shown["features"][1] == json!({"name": "fast", "turnsOn": [], "isDefault": true}),
            "{shown}"
        );
        let html = shown["readme"]["html"].as_str().context("no readme")?;
        ensure!(
            html.contains("<h1>Hello</h1>") && !html.contains("script"),
            "{html}"
        );
        ensure!(shown["gaps"] == json!([]), "{shown}");
        let line = "shelf = { version = \"0.1.0\", registry = \"internal\" }";
        ensure!(shown["dependencyLine"] == line, "{shown}");
        ensure!(
            refused(&home, &["crate", "show", FEED, "nothing"])? == "notFound",
            ""
        );
        ensure!(
            refused(&home, &["crate", "show", FEED, "shelf@7.7.7"])? == "notFound",
            ""
        );
        Ok(())
    });
}
