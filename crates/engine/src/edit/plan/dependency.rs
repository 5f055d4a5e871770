//! Dependencies: added, required anew, taken out, taken from elsewhere.
//!
//! **Invariant**: what a package inherits is the workspace's to say, and is changed there; a crate never changes the registry it
//! comes from unless exactly that is asked for.

use std::path::{Path, PathBuf};

use super::{Document, Error, Files};
use crate::edit::change::{
    AddDependency, Manifests, MoveDependency, RemoveDependency, UpdateDependency, check_crate_name,
    check_feature, check_registry_name, check_requirement,
};
use crate::edit::document::{Dependency, Wanted};

const INHERITED: &[&str] = &["workspace", "dependencies"];

pub(super) fn add(change: &AddDependency, files: &mut Files<'_>) -> Result<Vec<String>, Error> {
    check_crate_name(&change.name)?;
    change.rename.as_deref().map_or(Ok(()), check_crate_name)?;
    change.requirement.as_deref().map_or(Ok(()), check_requirement)?;
    change.registry.as_deref().map_or(Ok(()), check_registry_name)?;
    change
        .features
        .iter()
        .try_for_each(|feature| check_feature(feature))?;
    let inherits = inherit(change, files)?;
    for manifest in &change.manifests.packages {
        let found = files.document(manifest)?;
        if !found.has(&["package"]) {
            return Err(Error::NoPackage(manifest.clone()));
        }
        match existing(change, manifest, &found)? {
            Some(existing) => files.edit(manifest, |document| extend(change, document, &existing))?,
            None => files.edit(manifest, |document| put(change, document, inherits))?,
        }
    }
    Ok(Vec::new())
}

/// Whether the packages inherit the crate: the workspace has it, or gets it since several of them want it.
fn inherit(change: &AddDependency, files: &mut Files<'_>) -> Result<bool, Error> {
    let Some(workspace) = &change.manifests.workspace else {
        return Ok(false);
    };
    let listed = files.document(workspace)?.dependencies();
    let mut listed = listed
        .into_iter()
        .filter(|dependency| dependency.list == INHERITED);
    if let Some(listed) = listed.find(|dependency| dependency.key == key(change)) {
        let requires_other = change.requirement.is_some() && change.requirement != listed.requirement;
        let is_other = listed.name != change.name || listed.registry != change.registry || requires_other;
        // Only the workspace can turn default features off.
        return match is_other || change.no_default_features || listed.elsewhere.is_some() {
            false => Ok(true),
            true => Err(Error::Inherited {
                path: workspace.clone(),
                name: change.name.clone(),
            }),
        };
    }
    if change.manifests.packages.len() < 2 {
        return Ok(false);
    }
    let requirement = required(change)?;
    files.edit(workspace, |document| {
        let wanted = Wanted {
            requirement: Some(requirement),
            features: &[],
            optional: false,
            ..wanted(change)
        };
        document.add_dependency(INHERITED, &wanted)
    })?;
    Ok(true)
}

fn key(change: &AddDependency) -> &str {
    change.rename.as_deref().unwrap_or(&change.name)
}

fn required(change: &AddDependency) -> Result<&str, Error> {
    let requirement = change.requirement.as_deref();
    requirement.ok_or_else(|| Error::NoRequirement(change.name.clone()))
}

fn wanted(change: &AddDependency) -> Wanted<'_> {
    Wanted {
        key: key(change),
        package: change.rename.as_ref().map(|_| change.name.as_str()),
        requirement: change.requirement.as_deref(),
        registry: change.registry.as_deref(),
        features: &change.features,
        no_default_features: change.no_default_features,
        optional: change.optional,
    }
}

fn put(change: &AddDependency, document: &mut Document, inherits: bool) -> Result<(), Error> {
    let wanted = wanted(change);
    let wanted = match inherits {
        true => Wanted {
            package: None,
            requirement: None,
            registry: None,
            no_default_features: false,
            ..wanted
        },
        false => Wanted {
            requirement: Some(required(change)?),
            ..wanted
        },
    };
    document.add_dependency(&change.list.path(), &wanted)
}

/// The dependency as the list has it already, if it is the same one.
fn existing(
    change: &AddDependency,
    manifest: &Path,
    document: &Document,
) -> Result<Option<Dependency>, Error> {
    let mut listed = document.dependencies();
    listed.retain(|dependency| dependency.list == change.list.path());
    let by_key = listed.iter().find(|dependency| dependency.key == key(change));
    let by_name = || {
        let mut listed = listed.iter();
        listed.find(|dependency| change.rename.is_none() && dependency.name == change.name)
    };
    let Some(found) = by_key.or_else(by_name) else {
        return Ok(None);
    };
    // One that is inherited under another name is not named here.
    if found.name != change.name && !found.inherits {
        return Err(Error::KeyTaken {
            path: manifest.to_owned(),
            key: found.key.clone(),
            of: found.name.clone(),
        });
    }
    let is_elsewhere = !found.inherits && (found.registry != change.registry || found.elsewhere.is_some());
    match is_elsewhere {
        true => Err(from_elsewhere(manifest, found)),
        false => Ok(Some(found.clone())),
    }
}

fn from_elsewhere(manifest: &Path, found: &Dependency) -> Error {
    let from = match (found.elsewhere, &found.registry) {
        (Some("git"), _) => "a git repository".to_owned(),
        (Some("path"), _) => "a folder".to_owned(),
        (Some(_), _) => "an index that it names itself".to_owned(),
        (None, Some(registry)) => format!("the registry `{registry}`"),
        (None, None) => "crates.io".to_owned(),
    };
    Error::FromElsewhere {
        path: manifest.to_owned(),
        name: found.name.clone(),
        from,
    }
}

/// What is there already gets what was asked for; what was not asked for stays on or off as it is.
fn extend(change: &AddDependency, document: &mut Document, existing: &Dependency) -> Result<(), Error> {
    if let Some(requirement) = change.requirement.as_deref().filter(|_| !existing.inherits) {
        document.set_requirement(existing, requirement)?;
    }
    document.add_dependency_features(existing, &change.features)?;
    // What the workspace hands down was looked at already: there is nothing to turn off here.
    if change.no_default_features && !existing.inherits {
        document.set_dependency_flag(existing, "default-features", false)?;
    }
    match change.optional {
        true => document.set_dependency_flag(existing, "optional", true),
        false => Ok(()),
    }
}

pub(super) fn update(change: &UpdateDependency, files: &mut Files<'_>) -> Result<Vec<String>, Error> {
    check_requirement(&change.requirement)?;
    wherever(
        &change.manifests,
        &change.name,
        files,
        |path, document, dependency| {
            // Only a registry has versions to choose from; a path may name one for when it is published.
            if dependency.elsewhere.is_some() && dependency.requirement.is_none() {
                return Err(from_elsewhere(path, dependency));
            }
            document.set_requirement(dependency, &change.requirement)
        },
    )?;
    Ok(Vec::new())
}

pub(super) fn shift(change: &MoveDependency, files: &mut Files<'_>) -> Result<Vec<String>, Error> {
    change.registry.as_deref().map_or(Ok(()), check_registry_name)?;
    wherever(
        &change.manifests,
        &change.name,
        files,
        |path, document, dependency| {
            if dependency.elsewhere.is_some() {
                return Err(from_elsewhere(path, dependency));
            }
            document.set_dependency_registry(dependency, change.registry.as_deref())
        },
    )?;
    Ok(Vec::new())
}

/// Does something to a dependency in every list that has it, and in the workspace where it is inherited.
fn wherever(
    manifests: &Manifests,
    name: &str,
    files: &mut Files<'_>,
    edit: impl Fn(&Path, &mut Document, &Dependency) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut inherited = Vec::new();
    let mut is_found = false;
    for manifest in &manifests.packages {
        let mut found = files.document(manifest)?.dependencies();
        found.retain(|dependency| dependency.name == name && dependency.list != INHERITED);
        for dependency in found {
            is_found = true;
            match dependency.inherits {
                true => inherited.push(dependency.key),
                false => files.edit(manifest, |document| edit(manifest, document, &dependency))?,
            }
        }
    }
    if let Some(workspace) = &manifests.workspace {
        let mut listed = files.document(workspace)?.dependencies();
        listed.retain(|dependency| dependency.list == INHERITED);
        // By the key where a package inherits it, by the name where only the workspace lists it.
        listed.retain(|dependency| inherited.contains(&dependency.key) || dependency.name == name);
        let is_asked_for = !inherited.is_empty() || !is_found;
        for dependency in listed.into_iter().filter(|_| is_asked_for) {
            is_found = true;
            files.edit(workspace, |document| edit(workspace, document, &dependency))?;
        }
    }
    found_or(is_found, manifests, name)
}

fn found_or(is_found: bool, manifests: &Manifests, name: &str) -> Result<(), Error> {
    let shown = |path: &PathBuf| format!("`{}`", crate::project::display_in(&manifests.folder, path, None));
    match is_found {
        true => Ok(()),
        false => Err(Error::NoDependency {
            name: name.to_owned(),
            of: manifests.packages.iter().map(shown).collect(),
        }),
    }
}

pub(super) fn remove(change: &RemoveDependency, files: &mut Files<'_>) -> Result<Vec<String>, Error> {
    let mut is_found = false;
    let mut notes = Vec::new();
    for manifest in &change.manifests.packages {
        let mut found = files.document(manifest)?.dependencies();
        let is_meant = |dependency: &Dependency| {
            let list = change.list.as_ref();
            dependency.list != INHERITED && list.is_none_or(|list| dependency.list == list.path())
        };
        found.retain(|dependency| dependency.name == change.name && is_meant(dependency));
        is_found |= !found.is_empty();
        if found.iter().any(|dependency| dependency.inherits) && notes.is_empty() {
            notes.push(format!(
                "`{}` stays among the workspace's dependencies.",
                change.name
            ));
        }
        files.edit(manifest, |document| take(document, &found))?;
    }
    found_or(is_found, &change.manifests, &change.name)?;
    Ok(notes)
}

fn take(document: &mut Document, found: &[Dependency]) -> Result<(), Error> {
    found
        .iter()
        .try_for_each(|dependency| document.remove_dependency(dependency))?;
    for dependency in found {
        let is_left = |left: &Dependency| left.key == dependency.key && left.list != INHERITED;
        if !document.dependencies().iter().any(is_left) {
            document.forget_in_features(&dependency.key)?;
        }
    }
    Ok(())
}
