//! The program cargo asks for a token: cargo's credential provider protocol, version 1, on stdin and stdout.
//!
//! **Invariant**: answers for feeds of Granary's accounts only; for everything else it says *not mine*, so that
//! other providers keep working. Nothing but the protocol is ever printed on stdout.

use cargo_credential::{Action, CacheControl, Credential, CredentialResponse, Error, RegistryInfo, Secret};
use credentials::{Home, LocalFeeds};

struct Granary;

impl Credential for Granary {
    fn perform(
        &self,
        registry: &RegistryInfo<'_>,
        action: &Action<'_>,
        _args: &[&str],
    ) -> Result<CredentialResponse, Error> {
        let local = Home::of_this_program()
            .and_then(|home| LocalFeeds::of(&home))
            .map_err(explained)?;
        if !local.serves(registry.index_url) {
            return Err(Error::UrlNotSupported);
        }
        match action {
            Action::Get(_) => {
                let token = local
                    .existing_header()
                    .map_err(explained)?
                    .ok_or(Error::NotFound)?;
                Ok(CredentialResponse::Get {
                    token: Secret::from(token.header().expose().to_owned()),
                    cache: CacheControl::Session,
                    operation_independent: true,
                })
            }
            _ => Err(Error::OperationNotSupported),
        }
    }
}

/// What failed, and the one thing to do: cargo prints it whole.
fn explained(error: credentials::Error) -> Error {
    let hint = error.hint();
    Error::Other(Box::new(Explained {
        message: format!("{error}. {hint}"),
        source: error,
    }))
}

#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Explained {
    message: String,
    source: credentials::Error,
}

fn main() {
    cargo_credential::main(Granary);
}
