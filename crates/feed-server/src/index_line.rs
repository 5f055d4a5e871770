//! The lines of an index file: one made for a publish, and held lines merged with upstream's.
//!
//! **Invariant:** a held line's digest is never replaced by upstream's; a version has the bytes it was saved with.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::publish_metadata::{Metadata, MetadataDependency};
use crate::sources::Offer;
use crate::storage::{CrateRecord, VersionRecord};

/// A line as cargo's registry index defines it.
#[derive(Debug, Serialize)]
struct Line<'a> {
    name: &'a str,
    vers: String,
    deps: Vec<Dependency<'a>>,
    cksum: &'a str,
    features: BTreeMap<&'a str, &'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    features2: Option<BTreeMap<&'a str, &'a [String]>>,
    yanked: bool,
    links: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rust_version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    v: Option<u32>,
}

#[derive(Debug, Serialize)]
struct Dependency<'a> {
    name: &'a str,
    req: &'a str,
    features: &'a [String],
    optional: bool,
    default_features: bool,
    target: Option<&'a str>,
    kind: &'a str,
    registry: Option<&'a str>,
    package: Option<&'a str>,
}

impl<'a> From<&'a MetadataDependency> for Dependency<'a> {
    fn from(dependency: &'a MetadataDependency) -> Self {
        // A publish names the crate and, apart, the name it goes by in the manifest; the index has it the other way round.
        let (name, package) = match dependency.explicit_name_in_toml.as_deref() {
            Some(alias) => (alias, Some(dependency.name.as_str())),
            None => (dependency.name.as_str(), None),
        };
        Self {
            name,
            req: &dependency.version_req,
            features: &dependency.features,
            optional: dependency.optional,
            default_features: dependency.default_features,
            target: dependency.target.as_deref(),
            kind: dependency.kind.as_str(),
            registry: dependency.registry.as_deref(),
            package,
        }
    }
}

/// The line of a version just published.
pub(crate) fn published(metadata: &Metadata, digest: &str) -> Result<String, serde_json::Error> {
    // Old cargos would misread the newer syntax, so it stands where they do not look, and `v` tells them to skip the line.
    let is_newer = |value: &String| value.starts_with("dep:") || value.contains("?/");
    let (newer, plain): (BTreeMap<_, _>, BTreeMap<_, _>) = metadata
        .features
        .iter()
        .map(|(name, values)| (name.as_str(), values.as_slice()))
        .partition(|(_, values)| values.iter().any(is_newer));
    let newer = (!newer.is_empty()).then_some(newer);
    serde_json::to_string(&Line {
        name: &metadata.name,
        vers: metadata.vers.to_string(),
        deps: metadata.deps.iter().map(Dependency::from).collect(),
        cksum: digest,
        features: plain,
        v: newer.as_ref().map(|_| 2),
        features2: newer,
        yanked: false,
        links: metadata.links.as_deref(),
        rust_version: metadata.rust_version.as_deref(),
    })
}

/// What we need to know of a line that somebody else wrote.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub(crate) struct Glance {
    pub(crate) name: String,
    pub(crate) vers: String,
    pub(crate) cksum: String,
    #[serde(default)]
    pub(crate) yanked: bool,
}

/// The lines of an upstream index file with what they say; a line that says nothing we know is left out.
pub(crate) fn glance(text: &str) -> impl Iterator<Item = (&str, Glance)> {
    text.lines()
        .filter_map(|line| Some((line, serde_json::from_str(line).ok()?)))
}

/// An index file put together, and the held versions that upstream has yanked or unyanked since.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Merged {
    pub(crate) text: String,
    pub(crate) yank_news: Vec<(String, bool)>,
}

/// Puts an index file together from what the feed holds and what its upstreams offer, the first of which wins.
pub(crate) fn merge(held: Option<&CrateRecord>, offers: &[Offer]) -> Merged {
    let mut merged = Merged::default();
    let versions = held.map(|held| held.versions.as_slice()).unwrap_or_default();
    let by_number: HashMap<&str, &VersionRecord> = versions
        .iter()
        .map(|version| (version.version.as_str(), version))
        .collect();
    let mut shown = HashSet::new();
    let deleted = |version: &str| held.is_some_and(|held| held.has_deleted(version));
    for offer in offers {
        for (line, glance) in glance(&offer.text) {
            match by_number.get(glance.vers.as_str()) {
                Some(version) if version.upstream.as_ref() == Some(&offer.source) => {
                    if version.upstream_yanked != glance.yanked {
                        merged.yank_news.push((version.id.clone(), glance.yanked));
                    }
                    if shown.insert(glance.vers) {
                        merged.push(&with_yanked(&version.line, version.yanked || glance.yanked));
                    }
                }
                Some(_) => {}
                None if deleted(&glance.vers) => {}
                None => {
                    if shown.insert(glance.vers) {
                        merged.push(line);
                    }
                }
            }
        }
    }
    for version in versions
        .iter()
        .filter(|version| !shown.contains(&version.version))
    {
        merged.push(&with_yanked(&version.line, version.is_yanked()));
    }
    merged
}

impl Merged {
    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

fn with_yanked(line: &str, yanked: bool) -> String {
    match serde_json::from_str::<Value>(line) {
        Ok(Value::Object(mut fields)) => {
            if fields.get("yanked").and_then(Value::as_bool).unwrap_or(false) == yanked {
                return line.to_owned();
            }
            fields.insert("yanked".to_owned(), Value::Bool(yanked));
            Value::Object(fields).to_string()
        }
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(metadata: Value, expected: Value) {
        let metadata = Metadata::parse(metadata.to_string().as_bytes()).unwrap();
        let line: Value = serde_json::from_str(&published(&metadata, "00").unwrap()).unwrap();
        assert_eq!(line, expected);
    }

    #[test]
    fn a_plain_publish() {
        check(
            json!({"name": "a", "vers": "1.0.0", "deps": [], "features": {"x": []}}),
            json!({"name": "a", "vers": "1.0.0", "deps": [], "cksum": "00", "features": {"x": []},
                   "yanked": false, "links": null}),
        );
    }

    #[test]
    fn renamed_dependencies_newer_features_and_registries() {
        let crates_io = tame_index::index::git::CRATES_IO_INDEX;
        check(
            json!({"name": "a", "vers": "1.0.0+build", "links": "z", "rust_version": "1.70",
                   "deps": [{"name": "serde", "version_req": "^1", "features": ["derive"], "optional": true,
                             "default_features": false, "target": "cfg(unix)", "kind": "normal",
                             "registry": crates_io, "explicit_name_in_toml": "alias"},
                            {"name": "own", "version_req": "=2.0.0", "features": [], "optional": false,
                             "default_features": true, "target": null, "kind": "dev"}],
                   "features": {"old": ["alias/derive"], "new": ["dep:alias"], "weak": ["alias?/derive"]}}),
            json!({"name": "a", "vers": "1.0.0+build", "cksum": "00", "yanked": false, "links": "z",
                   "rust_version": "1.70", "v": 2,
                   "deps": [{"name": "alias", "req": "^1", "features": ["derive"], "optional": true,
                             "default_features": false, "target": "cfg(unix)", "kind": "normal",
                             "registry": crates_io, "package": "serde"},
                            {"name": "own", "req": "=2.0.0", "features": [], "optional": false,
                             "default_features": true, "target": null, "kind": "dev",
                             "registry": null, "package": null}],
                   "features": {"old": ["alias/derive"]},
                   "features2": {"new": ["dep:alias"], "weak": ["alias?/derive"]}}),
        );
    }

    fn line(version: &str, digest: &str, yanked: bool) -> String {
        json!({"name": "a", "vers": version, "deps": [], "cksum": digest, "features": {}, "yanked": yanked})
            .to_string()
    }

    fn held(version: &str, upstream: Option<&str>) -> VersionRecord {
        VersionRecord {
            id: format!("id-{version}"),
            version: version.to_owned(),
            digest: "held".to_owned(),
            size: 1,
            line: line(version, "held", false),
            yanked: false,
            upstream_yanked: false,
            upstream: upstream.map(str::to_owned),
            saved_at: String::new(),
            description: None,
            authors: None,
            keywords: None,
            promoted: Vec::new(),
            deleted_at: None,
            purged_at: None,
            chain: None,
        }
    }

    fn shown(merged: &Merged) -> Vec<(String, String, bool)> {
        glance(&merged.text)
            .map(|(_, glance)| (glance.vers, glance.cksum, glance.yanked))
            .collect()
    }

    #[test]
    fn merging() {
        let offer = |source: &str, text: &str| Offer {
            source: source.to_owned(),
            text: text.into(),
        };
        let upstream = format!(
            "{}\nnonsense\n{}\n",
            line("1.0.0", "theirs", true),
            line("2.0.0", "theirs", false)
        );
        let offers = [offer("u", &upstream)];
        let saved = CrateRecord {
            id: "c".to_owned(),
            name: "a".to_owned(),
            allows_external: false,
            versions: vec![held("1.0.0", Some("u")), held("0.9.0", Some("u"))],
            deleted: Vec::new(),
        };
        let merged = merge(Some(&saved), &offers);
        assert_eq!(
            shown(&merged),
            [
                ("1.0.0", "held", true),
                ("2.0.0", "theirs", false),
                ("0.9.0", "held", false)
            ]
            .map(|(version, digest, yanked)| (version.to_owned(), digest.to_owned(), yanked))
        );
        assert_eq!(merged.yank_news, [("id-1.0.0".to_owned(), true)]);

        // Another upstream's yank is not this version's, and the first to offer a version wins.
        let other = format!(
            "{}\n{}\n",
            line("0.9.0", "other", true),
            line("2.0.0", "other", false)
        );
        let both = [offer("v", &other), offer("u", &upstream)];
        let merged = merge(Some(&saved), &both);
        let lines: Vec<_> = shown(&merged)
            .into_iter()
            .map(|(version, digest, yanked)| format!("{version} {digest} {yanked}"))
            .collect();
        assert_eq!(
            lines,
            ["2.0.0 other false", "1.0.0 held true", "0.9.0 held false"]
        );

        let mut without = saved.clone();
        without.deleted.push(held("2.0.0", Some("u")));
        assert_eq!(shown(&merge(Some(&without), &offers)).len(), 2);
        assert_eq!(merge(None, &[]), Merged::default());

        let mut ours = saved;
        ours.versions.push(held("2.0.0", None));
        assert!(
            shown(&merge(Some(&ours), &offers))
                .iter()
                .all(|(_, digest, _)| digest == "held")
        );
    }
}
