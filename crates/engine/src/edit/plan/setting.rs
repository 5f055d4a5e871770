//! One key of config: set, or taken out.
//!
//! **Invariant**: never a token, and never a table for a value or the reverse.

use super::{Error, Files};
use crate::edit::change::SetConfig;
use crate::edit::document::{holds_secret, key_parts};

pub(super) fn plan(change: &SetConfig, files: &mut Files<'_>) -> Result<Vec<String>, Error> {
    let bad = || Error::BadName {
        of: "key of config",
        name: change.key.clone(),
    };
    let parts = key_parts(&change.key).ok_or_else(bad)?;
    let path = parts.iter().map(String::as_str).collect::<Vec<_>>();
    if holds_secret(&parts, change.to.as_ref()) {
        return Err(Error::SecretKey(change.key.clone()));
    }
    match &change.to {
        Some(value) => files.edit(&change.file, |document| document.set_setting(&path, value))?,
        None if files.text(&change.file).is_none() => {}
        None => files.edit(&change.file, |document| document.remove_setting(&path))?,
    }
    Ok(Vec::new())
}
