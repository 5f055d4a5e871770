//! Whether cargo would get a token for each feed, from whom, and whether that one can give any.
//!
//! **Invariant**: follows the order that was read; starts no provider and sees of a token only its shape.

use std::path::Path;

use super::{Check, Evidence, Fix, Subject};
use crate::accounts::{Account, AccountState};
use crate::change_request::ChangeKind;
use crate::project::{
    CredentialProvider, ProviderKind, RegistryAccess, RegistryInUse, SecretScheme, SettingOrigin,
    StoredToken, TokenEffect,
};

/// Cargo's own providers that work on one system alone, and that system.
const OF_ONE_SYSTEM: [(&str, &str); 3] = [
    ("cargo:wincred", "windows"),
    ("cargo:macos-keychain", "macos"),
    ("cargo:libsecret", "linux"),
];

pub(super) fn check(subject: &Subject) -> Vec<Check> {
    let mut found: Vec<Check> = Vec::new();
    for registry in subject.feed_registries() {
        let Some(access) = subject.access(registry) else {
            continue;
        };
        let of_registry = std::iter::empty()
            .chain(nobody(access))
            .chain(programs(subject, access))
            .chain(tokens(subject, access, registry))
            .chain(without_ours(subject, access, registry));
        for check in of_registry {
            // A list of providers is for all registries: what is wrong with it is told once.
            if !found.contains(&check) {
                found.push(check);
            }
        }
    }
    found
}

/// No provider at all, or none but the one for tokens in files, and no token in any file.
fn nobody(access: &RegistryAccess) -> Option<Check> {
    if access.providers.is_empty() {
        let words =
            "no credential provider is configured: cargo asks none for a token, not even its own files";
        return Some(Check::problem("P-09", words).mended_by(ask_granary()));
    }
    let only_tokens = access
        .providers
        .iter()
        .all(|provider| provider.kind == ProviderKind::CargoToken);
    if !only_tokens || !access.tokens.is_empty() {
        return None;
    }
    let words = format!(
        "no token is kept for `{}`, and no provider can give one",
        access.registry
    );
    let evidence = access
        .providers
        .iter()
        .map(|provider| Evidence::from(&provider.origin));
    Some(
        Check::problem("P-08", words)
            .seen(evidence)
            .mended_by(ask_granary()),
    )
}

fn ask_granary() -> Fix {
    let change = ChangeKind::Provider { is_used: true };
    Fix::Change { change }
}

fn programs(subject: &Subject, access: &RegistryAccess) -> Vec<Check> {
    let mut found = Vec::new();
    let mut is_answered = false;
    for (at, provider) in access.providers.iter().enumerate() {
        let wrong = wrong_system(subject, provider).or_else(|| gone(subject, provider));
        let Some((id, words)) = wrong else {
            let has_token = access
                .tokens
                .iter()
                .any(|token| token.effect != TokenEffect::Ignored);
            is_answered |= match provider.kind {
                ProviderKind::CargoToken => has_token,
                ProviderKind::BuiltIn => false,
                _ => true,
            };
            continue;
        };
        // One for another system is passed over; one that cannot be started ends the search.
        let is_last = at + 1 == access.providers.len();
        let stops = !is_answered && (id == "P-50" || is_last);
        let evidence = Evidence::from(&provider.origin);
        // Asked first, Granary answers before any of these is tried; a list for all systems stays as its author wrote it.
        found.extend(match (stops, id) {
            (true, _) => Some(
                Check::problem(id, words)
                    .mended_by(ask_granary())
                    .seen([evidence]),
            ),
            (false, "P-50") => Some(Check::warning(id, words).seen([evidence])),
            (false, _) => None,
        });
    }
    found
}

fn wrong_system(subject: &Subject, provider: &CredentialProvider) -> Option<(&'static str, String)> {
    let (name, system) = OF_ONE_SYSTEM.iter().find(|(name, _)| *name == provider.program)?;
    let words = format!("the credential provider `{name}` works on {system} alone");
    (*system != subject.system).then_some(("P-48", words))
}

fn gone(subject: &Subject, provider: &CredentialProvider) -> Option<(&'static str, String)> {
    let is_program = !matches!(provider.kind, ProviderKind::CargoToken | ProviderKind::BuiltIn);
    let words = format!(
        "the credential provider `{}` is not there: `{}`",
        provider.name, provider.program
    );
    (is_program && !is_there(subject, &provider.program)).then_some(("P-50", words))
}

/// A program with its arguments; its path may have blanks in it too.
fn is_there(subject: &Subject, program: &str) -> bool {
    let ends = program
        .match_indices(' ')
        .map(|(at, _)| at)
        .chain([program.len()]);
    ends.map(|end| &program[..end]).any(|path| {
        let at = |folder: &Path| {
            let path = folder.join(path);
            path.is_file() || path.with_extension("exe").is_file()
        };
        match path.contains(['/', '\\']) {
            true => at(&subject.project.folder),
            false => subject.search_path.iter().any(|folder| at(folder)),
        }
    })
}

fn tokens(subject: &Subject, access: &RegistryAccess, registry: &RegistryInUse) -> Vec<Check> {
    let mut found = Vec::new();
    for token in &access.tokens {
        let fix = instead(subject, access, registry, token);
        let finished = |check: Check| check.seen([Evidence::from(&token.origin)]).mended_by(fix.clone());
        if !matches!(token.effect, TokenEffect::Ignored | TokenEffect::Overridden) {
            found.extend(shape(access, token).map(finished));
        }
        if token.effect == TokenEffect::ShadowsGranary {
            let words = format!(
                "a token that is kept for `{}` is taken before Granary is asked",
                access.registry
            );
            found.push(finished(Check::warning("P-07", words)));
        }
    }
    found
}

/// What comes in a token's place. It is taken out only where Granary has another: no copy of it is kept.
fn instead(subject: &Subject, access: &RegistryAccess, registry: &RegistryInUse, token: &StoredToken) -> Fix {
    let is_ready = |account: &Account| matches!(account.state, AccountState::Ready { .. });
    let has_another =
        subject.is_of_this_computer(registry) || subject.account(registry).is_some_and(is_ready);
    match &token.origin {
        SettingOrigin::Variable { name } => Fix::Unset {
            variable: name.clone(),
        },
        SettingOrigin::File { .. } if !has_another => Fix::SignIn {
            place: registry.index_url.clone(),
        },
        // Granary is then asked first, and the token is no longer looked at.
        SettingOrigin::File { .. } if token.effect == TokenEffect::Used => ask_granary(),
        SettingOrigin::File { .. } => Fix::Change {
            change: ChangeKind::ClearTokens {
                registries: vec![access.asked_as.clone()],
            },
        },
    }
}

fn shape(access: &RegistryAccess, token: &StoredToken) -> Option<Check> {
    let name = &access.registry;
    let shape = token.secret;
    if shape.is_empty || shape.scheme == SecretScheme::None {
        let words =
            format!("the token of `{name}` has no scheme in front: a feed wants `Basic` or `Bearer` there");
        return Some(Check::problem("P-04", words));
    }
    if shape.has_blanks {
        let words =
            format!("there are blanks inside the token of `{name}`, as `base64` leaves them where it wraps");
        return Some(Check::problem("P-05", words));
    }
    let words = format!(
        "the token of `{name}` is sent as `Bearer`: no personal access token is taken so, and an Entra token ends within the hour or so"
    );
    (shape.scheme == SecretScheme::Bearer).then(|| Check::warning("P-06", words))
}

/// Somebody is signed in with Granary, and cargo does not ask it.
fn without_ours(subject: &Subject, access: &RegistryAccess, registry: &RegistryInUse) -> Option<Check> {
    let is_asked = access
        .providers
        .iter()
        .any(|provider| provider.kind == ProviderKind::Granary);
    let account = subject.account(registry)?;
    if is_asked || access.providers.is_empty() {
        return None;
    }
    let words = format!(
        "`{}` is signed in, and cargo does not ask Granary for the token of `{}`",
        account.id, access.registry
    );
    let evidence = Evidence::Account {
        id: account.id.clone(),
    };
    Some(
        Check::warning("granary-provider", words)
            .seen([evidence])
            .mended_by(ask_granary()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{self, Problem, Warning};
    use crate::checks::tests::{AT, PACKAGE, index, looked_at, verdicts};

    const TOKENS: &str = "[registry]\nglobal-credential-providers = [\"cargo:token\"]\n";
    const OURS: &str = "[credential-alias]\ngranary = \"bin/cargo-credential-granary\"\n[registry]\nglobal-credential-providers = ";

    fn check_config(config: &str, token: Option<&str>, expected: &[(&str, Verdict)]) {
        let token = token.map(|token| format!("[registries.internal]\ntoken = \"{token}\"\n"));
        let token = token.unwrap_or_default();
        let config = index("internal", AT) + config;
        let files = [
            ("Cargo.toml", PACKAGE),
            (".cargo/config.toml", &config),
            ("bin/cargo-credential-granary", ""),
            ("../cargo-home/credentials.toml", &token),
        ];
        let looked = looked_at(&files, &[]);
        let found = check(&looked.subject);
        assert_eq!(verdicts(&found), expected, "{config}{token}: {found:?}");
    }

    #[test]
    fn somebody_must_be_asked() {
        check_config("", Some("Basic QQ=="), &[("P-09", Problem)]);
        check_config(TOKENS, None, &[("P-08", Problem)]);
        check_config(TOKENS, Some("Basic QQ=="), &[]);
        check_config(&format!("{OURS}[\"granary\"]\n"), None, &[]);
    }

    #[test]
    fn a_provider_must_be_there() {
        let gone = OURS.replace("bin/", "gone/");
        check_config(&format!("{gone}[\"granary\"]\n"), None, &[("P-50", Problem)]);
        check_config(
            &format!("{gone}[\"granary\", \"cargo:token\"]\n"),
            Some("Basic QQ=="),
            &[("P-50", Warning), ("P-07", Warning)],
        );
        check_config(
            "[registry]\nglobal-credential-providers = [\"nowhere-to-be-found\"]\n",
            None,
            &[("P-50", Problem)],
        );
    }

    #[test]
    fn a_provider_must_be_of_this_system() {
        let config = "[registry]\nglobal-credential-providers = [\"cargo:wincred\"]\n";
        check_config(config, None, &[("P-48", Problem)]);
        check_config(
            &format!("{OURS}[\"granary\", \"cargo:macos-keychain\"]\n"),
            None,
            &[],
        );
        check_config(
            "[registry]\nglobal-credential-providers = [\"cargo:libsecret\"]\n",
            None,
            &[],
        );
    }

    #[test]
    fn a_token_must_have_the_shape_a_feed_takes() {
        check_config(TOKENS, Some("QUJD"), &[("P-04", Problem)]);
        check_config(TOKENS, Some("Basic QU JD"), &[("P-05", Problem)]);
        check_config(TOKENS, Some("Bearer QUJD"), &[("P-06", Warning)]);
        check_config(
            &format!("{OURS}[\"granary\", \"cargo:token\"]\n"),
            Some("Basic QQ=="),
            &[("P-07", Warning)],
        );
        check_config(
            &format!("{OURS}[\"cargo:token\", \"granary\"]\n"),
            Some("Basic QQ=="),
            &[],
        );
    }

    #[test]
    fn who_is_signed_in_should_be_asked() {
        let config = index("internal", AT) + TOKENS;
        let token = "[registries.internal]\ntoken = \"Basic QQ==\"\n";
        let files = [
            ("Cargo.toml", PACKAGE),
            (".cargo/config.toml", &config),
            ("../cargo-home/credentials.toml", token),
        ];
        let mut looked = looked_at(&files, &[]);
        looked.sign_in(None);
        assert_eq!(verdicts(&check(&looked.subject)), [("granary-provider", Warning)]);
        looked.subject.accounts.clear();
        assert_eq!(check(&looked.subject), []);
    }
}
