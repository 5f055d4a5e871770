//! A crate's badge: a picture for readmes, with the newest version in it.
//!
//! **Invariant:** anybody may see it, so it tells a name and a number, and only of a feed that allows badges.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Response, header};

use super::crates;
use crate::dispatch::{App, Asked};
use crate::refusal::Refusal;

/// Width of a letter, and of the room beside a text, in pixels.
const LETTER: usize = 7;
const ROOM: usize = 14;

pub(crate) async fn answer(app: &Arc<App>, asked: &Asked) -> Result<Response<Body>, Refusal> {
    let (addressed, held) = crates::find(app, asked).await?;
    let held = held.seen_through(addressed.view.as_ref());
    let newest = crates::latest(&held).filter(|_| addressed.feed.badges);
    let newest = newest.ok_or_else(|| crates::unknown_crate(&held.id, &addressed.feed))?;
    let mut response = Response::new(Body::from(picture(&held.name, &newest.version)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

/// Neither a crate's name nor a version can hold a sign that XML minds.
fn picture(name: &str, version: &str) -> String {
    let (left, right) = (name.len() * LETTER + ROOM, version.len() * LETTER + ROOM);
    let (width, middle) = (left + right, left + right / 2);
    let middle_of_left = left / 2;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"20\" role=\"img\">\
         <title>{name} {version}</title>\
         <rect width=\"{width}\" height=\"20\" rx=\"3\" fill=\"dimgray\"/>\
         <rect x=\"{left}\" width=\"{right}\" height=\"20\" rx=\"3\" fill=\"royalblue\"/>\
         <g fill=\"white\" font-family=\"monospace\" font-size=\"11\" text-anchor=\"middle\">\
         <text x=\"{middle_of_left}\" y=\"14\">{name}</text><text x=\"{middle}\" y=\"14\">{version}</text></g></svg>"
    )
}
