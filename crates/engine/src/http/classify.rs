//! What an answer means: signed out, elsewhere, worth asking again, and in which words it was refused.
//!
//! **Invariant**: pure; sends nothing.

use url::Url;

use super::error::Error;
use super::retry::{Retry, is_passing};
use super::send::{Content, Request};

/// Where a download is, when an answer from `at` says that it is somewhere else; a sign-in page is not.
pub(super) fn redirect(request: &Request, at: &Url, status: u16, location: Option<&str>) -> Option<Url> {
    if request.content != Content::Plain || !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let elsewhere = at.join(location?).ok()?;
    let is_sign_in = elsewhere.path().to_ascii_lowercase().contains("_signin");
    // From afar nobody is sent to what listens on this computer.
    let is_here = credentials::is_loopback(&elsewhere) && credentials::is_loopback(&request.url);
    let is_safe = elsewhere.scheme() == "https" || is_here;
    (is_safe && !is_sign_in).then_some(elsewhere)
}

/// Whether a request that failed so may be sent again.
pub(super) fn may_repeat(request: &Request, error: &Error, retry: &Retry) -> bool {
    match error {
        Error::Refused {
            status: 429 | 503, ..
        } => true,
        Error::Refused { status, .. } | Error::RefusedElsewhere { status, .. } => {
            request.method.is_safe() && is_passing(*status)
        }
        // Who listens to nobody will not listen in a moment either, as a rule.
        Error::Unreachable { source, .. } => {
            request.method.is_safe() && (retry.after_refusal || !source.is_connect())
        }
        Error::TooSlow { .. } => request.method.is_safe(),
        _ => false,
    }
}

/// Whether a wish to be left alone holds for all that is asked of the feed's host: where a file lies is somewhere else.
pub(super) fn speaks_for_all(error: &Error) -> bool {
    !matches!(error, Error::RefusedElsewhere { .. })
}

/// Azure's signed-out page: status 203, a redirect to it, or HTML where JSON was asked for.
pub(super) fn is_sign_in_page(status: u16, content_type: Option<&str>) -> bool {
    let html = content_type.is_some_and(|kind| kind.trim_start().starts_with("text/html"));
    status == 203 || (300..400).contains(&status) || (status < 400 && html)
}

pub(super) fn without_bom(mut body: Vec<u8>) -> Vec<u8> {
    if body.starts_with(b"\xEF\xBB\xBF") {
        body.drain(..3);
    }
    body
}

/// The server's own words, in the shapes Azure and cargo's registries use; bounded, since users read them, and one line, since
/// a log's lines are ours.
pub(super) fn message_in(body: &[u8]) -> Option<String> {
    let json: serde_json::Value = serde_json::from_slice(body).ok()?;
    let text = ["/message", "/value/Message", "/Message", "/errors/0/detail"]
        .iter()
        .find_map(|path| json.pointer(path)?.as_str())?;
    let words = text.split(|sign: char| sign.is_whitespace() || sign.is_control());
    let words = words.filter(|word| !word.is_empty()).collect::<Vec<_>>();
    Some(words.join(" ").chars().take(500).collect())
}

#[cfg(test)]
mod tests {
    use super::super::error::Refusal;
    use super::*;
    use crate::error::Code;

    #[test]
    fn only_a_download_is_sent_on_and_never_from_afar_to_this_computer() {
        let check = |from: &str, content: Content, to: &str, expected: Option<&str>| {
            let url = Url::parse(from).unwrap();
            let request = Request {
                content,
                ..Request::get(url.clone(), "/")
            };
            let sent_on = redirect(&request, &url, 302, Some(to)).map(String::from);
            assert_eq!(sent_on.as_deref(), expected, "{from} to {to}");
            assert_eq!(redirect(&request, &url, 200, Some(to)), None);
        };
        let (afar, here) = ("https://pkgs.example/x", "http://127.0.0.1:9/x");
        let blob = "https://blob.example/x?sig=1";
        check(afar, Content::Plain, blob, Some(blob));
        check(afar, Content::Json, blob, None);
        check(afar, Content::Plain, "http://blob.example/x", None);
        check(afar, Content::Plain, "http://127.0.0.1:10/x", None);
        check(afar, Content::Plain, "/y", Some("https://pkgs.example/y"));
        check(
            afar,
            Content::Plain,
            "https://login.example/_signin?realm=x",
            None,
        );
        check(
            here,
            Content::Plain,
            "http://127.0.0.1:10/y",
            Some("http://127.0.0.1:10/y"),
        );
    }

    #[test]
    fn what_is_refused_where_a_file_lies_is_no_word_of_the_feeds_host() {
        let url = Url::parse("https://pkgs.example/x").unwrap();
        let request = Request {
            content: Content::Plain,
            ..Request::get(url, "/")
        };
        let check = |status, repeats| {
            let host = "blob.example".to_owned();
            let error = Error::RefusedElsewhere { host, status };
            assert_eq!(error.refusal(), Some(Refusal::Later), "{status}");
            assert_eq!(error.code(), Code::Unreachable, "{status}");
            assert!(error.hint().unwrap().contains("`blob.example`"));
            assert!(!speaks_for_all(&error));
            assert_eq!(
                may_repeat(&request, &error, &Retry::default()),
                repeats,
                "{status}"
            );
        };
        check(401, false);
        check(403, false);
        check(404, false);
        check(429, true);
        check(503, true);
        let own = Error::Refused {
            host: "pkgs.example".to_owned(),
            status: 429,
            message: None,
        };
        assert!(speaks_for_all(&own) && may_repeat(&request, &own, &Retry::default()));
    }

    #[test]
    fn azures_sign_in_pages_count_as_signed_out() {
        let check =
            |status, kind, expected| assert_eq!(is_sign_in_page(status, kind), expected, "{status} {kind:?}");
        check(203, Some("text/html; charset=utf-8"), true);
        check(302, None, true);
        check(200, Some("text/html"), true);
        check(
            200,
            Some("application/json; charset=utf-8; api-version=7.1"),
            false,
        );
        check(404, Some("text/html"), false);
    }

    #[test]
    fn reads_every_known_shape_of_a_refusal() {
        let check =
            |body: &str, expected: Option<&str>| assert_eq!(message_in(body.as_bytes()).as_deref(), expected);
        check(
            r#"{"$id":"1","message":"TF400813: no","typeKey":"X"}"#,
            Some("TF400813: no"),
        );
        check(r#"{"value":{"Message":"old"}}"#, Some("old"));
        check(r#"{"ClassName":"E","Message":"older"}"#, Some("older"));
        check(r#"{"errors":[{"detail":"cargo's"}]}"#, Some("cargo's"));
        check("<html>", None);
        check("", None);
    }

    #[test]
    fn a_byte_order_mark_is_taken_off() {
        assert_eq!(without_bom(b"\xEF\xBB\xBF{}".to_vec()), b"{}");
        assert_eq!(without_bom(b"{}".to_vec()), b"{}");
    }
}
