//! The real window: the main job by clicking and dragging, and what else only a window can do.

use anyhow::{Result, ensure};
use journeys::window::{Display, Look, Window};
use journeys::{SampleProject, TestHome, tour};

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
