//! What must be on the machine: packages by apt where that is allowed, else the exact line to type.
//!
//! **Invariant**: installs only what is missing, and asks nobody a question.

use std::process::Command;

use crate::step::{Done, Fault, npm, said, step};

/// What building and opening the window takes on Debian and Ubuntu.
pub(crate) const BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libwebkit2gtk-4.1-dev",
    "librsvg2-dev",
];
/// What walking through the real window without a display takes, with a keychain of its own.
pub(crate) const DRIVE: &[&str] = &[
    "webkit2gtk-driver",
    "xvfb",
    "openbox",
    "xdotool",
    "dbus",
    "dbus-x11",
    "gnome-keyring",
    "libgtk-3-dev",
    "git",
    "fonts-dejavu-core",
];
/// What the other tests take.
pub(crate) const TEST: &[&str] = &[
    "chromium",
    "libsecret-1-0",
    "openssl",
    "python3-venv",
    "strace",
    "faketime",
];

/// Sees to it that packages are there. Elsewhere than on Linux the build itself says what it lacks.
pub(crate) fn packages(wanted: &[&[&str]]) -> Done {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let wanted = wanted.concat();
    let missing = wanted
        .into_iter()
        .filter(|package| !is_installed(package))
        .collect::<Vec<_>>();
    if missing.is_empty() {
        return Ok(());
    }
    let line = format!(
        "apt-get install --yes --no-install-recommends {}",
        missing.join(" ")
    );
    let Some(mut as_root) = root_shell().filter(|_| said(Command::new("apt-get").arg("--version")).is_some())
    else {
        return Err(Fault(format!(
            "packages are missing; type this, then start again:\n\n    sudo {line}\n"
        )));
    };
    let script = format!("apt-get update --quiet && DEBIAN_FRONTEND=noninteractive {line} --quiet");
    step("system packages", as_root.args(["sh", "-c", &script]))
}

fn is_installed(package: &str) -> bool {
    let mut query = Command::new("dpkg-query");
    said(query.args(["--show", "--showformat", "${db:Status-Status}", package])).as_deref()
        == Some("installed")
}

/// A command that runs another as root without asking, if this user may.
fn root_shell() -> Option<Command> {
    if said(Command::new("id").arg("-u")).as_deref() == Some("0") {
        return Some(Command::new("env"));
    }
    said(Command::new("sudo").args(["--non-interactive", "true"]))?;
    let mut sudo = Command::new("sudo");
    sudo.arg("--non-interactive");
    Some(sudo)
}

/// Node in a version that the window's tools run on.
pub(crate) fn node() -> Done {
    let version = said(Command::new("node").arg("--version"));
    let numbers = version.as_deref().and_then(|text| {
        let mut parts = text
            .trim_start_matches('v')
            .split('.')
            .map(|part| part.parse::<u32>().ok());
        Some((parts.next()??, parts.next()??))
    });
    match numbers {
        Some(numbers) if numbers >= (20, 19) && said(npm().arg("--version")).is_some() => Ok(()),
        Some(_) => Err(Fault(format!(
            "Node 20.19 or later is needed, with npm; this is {}",
            version.unwrap_or_default()
        ))),
        None => Err(Fault(
            "Node 20.19 or later is needed, with npm: install it from nodejs.org or your system".to_owned(),
        )),
    }
}
