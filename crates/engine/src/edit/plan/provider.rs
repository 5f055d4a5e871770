//! Granary among the credential providers of this user: put in where cargo asks first, and taken out again.
//!
//! **Invariant**: other providers stay where they are.

use std::path::Path;

use super::{Files, Originals, PROVIDER, Plan};
use crate::edit::change::ProviderUse;
use crate::edit::error::Error;

pub(super) fn plan(change: &ProviderUse, files: &mut Files<'_>) -> Result<Vec<String>, Error> {
    match change.is_used {
        true => put(&change.user_config, &change.provider, files)?,
        false => take(&change.user_config, files)?,
    }
    Ok(Vec::new())
}

pub(super) fn put(user_config: &Path, provider: &Path, files: &mut Files<'_>) -> Result<(), Error> {
    files.edit(user_config, |document| {
        document.set_credential_alias(PROVIDER, &provider.to_string_lossy())?;
        document.append_credential_provider(PROVIDER)
    })
}

fn take(user_config: &Path, files: &mut Files<'_>) -> Result<(), Error> {
    if files.text(user_config).is_none() {
        return Ok(());
    }
    files.edit(user_config, |document| {
        document.remove_credential_provider(PROVIDER)
    })
}

/// Plans to take Granary's credential provider out of the user's own config.
pub fn plan_provider_removal(
    user_config: &Path,
    originals: &Originals,
    user_home: Option<&Path>,
) -> Result<Plan, Error> {
    let mut files = Files::of(originals);
    take(user_config, &mut files)?;
    Ok(files.into_plan(user_config.parent().unwrap_or(Path::new("")), user_home))
}
