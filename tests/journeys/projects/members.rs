//! The members that `granary show` tells are those of `cargo metadata`.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{copy, entries, home, list, samples};
use crate::journey;

/// Name, version, oldest Rust and folder of each, sorted.
fn told(members: &[Value], folder: impl Fn(&Value) -> String, rust: &str) -> Vec<[String; 4]> {
    let text = |member: &Value, key: &str| member[key].as_str().unwrap_or_default().to_owned();
    let row = |member: &Value| {
        [
            text(member, "name"),
            text(member, "version"),
            text(member, rust),
            folder(member),
        ]
    };
    let mut rows = members.iter().map(row).collect::<Vec<_>>();
    rows.sort();
    rows
}

fn check(name: &str, project: &str) -> Result<()> {
    let home = home()?;
    let top = home.user().join("src");
    copy(&samples(name), &top)?;
    let folder = top.join(project);
    // One sample needs a registry of that name; nobody asks it for anything.
    let known = "[registries.internal]\nindex = \"sparse+http://127.0.0.1:9/\"\n";
    super::write(&home.cargo_home().join("config.toml"), known)?;
    let options = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let metadata = home.cargo(&folder, &options)?;
    let metadata: Value = serde_json::from_str(&metadata.well()?.stdout)?;
    let cargos = told(
        list(&metadata, "packages"),
        |package| {
            let manifest = package["manifest_path"].as_str().unwrap_or_default();
            manifest
                .trim_end_matches("Cargo.toml")
                .trim_end_matches(['/', '\\'])
                .to_owned()
        },
        "rust_version",
    );
    let shown = home.granary_json(&folder, &["show"])?;
    let ours = told(
        list(&shown, "members"),
        |member| member["folder"].as_str().unwrap_or_default().to_owned(),
        "rustVersion",
    );
    ensure!(
        !ours.is_empty() && ours == cargos,
        "{name}: {ours:#?} is {cargos:#?}"
    );
    Ok(())
}

#[test]
fn members_are_those_of_cargo() {
    journey(async || {
        check("telemetry-relay", "")?;
        check("contoso-greeting", "")?;
        for name in entries(&samples("members"))? {
            let project = if name == "outside" { "workspace" } else { "" };
            check(&format!("members/{name}"), project).context(name)?;
        }
        Ok(())
    });
}

#[test]
fn a_path_within_leads_to_the_project() {
    journey(async || {
        let home = home()?;
        let top = home.user().join("src");
        copy(&samples("members/many"), &top)?;
        let root = home.granary_json(&top, &["show"])?;
        for within in [
            "crates/app",
            "crates/app/Cargo.toml",
            "crates/app/src/lib.rs",
            "crates/app/src",
        ] {
            let within = top.join(within).display().to_string();
            let shown = home.granary_json(home.path(), &["show", &within])?;
            ensure!(shown["folder"] == root["folder"], "{within}: {}", shown["folder"]);
        }
        let left_out = top.join("crates/left-out").display().to_string();
        let shown = home.granary_json(home.path(), &["show", &left_out])?;
        ensure!(shown["folder"] == left_out.as_str(), "{}", shown["folder"]);
        Ok(())
    });
}

#[test]
fn a_folder_of_projects_asks_which() {
    journey(async || {
        let home = home()?;
        let top = home.user().join("src");
        copy(&samples("members"), &top)?;
        let ran = home.granary(&top, &["show", "--json"])?;
        let told: Value = serde_json::from_str(&ran.stderr).with_context(|| format!("{ran:?}"))?;
        ensure!(told["error"]["code"] == "notAProject", "{told}");
        let hint = told["error"]["hints"][0].as_str().unwrap_or_default();
        for name in ["`many`", "`one`", "`outside/workspace`"] {
            ensure!(hint.contains(name), "{hint}");
        }
        ensure!(!hint.contains("many/"), "{hint}");
        Ok(())
    });
}
