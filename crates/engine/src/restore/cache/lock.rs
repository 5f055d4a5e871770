//! Cargo's lock on its package cache, taken as cargo takes it.
//!
//! **Invariant**: never broken, never waited for without a way out; the file itself is cargo's and stays.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

/// Between two looks at a lock that another holds.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The lock, held until dropped.
#[derive(Debug)]
pub(in super::super) struct PackageLock {
    _file: File,
}

/// Who holds the lock, where the system tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Holder {
    pub(in super::super) process: u32,
    pub(in super::super) name: String,
}

impl PackageLock {
    /// Who holds the lock of a `CARGO_HOME` now, where the system tells.
    pub(in super::super) fn holder(cargo_home: &Path) -> Option<Holder> {
        holder(&File::open(cargo_home.join(".package-cache")).ok()?)
    }

    /// Takes the lock of a `CARGO_HOME` as soon as nobody else has it; `waiting` hears once who does.
    pub(in super::super) async fn take(
        cargo_home: &Path,
        waiting: impl FnOnce(Option<Holder>),
    ) -> io::Result<Self> {
        Self::take_file(cargo_home, ".package-cache", waiting).await
    }

    /// Takes the lock that cargo shares while it compiles, so that nothing is taken away under it.
    pub(in super::super) async fn take_to_remove(
        cargo_home: &Path,
        waiting: impl FnOnce(Option<Holder>),
    ) -> io::Result<Self> {
        Self::take_file(cargo_home, ".package-cache-mutate", waiting).await
    }

    async fn take_file(
        cargo_home: &Path,
        name: &str,
        waiting: impl FnOnce(Option<Holder>),
    ) -> io::Result<Self> {
        std::fs::create_dir_all(cargo_home)?;
        let path = cargo_home.join(name);
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)?;
        let mut waiting = Some(waiting);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => {}
            }
            if let Some(waiting) = waiting.take() {
                waiting(holder(&file));
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}

/// Linux lists all locks by the file's device and number.
#[cfg(target_os = "linux")]
fn holder(file: &File) -> Option<Holder> {
    use std::os::unix::fs::MetadataExt;
    let number = file.metadata().ok()?.ino().to_string();
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    let process = locks.lines().find_map(|line| holder_in(line, &number))?;
    let name = std::fs::read_to_string(format!("/proc/{process}/comm")).ok()?;
    Some(Holder {
        process,
        name: name.trim().to_owned(),
    })
}

/// `1: FLOCK  ADVISORY  WRITE 4242 fd:00:131 0 EOF`; who waits stands behind an arrow.
#[cfg(target_os = "linux")]
fn holder_in(line: &str, number: &str) -> Option<u32> {
    let words = line.split_whitespace().collect::<Vec<_>>();
    let [_, "FLOCK", _, _, process, place, ..] = words.as_slice() else {
        return None;
    };
    (place.rsplit(':').next() == Some(number)).then(|| process.parse().ok())?
}

#[cfg(not(target_os = "linux"))]
fn holder(_: &File) -> Option<Holder> {
    None
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn the_system_lists_who_holds_a_lock() {
        let check = |line, expected| assert_eq!(holder_in(line, "131"), expected, "{line}");
        check("1: FLOCK  ADVISORY  WRITE 4242 fd:00:131 0 EOF", Some(4242));
        check("1: -> FLOCK  ADVISORY  WRITE 4243 fd:00:131 0 EOF", None);
        check("2: POSIX  ADVISORY  WRITE 4242 fd:00:131 0 EOF", None);
        check("3: FLOCK  ADVISORY  WRITE 4242 fd:00:1310 0 EOF", None);
        check("", None);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn one_holds_it_and_the_next_hears_who() {
        let home = tempfile::tempdir().unwrap();
        let first = PackageLock::take(home.path(), |_| unreachable!("nobody holds it"))
            .await
            .unwrap();
        let (heard, hears) = tokio::sync::oneshot::channel();
        let path = home.path().to_owned();
        let second =
            tokio::spawn(async move { PackageLock::take(&path, |holder| drop(heard.send(holder))).await });
        let holder = hears.await.unwrap();
        assert_eq!(holder.map(|holder| holder.process), Some(std::process::id()));
        assert!(!second.is_finished());
        drop(first);
        second.await.unwrap().unwrap();
    }
}
