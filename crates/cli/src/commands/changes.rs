//! The verbs that change a project's files.
//!
//! **Invariant**: a preview is printed before anything is written.

use engine::edit::{ConnectMode, DependencyList, DiffLineKind, FileChange, ListKind, Place, Plan};
use engine::project::SettingValue;
use engine::{ChangeKind, ChangeRequest, Engine, Error};
use serde_json::json;

use super::Ending;
use crate::arguments::{
    Add, Changed, ClearTokens, ConfigVerb, Connect, Disconnect, List, Mode, Move, ProviderVerb, PublishTo,
    Remove, Update,
};
use crate::local_feed;
use crate::output::Output;

/// What a verb asks for, and whether it is only to be shown.
pub(super) struct Asked {
    request: ChangeRequest,
    is_trial: bool,
}

impl Asked {
    /// Of a request that is at hand, to be carried out.
    pub(super) fn of(request: ChangeRequest) -> Self {
        Self {
            request,
            is_trial: false,
        }
    }
}

fn asked(project: &Changed, packages: &[String], change: ChangeKind) -> Asked {
    Asked {
        request: ChangeRequest {
            folder: project.project.folder.clone(),
            packages: packages.to_vec(),
            change,
        },
        is_trial: project.dry_run,
    }
}

impl From<&Connect> for Asked {
    fn from(connect: &Connect) -> Self {
        let change = ChangeKind::Connect {
            crates_io_feed: Some(connect.feed.clone()),
            own_feed: connect.publish_to.clone(),
            mode: mode(connect.mode),
        };
        asked(&connect.project, &[], change)
    }
}

impl From<&Disconnect> for Asked {
    fn from(disconnect: &Disconnect) -> Self {
        let change = ChangeKind::Disconnect {
            feed: disconnect.feed.clone(),
            mode: disconnect.mode.map(mode),
            force: disconnect.force,
        };
        asked(&disconnect.project, &[], change)
    }
}

impl From<&Add> for Asked {
    fn from(add: &Add) -> Self {
        let (name, requirement) = parted(&add.name);
        let change = ChangeKind::Add {
            name,
            rename: add.rename.clone(),
            requirement,
            feed: add.feed.clone(),
            list: list(&add.list),
            features: add.features.clone(),
            no_default_features: add.no_default_features,
            optional: add.optional,
        };
        asked(&add.manifests.project, &add.manifests.packages, change)
    }
}

impl From<&Update> for Asked {
    fn from(update: &Update) -> Self {
        let (name, requirement) = parted(&update.name);
        let change = ChangeKind::Update {
            name,
            requirement: requirement.unwrap_or_default(),
        };
        asked(&update.manifests.project, &update.manifests.packages, change)
    }
}

impl From<&Remove> for Asked {
    fn from(remove: &Remove) -> Self {
        let List { dev, build, target } = &remove.list;
        let is_one = remove.normal || *dev || *build || target.is_some();
        let change = ChangeKind::Remove {
            name: remove.name.clone(),
            list: is_one.then(|| list(&remove.list)),
        };
        asked(&remove.manifests.project, &remove.manifests.packages, change)
    }
}

impl From<&Move> for Asked {
    fn from(moved: &Move) -> Self {
        let change = ChangeKind::Move {
            name: moved.name.clone(),
            feed: moved.feed.clone(),
        };
        asked(&moved.manifests.project, &moved.manifests.packages, change)
    }
}

impl From<&PublishTo> for Asked {
    fn from(publish: &PublishTo) -> Self {
        let change = ChangeKind::PublishTo {
            feed: publish.feed.clone(),
            as_default: publish.as_default,
        };
        asked(&publish.manifests.project, &publish.manifests.packages, change)
    }
}

impl From<&ClearTokens> for Asked {
    fn from(clear: &ClearTokens) -> Self {
        let change = ChangeKind::ClearTokens {
            registries: clear.registry.clone(),
        };
        asked(&clear.project, &[], change)
    }
}

impl From<&ConfigVerb> for Asked {
    fn from(verb: &ConfigVerb) -> Self {
        let (project, file, key, to) = match verb {
            ConfigVerb::Set(set) => {
                let value = SettingValue::from_toml(&set.value);
                (&set.project, &set.file, &set.key, Some(value))
            }
            ConfigVerb::Remove(remove) => (&remove.project, &remove.file, &remove.key, None),
        };
        let change = ChangeKind::SetConfig {
            file: file.file.clone(),
            key: key.clone(),
            to,
        };
        asked(project, &[], change)
    }
}

impl From<&ProviderVerb> for Asked {
    fn from(verb: &ProviderVerb) -> Self {
        let (project, is_used) = match verb {
            ProviderVerb::Use(project) => (project, true),
            ProviderVerb::Remove(project) => (project, false),
        };
        asked(project, &[], ChangeKind::Provider { is_used })
    }
}

fn mode(mode: Mode) -> ConnectMode {
    match mode {
        Mode::Committed => ConnectMode::Committed,
        Mode::Mine => ConnectMode::Mine,
        Mode::Ci => ConnectMode::Ci,
    }
}

fn list(list: &List) -> DependencyList {
    DependencyList {
        kind: match (list.dev, list.build) {
            (true, _) => ListKind::Dev,
            (_, true) => ListKind::Build,
            _ => ListKind::Normal,
        },
        target: list.target.clone(),
    }
}

/// `CRATE[@REQ]` in its two parts.
fn parted(text: &str) -> (String, Option<String>) {
    match text.split_once('@') {
        Some((name, requirement)) => (name.to_owned(), Some(requirement.to_owned())),
        None => (text.to_owned(), None),
    }
}

pub(super) async fn change(
    engine: &Engine,
    asked: impl Into<Asked>,
    output: &Output,
) -> Result<Ending, Error> {
    let Asked { request, is_trial } = asked.into();
    let _served = match engine.change_asks_here(&request).await {
        true => Some(local_feed::joined(engine, "granary").await?),
        false => None,
    };
    let plan = engine.change_plan(&request).await?;
    if !output.is_json() {
        output.text(&preview(&plan));
    }
    let applied = match is_trial {
        true => None,
        false => Some(engine.change_apply(&request, &plan.fingerprint).await?),
    };
    if output.is_json() {
        output.object(&json!({ "plan": plan, "applied": applied }));
    }
    Ok(Ending::Done)
}

pub(super) fn preview(plan: &Plan) -> String {
    if plan.files.is_empty() {
        return "Nothing to change: it is so already.".to_owned();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_may_come_with_what_is_required_of_it() {
        assert_eq!(parted("serde"), ("serde".into(), None));
        assert_eq!(parted("serde@>=1, <2"), ("serde".into(), Some(">=1, <2".into())));
        assert_eq!(parted("serde@"), ("serde".into(), Some(String::new())));
    }
}
