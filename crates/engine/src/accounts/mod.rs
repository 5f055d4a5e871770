//! Who is signed in where, and how one gets there: tried out first, then kept.
//!
//! **Invariant**: no secret leaves this room towards a face of the product; what keeps and renews tokens is
//! `credentials`.

mod error;
mod model;
mod pending;
mod place;
mod trial;

pub use error::Error;
pub use model::{
    Account, AccountKind, AccountState, AzureProject, Keeping, NamedPlace, SignInBegun, SignInChoice,
    SignInHow, SignInMeans, SignInRequest, SignInStep, SignInWays, SignedOut,
};
pub(crate) use model::{account, this_computer};
pub(crate) use pending::{PendingSignIns, named_place};
pub(crate) use place::AccountPlace;
