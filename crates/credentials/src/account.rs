//! Who is signed in where, without a secret: `accounts.json` in Granary's home.
//!
//! **Invariant**: no token is in here, nor a part of one; the order is the order of preference, since cargo is given
//! the first account that a feed's address fits.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::settings::AzureSettings;
use crate::{Error, FeedUrl, Home, LOCAL_ACCOUNT, file};

/// The largest list that is read, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// The kinds of account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AccountKind {
    /// The feeds on this computer.
    Local,
    /// An organization at Azure DevOps Services.
    Services,
    /// A collection of an Azure DevOps Server.
    Server,
}

/// How somebody signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignInMethod {
    /// With the browser: authorization code and PKCE.
    Browser,
    /// With a code typed elsewhere.
    DeviceCode,
    /// By the Azure CLI, which is signed in itself.
    AzureCli,
    /// With a token somebody made.
    Token,
}

impl SignInMethod {
    /// Whether the token is an Entra token, which some of Azure's hosts insist on.
    pub fn is_entra(self) -> bool {
        matches!(self, Self::Browser | Self::DeviceCode | Self::AzureCli)
    }
}

/// Where a sign-in's token is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Keeping {
    /// In the vault, whose key lies in the keychain.
    Keychain,
    /// In the vault, whose key is made from a passphrase.
    Passphrase,
    /// In this program's memory, until it ends.
    ThisRun,
}

/// One identity, however many accounts it gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    /// Under which its token is kept.
    pub id: String,
    /// How.
    pub method: SignInMethod,
    /// Who, as far as is known: an e-mail address or a name.
    pub user: Option<String>,
    /// The directory (tenant) that signs this identity in.
    pub tenant: Option<String>,
    /// The application it was signed in with, which alone may renew it.
    pub client_id: Option<String>,
    /// Where its token is kept.
    pub keeping: Keeping,
    /// Since when it is no longer accepted, and Entra's number for why.
    pub refused: Option<Refused>,
    /// When its token ends for good; seconds since 1970, none where it is renewed or nobody said.
    #[serde(default)]
    pub ends_at: Option<i64>,
}

/// A sign-in that is no longer accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refused {
    /// When that was noticed; seconds since 1970.
    pub at: i64,
    /// For example `AADSTS700082`; none where the server said no number.
    pub code: Option<String>,
}

/// An identity at one organization, collection, or this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// What references to its feeds begin with: the organization's name, or an alias.
    pub id: String,
    /// Which kind it is.
    pub kind: AccountKind,
    /// The organization or collection, as its addresses name it.
    pub organization: String,
    /// A server's address, without the collection.
    pub server: Option<Url>,
    /// Whose identity; none on this computer.
    pub sign_in: Option<String>,
}

/// All that is remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Book {
    pub(crate) sign_ins: Vec<SignIn>,
    pub(crate) accounts: Vec<Account>,
}

impl Book {
    pub(crate) fn read(home: &Home) -> Result<Self, Error> {
        let path = home.accounts_file();
        let Some(text) = file::read(&path, LARGEST)? else {
            return Ok(Self::default());
        };
        serde_json::from_str(&text).map_err(|error| Error::Damaged {
            path,
            reason: error.to_string(),
        })
    }

    pub(crate) fn write(&self, home: &Home) -> Result<(), Error> {
        let mut text = format!("{:#}", serde_json::json!(self));
        text.push('\n');
        file::replace(&home.accounts_file(), text.as_bytes())
    }

    pub(crate) fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    pub(crate) fn sign_in(&self, id: &str) -> Option<&SignIn> {
        self.sign_ins.iter().find(|sign_in| sign_in.id == id)
    }

    /// Adds an account before all others, under a free name; one that the same user had there already stays in its
    /// place and gets the new sign-in. Answers its id.
    pub(crate) fn add(&mut self, mut account: Account, sign_in: &SignIn) -> String {
        let may_be_same = |known: &&Account| {
            let earlier = known.sign_in.as_deref().and_then(|id| self.sign_in(id));
            let earlier = earlier.and_then(|earlier| earlier.user.as_deref());
            let is_same_user = |(earlier, now): (&str, &str)| earlier.to_lowercase() == now.to_lowercase();
            known.is_at_same_place(&account) && earlier.zip(sign_in.user.as_deref()).is_none_or(is_same_user)
        };
        // Whoever was asked to sign in again, before whoever else is there.
        let named = self.accounts.iter().find(|known| known.id == account.id);
        let known = named
            .filter(may_be_same)
            .or_else(|| self.accounts.iter().find(may_be_same));
        let known = known.and_then(|found| self.accounts.iter().position(|known| known.id == found.id));
        if let Some(at) = known {
            self.accounts[at].sign_in = Some(sign_in.id.clone());
            return self.accounts[at].id.clone();
        }
        account.id = self.free_id(&account.organization);
        account.sign_in = Some(sign_in.id.clone());
        let id = account.id.clone();
        self.accounts.insert(0, account);
        id
    }

    /// The name itself, or with the first free number behind it; never the one of the feeds on this computer.
    fn free_id(&self, wanted: &str) -> String {
        let is_free = |id: &String| id != LOCAL_ACCOUNT && self.account(id).is_none();
        std::iter::once(wanted.to_owned())
            .chain((2..).map(|number| format!("{wanted}-{number}")))
            .find(is_free)
            .unwrap_or_default()
    }

    /// Forgets sign-ins no account uses; answers their ids.
    pub(crate) fn sweep(&mut self) -> Vec<String> {
        let used = |accounts: &[Account], id: &str| {
            accounts
                .iter()
                .any(|account| account.sign_in.as_deref() == Some(id))
        };
        let (kept, gone) = std::mem::take(&mut self.sign_ins)
            .into_iter()
            .partition::<Vec<_>, _>(|sign_in| used(&self.accounts, &sign_in.id));
        self.sign_ins = kept;
        gone.into_iter().map(|sign_in| sign_in.id).collect()
    }
}

impl Account {
    /// The feeds on this computer.
    pub fn this_computer() -> Self {
        Self {
            id: LOCAL_ACCOUNT.to_owned(),
            kind: AccountKind::Local,
            organization: LOCAL_ACCOUNT.to_owned(),
            server: None,
            sign_in: None,
        }
    }

    /// An organization of Azure DevOps Services, not signed in yet.
    pub fn of_organization(organization: &str) -> Self {
        Self {
            id: organization.to_owned(),
            kind: AccountKind::Services,
            organization: organization.to_owned(),
            server: None,
            sign_in: None,
        }
    }

    /// A collection of an Azure DevOps Server, not signed in yet.
    pub fn of_server(server: Url, collection: &str) -> Self {
        Self {
            id: collection.to_owned(),
            kind: AccountKind::Server,
            organization: collection.to_owned(),
            server: Some(server),
            sign_in: None,
        }
    }

    /// Whether both are at one organization or collection, whoever is signed in.
    pub fn is_at_same_place(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.server == other.server
            && self.organization.eq_ignore_ascii_case(&other.organization)
    }

    /// The feed an index URL names, if it is one of this account's.
    pub fn feed_at(&self, index_url: &str, azure: &AzureSettings) -> Option<FeedUrl> {
        let url = match (self.kind, &self.server) {
            (AccountKind::Local, _) => return None,
            (AccountKind::Server, server) => FeedUrl::parse_under(index_url, server.as_ref()?)?,
            (AccountKind::Services, _) => azure.feed_at(index_url)?,
        };
        url.organization
            .eq_ignore_ascii_case(&self.organization)
            .then_some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign_in(id: &str, user: Option<&str>) -> SignIn {
        SignIn {
            id: id.to_owned(),
            method: SignInMethod::Browser,
            user: user.map(str::to_owned),
            tenant: None,
            client_id: None,
            keeping: Keeping::Keychain,
            refused: None,
            ends_at: None,
        }
    }

    fn book(entries: &[(&str, &SignIn)]) -> (Book, Vec<String>) {
        let mut book = Book::default();
        let ids = entries
            .iter()
            .map(|(organization, sign_in)| {
                book.sign_ins.push((*sign_in).clone());
                book.add(Account::of_organization(organization), sign_in)
            })
            .collect();
        (book, ids)
    }

    #[test]
    fn a_second_identity_gets_an_alias_and_the_same_one_none() {
        let (mira, jonas) = (sign_in("1", Some("mira")), sign_in("2", Some("jonas")));
        let again = sign_in("3", Some("mira"));
        let (mut book, ids) = book(&[("contoso", &mira), ("Contoso", &jonas), ("contoso", &again)]);
        assert_eq!(ids, ["contoso", "Contoso", "contoso"]);
        let (mut book2, ids) = super::tests::book(&[("contoso", &mira), ("contoso", &jonas)]);
        assert_eq!(ids, ["contoso", "contoso-2"]);
        assert_eq!(
            book2.accounts[0].id, "contoso-2",
            "the newest is what cargo is given"
        );
        assert_eq!(book2.sweep(), Vec::<String>::new());
        assert_eq!(book.sweep(), ["1"]);
    }

    #[test]
    fn nobody_is_called_as_this_computer() {
        let (_, ids) = book(&[("local", &sign_in("1", None))]);
        assert_eq!(ids, ["local-2"]);
    }

    #[test]
    fn an_account_knows_its_own_addresses_only() {
        let azure = AzureSettings::default();
        let contoso = Account::of_organization("contoso");
        let check = |url: &str, expected: bool| {
            assert_eq!(contoso.feed_at(url, &azure).is_some(), expected, "{url}");
        };
        check(
            "sparse+https://pkgs.dev.azure.com/contoso/_packaging/a/Cargo/index/",
            true,
        );
        check(
            "sparse+https://pkgs.dev.azure.com/Contoso/P/_packaging/a@Release/Cargo/index/",
            true,
        );
        check(
            "sparse+https://contoso.pkgs.visualstudio.com/P/_packaging/a/Cargo/index/",
            true,
        );
        check(
            "sparse+https://pkgs.dev.azure.com/tailspin/_packaging/a/Cargo/index/",
            false,
        );
        check(
            "sparse+https://pkgs.dev.azure.com.evil.example/contoso/_packaging/a/Cargo/index/",
            false,
        );
        check(
            "sparse+http://pkgs.dev.azure.com/contoso/_packaging/a/Cargo/index/",
            false,
        );

        let server = Url::parse("https://devops.contoso.com/tfs").unwrap();
        let collection = Account::of_server(server, "Main");
        let inside = "sparse+https://devops.contoso.com/tfs/main/_packaging/a/Cargo/index/";
        assert!(collection.feed_at(inside, &azure).is_some());
        assert!(
            collection
                .feed_at(&inside.replace("main", "other"), &azure)
                .is_none()
        );
    }
}
