//! Who there is: the owner of this computer and, where a configuration names them, others with tokens of their own.
//!
//! **Invariant:** the owner is administrator of every feed and stays so; nobody is known but by a token.

use std::sync::{Arc, PoisonError, RwLock};

use uuid::Uuid;

use crate::Token;

/// What somebody may do with a feed; each role may all that the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Lists, and downloads what is saved.
    Reader,
    /// Saves versions from upstream.
    Collaborator,
    /// Publishes, promotes and yanks.
    Contributor,
    /// Owns: deletes, changes settings and permissions.
    Administrator,
}

impl Role {
    /// From the least to the most.
    pub(crate) const ALL: [Self; 4] = [
        Self::Reader,
        Self::Collaborator,
        Self::Contributor,
        Self::Administrator,
    ];

    /// Azure's word for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Collaborator => "collaborator",
            Self::Contributor => "contributor",
            Self::Administrator => "administrator",
        }
    }

    /// By Azure's word, whatever its capitals.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|role| role.name().eq_ignore_ascii_case(name))
    }
}

/// Somebody who may ask.
#[derive(Debug, Clone)]
pub struct Person {
    /// The short name of an account.
    pub name: String,
    /// What people read.
    pub display_name: String,
    /// The address they sign in with.
    pub mail: String,
    /// Their id, a GUID.
    pub identity: String,
    /// What permissions name them by, `kind;identifier`.
    pub descriptor: String,
    /// What the graph names them by, `kind.identifier`.
    pub subject: String,
    /// What they prove to know.
    pub token: Token,
    /// The role they have in every feed, whatever the feed itself says.
    pub inherited: Option<Role>,
}

/// Everybody.
#[derive(Debug)]
pub(crate) struct People {
    owner: Arc<Person>,
    others: RwLock<Vec<Arc<Person>>>,
}

impl People {
    /// `owner` is the id of the owner of this computer.
    pub(crate) fn new(owner: &str, token: Token, others: Vec<Person>) -> Self {
        let owner = Person {
            name: "owner".to_owned(),
            display_name: "This computer".to_owned(),
            mail: String::new(),
            identity: owner.to_owned(),
            descriptor: format!("Microsoft.TeamFoundation.Identity;{owner}"),
            subject: format!("local.{owner}"),
            token,
            inherited: Some(Role::Administrator),
        };
        let people = Self {
            owner: Arc::new(owner),
            others: RwLock::default(),
        };
        people.replace(others);
        people
    }

    pub(crate) fn owner(&self) -> &Arc<Person> {
        &self.owner
    }

    /// The owner first.
    pub(crate) fn all(&self) -> Vec<Arc<Person>> {
        let others = self.others.read().unwrap_or_else(PoisonError::into_inner);
        [&self.owner].into_iter().chain(others.iter()).cloned().collect()
    }

    /// From the next request on, these are the others.
    pub(crate) fn replace(&self, others: Vec<Person>) {
        *self.others.write().unwrap_or_else(PoisonError::into_inner) =
            others.into_iter().map(Arc::new).collect();
    }

    /// Whose token this is. All are compared, so that the time it takes tells nothing.
    pub(crate) fn by_token(&self, offered: &str) -> Option<Arc<Person>> {
        self.all()
            .into_iter()
            .fold(None, |found, person| match person.token.is(offered) {
                true => Some(person),
                false => found,
            })
    }
}

/// Azure's name for everybody in an organization.
pub(crate) const EVERYBODY: &str =
    "Microsoft.TeamFoundation.Identity;S-1-9-1551374245-1204400969-2402986413-2179408616-0-0-0-0-3";

/// The id Azure shows for somebody it takes to be anonymous.
pub(crate) const NOBODY: Uuid = Uuid::from_bytes([0xaa; 16]);
