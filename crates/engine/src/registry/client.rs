//! A registry, asked as cargo asks it.
//!
//! **Invariant**: as the room's front door says; nothing is kept between calls.

use credentials::TokenSource;
use reqwest::Method;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tame_index::KrateName;
use url::Url;

use crate::http::{self, Answer, Http, Listener, Opened, Request, Transport};

use super::Error;
use super::index::{IndexVersion, versions};

/// The largest file that is held in memory, in bytes.
const LARGEST_FILE: usize = 64 * 1024 * 1024;

/// One registry, at its index.
#[derive(Debug, Clone)]
pub(crate) struct Registry {
    http: Http,
    /// With a slash at the end.
    index: Url,
}

/// What a registry says of itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Config {
    dl: String,
    api: Option<String>,
    /// Whether cargo sends its token with every request, to the index too.
    #[serde(default)]
    auth_required: bool,
    /// The file as it came.
    #[serde(skip)]
    pub(crate) file: Vec<u8>,
}

impl Registry {
    /// The registry at an index, given as cargo writes it.
    pub(crate) fn at(http: Http, index_url: &str) -> Result<Self, Error> {
        let bare = index_url.trim_start_matches("sparse+");
        let index = Url::parse(bare).map_err(|_| Error::Address(index_url.to_owned()))?;
        Ok(Self { http, index })
    }

    /// The registry at an index, with a token or as anybody may read it, by a way of its own.
    pub(crate) fn by(
        transport: &Transport,
        source: Option<TokenSource>,
        index_url: &str,
    ) -> Result<Self, Error> {
        let bare = index_url.trim_start_matches("sparse+");
        let index = Url::parse(bare).map_err(|_| Error::Address(index_url.to_owned()))?;
        let http = Http::of(source, std::slice::from_ref(&index), transport);
        let http = http.map_err(failed("ask a registry"))?;
        Ok(Self { http, index })
    }

    /// The registry at an index, as anybody may read it.
    pub(crate) fn of_everybody(index_url: &str) -> Result<Self, Error> {
        Self::by(&Transport::default(), None, index_url)
    }

    /// What the registry says of itself, and the registry as cargo would ask it from then on: without a token where
    /// none is wanted.
    pub(crate) async fn introduced(self) -> Result<(Self, Config), Error> {
        let config = self.config().await?;
        let http = match config.auth_required {
            true => self.http.clone(),
            false => self.http.plain_at(&self.index),
        };
        Ok((Self { http, ..self }, config))
    }

    /// The same, and somebody hears of what is asked for again.
    pub(crate) fn heard_by(&self, listener: Listener) -> Self {
        Self {
            http: self.http.heard_by(listener),
            index: self.index.clone(),
        }
    }

    /// The file that tells all versions of a crate; none where the registry has no such crate.
    pub(crate) async fn file(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let entry = self.entry(name, LARGEST_FILE).await?;
        Ok(entry.map(|entry| entry.body))
    }

    /// The same with what tells one state of it from another, if it has no more than so many bytes.
    pub(crate) async fn entry(&self, name: &str, most: usize) -> Result<Option<Answer>, Error> {
        let path = KrateName::cargo(name)
            .map_err(|_| Error::Name(name.to_owned()))?
            .relative_path(Some('/'));
        let what = format!("read the index of `{name}`");
        let request = Request {
            most,
            ..Request::plain(self.under_index(&path)?, "/{index}/{crate}")
        };
        match self.http.send(&request).await {
            Ok(answer) => Ok(Some(answer)),
            // What cargo's protocol has for "no such crate".
            Err(http::Error::Refused {
                status: 404 | 410 | 451,
                ..
            }) => Ok(None),
            Err(error) => Err(failed(&what)(error)),
        }
    }

    /// A version's `.crate`, from a byte on; the token goes along only where it lies at the index's own host.
    pub(crate) async fn open_crate(
        &self,
        config: &Config,
        name: &str,
        version: &str,
        checksum: Option<&str>,
        from: u64,
    ) -> Result<Opened, Error> {
        let url = download_url(&config.dl, name, version, checksum)?;
        let http = match url.origin() == self.index.origin() {
            true => self.http.clone(),
            false => self.http.plain_at(&url),
        };
        let request = Request {
            from,
            ..Request::plain(url, "/{dl}")
        };
        let opened = http.open(&request).await;
        opened.map_err(failed(&format!("download `{name} {version}`")))
    }

    /// All versions of a crate; none where the registry has no such crate.
    pub(crate) async fn versions(&self, name: &str) -> Result<Option<Vec<IndexVersion>>, Error> {
        Ok(self.file(name).await?.as_deref().map(versions))
    }

    /// A version's `.crate`, whole; it is the one with that checksum, where one is given.
    pub(crate) async fn download(
        &self,
        name: &str,
        version: &str,
        checksum: Option<&str>,
    ) -> Result<Vec<u8>, Error> {
        let what = format!("download `{name} {version}`");
        let config = self.config().await?;
        let opened = self.open_crate(&config, name, version, checksum, 0).await?;
        let body = opened.whole(LARGEST_FILE).await.map_err(failed(&what))?;
        let is_another =
            checksum.is_some_and(|wanted| !wanted.eq_ignore_ascii_case(&hex(&Sha256::digest(&body))));
        match is_another {
            true => Err(Error::Checksum {
                name: name.to_owned(),
                version: version.to_owned(),
            }),
            false => Ok(body),
        }
    }

    /// Keeps cargo from choosing a version anew, or lets it again.
    pub(crate) async fn set_yanked(&self, name: &str, version: &str, yanked: bool) -> Result<(), Error> {
        let verb = if yanked { "yank" } else { "unyank" };
        let what = format!("{verb} `{name} {version}`");
        let api = self.config().await?.api.unwrap_or_default();
        let mut url = Url::parse(&api).map_err(|_| Error::Address(api.clone()))?;
        url.path_segments_mut()
            .map_err(|()| Error::Address(api))?
            .pop_if_empty()
            .extend(["api", "v1", "crates", name, version, verb]);
        let method = if yanked { Method::DELETE } else { Method::PUT };
        let request = Request::bare(method, url, "/{api}/api/v1/crates/{crate}/{version}/{verb}");
        let sent = self.http.send(&request).await;
        sent.map(drop).map_err(failed(&what))
    }

    /// What the registry says of itself.
    pub(crate) async fn config(&self) -> Result<Config, Error> {
        let what = "read the registry's `config.json`";
        let request = Request::plain(self.under_index("config.json")?, "/{index}/config.json");
        let file = self.http.send(&request).await.map_err(failed(what))?.body;
        let config = serde_json::from_slice::<Config>(&file).map_err(|source| Error::Config { source })?;
        Ok(Config { file, ..config })
    }

    fn under_index(&self, path: &str) -> Result<Url, Error> {
        self.index.join(path).map_err(|_| Error::Address(path.to_owned()))
    }
}

fn failed(what: &str) -> impl Fn(http::Error) -> Error {
    let what = what.to_owned();
    move |source| Error::Request {
        what: what.clone(),
        source,
    }
}

/// Where a `.crate` is: a template with markers, or a beginning.
fn download_url(template: &str, name: &str, version: &str, checksum: Option<&str>) -> Result<Url, Error> {
    let bad = || Error::Address(template.to_owned());
    let krate = KrateName::cargo(name).map_err(|_| Error::Name(name.to_owned()))?;
    let (mut prefix, mut lower) = (String::new(), String::new());
    krate.prefix(&mut prefix, '/');
    lower.push_str(&prefix.to_ascii_lowercase());
    let markers = [
        ("{crate}", name),
        ("{version}", version),
        ("{prefix}", &prefix),
        ("{lowerprefix}", &lower),
        ("{sha256-checksum}", checksum.unwrap_or_default()),
    ];
    if markers.iter().all(|(marker, _)| !template.contains(marker)) {
        let mut url = Url::parse(template).map_err(|_| bad())?;
        url.path_segments_mut()
            .map_err(|()| bad())?
            .pop_if_empty()
            .extend([name, version, "download"]);
        return Ok(url);
    }
    let filled = markers.iter().fold(template.to_owned(), |url, (marker, value)| {
        // A `+` in a path means itself to cargo, and a blank to some servers.
        url.replace(marker, &value.replace('+', "%2B"))
    });
    Url::parse(&filled).map_err(|_| bad())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_is_where_cargo_would_look() {
        let check = |template: &str, expected: &str| {
            let url = download_url(template, "Serde", "1.0.0+b", Some("abc")).unwrap();
            assert_eq!(url.as_str(), expected);
        };
        check("https://x/dl", "https://x/dl/Serde/1.0.0+b/download");
        check(
            "https://x/{prefix}/{lowerprefix}/{crate}-{version}.crate?c={sha256-checksum}",
            "https://x/Se/rd/se/rd/Serde-1.0.0%2Bb.crate?c=abc",
        );
        assert!(download_url("nonsense", "serde", "1.0.0", None).is_err());
    }
}
