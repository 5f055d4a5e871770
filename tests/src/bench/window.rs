//! What a feed of 50,000 crates costs in the real window, in release: its first rows, a keystroke, scrolling, memory.
//!
//! The feed is kept already, and its organization answers after 40 ms. Times are taken in the page itself, from the event to the
//! second frame after the rows are there, so that what is counted was painted. Memory is the proportional set size of the window
//! and all processes it started, against the same window before anything was opened in it.
//!
//! **Invariant**: figures, not tests; every state that is measured is looked at first.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use journeys::window::{Display, Look, Window};

use super::catalog::{CRATES, Organization};

const DELAY: Duration = Duration::from_millis(40);
/// What is typed, letter by letter, several times over.
const TYPED: &str = "crate-0499";
const ROUNDS: usize = 5;

pub(crate) async fn measure() -> Result<()> {
    let organization = Organization::start(DELAY).await?;
    let home = &organization.home;
    home.granary(
        home.path(),
        &["crate", "list", "contoso/main/big", "--query", "crate-000000"],
    )?
    .well()?;
    let display = Display::start(home)?;
    let window = Window::open(home, &display, Look::Light, &[]).await?;
    window.by_id("feed-big").await?;
    let empty = memory(&window).await?;
    println!("{CRATES} crates, kept; 1280 × 832, WebKitGTK under Xvfb\n");
    println!("| what | median | 95 of 100 within | most | aim |");
    println!("| --- | --- | --- | --- | --- |");
    let first = first_rows(&window).await?;
    row("first rows after the feed is clicked", first, "150 ms");
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
    let open = memory(&window).await?;
    println!("\n| memory of all its processes | PSS |");
    println!("| --- | --- |");
    println!("| the window, nothing opened | {} MB |", empty / 1024);
    println!(
        "| with that feed opened, searched and scrolled | {} MB |",
        open / 1024
    );
    println!("| more | {} MB (aim: 60 MB) |", open.saturating_sub(empty) / 1024);
    window.close().await
}

/// Milliseconds, sorted.
fn row(what: &str, mut times: Vec<f64>, aim: &str) {
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
async fn times(window: &Window, script: &str) -> Result<Vec<f64>> {
    let answer = window.wait_for(script).await?;
    let times = answer.as_array().with_context(|| answer.to_string())?;
    Ok(times.iter().filter_map(serde_json::Value::as_f64).collect())
}

/// From here on: when the second frame after `there()` holds is painted.
const PAINTED: &str = "
    const frame = () => new Promise(done => requestAnimationFrame(done));
    const painted = async (there) => {
        const start = performance.now();
        while (!there()) {
            if (performance.now() - start > 20000) throw new Error('it never came');
            await frame();
        }
        await frame(); await frame();
        return performance.now() - start;
    };
    const rows = () => [...document.querySelectorAll('[data-testid=crate-row]')].map(row => row.dataset.key ?? '');
";

async fn first_rows(window: &Window) -> Result<Vec<f64>> {
    let script = format!(
        "{PAINTED}
        const all = [];
        for (let round = 0; round < {ROUNDS}; round++) {{
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
        for (let round = 0; round < {ROUNDS}; round++) {{
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
async fn memory(window: &Window) -> Result<u64> {
    tokio::time::sleep(Duration::from_secs(2)).await;
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
