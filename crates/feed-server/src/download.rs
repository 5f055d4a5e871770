//! A crate's file, from disk; an upstream version is saved first when it is asked for the first time.
//!
//! **Invariant:** what is served is what is held; bytes from upstream never reach a client unchecked.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use tokio::fs::File;
use tokio_util::io::ReaderStream;

use crate::Role;
use crate::crate_name;
use crate::dispatch::{Addressed, App, Asked};
use crate::refusal::Refusal;
use crate::storage::{CrateRecord, StorageError};
use crate::upstream::{Saved, Wanted};

/// Answers with the file of one version.
pub(crate) async fn answer(app: &Arc<App>, asked: &Asked) -> Result<Response<Body>, Refusal> {
    let addressed = app.feed(asked).await?;
    let (name, version) = (asked.captured.text("crate"), asked.captured.text("version"));
    let saved = match held(app, &addressed, name, version).await? {
        Held::Version(saved) => saved,
        Held::Nothing { closed } => save(app, &addressed, name, version, closed).await?,
    };
    let path = app.storage.blob(&saved.digest);
    let file = File::open(&path).await.map_err(StorageError::io("read", &path))?;
    if !asked.head_only {
        app.downloads.note(saved.id, asked.caller.identity.clone());
    }
    let mut response = Response::new(Body::from_stream(ReaderStream::with_capacity(file, 64 * 1024)));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(saved.size));
    Ok(response)
}

enum Held {
    Version(Saved),
    /// `closed` to upstream: the crate is private, or the version was deleted here.
    Nothing {
        closed: bool,
    },
}

async fn held(app: &App, addressed: &Addressed, name: &str, version: &str) -> Result<Held, Refusal> {
    let (feed, name, version) = (addressed.feed.id.clone(), name.to_owned(), version.to_owned());
    let view = addressed.view.clone();
    let found = app
        .storage
        .read(move |connection| {
            let Some(held) = CrateRecord::find(connection, &feed, &name)? else {
                return Ok(Held::Nothing { closed: false });
            };
            let closed = held.hides_upstream() || held.has_deleted(&version);
            let spelled = held.name.eq_ignore_ascii_case(&name);
            let version = held
                .seen_through(view.as_ref())
                .versions
                .into_iter()
                .find(|held| spelled && held.version == version);
            Ok(version.map_or(Held::Nothing { closed }, |held| Held::Version(Saved::from(held))))
        })
        .await?;
    Ok(found)
}

async fn save(
    app: &Arc<App>,
    addressed: &Addressed,
    name: &str,
    version: &str,
    closed: bool,
) -> Result<Saved, Refusal> {
    let upstream = addressed
        .feed
        .crates_io()
        .filter(|_| addressed.view.is_none() && !closed);
    let (Some(upstream), Ok(())) = (upstream, crate_name::check(name)) else {
        return Err(Refusal::unknown_version(name, version));
    };
    if addressed.role < Role::Collaborator {
        return Err(Refusal::not_saved(name));
    }
    let wanted = Wanted {
        feed: addressed.feed.id.clone(),
        upstream: upstream.id.clone(),
        name: name.to_owned(),
        version: version.to_owned(),
    };
    let saved = app.upstream.save(wanted).await?;
    saved.ok_or_else(|| Refusal::unknown_version(name, version))
}
