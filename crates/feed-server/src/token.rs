//! The one token of a server, kept out of every print.
//!
//! **Invariant:** no `Display`, no `Serialize`, and a `Debug` that says nothing; comparing takes the same time whatever
//! is compared.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use subtle::ConstantTimeEq;
use uuid::Uuid;

/// What a request must prove to know. It behaves as one of Azure's personal access tokens does.
#[derive(Clone)]
pub struct Token(String);

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Too short to be a secret, or not sendable in a header.
    #[error("the token is not usable: it needs 16 or more printable ASCII characters without blanks")]
    Unusable,
    /// The file could not be read or written.
    #[error("the token file `{}` could not be {doing}", path.display())]
    File {
        /// "read" or "written".
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Token {
    /// Takes a token as it is. It must be printable, free of blanks and no shorter than 16 characters.
    pub fn new(text: impl Into<String>) -> Result<Self, TokenError> {
        let text = text.into();
        let usable = text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':');
        if usable {
            Ok(Self(text))
        } else {
            Err(TokenError::Unusable)
        }
    }

    /// Reads the token kept in `path`, or makes one and keeps it there, readable by its owner only.
    pub fn load_or_create(path: &Path) -> Result<Self, TokenError> {
        let reading = |source| TokenError::File {
            doing: "read",
            path: path.to_owned(),
            source,
        };
        match fs::read_to_string(path) {
            Ok(text) => return Self::new(text.trim()),
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(reading(source)),
        }
        match Self::create(path) {
            // Two starts may race for the first token: whoever came second takes what is there.
            Err(taken) if taken.kind() == io::ErrorKind::AlreadyExists => {
                Self::new(fs::read_to_string(path).map_err(reading)?.trim())
            }
            Err(source) => Err(TokenError::File {
                doing: "written",
                path: path.to_owned(),
                source,
            }),
            Ok(token) => Ok(token),
        }
    }

    fn create(path: &Path) -> io::Result<Self> {
        let text = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new().prefix(".token-").tempfile_in(folder)?;
        writeln!(file, "{text}")?;
        file.as_file().sync_all()?;
        file.persist_noclobber(path)
            .map_err(|persisting| persisting.error)?;
        Ok(Self(text))
    }

    pub(crate) fn is(&self, offered: &str) -> bool {
        self.0.as_bytes().ct_eq(offered.as_bytes()).into()
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_once_and_kept_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/token");
        let made = Token::load_or_create(&path).unwrap();
        assert!(made.is(Token::load_or_create(&path).unwrap().expose()));
        assert_eq!(made.expose().len(), 64);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn refuses_what_is_no_secret_and_prints_nothing() {
        for text in [
            "",
            "short",
            "with blank 0123456789",
            "with:colon:0123456789",
            "ümlaut-0123456789abcdef",
        ] {
            assert!(Token::new(text).is_err(), "{text}");
        }
        let token = Token::new("0123456789abcdef").unwrap();
        assert_eq!(format!("{token:?}"), "Token(…)");
        assert!(token.is("0123456789abcdef") && !token.is("0123456789abcdeF") && !token.is(""));
    }
}
