//! Signing in: code and challenge, replay, rotation, devices, what people and tenants refuse.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use journeys::azure::{Host, PERSONAL_TENANT, Person};
use reqwest::Method;

use super::{Answer, Asking, HOUR, SCOPE, sent_back, text};
use crate::journey;

#[test]
fn a_code_is_good_once_and_with_its_verifier() {
    journey(async || {
        let asking = Asking::start().await?;
        let tenant = asking.tenant("contoso").await?;
        let (begun, answer) = asking.authorize(&tenant, &[]).await?;
        let sent = sent_back(&answer)?;
        ensure!(
            sent.contains(&("state".to_owned(), "a state".to_owned())),
            "{sent:?}"
        );
        let code = &sent.iter().find(|(name, _)| name == "code").context("no code")?.1;

        let form = |verifier, redirect| {
            [
                ("grant_type", "authorization_code"),
                ("code", code.as_str()),
                ("redirect_uri", redirect),
                ("code_verifier", verifier),
            ]
        };
        let wrong = form("another-verifier-0123456789-0123456789-01", &begun.redirect);
        asking.token(&tenant, &wrong).await?.expect(400, "AADSTS501481")?;
        let elsewhere = form(&begun.verifier, "http://localhost:51235");
        asking
            .token(&tenant, &elsewhere)
            .await?
            .expect(400, "invalid_grant")?;
        asking
            .redeem("common", &begun, code)
            .await?
            .expect(400, "AADSTS700005")?;

        let tokens = asking.redeem(&tenant, &begun, code).await?;
        tokens.expect(200, "Bearer")?;
        ensure!(
            tokens.body["expires_in"] == 3600,
            "{:?}",
            tokens.body["expires_in"]
        );
        let access = tokens.field("access_token")?;
        let parts = access.split('.').map(str::len).collect::<Vec<_>>();
        ensure!(
            access.starts_with("eyJ") && parts.len() == 3 && access.len() > 1280,
            "{parts:?}"
        );
        ensure!(
            tokens.field("refresh_token")?.len() >= 1200,
            "a short refresh token"
        );
        let markers = asking.azure.markers();
        for name in ["access_token", "refresh_token", "id_token"] {
            let secret = tokens.field(name)?;
            ensure!(
                markers.iter().any(|marker| secret.contains(marker)),
                "{name} has no mark"
            );
        }
        ensure!(
            !markers.iter().any(|marker| SCOPE.contains(marker)),
            "a mark that is everywhere"
        );

        let again = asking.redeem(&tenant, &begun, code).await?;
        again.expect(400, "AADSTS54005")?;
        for field in [
            "error",
            "error_description",
            "timestamp",
            "trace_id",
            "correlation_id",
        ] {
            ensure!(again.body[field].is_string(), "{field}: {}", again.body);
        }
        ensure!(
            again.body["error"] == "invalid_grant" && again.body["error_codes"][0] == 54005,
            "{again:?}"
        );
        Ok(())
    });
}

#[test]
fn the_browser_is_sent_back_only_to_this_computer() {
    journey(async || {
        let asking = Asking::start().await?;
        let check_page = async |changed: &[(&str, &str)]| -> Result<()> {
            let (_, answer) = asking.authorize("organizations", changed).await?;
            ensure!(
                answer.status() == 400 && !answer.headers().contains_key("location"),
                "{changed:?}: {answer:?}"
            );
            Ok(())
        };
        check_page(&[("redirect_uri", "http://evil.example:80")]).await?;
        check_page(&[("redirect_uri", "http://localhost")]).await?;
        check_page(&[("redirect_uri", "http://localhost:51234/elsewhere")]).await?;
        check_page(&[("client_id", "00000000-0000-0000-0000-000000000001")]).await?;

        let check_error = async |changed: &[(&str, &str)], error: &str| -> Result<()> {
            let (_, answer) = asking.authorize("organizations", changed).await?;
            let sent = sent_back(&answer)?;
            ensure!(
                sent.contains(&("error".to_owned(), error.to_owned())),
                "{changed:?}: {sent:?}"
            );
            ensure!(
                sent.contains(&("state".to_owned(), "a state".to_owned())),
                "{sent:?}"
            );
            Ok(())
        };
        check_error(&[("response_type", "token")], "unsupported_response_type").await?;
        check_error(&[("code_challenge_method", "plain")], "invalid_request").await?;
        check_error(&[("scope", "openid")], "invalid_scope").await?;
        for (person, error) in [
            (Person::Refuses, "access_denied"),
            (Person::LacksConsent, "consent_required"),
            (Person::NeedsAdministrator, "access_denied"),
            // A personal account is in no tenant a program may ask for.
            (Person::SignsIn("pia"), "invalid_grant"),
        ] {
            asking.azure.person(person);
            check_error(&[], error).await?;
        }
        asking.azure.person(Person::NeverAnswers);
        let (_, answer) = asking.authorize("organizations", &[]).await?;
        ensure!(
            answer.status() == 200 && !answer.headers().contains_key("location"),
            "{answer:?}"
        );
        Ok(())
    });
}

#[test]
fn refresh_tokens_rotate() {
    journey(async || {
        let asking = Asking::start().await?;
        let tokens = asking.sign_in("organizations").await?;
        let first = text(&tokens, "refresh_token")?;
        let second = asking.refresh("organizations", first).await?;
        let second = second.field("refresh_token")?;
        ensure!(first != second, "the same token came back");
        // Two programs may have raced: the old one is good until the new one was used.
        asking
            .refresh("organizations", first)
            .await?
            .expect(200, "access_token")?;
        asking
            .refresh("organizations", second)
            .await?
            .expect(200, "access_token")?;
        asking
            .refresh("organizations", first)
            .await?
            .expect(400, "AADSTS700082")?;

        asking.azure.set_refresh_grace(1);
        let tokens = asking.sign_in("organizations").await?;
        let first = text(&tokens, "refresh_token")?;
        let second = asking.refresh("organizations", first).await?;
        asking
            .refresh("organizations", second.field("refresh_token")?)
            .await?
            .expect(200, "")?;
        asking
            .refresh("organizations", first)
            .await?
            .expect(200, "access_token")?;
        asking
            .refresh("organizations", first)
            .await?
            .expect(400, "AADSTS700082")?;

        asking.azure.revoke_sign_ins();
        let answer = asking
            .refresh("organizations", second.field("refresh_token")?)
            .await?;
        answer.expect(400, "AADSTS50173")?;
        asking
            .refresh("organizations", "1.AXkAnothing")
            .await?
            .expect(400, "invalid_grant")
    });
}

#[test]
fn a_guest_asks_for_the_tenant_of_the_host() {
    journey(async || {
        let asking = Asking::start().await?;
        asking.azure.person(Person::SignsIn("tessa"));
        let tokens = asking.sign_in("organizations").await?;
        let projects = async |token: &str| {
            let asked = asking
                .get(Host::Core, "contoso/_apis/projects")
                .bearer_auth(token);
            Answer::read(asked).await
        };
        projects(text(&tokens, "access_token")?)
            .await?
            .expect(401, "TF400813")?;
        let contoso = asking.tenant("contoso").await?;
        let guest = asking.refresh(&contoso, text(&tokens, "refresh_token")?).await?;
        projects(guest.field("access_token")?)
            .await?
            .expect(200, "wellFormed")?;
        asking.azure.person(Person::SignsIn("mira"));
        let tokens = asking.sign_in("common").await?;
        let tailspin = asking.tenant("tailspin").await?;
        let stranger = asking.refresh(&tailspin, text(&tokens, "refresh_token")?).await?;
        stranger.expect(400, "AADSTS50020")?;
        let personal = asking
            .refresh(&PERSONAL_TENANT.to_string(), text(&tokens, "refresh_token")?)
            .await?;
        personal.expect(400, "AADSTS50020")
    });
}

#[test]
fn a_device_is_signed_in_from_elsewhere() {
    journey(async || {
        let asking = Asking::start().await?;
        let begin = async || {
            asking
                .entra("organizations/oauth2/v2.0/devicecode", &[("scope", SCOPE)])
                .await
        };
        let poll = async |begun: &Answer| {
            let form = [
                ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                ("device_code", begun.field("device_code")?),
            ];
            asking.token("organizations", &form).await
        };
        asking.azure.set_device_times(HOUR, 60);
        let begun = begin().await?;
        begun.expect(200, "verification_uri")?;
        ensure!(begun.body["interval"] == 60 && begun.field("message")?.contains(begun.field("user_code")?));
        poll(&begun).await?.expect(400, "authorization_pending")?;
        poll(&begun).await?.expect(400, "slow_down")?;

        asking.azure.set_device_times(HOUR, 0);
        let begun = begin().await?;
        poll(&begun).await?.expect(400, "authorization_pending")?;
        asking.azure.enter_code(begun.field("user_code")?)?;
        poll(&begun).await?.expect(200, "access_token")?;
        poll(&begun).await?.expect(400, "AADSTS54005")?;

        asking.azure.person(Person::Refuses);
        let begun = begin().await?;
        asking.azure.enter_code(begun.field("user_code")?)?;
        poll(&begun).await?.expect(400, "authorization_declined")?;

        asking.azure.set_device_times(Duration::ZERO, 0);
        let begun = begin().await?;
        poll(&begun).await?.expect(400, "expired_token")?;
        ensure!(asking.azure.enter_code("NOBODYHAS").is_err());
        Ok(())
    });
}

#[test]
fn access_tokens_end_by_clock_and_by_command() {
    journey(async || {
        let asking = Asking::start().await?;
        asking.azure.set_token_lifetime(Duration::from_secs(120));
        let tokens = asking.sign_in("organizations").await?;
        ensure!(tokens["expires_in"] == 120, "{}", tokens["expires_in"]);
        let access = text(&tokens, "access_token")?.to_owned();
        let me = async |token: &str| {
            let asked = asking.get(Host::Profile, "_apis/profile/profiles/me?api-version=7.1");
            Answer::read(asked.bearer_auth(token)).await
        };
        me(&access).await?.expect(200, "Mira Lindqvist")?;
        asking.azure.set_clock_ahead(600);
        me(&access).await?.expect(401, "TF400813")?;
        // With a clock that is ahead, a new token is as good as any.
        let tokens = asking.sign_in("organizations").await?;
        let access = text(&tokens, "access_token")?.to_owned();
        me(&access).await?.expect(200, "Mira Lindqvist")?;
        asking.azure.refuse_issued_tokens();
        me(&access).await?.expect(401, "TF400813")
    });
}

#[test]
fn me_my_organizations_and_their_tenants() {
    journey(async || {
        let asking = Asking::start().await?;
        let tokens = asking.sign_in("organizations").await?;
        let access = text(&tokens, "access_token")?;
        let asked = asking
            .get(Host::Profile, "_apis/profile/profiles/me")
            .bearer_auth(access);
        let me = Answer::read(asked).await?;
        let path = format!("_apis/accounts?memberId={}&api-version=7.1", me.field("id")?);
        let accounts = Answer::read(asking.get(Host::Profile, &path).bearer_auth(access)).await?;
        ensure!(
            accounts.body["count"] == 1 && accounts.body["value"][0]["accountName"] == "contoso",
            "{accounts:?}"
        );
        let asked = asking
            .get(Host::Core, "contoso/_apis/connectionData")
            .bearer_auth(access);
        let connected = Answer::read(asked).await?;
        let user = &connected.body["authenticatedUser"];
        ensure!(
            user["id"] == me.body["id"]
                && user["providerDisplayName"] == "Mira Lindqvist"
                && user["properties"]["Account"]["$value"] == "mira@contoso.example"
                && connected.body["deploymentType"] == "hosted"
                && connected.body["instanceId"] == accounts.body["value"][0]["accountId"],
            "{connected:?}"
        );

        let asked = asking
            .request(Method::HEAD, Host::Identity, "contoso")
            .send()
            .await?;
        let challenges = asked.headers().get_all("www-authenticate").iter();
        let challenges = challenges
            .map(|value| value.to_str())
            .collect::<Result<Vec<_>, _>>()?;
        let tenant = asking.tenant("contoso").await?;
        let bearer = format!("Bearer authorization_uri=https://login.microsoftonline.com/{tenant}");
        ensure!(
            asked.status() == 404 && challenges.len() == 3 && challenges[0] == bearer,
            "{challenges:?}"
        );
        ensure!(tenant != asking.tenant("tailspin").await?, "one tenant for two");
        let personal = asking.tenant("fabrikam").await?;
        ensure!(personal == "00000000-0000-0000-0000-000000000000", "{personal}");
        let nowhere = asking
            .request(Method::HEAD, Host::Identity, "nowhere")
            .send()
            .await?;
        ensure!(nowhere.status() == 404 && !nowhere.headers().contains_key("x-vss-resourcetenant"));
        Ok(())
    });
}
