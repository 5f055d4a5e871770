//! Who and what there is in the double: organizations, people, and what they may do.
//!
//! Documented: an organization belongs to one Entra tenant, or, all zeros, to personal accounts; the four roles of a
//! feed. Inferred, to keep the cast small: a person has one role in all feeds of an organization, to which a feed may add.
//!
//! **Invariant**: only descriptions; nothing here knows a request or a token.

pub use feed_server::{Role, Seed};
use uuid::Uuid;

/// The client id that the double's sign-in page knows: ours.
pub const CLIENT_ID: &str = "b0a7c0de-6772-4a6e-8172-79c1d0f00d01";

/// The tenant of personal Microsoft accounts.
pub const PERSONAL_TENANT: Uuid = Uuid::from_u128(0x9188040d_6c67_4c5b_b112_36a304b66dad);

/// An organization of Azure DevOps Services.
#[derive(Debug, Clone)]
pub struct Organization {
    /// Its name, as paths have it.
    pub name: String,
    /// Its Entra tenant; all zeros when personal accounts back it.
    pub tenant: Uuid,
}

/// A person with an account.
#[derive(Debug, Clone)]
pub struct Somebody {
    /// How tests call them.
    pub name: String,
    /// How Azure calls them.
    pub display_name: String,
    /// What they sign in with.
    pub mail: String,
    /// The tenant their account lies in.
    pub home: Uuid,
    /// Their id in Entra.
    pub object: Uuid,
    /// Their id in Azure DevOps.
    pub identity: Uuid,
    /// Their organizations, and collections of the server, by name.
    pub roles: Vec<(String, Role)>,
}

/// All there is from the start on.
#[derive(Debug, Clone)]
pub struct Cast {
    /// The organizations of the Services.
    pub organizations: Vec<Organization>,
    /// Everybody.
    pub people: Vec<Somebody>,
    /// The collection of the Azure DevOps Server.
    pub collection: String,
    /// The Azure projects there are in each of them beside `main`.
    pub projects: Vec<String>,
    /// Feeds that are full from the start on, in the project `main` of an organization: rows alone, without files.
    pub seeds: Vec<(String, Seed)>,
    /// The sparse index asked on behalf of the upstream crates.io, with `sparse+`; `None` is a port nobody listens on.
    pub crates_io: Option<String>,
}

impl Somebody {
    /// A person with an account in a tenant.
    pub fn new(name: &str, display_name: &str, mail: &str, home: Uuid, roles: &[(&str, Role)]) -> Self {
        Self {
            name: name.to_owned(),
            display_name: display_name.to_owned(),
            mail: mail.to_owned(),
            home,
            object: Uuid::new_v4(),
            identity: Uuid::new_v4(),
            roles: roles
                .iter()
                .map(|(place, role)| ((*place).to_owned(), *role))
                .collect(),
        }
    }

    pub(super) fn role(&self, organization: &str) -> Option<Role> {
        let mut roles = self.roles.iter();
        roles
            .find(|(name, _)| name.eq_ignore_ascii_case(organization))
            .map(|(_, role)| *role)
    }
}

impl Default for Cast {
    /// `contoso` and `tailspin` in tenants of their own, `fabrikam` of personal accounts, and the collection
    /// `DefaultCollection`. In contoso: mira administers, olek contributes, anju collaborates, sven reads. tessa
    /// administers tailspin and is a guest in contoso, as contributor. pia owns fabrikam.
    fn default() -> Self {
        let (contoso, tailspin) = (Uuid::new_v4(), Uuid::new_v4());
        let organization = |name: &str, tenant| Organization {
            name: name.to_owned(),
            tenant,
        };
        let collection = "DefaultCollection";
        let person = Somebody::new;
        Self {
            organizations: vec![
                organization("contoso", contoso),
                organization("tailspin", tailspin),
                organization("fabrikam", Uuid::nil()),
            ],
            people: vec![
                person(
                    "mira",
                    "Mira Lindqvist",
                    "mira@contoso.example",
                    contoso,
                    &[
                        ("contoso", Role::Administrator),
                        (collection, Role::Administrator),
                    ],
                ),
                person(
                    "olek",
                    "Olek Marchuk",
                    "olek@contoso.example",
                    contoso,
                    &[("contoso", Role::Contributor), (collection, Role::Contributor)],
                ),
                person(
                    "anju",
                    "Anju Rao",
                    "anju@contoso.example",
                    contoso,
                    &[("contoso", Role::Collaborator)],
                ),
                person(
                    "sven",
                    "Sven Okafor",
                    "sven@contoso.example",
                    contoso,
                    &[("contoso", Role::Reader), (collection, Role::Reader)],
                ),
                person(
                    "tessa",
                    "Tessa Ilunga",
                    "tessa@tailspin.example",
                    tailspin,
                    &[("tailspin", Role::Administrator), ("contoso", Role::Contributor)],
                ),
                person(
                    "pia",
                    "Pia Sørensen",
                    "pia@post.example",
                    PERSONAL_TENANT,
                    &[("fabrikam", Role::Administrator)],
                ),
            ],
            collection: collection.to_owned(),
            projects: Vec::new(),
            seeds: Vec::new(),
            crates_io: None,
        }
    }
}
