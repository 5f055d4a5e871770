//! All who are signed in, and their tokens: what app, command and provider ask.
//!
//! **Invariant**: one change at a time across all programs, by the lock; a renewed token is on the disk before anybody
//! is given it (`renewal`). Calls marked *may block* wait for the keychain, and maybe for its owner: not for a runtime's thread.

mod renewal;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::account::{Account, Book, Keeping, SignIn};
use crate::environment::EnvironmentToken;
use crate::keychain::Keychain;
use crate::sign_in::{self, NewSignIn};
use crate::vault::{Entries, Kept, KeyKind, Vault};
use crate::{AccountKind, Error, FeedUrl, Home, Secret, Settings, Token, source::TokenSource};

use renewal::Next;

/// Under which name the token of the feeds on this computer is kept.
pub(crate) const LOCAL_ENTRY: &str = "local";

/// All sign-ins of a home. Cheap to clone; clones share what was unlocked.
#[derive(Debug, Clone)]
pub struct SignIns(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    home: Home,
    settings: Settings,
    vault: Vault,
    environment: Option<EnvironmentToken>,
    /// What lasts as long as this program.
    session: Mutex<Session>,
}

#[derive(Debug, Default)]
struct Session {
    book: Book,
    kept: HashMap<String, Kept>,
}

impl SignIns {
    /// The sign-ins of a home, with the system's keychain unless the settings forbid it.
    pub fn of(home: &Home) -> Result<Self, Error> {
        let settings = Settings::read(home)?;
        let keychain = match settings.keychain.is_used {
            true => Keychain::System,
            false => Keychain::Unused,
        };
        Ok(Self::with(home, settings, keychain))
    }

    /// The same with another keychain.
    pub fn with(home: &Home, settings: Settings, keychain: Keychain) -> Self {
        let environment = EnvironmentToken::read(|name| std::env::var(name).ok());
        Self(Arc::new(Inner {
            vault: Vault::new(home.vault_file(), home.sign_in_lock(), keychain),
            home: home.clone(),
            settings,
            environment,
            session: Mutex::default(),
        }))
    }

    /// The settings they go by.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn home(&self) -> &Home {
        &self.0.home
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.0.vault
    }

    /// All accounts, the preferred first.
    pub fn accounts(&self) -> Result<Vec<Account>, Error> {
        let mut accounts = self.session(|session| session.book.accounts.clone());
        accounts.extend(Book::read(&self.0.home)?.accounts);
        Ok(accounts)
    }

    /// One account. Where the environment brings a token, every organization is one.
    pub fn account(&self, id: &str) -> Result<Account, Error> {
        let mut known = self.accounts()?.into_iter();
        match known.find(|account| account.id == id) {
            Some(account) => Ok(account),
            None if self.0.environment.is_some() => Ok(Account::of_organization(id)),
            None => Err(Error::NoAccount(id.to_owned())),
        }
    }

    /// Whose identity an account is; none on this computer, and for what the environment brings.
    pub fn sign_in_of(&self, account: &Account) -> Result<Option<SignIn>, Error> {
        let Some(id) = account.sign_in.as_deref() else {
            return Ok(None);
        };
        match self.session(|session| session.book.sign_in(id).cloned()) {
            Some(sign_in) => Ok(Some(sign_in)),
            None => Ok(Book::read(&self.0.home)?.sign_in(id).cloned()),
        }
    }

    /// Which environment variable brings a token, if one does.
    pub fn environment_variable(&self) -> Option<&'static str> {
        self.0.environment.as_ref().map(|found| found.variable)
    }

    /// Whether the environment's token is used for an account, before what is kept.
    pub fn is_from_environment(&self, account: &Account) -> bool {
        account.kind == AccountKind::Services && self.0.environment.is_some()
    }

    /// The account whose feed an index URL names, and that feed.
    pub fn find(&self, index_url: &str) -> Result<Option<(Account, FeedUrl)>, Error> {
        let azure = &self.0.settings.azure;
        let found = self.accounts()?.into_iter().find_map(|account| {
            let url = account.feed_at(index_url, azure)?;
            Some((account, url))
        });
        if found.is_some() || self.0.environment.is_none() {
            return Ok(found);
        }
        let url = azure.feed_at(index_url);
        Ok(url.map(|url| (Account::of_organization(&url.organization), url)))
    }

    /// Whether the keychain answers; may block.
    pub fn check_keychain(&self) -> Result<(), Error> {
        Ok(self.0.vault.keychain().check()?)
    }

    /// Whether a passphrase keeps the tokens there are.
    pub fn has_passphrase(&self) -> Result<bool, Error> {
        Ok(matches!(self.0.vault.kind()?, Some(KeyKind::Passphrase { .. })))
    }

    /// Says the passphrase that tokens are, or from now on shall be, kept by; may take a moment.
    pub fn unlock(&self, passphrase: &Secret) -> Result<(), Error> {
        self.0.vault.unlock(&self.0.vault.lock()?, passphrase)
    }

    /// Keeps a sign-in and the accounts it gives; answers their ids. May block.
    ///
    /// With [`Keeping::Passphrase`] the passphrase was said before, by [`SignIns::unlock`].
    pub fn keep(&self, new: NewSignIn, accounts: &[Account], keeping: Keeping) -> Result<Vec<String>, Error> {
        let sign_in = SignIn {
            id: uuid::Uuid::new_v4().to_string(),
            method: new.method,
            user: new.user,
            tenant: new.tenant,
            client_id: new.client_id,
            keeping,
            refused: None,
            ends_at: match &new.kept {
                Kept::Given(_) => sign_in::token_of(&new.kept).expires_at(),
                Kept::Renewable { .. } => None,
            },
        };
        if keeping == Keeping::ThisRun {
            return Ok(self.session(|session| {
                session.kept.insert(sign_in.id.clone(), new.kept);
                session.book.enter(sign_in, accounts).0
            }));
        }
        let held = self.0.vault.lock()?;
        // There is one vault: what keeps it keeps all that is in it.
        let sign_in = match self.0.vault.kind()? {
            Some(KeyKind::Passphrase { .. }) => SignIn {
                keeping: Keeping::Passphrase,
                ..sign_in
            },
            _ => sign_in,
        };
        let mut book = Book::read(&self.0.home)?;
        let id = sign_in.id.clone();
        let (ids, gone) = book.enter(sign_in, accounts);
        // Kept before it is told of: an account without its token would be of no use.
        self.0.vault.change(&held, |entries| {
            entries.insert(id, new.kept);
            gone.iter().for_each(|id| drop(entries.remove(id)));
        })?;
        book.write(&self.0.home)?;
        Ok(ids)
    }

    /// Adds accounts to a sign-in that is kept already; answers their ids.
    pub fn add_accounts(&self, of: &str, accounts: &[Account]) -> Result<Vec<String>, Error> {
        let sign_in = self
            .sign_in_of(&self.account(of)?)?
            .ok_or_else(|| Error::NoAccount(of.to_owned()))?;
        if sign_in.keeping == Keeping::ThisRun {
            return Ok(self.session(|session| session.book.enter(sign_in, accounts).0));
        }
        let _held = self.0.vault.lock()?;
        let mut book = Book::read(&self.0.home)?;
        let (ids, _) = book.enter(sign_in, accounts);
        book.write(&self.0.home)?;
        Ok(ids)
    }

    /// Remembers that the feeds on this computer are in use.
    pub fn use_local(&self) -> Result<(), Error> {
        let _held = self.0.vault.lock()?;
        let mut book = Book::read(&self.0.home)?;
        if book.account(crate::LOCAL_ACCOUNT).is_none() {
            book.accounts.push(Account::this_computer());
            book.write(&self.0.home)?;
        }
        Ok(())
    }

    /// Puts an account before all others, so that cargo is given it where several fit.
    pub fn prefer(&self, id: &str) -> Result<(), Error> {
        let _held = self.0.vault.lock()?;
        let mut book = Book::read(&self.0.home)?;
        let at = book.accounts.iter().position(|account| account.id == id);
        let at = at.ok_or_else(|| Error::NoAccount(id.to_owned()))?;
        let account = book.accounts.remove(at);
        book.accounts.insert(0, account);
        book.write(&self.0.home)
    }

    /// Forgets an account, and with the last one of a sign-in its token. May block.
    ///
    /// What cannot be unsealed, because its key is gone or locked away, is forgotten all the same.
    pub fn sign_out(&self, id: &str) -> Result<(), Error> {
        let was_of_session = self.session(|session| {
            let before = session.book.accounts.len();
            session.book.accounts.retain(|account| account.id != id);
            for gone in session.book.sweep() {
                session.kept.remove(&gone);
            }
            session.book.accounts.len() != before
        });
        if was_of_session {
            return Ok(());
        }
        let held = self.0.vault.lock()?;
        let mut book = Book::read(&self.0.home)?;
        if book.account(id).is_none() {
            return Err(Error::NoAccount(id.to_owned()));
        }
        book.accounts.retain(|account| account.id != id);
        let gone = book.sweep();
        if !gone.is_empty() {
            let forget = |entries: &mut Entries| gone.iter().for_each(|id| drop(entries.remove(id)));
            match self.0.vault.change(&held, forget) {
                Err(Error::PassphraseNeeded | Error::Keychain(_)) if book.sign_ins.is_empty() => {
                    crate::file::remove(&self.0.home.vault_file())?;
                }
                outcome => outcome?,
            }
        }
        book.write(&self.0.home)
    }

    /// Where an account's tokens come from.
    pub fn source(&self, account: &Account) -> Result<TokenSource, Error> {
        if let (AccountKind::Services, Some(found)) = (account.kind, &self.0.environment) {
            return Ok(TokenSource::fixed(found.token.clone()));
        }
        Ok(TokenSource::of(self.clone(), account.id.clone()))
    }

    /// The token as it is kept, if it can be handed out as it is; asks no network. May block.
    pub fn fresh_token(&self, account: &Account) -> Result<Option<Token>, Error> {
        if let (AccountKind::Services, Some(found)) = (account.kind, &self.0.environment) {
            return match renewal::has_ended(&found.token) {
                true => Err(Error::FixedRefused),
                false => Ok(Some(found.token.clone())),
            };
        }
        let sign_in = self
            .sign_in_of(account)?
            .ok_or_else(|| Error::NoAccount(account.id.clone()))?;
        match self.next(&account.id, &sign_in, None)? {
            Next::Use(token) => Ok(Some(token)),
            Next::Renew { .. } | Next::Nothing => Ok(None),
        }
    }

    fn session<T>(&self, with: impl FnOnce(&mut Session) -> T) -> T {
        with(&mut self.0.session.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Book {
    /// Enters a sign-in and its accounts; answers the accounts' ids and the sign-ins that are used no more.
    fn enter(&mut self, sign_in: SignIn, accounts: &[Account]) -> (Vec<String>, Vec<String>) {
        let ids = accounts
            .iter()
            .map(|account| self.add(account.clone(), &sign_in))
            .collect();
        self.sign_ins.retain(|known| known.id != sign_in.id);
        self.sign_ins.push(sign_in);
        (ids, self.sweep())
    }
}

pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(folder: &std::path::Path) -> SignIns {
        SignIns::with(&Home::at(folder), Settings::default(), Keychain::in_memory())
    }

    fn pasted(token: &str) -> NewSignIn {
        NewSignIn::with_token(&Secret::new(token)).unwrap()
    }

    #[test]
    fn a_token_is_kept_used_and_forgotten_with_its_last_account() {
        let folder = tempfile::tempdir().unwrap();
        let signs = signs(folder.path());
        let both = [
            Account::of_organization("contoso"),
            Account::of_organization("tailspin"),
        ];
        let ids = signs.keep(pasted("canary-9"), &both, Keeping::Keychain).unwrap();
        assert_eq!(ids, ["contoso", "tailspin"]);
        let account = signs.account("contoso").unwrap();
        let token = signs.fresh_token(&account).unwrap().unwrap();
        assert!(token.is(&Token::personal_access_token(&Secret::new("canary-9"))));
        let accounts = std::fs::read_to_string(folder.path().join("accounts.json")).unwrap();
        assert!(!accounts.contains("canary"), "{accounts}");

        signs.sign_out("contoso").unwrap();
        assert!(
            signs
                .fresh_token(&signs.account("tailspin").unwrap())
                .unwrap()
                .is_some()
        );
        signs.sign_out("tailspin").unwrap();
        assert!(!folder.path().join("vault").exists());
        assert!(matches!(signs.sign_out("tailspin"), Err(Error::NoAccount(_))));
    }

    #[test]
    fn for_this_run_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let signs = signs(folder.path());
        let accounts = [Account::of_organization("contoso")];
        signs
            .keep(pasted("canary-9"), &accounts, Keeping::ThisRun)
            .unwrap();
        assert!(
            signs
                .fresh_token(&signs.account("contoso").unwrap())
                .unwrap()
                .is_some()
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let another = SignIns::with(
            &Home::at(folder.path()),
            Settings::default(),
            Keychain::in_memory(),
        );
        assert!(matches!(another.account("contoso"), Err(Error::NoAccount(_))));
        signs.sign_out("contoso").unwrap();
        assert_eq!(signs.accounts().unwrap(), []);
    }

    #[test]
    fn signing_in_again_replaces_the_token_and_keeps_the_account() {
        let folder = tempfile::tempdir().unwrap();
        let signs = signs(folder.path());
        let accounts = [Account::of_organization("contoso")];
        signs.keep(pasted("old"), &accounts, Keeping::Keychain).unwrap();
        signs.keep(pasted("new"), &accounts, Keeping::Keychain).unwrap();
        assert_eq!(signs.accounts().unwrap().len(), 1);
        let token = signs
            .fresh_token(&signs.account("contoso").unwrap())
            .unwrap()
            .unwrap();
        assert!(token.is(&Token::personal_access_token(&Secret::new("new"))));
        assert_eq!(
            signs.vault().entries().unwrap().len(),
            1,
            "the old token is forgotten"
        );
    }

    #[tokio::test]
    async fn a_given_token_that_is_refused_cannot_be_renewed() {
        let folder = tempfile::tempdir().unwrap();
        let signs = signs(folder.path());
        signs
            .keep(
                pasted("old"),
                &[Account::of_organization("contoso")],
                Keeping::Keychain,
            )
            .unwrap();
        let account = signs.account("contoso").unwrap();
        let source = signs.source(&account).unwrap();
        let token = source.token().await.unwrap();
        assert!(matches!(source.renewed(&token).await, Err(Error::FixedRefused)));
        assert!(signs.sign_in_of(&account).unwrap().unwrap().refused.is_none());
    }

    #[tokio::test]
    async fn what_somebody_else_renewed_is_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let signs = signs(folder.path());
        let keep = |token: &str| {
            signs
                .keep(
                    pasted(token),
                    &[Account::of_organization("contoso")],
                    Keeping::Keychain,
                )
                .unwrap();
        };
        keep("old");
        let account = signs.account("contoso").unwrap();
        let sign_in = signs.sign_in_of(&account).unwrap().unwrap();
        let old = signs.token("contoso", None).await.unwrap();
        let kept = Kept::Given(Secret::new("new"));
        let held = signs.vault().lock().unwrap();
        signs
            .vault()
            .change(&held, |entries| drop(entries.insert(sign_in.id.clone(), kept)))
            .unwrap();
        drop(held);
        let new = signs.token("contoso", Some(&old)).await.unwrap();
        assert!(new.is(&Token::personal_access_token(&Secret::new("new"))));
    }

    #[test]
    fn the_feeds_of_all_accounts_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let signs = signs(folder.path());
        let server = url::Url::parse("https://devops.contoso.com/tfs").unwrap();
        let accounts = [
            Account::of_organization("contoso"),
            Account::of_server(server, "Main"),
        ];
        signs.keep(pasted("t"), &accounts, Keeping::Keychain).unwrap();
        let check = |url: &str, expected: Option<&str>| {
            let found = signs.find(url).unwrap().map(|(account, _)| account.id);
            assert_eq!(found.as_deref(), expected, "{url}");
        };
        check(
            "sparse+https://pkgs.dev.azure.com/contoso/P/_packaging/a/Cargo/index/",
            Some("contoso"),
        );
        check(
            "sparse+https://contoso.pkgs.visualstudio.com/_packaging/a/Cargo/index/",
            Some("contoso"),
        );
        check(
            "sparse+https://devops.contoso.com/tfs/Main/P/_packaging/a/Cargo/index/",
            Some("Main"),
        );
        check(
            "sparse+https://pkgs.dev.azure.com/other/_packaging/a/Cargo/index/",
            None,
        );
        check("sparse+https://example.com/", None);
    }
}
