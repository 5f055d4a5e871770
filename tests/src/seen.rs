//! What anybody on this computer may see of the programs of a private world while they run: arguments, environment.
//!
//! **Invariant**: looks at programs of that world alone, which are known by its folder in their environment.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::home::{TestHome, has_any};

/// Between two looks at all processes.
const PAUSE: Duration = Duration::from_millis(5);

/// Looks at processes until dropped.
#[derive(Debug)]
pub struct Seen {
    texts: Arc<Mutex<HashSet<Vec<u8>>>>,
    // Dropped first, which ends the thread.
    stop: Option<mpsc::Sender<()>>,
    looking: Option<JoinHandle<()>>,
}

impl Seen {
    /// Begins to look at the programs of a world. Where there is no `/proc`, nothing is seen.
    pub fn of(home: &TestHome) -> Self {
        let texts = Arc::<Mutex<HashSet<Vec<u8>>>>::default();
        let (stop, stopped) = mpsc::channel::<()>();
        let (folder, kept) = (home.path().to_owned(), Arc::clone(&texts));
        let looking = std::thread::spawn(move || {
            loop {
                let found = look(&folder);
                kept.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
                if stopped.recv_timeout(PAUSE) != Err(mpsc::RecvTimeoutError::Timeout) {
                    break;
                }
            }
        });
        Self {
            texts,
            stop: Some(stop),
            looking: Some(looking),
        }
    }

    /// None of the secrets was in anything that was seen.
    pub(crate) fn check(&self, secrets: &[String]) -> Result<()> {
        let texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        ensure!(
            !cfg!(target_os = "linux") || !texts.is_empty(),
            "no program was seen"
        );
        for text in texts.iter() {
            let shown = text.split(|byte| *byte == 0).next().unwrap_or_default();
            let shown = String::from_utf8_lossy(shown);
            ensure!(
                !has_any(text, secrets),
                "a secret is in the sight of all, beside `{shown}`"
            );
        }
        Ok(())
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(looking) = self.looking.take() {
            let _ = looking.join();
        }
    }
}

/// Arguments and environment of every process of a world.
fn look(folder: &Path) -> Vec<Vec<u8>> {
    let folder = folder.to_string_lossy().into_owned();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let of_process = |path: PathBuf| {
        let environment = std::fs::read(path.join("environ")).ok()?;
        let is_ours = has_any(&environment, std::slice::from_ref(&folder));
        let arguments = std::fs::read(path.join("cmdline")).ok()?;
        is_ours.then(|| [arguments, environment].concat())
    };
    processes.filter_map(|entry| of_process(entry.path())).collect()
}
