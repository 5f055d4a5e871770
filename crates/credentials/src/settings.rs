//! Our own preferences, `settings.toml` in Granary's home: all keys optional, edited by hand.
//!
//! **Invariant**: read only, and never a secret; an unknown key is an error that names it, not silence.

use serde::Deserialize;
use url::Url;

use crate::{Error, FeedUrl, Home};

/// The largest settings file that is read, in bytes.
const LARGEST: u64 = 256 * 1024;

/// The application that signs people in, where a build was given one; never another product's.
const BUILT_IN_CLIENT_ID: Option<&str> = option_env!("GRANARY_CLIENT_ID");

/// Everything `settings.toml` may say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where Azure DevOps Services are.
    pub azure: AzureSettings,
    /// Where secrets are kept.
    pub keychain: KeychainSettings,
    /// The feeds on this computer.
    pub local: LocalSettings,
}

/// `[azure]`: the addresses of Azure DevOps Services, so that a company's reverse proxy can stand in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AzureSettings {
    client_id: String,
    /// Who signs people in; `/{tenant}/oauth2/v2.0/…` is put behind it.
    pub authority: BaseUrl,
    /// Profile and list of organizations.
    pub profile: BaseUrl,
    /// Projects and connection; `/{organization}/…` is put behind it, as behind the three below.
    pub core: BaseUrl,
    /// Feeds.
    pub feeds: BaseUrl,
    /// Cargo's protocol.
    pub packages: BaseUrl,
    /// Identities.
    pub identity: BaseUrl,
}

impl Default for AzureSettings {
    fn default() -> Self {
        Self {
            client_id: String::new(),
            authority: BaseUrl::constant("https://login.microsoftonline.com"),
            profile: BaseUrl::constant("https://app.vssps.visualstudio.com"),
            core: BaseUrl::constant("https://dev.azure.com"),
            feeds: BaseUrl::constant("https://feeds.dev.azure.com"),
            packages: BaseUrl::constant("https://pkgs.dev.azure.com"),
            identity: BaseUrl::constant("https://vssps.dev.azure.com"),
        }
    }
}

impl AzureSettings {
    /// The feed an index URL names at Azure DevOps Services, by today's address or an older one.
    pub fn feed_at(&self, index_url: &str) -> Option<FeedUrl> {
        let packages = self.packages.url();
        // An older address is read as today's, which is another host where a proxy stands in.
        let todays = FeedUrl::parse(index_url).ok().filter(|url| url.base == *packages);
        todays.or_else(|| FeedUrl::parse_under(index_url, packages))
    }

    /// The application that signs people in: the setting's, else the one this build was given.
    pub fn client_id(&self) -> Option<&str> {
        Some(self.client_id.trim())
            .filter(|id| !id.is_empty())
            .or(BUILT_IN_CLIENT_ID.filter(|id| !id.is_empty()))
    }
}

/// The address of a host, maybe with a path in front of everything: https, or http on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Reads an address; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut url = Url::parse(text.trim()).map_err(|_| format!("`{text}` is not an address"))?;
        let plain_on_loopback = url.scheme() == "http" && is_loopback(&url);
        if url.scheme() != "https" && !plain_on_loopback {
            return Err(format!(
                "`{text}` is not safe: a token is sent by https only, or by http to this computer"
            ));
        }
        if url.host_str().is_none_or(str::is_empty) || url.query().is_some() || url.fragment().is_some() {
            return Err(format!("`{text}` is not the address of a host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("an address must not carry a user name or a password".to_owned());
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    fn constant(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|_| unreachable!("a constant address"))
    }

    /// The address.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl TryFrom<String> for BaseUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

/// Whether an address is on this very computer.
pub fn is_loopback(url: &Url) -> bool {
    matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))
}

/// Host and port of an address, as messages name it.
pub fn host(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (host, _) => host.unwrap_or_default().to_owned(),
    }
}

/// `[keychain]`: where secrets are kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeychainSettings {
    /// Whether the system's keychain may be asked. Where it may not, it counts as not there.
    #[serde(rename = "use")]
    pub is_used: bool,
}

impl Default for KeychainSettings {
    fn default() -> Self {
        Self { is_used: true }
    }
}

/// `[local]`: the feeds on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LocalSettings {
    /// The loopback port they are served on. It stands in projects' config, so it does not change by itself.
    pub port: u16,
    /// The sparse index that stands for crates.io behind them; crates.io's own when not set.
    pub crates_io_index: Option<String>,
}

impl Default for LocalSettings {
    fn default() -> Self {
        Self {
            port: 8717,
            crates_io_index: None,
        }
    }
}

impl LocalSettings {
    /// `http://127.0.0.1:PORT/`.
    pub fn base_url(&self) -> Url {
        let mut url = BaseUrl::constant("http://127.0.0.1").0;
        let _ = url.set_port(Some(self.port));
        url
    }
}

impl Settings {
    /// Reads the settings of a home; a missing file means all defaults.
    pub fn read(home: &Home) -> Result<Self, Error> {
        let path = home.settings_file();
        let text = match std::fs::metadata(&path) {
            Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Error::file("read", &path)(error)),
            Ok(about) if about.len() > LARGEST => {
                let reason = format!("it is larger than {LARGEST} bytes");
                return Err(Error::Settings { path, reason });
            }
            Ok(_) => std::fs::read_to_string(&path).map_err(Error::file("read", &path))?,
        };
        toml::from_str(&text).map_err(|wrong| Error::Settings {
            path,
            reason: wrong.message().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<u16, &str>) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        std::fs::write(home.settings_file(), text).unwrap();
        let found = Settings::read(&home)
            .map(|settings| settings.local.port)
            .map_err(|error| error.to_string());
        match expected {
            Ok(port) => assert_eq!(found, Ok(port)),
            Err(part) => assert!(
                found.as_ref().is_err_and(|message| message.contains(part)),
                "{found:?}"
            ),
        }
    }

    #[test]
    fn reads_what_is_there_and_names_what_is_wrong() {
        check("", Ok(8717));
        check("[local]\nport = 9001\n", Ok(9001));
        check("[local]\nprot = 9001\n", Err("prot"));
        check("[local]\nport = 70000\n", Err("70000"));
        check(
            "[azure]\ncore = \"https://proxy.contoso.com/devops/\"\n",
            Ok(8717),
        );
        check("[azure]\ncore = \"http://127.0.0.1:9\"\n", Ok(8717));
        check("[azure]\ncore = \"http://proxy.contoso.com\"\n", Err("not safe"));
        check("[azure]\nfeeds = \"https://a:b@contoso.com\"\n", Err("password"));
        check(
            "[azure]\nfeeds = \"https://contoso.com/?a\"\n",
            Err("not the address"),
        );
    }

    #[test]
    fn a_missing_file_means_defaults() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(
            Settings::read(&Home::at(folder.path())).unwrap(),
            Settings::default()
        );
    }

    #[test]
    fn the_settings_client_id_stands_over_the_builds() {
        let settings = |id: &str| AzureSettings {
            client_id: id.to_owned(),
            ..AzureSettings::default()
        };
        assert_eq!(settings(" abc ").client_id(), Some("abc"));
        assert_eq!(settings(" ").client_id(), BUILT_IN_CLIENT_ID);
    }
}
