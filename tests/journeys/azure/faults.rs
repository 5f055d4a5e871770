//! What goes wrong on the way, and what must never go along: pages, delays, cuts, redirects, headers.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use journeys::azure::{Azure, Cast, Host, Quirk};
use reqwest::{Response, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::crates_io::{self, LEAF};
use super::{Answer, Asking};
use crate::journey;

const FEEDS: &str = "contoso/_apis/packaging/feeds";

#[test]
fn quirks_last_as_long_as_they_should() {
    journey(async || {
        let asking = Asking::start().await?;
        let pat = asking.pat("mira", &["vso.packaging"])?;
        let ask = async || -> Result<Response> {
            Ok(asking
                .get(Host::Feeds, FEEDS)
                .basic_auth("", Some(&pat))
                .send()
                .await?)
        };
        let check = async |quirk: Quirk, status: u16, header: &str| -> Result<Response> {
            asking.azure.arm(quirk, "feeds/contoso", 1);
            let answer = ask().await?;
            ensure!(
                answer.status() == status && answer.headers().contains_key(header),
                "{answer:?}"
            );
            ensure!(ask().await?.status() == 200, "it lasts");
            Ok(answer)
        };
        check(Quirk::Unauthorized, 401, "x-vss-resourcetenant").await?;
        let page = check(Quirk::SignInPage, 203, "content-type").await?;
        ensure!(page.text().await?.contains("<html>"));
        check(Quirk::SignInRedirect, 302, "location").await?;
        let throttled = check(Quirk::Throttled(7), 429, "retry-after").await?;
        ensure!(throttled.headers()["retry-after"] == "7" && throttled.text().await?.contains("TF400733"));
        check(Quirk::Unavailable, 503, "content-type").await?;

        let begun = Instant::now();
        check(Quirk::Slow(Duration::from_millis(120)), 200, "content-type").await?;
        ensure!(begun.elapsed() >= Duration::from_millis(120), "it was not slow");
        let cut = check(Quirk::Cut, 200, "content-length").await?;
        ensure!(cut.bytes().await.is_err(), "nothing was cut");

        asking.azure.arm(Quirk::Unavailable, "core/", 3);
        ensure!(ask().await?.status() == 200, "another host's quirk");
        asking.azure.disarm();
        let refused = Quirk::Entra(
            "interaction_required",
            50076,
            "Use multi-factor authentication.",
            Some("basic_action"),
        );
        asking.azure.arm(refused, "oauth2/v2.0/token", 1);
        let answer = asking.refresh("organizations", "anything").await?;
        answer.expect(400, "AADSTS50076")?;
        ensure!(answer.body["suberror"] == "basic_action", "{answer:?}");
        Ok(())
    });
}

#[test]
fn a_browser_is_led_to_the_sign_in_page() {
    journey(async || {
        let asking = Asking::start().await?;
        let plain = async |host: Host, path: &str, token: Option<&str>| -> Result<StatusCode> {
            let asked = asking.client.get(format!("{}/{path}", asking.azure.url(host)));
            let asked = match token {
                Some(token) => asked.bearer_auth(token),
                None => asked,
            };
            Ok(asked.send().await?.status())
        };
        ensure!(plain(Host::Feeds, FEEDS, None).await? == 302);
        ensure!(plain(Host::Feeds, FEEDS, Some("bad")).await? == 203);
        let config = "contoso/_packaging/internal/Cargo/index/config.json";
        ensure!(plain(Host::Packages, config, None).await? == 401);
        ensure!(plain(Host::Packages, config, Some("bad")).await? == 401);
        Ok(())
    });
}

#[test]
fn a_download_may_come_from_another_host_that_takes_no_token() {
    journey(async || {
        let cast = Cast {
            crates_io: Some(crates_io::serve().await?),
            ..Cast::default()
        };
        let asking = Asking::of(Azure::start_with(cast).await?)?;
        asking.azure.seed_feed("contoso", "upstream", true).await?;
        asking.azure.set_redirect_downloads(true);
        let pat = asking.pat("anju", &["vso.packaging_write"])?;
        let path = "contoso/main/_packaging/upstream/cargo/api/v1/crates/leaf/1.0.0/download";
        let led = async || -> Result<String> {
            let answer = asking
                .get(Host::Packages, path)
                .basic_auth("", Some(&pat))
                .send()
                .await?;
            ensure!(answer.status() == 303, "{answer:?}");
            let location = answer
                .headers()
                .get("location")
                .context("no location")?
                .to_str()?;
            ensure!(location.starts_with(asking.azure.url(Host::Blob)), "{location}");
            Ok(location.to_owned())
        };
        let location = led().await?;
        let with_token = asking.client.get(&location).basic_auth("", Some(&pat));
        Answer::read(with_token)
            .await?
            .expect(400, "InvalidAuthenticationInfo")?;
        Answer::read(asking.client.get(&location))
            .await?
            .expect(200, LEAF)?;
        Answer::read(asking.client.get(&location))
            .await?
            .expect(403, "AuthenticationFailed")?;

        // A client that follows redirects as it should, and the record of what reached whom.
        let before = asking.azure.exchanges().len();
        let following = reqwest::Client::builder().no_proxy().build()?;
        let asked = following.get(format!("{}/{path}", asking.azure.url(Host::Packages)));
        Answer::read(asked.basic_auth("", Some(&pat)))
            .await?
            .expect(200, LEAF)?;
        let records = asking.azure.exchanges().split_off(before);
        let seen = records.iter().map(|record| {
            (
                record.host,
                record.status,
                record.authorization_scheme.is_some(),
                record.carried_secret,
            )
        });
        ensure!(
            seen.eq([("packages", 303, true, true), ("blob", 200, false, false)]),
            "{records:?}"
        );
        Ok(())
    });
}

#[test]
fn the_browser_program_goes_where_it_is_sent() {
    journey(async || {
        let asking = Asking::start().await?;
        let home = journeys::TestHome::with_crates_io("sparse+http://127.0.0.1:9/")?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let redirect = format!("http://localhost:{}", listener.local_addr()?.port());
        let (begun, _) = asking.authorize("organizations", &[]).await?;
        let asked = asking.azure.exchanges();
        let query = &asked.last().context("no record")?.query;
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let query = query.replace(&encode(&begun.redirect), &encode(&redirect));
        let address = format!(
            "{}/organizations/oauth2/v2.0/authorize?{query}",
            asking.azure.url(Host::Authority)
        );
        let mut browser = home.product("browser")?;
        let opened = tokio::task::spawn_blocking(move || browser.arg(address).output());
        let (mut stream, _) = listener.accept().await?;
        let mut said = Vec::new();
        while !said.ends_with(b"\r\n\r\n") {
            ensure!(stream.read_buf(&mut said).await? > 0, "the browser went away");
        }
        let said = String::from_utf8(said)?;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            .await?;
        drop(stream);
        let opened = opened.await??;
        ensure!(said.starts_with("GET /?code=1.AXkA"), "{said}");
        ensure!(
            opened.status.success() && opened.stdout.is_empty() && opened.stderr.is_empty(),
            "{opened:?}"
        );
        Ok(())
    });
}

#[test]
fn it_stops_when_it_is_dropped() {
    journey(async || {
        let asking = Asking::start().await?;
        let url = format!("{}/contoso", asking.azure.url(Host::Identity));
        drop(asking.azure);
        journeys::until("the double has stopped", async || {
            let client = reqwest::Client::builder().no_proxy().build()?;
            let gone = client
                .get(&url)
                .send()
                .await
                .is_err_and(|error| error.is_connect());
            Ok(gone.then_some(()))
        })
        .await
    });
}
