//! The front door's verbs of accounts: who is signed in, signing in, signing out.
//!
//! **Invariant**: as in the room above, decides nothing; what may wait for the keychain is kept off the runtime's threads.

use std::sync::Arc;

use credentials::{LOCAL_ACCOUNT, Secret, SignIns, blocking};

use super::Engine;
use crate::Error;
use crate::accounts::{
    self, Account, AzureProject, NamedPlace, SignInBegun, SignInChoice, SignInRequest, SignInStep,
    SignInWays, SignedOut, this_computer,
};
use crate::edit::{self, Applied, Originals, Plan};
use crate::project;

impl Engine {
    /// Who is signed in, for what needs tokens beside the engine.
    pub fn sign_ins(&self) -> &SignIns {
        &self.signs
    }

    /// All accounts there are: this computer's is always one.
    pub fn accounts(&self) -> Result<Vec<Account>, Error> {
        let mut accounts = self.accounts_in_use()?;
        if accounts.iter().all(|account| account.id != LOCAL_ACCOUNT) {
            accounts.push(this_computer(&self.signs));
        }
        Ok(accounts)
    }

    /// The accounts the user chose to use.
    pub fn accounts_in_use(&self) -> Result<Vec<Account>, Error> {
        let known = self.signs.accounts()?;
        let shown = |(at, account): (usize, &credentials::Account)| {
            let is_first = !known[..at].iter().any(|other| other.is_at_same_place(account));
            let sign_in = self.signs.sign_in_of(account)?;
            let sign_in = sign_in.filter(|_| !self.signs.is_from_environment(account));
            Ok(accounts::account(
                &self.signs,
                account,
                sign_in.as_ref(),
                is_first,
            ))
        };
        known.iter().enumerate().map(shown).collect()
    }

    /// Remembers that the feeds on this computer are in use.
    pub async fn use_local(&self) -> Result<Account, Error> {
        let signs = self.signs.clone();
        blocking(move || signs.use_local()).await?;
        Ok(this_computer(&self.signs))
    }

    /// Understands what somebody typed or pasted to say where.
    pub fn place_named(&self, text: &str) -> Result<NamedPlace, Error> {
        accounts::named_place(&self.signs, text)
    }

    /// Signs in and tries the sign-in out; keeps nothing yet. Dropping the future cancels.
    pub async fn sign_in_begin(
        &self,
        request: SignInRequest,
        on_step: impl Fn(SignInStep) + Send + Sync,
    ) -> Result<SignInBegun, Error> {
        self.pending.begin(&self.signs, request, on_step).await
    }

    /// Keeps a sign-in that was begun; answers its accounts. Where it cannot be kept that way, it waits on.
    pub async fn sign_in_finish(&self, id: &str, choice: SignInChoice) -> Result<Vec<Account>, Error> {
        let (pending, signs, id) = (Arc::clone(&self.pending), self.signs.clone(), id.to_owned());
        let finish = move || pending.finish(&signs, &id, choice);
        let ids = blocking(finish).await?;
        self.forget_clients();
        let mut accounts = self.accounts_in_use()?;
        accounts.retain(|account| ids.contains(&account.id));
        Ok(accounts)
    }

    /// Forgets a sign-in that was begun and shall not be kept.
    pub fn sign_in_forget(&self, id: &str) {
        self.pending.forget(id);
    }

    /// Which ways of signing in this build and these settings offer.
    pub fn sign_in_ways(&self) -> SignInWays {
        SignInWays {
            has_client_id: self.signs.settings().azure.client_id().is_some(),
            environment_variable: self.signs.environment_variable().map(str::to_owned),
        }
    }

    /// Whether an account, or a feed's reference, is one of this computer.
    pub fn is_on_this_computer(reference: &str) -> bool {
        reference.split('/').next() == Some(LOCAL_ACCOUNT)
    }

    /// Who the Azure CLI is signed in as, if anybody.
    pub async fn azure_cli_user(&self) -> Result<Option<String>, Error> {
        Ok(credentials::azure_cli_user().await?)
    }

    /// Says the passphrase that keeps the tokens there are.
    pub async fn unlock(&self, passphrase: Secret) -> Result<(), Error> {
        let signs = self.signs.clone();
        Ok(blocking(move || signs.unlock(&passphrase)).await?)
    }

    /// Puts an account before others at the same place, so that cargo is given its token.
    pub async fn account_prefer(&self, id: &str) -> Result<Vec<Account>, Error> {
        let (signs, id) = (self.signs.clone(), id.to_owned());
        blocking(move || signs.prefer(&id)).await?;
        self.accounts_in_use()
    }

    /// Forgets an account and what was kept for it.
    pub async fn sign_out(&self, id: &str) -> Result<SignedOut, Error> {
        let (signs, gone) = (self.signs.clone(), id.to_owned());
        blocking(move || signs.sign_out(&gone)).await?;
        self.forget_clients();
        // Who signed out shall leave nothing readable.
        self.catalogs.forget(id)?;
        let accounts = self.accounts_in_use()?;
        let provider_removal = match accounts.is_empty() {
            true => Some(self.provider_removal_plan()?).filter(|plan| !plan.files.is_empty()),
            false => None,
        };
        Ok(SignedOut {
            accounts,
            provider_removal,
        })
    }

    /// Plans to take Granary's provider out of the user's own cargo config.
    pub fn provider_removal_plan(&self) -> Result<Plan, Error> {
        let user_config = project::config_file(&self.cargo_home);
        let originals = Originals::read(&[&user_config])?;
        Ok(edit::plan_provider_removal(
            &user_config,
            &originals,
            self.user_home.as_deref(),
        )?)
    }

    /// Applies that plan, if it is still the one that was previewed.
    pub fn provider_remove(&self, previewed: &str) -> Result<Applied, Error> {
        self.apply(
            &self.provider_removal_plan()?,
            previewed,
            "sign-out",
            &self.cargo_home,
        )
    }

    /// The Azure projects of an account, in which feeds can lie.
    pub async fn azure_project_list(&self, account: &str) -> Result<Vec<AzureProject>, Error> {
        let names = self.client(account).await?.projects().await?;
        Ok(names.into_iter().map(|name| AzureProject { name }).collect())
    }
}
