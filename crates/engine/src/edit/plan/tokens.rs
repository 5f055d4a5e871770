//! Tokens in clear that come before what the provider would give: they are taken out.
//!
//! **Invariant**: the text before is shown without them, and never kept.

use super::{Error, Files};
use crate::edit::change::ClearTokens;

pub(super) fn plan(change: &ClearTokens, files: &mut Files<'_>) -> Result<Vec<String>, Error> {
    for file in &change.files {
        if files.text(file).is_none() {
            continue;
        }
        files.edit(file, |document| {
            let registries = change.registries.iter();
            registries
                .map(String::as_str)
                .try_for_each(|name| document.remove_token(name))
        })?;
    }
    Ok(Vec::new())
}
