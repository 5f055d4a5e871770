//! Who may do what: personal access tokens and their scopes, roles, saving from upstream, hosts that know their part.

use anyhow::ensure;
use journeys::azure::{Azure, Cast, Host, Quirk, Role};
use reqwest::Method;
use serde_json::json;

use super::crates_io::{self, LEAF};
use super::{Answer, Asking, HOUR, text};
use crate::journey;

const FEEDS: &str = "contoso/main/_apis/packaging/feeds";
const LEAF_FILE: &str = "contoso/main/_packaging/upstream/cargo/api/v1/crates/leaf/1.0.0/download";

#[test]
fn a_personal_access_token_goes_by_basic_alone() {
    journey(async || {
        let asking = Asking::start().await?;
        let pat = asking.pat("mira", &["vso.packaging"])?;
        ensure!(pat.len() == 84 && &pat[76..80] == "AZDO", "{}", pat.len());
        let feeds = || asking.get(Host::Feeds, FEEDS);
        Answer::read(feeds().basic_auth("anybody", Some(&pat)))
            .await?
            .expect(200, "\"count\"")?;
        Answer::read(feeds().basic_auth("", Some(&pat)))
            .await?
            .expect(200, "\"count\"")?;
        let nobody = "'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa'";
        Answer::read(feeds().bearer_auth(&pat))
            .await?
            .expect(401, nobody)?;
        Answer::read(feeds().header("authorization", &pat))
            .await?
            .expect(401, nobody)?;
        Answer::read(feeds())
            .await?
            .expect(401, "TF400813: Resource not available for anonymous access")?;
        let elsewhere = asking.get(Host::Feeds, "tailspin/_apis/packaging/feeds");
        Answer::read(elsewhere.basic_auth("", Some(&pat)))
            .await?
            .expect(401, nobody)?;
        for path in ["_apis/profile/profiles/me", "_apis/accounts?memberId=x"] {
            let asked = asking.get(Host::Profile, path).basic_auth("", Some(&pat));
            Answer::read(asked).await?.expect(401, "TF400813")?;
        }
        // An Entra token goes either way.
        let tokens = asking.sign_in("organizations").await?;
        let access = text(&tokens, "access_token")?;
        Answer::read(feeds().bearer_auth(access))
            .await?
            .expect(200, "\"count\"")?;
        Answer::read(feeds().basic_auth("", Some(access)))
            .await?
            .expect(200, "\"count\"")?;

        asking.azure.expire_pat(&pat);
        let expired = Answer::read(feeds().basic_auth("", Some(&pat))).await?;
        expired.expect(401, "Access Denied: The Personal Access Token used has expired.")?;
        let pat = asking.pat("mira", &["app_token"])?;
        asking.azure.revoke_pat(&pat);
        Answer::read(feeds().basic_auth("", Some(&pat)))
            .await?
            .expect(401, nobody)?;
        let personal = asking
            .azure
            .issue_pat("pia", "fabrikam", &["vso.packaging"], HOUR)?;
        let fabrikam = asking.get(Host::Feeds, "fabrikam/_apis/packaging/feeds");
        Answer::read(fabrikam.basic_auth("", Some(&personal)))
            .await?
            .expect(200, "\"count\"")
    });
}

#[test]
fn scope_and_role_must_both_allow() {
    journey(async || {
        let asking = Asking::start().await?;
        asking.azure.seed_feed("contoso", "internal", false).await?;
        let check = async |person: &str,
                           scope: &str,
                           method: Method,
                           host: Host,
                           path: &str,
                           expected: (u16, &str)| {
            let pat = asking.pat(person, &[scope])?;
            let body = json!({ "name": "made", "upstreamSources": [] });
            let asked = asking
                .request(method, host, path)
                .basic_auth("", Some(&pat))
                .json(&body);
            Answer::read(asked).await?.expect(expected.0, expected.1)
        };
        let (read, write, manage) = ("vso.packaging", "vso.packaging_write", "vso.packaging_manage");
        let feed = format!("{FEEDS}/internal");
        let denied = (403, "Access Denied");
        check("sven", read, Method::GET, Host::Feeds, &feed, (200, "internal")).await?;
        check("sven", "vso.project", Method::GET, Host::Feeds, &feed, denied).await?;
        check("mira", read, Method::POST, Host::Feeds, FEEDS, denied).await?;
        check("olek", write, Method::POST, Host::Feeds, FEEDS, (200, "made")).await?;
        check("mira", write, Method::DELETE, Host::Feeds, &feed, denied).await?;
        check(
            "olek",
            manage,
            Method::DELETE,
            Host::Feeds,
            &feed,
            (403, "AdministerFeed"),
        )
        .await?;
        let publish = "contoso/main/_packaging/internal/cargo/api/v1/crates/new";
        check(
            "anju",
            write,
            Method::PUT,
            Host::Packages,
            publish,
            (403, "You need to have 'AddPackage'"),
        )
        .await?;
        check("olek", read, Method::PUT, Host::Packages, publish, denied).await?;
        check(
            "olek",
            write,
            Method::PUT,
            Host::Packages,
            publish,
            (413, "metadata"),
        )
        .await?;
        let projects = "contoso/_apis/projects";
        check("mira", manage, Method::GET, Host::Core, projects, denied).await?;
        check(
            "sven",
            "vso.project",
            Method::GET,
            Host::Core,
            projects,
            (200, "main"),
        )
        .await?;
        let metrics = format!("{feed}/packagemetricsbatch");
        check("sven", read, Method::POST, Host::Feeds, &metrics, denied).await?;
        check(
            "sven",
            write,
            Method::POST,
            Host::Feeds,
            &metrics,
            (400, "`packageIds`"),
        )
        .await?;

        asking
            .azure
            .set_role("sven", "contoso", Some(Role::Administrator));
        check("sven", manage, Method::DELETE, Host::Feeds, &feed, (200, "")).await?;
        asking.azure.set_role("sven", "contoso", None);
        check("sven", read, Method::GET, Host::Feeds, FEEDS, (401, "TF400813")).await?;
        asking.azure.set_small_scope_is_401(true);
        check(
            "mira",
            read,
            Method::POST,
            Host::Feeds,
            FEEDS,
            (401, "Access Denied"),
        )
        .await
    });
}

#[test]
fn a_version_that_is_not_saved_is_saved_by_a_collaborator_alone() {
    journey(async || {
        let cast = Cast {
            crates_io: Some(crates_io::serve().await?),
            ..Cast::default()
        };
        let asking = Asking::of(Azure::start_with(cast).await?)?;
        asking.azure.seed_feed("contoso", "upstream", true).await?;
        let download = async |person: &str, scope: &str| {
            let pat = asking.pat(person, &[scope])?;
            Answer::read(asking.get(Host::Packages, LEAF_FILE).basic_auth("", Some(&pat))).await
        };
        let pat = asking.pat("sven", &["vso.packaging"])?;
        let index = asking.get(
            Host::Packages,
            "contoso/main/_packaging/upstream/Cargo/index/le/af/leaf",
        );
        Answer::read(index.basic_auth("", Some(&pat)))
            .await?
            .expect(200, "1.0.0")?;

        let words = "No local versions of package 'leaf'; please provide authentication";
        download("sven", "vso.packaging_write")
            .await?
            .expect(403, words)?;
        download("anju", "vso.packaging").await?.expect(401, words)?;
        Answer::read(asking.get(Host::Packages, LEAF_FILE))
            .await?
            .expect(401, "anonymous")?;
        download("anju", "vso.packaging_write").await?.expect(200, LEAF)?;
        // It is saved now.
        download("sven", "vso.packaging").await?.expect(200, LEAF)
    });
}

#[test]
fn every_host_knows_its_part_and_names_the_others() {
    journey(async || {
        let asking = Asking::start().await?;
        asking.azure.seed_feed("contoso", "internal", false).await?;
        let pat = asking.pat("mira", &["app_token"])?;
        let ask = async |host: Host, path: &str| {
            Answer::read(asking.get(host, path).basic_auth("", Some(&pat))).await
        };
        ask(Host::Core, FEEDS)
            .await?
            .expect(404, "The controller for path")?;
        ask(Host::Feeds, "contoso/_apis/projects")
            .await?
            .expect(404, "The controller for path")?;
        let config = "contoso/main/_packaging/internal/Cargo/index/config.json";
        ask(Host::Feeds, config)
            .await?
            .expect(404, "The controller for path")?;
        ask(Host::Core, "nowhere/_apis/projects")
            .await?
            .expect(404, "nowhere")?;

        let config = ask(Host::Packages, config).await?;
        let packages = format!("{}/contoso/", asking.azure.url(Host::Packages));
        ensure!(
            config.field("dl")?.starts_with(&packages) && config.field("api")?.starts_with(&packages),
            "{config:?}"
        );
        let feed = ask(Host::Feeds, &format!("{FEEDS}/internal")).await?;
        ensure!(
            feed.field("url")?.starts_with(asking.azure.url(Host::Feeds)),
            "{feed:?}"
        );
        let areas = ask(Host::Core, "contoso/_apis/ResourceAreas").await?;
        for host in [Host::Core, Host::Feeds, Host::Packages] {
            ensure!(areas.text.contains(asking.azure.url(host)), "{areas:?}");
        }
        for (host, area, other) in [
            (Host::Core, "\"core\"", "\"cargo\""),
            (Host::Feeds, "\"Packaging\"", "\"core\""),
            (Host::Packages, "\"cargo\"", "\"Packaging\""),
        ] {
            let asked = asking.request(Method::OPTIONS, host, "contoso/_apis");
            let routes = Answer::read(asked.basic_auth("", Some(&pat))).await?;
            ensure!(
                routes.text.contains(area) && !routes.text.contains(other),
                "{routes:?}"
            );
        }
        let people = ask(
            Host::Identity,
            "contoso/_apis/identities?searchFilter=General&filterValue=Anju%20Rao",
        );
        let people = people.await?;
        ensure!(
            people.body["count"] == 1 && people.text.contains("anju@contoso.example"),
            "{people:?}"
        );

        let settings: toml::Table = asking.azure.settings().parse()?;
        let table = settings["azure"].as_table().map(|table| table.len());
        ensure!(table == Some(7), "{settings}");
        let records = asking.azure.exchanges();
        let record = records
            .iter()
            .find(|record| record.path.ends_with("/feeds/internal"));
        ensure!(
            record.is_some_and(|record| {
                record.host == "feeds"
                    && record.authorization_scheme.as_deref() == Some("Basic")
                    && record.carried_secret
                    && record.status == 200
                    && record
                        .response_body
                        .as_ref()
                        .is_some_and(|body| body["name"] == "internal")
            }),
            "{record:?}"
        );
        Ok(())
    });
}

#[test]
fn a_role_is_taken_away_in_the_middle() {
    journey(async || {
        let asking = Asking::start().await?;
        let feed = asking.azure.seed_feed("contoso", "internal", false).await?;
        let permissions = format!("{FEEDS}/internal/permissions");
        let (mira, sven) = (
            asking.pat("mira", &["app_token"])?,
            asking.pat("sven", &["app_token"])?,
        );
        let people = asking.get(Host::Identity, "contoso/_apis/graph/subjectquery");
        Answer::read(people.basic_auth("", Some(&mira)))
            .await?
            .expect(405, "")?;
        let query = asking.request(
            Method::POST,
            Host::Identity,
            "contoso/_apis/graph/subjectquery?api-version=7.1-preview.1",
        );
        let query = query
            .json(&json!({ "query": "sven" }))
            .basic_auth("", Some(&mira));
        let subject = Answer::read(query).await?.body["value"][0]["descriptor"].clone();
        let subject = subject.as_str().unwrap_or_default();
        let found = format!("contoso/_apis/identities?subjectDescriptors={subject}");
        let found = Answer::read(asking.get(Host::Identity, &found).basic_auth("", Some(&mira))).await?;
        let descriptor = found.body["value"][0]["descriptor"].clone();
        ensure!(
            descriptor
                .as_str()
                .is_some_and(|text| text.ends_with("sven@contoso.example")),
            "{found:?}"
        );

        let give = async |role: &str| {
            let body = json!([{ "identityDescriptor": descriptor, "role": role }]);
            let asked = asking
                .request(Method::PATCH, Host::Feeds, &permissions)
                .json(&body);
            Answer::read(asked.basic_auth("", Some(&mira)))
                .await?
                .expect(200, role)
        };
        let publish = async || {
            let path = "contoso/main/_packaging/internal/cargo/api/v1/crates/new";
            let asked = asking
                .request(Method::PUT, Host::Packages, path)
                .body("not a crate");
            Answer::read(asked.basic_auth("", Some(&sven))).await
        };
        publish().await?.expect(403, "You need to have 'AddPackage'")?;
        give("contributor").await?;
        publish().await?.expect(413, "metadata")?;

        // What was read before stays to be seen for a while; what counts does not wait.
        let read = async || {
            let given = format!("{permissions}?excludeInheritedPermissions=true");
            let asked = asking.get(Host::Feeds, &given).basic_auth("", Some(&mira));
            anyhow::Ok(Answer::read(asked).await?.text.contains("\"contributor\""))
        };
        ensure!(read().await?, "the role is not in the list");
        give("none").await?;
        asking.azure.arm(Quirk::Stale, "/permissions", 2);
        ensure!(read().await? && read().await?, "the change is seen at once");
        publish().await?.expect(403, "You need to have 'AddPackage'")?;
        ensure!(!read().await?, "the change is never seen");
        ensure!(feed["name"] == "internal", "{feed}");
        Ok(())
    });
}
