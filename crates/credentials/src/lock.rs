//! One change to what is signed in at a time: app, command and provider take this lock first.
//!
//! **Invariant**: the lock is the operating system's, so whoever dies gives it up; nobody waits for ever.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::{Error, file};

/// The longest wait for another program's renewal, which itself asks the network for a minute at most.
const PATIENCE: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(20);

/// Held until dropped.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "closing it gives the lock up")] File);

impl Lock {
    /// Waits for the lock on a thread that may block.
    pub(crate) fn take(path: &Path) -> Result<Self, Error> {
        file::create_private(path.parent().unwrap_or(Path::new(".")))?;
        let held = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(Error::file("open", path))?;
        let start = Instant::now();
        loop {
            match held.try_lock() {
                Ok(()) => return Ok(Self(held)),
                Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => {
                    return Err(Error::Busy {
                        path: path.to_owned(),
                    });
                }
                Err(TryLockError::Error(error)) => return Err(Error::file("lock", path)(error)),
            }
        }
    }
}
