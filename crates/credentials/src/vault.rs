//! The tokens, in one file sealed by a small key, because one entry of Windows' keychain is too small for them.
//!
//! XChaCha20-Poly1305 with a new random nonce for every write; what stands in clear beside the sealed part is
//! authenticated with it. The key is random and lies in the keychain, or is made from a passphrase by Argon2id.
//!
//! **Invariant**: no secret reaches the disk unsealed; the file is replaced whole, for its owner's eyes alone.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use argon2::Argon2;
use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use serde::{Deserialize, Serialize};

use crate::keychain::Keychain;
use crate::lock::Lock;
use crate::{Error, Secret, file};

/// The largest file that is read, in bytes: some hundred sign-ins with the longest tokens seen.
const LARGEST: u64 = 4 * 1024 * 1024;
/// Argon2id: 64 MiB, three passes, one lane. About a fifth of a second, once a cargo process.
const ARGON2: (u32, u32, u32) = (64 * 1024, 3, 1);

/// What is kept for one sign-in.
#[derive(Debug, Clone)]
pub(crate) enum Kept {
    /// An Entra token, and what renews it.
    Renewable {
        /// The bearer.
        access: Secret,
        /// When it was given out; seconds since 1970.
        obtained_at: f64,
        /// When it ends; seconds since 1970.
        expires_at: f64,
        /// The refresh token; none where something else renews it.
        refresh: Option<Secret>,
    },
    /// A token somebody gave us, used until it is refused.
    Given(Secret),
}

/// What is kept, by sign-in.
pub(crate) type Entries = BTreeMap<String, Kept>;

/// How an entry is written inside the seal.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Written {
    Renewable {
        access: String,
        obtained_at: f64,
        expires_at: f64,
        refresh: Option<String>,
    },
    Given {
        token: String,
    },
}

/// Where the key comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum KeyKind {
    /// From the keychain.
    Keychain,
    /// From a passphrase, by Argon2id.
    Passphrase {
        /// 16 random bytes, Base64.
        salt: String,
        memory_kib: u32,
        passes: u32,
        lanes: u32,
    },
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    version: u32,
    /// Tells this vault's key from others' in the same keychain.
    id: String,
    key: KeyKind,
    nonce: String,
    sealed: String,
}

impl Envelope {
    /// What is authenticated besides the sealed part.
    fn clear_part(&self) -> String {
        format!(
            "granary {} {} {}",
            self.version,
            self.id,
            serde_json::json!(self.key)
        )
    }
}

/// The sealed file of one home.
#[derive(Debug, Clone)]
pub(crate) struct Vault {
    path: PathBuf,
    lock: PathBuf,
    keychain: Keychain,
    /// The key, once it was had: the keychain, or the user, is asked once a process.
    key: Arc<Mutex<Option<(String, Secret)>>>,
}

impl Vault {
    pub(crate) fn new(path: PathBuf, lock: PathBuf, keychain: Keychain) -> Self {
        Self {
            path,
            lock,
            keychain,
            key: Arc::default(),
        }
    }

    pub(crate) fn keychain(&self) -> &Keychain {
        &self.keychain
    }

    /// Waits until no other program changes what is signed in.
    pub(crate) fn lock(&self) -> Result<Lock, Error> {
        Lock::take(&self.lock)
    }

    /// Where the key of the vault comes from; none when there is no vault.
    pub(crate) fn kind(&self) -> Result<Option<KeyKind>, Error> {
        Ok(self.envelope()?.map(|envelope| envelope.key))
    }

    /// All that is kept; nothing where there is no vault.
    pub(crate) fn entries(&self) -> Result<Entries, Error> {
        match self.envelope()? {
            None => Ok(Entries::new()),
            Some(envelope) => self.open(&envelope),
        }
    }

    /// Changes what is kept. Whoever renews holds the lock already, all others take it for this.
    pub(crate) fn change(&self, _held: &Lock, change: impl FnOnce(&mut Entries)) -> Result<(), Error> {
        let (mut envelope, mut entries) = match self.envelope()? {
            None => (self.new_envelope(KeyKind::Keychain), Entries::new()),
            Some(envelope) => {
                let entries = self.open(&envelope)?;
                (envelope, entries)
            }
        };
        change(&mut entries);
        if entries.is_empty() {
            return self.remove(&envelope);
        }
        let key = match envelope.sealed.is_empty() {
            true => self.make_key(&envelope)?,
            false => self.key(&envelope)?,
        };
        self.seal(&mut envelope, &key, &entries)
    }

    /// Moves a vault aside whose key is not here. It may be in another session's keychain, so nothing is thrown away.
    pub(crate) fn set_aside(&self, _held: &Lock) -> Result<(), Error> {
        file::rename(&self.path, &self.path.with_extension("lost"))
    }

    /// Makes the key from a passphrase: a new vault's, or that of the vault there is.
    pub(crate) fn unlock(&self, held: &Lock, passphrase: &Secret) -> Result<(), Error> {
        match self.envelope()? {
            Some(envelope) if matches!(envelope.key, KeyKind::Passphrase { .. }) => {
                let key = derived(&envelope.key, passphrase)?;
                opened(&envelope, &key)?.ok_or(Error::WrongPassphrase)?;
                self.remember(&envelope, &key);
                Ok(())
            }
            Some(_) => Err(Error::KeptByKeychain),
            None => {
                let (memory_kib, passes, lanes) = ARGON2;
                let salt = STANDARD.encode(random::<16>()?);
                let mut envelope = self.new_envelope(KeyKind::Passphrase {
                    salt,
                    memory_kib,
                    passes,
                    lanes,
                });
                let key = derived(&envelope.key, passphrase)?;
                self.remember(&envelope, &key);
                let _ = held;
                self.seal(&mut envelope, &key, &Entries::new())
            }
        }
    }

    fn envelope(&self) -> Result<Option<Envelope>, Error> {
        let Some(text) = file::read(&self.path, LARGEST)? else {
            return Ok(None);
        };
        let envelope: Envelope =
            serde_json::from_str(&text).map_err(|error| self.damaged(&error.to_string()))?;
        if envelope.version != 1 {
            return Err(self.damaged("a newer Granary wrote it"));
        }
        Ok(Some(envelope))
    }

    fn new_envelope(&self, key: KeyKind) -> Envelope {
        Envelope {
            version: 1,
            id: uuid::Uuid::new_v4().to_string(),
            key,
            nonce: String::new(),
            sealed: String::new(),
        }
    }

    fn open(&self, envelope: &Envelope) -> Result<Entries, Error> {
        let key = self.key(envelope)?;
        let bytes = opened(envelope, &key)?.ok_or_else(|| self.damaged("its key does not open it"))?;
        let written: BTreeMap<String, Written> =
            serde_json::from_slice(&bytes).map_err(|_| self.damaged("what it holds cannot be read"))?;
        Ok(written
            .into_iter()
            .map(|(id, entry)| (id, entry.into()))
            .collect())
    }

    fn seal(&self, envelope: &mut Envelope, key: &Secret, entries: &Entries) -> Result<(), Error> {
        let written = entries
            .iter()
            .map(|(id, kept)| (id, Written::from(kept)))
            .collect::<BTreeMap<_, _>>();
        let plain = Secret::new(serde_json::json!(written).to_string());
        let nonce = random::<24>()?;
        envelope.nonce = STANDARD.encode(nonce);
        let clear = envelope.clear_part();
        let payload = Payload {
            msg: plain.expose().as_bytes(),
            aad: clear.as_bytes(),
        };
        let sealed = cipher(key)?
            .encrypt((&nonce).into(), payload)
            .map_err(|_| self.damaged("it could not be sealed"))?;
        envelope.sealed = STANDARD.encode(sealed);
        file::replace(&self.path, serde_json::json!(envelope).to_string().as_bytes())
    }

    fn key(&self, envelope: &Envelope) -> Result<Secret, Error> {
        let known = self.key.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, key)) = known.filter(|(id, _)| *id == envelope.id) {
            return Ok(key);
        }
        match envelope.key {
            KeyKind::Passphrase { .. } => Err(Error::PassphraseNeeded),
            KeyKind::Keychain => {
                let kept = self.keychain.key(&envelope.id)?;
                let key = kept.ok_or_else(|| Error::KeyLost {
                    path: self.path.clone(),
                })?;
                self.remember(envelope, &key);
                Ok(key)
            }
        }
    }

    fn make_key(&self, envelope: &Envelope) -> Result<Secret, Error> {
        let key = Secret::new(STANDARD.encode(random::<32>()?));
        self.keychain.keep(&envelope.id, &key)?;
        self.remember(envelope, &key);
        Ok(key)
    }

    fn remember(&self, envelope: &Envelope, key: &Secret) {
        let mut known = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some((envelope.id.clone(), key.clone()));
    }

    /// Nothing is left: the file goes, and its key with it.
    fn remove(&self, envelope: &Envelope) -> Result<(), Error> {
        file::remove(&self.path)?;
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = None;
        match envelope.key {
            KeyKind::Keychain => Ok(self.keychain.forget(&envelope.id)?),
            KeyKind::Passphrase { .. } => Ok(()),
        }
    }

    fn damaged(&self, reason: &str) -> Error {
        Error::Damaged {
            path: self.path.clone(),
            reason: reason.to_owned(),
        }
    }
}

fn cipher(key: &Secret) -> Result<XChaCha20Poly1305, Error> {
    let bytes = STANDARD.decode(key.expose()).unwrap_or_default();
    XChaCha20Poly1305::new_from_slice(&bytes).map_err(|_| Error::NoKey)
}

/// The content; none when the key, or a single bit, is not the one it was sealed with.
fn opened(envelope: &Envelope, key: &Secret) -> Result<Option<Vec<u8>>, Error> {
    let nonce = STANDARD.decode(&envelope.nonce).ok();
    let nonce = nonce.and_then(|nonce| <[u8; 24]>::try_from(nonce).ok());
    let (Some(nonce), Ok(sealed)) = (nonce, STANDARD.decode(&envelope.sealed)) else {
        return Ok(None);
    };
    let clear = envelope.clear_part();
    let payload = Payload {
        msg: &sealed,
        aad: clear.as_bytes(),
    };
    Ok(cipher(key)?.decrypt((&nonce).into(), payload).ok())
}

fn derived(kind: &KeyKind, passphrase: &Secret) -> Result<Secret, Error> {
    let KeyKind::Passphrase {
        salt,
        memory_kib,
        passes,
        lanes,
    } = kind
    else {
        return Err(Error::NoKey);
    };
    // Bounded, because a file says them: a gigabyte and ten passes are more than anybody needs.
    if *memory_kib > 1024 * 1024 || *passes > 10 || *lanes > 8 {
        return Err(Error::NoKey);
    }
    let salt = STANDARD.decode(salt).map_err(|_| Error::NoKey)?;
    let parameters = argon2::Params::new(*memory_kib, *passes, *lanes, Some(32)).map_err(|_| Error::NoKey)?;
    let argon2 = Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, parameters);
    let mut key = [0; 32];
    argon2
        .hash_password_into(passphrase.expose().as_bytes(), &salt, &mut key)
        .map_err(|_| Error::NoKey)?;
    Ok(Secret::new(STANDARD.encode(key)))
}

fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::NoKey)?;
    Ok(bytes)
}

impl From<Written> for Kept {
    fn from(written: Written) -> Self {
        match written {
            Written::Renewable {
                access,
                obtained_at,
                expires_at,
                refresh,
            } => Self::Renewable {
                access: Secret::new(access),
                obtained_at,
                expires_at,
                refresh: refresh.map(Secret::new),
            },
            Written::Given { token } => Self::Given(Secret::new(token)),
        }
    }
}

impl From<&Kept> for Written {
    fn from(kept: &Kept) -> Self {
        match kept {
            Kept::Renewable {
                access,
                obtained_at,
                expires_at,
                refresh,
            } => Self::Renewable {
                access: access.expose().to_owned(),
                obtained_at: *obtained_at,
                expires_at: *expires_at,
                refresh: refresh.as_ref().map(|token| token.expose().to_owned()),
            },
            Kept::Given(token) => Self::Given {
                token: token.expose().to_owned(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bench {
        folder: tempfile::TempDir,
        keychain: Keychain,
    }

    impl Bench {
        fn new() -> Self {
            Self {
                folder: tempfile::tempdir().unwrap(),
                keychain: Keychain::in_memory(),
            }
        }

        fn vault(&self) -> Vault {
            let at = |name: &str| self.folder.path().join(name);
            Vault::new(at("vault"), at("lock"), self.keychain.clone())
        }

        fn keep(&self, vault: &Vault, id: &str, token: &str) -> Result<(), Error> {
            let kept = Kept::Given(Secret::new(token));
            vault.change(&vault.lock()?, |entries| {
                drop(entries.insert(id.to_owned(), kept))
            })
        }
    }

    fn given(vault: &Vault, id: &str) -> Option<String> {
        match vault.entries().unwrap().get(id)? {
            Kept::Given(token) => Some(token.expose().to_owned()),
            Kept::Renewable { access, .. } => Some(access.expose().to_owned()),
        }
    }

    #[test]
    fn tokens_of_six_thousand_bytes_are_kept_sealed() {
        let bench = Bench::new();
        let (access, refresh) = ("canary-a".repeat(768), "canary-r".repeat(768));
        let vault = bench.vault();
        let kept = Kept::Renewable {
            access: Secret::new(access.clone()),
            obtained_at: 1.5,
            expires_at: 3601.5,
            refresh: Some(Secret::new(refresh)),
        };
        vault
            .change(&vault.lock().unwrap(), |entries| {
                drop(entries.insert("mira".into(), kept))
            })
            .unwrap();
        assert_eq!(access.len(), 6144);
        assert_eq!(given(&bench.vault(), "mira"), Some(access));
        let bytes = std::fs::read_to_string(bench.folder.path().join("vault")).unwrap();
        assert!(!bytes.contains("canary") && !bytes.contains(&STANDARD.encode("canary")[..6]));
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_for_the_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let bench = Bench::new();
        bench.keep(&bench.vault(), "a", "token").unwrap();
        let mode = std::fs::metadata(bench.folder.path().join("vault"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_changed_bit_is_found() {
        let bench = Bench::new();
        bench.keep(&bench.vault(), "a", "token").unwrap();
        let path = bench.folder.path().join("vault");
        let text = std::fs::read_to_string(&path).unwrap();
        let mut envelope: Envelope = serde_json::from_str(&text).unwrap();
        let mut sealed = STANDARD.decode(&envelope.sealed).unwrap();
        sealed[0] ^= 1;
        envelope.sealed = STANDARD.encode(sealed);
        std::fs::write(&path, serde_json::to_string(&envelope).unwrap()).unwrap();
        assert!(matches!(bench.vault().entries(), Err(Error::Damaged { .. })));
        std::fs::write(&path, text.replace("\"version\":1", "\"version\":2")).unwrap();
        assert!(matches!(bench.vault().entries(), Err(Error::Damaged { .. })));
    }

    #[test]
    fn when_nothing_is_left_file_and_key_go() {
        let bench = Bench::new();
        let vault = bench.vault();
        bench.keep(&vault, "a", "token").unwrap();
        vault.change(&vault.lock().unwrap(), Entries::clear).unwrap();
        assert!(!bench.folder.path().join("vault").exists());
        let Keychain::Memory(keys) = &bench.keychain else {
            unreachable!()
        };
        assert!(keys.lock().unwrap().is_empty());
    }

    #[test]
    fn a_lost_key_is_told_and_the_next_sign_in_begins_anew() {
        let bench = Bench::new();
        bench.keep(&bench.vault(), "a", "token").unwrap();
        let Keychain::Memory(keys) = &bench.keychain else {
            unreachable!()
        };
        keys.lock().unwrap().clear();
        assert!(matches!(bench.vault().entries(), Err(Error::KeyLost { .. })));
        let vault = bench.vault();
        let refused = bench.keep(&vault, "b", "new");
        assert!(
            matches!(refused, Err(Error::KeyLost { .. })),
            "it is not overwritten by the way"
        );
        vault.set_aside(&vault.lock().unwrap()).unwrap();
        assert!(bench.folder.path().join("vault.lost").exists());
        bench.keep(&vault, "b", "new").unwrap();
        assert_eq!(given(&bench.vault(), "b").as_deref(), Some("new"));
        assert_eq!(given(&bench.vault(), "a"), None);
    }

    #[test]
    fn without_a_keychain_nothing_is_written_in_clear_or_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let vault = Vault::new(at("vault"), at("lock"), Keychain::Unused);
        let kept = Kept::Given(Secret::new("canary"));
        let refused = vault.change(&vault.lock().unwrap(), |entries| {
            drop(entries.insert("a".into(), kept))
        });
        assert!(matches!(refused, Err(Error::Keychain(_))), "{refused:?}");
        assert!(!at("vault").exists());
    }

    #[test]
    fn a_passphrase_stands_in_for_the_keychain() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let vault = || Vault::new(at("vault"), at("lock"), Keychain::Unused);
        let first = vault();
        first
            .unlock(&first.lock().unwrap(), &Secret::new("correct horse"))
            .unwrap();
        let kept = Kept::Given(Secret::new("token"));
        first
            .change(&first.lock().unwrap(), |entries| {
                drop(entries.insert("a".into(), kept))
            })
            .unwrap();

        let second = vault();
        assert!(matches!(second.entries(), Err(Error::PassphraseNeeded)));
        let wrong = second.unlock(&second.lock().unwrap(), &Secret::new("wrong"));
        assert!(matches!(wrong, Err(Error::WrongPassphrase)), "{wrong:?}");
        second
            .unlock(&second.lock().unwrap(), &Secret::new("correct horse"))
            .unwrap();
        assert_eq!(given(&second, "a").as_deref(), Some("token"));
    }
}
