//! What the program costs that cargo asks for a token: from its start to its end, with all that is needed in place.
//!
//! The four are asked in turn, so that other load falls on all of them alike. What the provider costs for an address
//! that is nobody's is the floor: its start, the settings and the list of accounts, and no token.
//!
//! **Invariant**: every answer is looked at, so that no failure is ever measured.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use journeys::TestHome;
use journeys::azure::{Azure, Host};
use serde_json::Value;

/// How often each is started.
const ROUNDS: usize = 200;
/// How often before the figures begin, so that all programs are in the computer's memory.
const WARMING: usize = 10;

/// What one is measured by.
struct Measured {
    what: &'static str,
    times: Vec<Duration>,
}

pub(crate) async fn measure() -> Result<()> {
    ensure!(
        cfg!(target_os = "linux"),
        "the provider is measured with a keychain of its own, which there is on Linux alone"
    );
    let azure = Azure::start().await?;
    let home = TestHome::with_azure(&azure)?;
    sign_in(&home)?;
    home.granary(home.path(), &["feed", "create", "local/main/internal"])?
        .well()?;

    let packages = azure.url(Host::Packages);
    let of_account = format!("sparse+{packages}/contoso/_packaging/internal/Cargo/index/");
    let of_nobody = format!("sparse+{packages}/nobody/_packaging/internal/Cargo/index/");
    let [nothing, foreign, local, account] = [
        "`true`, a program that does nothing",
        "`get` for an address of nobody's: the floor",
        "`get` for a feed on this computer",
        "`get` for a feed of an account, signed in with the browser",
    ];
    let asked = || -> Result<[(&'static str, Duration); 4]> {
        let (start, mut idle) = (Instant::now(), Command::new("true"));
        home.inhabit(&mut idle);
        ensure!(idle.status()?.success(), "`true` failed");
        let idle = start.elapsed();
        let (floor, answer) = get(&home, &of_nobody)?;
        ensure!(
            answer["Err"]["kind"] == "url-not-supported",
            "it answered an address of nobody's"
        );
        let (here, answer) = get(&home, &home.index_url("internal"))?;
        ensure!(
            token(&answer).starts_with("Basic "),
            "there is no token for the feeds here"
        );
        let (there, answer) = get(&home, &of_account)?;
        let length = token(&answer).len();
        ensure!(
            token(&answer).starts_with("Bearer ") && length > 1500,
            "the account's token has {length} signs"
        );
        Ok([(nothing, idle), (foreign, floor), (local, here), (account, there)])
    };
    for _ in 0..WARMING {
        asked()?;
    }
    let mut all = [nothing, foreign, local, account].map(|what| Measured {
        what,
        times: Vec::with_capacity(ROUNDS),
    });
    for _ in 0..ROUNDS {
        for (measured, (_, time)) in all.iter_mut().zip(asked()?) {
            measured.times.push(time);
        }
    }
    let length = token(&get(&home, &of_account)?.1).len();
    print(&mut all, length);
    Ok(())
}

fn sign_in(home: &TestHome) -> Result<()> {
    let browser = home.product("browser")?;
    let mut granary = home.product("granary")?;
    granary
        .env("BROWSER", browser.get_program())
        .args(["sign-in", "contoso", "--browser"]);
    home.run(&mut granary)?.well().map(drop)
}

/// Asks the provider as cargo does; how long it took from its start to its end, and what it answered.
fn get(home: &TestHome, index_url: &str) -> Result<(Duration, Value)> {
    let registry = serde_json::json!({"index-url": index_url, "name": "internal"});
    let request =
        serde_json::json!({"v": 1, "registry": registry, "kind": "get", "operation": "read", "args": []});
    let mut provider = home.product("cargo-credential-granary")?;
    provider
        .arg("--cargo-plugin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let start = Instant::now();
    let mut child = provider.spawn()?;
    let line = format!("{request}\n");
    std::io::Write::write_all(&mut child.stdin.take().context("its input")?, line.as_bytes())?;
    let output = child.wait_with_output()?;
    let took = start.elapsed();
    let answer = String::from_utf8(output.stdout)?;
    Ok((
        took,
        serde_json::from_str(answer.lines().last().unwrap_or_default())?,
    ))
}

fn token(answer: &Value) -> &str {
    answer["Ok"]["token"].as_str().unwrap_or_default()
}

fn print(all: &mut [Measured], length: usize) {
    println!(
        "{ROUNDS} rounds of all four in turn, from start to end; the account's token has {length} signs\n"
    );
    println!(
        "| what | median | 95 of 100 within | least | against the floor |\n| --- | --- | --- | --- | --- |"
    );
    for measured in &mut *all {
        measured.times.sort_unstable();
    }
    let floor = all[1].times[ROUNDS / 2].as_secs_f64();
    for Measured { what, times } in all {
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        let median = times[ROUNDS / 2];
        println!(
            "| {what} | {:.1} ms | {:.1} ms | {:.1} ms | {:.2} |",
            ms(median),
            ms(times[ROUNDS * 95 / 100]),
            ms(times[0]),
            median.as_secs_f64() / floor
        );
    }
}
