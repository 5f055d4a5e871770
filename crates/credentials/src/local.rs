//! The feeds on this computer as an account: its name, its address, its token.
//!
//! The token lies in the vault, like every other, where there is a keychain. Where there is none these feeds still have
//! to work, with no account and nobody to ask: then it lies in the feeds' own folder, which only its owner may enter.
//! It opens nothing but what lies in that very folder.
//!
//! **Invariant**: starts no server and opens no socket; what is written is for the owner's eyes alone.

use crate::sign_ins::{LOCAL_ENTRY, blocking};
use crate::vault::Kept;
use crate::{Error, FeedUrl, LocalSettings, Secret, SignIns, Token, file};

/// The account, and the organization, of the feeds on this computer.
pub const LOCAL_ACCOUNT: &str = "local";
/// The one project they belong to.
pub const LOCAL_PROJECT: &str = "main";

/// The account *this computer*.
#[derive(Debug, Clone)]
pub struct LocalFeeds {
    signs: SignIns,
}

impl LocalFeeds {
    /// The account of a home, at the port its settings name.
    pub fn of(signs: &SignIns) -> Self {
        Self { signs: signs.clone() }
    }

    /// What the settings say of it.
    pub fn settings(&self) -> &LocalSettings {
        &self.signs.settings().local
    }

    /// Whether an index URL is one of ours.
    pub fn serves(&self, index_url: &str) -> bool {
        FeedUrl::parse(index_url).is_ok_and(|url| url.is_local(self.settings().port))
    }

    /// The token every request to these feeds needs; made at the first call.
    pub async fn token(&self) -> Result<Secret, Error> {
        let this = self.clone();
        blocking(move || this.token_now()).await
    }

    /// The same, on a thread that may wait for the keychain.
    pub fn token_now(&self) -> Result<Secret, Error> {
        if let Some(token) = self.existing_token()? {
            return Ok(token);
        }
        let held = self.signs.vault().lock()?;
        // Another process may have made it first, and then that one counts.
        if let Some(token) = self.existing_token()? {
            return Ok(token);
        }
        let id = || uuid::Uuid::new_v4().simple();
        let token = Secret::new(format!("{}{}", id(), id()));
        let kept = Kept::Given(token.clone());
        let sealed = self.signs.vault().change(&held, |entries| {
            drop(entries.insert(LOCAL_ENTRY.to_owned(), kept))
        });
        match sealed {
            Ok(()) => Ok(token),
            Err(reason @ (Error::Keychain(_) | Error::PassphraseNeeded | Error::KeyLost { .. })) => {
                tracing::debug!(%reason, "the token of the feeds on this computer lies in their folder");
                file::replace(&self.token_file(), token.expose().as_bytes())?;
                Ok(token)
            }
            Err(error) => Err(error),
        }
    }

    /// The token as cargo and Azure's API want it; none when these feeds were never used. May block.
    pub fn existing_header(&self) -> Result<Option<Token>, Error> {
        Ok(self
            .existing_token()?
            .map(|token| Token::personal_access_token(&token)))
    }

    fn token_file(&self) -> std::path::PathBuf {
        self.signs.home().feeds().join("token")
    }

    fn existing_token(&self) -> Result<Option<Secret>, Error> {
        let path = self.token_file();
        if let Some(text) = file::read(&path, 4096)? {
            return match text.trim() {
                token if token.len() >= 32 && token.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                    Ok(Some(Secret::new(token)))
                }
                _ => Err(Error::NoToken { path }),
            };
        }
        match self.signs.vault().entries() {
            // A passphrase is asked for nobody's feeds but a company's.
            Err(Error::PassphraseNeeded | Error::KeyLost { .. }) => Ok(None),
            entries => Ok(entries?.remove(LOCAL_ENTRY).and_then(|kept| match kept {
                Kept::Given(token) => Some(token),
                Kept::Renewable { .. } => None,
            })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Home, Keychain, Settings};

    fn local(folder: &std::path::Path, keychain: &Keychain) -> LocalFeeds {
        let home = Home::at(folder);
        LocalFeeds::of(&SignIns::with(&home, Settings::default(), keychain.clone()))
    }

    #[test]
    fn the_token_is_made_once_and_lies_in_no_file() {
        let (folder, keychain) = (tempfile::tempdir().unwrap(), Keychain::in_memory());
        assert!(
            local(folder.path(), &keychain)
                .existing_header()
                .unwrap()
                .is_none()
        );
        let first = local(folder.path(), &keychain).token_now().unwrap();
        assert_eq!(first.expose().len(), 64);
        let again = local(folder.path(), &keychain).token_now().unwrap();
        assert_eq!(again.expose(), first.expose());
        assert!(!folder.path().join("feeds/token").exists());
        let vault = std::fs::read_to_string(folder.path().join("vault")).unwrap();
        assert!(!vault.contains(first.expose()));
    }

    #[test]
    fn without_a_keychain_it_lies_in_the_feeds_own_folder_for_the_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let first = local(folder.path(), &Keychain::Unused).token_now().unwrap();
        let again = local(folder.path(), &Keychain::Unused).token_now().unwrap();
        assert_eq!(again.expose(), first.expose());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |name: &str| {
                let about = std::fs::metadata(folder.path().join(name)).unwrap();
                about.permissions().mode() & 0o777
            };
            assert_eq!((mode("feeds/token"), mode("feeds")), (0o600, 0o700));
        }
    }

    #[test]
    fn a_vault_whose_key_is_in_another_session_is_left_as_it_is() {
        let (folder, keychain) = (tempfile::tempdir().unwrap(), Keychain::in_memory());
        local(folder.path(), &keychain).token_now().unwrap();
        let vault = std::fs::read(folder.path().join("vault")).unwrap();
        let elsewhere = Keychain::in_memory();
        let token = local(folder.path(), &elsewhere).token_now().unwrap();
        assert_eq!(local(folder.path(), &elsewhere).token_now().unwrap(), token);
        assert_eq!(std::fs::read(folder.path().join("vault")).unwrap(), vault);
    }

    #[test]
    fn a_damaged_token_file_is_an_error_that_does_not_show_it() {
        let folder = tempfile::tempdir().unwrap();
        local(folder.path(), &Keychain::Unused).token_now().unwrap();
        std::fs::write(folder.path().join("feeds/token"), "canary-3f9c").unwrap();
        let error = local(folder.path(), &Keychain::Unused).token_now().unwrap_err();
        assert!(
            !format!("{error} {error:?} {}", error.hint()).contains("canary"),
            "{error:?}"
        );
    }
}
