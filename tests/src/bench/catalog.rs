//! What a feed of 50,000 crates costs: listed for the first time, brought up to date, searched.
//!
//! An organization stands behind a way that takes 40 ms for every request, as one across the world does. The floor of a first
//! listing is the time its requests take at four at a time; the floor of a search is the program's start.
//!
//! **Invariant**: every answer is looked at, so that no failure is ever measured.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use feed_server::{Addresses, Config, Seed, Server, Token};
use journeys::TestHome;
use journeys::slow::SlowWay;
use serde_json::Value;

pub(crate) const CRATES: u32 = 50_000;
pub(crate) const VERSIONS: u32 = 3;
const DELAY: Duration = Duration::from_millis(40);
const FEED: &str = "contoso/main/big";
const TOKEN: &str = "benchmark-benchmark-benchmark-benchmark-benchmark-00";
/// How often a search is made.
const ROUNDS: usize = 20;

/// An organization with one large feed, behind a slow way, and somebody signed in to it.
pub(crate) struct Organization {
    pub(crate) home: TestHome,
    pub(crate) way: SlowWay,
    server: Server,
    _folder: tempfile::TempDir,
}

impl Organization {
    pub(crate) async fn start(delay: Duration) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let seed = Seed {
            feed: "big".to_owned(),
            crates: CRATES,
            versions: VERSIONS,
        };
        feed_server::seed(folder.path(), &seed)?;
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let mut config = Config::new(folder.path(), 0, Token::new(TOKEN)?, "a benchmark");
        "contoso".clone_into(&mut config.organization);
        config.addresses = Some(Addresses {
            core: url.clone(),
            feeds: url.clone(),
            packages: url.clone(),
            identities: url.clone(),
        });
        config.crates_io = Some("sparse+http://127.0.0.1:9/".to_owned());
        let server = feed_server::start(config).await?;
        let way = SlowWay::open(listener, server.url(), delay)?;
        let lines =
            ["core", "feeds", "packages", "identity", "profile"].map(|host| format!("{host} = \"{url}\"\n"));
        let home = TestHome::with_settings(&format!("[azure]\n{}", lines.concat()))?;
        let mut granary = home.product("granary")?;
        granary.args(["sign-in", "contoso", "--token-stdin"]);
        home.run_with(&mut granary, TOKEN)?.well()?;
        Ok(Self {
            home,
            way,
            server,
            _folder: folder,
        })
    }

    /// Makes something different about the first versions of so many crates.
    async fn change(&self, crates: u32) -> Result<()> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        for number in 0..crates {
            let url = format!(
                "{}/contoso/main/_apis/packaging/feeds/big/cargo/packages/crate-{number:06}/versions/1.0.0?api-version=7.2-preview.1",
                self.server.url()
            );
            let body = serde_json::json!({"views": {"op": "add", "path": "/views/-", "value": "Release"}});
            let asked = client.patch(url).basic_auth("pat", Some(TOKEN)).json(&body);
            asked.send().await?.error_for_status()?;
        }
        Ok(())
    }
}

pub(crate) async fn measure() -> Result<()> {
    let organization = Organization::start(DELAY).await?;
    let home = &organization.home;
    let listed = |arguments: &[&str]| -> Result<(Duration, Vec<Value>)> {
        let start = Instant::now();
        let ran = home.granary(
            home.path(),
            &[&["crate", "list", FEED, "--json"], arguments].concat(),
        )?;
        let took = start.elapsed();
        let rows: Vec<Value> = serde_json::from_str(&ran.well()?.stdout)?;
        Ok((took, rows))
    };
    let last = format!("crate-{:06}", CRATES - 1);
    let start = Instant::now();
    home.granary(home.path(), &["--version"])?.well()?;
    let floor = start.elapsed();

    let before = organization.way.asked();
    let (cold, rows) = listed(&["--query", &last])?;
    ensure!(rows.len() == 1, "the last crate was not found: {rows:?}");
    let cold_requests = organization.way.asked() - before;

    organization.change(10).await?;
    let before = organization.way.asked();
    let (refresh, rows) = listed(&["--query", "crate-000009"])?;
    let refresh_requests = organization.way.asked() - before;
    ensure!(rows.len() == 1, "a changed crate was not found: {rows:?}");
    let of_view = home.granary(
        home.path(),
        &["crate", "list", "contoso/main/big@Release", "--offline", "--json"],
    )?;
    let of_view: Vec<Value> = serde_json::from_str(&of_view.well()?.stdout)?;
    ensure!(
        of_view.len() == 10,
        "{} crates are in the view, not 10",
        of_view.len()
    );

    println!(
        "{CRATES} crates with {VERSIONS} versions each, {} ms a request\n",
        DELAY.as_millis()
    );
    println!("| what | time | requests | against the floor |");
    println!("| --- | --- | --- | --- |");
    let pages = f64::from(u32::try_from(cold_requests)?) / 4.0;
    let waiting = DELAY.mul_f64(pages);
    println!(
        "| the floor: as many requests, four at a time | {} | {cold_requests} | 1.00 |",
        seconds(waiting)
    );
    let ratio = cold.as_secs_f64() / waiting.as_secs_f64();
    println!(
        "| the first listing, then a search | {} | {cold_requests} | {ratio:.2} |",
        seconds(cold)
    );
    println!(
        "| brought up to date after 10 changes, then a search | {} | {refresh_requests} | |",
        seconds(refresh)
    );
    println!(
        "\n| search by the command, nothing asked, {ROUNDS} rounds | median | most | against the floor |"
    );
    println!("| --- | --- | --- | --- |");
    println!("| the floor: `granary --version` | {} | | 1.00 |", seconds(floor));
    for (what, arguments) in [
        ("a name", ["--offline", "--query", last.as_str()]),
        (
            "three letters that all have",
            ["--offline", "--query", "crate-0499"],
        ),
        ("two letters", ["--offline", "--query", "99"]),
    ] {
        let mut times = (0..ROUNDS)
            .map(|_| listed(&arguments).map(|(took, _)| took))
            .collect::<Result<Vec<_>>>()?;
        times.sort_unstable();
        let median = times.get(ROUNDS / 2).copied().context("no rounds")?;
        let most = times.last().copied().context("no rounds")?;
        let ratio = median.as_secs_f64() / floor.as_secs_f64();
        println!(
            "| {what} | {} | {} | {ratio:.2} |",
            seconds(median),
            seconds(most)
        );
    }
    Ok(())
}

fn seconds(time: Duration) -> String {
    format!("{:.3} s", time.as_secs_f64())
}
