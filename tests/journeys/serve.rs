//! One server a data folder, always on its own port.

use anyhow::ensure;
use journeys::TestHome;

use crate::journey;

#[test]
fn a_taken_port_is_named_and_no_other_is_used() {
    journey(async || {
        let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
        let other = std::net::TcpListener::bind(("127.0.0.1", home.port()))?;
        let ran = home.granary(home.path(), &["feed", "list"])?;
        ensure!(
            ran.code == Some(1) && ran.stderr.contains("error[portTaken]"),
            "{ran:?}"
        );
        ensure!(
            ran.stderr.contains(&home.port().to_string()) && ran.stderr.contains("[local] port"),
            "{}",
            ran.stderr
        );
        drop(other);
        home.granary(home.path(), &["feed", "list"])?.well().map(drop)
    });
}

#[test]
fn commands_use_the_server_that_runs() {
    journey(async || {
        let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
        let serving = home.serve()?;
        home.granary(home.path(), &["feed", "create", "local/main/shared"])?
            .well()?;
        let second = home.granary(home.path(), &["serve"])?;
        ensure!(
            second.code == Some(1) && second.stderr.contains("granary serve"),
            "{second:?}"
        );
        drop(serving);
        // What was made through the other process is there without it.
        let feeds = home.granary_json(home.path(), &["feed", "list"])?;
        ensure!(feeds[0]["name"] == "shared", "{feeds}");
        Ok(())
    });
}

#[test]
fn the_token_is_asked_of_everybody() {
    journey(async || {
        let home = TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
        let _serving = home.serve()?;
        let told = home.ask_feed("nothing", "config.json").await;
        ensure!(
            told.is_err_and(|error| error.to_string().contains("404")),
            "an unknown feed"
        );
        let url = home.index_url("nothing").replace("sparse+", "") + "config.json";
        let client = reqwest::Client::builder().no_proxy().build()?;
        ensure!(client.get(&url).send().await?.status() == 401, "without a token");
        let foreign = client.get(&url).header("host", "evil.example").send().await?;
        ensure!(foreign.status() == 403, "a foreign host: {}", foreign.status());
        Ok(())
    });
}
