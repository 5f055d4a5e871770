//! What a crate's row shows, worked out from its versions.
//!
//! **Invariant**: pure.

use semver::Version;

use super::source::bit;

/// What counts of a version for its crate's row.
#[derive(Debug, Clone)]
pub(super) struct VersionRow {
    pub(super) version: String,
    pub(super) guid: String,
    pub(super) published: Option<i64>,
    pub(super) origin: i64,
    pub(super) source: Option<String>,
    pub(super) yanked: Option<bool>,
    /// Between bars, as `|Prerelease|Release|`.
    pub(super) views: String,
}

/// What a crate's row shows.
#[derive(Debug)]
pub(super) struct Summary {
    pub(super) latest: VersionRow,
    pub(super) origins: i64,
    pub(super) version_count: i64,
    pub(super) any_yanked: bool,
    pub(super) views: String,
}

impl Summary {
    /// None of no version.
    pub(super) fn of(versions: &[VersionRow]) -> Option<Self> {
        let latest = versions.iter().max_by_key(|version| rank(version))?;
        let mut views = versions
            .iter()
            .flat_map(|version| version.views.split('|'))
            .filter(|view| !view.is_empty())
            .collect::<Vec<_>>();
        views.sort_unstable();
        views.dedup();
        Some(Self {
            latest: latest.clone(),
            origins: versions
                .iter()
                .fold(0, |bits, version| bits | bit(version.origin)),
            version_count: i64::try_from(versions.len()).unwrap_or(i64::MAX),
            any_yanked: versions.iter().any(|version| version.yanked == Some(true)),
            views: between_bars(&views),
        })
    }
}

/// Names as they are looked for in one text.
pub(super) fn between_bars(names: &[impl AsRef<str>]) -> String {
    let names = names
        .iter()
        .map(|name| format!("{}|", name.as_ref().replace('|', " ")));
    let joined = names.collect::<String>();
    if joined.is_empty() {
        joined
    } else {
        format!("|{joined}")
    }
}

/// Not yanked before yanked, release before pre-release, then by number.
fn rank(version: &VersionRow) -> (bool, bool, Option<Version>) {
    let number = Version::parse(&version.version).ok();
    let release = number.as_ref().is_some_and(|number| number.pre.is_empty());
    (version.yanked != Some(true), release, number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(version: &str, origin: i64, yanked: Option<bool>, views: &str) -> VersionRow {
        VersionRow {
            version: version.to_owned(),
            guid: String::new(),
            published: None,
            origin,
            source: None,
            yanked,
            views: views.to_owned(),
        }
    }

    #[test]
    fn the_latest_is_a_release_that_is_not_yanked_where_there_is_one() {
        let check = |versions: &[(&str, Option<bool>)], latest: &str| {
            let rows = versions
                .iter()
                .map(|(number, yanked)| version(number, 0, *yanked, ""));
            let summary = Summary::of(&rows.collect::<Vec<_>>()).unwrap();
            assert_eq!(summary.latest.version, latest);
        };
        check(&[("1.9.0", None), ("1.10.0", Some(false))], "1.10.0");
        check(&[("1.0.0", None), ("2.0.0-rc.1", None)], "1.0.0");
        check(&[("1.0.0", None), ("2.0.0", Some(true))], "1.0.0");
        check(&[("1.0.0", Some(true)), ("0.9.0", Some(true))], "1.0.0");
        check(&[("no number", None), ("0.1.0-a", None)], "0.1.0-a");
        assert!(Summary::of(&[]).is_none());
    }

    #[test]
    fn a_crate_may_have_several_origins_and_views() {
        let versions = [
            version("1.0.0", 0, None, "|Release|"),
            version("2.0.0", 1, Some(true), "|Prerelease|Release|"),
        ];
        let summary = Summary::of(&versions).unwrap();
        assert_eq!((summary.origins, summary.any_yanked), (0b11, true));
        assert_eq!(summary.views, "|Prerelease|Release|");
    }
}
