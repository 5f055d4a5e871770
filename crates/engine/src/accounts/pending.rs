//! Sign-ins on their way: begun, tried out, and waiting for somebody to say how they are kept.
//!
//! **Invariant**: what waits here is in memory alone, and gone with the program.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use credentials::{NewSignIn, Pasted, SignInTarget, SignIns, blocking};

use crate::feeds::FeedReference;

use super::trial::{self, Found};
use super::{Error, NamedPlace, SignInBegun, SignInChoice, SignInMeans, SignInRequest, SignInStep};

/// How many may wait at once; the oldest make room.
const MOST: usize = 8;

/// All sign-ins that wait to be kept.
#[derive(Debug, Default)]
pub(crate) struct PendingSignIns(Mutex<VecDeque<Pending>>);

#[derive(Debug)]
struct Pending {
    id: String,
    new: NewSignIn,
    accounts: Vec<credentials::Account>,
}

impl PendingSignIns {
    /// Signs in and tries the sign-in out; keeps nothing yet. Dropping the future cancels.
    pub(crate) async fn begin(
        &self,
        signs: &SignIns,
        request: SignInRequest,
        on_step: impl Fn(SignInStep) + Send + Sync,
    ) -> Result<SignInBegun, crate::Error> {
        let place = match &request.place {
            Some(text) => Some(named(signs, text)?),
            None => None,
        };
        let mut new = sign_in(signs, &request, place.as_ref(), &on_step).await?;
        on_step(SignInStep::Trying);
        let (settings, token, is_entra) = (signs.settings(), new.token(), new.method.is_entra());
        let (accounts, found) = match &place {
            Some(place) => {
                let found = trial::at(&place.account, settings, &token, is_entra).await?;
                (vec![place.account.clone()], found)
            }
            None if !is_entra => return Err(Error::OrganizationNeeded.into()),
            None => {
                let names = trial::organizations(settings, &token).await?;
                if names.is_empty() {
                    return Err(Error::NoOrganizations.into());
                }
                let accounts = names
                    .iter()
                    .map(|name| credentials::Account::of_organization(name));
                (accounts.collect(), Found::default())
            }
        };
        new.user = new.user.or(found.user.filter(|user| !user.is_empty()));
        let asked = signs.clone();
        let (keychain_fault, has_passphrase) = blocking(move || keychain(&asked)).await?;
        let begun = SignInBegun {
            id: crate::new_id(),
            user: new.user.clone(),
            organizations: accounts
                .iter()
                .map(|account| account.organization.clone())
                .collect(),
            feed: place.as_ref().and_then(reference),
            keychain_fault,
            has_passphrase,
            can_save: found.can_save,
        };
        let mut pending = self.all();
        pending.truncate(MOST - 1);
        pending.push_front(Pending {
            id: begun.id.clone(),
            new,
            accounts,
        });
        Ok(begun)
    }

    /// Keeps a sign-in; answers its accounts' ids. Where it cannot be kept that way, it waits on. May block.
    pub(crate) fn finish(
        &self,
        signs: &SignIns,
        id: &str,
        choice: SignInChoice,
    ) -> Result<Vec<String>, crate::Error> {
        let waiting = self.take(id).ok_or_else(|| Error::NotPending(id.to_owned()))?;
        // Not under the lock: the keychain may wait for its owner.
        let kept = keep(signs, &waiting, &choice);
        if kept.is_err() {
            self.all().push_front(waiting);
        }
        kept
    }

    /// Forgets a sign-in that nobody wants to keep.
    pub(crate) fn forget(&self, id: &str) {
        self.take(id);
    }

    fn take(&self, id: &str) -> Option<Pending> {
        let mut all = self.all();
        let at = all.iter().position(|waiting| waiting.id == id)?;
        all.remove(at)
    }

    fn all(&self) -> MutexGuard<'_, VecDeque<Pending>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn keep(signs: &SignIns, waiting: &Pending, choice: &SignInChoice) -> Result<Vec<String>, crate::Error> {
    let is_chosen = |account: &&credentials::Account| choice.organizations.contains(&account.organization);
    let chosen = waiting
        .accounts
        .iter()
        .filter(is_chosen)
        .cloned()
        .collect::<Vec<_>>();
    if chosen.is_empty() {
        return Err(Error::OrganizationNeeded.into());
    }
    if let Some(passphrase) = &choice.passphrase {
        signs.unlock(passphrase)?;
    }
    Ok(signs.keep(waiting.new.clone(), &chosen, choice.keeping.into())?)
}

/// An account there is, by its name, else whatever the text says.
fn named(signs: &SignIns, text: &str) -> Result<Pasted, crate::Error> {
    match signs
        .accounts()?
        .into_iter()
        .find(|account| account.id == text.trim())
    {
        Some(account) => Ok(Pasted {
            account,
            project: None,
            feed: None,
            view: None,
        }),
        None => Ok(Pasted::read(text, &signs.settings().azure).map_err(Error::from)?),
    }
}

async fn sign_in(
    signs: &SignIns,
    request: &SignInRequest,
    place: Option<&Pasted>,
    on_step: &(impl Fn(SignInStep) + Send + Sync),
) -> Result<NewSignIn, crate::Error> {
    let azure = &signs.settings().azure;
    let earlier = match place {
        Some(place) => signs.sign_in_of(&place.account)?,
        None => None,
    };
    let target = SignInTarget {
        organization: place.map(|place| place.account.organization.clone()),
        user: earlier.and_then(|earlier| earlier.user),
    };
    let tell = |step: credentials::SignInStep| on_step(step.into());
    let is_server = place.is_some_and(|place| place.account.kind == credentials::AccountKind::Server);
    Ok(match request.means {
        // A server knows no Entra.
        _ if is_server && request.token.is_none() => return Err(credentials::Error::TokenOnly.into()),
        SignInMeans::Browser => NewSignIn::with_browser(azure, &target, tell).await?,
        SignInMeans::DeviceCode => NewSignIn::with_device_code(azure, &target, tell).await?,
        SignInMeans::AzureCli => NewSignIn::with_azure_cli(azure, &target).await?,
        SignInMeans::Token => {
            let given = request
                .token
                .clone()
                .unwrap_or_else(|| credentials::Secret::new(""));
            NewSignIn::with_token(&given)?
        }
    })
}

/// Whether the keychain can keep a token, and whether a passphrase keeps those there are.
fn keychain(signs: &SignIns) -> Result<(Option<crate::Told>, bool), crate::Error> {
    if signs.has_passphrase()? {
        return Ok((None, true));
    }
    match signs.check_keychain() {
        Ok(()) => Ok((None, false)),
        Err(error) => Ok((Some(crate::Error::from(error).told()), false)),
    }
}

/// A place somebody named, understood.
pub(crate) fn named_place(signs: &SignIns, text: &str) -> Result<NamedPlace, crate::Error> {
    let place = named(signs, text)?;
    let same = |account: &credentials::Account| account.is_at_same_place(&place.account);
    Ok(NamedPlace {
        account: signs.accounts()?.into_iter().find(same).map(|account| account.id),
        kind: place.account.kind.into(),
        organization: place.account.organization,
        server: place.account.server.map(String::from),
        project: place.project,
        feed: place.feed,
    })
}

/// The feed a place names, as a reference.
fn reference(place: &Pasted) -> Option<String> {
    let reference = FeedReference {
        account: place.account.id.clone(),
        project: place.project.clone(),
        feed: place.feed.clone()?,
        view: place.view.clone(),
    };
    Some(reference.to_string())
}
