//! Pairs of folders, before and after, in `tests/fixtures/edits/CHANGE/SHAPE/{in,out}`; what is asked stands in `change.toml`
//! beside the shapes, or in the shape's own.
//!
//! **Invariant**: compares bytes; where a change is refused, `refused.txt` has the error's words in place of `out`.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Files, applied, connect, index_of, planned};
use crate::edit::*;
use crate::project::SettingValue;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Asked {
    change: String,
    name: Option<String>,
    rename: Option<String>,
    requirement: Option<String>,
    registry: Option<String>,
    #[serde(default)]
    features: Vec<String>,
    #[serde(default)]
    no_default_features: bool,
    #[serde(default)]
    optional: bool,
    list: Option<DependencyList>,
    packages: Option<Vec<PathBuf>>,
    workspace: Option<PathBuf>,
    upstream: Option<String>,
    internal: Option<String>,
    #[serde(default)]
    mode: ConnectMode,
    feed: Option<String>,
    #[serde(default)]
    force: bool,
    default_in: Option<PathBuf>,
    #[serde(default)]
    registries: Vec<String>,
    key: Option<String>,
    to: Option<SettingValue>,
    file: Option<PathBuf>,
    is_used: Option<bool>,
}

impl Asked {
    fn manifests(&self) -> Manifests {
        Manifests {
            folder: PathBuf::new(),
            packages: self.packages.clone().unwrap_or_else(|| vec!["Cargo.toml".into()]),
            workspace: self.workspace.clone(),
        }
    }

    fn change(&self) -> Change {
        let name = self.name.clone().unwrap_or_default();
        let manifests = self.manifests();
        match self.change.as_str() {
            "connect" => Change::Connect(connect(
                self.upstream.as_deref(),
                self.internal.as_deref(),
                self.mode,
            )),
            "disconnect" => Change::Disconnect(Disconnect {
                folder: PathBuf::new(),
                index_url: self.feed.as_deref().map(index_of),
                configs: match self.mode {
                    ConnectMode::Mine => vec!["home/config.toml".into()],
                    _ => vec![".cargo/config.toml".into(), CI_CONFIG.into()],
                },
                manifests: manifests.packages,
                force: self.force,
            }),
            "add" => Change::Add(AddDependency {
                manifests,
                list: self.list.clone().unwrap_or_default(),
                name,
                rename: self.rename.clone(),
                requirement: self.requirement.clone(),
                registry: self.registry.clone(),
                features: self.features.clone(),
                no_default_features: self.no_default_features,
                optional: self.optional,
            }),
            "update" => Change::Update(UpdateDependency {
                manifests,
                name,
                requirement: self.requirement.clone().unwrap_or_default(),
            }),
            "remove" => Change::Remove(RemoveDependency {
                manifests,
                list: self.list.clone(),
                name,
            }),
            "move" => Change::Move(MoveDependency {
                manifests,
                name,
                registry: self.registry.clone(),
            }),
            "publish" => Change::Publish(PublishTarget {
                manifests,
                registry: self.registry.clone().unwrap_or_default(),
                default_in: self.default_in.clone(),
            }),
            "clear-tokens" => Change::ClearTokens(ClearTokens {
                folder: PathBuf::new(),
                registries: self.registries.clone(),
                files: vec!["home/credentials.toml".into(), "home/config.toml".into()],
            }),
            "set-config" => Change::SetConfig(SetConfig {
                folder: PathBuf::new(),
                file: self.file.clone().unwrap_or(".cargo/config.toml".into()),
                key: self.key.clone().unwrap_or_default(),
                to: self.to.clone(),
            }),
            "provider" => Change::Provider(ProviderUse {
                folder: PathBuf::new(),
                user_config: "home/config.toml".into(),
                provider: "/opt/granary home/bin/provider".into(),
                is_used: self.is_used == Some(true),
            }),
            other => panic!("there is no change `{other}`"),
        }
    }
}

fn read_folder(folder: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let name = path.strip_prefix(folder).unwrap().to_owned();
                    files.insert(name, std::fs::read_to_string(&path).unwrap());
                }
            }
        }
    }
    files
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut folders = entries.filter(|path| path.is_dir()).collect::<Vec<_>>();
    folders.sort();
    folders
}

/// What is wrong with a shape; nothing if it is as it should be.
fn fault_of(shape: &Path) -> Option<String> {
    let own = shape.join("change.toml");
    let asked = if own.is_file() {
        own
    } else {
        shape.parent()?.join("change.toml")
    };
    let asked = toml::from_str::<Asked>(&std::fs::read_to_string(asked).unwrap()).unwrap();
    let change = asked.change();
    let before = read_folder(&shape.join("in"));
    let plan = match planned(&change, &before) {
        Ok(plan) => plan,
        Err(error) => {
            let expected = std::fs::read_to_string(shape.join("refused.txt")).unwrap_or_default();
            return (error.to_string() != expected.trim_end()).then(|| format!("refused: {error}"));
        }
    };
    let after = applied(&plan, &before);
    let expected = read_folder(&shape.join("out"));
    if after != expected {
        let names = after
            .keys()
            .chain(expected.keys())
            .collect::<std::collections::BTreeSet<_>>();
        let diff = |name: &PathBuf| {
            let (expected, after) = (expected.get(name), after.get(name));
            let text = |text: Option<&String>| {
                text.map(|text| text.escape_debug().to_string().replace("\\n", "\\n\n"))
            };
            let (expected, after) = (
                text(expected).unwrap_or_default(),
                text(after).unwrap_or_default(),
            );
            let diff = similar::TextDiff::from_lines(&expected, &after);
            diff.unified_diff()
                .header("expected", &name.to_string_lossy())
                .to_string()
        };
        return Some(names.into_iter().map(diff).collect());
    }
    match planned(&change, &after) {
        Ok(again) if again.files.is_empty() => None,
        // What is gone cannot be taken out once more.
        Err(Error::NoDependency { .. }) if matches!(change, Change::Remove(_)) => None,
        again => Some(format!("a second time it changes {again:?}")),
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "how many shapes there are is worth knowing")]
fn every_shape_is_edited_as_its_author_would() {
    let edits = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/edits");
    let shapes = folders_in(&edits)
        .iter()
        .flat_map(|change| folders_in(change))
        .collect::<Vec<_>>();
    let fault = |shape: &PathBuf| {
        Some(format!(
            "{}\n{}",
            shape.strip_prefix(&edits).unwrap().display(),
            fault_of(shape)?
        ))
    };
    let faults = shapes.iter().filter_map(fault).collect::<Vec<_>>();
    println!("{} shapes", shapes.len());
    assert!(
        faults.is_empty(),
        "{} of {}:\n{}",
        faults.len(),
        shapes.len(),
        faults.join("\n")
    );
    assert!(shapes.len() >= 60, "{} shapes", shapes.len());
}
