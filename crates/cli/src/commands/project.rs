//! `granary show`
//!
//! **Invariant**: writes nothing.

use std::path::Path;

use engine::project::{
    Held, LockedOrigin, Project, RegistryAccess, ReplacementEnd, SecretScheme, SecretShape, Setting,
    SettingOrigin, SettingValue, StoredToken, TokenEffect, Toolchain, ToolchainChoice,
};
use engine::{Engine, Error};

use super::Ending;
use crate::output::{Output, table};

pub(super) async fn show(engine: &Engine, folder: &Path, output: &Output) -> Result<Ending, Error> {
    let project = engine.project_show(folder).await?;
    output.answer(&project, in_words);
    Ok(match project.faults.is_empty() {
        true => Ending::Done,
        false => Ending::Failed,
    })
}

fn in_words(project: &Project) -> String {
    let parts = [
        heading(project),
        faults(project),
        members(project),
        files(project),
        settings(project),
        registries(project),
        project.access.iter().map(access).collect(),
        locked(project),
    ];
    let parts = parts
        .iter()
        .map(|part| part.trim_end())
        .filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("\n\n")
}

fn heading(project: &Project) -> String {
    let version = project
        .cargo_version
        .as_deref()
        .unwrap_or("of an unknown version");
    let chosen = project
        .toolchain
        .as_ref()
        .map(|toolchain| format!(", {}", chosen(toolchain)));
    format!(
        "{}  {}\ncargo {version}{}",
        project.name,
        project.display_folder,
        chosen.unwrap_or_default()
    )
}

fn chosen(toolchain: &Toolchain) -> String {
    let missing = match toolchain.is_installed {
        Some(false) => ", which is not installed",
        _ => "",
    };
    let by = asked_by(&toolchain.chosen_by);
    let mut text = format!("toolchain `{}` {by}{missing}", toolchain.name);
    for other in &toolchain.overrides {
        text += &format!("\n  instead of `{}` {}", other.name, asked_by(&other.chosen_by));
    }
    text
}

fn asked_by(choice: &ToolchainChoice) -> String {
    match choice {
        ToolchainChoice::Variable { name } => format!("by ${name}"),
        ToolchainChoice::Override { folder } => format!("by rustup's override of {}", folder.display()),
        ToolchainChoice::File { display, line, .. } => format!("by {display}:{line}"),
        ToolchainChoice::Default => "as rustup's default".to_owned(),
    }
}

fn members(project: &Project) -> String {
    let member = |member: &engine::project::Member| {
        [
            member.name.clone(),
            member.version.clone().unwrap_or_default(),
            member.rust_version.clone().unwrap_or_default(),
            member.folder.display().to_string(),
        ]
    };
    table(
        ["MEMBER", "VERSION", "RUST", "FOLDER"],
        project.members.iter().map(member),
    )
}

/// What cargo would stop at.
fn faults(project: &Project) -> String {
    let faults = project.faults.iter();
    faults
        .map(|fault| format!("wrong    {}\n", fault.words))
        .collect()
}

fn files(project: &Project) -> String {
    let mut text = String::new();
    for file in &project.config_files {
        let by = file.included_by.as_ref();
        let by = by.map(|by| format!("  included by {}", by.display()));
        let hides = file.hides.as_ref();
        let hides = hides.map(|hides| format!("  {} is not read", hides.display()));
        text += &format!(
            "config   {}{}{}\n",
            file.display,
            by.unwrap_or_default(),
            hides.unwrap_or_default()
        );
    }
    for program in &project.programs {
        text += &format!(
            "program  {} ({} in {})\n",
            program.program,
            program.key,
            program.file.display()
        );
    }
    if !project.programs.is_empty() {
        let trust = match (project.is_trusted, project.is_trusted_to_build) {
            (true, true) => "this folder is trusted with that",
            (true, false) => {
                "not to build yet; `granary restore --build --trust` trusts this folder with that"
            }
            (false, _) => "not yet; `granary restore --trust` trusts this folder with that",
        };
        text += &format!("trust    {trust}\n");
    }
    text
}

fn settings(project: &Project) -> String {
    if project.settings.is_empty() {
        return String::new();
    }
    let row = |setting: &Setting| {
        let instead_of = setting.overrides.iter().map(|overridden| {
            let value = value_in_words(overridden.value.as_ref(), overridden.secret.as_ref());
            format!("{value} ({})", place(&overridden.origin))
        });
        [
            setting.key.clone(),
            value_in_words(setting.value.as_ref(), setting.secret.as_ref()),
            places(setting),
            instead_of.collect::<Vec<_>>().join(", "),
        ]
    };
    table(
        ["SETTING", "VALUE", "FROM", "INSTEAD OF"],
        project.settings.iter().map(row),
    )
}

/// Where a value is from; of an array that was joined, each place once.
fn places(setting: &Setting) -> String {
    let mut places = setting.elements.iter().map(place).collect::<Vec<_>>();
    places.dedup();
    match places.len() {
        0 | 1 => place(&setting.origin),
        _ => places.join(", "),
    }
}

fn place(origin: &SettingOrigin) -> String {
    match origin {
        SettingOrigin::File { display, line, .. } => format!("{display}:{line}"),
        SettingOrigin::Variable { name } => format!("${name}"),
    }
}

fn value_in_words(value: Option<&SettingValue>, secret: Option<&SecretShape>) -> String {
    match (value, secret) {
        (Some(SettingValue::Text(text)), _) => text.clone(),
        (Some(value), _) => serde_json::to_string(value).unwrap_or_default(),
        (None, Some(secret)) => shape(secret),
        (None, None) => String::new(),
    }
}

fn shape(secret: &SecretShape) -> String {
    let scheme = match secret.scheme {
        SecretScheme::Basic => "Basic",
        SecretScheme::Bearer => "Bearer",
        SecretScheme::None => "without a scheme",
    };
    let blanks = if secret.has_blanks {
        ", with blanks in it"
    } else {
        ""
    };
    let empty = if secret.is_empty { ", empty" } else { "" };
    format!("(a secret, {scheme}{blanks}{empty})")
}

fn registries(project: &Project) -> String {
    let registry = |registry: &engine::project::RegistryInUse| {
        let feed = registry.feed.clone().unwrap_or_else(|| "no feed".to_owned());
        [registry.name.clone(), feed, registry.index_url.clone()]
    };
    let registries = table(
        ["REGISTRY", "FEED", "INDEX"],
        project.connection.registries.iter().map(registry),
    );
    let default = project.default_registry.as_ref();
    let default = default.map(|name| format!("\nby default {name}"));
    format!(
        "{registries}\ncrates.io through {}{}",
        through(project),
        default.unwrap_or_default()
    )
}

fn through(project: &Project) -> String {
    let Some(replacement) = &project.replacement else {
        return "itself".to_owned();
    };
    let step = |step: &engine::project::ReplacementStep| format!("{} ({})", step.with, place(&step.origin));
    let steps = replacement
        .steps
        .iter()
        .map(step)
        .collect::<Vec<_>>()
        .join(", then ");
    let end = match &replacement.end {
        ReplacementEnd::Registry { index_url, feed } => feed.as_ref().unwrap_or(index_url).clone(),
        ReplacementEnd::Directory { path } | ReplacementEnd::LocalRegistry { path } => {
            format!("the folder {path}")
        }
        ReplacementEnd::Git { url } => url.clone(),
        ReplacementEnd::Missing { name } => format!("nothing: there is no `{name}`, and cargo refuses"),
        ReplacementEnd::Cycle { name } => format!("nothing: it leads back to `{name}`, and cargo refuses"),
    };
    format!("{steps}: {end}")
}

fn access(access: &RegistryAccess) -> String {
    let provider = |provider: &engine::project::CredentialProvider| {
        let program = if provider.program == provider.name {
            String::new()
        } else {
            format!(" = {}", provider.program)
        };
        format!("{}{program} ({})", provider.name, place(&provider.origin))
    };
    let providers = access.providers.iter().map(provider).collect::<Vec<_>>();
    let asked = match providers.is_empty() {
        true => "nobody: no credential provider is set, and cargo refuses".to_owned(),
        false => providers.join(", then "),
    };
    let mut text = format!("tokens for {} from {asked}\n", access.registry);
    if access.asked_as != access.registry {
        text += &format!("  cargo looks for them under the name `{}`\n", access.asked_as);
    }
    if !access.also_named.is_empty() {
        let names = access.also_named.join("`, `");
        text += &format!("  cargo refuses: the same address is also `{names}`\n");
    }
    access.tokens.iter().for_each(|token| text += &stored(token));
    text
}

fn stored(token: &StoredToken) -> String {
    let effect = match token.effect {
        TokenEffect::ShadowsGranary => "is taken before Granary is asked",
        TokenEffect::Used => "is taken",
        TokenEffect::AfterGranary => "is taken where Granary has none",
        TokenEffect::Overridden => "is not taken: another one comes first",
        TokenEffect::Ignored => "is not looked at: `cargo:token` is not among the providers",
    };
    let (key, place, shape) = (&token.key, place(&token.origin), shape(&token.secret));
    format!("  {key} in {place} {shape} {effect}\n")
}

fn locked(project: &Project) -> String {
    let Some(locked) = &project.locked else {
        return "no Cargo.lock yet".to_owned();
    };
    let row = |found: &engine::project::LockedCrate| {
        let held = found.held.map_or("", held).to_owned();
        [
            found.name.clone(),
            found.version.clone(),
            from(&found.origin),
            held,
        ]
    };
    table(
        ["CRATE", "VERSION", "FROM", "IN THE FEED"],
        locked.iter().map(row),
    )
}

fn held(held: Held) -> &'static str {
    match held {
        Held::Saved => "saved",
        Held::Yanked => "yanked",
        Held::NotSaved => "not saved yet",
        Held::Missing => "not there",
    }
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
