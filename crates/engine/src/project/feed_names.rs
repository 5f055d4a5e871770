//! The reference of the feed that an index URL names: the account's, where one is signed in there.
//!
//! **Invariant**: asks nobody whether the feed exists.

use credentials::{Account, AzureSettings, FeedUrl, SignIns};

/// What feeds are called here.
#[derive(Debug, Clone, Default)]
pub struct FeedNames {
    accounts: Vec<Account>,
    azure: AzureSettings,
}

impl FeedNames {
    /// After the accounts there are.
    pub fn of(signs: &SignIns) -> Result<Self, credentials::Error> {
        Ok(Self {
            accounts: signs.accounts()?,
            azure: signs.settings().azure.clone(),
        })
    }

    /// For example `local/main/upstream`; none for an address that is no feed's.
    pub(crate) fn reference(&self, index_url: &str) -> Option<String> {
        let known = self.accounts.iter().find_map(|account| {
            let url = account.feed_at(index_url, &self.azure)?;
            Some((account.id.clone(), url))
        });
        let (account, url) = match known {
            Some(known) => known,
            // A stranger's feed is called by what its address says.
            None => FeedUrl::parse(index_url)
                .ok()
                .map(|url| (url.organization.clone(), url))?,
        };
        let project = url
            .project
            .map(|project| format!("{project}/"))
            .unwrap_or_default();
        let view = url.view.map(|view| format!("@{view}")).unwrap_or_default();
        Some(format!("{account}/{project}{}{view}", url.feed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_is_called_by_its_account() {
        let mut alias = Account::of_organization("contoso");
        alias.id = "contoso-2".to_owned();
        let names = FeedNames {
            accounts: vec![alias],
            azure: AzureSettings::default(),
        };
        let check = |url: &str, expected: Option<&str>| {
            assert_eq!(names.reference(url).as_deref(), expected, "{url}")
        };
        check(
            "sparse+https://pkgs.dev.azure.com/contoso/P/_packaging/a@Release/Cargo/index/",
            Some("contoso-2/P/a@Release"),
        );
        check(
            "sparse+https://contoso.pkgs.visualstudio.com/_packaging/a/Cargo/index/",
            Some("contoso-2/a"),
        );
        check(
            "sparse+https://pkgs.dev.azure.com/other/_packaging/a/Cargo/index/",
            Some("other/a"),
        );
        check("sparse+https://example.com/index/", None);
    }
}
