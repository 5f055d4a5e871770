//! The system's keychain, for one small key: Secret Service, macOS' Keychain, Windows' Credential Manager.
//!
//! **Invariant**: the only file that names the system's store; a failure is not remembered, so that a keychain which
//! was locked can be asked again. Every call may block, for as long as the user takes to unlock it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use keyring_core::api::CredentialStoreApi;

use crate::Secret;

/// How entries of ours are called in the keychain.
const NAME: &str = "Granary";

/// Where a key is kept.
#[derive(Debug, Clone)]
pub enum Keychain {
    /// The system's.
    System,
    /// None: the settings forbid it.
    Unused,
    /// A twin in memory, for tests.
    Memory(Arc<Mutex<HashMap<String, Secret>>>),
}

/// Why the keychain gives and takes nothing.
#[derive(Debug, thiserror::Error)]
pub enum KeychainError {
    /// There is none, or nobody answers: no desktop session, a container, a terminal from afar.
    #[error("there is no keychain in this session")]
    Missing {
        /// The system's words.
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// It is locked, and nobody unlocked it.
    #[error("the keychain is locked")]
    Locked {
        /// The system's words.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl KeychainError {
    /// One thing to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Missing { .. } if cfg!(target_os = "linux") => {
                "Start a keychain such as gnome-keyring or KWallet in this session, or keep the sign-in by a passphrase \
                 (`--passphrase`), or set `GRANARY_TOKEN` for one terminal."
            }
            Self::Missing { .. } => {
                "Keep the sign-in by a passphrase (`--passphrase`), or set `GRANARY_TOKEN` for one terminal."
            }
            Self::Locked { .. } => "Unlock it, then try again.",
        }
        .to_owned()
    }
}

impl Keychain {
    /// One in memory, that other instances do not see.
    pub fn in_memory() -> Self {
        Self::Memory(Arc::default())
    }

    /// The key kept under a name.
    pub(crate) fn key(&self, name: &str) -> Result<Option<Secret>, KeychainError> {
        match self {
            Self::Unused => Err(KeychainError::Missing { source: None }),
            Self::Memory(keys) => Ok(keys
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get(name)
                .cloned()),
            Self::System => match entry(name)?.get_password() {
                Ok(key) => Ok(Some(Secret::new(key))),
                Err(keyring_core::Error::NoEntry) => Ok(None),
                Err(error) => Err(explained(error)),
            },
        }
    }

    /// Keeps a key under a name.
    pub(crate) fn keep(&self, name: &str, key: &Secret) -> Result<(), KeychainError> {
        match self {
            Self::Unused => Err(KeychainError::Missing { source: None }),
            Self::Memory(keys) => {
                let mut keys = keys.lock().unwrap_or_else(PoisonError::into_inner);
                keys.insert(name.to_owned(), key.clone());
                Ok(())
            }
            Self::System => entry(name)?.set_password(key.expose()).map_err(explained),
        }
    }

    /// Forgets the key kept under a name.
    pub(crate) fn forget(&self, name: &str) -> Result<(), KeychainError> {
        match self {
            Self::Unused => Ok(()),
            Self::Memory(keys) => {
                keys.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
                Ok(())
            }
            Self::System => match entry(name)?.delete_credential() {
                Ok(()) | Err(keyring_core::Error::NoEntry) => Ok(()),
                Err(error) => Err(explained(error)),
            },
        }
    }

    /// Whether it answers at all, without asking anybody to unlock anything for long.
    pub fn check(&self) -> Result<(), KeychainError> {
        self.key("check").map(drop)
    }
}

fn entry(name: &str) -> Result<keyring_core::Entry, KeychainError> {
    #[cfg(target_os = "macos")]
    let store = apple_native_keyring_store::keychain::Store::new();
    #[cfg(windows)]
    let store = windows_native_keyring_store::Store::new();
    #[cfg(all(unix, not(target_os = "macos")))]
    let store = zbus_secret_service_keyring_store::Store::new();
    store
        .and_then(|store| store.build(NAME, name, None))
        .map_err(explained)
}

fn explained(error: keyring_core::Error) -> KeychainError {
    match error {
        keyring_core::Error::NoStorageAccess(source) => KeychainError::Locked { source },
        // There the store is always present; what fails is the access to it.
        keyring_core::Error::PlatformFailure(source) if !cfg!(target_os = "linux") => {
            KeychainError::Locked { source }
        }
        other => KeychainError::Missing {
            source: Some(Box::new(other)),
        },
    }
}
