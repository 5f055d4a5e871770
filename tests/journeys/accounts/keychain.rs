//! Where tokens are kept: the keychain, and what is left where there is none.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use journeys::azure::{Azure, Host};
use journeys::{Seen, TestHome};
use serde_json::json;

use super::World;
use crate::journey;

async fn without_keychain() -> Result<World> {
    let azure = Azure::start().await?;
    azure.seed_feed("contoso", "internal", false).await?;
    let home = TestHome::without_keychain(&azure)?;
    Ok(World {
        seen: Seen::of(&home),
        home,
        azure,
    })
}

#[test]
fn without_a_keychain_nothing_is_kept_and_the_choices_are_told() {
    journey(async || {
        let world = without_keychain().await?;
        let ran = world.granary(&["sign-in", "contoso", "--browser"])?;
        ensure!(
            ran.code == Some(1)
                && ran
                    .stderr
                    .contains("error[noKeychain]: there is no keychain in this session")
                && ran.stderr.contains("--passphrase")
                && ran.stderr.contains("GRANARY_TOKEN"),
            "{ran:?}"
        );
        let granary = world.home.path().join("granary");
        ensure!(
            !granary.join("vault").exists() && !granary.join("accounts.json").exists(),
            "something was kept"
        );
        world.check_secrets()
    });
}

#[test]
fn without_a_keychain_the_feeds_on_this_computer_work_all_the_same() {
    journey(async || {
        let world = without_keychain().await?;
        world
            .granary(&["feed", "create", "local/main/upstream"])?
            .well()?;
        let token = world.home.path().join("granary/feeds/token");
        ensure!(token.is_file(), "the token is nowhere");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            ensure!(
                std::fs::metadata(&token)?.permissions().mode() & 0o777 == 0o600,
                "others may read it"
            );
        }
        world.home.token().map(drop)
    });
}

#[test]
fn with_a_keychain_the_token_of_this_computer_lies_in_no_file() {
    journey(async || {
        let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
        home.granary(home.path(), &["feed", "create", "local/main/upstream"])?
            .well()?;
        ensure!(
            !home.path().join("granary/feeds/token").exists(),
            "it lies in a file"
        );
        home.check_canary()
    });
}

/// Types at the terminal of a program, as a person would: `script` gives it one.
#[cfg(target_os = "linux")]
fn typing(
    world: &World,
    program: &Path,
    arguments: &str,
    lines: &[&str],
    input: Option<&str>,
) -> Result<String> {
    let mut command = std::process::Command::new("script");
    world.home.inhabit(&mut command);
    command.current_dir(world.home.user());
    let from = input.map(|file| format!(" < {file}")).unwrap_or_default();
    let line = format!("{} {arguments}{from}", program.display());
    command.args([
        "--quiet",
        "--return",
        "--echo",
        "never",
        "--command",
        &line,
        "/dev/null",
    ]);
    let typed = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let ran = world.home.run_with(&mut command, &typed)?;
    ensure!(ran.code == Some(0), "{ran:?}");
    Ok(ran.stdout)
}

#[cfg(target_os = "linux")]
#[test]
fn a_passphrase_stands_in_and_is_asked_for_on_the_terminal() {
    journey(async || {
        let world = without_keychain().await?;
        let granary = world.home.product("granary")?;
        let granary = Path::new(granary.get_program()).to_owned();
        let twice = ["correct horse", "correct horse"];
        typing(
            &world,
            &granary,
            "sign-in contoso --browser --passphrase",
            &twice,
            None,
        )?;
        let accounts = world.json(&["account", "list"])?;
        ensure!(accounts[0]["keeping"] == "passphrase", "{accounts}");
        let listed = typing(&world, &granary, "feed list contoso", &["correct horse"], None)?;
        ensure!(listed.contains("contoso/main/internal"), "{listed}");

        // The provider asks on the terminal too; where there is none, it says what to do.
        let index = format!(
            "sparse+{}/contoso/main/_packaging/internal/Cargo/index/",
            world.azure.url(Host::Packages)
        );
        let request = json!({
            "v": 1, "registry": {"index-url": index, "name": "internal"}, "args": [],
            "kind": "get", "operation": "read",
        });
        let file = world.home.path().join("request");
        std::fs::write(&file, format!("{request}\n"))?;
        let provider = world.home.product("cargo-credential-granary")?;
        let provider = Path::new(provider.get_program()).to_owned();
        let answers = world.home.path().join("answers");
        let arguments = format!("--cargo-plugin > {}", answers.display());
        let from = file.to_string_lossy().into_owned();
        typing(&world, &provider, &arguments, &["correct horse"], Some(&from))?;
        let answer = std::fs::read_to_string(&answers)?;
        std::fs::remove_file(&answers)?;
        let answer: serde_json::Value = serde_json::from_str(answer.lines().last().context("no answer")?)?;
        ensure!(
            answer["Ok"]["token"]
                .as_str()
                .is_some_and(|token| token.starts_with("Bearer ")),
            "no token"
        );
        let wrong = typing(&world, &granary, "feed list contoso; true", &["wrong"], None)?;
        ensure!(wrong.contains("not the passphrase"), "{wrong}");
        world.check_secrets()?;

        // What follows is given to cargo by its own documented variable, which others may see.
        // A restore runs in the background, where nobody could type: it is asked for before.
        let project = super::project_with_a_private_crate(&world.home, &world.azure)?;
        let restore = format!("restore {}", project.display());
        typing(&world, &granary, &restore, &["correct horse"], None)?;
        let cached = world.home.cargo_home().join("registry/cache");
        ensure!(std::fs::read_dir(cached)?.count() == 1, "nothing was fetched");
        Ok(())
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_locked_keychain_is_told_and_asked_again_once_it_is_unlocked() {
    journey(async || {
        let mut world = World::new().await?;
        world.azure.seed_feed("contoso", "internal", false).await?;
        world.granary(&["sign-in", "contoso", "--browser"])?.well()?;
        world.home.lock_keychain()?;
        let ran = world.granary(&["feed", "list", "contoso"])?;
        ensure!(
            ran.code == Some(1)
                && ran.stderr.contains("error[noKeychain]")
                && ran.stderr.contains("the keychain is locked")
                && ran.stderr.contains("Unlock it, then try again"),
            "{ran:?}"
        );
        world.home.unlock_keychain()?;
        world.granary(&["feed", "list", "contoso"])?.well()?;
        world.check_secrets()
    });
}
