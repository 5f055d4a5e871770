//! Whether a token may be given to cargo by a registry's variables.
//!
//! Cargo finds these variables by a registry's name, a token is for an address, and several names share one variable:
//! a project's config could so lead a token to another host.
//!
//! **Invariant**: a token is given only where every registry that would use the variable has the address it is for.

use crate::cargo::registry_variables;
use crate::project::{Connection, RegistryInUse};

use super::Error;

/// Refuses where a registry's variables would reach another address too.
pub(crate) fn require_own_variable(registry: &RegistryInUse, connection: &Connection) -> Result<(), Error> {
    let index_variable = format!("{}_INDEX", registry_variables(&registry.name));
    let from_environment = std::env::var_os(&index_variable);
    let is_own =
        |index: Option<&std::ffi::OsStr>| index.is_none_or(|index| index == registry.index_url.as_str());
    match leads_elsewhere(registry, connection) || !is_own(from_environment.as_deref()) {
        true => Err(Error::SharedVariable {
            registry: registry.name.clone(),
            variable: format!("{}_TOKEN", registry_variables(&registry.name)),
        }),
        false => Ok(()),
    }
}

fn leads_elsewhere(registry: &RegistryInUse, connection: &Connection) -> bool {
    let variables = registry_variables(&registry.name);
    let sharing = connection
        .registries
        .iter()
        .filter(|other| registry_variables(&other.name) == variables);
    // A source that is no registry has its name from another table, where anything may stand behind it.
    sharing.clone().next().is_none()
        || sharing
            .into_iter()
            .any(|other| other.index_url != registry.index_url)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "sparse+https://pkgs.dev.azure.com/contoso/_packaging/a/Cargo/index/";

    fn check(registries: &[(&str, &str)], asked: &str, expected: bool) {
        let registry = |(name, index_url): &(&str, &str)| RegistryInUse {
            name: (*name).to_owned(),
            index_url: (*index_url).to_owned(),
            feed: None,
        };
        let connection = Connection {
            registries: registries.iter().map(registry).collect(),
            crates_io_through: None,
        };
        let found = leads_elsewhere(&registry(&(asked, OURS)), &connection);
        assert_eq!(found, expected, "{registries:?}");
    }

    #[test]
    fn a_token_is_not_led_to_another_host_by_a_name() {
        let evil = "sparse+https://evil.example/index/";
        check(&[("my-feed", OURS)], "my-feed", false);
        check(&[("my-feed", OURS), ("other", evil)], "my-feed", false);
        check(&[("my-feed", OURS), ("my_feed", evil)], "my-feed", true);
        check(&[("my-feed", OURS), ("My-Feed", evil)], "my-feed", true);
        check(&[("my-feed", OURS), ("my_feed", OURS)], "my-feed", false);
        // `[source.foo] registry = OURS` beside `[registries.foo] index = evil`.
        check(&[("foo", evil)], "foo", true);
        check(&[], "foo", true);
    }
}
