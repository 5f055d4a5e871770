//! Names as people give them: with blanks, `+`, `%` and letters beyond ASCII.

use anyhow::{Context, Result, ensure};
use journeys::TestHome;
use journeys::azure::{Azure, Cast};
use serde_json::{Value, json};

use super::{Own, json, names, signed_in};
use crate::journey;

/// What Azure lets projects be called, and more; and feeds, which Granary itself would not call so.
const PROJECTS: [&str; 3] = ["Zwölf + 50 %", "a%20b", "проект №1"];
const FEEDS: [&str; 3] = ["50%-größe", "a%2Bb", "фид"];

async fn world() -> Result<(Azure, TestHome)> {
    let azure = Azure::start_with(Cast {
        projects: PROJECTS.map(str::to_owned).to_vec(),
        ..Cast::default()
    })
    .await?;
    for (project, feed) in PROJECTS.into_iter().zip(FEEDS) {
        let project = percent_encoding::utf8_percent_encode(project, percent_encoding::NON_ALPHANUMERIC);
        let feeds = format!("{project}/_apis/packaging/feeds?api-version=7.1");
        azure
            .seed("POST", "contoso", &feeds, json!({ "name": feed }).to_string())
            .await?;
    }
    let home = signed_in(&azure, "mira")?;
    Ok((azure, home))
}

#[test]
fn names_with_blanks_signs_and_other_letters_work_everywhere() {
    journey(async || {
        let (_azure, home) = world().await?;
        for (project, feed) in PROJECTS.into_iter().zip(FEEDS) {
            let reference = format!("contoso/{project}/{feed}");
            let shown = json(&home, &["feed", "show", &reference])?;
            ensure!(
                shown["name"] == feed && shown["project"] == project && shown["reference"] == *reference,
                "{shown}"
            );
            ensure!(shown["role"] == "owner", "{shown}");
            let address = json(&home, &["feed", "address", &reference])?;
            ensure!(address["registryName"].is_string(), "{address}");
        }
        let listed = json(&home, &["feed", "list", "contoso"])?;
        for (project, feed) in PROJECTS.into_iter().zip(FEEDS) {
            let mut rows = listed.as_array().into_iter().flatten();
            ensure!(
                rows.any(|row| row["name"] == feed && row["project"] == project),
                "{project}/{feed}: {listed}"
            );
        }
        Ok(())
    });
}

#[test]
fn a_crate_goes_into_and_out_of_a_feed_with_such_a_name() {
    journey(async || {
        let (_azure, home) = world().await?;
        let reference = format!("contoso/{}/{}", PROJECTS[0], FEEDS[0]);
        let address = json(&home, &["feed", "address", &reference])?;
        let registry = address["registryName"].as_str().context("no name")?;
        Own::new(&home, "shelf", &reference)?.publish(&home, "shelf", "0.1.0", registry)?;
        let listed = json(&home, &["crate", "list", &reference])?;
        ensure!(names(&listed) == ["shelf"], "{listed}");
        let shown = json(&home, &["crate", "show", &reference, "shelf@0.1.0"])?;
        ensure!(shown["licence"] == "MIT" && shown["gaps"] == json!([]), "{shown}");

        let desk = home.user().join("src/desk");
        std::fs::create_dir_all(desk.join("src"))?;
        std::fs::write(desk.join("src/main.rs"), "fn main() {}\n")?;
        let manifest = format!(
            "[package]\nname = \"desk\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n\
             shelf = {{ version = \"0.1\", registry = \"{registry}\" }}\n"
        );
        std::fs::write(desk.join("Cargo.toml"), manifest)?;
        home.granary(&desk, &["connect", "--feed", &reference])?.well()?;
        home.granary(&desk, &["restore"])?.well()?;
        home.cargo(&desk, &["build", "--offline"])?.well()?;
        let versions: Value = json(&home, &["crate", "versions", &reference, "shelf"])?;
        ensure!(versions[0]["usedBy"] == json!(["desk"]), "{versions}");
        Ok(())
    });
}
