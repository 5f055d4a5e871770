//! Which names a crate may have, when two names are the same, and where the index keeps a name.
//!
//! **Invariant:** pure text; nothing here asks what exists.

/// The longest name crates.io and this server take.
const LONGEST: usize = 64;

/// Windows gives these names to devices, whatever their extension; a folder of that name cannot be made there.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
    "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Why a name cannot be a crate's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NameError {
    #[error("a crate name cannot be empty")]
    Empty,
    #[error("the crate name `{0}` is longer than {LONGEST} characters")]
    TooLong(String),
    #[error(
        "the crate name `{0}` holds something else than ASCII letters, digits, `-` and `_`, or starts with a digit or `-`"
    )]
    BadCharacter(String),
    #[error("the crate name `{0}` is a device on Windows and cannot be used")]
    Device(String),
}

/// Checks cargo's rules for a crate name.
pub(crate) fn check(name: &str) -> Result<(), NameError> {
    let shown = || {
        name.chars()
            .take(LONGEST)
            .collect::<String>()
            .escape_debug()
            .to_string()
    };
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    if name.chars().count() > LONGEST {
        return Err(NameError::TooLong(shown()));
    }
    let starts_well = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    if !starts_well
        || !name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    {
        return Err(NameError::BadCharacter(shown()));
    }
    if DEVICES.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(NameError::Device(shown()));
    }
    Ok(())
}

/// The form under which two names are the same crate: cargo's users mistake `-` for `_` and capitals for small letters.
pub(crate) fn fold(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}

/// The path of a name's index file, in lower case as cargo asks for it.
pub(crate) fn index_path(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    match name.len() {
        1 => format!("1/{name}"),
        2 => format!("2/{name}"),
        3 => format!("3/{}/{name}", &name[..1]),
        _ => format!("{}/{}/{name}", &name[..2], &name[2..4]),
    }
}

/// The folders of the index path with the name's own capitals, for `{prefix}` in a download address.
pub(crate) fn prefix(name: &str) -> String {
    match name.len() {
        1 => "1".to_owned(),
        2 => "2".to_owned(),
        3 => format!("3/{}", &name[..1]),
        _ => format!("{}/{}", &name[..2], &name[2..4]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_name(name: &str, good: bool) {
        assert_eq!(check(name).is_ok(), good, "{name:?}: {:?}", check(name));
    }

    #[test]
    fn names() {
        for good in [
            "a",
            "serde",
            "Inflector",
            "my-crate_2",
            "_hidden",
            &"x".repeat(64),
            "console",
            "com10",
        ] {
            check_name(good, true);
        }
        for bad in [
            "", "1st", "-x", "a b", "a/b", "..", "../x", "a\\b", "a.b", "ü", "a\0", "CON", "nul", "lpt9",
            "a+b", "%2e",
        ] {
            check_name(bad, false);
        }
        check_name(&"x".repeat(65), false);
    }

    #[test]
    fn paths_and_folding() {
        for (name, path) in [
            ("a", "1/a"),
            ("Ab", "2/ab"),
            ("abC", "3/a/abc"),
            ("Serde", "se/rd/serde"),
            ("my_crate", "my/_c/my_crate"),
        ] {
            assert_eq!(index_path(name), path);
        }
        assert_eq!(prefix("Serde"), "Se/rd");
        assert_eq!(fold("My_Crate-x"), "my-crate-x");
    }
}
