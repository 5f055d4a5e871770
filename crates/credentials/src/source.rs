//! Where a request's token comes from: a fixed one, or one that is renewed silently.
//!
//! **Invariant**: a token is renewed once for a refusal, whoever asks; a refusal of the renewed one is final.

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::{Account, Error, SignIns, Token};

/// Hands out a token that is good now. Cheap to clone; clones share what was renewed.
#[derive(Debug, Clone)]
pub struct TokenSource(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    Fixed(Token),
    Renewed {
        signs: SignIns,
        account: Box<Account>,
        /// What was handed out last, so that the vault is not opened for every request.
        last: Mutex<Option<Token>>,
    },
}

/// How long before its end a token in memory is looked up anew, in seconds; the vault decides what that means.
const AHEAD: i64 = 300;

impl TokenSource {
    /// Always the same token.
    pub fn fixed(token: Token) -> Self {
        Self(Arc::new(Kind::Fixed(token)))
    }

    pub(crate) fn of(signs: SignIns, account: Account) -> Self {
        Self(Arc::new(Kind::Renewed {
            signs,
            account: Box::new(account),
            last: Mutex::default(),
        }))
    }

    /// A token that is good now.
    pub async fn token(&self) -> Result<Token, Error> {
        match &*self.0 {
            Kind::Fixed(token) => Ok(token.clone()),
            Kind::Renewed { signs, account, last } => {
                let mut last = last.lock().await;
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "seconds since 1970 fit for a while"
                )]
                let soon = crate::sign_in::now() as i64 + AHEAD;
                if let Some(token) = last
                    .as_ref()
                    .filter(|token| token.expires_at().is_none_or(|end| soon < end))
                {
                    return Ok(token.clone());
                }
                let token = signs.token(account, None).await?;
                *last = Some(token.clone());
                Ok(token)
            }
        }
    }

    /// Another token in place of one that was refused.
    pub async fn renewed(&self, refused: &Token) -> Result<Token, Error> {
        match &*self.0 {
            Kind::Fixed(_) => Err(Error::FixedRefused),
            Kind::Renewed { signs, account, last } => {
                let mut last = last.lock().await;
                if let Some(token) = last.as_ref().filter(|token| !token.is(refused)) {
                    return Ok(token.clone());
                }
                *last = None;
                let token = signs.token(account, Some(refused)).await?;
                *last = Some(token.clone());
                Ok(token)
            }
        }
    }
}
