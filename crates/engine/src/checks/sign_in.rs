//! Whether somebody is signed in where cargo would ask Granary for a token.
//!
//! **Invariant**: what is known of accounts, without asking anybody; no keychain is opened.

use super::{Check, Evidence, Fix, Subject};
use crate::accounts::AccountState;
use crate::project::{ProviderKind, TokenEffect};

pub(super) fn check(subject: &Subject) -> Vec<Check> {
    let mut found: Vec<Check> = Vec::new();
    for registry in subject.feed_registries() {
        let Some(access) = subject.access(registry) else {
            continue;
        };
        let asks_granary = access
            .providers
            .iter()
            .any(|provider| provider.kind == ProviderKind::Granary);
        let is_shadowed = access
            .tokens
            .iter()
            .any(|token| token.effect == TokenEffect::ShadowsGranary);
        if !asks_granary || is_shadowed || subject.is_of_this_computer(registry) {
            continue;
        }
        let check = match subject.account(registry) {
            None => {
                let place = registry.index_url.clone();
                let words = format!(
                    "nobody is signed in at `{}`",
                    registry.feed.as_deref().unwrap_or(&registry.name)
                );
                Some(Check::problem("signed-in", words).mended_by(Fix::SignIn { place }))
            }
            Some(account) => ended(&account.state, &subject.now).map(|words| {
                let check = Check::problem(
                    "sign-in-ended",
                    format!("the sign-in of `{}` {words}", account.id),
                );
                let fix = Fix::SignIn {
                    place: account.id.clone(),
                };
                check
                    .seen([Evidence::Account {
                        id: account.id.clone(),
                    }])
                    .mended_by(fix)
            }),
        };
        // Two feeds of one organization have one sign-in.
        found.extend(check.filter(|check| !found.contains(check)));
    }
    found
}

/// In which words it ended; moments are compared as texts, which ISO 8601 in UTC allows.
fn ended(state: &AccountState, now: &str) -> Option<String> {
    match state {
        AccountState::Refused { at, answer } => {
            let answer = answer
                .as_ref()
                .map(|answer| format!(" ({answer})"))
                .unwrap_or_default();
            Some(format!("is no longer accepted since {at}{answer}"))
        }
        AccountState::Ready { until: Some(until) } if until.as_str() < now => {
            Some(format!("ended at {until}"))
        }
        AccountState::Ready { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::Problem;
    use crate::checks::tests::{AT, PACKAGE, index, looked_at, verdicts};

    #[test]
    fn somebody_must_be_signed_in_where_granary_is_asked() {
        let ours = "[registry]\nglobal-credential-providers = [\"cargo-credential-granary\"]\n";
        let config = index("internal", AT) + ours;
        let mut looked = looked_at(&[("Cargo.toml", PACKAGE), (".cargo/config.toml", &config)], &[]);
        assert_eq!(verdicts(&check(&looked.subject)), [("signed-in", Problem)]);
        looked.sign_in(None);
        assert_eq!(check(&looked.subject), []);
        looked.sign_in(Some("2027-01-01T00:00:00Z"));
        assert_eq!(check(&looked.subject), []);
        looked.sign_in(Some("2025-01-01T00:00:00Z"));
        assert_eq!(verdicts(&check(&looked.subject)), [("sign-in-ended", Problem)]);
        let tokens = index("internal", AT) + "[registry]\nglobal-credential-providers = [\"cargo:token\"]\n";
        let looked = looked_at(&[("Cargo.toml", PACKAGE), (".cargo/config.toml", &tokens)], &[]);
        assert_eq!(check(&looked.subject), [], "Granary is not asked");
    }
}
