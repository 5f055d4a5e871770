//! Which version of an API a request asks for, and whether there is one.
//!
//! **Invariant:** the answer's shape does not depend on the version, but for one field that only the newest knows.

use axum::http::{StatusCode, header};

use crate::dispatch::Asked;
use crate::refusal::Refusal;

/// The newest released version, and the newest there is.
const RELEASED: (u32, u32) = (7, 1);
const NEWEST: (u32, u32) = (7, 2);

/// How far an API has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Release {
    Released,
    /// Never released: a version needs its `-preview`.
    Preview,
    /// As `Preview`, and there only in the newest version.
    NewestPreview,
    /// Not versioned.
    Any,
}

/// The version to echo, if the one asked for exists.
pub(super) fn negotiate(asked: &Asked, release: Release) -> Result<String, Refusal> {
    choose(wanted(asked).as_deref(), release)
}

/// Whether the newest version is asked for, which has a field more.
pub(super) fn is_newest(asked: &Asked) -> bool {
    let newest = format!("{}.{}", NEWEST.0, NEWEST.1);
    wanted(asked).is_some_and(|wanted| wanted.split('-').next() == Some(&newest))
}

fn wanted(asked: &Asked) -> Option<String> {
    asked.parameter("api-version").or_else(|| {
        let accept = asked.headers.get(header::ACCEPT)?.to_str().ok()?;
        let parameter = accept
            .split([';', ','])
            .find_map(|part| part.trim().strip_prefix("api-version="))?;
        Some(parameter.to_owned())
    })
}

fn choose(wanted: Option<&str>, release: Release) -> Result<String, Refusal> {
    let Some(wanted) = wanted else {
        let (major, minor) = RELEASED;
        return Ok(match release {
            Release::NewestPreview => format!("{}.{}-preview.1", NEWEST.0, NEWEST.1),
            Release::Preview => format!("{major}.{minor}-preview.1"),
            _ => format!("{major}.{minor}"),
        });
    };
    let (number, preview) = match wanted.split_once('-') {
        Some((number, suffix)) => (number, Some(suffix)),
        None => (wanted, None),
    };
    let parsed = number
        .split_once('.')
        .and_then(|(major, minor)| Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?)));
    let suffix_good = preview.is_none_or(|suffix| {
        suffix.strip_prefix("preview").is_some_and(|rest| {
            rest.is_empty()
                || rest
                    .strip_prefix('.')
                    .is_some_and(|number| number.parse::<u32>().is_ok())
        })
    });
    let shown: String = wanted.chars().take(40).collect();
    let Some(version) = parsed.filter(|_| suffix_good) else {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "VssInvalidApiResourceVersionException",
            format!("The api-version '{shown}' is not a version such as '7.1' or '7.1-preview.1'."),
        ));
    };
    if release == Release::Any {
        return Ok(shown);
    }
    if version > NEWEST {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "VssVersionOutOfRangeException",
            format!(
                "The api-version '{shown}' is newer than the newest there is, '{}.{}'.",
                NEWEST.0, NEWEST.1
            ),
        ));
    }
    if release == Release::NewestPreview && version < NEWEST {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "VssVersionOutOfRangeException",
            format!(
                "The api-version '{shown}' is older than the oldest there is, '{}.{}-preview.1'.",
                NEWEST.0, NEWEST.1
            ),
        ));
    }
    if preview.is_none() && (release != Release::Released || version > RELEASED) {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "VssInvalidPreviewVersionException",
            format!(
                "The requested version \"{shown}\" of the resource is under preview. \
                 The -preview flag must be supplied in the api-version for such requests."
            ),
        ));
    }
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wanted: Option<&str>, release: Release, expected: Result<&str, &str>) {
        let chosen = choose(wanted, release).map_err(|refusal| refusal.to_string());
        match (&chosen, expected) {
            (Ok(chosen), Ok(expected)) => assert_eq!(chosen, expected),
            (Err(chosen), Err(expected)) => assert!(chosen.contains(expected), "{chosen}"),
            _ => panic!("{wanted:?} {release:?}: {chosen:?}"),
        }
    }

    #[test]
    fn versions() {
        check(None, Release::Released, Ok("7.1"));
        check(None, Release::Preview, Ok("7.1-preview.1"));
        for good in ["5.0", "7.1", "7.1-preview", "7.1-preview.1", "7.2-preview.1"] {
            check(Some(good), Release::Released, Ok(good));
        }
        check(Some("7.2"), Release::Released, Err("under preview"));
        check(Some("7.1"), Release::Preview, Err("under preview"));
        check(Some("7.1-preview.1"), Release::Preview, Ok("7.1-preview.1"));
        check(None, Release::NewestPreview, Ok("7.2-preview.1"));
        check(Some("7.2-preview.1"), Release::NewestPreview, Ok("7.2-preview.1"));
        check(Some("7.2"), Release::NewestPreview, Err("under preview"));
        check(Some("7.1-preview.1"), Release::NewestPreview, Err("older than"));
        check(Some("8.0"), Release::Released, Err("newer than"));
        for bad in ["", "7", "seven", "7.1-beta", "7.1-preview.x"] {
            check(Some(bad), Release::Released, Err("is not a version"));
        }
    }
}
