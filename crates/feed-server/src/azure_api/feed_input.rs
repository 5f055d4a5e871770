//! What clients say about a feed, and what Azure lets a feed be.
//!
//! **Invariant:** pure; a field we cannot honour is refused, never dropped in silence.

use serde_json::Value;
use tame_index::index::sparse::CRATES_IO_HTTP_INDEX;

use crate::refusal::Refusal;
use crate::storage::{FeedChange, NewFeed, NewInternal, NewUpstream};
use crate::upstream::plain_address;

const LONGEST_NAME: usize = 64;
const LONGEST_DESCRIPTION: usize = 255;
const FORBIDDEN: [char; 23] = [
    '@', '~', ';', '{', '}', '\\', '+', '=', '<', '>', '|', '/', '?', ':', '&', '$', '*', '"', '#', '[', ']',
    '\0', '\u{7f}',
];

/// Reads the body of a create; `owner` is the one identity whose role is not for anybody to set.
pub(super) fn new_feed(body: &Value, owner: &str) -> Result<NewFeed, Refusal> {
    let change = feed_change(body)?;
    let name = change
        .name
        .ok_or_else(|| Refusal::bad_request("A feed needs a name."))?;
    Ok(NewFeed {
        name,
        description: change.description.flatten(),
        upstream_enabled: change.upstream_enabled.unwrap_or(true),
        hide_deleted: change.hide_deleted.unwrap_or(true),
        badges: change.badges.unwrap_or(false),
        upstreams: change.upstreams.unwrap_or_default(),
        permissions: match &body["permissions"] {
            Value::Null => Vec::new(),
            Value::Array(wanted) => super::permissions::wanted(wanted, owner)?,
            _ => return Err(Refusal::bad_request("`permissions` is not a list.")),
        },
    })
}

/// Reads the body of an update.
pub(super) fn feed_update(body: &Value) -> Result<FeedChange, Refusal> {
    refuse_mixed(body)?;
    feed_change(body)
}

fn feed_change(body: &Value) -> Result<FeedChange, Refusal> {
    let upstreams = match &body["upstreamSources"] {
        Value::Null => None,
        Value::Array(sources) => Some(upstreams(sources)?),
        _ => return Err(Refusal::bad_request("`upstreamSources` is not a list.")),
    };
    Ok(FeedChange {
        name: text(body, "name")?
            .map(|name| plain_name("feed", "InvalidFeedNameException", name))
            .transpose()?,
        description: text(body, "description")?.map(description).transpose()?,
        upstream_enabled: boolean(body, "upstreamEnabled")?,
        hide_deleted: boolean(body, "hideDeletedPackageVersions")?,
        badges: boolean(body, "badgesEnabled")?,
        name_conflicts: boolean(body, "allowUpstreamNameConflict")?,
        enabled: boolean(body, "isEnabled")?,
        upstreams,
        // A view can be looked up only where the feed is at hand.
        default_view: None,
    })
}

/// A feed is enabled or disabled by a change that changes nothing else.
fn refuse_mixed(body: &Value) -> Result<(), Refusal> {
    let mut said = body.as_object().into_iter().flatten();
    let mixed = said.any(|(key, value)| !matches!(key.as_str(), "isEnabled" | "id") && !value.is_null());
    if mixed && !body["isEnabled"].is_null() {
        return Err(Refusal::bad_request(
            "A request that enables or disables a feed can change nothing else; send `isEnabled` alone.",
        ));
    }
    Ok(())
}

/// A name that can stand in a path and before or after an `@`: a feed's or a view's.
pub(super) fn plain_name(what: &str, type_key: &'static str, name: &str) -> Result<String, Refusal> {
    let wrong = if name.is_empty() || name.chars().count() > LONGEST_NAME {
        Some("it must have 1 to 64 characters")
    } else if name.contains(char::is_whitespace) || name.contains(char::is_control) {
        Some("it must not contain blanks")
    } else if name.starts_with(['_', '.']) {
        Some("it must not start with `_` or `.`")
    } else if name.ends_with('.') {
        Some("it must not end with `.`")
    } else if name.contains(FORBIDDEN) {
        Some("it must not contain any of @ ~ ; { } \\ + = < > | / ? : & $ * \" # [ ]")
    } else {
        None
    };
    match wrong {
        None => Ok(name.to_owned()),
        Some(reason) => {
            let shown: String = name.chars().take(LONGEST_NAME + 1).collect();
            Err(Refusal::new(
                axum::http::StatusCode::BAD_REQUEST,
                type_key,
                format!(
                    "The {what} name '{}' is not possible: {reason}.",
                    shown.escape_debug()
                ),
            ))
        }
    }
}

fn description(text: &str) -> Result<Option<String>, Refusal> {
    if text.chars().count() > LONGEST_DESCRIPTION {
        return Err(Refusal::bad_request(
            "A feed's description has at most 255 characters.",
        ));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn upstreams(sources: &[Value]) -> Result<Vec<NewUpstream>, Refusal> {
    let mut wanted = Vec::new();
    for source in sources.iter().filter(|source| source["deletedDate"].is_null()) {
        wanted.push(upstream(source)?);
    }
    for (index, one) in wanted.iter().enumerate() {
        let same = |other: &NewUpstream| {
            one.internal.as_ref().map(|one| &one.feed) == other.internal.as_ref().map(|other| &other.feed)
        };
        if wanted[..index].iter().any(same) {
            return Err(Refusal::bad_request(format!(
                "The upstream '{}' is named twice; name each once.",
                one.name
            )));
        }
    }
    Ok(wanted)
}

fn upstream(source: &Value) -> Result<NewUpstream, Refusal> {
    let said = |key: &str| text(source, key).map(|text| text.unwrap_or_default().to_owned());
    let name: String = said("name")?.chars().take(LONGEST_DESCRIPTION).collect();
    let is_internal = match text(source, "upstreamSourceType")? {
        Some(kind) => one_of("upstreamSourceType", &["public", "internal"], kind)? == "internal",
        None => source["internalUpstreamFeedId"].is_string(),
    };
    if !said("protocol")?.eq_ignore_ascii_case(super::wire::PROTOCOL) {
        return Err(Refusal::bad_request(format!(
            "The upstream '{name}' does not speak Cargo's protocol; feeds on this computer hold crates only."
        )));
    }
    let id = text(source, "id")?.map(str::to_ascii_lowercase);
    if is_internal {
        return Ok(NewUpstream {
            id,
            internal: Some(internal(source, &name)?),
            name,
            location: String::new(),
            display_location: String::new(),
        });
    }
    let location = said("location")?;
    if plain_address(&location) != plain_address(CRATES_IO_HTTP_INDEX) {
        return Err(Refusal::bad_request(format!(
            "The upstream '{name}' is not crates.io, the only public registry a feed can have upstream."
        )));
    }
    let location = location.strip_prefix("sparse+").unwrap_or(&location).to_owned();
    Ok(NewUpstream {
        id,
        name: if name.is_empty() {
            "crates.io".to_owned()
        } else {
            name
        },
        display_location: text(source, "displayLocation")?.unwrap_or(&location).to_owned(),
        location,
        internal: None,
    })
}

fn internal(source: &Value, name: &str) -> Result<NewInternal, Refusal> {
    let id = |key: &str| Ok::<_, Refusal>(text(source, key)?.map(str::to_ascii_lowercase));
    let feed = id("internalUpstreamFeedId")?.ok_or_else(|| {
        Refusal::bad_request(format!(
            "The upstream '{name}' is another feed; say which by `internalUpstreamFeedId`."
        ))
    })?;
    Ok(NewInternal {
        feed,
        view: id("internalUpstreamViewId")?,
    })
}

pub(super) fn text<'a>(value: &'a Value, key: &str) -> Result<Option<&'a str>, Refusal> {
    match &value[key] {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        _ => Err(Refusal::bad_request(format!("`{key}` is not a text."))),
    }
}

/// The one of some values that is meant, whatever its capitals.
pub(super) fn one_of(key: &str, known: &[&'static str], wanted: &str) -> Result<&'static str, Refusal> {
    let found = known.iter().find(|known| known.eq_ignore_ascii_case(wanted));
    found.copied().ok_or_else(|| {
        let shown: String = wanted.chars().take(40).collect();
        Refusal::bad_request(format!(
            "`{key}` cannot be '{shown}'; it is one of {}.",
            known.join(", ")
        ))
    })
}

pub(super) fn boolean(value: &Value, key: &str) -> Result<Option<bool>, Refusal> {
    match &value[key] {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(*flag)),
        _ => Err(Refusal::bad_request(format!(
            "`{key}` is neither true nor false."
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check_name(name: &str, good: bool) {
        assert_eq!(
            new_feed(&json!({ "name": name }), "owner").is_ok(),
            good,
            "{name:?}"
        );
    }

    #[test]
    fn names() {
        for good in ["a", "my-feed", "1.2!x'(%)", "föd", &"x".repeat(64)] {
            check_name(good, true);
        }
        for bad in [
            "", " ", "a b", "_a", ".a", "a.", "a@b", "a/b", "a\\b", "a:b", "a#b", "a\nb", "a\"b",
        ] {
            check_name(bad, false);
        }
        check_name(&"x".repeat(65), false);
        assert!(new_feed(&json!({}), "owner").is_err() && new_feed(&json!({ "name": 1 }), "owner").is_err());
    }

    fn check_upstream(changed: Value, good: bool) {
        let location = plain_address(CRATES_IO_HTTP_INDEX);
        let mut source = json!({ "name": "crates.io", "protocol": "cargo", "location": format!("{location}/"),
                                 "upstreamSourceType": "public" });
        for (key, value) in changed.as_object().unwrap() {
            source[key] = value.clone();
        }
        let feed = new_feed(&json!({ "name": "a", "upstreamSources": [source] }), "owner");
        assert_eq!(feed.is_ok(), good, "{changed}");
    }

    #[test]
    fn upstream_sources() {
        check_upstream(json!({}), true);
        check_upstream(json!({ "location": CRATES_IO_HTTP_INDEX }), true);
        check_upstream(json!({ "protocol": "npm" }), false);
        check_upstream(json!({ "location": "http://elsewhere.test/" }), false);
        check_upstream(json!({ "upstreamSourceType": "internal" }), false);
        check_upstream(
            json!({ "upstreamSourceType": "INTERNAL", "internalUpstreamFeedId": "f" }),
            true,
        );
        check_upstream(json!({ "upstreamSourceType": "borrowed" }), false);
        check_upstream(json!({ "location": null }), false);
    }
}
