//! Plain cargo against the double, since cargo is the client whose ways cannot be bent.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use journeys::TestHome;
use journeys::azure::{Host, Quirk};

use super::{Asking, text};
use crate::journey;

/// Writes what cargo needs to know of the feed, and the token it sends as it is.
fn configure(home: &TestHome, asking: &Asking, authorization: &str) -> Result<()> {
    let packages = asking.azure.url(Host::Packages);
    let config = format!(
        "[registry]\nglobal-credential-providers = [\"cargo:token\"]\n[net]\nretry = 0\n\
         [registries]\ninternal = {{ index = \"sparse+{packages}/contoso/main/_packaging/internal/Cargo/index/\" }}\n"
    );
    std::fs::write(home.cargo_home().join("config.toml"), config)?;
    let credentials = format!("[registries.internal]\ntoken = \"{authorization}\"\n");
    std::fs::write(home.cargo_home().join("credentials.toml"), credentials)?;
    Ok(())
}

fn crate_at(home: &TestHome, name: &str, needs: &str) -> Result<std::path::PathBuf> {
    let folder = home.user().join(name);
    std::fs::create_dir_all(folder.join("src"))?;
    std::fs::write(folder.join("src/lib.rs"), "")?;
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\ndescription = \"A test\"\n\
         license = \"MIT\"\n[dependencies]\n{needs}\n"
    );
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    Ok(folder)
}

#[test]
fn cargo_publishes_and_fetches_and_keeps_its_token_from_other_hosts() {
    journey(async || {
        let asking = Asking::start().await?;
        asking.azure.seed_feed("contoso", "internal", false).await?;
        asking.azure.set_redirect_downloads(true);
        let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
        let pat = asking.pat("olek", &["vso.packaging_write"])?;
        let basic = format!("Basic {}", STANDARD.encode(format!("PAT:{pat}")));
        configure(&home, &asking, &basic)?;
        let twig = crate_at(&home, "twig", "")?;
        let publish = [
            "publish",
            "--registry",
            "internal",
            "--no-verify",
            "--allow-dirty",
        ];
        home.cargo(&twig, &publish)?.well()?;

        let user = crate_at(
            &home,
            "user",
            "twig = { version = \"1\", registry = \"internal\" }",
        )?;
        let seen = asking.azure.exchanges().len();
        std::fs::remove_dir_all(home.cargo_home().join("registry"))?;
        home.cargo(&user, &["fetch"])?.well()?;
        let records = asking.azure.exchanges().split_off(seen);
        let first = records.first().context("cargo asked nothing")?;
        ensure!(
            first.status == 401 && first.authorization_scheme.is_none(),
            "{first:?}"
        );
        let away = records
            .iter()
            .filter(|record| record.host != "packages")
            .collect::<Vec<_>>();
        ensure!(
            away.len() == 1 && away[0].host == "blob" && away[0].status == 200 && !away[0].carried_secret,
            "{away:?}"
        );

        // The long token of a sign-in goes the same way.
        let tokens = asking.sign_in("organizations").await?;
        configure(
            &home,
            &asking,
            &format!("Bearer {}", text(&tokens, "access_token")?),
        )?;
        std::fs::remove_dir_all(home.cargo_home().join("registry"))?;
        home.cargo(&user, &["fetch"])?.well()?;

        let check = |words: &str| -> Result<()> {
            std::fs::remove_dir_all(home.cargo_home().join("registry"))?;
            let ran = home.cargo(&user, &["fetch"])?;
            ensure!(ran.code != Some(0) && ran.stderr.contains(words), "{ran:?}");
            Ok(())
        };
        asking.azure.refuse_issued_tokens();
        check("token rejected for `internal`")?;
        asking.azure.arm(Quirk::SignInPage, "packages/contoso", 1);
        check("got 203")?;
        configure(&home, &asking, &format!("Bearer {pat}"))?;
        check("TF400813")
    });
}
