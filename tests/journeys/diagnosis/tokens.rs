//! Who is asked for a token, and what becomes of it.

use std::os::unix::fs::PermissionsExt;

use anyhow::ensure;

use super::{PRIVATE, Scripted};
use crate::checks::{BASIC, Broken, TOKENS, registry};
use crate::journey;

const REFUSED: &str =
    "TF400813: The user 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa' is not authorized to access this resource.";

fn provider(list: &str) -> String {
    format!("[registry]\nglobal-credential-providers = [{list}]\n[net]\nretry = 0\n")
}

#[test]
fn nobody_gives_a_token() {
    journey(async || {
        let scripted = Scripted::start(&[("", 401, REFUSED)]).await?;
        let broken = Broken::at(&scripted)?;
        broken.names("P-01", &["fetch"])?;
        broken.tokens("")?;
        broken.names("P-08", &["fetch"])?;
        broken.user("[net]\nretry = 0\n")?;
        let cause = broken.names("P-09", &["fetch"])?;
        ensure!(cause["fix"]["change"]["kind"] == "provider", "{cause}");
        broken.user(&provider("\"cargo:wincred\""))?;
        broken.names("P-48", &["fetch"])?;
        broken.user(&provider("\"/nowhere/to/be/found\""))?;
        broken.names("P-50", &["fetch"])?;
        broken.user(&provider("\"cargo:libsecret\""))?;
        let unset = ["-u", "DBUS_SESSION_BUS_ADDRESS", "-u", "XDG_RUNTIME_DIR"];
        let nowhere = [&unset[..], &["cargo", "fetch"]].concat();
        broken.names_after("P-49", "env", &nowhere).map(drop)
    });
}

#[test]
fn tokens_that_no_feed_takes() {
    journey(async || {
        let scripted = Scripted::start(&[("", 401, REFUSED)]).await?;
        let broken = Broken::at(&scripted)?;
        let token = |text: &str| format!("[registries.internal]\ntoken = \"{text}\"\n");
        // What is known of the token explains closer why it was refused.
        broken.tokens(&token("QUJDREVGR0g"))?;
        broken.names("P-04", &["fetch"])?;
        broken.tokens(&token("Basic QUJD REVG"))?;
        broken.names("P-05", &["fetch"])?;
        broken.tokens(&token("Bearer QUJDREVGR0g"))?;
        broken.names("P-06", &["fetch"])?;
        broken.tokens(BASIC)?;
        broken.user(&format!(
            "{}[credential-alias]\ngranary = [\"/bin/cargo-credential-granary\"]\n",
            provider("\"granary\", \"cargo:token\"")
        ))?;
        let cause = broken.names("P-07", &["fetch"])?;
        // Nobody is signed in, so there is no other yet: it is not taken out.
        ensure!(cause["fix"]["kind"] == "signIn", "{cause}");
        Ok(())
    });
}

#[test]
fn providers_that_fail() {
    journey(async || {
        let scripted = Scripted::start(&[("", 401, "")]).await?;
        let broken = Broken::at(&scripted)?;
        let program = broken.home.path().join("says");
        let write = |text: &str| {
            std::fs::write(&program, format!("#!/bin/sh\n{text}\n"))?;
            std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))
        };
        write("echo a banner; echo a token")?;
        let path = program.display();
        broken.user(&provider(&format!("\"cargo:token-from-stdout {path}\"")))?;
        broken.names("P-51", &["fetch"])?;
        write("exit 3")?;
        broken.user(&provider(&format!("\"{path}\"")))?;
        broken.names("provider-failed", &["fetch"]).map(drop)
    });
}

#[test]
fn two_names_of_one_address() {
    journey(async || {
        let scripted = Scripted::start(&[("config.json", 401, ""), ("", 200, PRIVATE)]).await?;
        let broken = Broken::at(&scripted)?;
        let both = registry("internal", &scripted.index) + &registry("other", &scripted.index);
        broken.write(".cargo/config.toml", &both)?;
        broken.names("P-37", &["fetch"])?;
        // A variable gives the registry another name, and the token is looked for under that.
        let mut broken = Broken::at(&scripted)?;
        broken.needs("ours = { version = \"1\", registry = \"my-feed\" }")?;
        broken.write(".cargo/config.toml", &registry("my-feed", &scripted.index))?;
        broken.tokens("[registries.my-feed]\ntoken = \"Basic QQ==\"\n")?;
        broken.user(&format!("{TOKENS}[net]\nretry = 0\n"))?;
        broken
            .variables
            .push(("CARGO_REGISTRIES_MY_FEED_INDEX", scripted.index.clone()));
        broken.names("P-36", &["fetch"]).map(drop)
    });
}
