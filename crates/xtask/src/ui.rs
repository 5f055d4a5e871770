//! The window's page: its packages, and its build.
//!
//! **Invariant**: does nothing where nothing changed.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::step::{Done, Fault, npm, root, step};

/// Installs a folder's npm packages if its lock file is newer than they are.
pub(crate) fn install(folder: &Path) -> Done {
    let stamp = folder.join("node_modules").join(".granary-installed");
    if modified(&stamp) > modified(&folder.join("package-lock.json")) {
        return Ok(());
    }
    let name = format!(
        "npm packages of {}",
        folder.strip_prefix(root()).unwrap_or(folder).display()
    );
    step(
        &name,
        npm().args(["ci", "--no-audit", "--no-fund"]).current_dir(folder),
    )?;
    std::fs::write(&stamp, "").map_err(|error| Fault(format!("cannot write `{}`: {error}", stamp.display())))
}

/// Builds the page if anything it is made of is newer than it.
pub(crate) fn build() -> Done {
    let ui = root().join("ui");
    install(&ui)?;
    let made_of = [
        "src",
        "public",
        "index.html",
        "package-lock.json",
        "vite.config.ts",
    ]
    .map(|name| ui.join(name));
    let newest = made_of.iter().filter_map(|path| newest(path)).max();
    if modified(&ui.join("dist").join(".granary-built")) > newest {
        return Ok(());
    }
    step("the window's page", npm().args(["run", "build"]).current_dir(&ui))?;
    let stamp: PathBuf = ui.join("dist").join(".granary-built");
    std::fs::write(&stamp, "").map_err(|error| Fault(format!("cannot write `{}`: {error}", stamp.display())))
}

fn newest(path: &Path) -> Option<SystemTime> {
    let Ok(entries) = std::fs::read_dir(path) else {
        return modified(path);
    };
    entries.flatten().filter_map(|entry| newest(&entry.path())).max()
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|about| about.modified()).ok()
}
