//! Why a run failed: what cargo said, and what is so here now.
//!
//! **Invariant**: pure. Where nothing known fits, no cause is named.

use serde::Serialize;

use super::output::{Recognised, recognised};
use super::{Check, Fix, Verdict};
use crate::change_request::ChangeKind;
use crate::project::{ProviderKind, RegistryAccess};

/// Why a run failed.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Diagnosis {
    /// What explains the failure, with what mends it; none where nothing known does.
    pub cause: Option<Check>,
    /// All that was looked at afterwards.
    pub checks: Vec<Check>,
    /// What to send to somebody who can help: versions, config, checks and cargo's output, without a token or a name of this computer.
    pub report: String,
}

/// The cause that an output and the checks after it tell together. `access` is how cargo gets tokens here.
pub(crate) fn cause(output: &str, checks: &[Check], access: &[RegistryAccess]) -> Option<Check> {
    let found = recognised(output);
    let said = found.into_iter().next()?;
    let explained = explanation(&said, checks, access);
    Some(explained.unwrap_or_else(|| by_itself(said, access)))
}

/// What was said, where no check explains it closer. Where cargo asks Granary already, signing in is what is left.
fn by_itself(said: Recognised, access: &[RegistryAccess]) -> Check {
    let asks_granary = |access: &&RegistryAccess| {
        let mut providers = access.providers.iter();
        providers.any(|provider| provider.kind == ProviderKind::Granary)
    };
    let is_meant =
        |access: &&RegistryAccess| said.about.as_ref().is_none_or(|about| *about == access.registry);
    let meant = access.iter().filter(asks_granary).find(is_meant);
    let asks_for_granary = matches!(
        said.check.fix,
        Some(Fix::Change {
            change: ChangeKind::Provider { is_used: true }
        })
    );
    match meant.filter(|_| asks_for_granary) {
        Some(access) => said.check.mended_by(Fix::SignIn {
            place: access.index_url.clone(),
        }),
        None => said.check,
    }
}

/// The check that explains closer what was said, with the line that was said.
fn explanation(said: &Recognised, checks: &[Check], access: &[RegistryAccess]) -> Option<Check> {
    let wrong = |id: &str| {
        let of_id = checks.iter().filter(move |check| {
            check.id == id && matches!(check.verdict, Verdict::Problem | Verdict::Warning)
        });
        let mut of_id = of_id.collect::<Vec<_>>();
        // What names the same registry or crate comes first.
        let names_it = |check: &Check| {
            let about = said.about.as_deref();
            about.is_some_and(|about| check.words.contains(&format!("`{about}`")))
        };
        // What is wrong with another registry explains nothing.
        let names_other = |check: &Check| {
            let mut names = access.iter().map(|access| &access.registry);
            names.any(|name| {
                let is_ours = said.about.as_ref() == Some(name);
                said.about.is_some() && !is_ours && check.words.contains(&format!("`{name}`"))
            })
        };
        of_id.retain(|check| names_it(check) || !names_other(check));
        of_id.sort_by_key(|check| !names_it(check));
        of_id.first().copied().cloned()
    };
    let mut check = said.explained_by.iter().find_map(|id| wrong(id))?;
    check.verdict = Verdict::Problem;
    check.evidence.extend(said.check.evidence.iter().cloned());
    Some(check)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_so_here_explains_what_was_said() {
        let said = "error: failed to get `a`\n  token rejected for `upstream`\n  got 401\n";
        let told = |checks: Vec<Check>| cause(said, &checks, &[]).map(|check| (check.id, check.words));
        assert_eq!(told(Vec::new()).unwrap().0, "P-01");
        let shadow = |name: &str| Check::warning("P-07", format!("a token for `{name}`"));
        let checks = vec![shadow("internal"), shadow("upstream"), Check::ok("P-01")];
        let expected = ("P-07".to_owned(), "a token for `upstream`".to_owned());
        assert_eq!(told(checks), Some(expected));
        assert_eq!(told(vec![Check::problem("P-30", "other")]).unwrap().0, "P-01");
        assert_eq!(cause("error: never seen", &[shadow("a")], &[]), None);
    }
}
