//! The main job, from a machine that knows nothing of Granary to a project that builds: by clicking.
//!
//! **Invariant**: each step checks what it did; a tour that ends well has done the job.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::window::{Display, Look, Window};
use crate::{SampleCrate, SampleProject, TestHome, require_crates_io};

/// The fewest crates the sample locks.
const FEWEST: usize = 100;

/// Walks the tour and leaves its pictures, and the restore's log, in a folder.
pub async fn walk(pictures: &Path) -> Result<()> {
    let start = std::time::Instant::now();
    let step = |words: &str| println!("{:6.1} s  {words}", start.elapsed().as_secs_f64());
    require_crates_io().await?;
    let home = TestHome::new()?;
    let display = Display::start(&home)?;
    let window = Window::open(&home, &display, Look::Light, &[]).await?;
    let picture = async |name: &str| window.picture(&pictures.join(format!("{name}.png"))).await;

    window.by_id("use-local").await?;
    picture("01-welcome").await?;
    step("the window is open, and offers feeds on this computer");

    window.click("use-local").await?;
    window.by_id("create-pair").await?;
    picture("02-no-feeds").await?;
    window.click("create-pair").await?;
    window.by_id("create-submit").await?;
    picture("03-create-pair").await?;
    window.click("create-submit").await?;
    window.by_id("feed-upstream").await?;
    window.by_id("feed-internal").await?;
    step("the feeds `upstream` and `internal` are created");

    let private = SampleCrate::copy_to(&home)?;
    let feeds = [
        "--feed",
        "local/main/upstream",
        "--publish-to",
        "local/main/internal",
    ];
    home.granary(&private.folder, &[&["connect"], feeds.as_slice()].concat())?
        .well()?;
    let checksum = private.publish(&home).await?;
    step("`contoso-greeting` is published to `internal` with plain `cargo publish`");

    window.click("feed-internal").await?;
    refresh_until_listed(&window, "contoso-greeting").await?;
    picture("04-internal").await?;

    let project = SampleProject::copy_to(&home, &checksum)?;
    let dragged = display.drag(&home, &project.folder, "Granary").await?;
    window.by_id("drop-card").await?;
    picture("05-drag-over").await?;
    dragged.release(&home).await?;
    window.by_id("connect").await?;
    window.by_id("project-telemetry-relay").await?;
    picture("06-project").await?;
    step("the folder `telemetry-relay` is dropped on the window");

    window.click("connect").await?;
    window.by_id("diff-file").await?;
    picture("07-connect").await?;
    let previewed = previewed_lines(&window).await?;
    window.click("connect-apply").await?;
    window.by_id("restore").await?;
    ensure!(
        project.changed_lines(&home)? == previewed,
        "git sees other lines than the preview showed"
    );
    step("it is connected, and git sees exactly the lines the preview showed");

    window.click("restore").await?;
    window.by_id("run-state").await?;
    picture("08-restore").await?;
    let state = window
        .state("run-state", &["done", "failed", "cancelled"])
        .await?;
    picture("09-restored").await?;
    ensure!(
        state == "done",
        "the restore {state}: {}",
        window.text("[data-testid='log']").await?
    );
    let timeline = window.text("[data-testid='run-timeline']").await?;
    ensure!(
        timeline.contains("saved by this run") && timeline.contains("The slowest 50 of "),
        "the timeline says `{timeline}`"
    );
    keep_log(&home, &pictures.join("restore.log"))?;
    step(&format!(
        "restored: {}",
        window
            .text("[data-testid='run-summary']")
            .await?
            .replace('\n', " ")
    ));

    window.click("run-next").await?;
    window.by_id("trust-agree").await?;
    picture("10-trust").await?;
    window.click("trust-agree").await?;
    // The restore's own end is still shown until the build begins.
    window.state("run-state", &["running"]).await?;
    let built = window
        .state("run-state", &["done", "failed", "cancelled"])
        .await?;
    picture("11-built").await?;
    ensure!(
        built == "done",
        "the build {built}: {}",
        window.text("[data-testid='log']").await?
    );
    step("built in the window, once its build scripts and macros were trusted");

    window.click("feed-upstream").await?;
    window.by_id("crate-row").await?;
    picture("12-upstream").await?;
    check_afterwards(&home, &project, &previewed)?;
    step("`cargo build` works in a plain terminal, and the lock file names only crates.io and `internal`");

    window.close().await?;
    step("the window is closed");
    let folder = project.folder.to_string_lossy().into_owned();
    let dark = Window::open(&home, &display, Look::Dark, &[&folder]).await?;
    dark.by_id("restore").await?;
    dark.picture(&pictures.join("13-project-dark.png")).await?;
    dark.close().await?;
    step("the window opens again, in the dark, with the folder it was given");
    home.check_canary()?;
    step(&format!(
        "done; pictures and the log are in {}",
        pictures.display()
    ));
    Ok(())
}

/// A crate that was published behind the window's back shows after *Refresh*.
pub async fn refresh_until_listed(window: &Window, name: &str) -> Result<()> {
    crate::until(&format!("`{name}` in the list"), async || {
        if listed(window).await?.iter().any(|listed| listed == name) {
            return Ok(Some(()));
        }
        window.press("Bring up to date").await?;
        Ok(None)
    })
    .await
}

/// The crates of the list that is shown.
pub async fn listed(window: &Window) -> Result<Vec<String>> {
    let script =
        "return [...document.querySelectorAll('[data-testid=crate-row]')].map(row => row.dataset.key ?? '')";
    let rows = window.look(script).await?;
    let rows = rows.as_array().into_iter().flatten();
    Ok(rows.filter_map(|row| row.as_str().map(str::to_owned)).collect())
}

/// The lines of the repository's files that the preview shows as added or removed.
async fn previewed_lines(window: &Window) -> Result<Vec<String>> {
    let script = "return [...document.querySelectorAll('[data-testid=diff-file]')]
        .filter(file => file.querySelector('.place').textContent.includes('repository'))
        .flatMap(file => [...file.querySelectorAll('tr.added, tr.removed')])
        .map(line => (line.matches('.added') ? '+' : '-') + line.querySelector('td.text').textContent)";
    let lines = window.look(script).await?;
    let lines = lines.as_array().context("the preview's lines")?.iter();
    let lines = lines
        .filter_map(|line| line.as_str().map(str::to_owned))
        .collect::<Vec<_>>();
    ensure!(!lines.is_empty(), "the preview shows no change");
    Ok(lines)
}

fn keep_log(home: &TestHome, to: &Path) -> Result<()> {
    let logs = std::fs::read_dir(home.path().join("granary/runs"))?.collect::<Result<Vec<_>, _>>()?;
    let last = logs
        .iter()
        .max_by_key(|log| log.file_name())
        .context("the restore left no log")?;
    std::fs::copy(last.path(), to)
        .map(drop)
        .context("keeping the log")
}

/// What must hold once a project was connected and restored.
pub fn check_afterwards(home: &TestHome, project: &SampleProject, previewed: &[String]) -> Result<()> {
    let crates_io = format!("registry+{}", tame_index::CRATES_IO_INDEX);
    ensure!(
        project.locked_sources()? == [crates_io, home.index_url("internal")],
        "other sources are locked"
    );
    let lock = std::fs::read_to_string(project.folder.join("Cargo.lock"))?;
    ensure!(
        lock.matches("\nchecksum = ").count() >= FEWEST,
        "the sample locks too few crates"
    );
    let built = home.cargo(&project.folder, &["build", "--locked"])?.well()?;
    ensure!(
        !built.stderr.contains("Download"),
        "something was not restored:\n{}",
        built.stderr
    );
    ensure!(
        project.changed_lines(home)? == previewed,
        "building changed more than the preview showed"
    );
    Ok(())
}
