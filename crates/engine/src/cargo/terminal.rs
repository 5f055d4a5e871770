//! A terminal in a project's folder, for whoever goes on by hand.
//!
//! **Invariant**: it is started and let go of; nothing is run in it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::Error;
use super::process::start_apart;

/// Names the terminal somebody wants, with what it is told, in place of all others.
const CHOSEN: &str = "TERMINAL";

/// Terminals and what they are told, the likeliest first; each begins where it is started.
#[cfg(windows)]
const TERMINALS: &[(&str, &[&str])] = &[
    ("wt.exe", &["-d", "."]),
    ("powershell.exe", &[]),
    ("cmd.exe", &[]),
];
#[cfg(target_os = "macos")]
const TERMINALS: &[(&str, &[&str])] = &[("open", &["-a", "Terminal", "."])];
#[cfg(not(any(windows, target_os = "macos")))]
const TERMINALS: &[(&str, &[&str])] = &[
    ("xdg-terminal-exec", &[]),
    ("x-terminal-emulator", &[]),
    ("ptyxis", &["--new-window"]),
    ("gnome-terminal", &[]),
    ("kgx", &[]),
    ("konsole", &[]),
    ("xfce4-terminal", &[]),
    ("alacritty", &[]),
    ("kitty", &[]),
    ("foot", &[]),
    ("xterm", &[]),
];

/// Opens a terminal in a folder.
pub async fn open_terminal(folder: &Path) -> Result<(), Error> {
    let chosen = std::env::var(CHOSEN).unwrap_or_default();
    open_one_of(&chosen, TERMINALS, folder).await
}

async fn open_one_of(chosen: &str, terminals: &[(&str, &[&str])], folder: &Path) -> Result<(), Error> {
    if !folder.is_dir() {
        return Err(Error::NoFolder(folder.to_owned()));
    }
    let mut words = chosen.split_whitespace();
    if let Some(program) = words.next() {
        let fault = |source| Error::NoSuchTerminal {
            chosen: chosen.to_owned(),
            source,
        };
        let program = on_path(program).ok_or_else(|| fault(std::io::ErrorKind::NotFound.into()))?;
        return start_apart(&program, words, folder).await.map_err(fault);
    }
    for (name, arguments) in terminals {
        let Some(program) = on_path(name) else { continue };
        match start_apart(&program, arguments.iter().copied(), folder).await {
            Ok(()) => return Ok(()),
            Err(error) => tracing::warn!(program = %program.display(), %error, "a terminal does not start"),
        }
    }
    Err(Error::NoTerminal)
}

/// Where a program lies; never in the project, which a path that is not whole would lead to.
fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).map(|folder| folder.join(OsStr::new(name)));
    let mut places = folders.filter(|place| place.is_absolute());
    // A link to an app of the Windows store leads nowhere that one could look.
    places.find(|place| place.symlink_metadata().is_ok_and(|about| !about.is_dir()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn without_a_folder_or_a_terminal_it_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let none: &[(&str, &[&str])] = &[("no-such-terminal", &[]), ("nor-this-one", &[])];
        let error = open_one_of(" ", none, folder.path()).await.unwrap_err();
        assert!(matches!(error, Error::NoTerminal) && error.hint().is_some_and(|hint| hint.contains(CHOSEN)));
        let error = open_one_of("mistyped -e tmux", none, folder.path())
            .await
            .unwrap_err();
        assert!(error.to_string().contains("mistyped -e tmux"), "{error}");
        let gone = folder.path().join("gone");
        let error = open_one_of("", none, &gone).await.unwrap_err();
        assert!(matches!(error, Error::NoFolder(path) if path == gone));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn the_first_that_starts_opens_in_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        // Whoever writes into a pipe waits until somebody reads it, as a terminal waits for its user.
        let opened = folder.path().join("opened");
        let made = std::process::Command::new("mkfifo").arg(&opened).status();
        assert!(made.unwrap().success());
        let terminals: &[(&str, &[&str])] = &[
            ("no-such-terminal", &[]),
            ("false", &[]),
            ("sh", &["-c", "echo $0 $(pwd) > opened", "one"]),
        ];
        open_one_of("", terminals, folder.path()).await.unwrap();
        let said = tokio::task::spawn_blocking(move || std::fs::read_to_string(opened)).await;
        let here = folder.path().canonicalize().unwrap();
        assert_eq!(said.unwrap().unwrap().trim(), format!("one {}", here.display()));
    }
}
