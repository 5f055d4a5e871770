//! A token from the environment, for pipelines and places without a keychain.
//!
//! **Invariant**: never kept, never written; it is for Azure DevOps Services alone, whose every organization lies on
//! the same hosts, so it reaches nobody else.

use crate::{Secret, Token};

/// The variables that may hold one, the first counts.
pub const TOKEN_VARIABLES: [&str; 3] = ["GRANARY_TOKEN", "AZURE_DEVOPS_EXT_PAT", "SYSTEM_ACCESSTOKEN"];
/// What a pipeline passes on where the real token was withheld, as in builds of forks.
const WITHHELD: &str = "$(";

/// The token of the environment, and which variable said it.
#[derive(Debug, Clone)]
pub(crate) struct EnvironmentToken {
    pub(crate) variable: &'static str,
    pub(crate) token: Token,
}

impl EnvironmentToken {
    pub(crate) fn read(value_of: impl Fn(&str) -> Option<String>) -> Option<Self> {
        TOKEN_VARIABLES.iter().find_map(|variable| {
            let text = value_of(variable)?;
            let token = crate::token::pasted_token(&text).ok()?;
            // `$(System.AccessToken)` as such: nobody put a token in its place.
            (!text.trim().starts_with(WITHHELD)).then(|| Self {
                variable,
                token: of_variable(variable, &token),
            })
        })
    }
}

/// A pipeline's own token is always a bearer; the others are what they look like.
fn of_variable(variable: &str, token: &Secret) -> Token {
    match Token::of_any_kind(token) {
        token_of_kind if variable != "SYSTEM_ACCESSTOKEN" => token_of_kind,
        token_of_kind => Token::bearer(token, token_of_kind.expires_at()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[(&str, &str)], expected: Option<(&str, &str)>) {
        let find = |name: &str| {
            let found = values.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let found = EnvironmentToken::read(find);
        let found = found.as_ref().map(|found| {
            let scheme = found
                .token
                .header()
                .expose()
                .split(' ')
                .next()
                .unwrap_or_default();
            (found.variable, scheme)
        });
        assert_eq!(found, expected, "{values:?}");
    }

    #[test]
    fn the_first_variable_with_a_token_counts() {
        check(&[], None);
        check(&[("GRANARY_TOKEN", " ")], None);
        check(&[("GRANARY_TOKEN", "pat")], Some(("GRANARY_TOKEN", "Basic")));
        let both = [("SYSTEM_ACCESSTOKEN", "job"), ("AZURE_DEVOPS_EXT_PAT", "pat")];
        check(&both, Some(("AZURE_DEVOPS_EXT_PAT", "Basic")));
        check(&both[..1], Some(("SYSTEM_ACCESSTOKEN", "Bearer")));
        check(&[("SYSTEM_ACCESSTOKEN", "$(System.AccessToken)")], None);
    }
}
