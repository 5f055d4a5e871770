//! The config files cargo finds for a folder, nearest first, each as it stands: what a change of them is planned on.
//!
//! **Invariant**: files only, one by one; what cargo makes of them all, with variables and includes, `config` says.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Error;
use super::bounded::read_toml;
use super::config::discovered;

/// One config file that applies.
#[derive(Debug, Clone)]
pub struct Layer {
    /// Where it is.
    pub path: PathBuf,
    /// Whether it travels with the project or stays on this computer.
    pub place: Place,
    /// What it says.
    pub table: toml::Table,
}

/// Where a file belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// In the project's folder: whoever clones it gets the file too.
    Repository,
    /// Above the project, or in `CARGO_HOME`.
    Computer,
}

/// Every config file that applies to a folder, nearest first.
#[derive(Debug, Clone, Default)]
pub struct Layers(Vec<Layer>);

impl Layers {
    /// Reads the config of a folder, of the folders above it, and of `CARGO_HOME`.
    pub fn read(folder: &Path, cargo_home: &Path) -> Result<Self, Error> {
        let own = folder.join(".cargo");
        let layer = |path: PathBuf| {
            let place = match path.parent() == Some(&own) {
                true => Place::Repository,
                false => Place::Computer,
            };
            // As cargo does, one passes over what one cannot even look at.
            if std::fs::metadata(&path).is_err() {
                return Ok(None);
            }
            let table = read_toml(&path)?.map(without_secrets);
            Ok(table.map(|table| Layer { path, place, table }))
        };
        let found = discovered(folder, cargo_home).into_iter();
        let layers = found.filter_map(|path| layer(path).transpose());
        Ok(Self(layers.collect::<Result<_, Error>>()?))
    }

    /// The layers, nearest first.
    pub fn iter(&self) -> impl Iterator<Item = &Layer> {
        self.0.iter()
    }

    /// The value of a dotted key, and the layer that sets it.
    pub fn value(&self, key: &[&str]) -> Option<(&toml::Value, &Layer)> {
        self.0
            .iter()
            .find_map(|layer| Some((value_in(&layer.table, key)?, layer)))
    }

    /// The text of a dotted key.
    pub fn text(&self, key: &[&str]) -> Option<&str> {
        self.value(key)?.0.as_str()
    }

    /// The names of all tables below a key, in any layer, sorted.
    pub fn names_below(&self, key: &str) -> Vec<&str> {
        let tables = self.0.iter().filter_map(|layer| layer.table.get(key)?.as_table());
        let mut names = tables
            .flat_map(|table| table.keys().map(String::as_str))
            .collect::<Vec<_>>();
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl FromIterator<Layer> for Layers {
    /// Layers at hand, nearest first.
    fn from_iter<I: IntoIterator<Item = Layer>>(layers: I) -> Self {
        Self(layers.into_iter().collect())
    }
}

/// No change needs them, and what is not held cannot be shown.
fn without_secrets(mut table: toml::Table) -> toml::Table {
    let leave_out = |inner: &mut toml::Table| {
        for key in ["token", "secret-key"] {
            inner.remove(key);
        }
    };
    if let Some(registry) = table.get_mut("registry").and_then(toml::Value::as_table_mut) {
        leave_out(registry);
    }
    let registries = table.get_mut("registries").and_then(toml::Value::as_table_mut);
    let registries = registries.into_iter().flat_map(|all| all.iter_mut());
    registries
        .filter_map(|(_, registry)| registry.as_table_mut())
        .for_each(leave_out);
    table
}

fn value_in<'t>(table: &'t toml::Table, key: &[&str]) -> Option<&'t toml::Value> {
    let (first, rest) = key.split_first()?;
    rest.iter()
        .try_fold(table.get(*first)?, |value, part| value.get(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_file_wins_and_is_named() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("work/project");
        let cargo_home = top.path().join("cargo-home");
        for (path, text) in [
            (
                folder.join(".cargo/config.toml"),
                "\u{feff}[source.crates-io]\nreplace-with = \"near\"\n",
            ),
            (
                top.path().join("work/.cargo/config"),
                "[source.crates-io]\nreplace-with = \"far\"\n[net]\nretry = 5\n",
            ),
            (
                cargo_home.join("config.toml"),
                "[net]\nretry = 2\n[registries.a]\nindex = \"sparse+x\"\ntoken = \"s3cret\"\n",
            ),
        ] {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let layers = Layers::read(&folder, &cargo_home).unwrap();
        let (value, layer) = layers.value(&["source", "crates-io", "replace-with"]).unwrap();
        assert_eq!((value.as_str(), layer.place), (Some("near"), Place::Repository));
        let (value, layer) = layers.value(&["net", "retry"]).unwrap();
        assert_eq!((value.as_integer(), layer.place), (Some(5), Place::Computer));
        assert!(layer.path.ends_with("work/.cargo/config"));
        assert_eq!(layers.names_below("registries"), ["a"]);
        assert_eq!(layers.text(&["registries", "a", "index"]), Some("sparse+x"));
        assert_eq!(layers.value(&["registries", "b", "index"]).map(|_| ()), None);
        assert!(!format!("{layers:?}").contains("s3cret"));
    }
}
