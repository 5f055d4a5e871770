//! The lines of an index: one JSON object a version.
//!
//! **Invariant**: pure; a line that cannot be read is left out, as cargo leaves it out. Not `tame-index`'s own type: that one
//! forgets which registry a dependency is in.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

/// A version as the index has it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct IndexVersion {
    pub(crate) vers: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(crate) deps: Vec<IndexDependency>,
    #[serde(default)]
    pub(crate) cksum: Option<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    features: BTreeMap<String, Vec<String>>,
    #[serde(default, deserialize_with = "null_is_empty")]
    features2: BTreeMap<String, Vec<String>>,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(crate) yanked: bool,
    #[serde(default)]
    pub(crate) rust_version: Option<String>,
}

/// A dependency as the index has it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct IndexDependency {
    /// What it is called in the sources.
    pub(crate) name: String,
    pub(crate) req: String,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(crate) features: Vec<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(crate) optional: bool,
    #[serde(default = "yes")]
    pub(crate) default_features: bool,
    pub(crate) target: Option<String>,
    pub(crate) kind: Option<String>,
    /// None is the registry the index is of.
    pub(crate) registry: Option<String>,
    /// The crate, where it is called otherwise in the sources.
    pub(crate) package: Option<String>,
}

fn yes() -> bool {
    true
}

fn null_is_empty<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

impl IndexVersion {
    /// All features, those of the newer syntax included.
    pub(crate) fn features(&self) -> BTreeMap<String, Vec<String>> {
        let mut features = self.features.clone();
        features.extend(self.features2.clone());
        features
    }
}

/// The versions an index file tells of.
pub(crate) fn versions(body: &[u8]) -> Vec<IndexVersion> {
    body.split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_cannot_be_read_hides_no_other() {
        let body = br#"{"name":"a","vers":"1.0.0","deps":[{"name":"b","req":"^1","registry":"sparse+http://x/","kind":"dev","package":"c","default_features":false}],"cksum":"00","features":{"x":[]},"features2":{"y":["dep:b"]},"yanked":true}

not json
{"name":"a","vers":"2.0.0","deps":null,"features":null,"v":99,"rust_version":"1.85"}
"#;
        let versions = versions(body);
        assert_eq!(versions.len(), 2);
        assert!(versions[0].yanked && !versions[1].yanked);
        assert_eq!(versions[0].features().into_keys().collect::<Vec<_>>(), ["x", "y"]);
        let dependency = &versions[0].deps[0];
        assert_eq!(dependency.package.as_deref(), Some("c"));
        assert!(!dependency.default_features);
        assert_eq!(versions[1].rust_version.as_deref(), Some("1.85"));
    }
}
