//! `granary show`
//!
//! **Invariant**: writes nothing.

use std::path::Path;

use engine::project::{LockedOrigin, Project};
use engine::{Engine, Error};

use super::Ending;
use crate::output::{Output, table};

pub(super) async fn show(engine: &Engine, folder: &Path, output: &Output) -> Result<Ending, Error> {
    output.answer(&engine.project_show(folder).await?, in_words);
    Ok(Ending::Done)
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
