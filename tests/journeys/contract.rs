//! What the engine asks, and what it is answered, held against Microsoft's own description.
//!
//! A recorder stands on the port that the settings name, and the server on another: whatever the command asks goes
//! through it, as it would go to Azure.

use std::io::Write;

use anyhow::{Context, Result, ensure};
use journeys::azure::Azure;
use journeys::contract::recorder::Recorder;
use journeys::contract::{Contract, Deviation, Exchange, Report, Verdict};
use journeys::{Serving, TestHome, free_port};
use serde_json::{Value, json};

use crate::journey;

/// All that was asked of a double of Azure, and answered, is as Microsoft describes it.
pub(crate) fn asked_as_described(azure: &Azure) -> Result<Option<Report>> {
    let exchanges = azure.exchanges().into_iter().filter_map(described);
    as_described(&exchanges.collect::<Vec<_>>())
}

/// An exchange of the double's as Microsoft's files name its host; none where they describe none.
fn described(exchange: journeys::azure::Exchange) -> Option<Exchange> {
    let host = match exchange.host {
        "core" => "dev.azure.com",
        "feeds" => "feeds.dev.azure.com",
        "packages" => "pkgs.dev.azure.com",
        "profile" => "app.vssps.visualstudio.com",
        // Asked for its headers alone, it tells the tenant: that is in no file either.
        "identity" if exchange.method != "HEAD" => "vssps.dev.azure.com",
        "server" => "devops.contoso.example",
        // A stranger's question for the tenant, Entra's and the storage's answers are in no file.
        _ => return None,
    };
    let mut headers = exchange.response_headers.iter();
    let content_type = headers.find(|(name, _)| name == "content-type");
    Some(Exchange {
        host: host.to_owned(),
        method: exchange.method,
        path: exchange.path,
        query: exchange.query,
        request_body: exchange.request_body,
        status: exchange.status,
        content_type: content_type.map(|(_, value)| value.clone()),
        response_body: exchange.response_body,
    })
}

/// A home whose feeds are reached through a recorder.
pub(crate) struct Watched {
    pub(crate) recorder: Recorder,
    pub(crate) home: TestHome,
    _serving: Serving,
}

impl Watched {
    pub(crate) async fn start() -> Result<Self> {
        let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
        let server = free_port()?;
        let serving = home.serve_at(server)?;
        let recorder = Recorder::between(home.port(), server).await?;
        Ok(Self {
            recorder,
            home,
            _serving: serving,
        })
    }

    /// Makes the feed `internal` and publishes a crate of our own to it with plain cargo, in some versions.
    pub(crate) fn stocked(&self, versions: &[&str]) -> Result<()> {
        let home = &self.home;
        let create = ["feed", "create", "local/main/internal"];
        home.granary(home.path(), &create)?.well()?;
        let folder = home.user().join("src").join("shelf-label");
        std::fs::create_dir_all(folder.join("src"))?;
        std::fs::write(folder.join("src/lib.rs"), "//! What stands on a shelf.\n")?;
        for version in versions {
            let manifest = format!(
                "[package]\nname = \"shelf-label\"\nversion = \"{version}\"\nedition = \"2021\"\nlicense = \"MIT\"\n\
                 authors = [\"A developer\"]\ndescription = \"What stands on a shelf\"\n"
            );
            std::fs::write(folder.join("Cargo.toml"), manifest)?;
            let connect = ["connect", "--feed", "local/main/internal"];
            home.granary(&folder, &connect)?.well()?;
            home.publish(&folder, "internal")?;
        }
        Ok(())
    }
}

/// Holds what passed against the description; without one, says so where nobody can overlook it.
pub(crate) fn as_described(exchanges: &[Exchange]) -> Result<Option<Report>> {
    let Some(contract) = Contract::from_environment()? else {
        // Standard error itself: what is printed by a test that passes is not shown.
        writeln!(
            std::io::stderr(),
            "skipped: no OpenAPI files, so {} exchanges were compared with nothing",
            exchanges.len()
        )?;
        return Ok(None);
    };
    let report = contract.check_all(exchanges)?;
    writeln!(
        std::io::stderr(),
        "contract: {} exchanges are as described, on {} routes that are described and {} that are known not to be",
        exchanges.len(),
        report.described.len(),
        report.undescribed.len()
    )?;
    Ok(Some(report))
}

#[test]
fn the_command_keeps_to_the_contract() {
    journey(async || {
        let watched = Watched::start().await?;
        watched.stocked(&["1.0.0", "1.1.0"])?;
        let home = &watched.home;
        let run = |arguments: &[&str]| home.granary(home.path(), arguments)?.well().map(drop);
        run(&["feed", "create", "local/main", "--pair", "above", "below"])?;
        run(&["feed", "create", "local/of-all", "--description", "For everybody"])?;
        run(&["feed", "create", "local/main/alone", "--upstream", "crates.io"])?;
        run(&["feed", "list"])?;
        run(&["feed", "show", "local/main/internal"])?;
        run(&["feed", "show", "local/main/internal@Local"])?;
        run(&["feed", "show", "local/of-all"])?;
        run(&["crate", "list", "local/main/internal"])?;
        run(&["crate", "list", "local/main/internal", "--query", "shelf"])?;
        let missing = home.granary(home.path(), &["feed", "show", "local/main/nowhere"])?;
        ensure!(missing.code == Some(1), "{missing:?}");

        let exchanges = watched.recorder.take();
        ensure!(exchanges.len() > 15, "only {} exchanges passed", exchanges.len());
        let Some(report) = as_described(&exchanges)? else {
            return Ok(());
        };
        for route in [
            "GET core/7.1/core.json /{organization}/_apis/projects",
            "GET artifacts/7.1/feed.json /{organization}/{project}/_apis/packaging/feeds",
            "POST artifacts/7.1/feed.json /{organization}/{project}/_apis/packaging/feeds",
            "GET artifacts/7.1/feed.json /{organization}/{project}/_apis/packaging/feeds/{feedId}",
            "GET artifacts/7.1/feed.json /{organization}/{project}/_apis/packaging/Feeds/{feedId}/packages",
        ] {
            ensure!(
                report.described.contains_key(route),
                "nobody asked for `{route}`:\n{report}"
            );
        }
        // What is let pass for others is none of ours: we name a released version as it is.
        let lenient = report.deviations.contains(&Deviation::PreviewOfReleased);
        ensure!(!lenient, "{report}");
        home.check_canary()
    });
}

/// The same exchanges, spoilt: a look that finds nothing wrong in anything would prove nothing.
#[test]
fn the_contract_can_be_broken() {
    journey(async || {
        let Some(contract) = Contract::from_environment()? else {
            return as_described(&[]).map(drop);
        };
        let watched = Watched::start().await?;
        watched.stocked(&["1.0.0"])?;
        let home = &watched.home;
        home.granary(home.path(), &["crate", "list", "local/main/internal"])?
            .well()?;
        let exchanges = watched.recorder.take();
        let find = |method: &str, end: &str| {
            let mut found = exchanges.iter().filter(|one| one.method == method);
            found
                .find(|one| one.path.ends_with(end))
                .cloned()
                .with_context(|| format!("no {method} of `{end}`"))
        };
        let (creation, crates) = (find("POST", "/feeds")?, find("GET", "/packages")?);
        let check = |good: &Exchange, words: &str, spoil: &dyn Fn(&mut Exchange)| {
            ensure!(contract.check(good).is_good(), "{:?}", contract.check(good));
            let mut bad = good.clone();
            spoil(&mut bad);
            match contract.check(&bad) {
                Verdict::Wrong(lines) if lines.iter().any(|line| line.contains(words)) => Ok(()),
                verdict => anyhow::bail!("`{words}` was not found: {verdict:?}"),
            }
        };
        let sent = |body: &mut Exchange, field: &str, value: Value| {
            if let Some(body) = &mut body.request_body {
                body[field] = value;
            }
        };
        check(&creation, "request.colour is unknown", &|one| {
            sent(one, "colour", json!("red"))
        })?;
        check(&creation, "request.name is no string", &|one| {
            sent(one, "name", json!(7))
        })?;
        check(&creation, "api-version is `missing`", &|one| one.query.clear())?;
        check(&creation, "no file describes", &|one| {
            one.method = "PUT".to_owned()
        })?;
        check(&creation, "no body was sent", &|one| one.request_body = None)?;
        check(&crates, "`isPretty` is not declared", &|one| {
            one.query += "&isPretty=true"
        })?;
        check(&crates, "`$top` cannot be `many`", &|one| {
            one.query = one.query.replace("%24top=100", "%24top=many");
        })?;
        let spoil = |one: &mut Exchange, at: &str, value: Value| {
            if let Some(place) = one.response_body.as_mut().and_then(|body| body.pointer_mut(at)) {
                *place = value;
            }
        };
        check(&creation, "answer.id is no uuid", &|one| {
            spoil(one, "/id", json!("7"))
        })?;
        check(&creation, "answer.capabilities cannot be", &|one| {
            spoil(one, "/capabilities", json!("all"));
        })?;
        check(&creation, "answer.isReadOnly is no boolean", &|one| {
            spoil(one, "/isReadOnly", json!("no"));
        })?;
        check(&crates, "publishDate is no date-time", &|one| {
            spoil(one, "/value/0/versions/0/publishDate", json!("today"));
        })?;
        check(&crates, "not wrapped", &|one| {
            one.response_body = one.response_body.take().map(|mut body| body["value"].take());
        })?;
        check(&crates, "`count` is 7", &|one| spoil(one, "/count", json!(7)))
    });
}

/// What Azure's own client cannot ask for, asked as the window would.
#[test]
fn a_badge_is_as_described() {
    journey(async || {
        let watched = Watched::start().await?;
        watched.stocked(&["1.0.0"])?;
        let home = &watched.home;
        home.granary(home.path(), &["crate", "list", "local/main/internal"])?
            .well()?;
        let listed = watched.recorder.take();
        let list = listed.iter().find(|one| one.path.ends_with("/packages"));
        let list = list
            .and_then(|one| one.response_body.clone())
            .context("no list")?;
        let id = list["value"][0]["id"].as_str().context("no id")?;
        let client = reqwest::Client::builder().no_proxy().build()?;
        let feeds = format!("http://127.0.0.1:{}/local/main/_apis", home.port());
        let badge = format!("{feeds}/public/packaging/Feeds/internal/Packages/{id}/badge?api-version=7.1");
        let ask = async || anyhow::Ok(client.get(&badge).send().await?.status().as_u16());
        ensure!(ask().await? == 404, "a badge that no feed allows");
        let change = client
            .patch(format!("{feeds}/packaging/feeds/internal?api-version=7.1"))
            .basic_auth("", Some(home.token()?.trim()))
            .json(&json!({ "badgesEnabled": true }));
        change.send().await?.error_for_status()?;
        ensure!(ask().await? == 200, "a badge that the feed allows");
        let exchanges = watched.recorder.take();
        let Some(report) = as_described(&exchanges)? else {
            return Ok(());
        };
        let route = "GET artifacts/7.1/feed.json /{organization}/{project}/_apis/public/packaging/Feeds/{feedId}/Packages/{packageId}/badge";
        ensure!(report.described.get(route) == Some(&2), "{report}");
        let Some(contract) = Contract::from_environment()? else {
            return Ok(());
        };
        let mut page = exchanges.last().cloned().context("no exchange")?;
        page.content_type = Some("text/html".to_owned());
        ensure!(!contract.check(&page).is_good(), "a page passes for a picture");
        home.check_canary()
    });
}
