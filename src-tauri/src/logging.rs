//! Granary's own log: one file, begun anew when it has grown.
//!
//! **Invariant**: cargo's output is not logged here, nor is any header, body or query.

use std::fs::File;
use std::path::PathBuf;

use credentials::Home;
use tracing_subscriber::EnvFilter;

/// From this size on, the next start begins a new file, in bytes.
const FULL: u64 = 1024 * 1024;

/// Starts logging. An app that cannot log still runs.
pub(crate) fn start(home: &Home) {
    let filter = EnvFilter::try_from_env("GRANARY_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
    match open(home) {
        Ok(file) => log.with_writer(file).init(),
        Err(error) => {
            log.with_writer(std::io::stderr).init();
            tracing::warn!(%error, "the log cannot be written to its file");
        }
    }
}

fn open(home: &Home) -> std::io::Result<File> {
    let folder = home.folder().join("logs");
    std::fs::create_dir_all(&folder)?;
    let path: PathBuf = folder.join("granary.log");
    if std::fs::metadata(&path).is_ok_and(|about| about.len() > FULL) {
        std::fs::rename(&path, folder.join("granary.old.log"))?;
    }
    File::options().create(true).append(true).open(path)
}
