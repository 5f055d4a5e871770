//! Renewal: silent, ahead of the end, by one program at a time.
//!
//! **Invariant**: who renews holds the lock from reading what is kept to writing what came; a refusal that is final is
//! noted for all to see, until a renewal succeeds after all or somebody signs in anew.

use super::{SignIns, blocking};
use crate::account::{Account, Book, Keeping, Refused, SignIn};
use crate::tenant::Tenant;
use crate::token::is_fresh;
use crate::token_endpoint::{Granted, TokenEndpoint};
use crate::vault::Kept;
use crate::{Error, Secret, SignInMethod, Token, sign_in};

/// What a renewal starts from.
pub(super) enum Next {
    /// Good as it is, or renewed by somebody else meanwhile.
    Use(Token),
    /// To be renewed with a refresh token, or by the Azure CLI.
    Renew {
        refresh: Option<Secret>,
        /// What can still be used for a while where it cannot be renewed right now.
        otherwise: Option<Token>,
    },
    /// Nothing can renew it.
    Nothing,
}

/// Whether a token that was given says itself that its time is over.
pub(super) fn has_ended(token: &Token) -> bool {
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds since 1970 are exact for a while"
    )]
    token.expires_at().is_some_and(|end| end as f64 <= sign_in::now())
}

impl SignIns {
    /// A token that is good now, other than `refused`: renewed if it must be, by one program at a time.
    pub(crate) async fn token(&self, account: &Account, refused: Option<&Token>) -> Result<Token, Error> {
        let id = account.id.as_str();
        let sign_in = self.signed_in(account)?;
        if refused.is_none()
            && let Ok(Next::Use(token)) = self.blocking(id, &sign_in, None).await
        {
            return Ok(token);
        }
        let signs = self.clone();
        let held = match sign_in.keeping {
            Keeping::ThisRun => None,
            // Waiting for another program's renewal must not hold up this one's other work.
            _ => Some(blocking(move || signs.vault().lock()).await?),
        };
        // Another program may have signed in anew meanwhile.
        let sign_in = &self.signed_in(account)?;
        let (refresh, otherwise) = match self.blocking(id, sign_in, refused.cloned()).await? {
            Next::Use(token) => return Ok(token),
            Next::Renew { refresh, otherwise } => (refresh, otherwise),
            // A scope that is too small looks the same, so nothing is noted.
            Next::Nothing => return Err(Error::FixedRefused),
        };
        let granted = match (self.grant(sign_in, refresh.as_ref()).await, otherwise) {
            // The Azure CLI was signed in as somebody else since.
            (Ok(granted), _) if granted.is_of_another(sign_in.user.as_deref()) => {
                return Err(self.ended(id, sign_in, None));
            }
            (Err(Error::Refused { refusal, code }), _) if refusal.is_final() => {
                return Err(self.ended(id, sign_in, code));
            }
            // Renewed ahead of its end, so a network that is away for a moment does no harm.
            (Err(error), Some(token)) => {
                tracing::warn!(%error, account = id, "not renewed yet");
                return Ok(token);
            }
            (granted, _) => granted?,
        };
        let kept = sign_in::kept(granted, refresh);
        let token = sign_in::token_of(&kept);
        let (signs, id, was_refused) = (self.clone(), sign_in.id.clone(), sign_in.refused.is_some());
        blocking(move || {
            let key = id.clone();
            match &held {
                None => signs.session(|session| drop(session.kept.insert(key, kept))),
                Some(held) => signs
                    .vault()
                    .change(held, |entries| drop(entries.insert(key, kept)))?,
            }
            match was_refused {
                true => signs.note(&id, None),
                false => Ok(()),
            }
        })
        .await?;
        Ok(token)
    }

    /// Whose sign-in an account is now. One that has the name but is elsewhere is another: its token is for other hosts.
    fn signed_in(&self, account: &Account) -> Result<SignIn, Error> {
        let now = self.account(&account.id)?;
        let sign_in = match now.is_at_same_place(account) {
            true => self.sign_in_of(&now)?,
            false => None,
        };
        sign_in.ok_or_else(|| Error::NoAccount(account.id.clone()))
    }

    /// Asks whoever gives tokens for a new one.
    async fn grant(&self, sign_in: &SignIn, refresh: Option<&Secret>) -> Result<Granted, Error> {
        let Some(refresh) = refresh else {
            return sign_in::azure_cli_token(sign_in.tenant.as_deref()).await;
        };
        let tenant = Tenant::of_segment(sign_in.tenant.as_deref());
        let client_id = sign_in.client_id.as_deref().unwrap_or_default();
        TokenEndpoint::new(&self.0.settings.azure, &tenant, client_id)?
            .refresh(refresh)
            .await
    }

    async fn blocking(&self, account: &str, sign_in: &SignIn, refused: Option<Token>) -> Result<Next, Error> {
        let (signs, account, sign_in) = (self.clone(), account.to_owned(), sign_in.clone());
        blocking(move || signs.next(&account, &sign_in, refused.as_ref())).await
    }

    pub(super) fn next(
        &self,
        account: &str,
        sign_in: &SignIn,
        refused: Option<&Token>,
    ) -> Result<Next, Error> {
        let kept = match sign_in.keeping {
            Keeping::ThisRun => self.session(|session| session.kept.get(&sign_in.id).cloned()),
            _ => self.0.vault.entries()?.remove(&sign_in.id),
        };
        let Some(kept) = kept else {
            return Err(Error::SignInAgain {
                account: account.to_owned(),
                code: None,
            });
        };
        let token = sign_in::token_of(&kept);
        let is_refused = refused.is_some_and(|refused| refused.is(&token));
        Ok(match kept {
            Kept::Given(_) if is_refused => Next::Nothing,
            Kept::Given(_) if has_ended(&token) => {
                return Err(Error::SignInAgain {
                    account: account.to_owned(),
                    code: None,
                });
            }
            Kept::Given(_) => Next::Use(token),
            Kept::Renewable {
                obtained_at,
                expires_at,
                refresh,
                ..
            } => {
                let now = sign_in::now();
                let can_renew = refresh.is_some() || sign_in.method == SignInMethod::AzureCli;
                match (is_refused, is_fresh(obtained_at, expires_at, now)) {
                    (false, true) => Next::Use(token),
                    _ if can_renew => Next::Renew {
                        refresh,
                        otherwise: (!is_refused && now < expires_at).then_some(token),
                    },
                    _ => Next::Nothing,
                }
            }
        })
    }

    /// Notes that a sign-in is no longer accepted, so that every program can say so without asking again.
    fn ended(&self, account: &str, sign_in: &SignIn, code: Option<String>) -> Error {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "seconds since 1970 fit for a while"
        )]
        let refused = Refused {
            at: sign_in::now() as i64,
            code: code.clone(),
        };
        if let Err(error) = self.note(&sign_in.id, Some(refused)) {
            tracing::warn!(%error, "could not note that a sign-in has ended");
        }
        Error::SignInAgain {
            account: account.to_owned(),
            code,
        }
    }

    fn note(&self, id: &str, refused: Option<Refused>) -> Result<(), Error> {
        let enter = |book: &mut Book| {
            let found = book.sign_ins.iter_mut().find(|sign_in| sign_in.id == id);
            let found = found.filter(|sign_in| sign_in.refused.is_some() != refused.is_some());
            found
                .map(|sign_in| sign_in.refused.clone_from(&refused))
                .is_some()
        };
        let mut book = Book::read(&self.0.home)?;
        let is_of_session = self.session(|session| enter(&mut session.book));
        match !is_of_session && enter(&mut book) {
            true => book.write(&self.0.home),
            false => Ok(()),
        }
    }
}
