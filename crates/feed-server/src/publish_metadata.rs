//! The metadata cargo sends with a crate, and what must be true of it.
//!
//! **Invariant:** pure; what the feed already holds is asked elsewhere.

use std::collections::{BTreeMap, HashSet};

use semver::{Version, VersionReq};
use serde::Deserialize;

use crate::crate_name::{self, NameError};

/// Bounds crates.io does not need to say but a parser does.
const MOST_DEPENDENCIES: usize = 2000;
const MOST_FEATURES: usize = 5000;
const MOST_FEATURE_VALUES: usize = 50_000;

/// What is wrong with a publish's metadata.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MetadataError {
    #[error("the metadata is not what cargo sends: {0}")]
    Shape(#[from] serde_json::Error),
    #[error(transparent)]
    Name(#[from] NameError),
    #[error("the dependency `{dependency}` is not possible: {reason}")]
    Dependency { dependency: String, reason: String },
    #[error("the feature `{feature}` is not possible: {reason}")]
    Feature { feature: String, reason: String },
    #[error("there are more than {most} {what}")]
    TooMany { what: &'static str, most: usize },
}

/// The part of cargo's publish metadata that is kept.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) name: String,
    pub(crate) vers: Version,
    #[serde(default)]
    pub(crate) deps: Vec<MetadataDependency>,
    #[serde(default)]
    pub(crate) features: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(crate) authors: Vec<String>,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) keywords: Vec<String>,
    #[serde(default)]
    pub(crate) links: Option<String>,
    #[serde(default)]
    pub(crate) rust_version: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct MetadataDependency {
    pub(crate) name: String,
    pub(crate) version_req: String,
    #[serde(default)]
    pub(crate) features: Vec<String>,
    #[serde(default)]
    pub(crate) optional: bool,
    #[serde(default = "yes")]
    pub(crate) default_features: bool,
    #[serde(default)]
    pub(crate) target: Option<String>,
    #[serde(default)]
    pub(crate) kind: DependencyKind,
    #[serde(default)]
    pub(crate) registry: Option<String>,
    #[serde(default)]
    pub(crate) explicit_name_in_toml: Option<String>,
    #[serde(default)]
    artifact: Option<serde_json::Value>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DependencyKind {
    #[default]
    Normal,
    Dev,
    Build,
}

impl DependencyKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Dev => "dev",
            Self::Build => "build",
        }
    }
}

fn yes() -> bool {
    true
}

impl Metadata {
    /// Reads and checks the metadata of a publish.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, MetadataError> {
        let metadata: Self = serde_json::from_slice(json)?;
        crate_name::check(&metadata.name)?;
        metadata.check_dependencies()?;
        metadata.check_features()?;
        Ok(metadata)
    }

    fn check_dependencies(&self) -> Result<(), MetadataError> {
        bounded("dependencies", self.deps.len(), MOST_DEPENDENCIES)?;
        for dependency in &self.deps {
            let wrong = |reason: String| MetadataError::Dependency {
                dependency: dependency.name.chars().take(64).collect(),
                reason,
            };
            crate_name::check(&dependency.name).map_err(|failure| wrong(failure.to_string()))?;
            if let Some(alias) = &dependency.explicit_name_in_toml {
                crate_name::check(alias).map_err(|failure| wrong(failure.to_string()))?;
            }
            VersionReq::parse(&dependency.version_req)
                .map_err(|failure| wrong(format!("`{}`: {failure}", dependency.version_req)))?;
            for feature in &dependency.features {
                // `dep/feature` was once let through by cargo and still occurs.
                if !feature.split('/').all(is_feature_name) {
                    return Err(wrong(format!("`{feature}` is not a feature name")));
                }
            }
            if let Some(registry) = &dependency.registry {
                let address = registry.strip_prefix("sparse+").unwrap_or(registry);
                url::Url::parse(address).map_err(|failure| wrong(format!("its registry: {failure}")))?;
            }
            if dependency
                .artifact
                .as_ref()
                .is_some_and(|artifact| !artifact.is_null())
            {
                return Err(wrong("artifact dependencies are not supported".to_owned()));
            }
        }
        Ok(())
    }

    fn check_features(&self) -> Result<(), MetadataError> {
        bounded("features", self.features.len(), MOST_FEATURES)?;
        let values = self.features.values().map(Vec::len).sum();
        bounded("features within features", values, MOST_FEATURE_VALUES)?;
        let named = |dependency: &MetadataDependency| {
            dependency
                .explicit_name_in_toml
                .clone()
                .unwrap_or_else(|| dependency.name.clone())
        };
        let all: HashSet<String> = self.deps.iter().map(named).collect();
        let optional: HashSet<String> = self.deps.iter().filter(|dep| dep.optional).map(named).collect();
        for (feature, values) in &self.features {
            let wrong = |reason: String| MetadataError::Feature {
                feature: feature.chars().take(64).collect(),
                reason,
            };
            if !is_feature_name(feature) {
                return Err(wrong("its name is not a feature name".to_owned()));
            }
            for value in values {
                // Cargo skips a version whose features point nowhere, so nobody could use it.
                let (points, to) = match (value.strip_prefix("dep:"), value.split_once('/')) {
                    (Some(dependency), _) => (optional.contains(dependency), "an optional dependency"),
                    (None, Some((dependency, inner))) => {
                        let known = match dependency.strip_suffix('?') {
                            Some(dependency) => optional.contains(dependency),
                            None => all.contains(dependency),
                        };
                        (known && is_feature_name(inner), "a feature of a dependency")
                    }
                    (None, None) => (
                        self.features.contains_key(value) || optional.contains(value),
                        "a feature",
                    ),
                };
                if !points {
                    let shown: String = value.chars().take(64).collect();
                    return Err(wrong(format!("`{shown}` does not name {to}")));
                }
            }
        }
        Ok(())
    }
}

fn bounded(what: &'static str, count: usize, most: usize) -> Result<(), MetadataError> {
    if count > most {
        Err(MetadataError::TooMany { what, most })
    } else {
        Ok(())
    }
}

fn is_feature_name(name: &str) -> bool {
    let starts_well = name.starts_with(|first: char| first.is_alphanumeric() || first == '_');
    starts_well
        && name.len() <= 128
        && name
            .chars()
            .all(|char| char.is_alphanumeric() || matches!(char, '_' | '-' | '+' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(fields: serde_json::Value, good: bool) {
        let mut metadata = json!({"name": "a", "vers": "1.0.0", "deps": [], "features": {}});
        for (key, value) in fields.as_object().unwrap() {
            metadata[key] = value.clone();
        }
        let parsed = Metadata::parse(metadata.to_string().as_bytes());
        assert_eq!(parsed.is_ok(), good, "{fields}: {parsed:?}");
    }

    fn dependency(fields: serde_json::Value) -> serde_json::Value {
        let mut dependency = json!({"name": "d", "version_req": "^1", "features": [], "optional": true,
                                    "default_features": true, "target": null, "kind": "normal"});
        for (key, value) in fields.as_object().unwrap() {
            dependency[key] = value.clone();
        }
        json!([dependency])
    }

    #[test]
    fn names_and_versions() {
        check(json!({}), true);
        for name in ["", "../a", "a/b", "con", "ä"] {
            check(json!({"name": name}), false);
        }
        for version in ["", "1", "1.0", "1.0.0.0", "v1.0.0", "../1.0.0", "1.0.0 "] {
            check(json!({"vers": version}), false);
        }
        check(json!({"vers": "1.0.0-beta.1+build"}), true);
        assert!(Metadata::parse(b"{").is_err() && Metadata::parse(b"[]").is_err());
    }

    #[test]
    fn dependencies() {
        check(json!({"deps": dependency(json!({}))}), true);
        check(json!({"deps": dependency(json!({"name": "../d"}))}), false);
        check(json!({"deps": dependency(json!({"version_req": "one"}))}), false);
        check(json!({"deps": dependency(json!({"kind": "other"}))}), false);
        check(json!({"deps": dependency(json!({"registry": "nowhere"}))}), false);
        check(
            json!({"deps": dependency(json!({"explicit_name_in_toml": "a b"}))}),
            false,
        );
        check(json!({"deps": dependency(json!({"artifact": ["bin"]}))}), false);
    }

    #[test]
    fn features() {
        let with = |features: serde_json::Value| json!({"deps": dependency(json!({})), "features": features});
        check(
            with(json!({"f": ["g", "d", "dep:d", "d/x", "d?/x"], "g": []})),
            true,
        );
        check(with(json!({"f": ["nothing"]})), false);
        check(with(json!({"f": ["dep:nothing"]})), false);
        check(with(json!({"f": ["nothing/x"]})), false);
        check(with(json!({"f /": []})), false);
    }
}
