//! What cargo's own `login` and `logout` do, and other providers beside ours.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use journeys::TestHome;
use journeys::azure::{Azure, Host};
use serde_json::json;

use super::World;
use crate::journey;

const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);

/// A folder whose cargo config names a feed and our provider, as `granary connect` writes it.
async fn connected() -> Result<(World, std::path::PathBuf)> {
    let world = World::new().await?;
    world.azure.seed_feed("contoso", "internal", false).await?;
    world.granary(&["sign-in", "contoso", "--browser"])?.well()?;
    let project = library(&world.home, "desk", "")?;
    let folder = project.to_string_lossy().into_owned();
    world
        .granary(&["connect", &folder, "--feed", "contoso/main/internal"])?
        .well()?;
    Ok((world, project))
}

#[test]
fn cargo_login_and_logout_work_as_people_expect() {
    journey(async || {
        let (world, project) = connected().await?;
        let logout = world
            .home
            .cargo(&project, &["logout", "--registry", "internal"])?
            .well()?;
        ensure!(!logout.stderr.contains("error"), "{logout:?}");
        let accounts = world.json(&["account", "list"])?;
        ensure!(
            accounts
                .as_array()
                .is_some_and(|all| all.iter().all(|one| one["id"] != "contoso")),
            "{accounts}"
        );

        let pat = world
            .azure
            .issue_pat("mira", "contoso", &["vso.packaging_write"], HOUR)?;
        let mut login = std::process::Command::new("cargo");
        world.home.inhabit(&mut login);
        login
            .current_dir(&project)
            .args(["login", "--registry", "internal"]);
        world.home.run_with(&mut login, &format!("{pat}\n"))?.well()?;
        let accounts = world.json(&["account", "list"])?;
        ensure!(
            accounts[0]["id"] == "contoso" && accounts[0]["how"] == "token",
            "{accounts}"
        );
        let feeds = world.json(&["feed", "list", "contoso"])?;
        ensure!(feeds[0]["name"] == "internal", "{feeds}");
        ensure!(
            !world.home.cargo_home().join("credentials.toml").exists(),
            "cargo keeps a token itself"
        );
        world.check_secrets()
    });
}

#[test]
fn every_address_of_a_feed_gets_the_token_and_no_other_does() {
    journey(async || {
        let (world, _) = connected().await?;
        let packages = world.azure.url(Host::Packages);
        let ask = |url: &str| {
            world
                .home
                .ask_provider(url, json!({"kind": "get", "operation": "read"}))
        };
        for path in [
            "contoso/_packaging/shared/Cargo/index/",
            "contoso/main/_packaging/internal/Cargo/index/",
            "Contoso/main/_packaging/internal@Release/Cargo/index/",
            "contoso/main/_packaging/internal~force-auth/Cargo/index/",
            "contoso/My%20Project/_packaging/internal/Cargo/index/",
        ] {
            let answer = ask(&format!("sparse+{packages}/{path}"))?;
            let token = answer["Ok"]["token"].as_str().unwrap_or_default();
            ensure!(token.starts_with("Bearer "), "{path}");
        }
        for url in [
            format!("sparse+{packages}/tailspin/_packaging/shared/Cargo/index/"),
            format!(
                "sparse+{}/contoso/_packaging/shared/Cargo/index/",
                world.azure.url(Host::Blob)
            ),
            "sparse+https://contoso.example/index/".to_owned(),
        ] {
            let answer = ask(&url)?;
            ensure!(answer == json!({"Err": {"kind": "url-not-supported"}}), "{url}");
        }
        Ok(())
    });
}

#[test]
fn signing_out_forgets_the_token_and_offers_to_clean_cargos_config() {
    journey(async || {
        let (world, _) = connected().await?;
        let config = world.home.cargo_home().join("config.toml");
        ensure!(
            std::fs::read_to_string(&config)?.contains("granary"),
            "the provider is not configured"
        );
        let signed_out = world.json(&["sign-out", "contoso"])?;
        let patch = signed_out["providerRemoval"]["patch"]
            .as_str()
            .unwrap_or_default();
        ensure!(patch.contains("-granary = ["), "{signed_out}");
        ensure!(signed_out["accounts"] == json!([]), "{signed_out}");
        ensure!(
            !world.home.path().join("granary/vault").exists(),
            "the vault is still there"
        );
        let index = format!(
            "sparse+{}/contoso/main/_packaging/internal/Cargo/index/",
            world.azure.url(Host::Packages)
        );
        let answer = world
            .home
            .ask_provider(&index, json!({"kind": "get", "operation": "read"}))?;
        ensure!(
            answer == json!({"Err": {"kind": "url-not-supported"}}),
            "cargo is still signed in"
        );
        let again = world.granary(&["sign-out", "contoso"])?;
        ensure!(
            again.code == Some(1) && again.stderr.contains("no account `contoso`"),
            "{again:?}"
        );
        world.check_secrets()
    });
}

/// A library of one file; it needs what the lines say.
fn library(home: &TestHome, name: &str, needs: &str) -> Result<std::path::PathBuf> {
    let folder = home.user().join(name);
    std::fs::create_dir_all(folder.join("src"))?;
    std::fs::write(folder.join("src/lib.rs"), "")?;
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\ndescription = \"A test\"\n\
         license = \"MIT\"\n\n[dependencies]\n{needs}\n"
    );
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    Ok(folder)
}

/// Runs a program with nothing but a token in the environment.
fn run_with(home: &TestHome, token: &str, program: &str, folder: &Path, arguments: &[&str]) -> Result<()> {
    let mut command = match program {
        "cargo" => std::process::Command::new("cargo"),
        ours => home.product(ours)?,
    };
    home.inhabit(&mut command);
    command
        .env("GRANARY_TOKEN", token)
        .current_dir(folder)
        .args(arguments);
    home.run(&mut command)?.well().map(drop)
}

/// A project that needs a crate of the feed `internal`, which is published, and connected to it.
pub(crate) fn project_with_a_private_crate(home: &TestHome, azure: &Azure) -> Result<PathBuf> {
    let writes = azure.issue_pat("mira", "contoso", &["vso.packaging_write"], HOUR)?;
    let connect = ["connect", "--feed", "contoso/main/internal"];
    let twig = library(home, "twig", "")?;
    run_with(home, &writes, "granary", &twig, &connect)?;
    let publish = [
        "publish",
        "--registry",
        "internal",
        "--allow-dirty",
        "--no-verify",
    ];
    run_with(home, &writes, "cargo", &twig, &publish)?;
    let desk = library(
        home,
        "desk",
        "twig = { version = \"1\", registry = \"internal\" }",
    )?;
    run_with(home, &writes, "granary", &desk, &connect)?;
    std::fs::remove_dir_all(home.cargo_home().join("registry"))?;
    Ok(desk)
}

#[test]
fn a_pipelines_token_from_the_environment_is_enough() {
    journey(async || {
        let world = World::new().await?;
        world.azure.seed_feed("contoso", "internal", false).await?;
        let pat = world
            .azure
            .issue_pat("mira", "contoso", &["vso.packaging"], HOUR)?;
        for variable in ["GRANARY_TOKEN", "AZURE_DEVOPS_EXT_PAT"] {
            let mut command = world.home.product("granary")?;
            command
                .env(variable, &pat)
                .args(["feed", "list", "contoso", "--json"]);
            let ran = world.home.run(&mut command)?.well()?;
            ensure!(
                ran.stdout.contains("contoso/main/internal") && !ran.stdout.contains(&pat),
                "{ran:?}"
            );
        }
        let accounts = world.home.path().join("granary/accounts.json");
        ensure!(!accounts.exists(), "something was kept");

        // Cargo gets it by the variables it documents for that: the provider has nothing to give.
        let desk = project_with_a_private_crate(&world.home, &world.azure)?;
        run_with(&world.home, &pat, "granary", &desk, &["restore"])?;
        let cached = world.home.cargo_home().join("registry/cache");
        ensure!(std::fs::read_dir(cached)?.count() == 1, "nothing was fetched");

        // A project's own names must not lead it to another host.
        let config = desk.join(".cargo/config.toml");
        let colliding = "[registries.Internal]\nindex = \"sparse+http://127.0.0.1:9/elsewhere/\"\n";
        std::fs::write(
            &config,
            format!("{}\n{colliding}", std::fs::read_to_string(&config)?),
        )?;
        let refused = run_with(&world.home, &pat, "granary", &desk, &["restore"]);
        let words = refused.err().map(|error| error.to_string()).unwrap_or_default();
        ensure!(words.contains("CARGO_REGISTRIES_INTERNAL_TOKEN"), "{words}");
        Ok(())
    });
}
