//! The real window: the main job by clicking and dragging, and what else only a window can do.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use journeys::azure::Azure;
use journeys::window::{Display, Look, Window};
use journeys::{SampleProject, Seen, TestHome, tour};

use crate::journey;

#[test]
fn the_main_job_in_the_real_window() {
    journey(async || -> Result<()> {
        let pictures = tempfile::tempdir()?;
        tour::walk(pictures.path()).await
    });
}

#[test]
fn a_second_start_hands_its_folder_to_the_first() {
    journey(async || {
        let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
        let project = SampleProject::copy_to(&home, &"0".repeat(64))?;
        let display = Display::start(&home)?;
        let window = Window::open(&home, &display, Look::Light, &[]).await?;
        window.by_id("use-local").await?;
        let mut second = home.product("granary-desktop")?;
        display.show(&mut second);
        let second = home.run(second.arg(&project.folder))?;
        ensure!(second.code == Some(0), "{second:?}");
        window.by_id("connect").await?;
        window.by_id("project-telemetry-relay").await?;
        window.close().await
    });
}

#[test]
fn a_restore_is_cancelled_by_its_button_and_the_window_leaves_nothing_behind() {
    journey(async || {
        // Takes every connection and never answers, so cargo waits until it is stopped.
        let silent = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let home = TestHome::with_crates_io(&format!("sparse+http://{}/", silent.local_addr()?))?;
        let folder = crate::restore::package(&home)?;
        let display = Display::start(&home)?;
        let path = folder.to_string_lossy().into_owned();
        let window = Window::open(&home, &display, Look::Light, &[&path]).await?;
        window.click("restore").await?;
        let held = silent.accept().await?;
        window.click("cancel-run").await?;
        window.state("run-state", &["cancelled"]).await?;
        // A run that is still going when the window closes ends with it.
        window.click("restore").await?;
        window.state("run-state", &["running"]).await?;
        window.close().await?;
        journeys::until("the end of cargo", async || {
            Ok(crate::restore::running_in(&folder)?.is_empty().then_some(()))
        })
        .await?;
        drop(held);
        Ok(())
    });
}

/// Nothing the page holds, shows or was told is a secret.
async fn check_page(window: &Window, azure: &Azure) -> Result<()> {
    let page = window.look("return document.documentElement.outerHTML").await?;
    let fields = window
        .look("return [...document.querySelectorAll('input')].map(field => field.value)")
        .await?;
    let text = format!("{page}{fields}");
    let found = azure
        .markers()
        .iter()
        .any(|marker| text.contains(marker.as_str()));
    ensure!(!found, "the page holds a secret");
    Ok(())
}

#[test]
fn one_click_signs_in_and_one_more_when_the_sign_in_has_ended() {
    journey(async || {
        let azure = Azure::start().await?;
        azure.seed_feed("contoso", "internal", false).await?;
        let home = TestHome::with_azure(&azure)?;
        let seen = Seen::of(&home);
        let display = Display::start(&home)?;
        let window = Window::open(&home, &display, Look::Light, &[]).await?;
        window.click("sign-in-browser").await?;
        window.by_id("account-contoso").await?;
        window.click("feed-internal").await?;
        check_page(&window, &azure).await?;

        azure.revoke_sign_ins();
        azure.refuse_issued_tokens();
        window.click("account-contoso").await?;
        window.press("Bring up to date").await?;
        window.by_id("refused").await?;
        window.click("sign-in-again").await?;
        window.by_id("feed-row").await?;
        check_page(&window, &azure).await?;
        window.close().await?;

        // It is still signed in tomorrow, in the command too.
        let listed = home.granary(home.path(), &["feed", "list", "contoso"])?.well()?;
        ensure!(listed.stdout.contains("contoso/main/internal"), "{listed:?}");
        home.check_secrets(&azure.markers(), &seen)
    });
}

#[test]
fn without_a_keychain_a_token_may_last_until_the_window_closes() {
    journey(async || {
        let azure = Azure::start().await?;
        azure.seed_feed("contoso", "internal", false).await?;
        let home = TestHome::without_keychain(&azure)?;
        let project = crate::accounts::project_with_a_private_crate(&home, &azure)?;
        let display = Display::start(&home)?;
        let window = Window::open(&home, &display, Look::Light, &[]).await?;
        let hour = std::time::Duration::from_secs(3600);
        let pat = azure.issue_pat("mira", "contoso", &["vso.packaging_write"], hour)?;
        window.click("way-token").await?;
        window.write("sign-in-place", "contoso").await?;
        window.write("sign-in-token", &pat).await?;
        window.click("sign-in-submit").await?;
        window.by_id("keychain-fault").await?;
        window.choose("thisRun").await?;
        window.click("sign-in-keep").await?;
        window.by_id("feed-internal").await?;
        check_page(&window, &azure).await?;
        let kept = home.path().join("granary");
        ensure!(
            !kept.join("vault").exists() && !kept.join("accounts.json").exists(),
            "something was kept"
        );

        let folder = project.to_string_lossy().into_owned();
        let mut second = home.product("granary-desktop")?;
        display.show(&mut second);
        home.run(second.arg(&folder))?.well()?;
        window.click("restore").await?;
        let state = window
            .state("run-state", &["done", "failed", "cancelled"])
            .await?;
        ensure!(state == "done", "{}", window.text("[data-testid='log']").await?);
        window.close().await?;

        // In any other terminal cargo does not have it, and says so.
        std::fs::remove_dir_all(home.cargo_home().join("registry"))?;
        let fetched = home.cargo(&project, &["fetch"])?;
        ensure!(
            fetched.code != Some(0) && fetched.stderr.contains("no token found for `internal`"),
            "{fetched:?}"
        );
        Ok(())
    });
}

#[test]
fn what_keeps_a_project_from_building_is_mended_and_taken_back_in_the_real_window() {
    journey(async || {
        let broken = crate::checks::Broken::new()?;
        let config = broken.folder.join(".cargo/config.toml");
        let right = std::fs::read_to_string(&config)?;
        let wrong = right.replace("/index/\"", "/index\"");
        std::fs::write(&config, &wrong)?;
        let display = Display::start(&broken.home)?;
        let path = broken.folder.to_string_lossy().into_owned();
        let window = Window::open(&broken.home, &display, Look::Dark, &[&path]).await?;
        window.by_id("check-row").await?;
        let row = window.text("[data-testid='check-row']").await?;
        ensure!(row.contains("does not end in"), "{row}");
        window.click("review-fixes").await?;
        window.by_id("diff-file").await?;
        window.click("change-apply").await?;
        window.by_id("toast").await?;
        ensure!(std::fs::read_to_string(&config)? == right, "the slash is missing");
        window.click("project-menu").await?;
        window.click("undo-last").await?;
        window.by_id("diff-file").await?;
        window.click("change-apply").await?;
        journeys::until("the change to be taken back", async || {
            Ok((std::fs::read_to_string(&config)? == wrong).then_some(()))
        })
        .await?;
        window.close().await
    });
}

/// Starts a build as a key does.
const BUILD: &str = "document.dispatchEvent(new KeyboardEvent('keydown', \
                     { key: 'b', code: 'KeyB', ctrlKey: true, bubbles: true }))";

/// A program of somebody's, before those of the system.
fn program(home: &TestHome, name: &str, script: &str) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::create_dir_all(home.programs())?;
    let program = home.programs().join(name);
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n"))?;
    Ok(std::fs::set_permissions(
        program,
        std::fs::Permissions::from_mode(0o755),
    )?)
}

/// A project that is trusted, and a cargo that takes its time to build it.
fn slow_project(home: &TestHome, seconds: u32) -> Result<PathBuf> {
    let cargo = journeys::found("cargo")?;
    let script = format!(
        "case \"$1\" in build) [ -e quick ] || sleep {seconds} ;; *) exec '{}' \"$@\" ;; esac",
        cargo.display()
    );
    program(home, "cargo", &script)?;
    let folder = home.user().join("src/slow");
    std::fs::create_dir_all(folder.join("src"))?;
    std::fs::write(folder.join("src/lib.rs"), "")?;
    let manifest = "[package]\nname = \"slow\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    std::fs::write(folder.join("quick"), "")?;
    home.granary(&folder, &["restore", "--build", "--trust"])?
        .well()?;
    std::fs::remove_file(folder.join("quick"))?;
    Ok(folder)
}

/// The window of a project, which a build goes on in.
async fn building(home: &TestHome, display: &Display, folder: &Path) -> Result<Window> {
    let path = folder.to_string_lossy().into_owned();
    let window = Window::open(home, display, Look::Light, &[&path]).await?;
    window.by_id("restore").await?;
    window.look(BUILD).await?;
    window.state("run-state", &["running"]).await?;
    Ok(window)
}

/// Waits until the app is gone, and the cargo that it ran.
async fn until_gone(window: &Window, folder: &Path, meanwhile: impl Fn() -> Result<()>) -> Result<()> {
    journeys::until("the end of the app and its cargo", async || {
        let is_over = window.process().is_none() && crate::restore::running_in(folder)?.is_empty();
        if !is_over {
            meanwhile()?;
        }
        Ok(is_over.then_some(()))
    })
    .await
}

#[test]
fn a_window_whose_page_hangs_closes_when_it_is_asked_again() {
    journey(async || {
        let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
        let folder = slow_project(&home, 600)?;
        let display = Display::start(&home)?;
        let window = building(&home, &display, &folder).await?;
        let id = display.window_id(&home, "Granary").await?;
        window.look("setTimeout(() => { for (;;); }, 50)").await?;
        let close = || {
            display
                .xdotool(&home, &["windowactivate", &id, "key", "alt+F4"])
                .map(drop)
        };
        let first = Instant::now();
        close()?;
        journeys::until("the page's silence", async || {
            ensure!(window.process().is_some(), "it closed without a question");
            Ok((first.elapsed() > Duration::from_secs(1)).then_some(()))
        })
        .await?;
        // Where the window is gone already, there is nothing to close.
        let close_again = || {
            let _ = close();
            Ok(())
        };
        until_gone(&window, &folder, close_again).await
    });
}

#[test]
fn closing_asks_while_a_run_goes_on_and_a_long_one_is_told_to_the_desktop() {
    journey(async || {
        let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
        let folder = slow_project(&home, 12)?;
        program(&home, "xdg-terminal-exec", "pwd > \"$HOME/opened\"")?;
        let told = home.path().join("told");
        let _listening = home.listen_to_the_bus("org.freedesktop.Notifications", &told)?;
        let display = Display::start(&home)?;
        let window = building(&home, &display, &folder).await?;
        let id = display.window_id(&home, "Granary").await?;
        display.xdotool(&home, &["windowactivate", &id, "key", "alt+F4"])?;
        window.click("quit-keep").await?;
        ensure!(
            window.state("run-state", &["running"]).await? == "running",
            "it was stopped"
        );
        display.xdotool(&home, &["windowminimize", &id])?;
        journeys::until("a notification", async || {
            let told = std::fs::read_to_string(&told)?;
            Ok((told.contains("member=Notify") && told.contains("slow: build done")).then_some(()))
        })
        .await?;
        display.xdotool(&home, &["windowactivate", "--sync", &id])?;
        window.click("project-menu").await?;
        window.click("open-terminal").await?;
        let opened = home.user().join("opened");
        journeys::until("a terminal in the project", async || {
            let said = std::fs::read_to_string(&opened).unwrap_or_default();
            Ok((said.trim() == folder.canonicalize()?.to_string_lossy()).then_some(()))
        })
        .await?;
        window.look(BUILD).await?;
        window.state("run-state", &["running"]).await?;
        display.xdotool(&home, &["windowactivate", &id, "key", "alt+F4"])?;
        window.by_id("quit-stop").await?;
        // The app goes while it is clicked, and whoever clicks would wait for an answer.
        let stop = "setTimeout(() => document.querySelector('[data-testid=quit-stop]').click(), 50)";
        window.look(stop).await?;
        until_gone(&window, &folder, || Ok(())).await
    });
}
