//! `cargo xtask run` and `cargo xtask tour`.
//!
//! **Invariant**: builds by cargo and npm alone; the tour itself is the journeys' business.

use std::process::Command;

use crate::step::{Done, built, cargo, root, step};
use crate::{system, ui};

/// Installs what is missing, builds, opens the window; without a display, walks the tour.
pub(crate) fn run(arguments: &[&str]) -> Done {
    system::packages(&[system::BUILD])?;
    if !has_display() {
        println!("There is no display, so the main job is walked under Xvfb.");
        return tour();
    }
    build(&PRODUCT)?;
    step("Granary", Command::new(built("granary-desktop")).args(arguments))
}

/// Walks the main job in the real window under Xvfb.
pub(crate) fn tour() -> Done {
    system::packages(&[system::BUILD, system::DRIVE])?;
    build(&["--workspace"])?;
    step("the tour", Command::new(built("tour")).current_dir(root()))
}

/// What a person who only wants the window needs built.
const PRODUCT: [&str; 8] = [
    "--package",
    "granary-desktop",
    "--package",
    "granary",
    "--package",
    "credentials",
    "--package",
    "feed-server",
];

/// The page, and the programs of a choice of packages.
///
/// Whatever runs tests chooses the whole workspace: another choice means other features of what all depend on, and
/// so another build of it.
pub(crate) fn build(packages: &[&str]) -> Done {
    system::node()?;
    ui::build()?;
    step("build", cargo().arg("build").args(packages).arg("--bins"))
}

fn has_display() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}
