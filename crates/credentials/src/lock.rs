//! One change to what is signed in at a time: app, command and provider take this lock first.
//!
//! **Invariant**: the lock is the operating system's, so whoever dies gives it up; nobody waits for ever.

use std::fs::File;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use crate::{Error, file};

/// The longest wait for another program's renewal, which itself asks the network for a minute at most.
const PATIENCE: Duration = Duration::from_secs(90);

/// Held until dropped.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "closing it gives the lock up")] File);

impl Lock {
    /// Waits for the lock on a thread that may block.
    pub fn take(path: &Path) -> Result<Self, Error> {
        file::create_private(path.parent().unwrap_or(Path::new(".")))?;
        let held = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(Error::file("open", path))?;
        let (got, waits) = mpsc::sync_channel(1);
        // The system can only wait for ever, so that is left to a thread of its own.
        std::thread::spawn(move || {
            let outcome = held.lock().map(|()| held);
            // Nobody waits any more: then the lock is given up again.
            let _ = got.send(outcome);
        });
        match waits.recv_timeout(PATIENCE) {
            Ok(Ok(held)) => Ok(Self(held)),
            Ok(Err(error)) => Err(Error::file("lock", path)(error)),
            Err(_) => Err(Error::Busy {
                path: path.to_owned(),
            }),
        }
    }
}
