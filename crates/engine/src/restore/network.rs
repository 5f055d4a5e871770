//! By which way cargo would go to the network, read from its own config.
//!
//! **Invariant**: a setting that is not honoured here keeps us from going at all; it is named, and cargo goes alone.

use std::path::PathBuf;
use std::time::Duration;

use credentials::SignIns;

use crate::project::{self, Project, Setting, SettingOrigin, SettingValue};
use crate::registry::{Registry, Transport};

/// Settings that change how cargo goes, and that only cargo knows to follow.
const CARGOS_OWN: &[&str] = &["http.ssl-version", "http.proxy-cainfo"];
/// What cargo waits for a byte where config says nothing.
const PATIENCE: Duration = Duration::from_secs(30);
/// What is waited where a server asks for it: Azure counts what somebody asks for over five minutes.
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// How often cargo asks again where config says nothing.
const RETRIES: u32 = 3;

/// The way cargo would go, or why only cargo can.
pub(super) fn transport(project: &Project) -> Result<Transport, String> {
    let named = |key: &str| project.settings.iter().find(|setting| setting.key == key);
    let theirs = |setting: &&Setting| {
        CARGOS_OWN
            .iter()
            .any(|key| setting.key == *key || setting.key.starts_with(&format!("{key}.")))
    };
    if let Some(setting) = project.settings.iter().find(theirs) {
        return Err(format!("`{}` is set, which only cargo follows", setting.key));
    }
    let text = |key: &str| match named(key) {
        None => Ok(None),
        Some(setting) => match &setting.value {
            Some(SettingValue::Text(text)) => Ok(Some((text.clone(), &setting.origin))),
            _ => Err(format!("`{key}` cannot be shown, so only cargo follows it")),
        },
    };
    let number = |key: &str| match named(key).map(|setting| &setting.value) {
        None => Ok(None),
        Some(Some(SettingValue::Integer(number))) if *number >= 0 => Ok(u64::try_from(*number).ok()),
        Some(Some(SettingValue::Text(text))) if text.parse::<u64>().is_ok() => Ok(text.parse().ok()),
        Some(_) => Err(format!("`{key}` is no number")),
    };
    let authorities = match text("http.cainfo")? {
        None => None,
        Some((file, origin)) => {
            let file = beside(&file, origin, project);
            let shown = file.display();
            // Bounded, and no pipe is waited at: a config is a stranger's word.
            let read = project::read_text(&file).map_err(|error| format!("`http.cainfo`: {error}"))?;
            Some(
                read.ok_or_else(|| format!("`{shown}`, which `http.cainfo` names, is not there"))?
                    .into_bytes(),
            )
        }
    };
    let proxy = text("http.proxy")?.map(|(proxy, _)| proxy);
    if proxy.as_ref().is_some_and(|proxy| proxy.contains('…')) {
        return Err("`http.proxy` has a password, which only cargo is given".to_owned());
    }
    let retries = number("net.retry")?.map_or(RETRIES, |retries| u32::try_from(retries).unwrap_or(u32::MAX));
    Ok(Transport {
        proxy: proxy.filter(|proxy| !proxy.is_empty()),
        authorities,
        // Zero is none, as with cargo.
        patience: match number("http.timeout")? {
            Some(0) => None,
            Some(seconds) => Some(Duration::from_secs(seconds)),
            None => Some(PATIENCE),
        },
        longest_wait: Some(LONGEST_WAIT),
        retries: Some(retries.min(20)),
        one_at_a_time: flag(project, "http.multiplexing") == Some(false),
    })
}

/// A registry by that way, with the token of whoever is signed in there.
pub(super) async fn registry(
    signs: &SignIns,
    transport: &Transport,
    index_url: &str,
) -> Result<Registry, crate::Error> {
    let (signs, url) = (signs.clone(), index_url.to_owned());
    let source = credentials::blocking(move || signs.source_at(&url)).await?;
    Ok(Registry::by(transport, source, index_url)?)
}

/// Whether cargo's config forbids the network.
pub(super) fn is_offline(project: &Project) -> bool {
    flag(project, "net.offline") == Some(true)
}

/// A setting that is on or off; in a variable it is text.
fn flag(project: &Project, key: &str) -> Option<bool> {
    let setting = project.settings.iter().find(|setting| setting.key == key)?;
    match setting.value.as_ref()? {
        SettingValue::Boolean(is_on) => Some(*is_on),
        SettingValue::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// A path in config counts from the folder that holds `.cargo`, one in a variable from where cargo runs.
fn beside(file: &str, origin: &SettingOrigin, project: &Project) -> PathBuf {
    let base = match origin {
        SettingOrigin::File { path, .. } => path.parent().and_then(|folder| folder.parent()),
        SettingOrigin::Variable { .. } => Some(project.folder.as_path()),
    };
    base.unwrap_or(&project.folder).join(file)
}
