//! What a feed of 50,000 crates costs in the real window, in release: its first rows, a keystroke, scrolling, memory.
//!
//! Its organization answers after 40 ms. Times are taken in the page itself, from the event until the frame with the rows in it was
//! painted: a task that begins after the frame's own callbacks says so. Memory is the proportional set size of the window and all
//! processes it started, once it came to rest, against a Tauri app with nothing in it.
//!
//! **Invariant**: figures, not tests; every state that is measured is looked at first.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use journeys::TestHome;
use journeys::window::{Display, Look, Window};

use super::catalog::{CRATES, Organization};

const DELAY: Duration = Duration::from_millis(40);
/// What is typed, letter by letter, several times over.
const TYPED: &str = "crate-0499";
const ROUNDS: usize = 5;
const TYPED_ROUNDS: usize = 20;

pub(crate) async fn measure() -> Result<()> {
    let organization = Organization::start(DELAY).await?;
    let home = &organization.home;
    let display = Display::start(home)?;
    let nothing = memory_of_nothing(home, &display).await?;
    let window = Window::open(home, &display, Look::Light, &[]).await?;
    window.by_id("feed-big").await?;
    let unopened = memory(&window).await?;
    println!("{CRATES} crates; 1280 × 832, WebKitGTK under Xvfb\n");
    println!("| what | median | 95 of 100 within | most | aim |");
    println!("| --- | --- | --- | --- | --- |");
    row(
        "first rows, nothing kept yet (once)",
        first_rows(&window, 1).await?,
        "300 ms",
    );
    listed(&window).await?;
    let opened = memory(&window).await?;
    row(
        "first rows after the feed is clicked",
        first_rows(&window, ROUNDS).await?,
        "150 ms",
    );
    let asked = answers(&window).await?;
    row("of which the catalogue's answer, from and to the page", asked, "");
    row(
        "a keystroke in the search, its rows painted",
        keystrokes(&window).await?,
        "50 ms (95 of 100)",
    );
    row(
        "a frame while scrolling through the list",
        scrolling(&window).await?,
        "50 ms (most)",
    );
    let used = memory(&window).await?;
    let against = |all: u64| format!("{} MB | {} MB", all / 1024, all.saturating_sub(nothing) / 1024);
    println!("\n| memory of all processes | PSS | more than an empty Tauri app (aim: 60 MB) |");
    println!("| --- | --- | --- |");
    println!("| an empty Tauri app | {} |", against(nothing));
    println!("| the window, nothing opened | {} |", against(unopened));
    println!("| with that feed opened | {} |", against(opened));
    println!(
        "| opened {ROUNDS} times, searched, scrolled | {} |",
        against(used)
    );
    window.close().await
}

/// What a Tauri app with nothing in it takes here.
async fn memory_of_nothing(home: &TestHome, display: &Display) -> Result<u64> {
    let window = Window::open_program("examples/empty", home, display, Look::Light, &[]).await?;
    let nothing = memory(&window).await?;
    window.close().await?;
    Ok(nothing)
}

/// Waits until the feed is listed whole.
async fn listed(window: &Window) -> Result<()> {
    let script = format!(
        "const start = performance.now();
        while (document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') !== '{}') {{
            if (performance.now() - start > 60000) throw new Error('it was never listed whole');
            await new Promise(done => setTimeout(done, 100));
        }}
        return [];",
        CRATES + 1
    );
    times(window, &script).await.map(drop)
}

/// Milliseconds, sorted.
pub(super) fn row(what: &str, mut times: Vec<f64>, aim: &str) {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| {
        times
            .get((times.len() * share / 100).min(times.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    };
    println!(
        "| {what} | {:.0} ms | {:.0} ms | {:.0} ms | {aim} |",
        at(50),
        at(95),
        at(100)
    );
}

/// Runs a script in the page that answers a list of milliseconds.
pub(super) async fn times(window: &Window, script: &str) -> Result<Vec<f64>> {
    let answer = window.wait_for(script).await?;
    let times = answer.as_array().with_context(|| answer.to_string())?;
    Ok(times.iter().filter_map(serde_json::Value::as_f64).collect())
}

/// From here on: when the frame in which `there()` holds first was painted.
const PAINTED: &str = "
    const frame = () => new Promise(done => requestAnimationFrame(done));
    const task = () => new Promise(done => setTimeout(done, 0));
    const painted = async (there) => {
        const start = performance.now();
        do {
            if (performance.now() - start > 20000) throw new Error('it never came');
            await frame();
        } while (!there());
        await task();
        return performance.now() - start;
    };
    const rows = () => [...document.querySelectorAll('[data-testid=crate-row]')].map(row => row.dataset.key ?? '');
";

async fn first_rows(window: &Window, rounds: usize) -> Result<Vec<f64>> {
    let script = format!(
        "{PAINTED}
        const all = [];
        for (let round = 0; round < {rounds}; round++) {{
            document.querySelector('[data-testid=account-contoso]').click();
            await painted(() => rows().length === 0);
            document.querySelector('[data-testid=feed-big]').click();
            all.push(await painted(() => rows().filter(Boolean).length > 10));
        }}
        return all;"
    );
    times(window, &script).await
}

/// The shell asked by the page for the same rows, without drawing any.
async fn answers(window: &Window) -> Result<Vec<f64>> {
    let script = format!(
        "const query = {{ text: '', origin: 'all', view: null, onlyYanked: false, onlyOnBothSides: false,
                          sort: 'published', isReversed: false }};
        const all = [];
        for (let round = 0; round < {ROUNDS} * 4; round++) {{
            const start = performance.now();
            const page = await window.__TAURI_INTERNALS__.invoke('crate_page',
                {{ feed: 'contoso/main/big', query, offset: 0, limit: 100 }});
            if (page.rows.length !== 100) throw new Error('no rows');
            all.push(performance.now() - start);
        }}
        return all;"
    );
    times(window, &script).await
}

async fn keystrokes(window: &Window) -> Result<Vec<f64>> {
    let script = format!(
        "{PAINTED}
        const field = document.querySelector('[role=searchbox], input[type=search]');
        const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
        const count = () => document.querySelector('[role=grid]').getAttribute('aria-rowcount');
        const type = async (text) => {{
            const before = count() + rows().join();
            set.call(field, text);
            field.dispatchEvent(new InputEvent('input', {{ bubbles: true }}));
            return painted(() => count() + rows().join() !== before);
        }};
        field.focus();
        const all = [];
        for (let round = 0; round < {TYPED_ROUNDS}; round++) {{
            // The letters that every name begins with change no row, and so cannot be timed.
            set.call(field, 'crate-0');
            field.dispatchEvent(new InputEvent('input', {{ bubbles: true }}));
            await new Promise(done => setTimeout(done, 500));
            for (let length = 8; length <= '{TYPED}'.length; length++) all.push(await type('{TYPED}'.slice(0, length)));
        }}
        set.call(field, '');
        field.dispatchEvent(new InputEvent('input', {{ bubbles: true }}));
        return all;"
    );
    times(window, &script).await
}

async fn scrolling(window: &Window) -> Result<Vec<f64>> {
    let script = format!(
        "{PAINTED}
        await painted(() => rows().length > 10);
        let scrolled = document.querySelector('[data-testid=crate-row]');
        while (scrolled && scrolled.scrollHeight <= scrolled.clientHeight + 1) scrolled = scrolled.parentElement;
        const all = [];
        let last = await frame();
        for (let step = 0; step < 300; step++) {{
            scrolled.scrollTop += 640;
            const now = await frame();
            all.push(now - last);
            last = now;
        }}
        if (scrolled.scrollTop < 10000) throw new Error('it did not scroll');
        return all;"
    );
    times(window, &script).await
}

/// The proportional set size of the window and all its processes, in KiB, once it came to rest.
pub(super) async fn memory(window: &Window) -> Result<u64> {
    let mut last = 0;
    for _ in 0..30 {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let now = memory_now(window)?;
        if now.abs_diff(last) < 1024 {
            return Ok(now);
        }
        last = now;
    }
    Ok(last)
}

fn memory_now(window: &Window) -> Result<u64> {
    let app = window.process().context("the window's process is not found")?;
    let mut parents = BTreeMap::new();
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let Some(id) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<u32>().ok())
        else {
            continue;
        };
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let parent = stat
            .rsplit_once(") ")
            .and_then(|(_, rest)| rest.split(' ').nth(1)?.parse::<u32>().ok());
        parents.insert(id, parent.unwrap_or_default());
    }
    let mut family = vec![app];
    while let Some((child, _)) = parents
        .iter()
        .find(|(id, parent)| family.contains(parent) && !family.contains(id))
    {
        family.push(*child);
    }
    let pss = |id: &u32| -> Option<u64> {
        let rollup = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?;
        let line = rollup.lines().find(|line| line.starts_with("Pss:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    let all = family.iter().filter_map(pss).sum::<u64>();
    ensure!(family.len() >= 2 && all > 0, "only {family:?} was found");
    Ok(all)
}
