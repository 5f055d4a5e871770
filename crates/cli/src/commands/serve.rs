//! `granary serve`
//!
//! **Invariant**: serves until it is asked to stop; never on another port than was asked for.

use engine::{AutostartPlan, Engine, Error};
use feed_server::{Config, Token};

use super::{Ending, stop_asked};
use crate::arguments::Serve;
use crate::local_feed;
use crate::output::Output;

pub(super) async fn serve(engine: &Engine, serve: &Serve, output: &Output) -> Result<Ending, Error> {
    if serve.show_autostart {
        output.answer(&engine.autostart_plan()?, in_words);
        return Ok(Ending::Done);
    }
    if serve.install {
        if !output.is_json() {
            output.text(&in_words(&engine.autostart_plan()?));
        }
        output.answer(&engine.autostart_install().await?, |plan| {
            format!("Installed: {}", plan.file)
        });
        return Ok(Ending::Done);
    }
    if serve.remove {
        output.answer(&engine.autostart_remove().await?, |plan| {
            format!("Removed: {}", plan.file)
        });
        return Ok(Ending::Done);
    }
    let mut config = local_feed::config(engine, "granary serve").await?;
    if let Some(folder) = &serve.data {
        config.token =
            Token::load_or_create(&folder.join("token")).map_err(|error| local_feed::refused(&error))?;
        config.folder.clone_from(folder);
    }
    config.port = serve.port.unwrap_or(config.port);
    match serve.stand_by {
        true => stand_by(config, output).await,
        false => serve_now(config, output).await,
    }
}

async fn serve_now(config: Config, output: &Output) -> Result<Ending, Error> {
    let server = feed_server::start(config).await.map_err(local_feed::failed)?;
    say(server.url(), output);
    stop_asked().await;
    server.stop().await;
    Ok(Ending::Done)
}

async fn stand_by(config: Config, output: &Output) -> Result<Ending, Error> {
    let joined = feed_server::join_or_start(config)
        .await
        .map_err(local_feed::failed)?;
    say(joined.url(), output);
    stop_asked().await;
    joined.stop().await;
    Ok(Ending::Done)
}

fn say(url: &str, output: &Output) {
    output.answer(&serde_json::json!({ "url": url }), |_| {
        format!("Serving at {url}")
    });
}

fn in_words(plan: &AutostartPlan) -> String {
    let state = if plan.installed {
        "Installed"
    } else {
        "Not installed"
    };
    let commands = plan
        .commands
        .iter()
        .map(|command| format!("  {command}\n"))
        .collect::<String>();
    format!("{state}: {}\n\n{}\nthen\n{commands}", plan.file, plan.text)
}
