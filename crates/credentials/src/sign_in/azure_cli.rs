//! The Azure CLI as a way to sign in: `az` holds the identity, and is asked for a token of Azure DevOps.
//!
//! **Invariant**: `--resource` is always given, since without it the token is for another service; the program is
//! found on the `PATH` alone, never in the folder one happens to be in.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::process::Command;

use super::now;
use crate::token::jwt_claims;
use crate::token_endpoint::Granted;
use crate::{Error, Secret};

/// Azure DevOps, as Entra knows it.
const RESOURCE: &str = "499b84ac-1321-427f-aa17-267ca6975798";
/// `az` takes one to two seconds on a good day, fifteen on a bad one.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccessToken {
    access_token: String,
    /// Seconds since 1970; older versions do not say it.
    #[serde(rename = "expires_on", default)]
    expires_on: Option<f64>,
}

#[derive(Deserialize)]
struct Shown {
    user: Option<ShownUser>,
}

#[derive(Deserialize)]
struct ShownUser {
    name: Option<String>,
}

/// Whether it is there at all.
pub(super) fn require() -> Result<(), Error> {
    located().map(drop).ok_or(Error::NoAzureCli)
}

/// A token for Azure DevOps, of a tenant if one is named.
pub(crate) async fn azure_cli_token(tenant: Option<&str>) -> Result<Granted, Error> {
    let mut arguments = vec![
        "account",
        "get-access-token",
        "--resource",
        RESOURCE,
        "--output",
        "json",
    ];
    if let Some(tenant) = tenant {
        arguments.extend(["--tenant", tenant]);
    }
    let text = run(&arguments).await?;
    let token: AccessToken = serde_json::from_str(text.expose()).map_err(|_| Error::AzureCli {
        reason: "it answered something else than a token".to_owned(),
    })?;
    // Where no end is said, half an hour is what any token has left when it is handed out.
    let left = token.expires_on.map_or(1800.0, |end| end - now());
    let claims = jwt_claims(&token.access_token);
    let said = |name: &str| Some(claims.as_ref()?.get(name)?.as_str()?.to_owned());
    Ok(Granted {
        user: said("upn").or_else(|| said("unique_name")),
        tenant: said("tid"),
        access: Secret::new(token.access_token),
        refresh: None,
        lifetime: Duration::from_secs_f64(left.clamp(0.0, 86_400.0)),
    })
}

/// Who the Azure CLI is signed in as; none where it is not there or signed out.
pub async fn azure_cli_user() -> Result<Option<String>, Error> {
    match run(&["account", "show", "--output", "json"]).await {
        Ok(text) => {
            let shown = serde_json::from_str::<Shown>(text.expose()).ok();
            Ok(shown.and_then(|shown| shown.user?.name))
        }
        Err(Error::NoAzureCli | Error::AzureCli { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn run(arguments: &[&str]) -> Result<Secret, Error> {
    let program = located().ok_or(Error::NoAzureCli)?;
    let failed = |reason: &str| Error::AzureCli {
        reason: reason.to_owned(),
    };
    let mut command = Command::new(&program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        // Not the folder one happens to be in: a project's files are nobody's settings.
        .current_dir(program.parent().unwrap_or(&program));
    // Otherwise a console would flash up each time.
    #[cfg(windows)]
    command.creation_flags(0x0800_0000);
    let output = match tokio::time::timeout(PATIENCE, command.output()).await {
        Err(_) => return Err(failed("it took longer than a minute")),
        Ok(Err(error)) => return Err(failed(&error.to_string())),
        Ok(Ok(output)) => output,
    };
    if output.status.success() {
        return Ok(Secret::new(String::from_utf8_lossy(&output.stdout)));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rev().find(|line| !line.trim().is_empty());
    let last = last
        .unwrap_or("it said nothing")
        .trim_start_matches("ERROR:")
        .trim();
    Err(failed(&last.chars().take(300).collect::<String>()))
}

fn located() -> Option<PathBuf> {
    let names: &[&str] = if cfg!(windows) {
        &["az.cmd", "az.exe"]
    } else {
        &["az"]
    };
    let path = std::env::var_os("PATH")?;
    let folders = std::env::split_paths(&path).filter(|folder| folder.is_absolute());
    folders
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|program| program.is_file())
}
