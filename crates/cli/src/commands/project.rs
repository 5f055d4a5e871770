//! `granary show` and `granary connect`
//!
//! **Invariant**: a preview is printed before anything is written.

use std::path::Path;

use engine::edit::{DiffLineKind, FileChange, Place, Plan};
use engine::project::{LockedOrigin, Project};
use engine::{ConnectRequest, Engine, Error};
use serde_json::json;

use super::Ending;
use crate::arguments::Connect;
use crate::local_feed;
use crate::output::{Output, table};

pub(super) async fn show(engine: &Engine, folder: &Path, output: &Output) -> Result<Ending, Error> {
    output.answer(&engine.project_show(folder).await?, in_words);
    Ok(Ending::Done)
}

pub(super) async fn connect(engine: &Engine, connect: &Connect, output: &Output) -> Result<Ending, Error> {
    let _served = local_feed::joined_for(engine, &connect.feed, "granary connect").await?;
    let request = ConnectRequest {
        folder: connect.project.folder.clone(),
        crates_io_feed: Some(connect.feed.clone()),
        own_feed: connect.publish_to.clone(),
    };
    let plan = engine.connect_plan(&request).await?;
    if !output.is_json() {
        output.text(&preview(&plan));
    }
    let applied = match connect.dry_run {
        true => None,
        false => Some(engine.connect_apply(&request, &plan.fingerprint).await?),
    };
    if output.is_json() {
        output.object(&json!({ "plan": plan, "applied": applied }));
    }
    Ok(Ending::Done)
}

pub(super) fn preview(plan: &Plan) -> String {
    if plan.files.is_empty() {
        return "Nothing to change: the project is connected already.".to_owned();
    }
    let mut text = plan.files.iter().map(in_lines).collect::<String>();
    plan.notes
        .iter()
        .for_each(|note| text += &format!("note: {note}\n"));
    text + &format!("{} files, +{} -{}\n", plan.files.len(), plan.added, plan.removed)
}

fn in_lines(file: &FileChange) -> String {
    let place = match file.place {
        Place::Repository => "in the repository",
        Place::Computer => "on this computer",
    };
    let mut text = format!("{}  ({place})\n", file.display);
    for line in file.hunks.iter().flat_map(|hunk| &hunk.lines) {
        let sign = match line.kind {
            DiffLineKind::Context => ' ',
            DiffLineKind::Added => '+',
            DiffLineKind::Removed => '-',
        };
        text += &format!("  {sign} {}\n", line.text);
    }
    text + "\n"
}

fn in_words(project: &Project) -> String {
    let mut text = format!("{}  {}\n\n", project.name, project.display_folder);
    let member = |member: &engine::project::Member| {
        [
            member.name.clone(),
            member.version.clone().unwrap_or_default(),
            member.folder.display().to_string(),
        ]
    };
    text += &table(
        ["MEMBER", "VERSION", "FOLDER"],
        project.members.iter().map(member),
    );
    text += "\n\n";
    let registry = |registry: &engine::project::RegistryInUse| {
        let feed = registry.feed.clone().unwrap_or_else(|| "no feed".to_owned());
        [registry.name.clone(), feed, registry.index_url.clone()]
    };
    text += &table(
        ["REGISTRY", "FEED", "INDEX"],
        project.connection.registries.iter().map(registry),
    );
    let through = project.connection.crates_io_through.as_ref();
    text += &format!(
        "\ncrates.io through {}\n\n",
        through.map_or("itself", |through| through.name.as_str())
    );
    for file in &project.config_files {
        text += &format!("config   {}\n", file.display);
    }
    for program in &project.programs {
        text += &format!(
            "program  {} ({} in {})\n",
            program.program,
            program.key,
            program.file.display()
        );
    }
    text + &locked(project)
}

fn locked(project: &Project) -> String {
    let Some(locked) = &project.locked else {
        return "no Cargo.lock yet\n".to_owned();
    };
    let row = |found: &engine::project::LockedCrate| {
        [found.name.clone(), found.version.clone(), from(&found.origin)]
    };
    format!(
        "\n{}\n",
        table(["CRATE", "VERSION", "FROM"], locked.iter().map(row))
    )
}

fn from(origin: &LockedOrigin) -> String {
    match origin {
        LockedOrigin::CratesIo { through: Some(feed) } => format!("crates.io through {feed}"),
        LockedOrigin::CratesIo { through: None } => "crates.io".to_owned(),
        LockedOrigin::Feed { feed } => feed.clone(),
        LockedOrigin::Registry { url } | LockedOrigin::Git { url } => url.clone(),
        LockedOrigin::Path => "here".to_owned(),
    }
}
