//! The feeds on this computer as an account: its name, its address, its token.
//!
//! **Invariant**: starts no server and opens no socket; the token file is the only thing written, once, for the
//! owner's eyes alone.

use std::io::Write;

use url::Url;

use crate::{Error, FeedUrl, Home, LocalSettings, Secret, Settings, Token};

/// The account, and the organization, of the feeds on this computer.
pub const LOCAL_ACCOUNT: &str = "local";
/// The one project they belong to.
pub const LOCAL_PROJECT: &str = "main";

/// The account *this computer*.
#[derive(Debug, Clone)]
pub struct LocalFeeds {
    home: Home,
    settings: LocalSettings,
}

impl LocalFeeds {
    /// The account of a home, at the port its settings name.
    pub fn of(home: &Home) -> Result<Self, Error> {
        Ok(Self {
            home: home.clone(),
            settings: Settings::read(home)?.local,
        })
    }

    /// What the settings say of it.
    pub fn settings(&self) -> &LocalSettings {
        &self.settings
    }

    /// `http://127.0.0.1:PORT/`.
    pub fn base_url(&self) -> Url {
        let mut url = Url::parse("http://127.0.0.1").unwrap_or_else(|_| unreachable!("a constant address"));
        let _ = url.set_port(Some(self.settings.port));
        url
    }

    /// Whether an index URL is one of ours.
    pub fn serves(&self, index_url: &str) -> bool {
        FeedUrl::parse(index_url).is_ok_and(|url| url.is_local(self.settings.port))
    }

    /// The token every request to these feeds needs; made at the first call.
    pub fn token(&self) -> Result<Secret, Error> {
        match self.existing_token()? {
            Some(token) => Ok(token),
            None => {
                self.make_token()?;
                // Read back: another process may have made it first, and then that one counts.
                self.existing_token()?.ok_or_else(|| Error::NoToken {
                    path: self.token_file(),
                })
            }
        }
    }

    /// The token as cargo and Azure's API want it; none when these feeds were never used.
    pub fn existing_header(&self) -> Result<Option<Token>, Error> {
        Ok(self
            .existing_token()?
            .map(|token| Token::personal_access_token(&token)))
    }

    fn token_file(&self) -> std::path::PathBuf {
        self.home.feeds().join("token")
    }

    fn existing_token(&self) -> Result<Option<Secret>, Error> {
        let path = self.token_file();
        match std::fs::read_to_string(&path) {
            Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::file("read", &path)(error)),
            Ok(text) => match text.trim() {
                token if token.len() >= 32 && token.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                    Ok(Some(Secret::new(token)))
                }
                _ => Err(Error::NoToken { path }),
            },
        }
    }

    fn make_token(&self) -> Result<(), Error> {
        let folder = self.home.feeds();
        create_private(&folder).map_err(Error::file("create", &folder))?;
        let path = self.token_file();
        // A temporary file is born for its owner alone, so the token is at no moment readable by others.
        let mut file = tempfile::NamedTempFile::new_in(&folder).map_err(Error::file("create", &path))?;
        let token = format!(
            "{}{}",
            uuid::Uuid::new_v4().simple(),
            uuid::Uuid::new_v4().simple()
        );
        file.write_all(token.as_bytes())
            .and_then(|()| file.as_file().sync_all())
            .map_err(Error::file("write", &path))?;
        match file.persist_noclobber(&path) {
            Ok(_) => Ok(()),
            Err(taken) if taken.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(Error::file("write", &path)(error.error)),
        }
    }
}

/// Makes a folder for the owner's eyes alone, where the system knows of eyes.
fn create_private(folder: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(folder: &std::path::Path) -> LocalFeeds {
        LocalFeeds::of(&Home::at(folder)).unwrap()
    }

    #[test]
    fn the_token_is_made_once_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        assert!(local(folder.path()).existing_header().unwrap().is_none());
        let first = local(folder.path()).token().unwrap();
        assert_eq!(first.expose().len(), 64);
        assert_eq!(local(folder.path()).token().unwrap().expose(), first.expose());
    }

    #[cfg(unix)]
    #[test]
    fn the_token_file_is_for_the_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        local(folder.path()).token().unwrap();
        let mode = std::fs::metadata(folder.path().join("feeds/token"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        let mode = std::fs::metadata(folder.path().join("feeds"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    #[test]
    fn a_damaged_token_file_is_an_error_that_does_not_show_it() {
        let folder = tempfile::tempdir().unwrap();
        local(folder.path()).token().unwrap();
        std::fs::write(folder.path().join("feeds/token"), "canary-3f9c").unwrap();
        let error = local(folder.path()).token().unwrap_err();
        assert!(
            !format!("{error} {error:?} {}", error.hint()).contains("canary"),
            "{error:?}"
        );
    }
}
