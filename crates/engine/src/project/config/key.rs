//! The dotted keys of cargo's config: how they are written, which variable stands for one, and which are special.
//!
//! **Invariant**: names alone; no value is looked at here.

/// Arrays that name a program and its arguments: the one of highest rank is used whole, never joined with another.
///
/// Cargo up to 1.97 means the same, but where two files share several tables it now joins such arrays and now does not,
/// by the order of a hash table.
const NOT_JOINED: &[&[&str]] = &[
    &["credential-alias", "*"],
    &["doc", "browser"],
    &["host", "runner"],
    &["registries", "*", "credential-provider"],
    &["registry", "credential-provider"],
    &["target", "*", "runner"],
];

/// Tables and keys whose values no variable changes.
const NO_VARIABLE: &[&str] = &["paths", "include", "env", "patch"];

/// Words in the name of a variable that mean what it holds is a secret.
const SECRET_WORDS: &[&str] = &[
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "CREDENTIAL",
    "APIKEY",
    "API_KEY",
    "PAT",
];

/// As cargo writes it: parts that are no bare word are quoted.
pub(crate) fn written<S: AsRef<str>>(key: &[S]) -> String {
    let part = |part: &S| {
        let part = part.as_ref();
        let is_bare = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_');
        match part {
            part if !part.is_empty() && part.chars().all(is_bare) => part.to_owned(),
            part if part.contains('"') && !part.contains('\'') => format!("'{part}'"),
            part => format!("\"{}\"", part.escape_debug()),
        }
    };
    key.iter().map(part).collect::<Vec<_>>().join(".")
}

/// The variable that stands for a key; several keys may share one.
pub(super) fn variable<S: AsRef<str>>(key: &[S]) -> String {
    let part = |part: &S| part.as_ref().to_uppercase().replace(['-', '.'], "_");
    format!("CARGO_{}", key.iter().map(part).collect::<Vec<_>>().join("_"))
}

/// Whether cargo looks for a variable where it looks for this key.
pub(super) fn may_come_from_variable<S: AsRef<str>>(key: &[S]) -> bool {
    let first = key.first().map(AsRef::as_ref);
    first.is_some_and(|first| !NO_VARIABLE.contains(&first))
}

/// Whether an array is used whole, rather than joined with those of lower rank.
pub(super) fn is_not_joined<S: AsRef<str>>(key: &[S]) -> bool {
    let is_like = |pattern: &&[&str]| {
        let same = |(wanted, part): (&&str, &S)| *wanted == "*" || *wanted == part.as_ref();
        pattern.len() == key.len() && pattern.iter().zip(key).all(same)
    };
    NOT_JOINED.iter().any(is_like)
}

/// Whether the value of a key is never shown.
pub(crate) fn is_secret<S: AsRef<str>>(key: &[S]) -> bool {
    let part = |at: usize| key.get(at).map_or("", AsRef::as_ref);
    let last = key.last().map_or("", AsRef::as_ref);
    match part(0) {
        "env" => is_secret_name(part(1)),
        _ => matches!(last, "token" | "secret-key"),
    }
}

/// Whether the name of a variable says that it holds a secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    let name = name.to_uppercase();
    let has = |word: &str| {
        let mut found = name.match_indices(word);
        // `PATH` holds no secret, `AZURE_PAT` does.
        found.any(|(at, _)| word.len() > 3 || !name[at + word.len()..].starts_with(char::is_alphabetic))
    };
    SECRET_WORDS.iter().any(|word| has(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_and_named_as_cargo_does() {
        assert_eq!(
            written(&["registries", "my-feed", "index"]),
            "registries.my-feed.index"
        );
        assert_eq!(
            written(&["target", "cfg(unix)", "runner"]),
            "target.\"cfg(unix)\".runner"
        );
        assert_eq!(written(&["target", "cfg(a = \"b\")"]), "target.'cfg(a = \"b\")'");
        assert_eq!(
            variable(&["registries", "my-feed.x", "index"]),
            "CARGO_REGISTRIES_MY_FEED_X_INDEX"
        );
        assert_eq!(
            variable(&["target", "x86_64-unknown-linux-gnu", "linker"]),
            "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER"
        );
    }

    #[test]
    fn programs_are_not_joined_and_secrets_are_known() {
        assert!(is_not_joined(&["registries", "a", "credential-provider"]));
        assert!(!is_not_joined(&["registry", "global-credential-providers"]));
        assert!(!is_not_joined(&["target", "a", "rustflags"]));
        assert!(is_secret(&["registries", "a", "token"]) && is_secret(&["registry", "secret-key"]));
        assert!(is_secret(&["env", "AZURE_DEVOPS_EXT_PAT", "value"]) && is_secret(&["env", "my_token"]));
        assert!(!is_secret(&["env", "PATH"]) && !is_secret(&["env", "COMPATIBLE"]));
        assert!(!is_secret(&["registries", "token", "index"]));
    }
}
