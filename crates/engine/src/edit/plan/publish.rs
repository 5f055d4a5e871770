//! Where packages are published: one registry in `package.publish`, and cargo's default where that is asked for.
//!
//! **Invariant**: what a package inherits is changed in the workspace, not overwritten in the package.

use super::{Error, Files};
use crate::edit::change::{PublishTarget, check_registry_name};

pub(super) fn plan(change: &PublishTarget, files: &mut Files<'_>) -> Result<Vec<String>, Error> {
    check_registry_name(&change.registry)?;
    let mut is_inherited = false;
    for manifest in &change.manifests.packages {
        let found = files.document(manifest)?;
        if !found.has(&["package"]) {
            return Err(Error::NoPackage(manifest.clone()));
        }
        if found.inherits_publish() {
            is_inherited = true;
            continue;
        }
        files.edit(manifest, |document| {
            document.set_publish(&["package"], &change.registry)
        })?;
    }
    if let Some(workspace) = change.manifests.workspace.as_deref().filter(|_| is_inherited) {
        files.edit(workspace, |document| {
            document.set_publish(&["workspace", "package"], &change.registry)
        })?;
    }
    if let Some(config) = &change.default_in {
        files.edit(config, |document| document.set_default_registry(&change.registry))?;
    }
    Ok(Vec::new())
}
