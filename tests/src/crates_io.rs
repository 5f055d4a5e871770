//! The way to crates.io that cargo is set up for on this machine.
//!
//! **Invariant**: no address is written here; it is cargo's own, or the one cargo's config names.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

/// The sparse index that stands for crates.io here.
pub fn index_of_crates_io() -> Result<String> {
    let config = cargo_home()
        .map(|home| home.join("config.toml"))
        .and_then(|path| std::fs::read_to_string(path).ok());
    let config: toml::Table = config
        .unwrap_or_default()
        .parse()
        .context("cargo's own config is not valid")?;
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let at = |path: &[&str]| {
        let (first, rest) = path.split_first()?;
        rest.iter()
            .try_fold(config.get(*first)?, |value, part| value.get(part))?
            .as_str()
            .map(str::to_owned)
    };
    let replacement =
        set("CARGO_SOURCE_CRATES_IO_REPLACE_WITH").or_else(|| at(&["source", "crates-io", "replace-with"]));
    let Some(name) = replacement else {
        return Ok(tame_index::CRATES_IO_HTTP_INDEX.to_owned());
    };
    let upper = name.to_uppercase().replace('-', "_");
    let index = set(&format!("CARGO_SOURCE_{upper}_REGISTRY"))
        .or_else(|| set(&format!("CARGO_REGISTRIES_{upper}_INDEX")))
        .or_else(|| at(&["source", &name, "registry"]))
        .or_else(|| at(&["registries", &name, "index"]));
    match index {
        Some(index) if index.starts_with("sparse+") => Ok(index),
        _ => bail!("cargo's config replaces crates.io with `{name}`, which is no sparse registry"),
    }
}

fn cargo_home() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME")
        .filter(|value| !value.is_empty())
        .map(PathBuf::from);
    home.or_else(|| Some(std::env::home_dir()?.join(".cargo")))
}

/// Fails, saying so clearly, where crates.io cannot be reached.
pub async fn require_crates_io() -> Result<()> {
    let index = index_of_crates_io()?;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let url = format!("{}config.json", index.trim_start_matches("sparse+"));
    let answer = reqwest::get(url)
        .await
        .and_then(reqwest::Response::error_for_status);
    answer.map(drop).map_err(reqwest::Error::without_url).context(
        "crates.io cannot be reached by the way cargo is set up for; journeys with real crates need it",
    )
}
