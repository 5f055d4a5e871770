//! `granary feed view | permission | retention …`
//!
//! **Invariant**: prints what the engine answers, and no more.

use engine::catalog::RetentionPreview;
use engine::feeds::{Permission, Retention, View, ViewChange, ViewDraft, Visibility};
use engine::{Engine, Error};

use super::role;
use crate::arguments::{PermissionVerb, RetentionSet, RetentionVerb, ViewVerb};
use crate::output::{Output, table};

pub(super) fn place_of_views(verb: &ViewVerb) -> &str {
    match verb {
        ViewVerb::List(name)
        | ViewVerb::Create { name, .. }
        | ViewVerb::Update { name, .. }
        | ViewVerb::Delete { name, .. } => &name.feed,
    }
}

pub(super) async fn views(engine: &Engine, verb: &ViewVerb, output: &Output) -> Result<(), Error> {
    let feed = place_of_views(verb);
    let views = match verb {
        ViewVerb::List(_) => engine.view_list(feed).await?,
        ViewVerb::Create { view, visible_to, .. } => {
            let draft = ViewDraft {
                name: view.clone(),
                visibility: (*visible_to).into(),
            };
            engine.view_create(feed, &draft).await?
        }
        ViewVerb::Update {
            view,
            rename,
            visible_to,
            default,
            ..
        } => {
            let id = engine.view_named(feed, view).await?.id;
            let change = ViewChange {
                name: rename.clone(),
                visibility: visible_to.map(Into::into),
            };
            let mut views = engine.view_update(feed, &id, &change).await?;
            if *default {
                views = engine.view_set_default(feed, &id).await?;
            }
            views
        }
        ViewVerb::Delete { view, .. } => {
            let id = engine.view_named(feed, view).await?.id;
            engine.view_delete(feed, &id).await?
        }
    };
    output.answer(&views, |views| {
        table(
            ["VIEW", "VERSIONS", "READ BY", "DEFAULT"],
            views.iter().map(view_row),
        )
    });
    Ok(())
}

fn view_row(view: &View) -> [String; 4] {
    let readers = match view.visibility {
        Visibility::Private => "those with a role",
        Visibility::Collection => "the organization",
        Visibility::Organization => "the enterprise",
        Visibility::AadTenant => "the Entra tenant",
        Visibility::Unknown => "",
    };
    [
        view.name.clone(),
        view.version_count
            .map(|count| count.to_string())
            .unwrap_or_default(),
        readers.to_owned(),
        if view.is_default { "yes" } else { "" }.to_owned(),
    ]
}

pub(super) fn place_of_permissions(verb: &PermissionVerb) -> &str {
    match verb {
        PermissionVerb::List(name)
        | PermissionVerb::Set { name, .. }
        | PermissionVerb::Remove { name, .. } => &name.feed,
    }
}

pub(super) async fn permissions(
    engine: &Engine,
    verb: &PermissionVerb,
    output: &Output,
) -> Result<(), Error> {
    let feed = place_of_permissions(verb);
    let permissions = match verb {
        PermissionVerb::List(_) => engine.permission_list(feed).await?,
        PermissionVerb::Set { who, role, .. } => {
            let identity = engine.identity_named(feed, who).await?;
            engine.permission_set(feed, &identity, (*role).into()).await?
        }
        PermissionVerb::Remove { who, .. } => {
            let identity = engine.identity_named(feed, who).await?;
            engine.permission_remove(feed, &identity).await?
        }
    };
    output.answer(&permissions, |permissions| {
        let row = |permission: &Permission| {
            [
                permission.identity.name.clone(),
                role(permission.role).to_owned(),
                if permission.is_inherited { "inherited" } else { "" }.to_owned(),
            ]
        };
        table(["WHO", "ROLE", ""], permissions.iter().map(row))
    });
    Ok(())
}

pub(super) fn place_of_retention(verb: &RetentionVerb) -> &str {
    match verb {
        RetentionVerb::Show(name) | RetentionVerb::Off(name) => &name.feed,
        RetentionVerb::Set(set) | RetentionVerb::Preview(set) => &set.name.feed,
    }
}

pub(super) async fn retention(engine: &Engine, verb: &RetentionVerb, output: &Output) -> Result<(), Error> {
    let feed = place_of_retention(verb);
    let retention = match verb {
        RetentionVerb::Preview(set) => {
            engine.feed_refresh(feed, |_| ()).await?;
            let preview = engine.retention_preview(feed, limits(set)).await?;
            output.answer(&preview, preview_in_words);
            return Ok(());
        }
        RetentionVerb::Show(_) => engine.retention_show(feed).await?,
        RetentionVerb::Set(set) => engine.retention_set(feed, Some(limits(set))).await?,
        RetentionVerb::Off(_) => engine.retention_set(feed, None).await?,
    };
    output.answer(&retention, |retention| match retention {
        Some(kept) => format!(
            "Keeps {} versions of each crate, and for {} days what was downloaded.",
            kept.count_limit, kept.days
        ),
        None => "Keeps everything.".to_owned(),
    });
    Ok(())
}

fn limits(set: &RetentionSet) -> Retention {
    Retention {
        count_limit: set.versions,
        days: set.days,
    }
}

fn preview_in_words(preview: &RetentionPreview) -> String {
    let mut lines = vec![format!("would delete {} versions", preview.removed.len())];
    lines.extend(
        preview
            .removed
            .iter()
            .map(|version| format!("  {} {}", version.name, version.version)),
    );
    lines.extend(preview.used.iter().map(|used| {
        format!(
            "in use: {} {} by {}",
            used.name,
            used.version,
            used.projects.join(", ")
        )
    }));
    if !preview.knows_downloads {
        lines.push("When versions were downloaded is not told here; their age stands for it.".to_owned());
    }
    lines.join("\n")
}
