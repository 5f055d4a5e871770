//! `granary serve`

use engine::{Engine, Error};
use feed_server::Token;

use super::{Ending, stop_asked};
use crate::arguments::Serve;
use crate::local_feed;
use crate::output::Output;

pub(super) async fn serve(engine: &Engine, serve: &Serve, output: &Output) -> Result<Ending, Error> {
    let mut config = local_feed::config(engine.home(), "granary serve")?;
    if let Some(folder) = &serve.data {
        config.token =
            Token::load_or_create(&folder.join("token")).map_err(|error| local_feed::refused(&error))?;
        config.folder.clone_from(folder);
    }
    config.port = serve.port.unwrap_or(config.port);
    let server = feed_server::start(config).await.map_err(local_feed::failed)?;
    output.answer(&serde_json::json!({ "url": server.url() }), |_| {
        format!("Serving at {}", server.url())
    });
    stop_asked().await;
    server.stop().await;
    Ok(Ending::Done)
}
