//! Every way to sign in, from an empty home to `cargo build` an hour later; and all that may go wrong.

use anyhow::{Result, ensure};
use journeys::azure::{Host, Person, Quirk};
use serde_json::json;

use super::World;
use crate::journey;

/// Hosts of an organization at Azure DevOps Services, and the list of organizations.
const SERVICES: [&str; 4] = ["core", "feeds", "packages", "profile"];

#[test]
fn by_browser() {
    journey(async || {
        let world = World::with_crates().await?;
        world.azure.set_redirect_downloads(true);
        let signed_in = world.granary(&["sign-in", "contoso", "--browser"])?.well()?;
        ensure!(
            signed_in.stdout.contains("Signed in to contoso as mira@"),
            "{signed_in:?}"
        );
        let accounts = world.json(&["account", "list"])?;
        ensure!(
            accounts[0]["id"] == "contoso"
                && accounts[0]["how"] == "browser"
                && accounts[0]["keeping"] == "keychain"
                && accounts[0]["state"] == json!({"kind": "ready", "until": null}),
            "{accounts}"
        );
        world.main_job("contoso").await?;
        let projects = world.granary(&["project-list", "contoso"])?.well()?;
        ensure!(projects.stdout.contains("main"), "{projects:?}");
        let asked = world.azure.exchanges();
        let sign_ins = asked
            .iter()
            .filter(|exchange| exchange.path.ends_with("/authorize"))
            .count();
        ensure!(sign_ins == 1, "{sign_ins} sign-ins");
        let renewals = asked
            .iter()
            .filter(|exchange| exchange.path.ends_with("/token"))
            .count();
        ensure!(renewals >= 3, "{renewals} times at the token endpoint");
        world.check_hosts(&SERVICES)?;
        world.check_contract()?;
        world.check_secrets()
    });
}

#[test]
fn by_device_code() {
    journey(async || {
        let world = World::with_crates().await?;
        world
            .sign_in_by_code(&["sign-in", "contoso", "--device-code"])
            .await?;
        world.main_job("contoso").await?;
        world.check_hosts(&SERVICES)?;
        world.check_contract()?;
        world.check_secrets()
    });
}

#[test]
fn by_token() {
    journey(async || {
        let world = World::with_crates().await?;
        let scopes = ["vso.packaging_write"];
        let pat = world
            .azure
            .issue_pat("mira", "contoso", &scopes, std::time::Duration::from_secs(3600))?;
        let signed_in = world
            .granary_with(&["sign-in", "contoso", "--token-stdin"], &format!("{pat}\n"))?
            .well()?;
        ensure!(!signed_in.stderr.contains("Read & write"), "{signed_in:?}");
        world.main_job("contoso").await?;
        world.check_hosts(&SERVICES)?;
        world.check_contract()?;
        world.check_secrets()
    });
}

#[test]
fn at_a_server() {
    journey(async || {
        let world = World::with_crates().await?;
        let scopes = ["vso.packaging_write"];
        let lifetime = std::time::Duration::from_secs(3600);
        let pat = world
            .azure
            .issue_pat("mira", "DefaultCollection", &scopes, lifetime)?;
        let address = format!("{}/DefaultCollection", world.azure.server_url());
        let sign_in = ["sign-in", "--server", &address, "--token-stdin"];
        world.granary_with(&sign_in, &pat)?.well()?;
        world.main_job("DefaultCollection").await?;
        world.check_hosts(&["server"])?;
        world.check_contract()?;
        world.check_secrets()?;

        world.azure.set_server_has_cargo(false);
        let refused = world.granary_with(&sign_in, &pat)?;
        ensure!(
            refused.code == Some(1) && refused.stderr.contains("offers no cargo feeds"),
            "{refused:?}"
        );
        Ok(())
    });
}

#[test]
fn without_a_name_all_organizations_are_found() {
    journey(async || {
        let world = World::new().await?;
        world.azure.person(Person::SignsIn("tessa"));
        world.granary(&["sign-in", "--browser"])?.well()?;
        let accounts = world.json(&["account", "list"])?;
        let ids = accounts
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|account| account["id"].as_str());
        ensure!(ids.collect::<Vec<_>>() == ["tailspin", "local"], "{accounts}");
        world.check_contract()
    });
}

#[test]
fn a_pasted_address_or_snippet_is_enough() {
    journey(async || {
        let world = World::new().await?;
        let index = format!(
            "sparse+{}/contoso/main/_packaging/internal/Cargo/index/",
            world.azure.url(Host::Packages)
        );
        let snippet = format!("[registries]\ninternal = {{ index = \"{index}\" }}\n");
        for place in [index.as_str(), &snippet] {
            world.granary(&["sign-in", place, "--browser"])?.well()?;
            let accounts = world.json(&["account", "list"])?;
            ensure!(accounts[0]["id"] == "contoso", "{accounts}");
            world.granary(&["sign-out", "contoso"])?.well()?;
        }
        Ok(())
    });
}

#[test]
fn a_second_identity_gets_an_alias() {
    journey(async || {
        let world = World::new().await?;
        world.azure.seed_feed("contoso", "internal", false).await?;
        world.granary(&["sign-in", "contoso", "--browser"])?.well()?;
        world.azure.person(Person::SignsIn("sven"));
        world
            .granary(&["sign-in", "https://dev.azure.com/contoso", "--browser"])?
            .well()?;
        let accounts = world.json(&["account", "list"])?;
        ensure!(
            accounts[0]["id"] == "contoso-2"
                && accounts[0]["isPreferred"] == true
                && accounts[1]["isPreferred"] == false,
            "{accounts}"
        );
        world.granary(&["account", "prefer", "contoso"])?.well()?;
        let accounts = world.json(&["account", "list"])?;
        ensure!(
            accounts[0]["id"] == "contoso" && accounts[0]["isPreferred"] == true,
            "{accounts}"
        );
        let feeds = world.json(&["feed", "list", "contoso-2"])?;
        ensure!(feeds[0]["reference"] == "contoso-2/main/internal", "{feeds}");
        Ok(())
    });
}

/// What is refused, with which code and words; a hint is always there.
fn refused(world: &World, arguments: &[&str], input: &str, code: &str, words: &str) -> Result<()> {
    let ran = world.granary_with(arguments, input)?;
    let expected = format!("error[{code}]: ");
    ensure!(
        ran.code == Some(1)
            && ran.stderr.contains(&expected)
            && ran.stderr.contains(words)
            && ran.stderr.contains("hint: "),
        "{arguments:?} said {ran:?}"
    );
    Ok(())
}

#[test]
fn tokens_that_are_wrong_expired_or_too_narrow_are_told_apart() {
    journey(async || {
        let world = World::new().await?;
        world.azure.seed_feed("contoso", "internal", false).await?;
        let hour = std::time::Duration::from_secs(3600);
        let sign_in = ["sign-in", "contoso", "--token-stdin"];
        let check = |input: &str, code: &str, words: &str| refused(&world, &sign_in, input, code, words);
        check("", "invalidInput", "it is empty")?;
        check("two words", "invalidInput", "blanks")?;
        check(&"p".repeat(84), "notSignedIn", "does not know this token")?;
        let expired = world
            .azure
            .issue_pat("mira", "contoso", &["vso.packaging_write"], hour)?;
        world.azure.expire_pat(&expired);
        check(&expired, "notSignedIn", "has expired")?;
        let narrow = world.azure.issue_pat("mira", "contoso", &["vso.code"], hour)?;
        check(&narrow, "forbidden", "is not for packages")?;
        world.azure.set_small_scope_is_401(true);
        check(&narrow, "forbidden", "is not for packages")?;
        world.azure.set_small_scope_is_401(false);
        let elsewhere = world
            .azure
            .issue_pat("tessa", "tailspin", &["vso.packaging"], hour)?;
        check(&elsewhere, "notSignedIn", "does not know this token")?;
        refused(
            &world,
            &["sign-in", "--token-stdin"],
            &expired,
            "invalidInput",
            "which organization",
        )?;
        refused(
            &world,
            &["sign-in", "nowhere", "--token-stdin"],
            &narrow,
            "notFound",
            "no organization `nowhere`",
        )?;

        let reads = world
            .azure
            .issue_pat("mira", "contoso", &["vso.packaging"], hour)?;
        let ran = world.granary_with(&sign_in, &reads)?.well()?;
        ensure!(ran.stderr.contains("may read, but not save"), "{ran:?}");
        world.check_secrets()
    });
}

#[test]
fn what_people_and_rules_refuse_is_told_with_the_next_step() {
    journey(async || {
        let world = World::new().await?;
        let browser = ["sign-in", "contoso", "--browser"];
        let check = |code: &str, words: &str| refused(&world, &browser, "", code, words);
        world.azure.person(Person::Refuses);
        check("precondition", "was declined")?;
        world.azure.person(Person::LacksConsent);
        check(
            "consentNeeded",
            "an administrator of this directory has to allow Granary once (AADSTS65001)",
        )?;
        world.azure.person(Person::NeedsAdministrator);
        check("consentNeeded", "(AADSTS90094)")?;
        world.azure.person(Person::SignsIn("mira"));
        let entra = |number, words| Quirk::Entra("invalid_grant", number, words, None);
        world
            .azure
            .arm(entra(53003, "blocked by policy"), "oauth2/v2.0/token", 1);
        check("forbidden", "forbids this way of signing in (AADSTS53003)")?;
        world
            .azure
            .arm(entra(54005, "the code was used"), "oauth2/v2.0/token", 1);
        check("notSignedIn", "has ended (AADSTS54005)")?;
        world.azure.arm(Quirk::Unavailable, "oauth2/v2.0/token", 1);
        check("internal", "answered something else than a sign-in")?;
        world.azure.arm(Quirk::Cut, "oauth2/v2.0/token", 1);
        check("unreachable", "does not answer")?;
        world.granary(&browser)?.well()?;
        refused(
            &world,
            &["sign-in", "nowhere", "--browser"],
            "",
            "notFound",
            "no organization `nowhere`",
        )?;
        world.check_secrets()
    });
}

#[test]
fn a_build_without_a_client_id_says_what_is_there() {
    journey(async || {
        let home = journeys::TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
        let ran = home.granary(home.path(), &["sign-in", "contoso"])?;
        ensure!(
            ran.code == Some(1)
                && ran.stderr.contains("built without a client id")
                && ["--azure-cli", "--token-stdin", "client_id"]
                    .iter()
                    .all(|way| ran.stderr.contains(way)),
            "{ran:?}"
        );
        Ok(())
    });
}

#[test]
fn a_clock_that_is_ten_minutes_off_does_not_matter() {
    journey(async || {
        for ahead in [600, -600] {
            let world = World::new().await?;
            world.azure.seed_feed("contoso", "internal", false).await?;
            world.azure.set_clock_ahead(ahead);
            // Shorter than the clocks differ: whoever believed Azure's moments would hold it for ended, or for fresh
            // when it is not.
            world
                .azure
                .set_token_lifetime(std::time::Duration::from_secs(300));
            world.granary(&["sign-in", "contoso", "--browser"])?.well()?;
            world.json(&["feed", "list", "contoso"])?;
            let asked = world.azure.exchanges();
            let grants = asked
                .iter()
                .filter(|exchange| exchange.path.ends_with("/token"))
                .count();
            ensure!(grants == 1, "it was renewed, {ahead} seconds ahead");
            let index = format!(
                "sparse+{}/contoso/_packaging/a/Cargo/index/",
                world.azure.url(Host::Packages)
            );
            let answer = world
                .home
                .ask_provider(&index, json!({"kind": "get", "operation": "read"}))?;
            let now = std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)?
                .as_secs();
            let end = answer["Ok"]["expiration"].as_u64().unwrap_or_default();
            ensure!(
                (now + 200..=now + 300).contains(&end),
                "cargo is told {end}, and now it is {now}"
            );
        }
        Ok(())
    });
}

#[cfg(unix)]
#[test]
fn the_azure_cli_is_asked_for_the_right_resource() {
    use std::os::unix::fs::PermissionsExt;
    journey(async || {
        let world = World::new().await?;
        world.azure.seed_feed("contoso", "internal", false).await?;
        let hour = std::time::Duration::from_secs(3600);
        let token = world
            .azure
            .issue_pat("mira", "contoso", &["vso.packaging"], hour)?;
        // A stand-in for `az`; like the real one it keeps what it signs in with elsewhere.
        let kept = world.home.path().join("az-token");
        std::fs::write(&kept, token)?;
        let folder = world.home.path().join("az-bin");
        std::fs::create_dir_all(&folder)?;
        let az = folder.join("az");
        let script = format!(
            "#!/bin/sh\necho \"$@\" >> \"{0}.asked\"\ncase \"$*\" in\n\
             *show*) echo '{{\"user\":{{\"name\":\"mira@contoso.example\"}}}}';;\n\
             *) printf '{{\"accessToken\":\"%s\",\"expires_on\":%s}}' \"$(cat {0})\" $(($(date +%s)+3600));;\nesac\n",
            kept.display()
        );
        std::fs::write(&az, script)?;
        std::fs::set_permissions(&az, std::fs::Permissions::from_mode(0o755))?;
        let with_az = |arguments: &[&str]| {
            let mut command = world.home.product("granary")?;
            let path = format!("{}:{}", folder.display(), std::env::var("PATH")?);
            command
                .env("PATH", path)
                .current_dir(world.home.user())
                .args(arguments);
            world.home.run(&mut command)
        };
        let refused = with_az(&["sign-in", "contoso", "--azure-cli"])?;
        // A personal token is no bearer, so the double says no: what matters here is what `az` was asked.
        ensure!(
            refused.code == Some(1) && refused.stderr.contains("does not know this token"),
            "{refused:?}"
        );
        let asked = std::fs::read_to_string(format!("{}.asked", kept.display()))?;
        let first = asked.lines().next().unwrap_or_default();
        ensure!(
            first.starts_with(
                "account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798 --output json --tenant "
            ),
            "{asked}"
        );
        refuse_without_az(&world)
    });
}

#[cfg(unix)]
fn refuse_without_az(world: &World) -> Result<()> {
    let empty = world.home.path().join("az-none");
    std::fs::create_dir_all(&empty)?;
    let mut command = world.home.product("granary")?;
    command
        .env("PATH", &empty)
        .args(["sign-in", "contoso", "--azure-cli"]);
    let ran = world.home.run(&mut command)?;
    ensure!(
        ran.code == Some(1) && ran.stderr.contains("the Azure CLI is not installed"),
        "{ran:?}"
    );
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_sign_in_nobody_completes_is_cancelled_by_ctrl_c() {
    journey(async || {
        let world = World::new().await?;
        world.azure.person(Person::NeverAnswers);
        let mut command = world.home.product("granary")?;
        command.args(["sign-in", "contoso", "--browser"]);
        let mut child = command.spawn()?;
        journeys::until("the browser at the authority", async || {
            let asked = world.azure.exchanges();
            let there = asked.iter().any(|exchange| exchange.path.ends_with("/authorize"));
            let ended = child.try_wait()?;
            ensure!(ended.is_none(), "it ended by itself: {ended:?}");
            Ok(there.then_some(()))
        })
        .await?;
        let interrupt = std::process::Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()?;
        ensure!(interrupt.success(), "it could not be interrupted");
        let ended = super::ended(&mut child).await?;
        ensure!(ended.code() == Some(130), "{ended:?}");
        let accounts = world.home.path().join("granary/accounts.json");
        ensure!(!accounts.exists(), "something was kept");
        Ok(())
    });
}

#[test]
fn codes_that_are_late_or_asked_for_too_often() {
    journey(async || {
        let world = World::new().await?;
        let code = ["sign-in", "contoso", "--device-code"];
        world.azure.set_device_times(std::time::Duration::from_secs(1), 1);
        refused(&world, &code, "", "precondition", "the code was not used in time")?;
        world
            .azure
            .set_device_times(std::time::Duration::from_secs(60), 1);
        let entra = |error, number| Quirk::Entra(error, number, "as it says", None);
        world
            .azure
            .arm(entra("authorization_declined", 70_000), "oauth2/v2.0/token", 1);
        refused(&world, &code, "", "precondition", "was declined")?;
        // Slower is slower: it goes on, and in the end it is signed in.
        world.azure.arm(entra("slow_down", 0), "oauth2/v2.0/token", 1);
        world.sign_in_by_code(&code).await?;
        world.check_secrets()
    });
}
