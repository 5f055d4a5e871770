//! The Azure DevOps Server: one host, a path prefix, personal access tokens alone, cargo or not.

use anyhow::{Result, ensure};
use journeys::azure::{Azure, Host};
use reqwest::Method;

use super::{Answer, Asking, HOUR, text};
use crate::journey;

fn server_pat(azure: &Azure) -> Result<String> {
    azure.issue_pat(
        "olek",
        "DefaultCollection",
        &["vso.packaging_write", "vso.project"],
        HOUR,
    )
}

#[test]
fn a_server_takes_personal_access_tokens_alone() {
    journey(async || {
        let asking = Asking::start().await?;
        asking
            .azure
            .seed_feed("DefaultCollection", "internal", false)
            .await?;
        let pat = server_pat(&asking.azure)?;
        ensure!(
            pat.len() == 52
                && pat
                    .bytes()
                    .all(|byte| b"abcdefghijklmnopqrstuvwxyz234567".contains(&byte))
        );
        let get = |path: &str| asking.client.get(format!("{}/{path}", asking.azure.server_url()));
        let feeds = "DefaultCollection/main/_apis/packaging/feeds";
        let listed = Answer::read(get(feeds).basic_auth("", Some(&pat))).await?;
        let url = text(&listed.body["value"][0], "url")?.to_owned();
        ensure!(
            url.starts_with(&format!("{}/DefaultCollection/", asking.azure.server_url())),
            "{url}"
        );
        Answer::read(asking.client.get(&url).basic_auth("", Some(&pat)))
            .await?
            .expect(200, "internal")?;
        Answer::read(get("_apis/projectCollections").basic_auth("", Some(&pat)))
            .await?
            .expect(200, "DefaultCollection")?;
        let asked = get("DefaultCollection/_apis/connectionData").basic_auth("", Some(&pat));
        let connected = Answer::read(asked).await?;
        ensure!(
            connected.body["deploymentType"] == "onPremises"
                && connected.body["authenticatedUser"]["providerDisplayName"] == "Olek Marchuk",
            "{connected:?}"
        );

        let refused = get(feeds).send().await?;
        let challenges = refused.headers().get_all("www-authenticate").iter().count();
        ensure!(
            refused.status() == 401
                && challenges == 3
                && !refused.headers().contains_key("x-vss-resourcetenant"),
            "{refused:?}"
        );
        let tokens = asking.sign_in("organizations").await?;
        let access = text(&tokens, "access_token")?;
        Answer::read(get(feeds).bearer_auth(access))
            .await?
            .expect(401, "TF400813")?;
        Answer::read(get(feeds).bearer_auth(&pat))
            .await?
            .expect(401, "TF400813")?;
        let contoso = asking.pat("olek", &["app_token"])?;
        Answer::read(get(feeds).basic_auth("", Some(&contoso)))
            .await?
            .expect(401, "TF400813")?;
        let hosted = asking.get(Host::Feeds, "contoso/_apis/packaging/feeds");
        Answer::read(hosted.basic_auth("", Some(&pat)))
            .await?
            .expect(401, "TF400813")?;
        for path in ["Other/_apis/packaging/feeds", "DefaultCollection/_apis/accounts"] {
            ensure!(
                Answer::read(get(path).basic_auth("", Some(&pat))).await?.status == 404,
                "{path}"
            );
        }
        Ok(())
    });
}

#[test]
fn a_server_may_not_know_cargo() {
    journey(async || {
        let asking = Asking::start().await?;
        asking
            .azure
            .seed_feed("DefaultCollection", "internal", false)
            .await?;
        let pat = server_pat(&asking.azure)?;
        let server = asking.azure.server_url();
        let routes = async || {
            let url = format!("{server}/DefaultCollection/_apis");
            Answer::read(
                asking
                    .client
                    .request(Method::OPTIONS, url)
                    .basic_auth("", Some(&pat)),
            )
            .await
        };
        let config = async || {
            let url = format!("{server}/DefaultCollection/main/_packaging/internal/Cargo/index/config.json");
            Answer::read(asking.client.get(url).basic_auth("", Some(&pat))).await
        };
        let with = routes().await?;
        ensure!(
            with.text.contains("\"cargo\"") && with.text.contains("\"Packaging\""),
            "{with:?}"
        );
        let told = config().await?;
        ensure!(
            told.field("dl")?
                .starts_with(&format!("{server}/DefaultCollection/")),
            "{told:?}"
        );
        asking.azure.set_server_has_cargo(false);
        let without = routes().await?;
        ensure!(
            !without.text.contains("\"cargo\"") && without.text.contains("\"Packaging\""),
            "{without:?}"
        );
        ensure!(
            without.body["count"].as_u64() < with.body["count"].as_u64(),
            "{without:?}"
        );
        config().await?.expect(404, "The controller for path")
    });
}
