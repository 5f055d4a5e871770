//! Renewal: silent, once for all programs, and told plainly when it is refused.

use anyhow::{Context, Result, ensure};
use journeys::azure::Quirk;
use serde_json::json;

use super::World;
use crate::journey;

fn asked_for_tokens(world: &World) -> usize {
    let exchanges = world.azure.exchanges();
    exchanges
        .iter()
        .filter(|exchange| exchange.path.ends_with("/token"))
        .count()
}

async fn signed_in() -> Result<World> {
    let world = World::new().await?;
    world.azure.set_token_lifetime(super::HOUR);
    world.azure.seed_feed("contoso", "internal", false).await?;
    world.granary(&["sign-in", "contoso", "--browser"])?.well()?;
    Ok(world)
}

#[test]
fn many_programs_renew_once() {
    journey(async || {
        let world = signed_in().await?;
        // Long enough that all of them can use what the first one renewed.
        world
            .azure
            .set_token_lifetime(std::time::Duration::from_secs(3600));
        world.an_hour_later().await?;
        let before = asked_for_tokens(&world);
        let ran = std::thread::scope(|scope| {
            let list = || world.granary(&["feed", "list", "contoso"]);
            let running = (0..6).map(|_| scope.spawn(list)).collect::<Vec<_>>();
            running
                .into_iter()
                .map(|one| one.join().expect("it ran"))
                .collect::<Result<Vec<_>>>()
        })?;
        for one in ran {
            one.well()?;
        }
        ensure!(
            asked_for_tokens(&world) == before + 1,
            "{} renewals",
            asked_for_tokens(&world) - before
        );
        world.check_secrets()
    });
}

#[test]
fn the_provider_tells_cargo_the_true_end_and_asks_no_network_before_it() {
    journey(async || {
        let world = World::new().await?;
        world.granary(&["sign-in", "contoso", "--browser"])?.well()?;
        let seen = world.azure.exchanges().len();
        let index = format!(
            "sparse+{}/contoso/main/_packaging/internal/Cargo/index/",
            world.azure.url(journeys::azure::Host::Packages)
        );
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)?
            .as_secs();
        let answer = world
            .home
            .ask_provider(&index, json!({"kind": "get", "operation": "read"}))?;
        let end = answer["Ok"]["expiration"].as_u64().context("an end")?;
        ensure!(
            (now + 3590..=now + 3600).contains(&end),
            "{end} and now it is {now}"
        );
        let token = answer["Ok"]["token"].as_str().context("a token")?;
        ensure!(
            token.starts_with("Bearer ") && token.len() > 1280,
            "{} signs",
            token.len()
        );
        ensure!(answer["Ok"]["cache"] == "expires", "another way of caching");
        ensure!(
            world.azure.exchanges().len() == seen,
            "the provider asked the network"
        );
        Ok(())
    });
}

#[test]
fn a_refused_token_is_renewed_once_and_the_request_repeated_once() {
    journey(async || {
        let world = World::new().await?;
        world.azure.seed_feed("contoso", "internal", false).await?;
        world.granary(&["sign-in", "contoso", "--browser"])?.well()?;
        let before = asked_for_tokens(&world);
        world.azure.refuse_issued_tokens();
        world.granary(&["feed", "list", "contoso"])?.well()?;
        ensure!(asked_for_tokens(&world) == before + 1, "it was not renewed once");
        // One that is refused even when it is new is not asked for again and again.
        for quirk in [Quirk::Unauthorized, Quirk::SignInPage, Quirk::SignInRedirect] {
            let before = asked_for_tokens(&world);
            world.azure.arm(quirk, "feeds/contoso", 100);
            let ran = world.granary(&["feed", "list", "contoso"])?;
            world.azure.disarm();
            ensure!(
                ran.code == Some(1) && ran.stderr.contains("error[notSignedIn]"),
                "{ran:?}"
            );
            ensure!(asked_for_tokens(&world) == before + 1, "it was not renewed once");
        }
        world.check_hosts(&["core", "feeds", "packages", "profile"])
    });
}

#[test]
fn throttling_and_outages_are_waited_for() {
    journey(async || {
        let world = World::new().await?;
        world.azure.seed_feed("contoso", "internal", false).await?;
        world.granary(&["sign-in", "contoso", "--browser"])?.well()?;
        for quirk in [Quirk::Throttled(0), Quirk::Unavailable, Quirk::Cut] {
            let asked = || {
                let exchanges = world.azure.exchanges();
                exchanges
                    .iter()
                    .filter(|exchange| exchange.host == "feeds")
                    .count()
            };
            let quiet = asked();
            world.granary(&["feed", "list", "contoso"])?.well()?;
            let before = asked();
            world.azure.arm(quirk.clone(), "feeds/contoso", 1);
            world.granary(&["feed", "list", "contoso"])?.well()?;
            ensure!(
                asked() - before == before - quiet + 1,
                "{quirk:?} was not met, or not asked again once"
            );
        }
        Ok(())
    });
}

#[test]
fn when_renewal_is_refused_everybody_says_sign_in_again() {
    journey(async || {
        let world = signed_in().await?;
        let folder = world.home.user().join("x");
        std::fs::create_dir_all(&folder)?;
        world.an_hour_later().await?;
        world.azure.revoke_sign_ins();
        let ran = world.granary(&["feed", "list", "contoso"])?;
        ensure!(
            ran.code == Some(1)
                && ran.stderr.contains("error[notSignedIn]")
                && ran.stderr.contains("no longer accepts the sign-in (AADSTS")
                && ran.stderr.contains("granary sign-in contoso"),
            "{ran:?}"
        );
        let accounts = world.json(&["account", "list"])?;
        ensure!(accounts[0]["state"]["kind"] == "refused", "{accounts}");
        let index = format!(
            "sparse+{}/contoso/main/_packaging/internal/Cargo/index/",
            world.azure.url(journeys::azure::Host::Packages)
        );
        let answer = world
            .home
            .ask_provider(&index, json!({"kind": "get", "operation": "read"}))?;
        let message = answer["Err"]["message"].as_str().unwrap_or_default();
        ensure!(
            answer["Err"]["kind"] == "other" && message.contains("Sign in again"),
            "{answer}"
        );
        world.granary(&["sign-in", "contoso", "--browser"])?.well()?;
        let accounts = world.json(&["account", "list"])?;
        ensure!(
            accounts[0]["state"]["kind"] == "ready" && accounts[0]["id"] == "contoso",
            "{accounts}"
        );
        world.granary(&["feed", "list", "contoso"])?.well()?;
        world.check_secrets()
    });
}

#[test]
fn an_authority_that_is_away_for_a_moment_does_no_harm() {
    journey(async || {
        let world = World::new().await?;
        world.azure.seed_feed("contoso", "internal", false).await?;
        let lifetime = std::time::Duration::from_secs(20);
        world.azure.set_token_lifetime(lifetime);
        world.granary(&["sign-in", "contoso", "--browser"])?.well()?;
        let start = std::time::Instant::now();
        journeys::until("the time of renewal", async || {
            Ok((start.elapsed() > lifetime / 2).then_some(()))
        })
        .await?;
        let before = asked_for_tokens(&world);
        world.azure.arm(Quirk::Unavailable, "oauth2/v2.0/token", 1);
        // The first request goes out with the token there is, the next one renews it.
        world.granary(&["feed", "list", "contoso"])?.well()?;
        ensure!(
            asked_for_tokens(&world) == before + 2,
            "{} times at the token endpoint",
            asked_for_tokens(&world) - before
        );
        Ok(())
    });
}
