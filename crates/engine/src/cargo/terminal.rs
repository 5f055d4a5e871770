//! A terminal in a project's folder, for whoever goes on by hand.
//!
//! **Invariant**: it is started and let go of; nothing is run in it.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

use super::Error;
use super::process::start_apart;

/// Names the terminal somebody wants, before all others.
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
pub fn open_terminal(folder: &Path) -> Result<(), Error> {
    open_one_of(std::env::var_os(CHOSEN), TERMINALS, folder)
}

fn open_one_of(chosen: Option<OsString>, terminals: &[(&str, &[&str])], folder: &Path) -> Result<(), Error> {
    if !folder.is_dir() {
        return Err(Error::NoFolder(folder.to_owned()));
    }
    let chosen = chosen.as_deref().filter(|program| !program.is_empty());
    let known = terminals
        .iter()
        .map(|(program, arguments)| (OsStr::new(program), *arguments));
    for (program, arguments) in chosen
        .map(|program| (program, &[] as &[&str]))
        .into_iter()
        .chain(known)
    {
        match start_apart(program, arguments, folder) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(program = %program.display(), %error, "a terminal does not start"),
        }
    }
    Err(Error::NoTerminal(
        terminals
            .iter()
            .map(|(program, _)| *program)
            .collect::<Vec<_>>()
            .join(", "),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn without_a_folder_or_a_terminal_it_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let none: &[(&str, &[&str])] = &[("no-such-terminal", &[]), ("nor-this-one", &[])];
        let error = open_one_of(Some("neither-this".into()), none, folder.path()).unwrap_err();
        assert!(
            error.to_string().contains("no-such-terminal, nor-this-one"),
            "{error}"
        );
        assert!(error.hint().is_some_and(|hint| hint.contains(CHOSEN)));
        let gone = folder.path().join("gone");
        assert!(matches!(open_one_of(None, none, &gone), Err(Error::NoFolder(path)) if path == gone));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn the_first_that_is_there_opens_in_the_folder() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let terminal = folder.path().join("terminal");
        std::fs::write(&terminal, "#!/bin/sh\necho \"$1 $(pwd)\" > opened\n").unwrap();
        std::fs::set_permissions(&terminal, std::fs::Permissions::from_mode(0o755)).unwrap();
        // A pipe is waited at until the terminal writes.
        let opened = folder.path().join("opened");
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&opened)
                .status()
                .unwrap()
                .success()
        );
        let path = terminal.to_str().unwrap();
        open_one_of(
            Some(OsString::new()),
            &[("no-such-terminal", &[]), (path, &["one"])],
            folder.path(),
        )
        .unwrap();
        let said = tokio::task::spawn_blocking(move || std::fs::read_to_string(opened)).await;
        let here = folder.path().canonicalize().unwrap();
        assert_eq!(said.unwrap().unwrap().trim(), format!("one {}", here.display()));
    }
}
