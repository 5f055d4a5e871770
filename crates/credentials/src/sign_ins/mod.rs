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
use crate::local::LocalFeeds;
use crate::lock::Lock;
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
        Ok(self.all()?.accounts)
    }

    /// What is remembered, and before it what lasts as long as this program.
    fn all(&self) -> Result<Book, Error> {
        let mut all = self.session(|session| session.book.clone());
        let kept = Book::read(&self.0.home)?;
        let is_new = |account: &Account| !all.accounts.iter().any(|known| known.id == account.id);
        let more = kept.accounts.into_iter().filter(is_new).collect::<Vec<_>>();
        all.accounts.extend(more);
        all.sign_ins.extend(kept.sign_ins);
        Ok(all)
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
        self.environment_for(account).is_some()
    }

    fn environment_for(&self, account: &Account) -> Option<&EnvironmentToken> {
        let found = self.0.environment.as_ref();
        found.filter(|_| account.kind == AccountKind::Services)
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
            let (ids, mine) = self.entered(&sign_in, accounts)?;
            self.session(|session| {
                session.kept.insert(sign_in.id.clone(), new.kept);
                session.book.replace(mine, sign_in);
                session.sweep();
            });
            return Ok(ids);
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
        let (ids, mine) = self.entered(&sign_in, accounts)?;
        let id = sign_in.id.clone();
        let enter = |entries: &mut Entries| drop(entries.insert(id.clone(), new.kept.clone()));
        // Kept before it is told of, and the old one forgotten after that: whoever is killed in between loses nothing.
        match self.0.vault.change(&held, enter) {
            Err(Error::KeyLost { .. }) => {
                self.0.vault.set_aside(&held)?;
                self.0.vault.change(&held, enter)?;
            }
            outcome => outcome?,
        }
        let mut book = Book::read(&self.0.home)?;
        book.replace(mine, sign_in);
        book.write(&self.0.home)?;
        self.forget_unused(&held, &book)?;
        self.session(|session| session.forget(&ids));
        Ok(ids)
    }

    /// The accounts as they are called once they are entered, among all there are.
    fn entered(&self, sign_in: &SignIn, accounts: &[Account]) -> Result<(Vec<String>, Vec<Account>), Error> {
        let mut all = self.all()?;
        let add = |account: &Account| all.add(account.clone(), sign_in);
        let ids = accounts.iter().map(add).collect::<Vec<_>>();
        let mine = all
            .accounts
            .into_iter()
            .filter(|account| ids.contains(&account.id));
        Ok((ids.clone(), mine.collect()))
    }

    /// Takes tokens out of the vault that no sign-in of the book stands for.
    fn forget_unused(&self, held: &Lock, book: &Book) -> Result<(), Error> {
        let is_used = |id: &str| id == LOCAL_ENTRY || book.sign_in(id).is_some();
        match self.0.vault.entries()?.keys().all(|id| is_used(id)) {
            true => Ok(()),
            false => self
                .0
                .vault
                .change(held, |entries| entries.retain(|id, _| is_used(id))),
        }
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
        let Some(at) = at else {
            // What lasts for this run alone comes first anyway.
            return match self.session(|session| session.book.account(id).is_some()) {
                true => Ok(()),
                false => Err(Error::NoAccount(id.to_owned())),
            };
        };
        let account = book.accounts.remove(at);
        book.accounts.insert(0, account);
        book.write(&self.0.home)
    }

    /// Forgets an account, and with the last one of a sign-in its token. May block.
    ///
    /// What cannot be unsealed, because its key is gone or locked away, is forgotten all the same.
    pub fn sign_out(&self, id: &str) -> Result<(), Error> {
        let was_of_session = self.session(|session| session.forget(&[id.to_owned()]));
        if was_of_session {
            return Ok(());
        }
        let held = self.0.vault.lock()?;
        let mut book = Book::read(&self.0.home)?;
        if book.account(id).is_none() {
            return Err(Error::NoAccount(id.to_owned()));
        }
        book.accounts.retain(|account| account.id != id);
        book.sweep();
        // Told first: a token nobody can name any more is taken out at the next change, if not now.
        book.write(&self.0.home)?;
        match self.forget_unused(&held, &book) {
            Err(Error::PassphraseNeeded | Error::Keychain(_) | Error::KeyLost { .. }) => {
                match book.sign_ins.is_empty() {
                    true => crate::file::remove(&self.0.home.vault_file()),
                    false => Ok(()),
                }
            }
            outcome => outcome,
        }
    }

    /// Where an account's tokens come from.
    pub fn source(&self, account: &Account) -> Result<TokenSource, Error> {
        if let Some(found) = self.environment_for(account) {
            return Ok(TokenSource::fixed(found.token.clone()));
        }
        Ok(TokenSource::of(self.clone(), account.clone()))
    }

    /// Where the tokens for a registry come from; none where it is nobody's of ours. May block.
    pub fn source_at(&self, index_url: &str) -> Result<Option<TokenSource>, Error> {
        let local = LocalFeeds::of(self);
        if local.serves(index_url) {
            return Ok(local.existing_header()?.map(TokenSource::fixed));
        }
        let found = self.find(index_url)?;
        found.map(|(account, _)| self.source(&account)).transpose()
    }

    /// The token as it is kept, if it can be handed out as it is; asks no network. May block.
    pub fn fresh_token(&self, account: &Account) -> Result<Option<Token>, Error> {
        if let Some(found) = self.environment_for(account) {
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

impl Session {
    /// Forgets accounts; whether there was one of them.
    fn forget(&mut self, ids: &[String]) -> bool {
        let before = self.book.accounts.len();
        self.book.accounts.retain(|account| !ids.contains(&account.id));
        self.sweep();
        self.book.accounts.len() != before
    }

    fn sweep(&mut self) {
        for gone in self.book.sweep() {
            self.kept.remove(&gone);
        }
    }
}

impl Book {
    /// Puts accounts in the place of those of the same name, new ones before all others, with their sign-in.
    fn replace(&mut self, accounts: Vec<Account>, sign_in: SignIn) {
        for account in accounts.into_iter().rev() {
            match self.accounts.iter_mut().find(|known| known.id == account.id) {
                Some(known) => *known = account,
                None => self.accounts.insert(0, account),
            }
        }
        self.sign_ins.push(sign_in);
        self.sweep();
    }
}

/// Does what may wait for the keychain, or for its owner, on a thread that may wait.
pub async fn blocking<T: Send + 'static, E: Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
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

    fn of(user: &str, token: &str) -> NewSignIn {
        NewSignIn {
            user: Some(user.to_owned()),
            ..pasted(token)
        }
    }

    fn tokens(signs: &SignIns) -> Vec<(String, bool)> {
        let expected = |account: &Account| {
            let token = signs.fresh_token(account).unwrap().unwrap();
            token.is(&Token::personal_access_token(&Secret::new("new")))
        };
        let accounts = signs.accounts().unwrap();
        accounts
            .iter()
            .map(|account| (account.id.clone(), expected(account)))
            .collect()
    }

    #[test]
    fn what_lasts_for_this_run_and_what_is_kept_never_hide_each_other() {
        let contoso = [Account::of_organization("contoso")];
        let check = |first: (&str, Keeping), second: (&str, Keeping), expected: &[(&str, bool)]| {
            let folder = tempfile::tempdir().unwrap();
            let signs = signs(folder.path());
            signs.keep(of(first.0, "old"), &contoso, first.1).unwrap();
            signs.keep(of(second.0, "new"), &contoso, second.1).unwrap();
            let expected = expected.iter().map(|(id, is_new)| ((*id).to_owned(), *is_new));
            assert_eq!(
                tokens(&signs),
                expected.collect::<Vec<_>>(),
                "{first:?} {second:?}"
            );
        };
        let (kept, this_run) = (Keeping::Keychain, Keeping::ThisRun);
        check(("Mira", this_run), ("mira", kept), &[("contoso", true)]);
        check(("Mira", kept), ("mira", this_run), &[("contoso", true)]);
        check(
            ("mira", kept),
            ("sven", this_run),
            &[("contoso-2", true), ("contoso", false)],
        );
        check(
            ("mira", this_run),
            ("sven", kept),
            &[("contoso", false), ("contoso-2", true)],
        );
    }

    #[test]
    fn who_signs_in_again_by_an_alias_replaces_that_one() {
        let folder = tempfile::tempdir().unwrap();
        let signs = signs(folder.path());
        let contoso = [Account::of_organization("contoso")];
        signs.keep(of("mira", "a"), &contoso, Keeping::Keychain).unwrap();
        signs.keep(of("sven", "b"), &contoso, Keeping::Keychain).unwrap();
        let alias = signs.account("contoso-2").unwrap();
        // A token does not always say whose it is.
        signs.keep(pasted("new"), &[alias], Keeping::Keychain).unwrap();
        assert_eq!(
            tokens(&signs),
            [("contoso-2".to_owned(), true), ("contoso".to_owned(), false)]
        );
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
        let old = signs.token(&account, None).await.unwrap();
        let kept = Kept::Given(Secret::new("new"));
        let held = signs.vault().lock().unwrap();
        signs
            .vault()
            .change(&held, |entries| drop(entries.insert(sign_in.id.clone(), kept)))
            .unwrap();
        drop(held);
        let new = signs.token(&account, Some(&old)).await.unwrap();
        assert!(new.is(&Token::personal_access_token(&Secret::new("new"))));
    }

    #[tokio::test]
    async fn an_account_of_the_same_name_elsewhere_gives_no_token_for_here() {
        let folder = tempfile::tempdir().unwrap();
        let signs = signs(folder.path());
        let at = |host: &str| [Account::of_server(url::Url::parse(host).unwrap(), "Main")];
        signs
            .keep(pasted("a"), &at("https://one.contoso.com"), Keeping::Keychain)
            .unwrap();
        let source = signs.source(&signs.account("Main").unwrap()).unwrap();
        signs.sign_out("Main").unwrap();
        signs
            .keep(pasted("b"), &at("https://two.contoso.com"), Keeping::Keychain)
            .unwrap();
        let token = source.token().await;
        assert!(
            matches!(&token, Err(Error::NoAccount(id)) if id == "Main"),
            "{token:?}"
        );
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
