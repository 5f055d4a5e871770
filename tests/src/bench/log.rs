//! What a run that prints a million lines costs in the real window, in release: frames and clicks while it streams, a search over
//! all of it, memory, and whether a line was lost.
//!
//! Cargo is stood in for by this program, which prints 100,000 lines a second. Times are taken in the page. Memory is the
//! proportional set size of the window and all its processes, at rest, before the run and after it.
//!
//! **Invariant**: figures, not tests; every state that is measured is looked at first.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use journeys::TestHome;
use journeys::window::{Display, Look, Window};

use super::window::{memory, row, times};

const LINES: usize = 1_000_000;
const A_SECOND: usize = 100_000;
/// Lines that go out together, so that the pace is kept.
const TOGETHER: usize = 1000;
/// Looked for, each far from where the one before was found.
const QUERIES: &str =
    "['Number 42', 'NUMBER 517', 'number 999', 'much to say, number 77', 'LINE 0900009', 'number 3']";

/// Prints the lines: what stands in for cargo does.
pub(crate) async fn chatter() -> Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout());
    let start = Instant::now();
    for number in 0..LINES {
        let level = match number % 5000 {
            0 => "error: ",
            1000 => "warning: ",
            _ => "",
        };
        writeln!(
            out,
            "{level}line {number:07} of a program that has much to say, number {} of its kind",
            number / 1000
        )?;
        if number % TOGETHER == TOGETHER - 1 {
            out.flush()?;
            let due = Duration::from_secs_f64((number + 1) as f64 / A_SECOND as f64);
            tokio::time::sleep(due.saturating_sub(start.elapsed())).await;
        }
    }
    Ok(out.flush()?)
}

pub(crate) async fn measure() -> Result<()> {
    let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
    let project = project(&home)?;
    stand_in(&home)?;
    std::fs::write(project.join("quiet"), "")?;
    home.granary(&project, &["restore", "--build", "--trust"])?
        .well()?;
    std::fs::remove_file(project.join("quiet"))?;
    let display = Display::start(&home)?;
    let folder = project.to_string_lossy().into_owned();
    let window = Window::open(&home, &display, Look::Light, &[&folder]).await?;
    window.by_id("project-menu").await?;
    let idle = memory(&window).await?;
    println!("{LINES} lines at {A_SECOND} a second; 1280 × 832, WebKitGTK under Xvfb\n");
    println!("| what | median | 95 of 100 within | most | aim |\n| --- | --- | --- | --- | --- |");
    let start = Instant::now();
    window.wait_for(WATCH).await?;
    window.state("run-state", &["done"]).await?;
    let took = start.elapsed();
    let frames = times(&window, "window.__streams = false; return window.__frames;").await?;
    row("a frame while it streams", frames, "50 ms (most)");
    let clicks = times(&window, "return window.__clicks;").await?;
    row("a click while it streams, answered", clicks, "100 ms");
    row(
        "a search over all of it, shown",
        times(&window, &search()).await?,
        "200 ms",
    );
    let used = memory(&window).await?;
    println!("\n| what | figure | aim |\n| --- | --- | --- |");
    println!("| from the start to the end | {:.1} s | |", took.as_secs_f64());
    println!("| lines lost | {} | 0 |", lost(&home)?);
    let more = used.saturating_sub(idle) / 1024;
    println!(
        "| memory more than before | {more} MB (of {} MB) | 150 MB |",
        idle / 1024
    );
    window.close().await
}

fn project(home: &TestHome) -> Result<std::path::PathBuf> {
    let folder = home.user().join("src/talker");
    std::fs::create_dir_all(folder.join("src"))?;
    std::fs::write(folder.join("src/lib.rs"), "")?;
    std::fs::write(
        folder.join("Cargo.toml"),
        "[package]\nname = \"talker\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
    )?;
    home.cargo(&folder, &["generate-lockfile", "--offline"])?.well()?;
    Ok(folder)
}

/// Puts a cargo before the real one that builds by talking.
fn stand_in(home: &TestHome) -> Result<()> {
    let folder = home.programs();
    std::fs::create_dir_all(&folder)?;
    let (this, cargo) = (
        std::env::current_exe()?,
        journeys::found("cargo")?.display().to_string(),
    );
    let script = format!(
        "#!/bin/sh\ncase \"$1\" in build) [ -e quiet ] || exec '{}' chatter ;; *) exec '{cargo}' \"$@\" ;; esac\n",
        this.display()
    );
    let program = folder.join("cargo");
    std::fs::write(&program, script)?;
    executable(&program)
}

fn executable(program: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::set_permissions(
        program,
        std::fs::Permissions::from_mode(0o755),
    )?)
}

/// Starts the build, then watches frames, and clicks twice a second.
const WATCH: &str = "
    const frame = () => new Promise(done => requestAnimationFrame(done));
    const task = () => new Promise(done => setTimeout(done, 0));
    const filter = (words) => [...document.querySelectorAll('button, [role=radio], label')]
        .find(each => each.textContent.trim().startsWith(words));
    const shows = (text) => [...document.querySelectorAll('[data-testid=log] [data-row]')].some(row => row.textContent.includes(text));
    window.__frames = [];
    window.__clicks = [];
    window.__streams = true;
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'b', code: 'KeyB', ctrlKey: true, bubbles: true }));
    const start = performance.now();
    while (!shows('line 00')) {
        if (performance.now() - start > 20000) throw new Error('it says nothing');
        await frame();
    }
    (async () => {
        let last = await frame();
        while (window.__streams) {
            const now = await frame();
            window.__frames.push(now - last);
            last = now;
        }
    })();
    (async () => {
        for (let round = 0; window.__streams; round++) {
            await new Promise(done => setTimeout(done, 500));
            const button = filter(round % 2 ? 'All' : 'Warnings');
            const pressed = () => button.getAttribute('aria-pressed') ?? button.getAttribute('aria-checked') ?? String(button.querySelector('input')?.checked);
            const start = performance.now();
            button.click();
            while (pressed() !== 'true') {
                if (performance.now() - start > 5000) throw new Error('the click was not answered');
                await frame();
            }
            await task();
            window.__clicks.push(performance.now() - start);
        }
    })();
    return [];
";

fn search() -> String {
    format!(
        "
        const frame = () => new Promise(done => requestAnimationFrame(done));
        const field = document.querySelector('[data-testid=run-state] [role=searchbox], [data-testid=run-state] input[type=search]');
        const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
        const type = (text) => {{ set.call(field, text); field.dispatchEvent(new InputEvent('input', {{ bubbles: true }})); }};
        const marked = () => document.querySelectorAll('[data-testid=log] mark').length > 0;
        // The last click while it streamed may still be to come.
        await new Promise(done => setTimeout(done, 1000));
        [...document.querySelectorAll('button, [role=radio], label')].find(each => each.textContent.trim().startsWith('All')).click();
        const all = [];
        for (const query of {QUERIES}) {{
            type('');
            await new Promise(done => setTimeout(done, 500));
            const start = performance.now();
            type(query);
            while (!marked()) {{
                if (performance.now() - start > 20000) throw new Error('nothing was found');
                await frame();
            }}
            all.push(performance.now() - start);
        }}
        return all;"
    )
}

/// Lines that are not in the run's file.
fn lost(home: &TestHome) -> Result<usize> {
    let runs = home.path().join("granary/runs");
    let mut logs = std::fs::read_dir(runs)?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "log"))
        .collect::<Vec<_>>();
    logs.sort();
    let text = std::fs::read_to_string(logs.last().context("a log")?)?;
    let numbers = text.lines().filter_map(|line| {
        let (_, rest) = line.split_once("line ")?;
        rest.get(..7)?.parse::<usize>().ok()
    });
    let (mut seen, mut next) = (0, 0);
    for number in numbers {
        ensure!(number >= next, "line {number} came out of turn");
        (seen, next) = (seen + 1, number + 1);
    }
    Ok(LINES - seen)
}
