//! What a feed may be called: Azure's rules, and cargo's for the registry named after it.
//!
//! **Invariant**: pure; whether a name is taken is for the feed's host to say.

/// Signs that Azure refuses in a feed's name.
const REFUSED: &[char] = &[
    '@', '~', ';', '{', '}', '\\', '+', '=', '<', '>', '|', '/', '?', ':', '&', '$', '*', '"', '#', '[', ']',
];
/// The longest name, in characters.
const LONGEST: usize = 64;

/// What is wrong with a feed's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameFault {
    /// Nothing was given.
    #[error("it is empty")]
    Empty,
    /// More than 64 characters.
    #[error("it has more than {LONGEST} characters")]
    TooLong,
    /// Blanks, tabs or line ends.
    #[error("it has blanks")]
    Blank,
    /// One of Azure's refused signs.
    #[error("it has `{0}`")]
    Sign(char),
    /// A first sign that Azure or cargo refuses.
    #[error("it begins with `{0}`")]
    First(char),
    /// Azure allows it, but cargo cannot name a registry so.
    #[error("cargo cannot name a registry with `{0}`")]
    NotForCargo(char),
}

/// Checks a name that a new feed shall have.
pub fn check_feed_name(name: &str) -> Result<(), NameFault> {
    let Some(first) = name.chars().next() else {
        return Err(NameFault::Empty);
    };
    if name.chars().count() > LONGEST {
        return Err(NameFault::TooLong);
    }
    if name.chars().any(char::is_whitespace) {
        return Err(NameFault::Blank);
    }
    if let Some(sign) = name.chars().find(|sign| REFUSED.contains(sign)) {
        return Err(NameFault::Sign(sign));
    }
    if !first.is_alphabetic() {
        return Err(NameFault::First(first));
    }
    match name.chars().find(|sign| !fits_cargo(*sign)) {
        Some(sign) => Err(NameFault::NotForCargo(sign)),
        None => Ok(()),
    }
}

fn fits_cargo(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_')
}

/// The name cargo shall know a feed by: the feed's own where cargo allows it, else the nearest it allows.
pub fn registry_name(feed: &str) -> String {
    let name = feed
        .chars()
        .map(|sign| if fits_cargo(sign) { sign } else { '-' })
        .collect::<String>();
    let name = name.trim_matches('-');
    match name.chars().next() {
        None => "feed".to_owned(),
        Some(first) if first.is_ascii_alphabetic() || first == '_' => name.to_owned(),
        Some(_) => format!("feed-{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_by_both_rules() {
        let check = |name: &str, expected| assert_eq!(check_feed_name(name), expected, "{name}");
        check("upstream", Ok(()));
        check("my-feed_2", Ok(()));
        check("", Err(NameFault::Empty));
        check("my feed", Err(NameFault::Blank));
        check(&"x".repeat(65), Err(NameFault::TooLong));
        check("a@b", Err(NameFault::Sign('@')));
        check("_a", Err(NameFault::First('_')));
        check("1a", Err(NameFault::First('1')));
        check("a.b", Err(NameFault::NotForCargo('.')));
    }

    #[test]
    fn a_registry_takes_the_nearest_name_cargo_allows() {
        let check = |feed: &str, expected: &str| assert_eq!(registry_name(feed), expected);
        check("internal", "internal");
        check("my.feed", "my-feed");
        check("1st", "feed-1st");
        check("größe", "gr--e");
        check("…", "feed");
    }
}
