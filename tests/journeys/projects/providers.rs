//! The order of credential providers, and the token that lies nearest, are those of real cargo: it is let at a registry
//! that refuses everybody, and what it asks and sends is looked at.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use axum::http::{HeaderMap, StatusCode};
use journeys::TestHome;
use serde_json::Value;

use super::{home, list, write};
use crate::journey;

/// A registry that answers 401 to everything, and the tokens it was sent.
struct Refusing {
    index: String,
    sent: Arc<Mutex<Vec<String>>>,
}

impl Refusing {
    async fn start() -> Result<Self> {
        let sent = Arc::<Mutex<Vec<String>>>::default();
        let seen = sent.clone();
        let refuse = move |headers: HeaderMap| async move {
            let token = headers.get("authorization").and_then(|token| token.to_str().ok());
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.extend(token.map(str::to_owned));
            StatusCode::UNAUTHORIZED
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let index = format!("sparse+http://{}/index/", listener.local_addr()?);
        let routes = axum::Router::new().fallback(refuse);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self { index, sent })
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

struct Project {
    home: TestHome,
    folder: PathBuf,
    asked: PathBuf,
}

impl Project {
    /// Needs a crate of a registry.
    fn with(index: &str) -> Result<Self> {
        let home = home()?;
        let folder = home.user().join("relay");
        let manifest = "[package]\nname = \"relay\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n\
                        [dependencies]\nx = { version = \"1\", registry = \"internal\" }\n";
        write(&folder.join("Cargo.toml"), manifest)?;
        write(&folder.join("src/lib.rs"), "")?;
        write(
            &folder.join(".cargo/config.toml"),
            &format!("[registries.internal]\nindex = \"{index}\"\n"),
        )?;
        let asked = home.path().join("asked");
        Ok(Self { home, folder, asked })
    }

    /// A provider that has no token and notes that it was asked.
    fn provider(&self, name: &str) -> Result<String> {
        let program = self.home.path().join(name);
        let text = format!(
            "#!/bin/sh\necho {name} >> '{}'\necho '{{\"v\":[1]}}'\nread line\necho '{{\"Err\":{{\"kind\":\"not-found\"}}}}'\n",
            self.asked.display()
        );
        write(&program, &text)?;
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
        Ok(program.display().to_string())
    }

    fn user_config(&self, text: &str) -> Result<()> {
        write(&self.home.cargo_home().join("config.toml"), text)
    }

    /// What cargo asked, and what we say it would ask; programs by their file names.
    fn asked(&self, variables: &[(&str, &str)]) -> Result<(Vec<String>, Vec<String>)> {
        write(&self.asked, "")?;
        self.fetch(variables)?;
        let asked = std::fs::read_to_string(&self.asked)?;
        let mut asked = asked.lines().map(str::to_owned).collect::<Vec<_>>();
        asked.dedup();
        let shown = self.shown(variables)?;
        let programs = list(&shown, "providers").iter().map(|provider| {
            let program = provider["program"].as_str().unwrap_or_default();
            program.rsplit('/').next().unwrap_or_default().to_owned()
        });
        Ok((asked, programs.collect()))
    }

    fn fetch(&self, variables: &[(&str, &str)]) -> Result<()> {
        let mut command = std::process::Command::new("cargo");
        self.home.inhabit(&mut command);
        command.envs(variables.iter().copied()).arg("fetch");
        let ran = self.home.run(command.current_dir(&self.folder))?;
        ensure!(
            ran.code == Some(101),
            "a registry that refuses let it in: {ran:?}"
        );
        Ok(())
    }

    /// What we say of the registry.
    fn shown(&self, variables: &[(&str, &str)]) -> Result<Value> {
        let mut command = self.home.product("granary")?;
        command.envs(variables.iter().copied()).args(["show", "--json"]);
        let ran = self.home.run(command.current_dir(&self.folder))?.well()?;
        let mut shown: Value = serde_json::from_str(&ran.stdout)?;
        Ok(shown["access"][0].take())
    }
}

#[test]
fn providers_are_tried_in_cargos_order() {
    journey(async || {
        let registry = Refusing::start().await?;
        let project = Project::with(&registry.index)?;
        let [one, two, three] = ["one", "two", "three"].map(|name| project.provider(name));
        let (one, two, three) = (one?, two?, three?);
        let check = |config: &str, variables: &[(&str, &str)], expected: &[&str]| -> Result<()> {
            project.user_config(config)?;
            let (asked, ours) = project.asked(variables)?;
            ensure!(
                asked == expected && ours == expected,
                "{config}: cargo {asked:?}, ours {ours:?}"
            );
            Ok(())
        };
        let alias = format!("[credential-alias]\nfirst = [\"{one}\"]\n");
        let global = "[registry]\nglobal-credential-providers = ";
        check(
            &format!("{alias}{global}[\"first\", \"{two}\", \"{three}\"]\n"),
            &[],
            &["three", "two", "one"],
        )?;
        let variable = [(
            "CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS",
            format!("{two} {one}"),
        )];
        let variable = variable.each_ref().map(|(name, value)| (*name, value.as_str()));
        check(
            &format!("{global}[\"{three}\"]\n"),
            &variable,
            &["one", "two", "three"],
        )?;
        check("", &variable, &["one", "two"])?;
        let own = [("CARGO_REGISTRIES_INTERNAL_CREDENTIAL_PROVIDER", two.as_str())];
        check(&format!("{global}[\"{three}\"]\n"), &own, &["two"])?;
        let aliased = [("CARGO_REGISTRIES_INTERNAL_CREDENTIAL_PROVIDER", "first")];
        check(&alias, &aliased, &["one"])?;
        check("", &[], &[])
    });
}

#[test]
fn the_nearest_token_is_the_one_cargo_sends() {
    journey(async || {
        let registry = Refusing::start().await?;
        let project = Project::with(&registry.index)?;
        let cargo_home = project.home.cargo_home();
        let providers = "[registry]\nglobal-credential-providers = [\"cargo:token\"]\n";
        let check = |variables: &[(&str, &str)], expected: &str, place: &str, number: usize| -> Result<()> {
            registry.take();
            project.fetch(variables)?;
            let sent = registry.take();
            ensure!(
                sent.first().is_some_and(|token| token == expected),
                "{expected}: {sent:?}"
            );
            let shown = project.shown(variables)?;
            let tokens = list(&shown, "tokens");
            let origin = &tokens.first().context("no token")?["origin"];
            let told = origin["display"]
                .as_str()
                .or(origin["name"].as_str())
                .unwrap_or_default();
            ensure!(
                told.ends_with(place) && tokens.len() == number,
                "{place}: {tokens:?}"
            );
            ensure!(tokens[0]["effect"] == "used", "{tokens:?}");
            Ok(())
        };
        project.user_config(&format!(
            "{providers}[registries.internal]\ntoken = \"in-config\"\n"
        ))?;
        check(&[], "in-config", "config.toml", 1)?;
        let token = |text: &str| format!("[registries.internal]\ntoken = \"{text}\"\n");
        write(&cargo_home.join("credentials.toml"), &token("in-new-file"))?;
        check(&[], "in-new-file", "credentials.toml", 2)?;
        write(&cargo_home.join("credentials"), &token("in-old-file"))?;
        check(&[], "in-old-file", "credentials", 2)?;
        let variable = [("CARGO_REGISTRIES_INTERNAL_TOKEN", "in-variable")];
        check(&variable, "in-variable", "CARGO_REGISTRIES_INTERNAL_TOKEN", 3)
    });
}
