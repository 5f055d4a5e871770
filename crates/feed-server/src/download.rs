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
use crate::sources;
use crate::storage::{CrateRecord, StorageError};
use crate::upstream::Saved;

/// Answers with the file of one version.
pub(crate) async fn answer(app: &Arc<App>, asked: &Asked) -> Result<Response<Body>, Refusal> {
    let addressed = app.feed(asked).await?;
    let (name, version) = (asked.captured.text("crate"), asked.captured.text("version"));
    let saved = match held(app, &addressed, name, version).await? {
        Held::Version(saved) => saved,
        Held::Nothing(kept_from) => save(app, &addressed, name, version, kept_from).await?,
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
    Nothing(KeptFrom),
}

/// Which upstreams a version that is not held is not looked for in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeptFrom {
    None,
    /// The crate is our own.
    Public,
    /// The version was deleted here.
    All,
}

async fn held(app: &App, addressed: &Addressed, name: &str, version: &str) -> Result<Held, Refusal> {
    let (feed, name, version) = (addressed.feed.clone(), name.to_owned(), version.to_owned());
    let view = addressed.view.clone();
    let found = app
        .storage
        .read(move |connection| {
            let Some(held) = CrateRecord::find(connection, &feed.id, &name)? else {
                return Ok(Held::Nothing(KeptFrom::None));
            };
            let kept_from = match (held.has_deleted(&version), held.hides_upstream(&feed)) {
                (true, _) => KeptFrom::All,
                (false, true) => KeptFrom::Public,
                (false, false) => KeptFrom::None,
            };
            let spelled = held.name.eq_ignore_ascii_case(&name);
            let version = held
                .seen_through(view.as_ref())
                .versions
                .into_iter()
                .find(|held| spelled && held.version == version);
            Ok(version.map_or(Held::Nothing(kept_from), |held| Held::Version(Saved::from(held))))
        })
        .await?;
    Ok(found)
}

async fn save(
    app: &Arc<App>,
    addressed: &Addressed,
    name: &str,
    version: &str,
    kept_from: KeptFrom,
) -> Result<Saved, Refusal> {
    let unknown = || Refusal::unknown_version(name, version);
    let asks = addressed.view.is_none() && kept_from != KeptFrom::All && crate_name::check(name).is_ok();
    let hides_public = kept_from == KeptFrom::Public;
    let mut sources = addressed.feed.sources();
    if !asks || !sources.any(|source| source.internal.is_some() || !hides_public) {
        return Err(unknown());
    }
    if addressed.role < Role::Collaborator {
        return Err(Refusal::not_saved(name));
    }
    let saved = sources::save(app, &addressed.feed, (name, version), hides_public).await?;
    saved.ok_or_else(unknown)
}
