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
    build()?;
    step("Granary", Command::new(built("granary-desktop")).args(arguments))
}

/// Walks the main job in the real window under Xvfb.
pub(crate) fn tour() -> Done {
    system::packages(&[system::BUILD, system::DRIVE])?;
    build()?;
    step(
        "build the tour",
        cargo().args(["build", "--package", "journeys", "--bins"]),
    )?;
    step("the tour", Command::new(built("tour")).current_dir(root()))
}

/// The page, and every program of the product.
pub(crate) fn build() -> Done {
    system::node()?;
    ui::build()?;
    let packages = ["granary-desktop", "granary", "credentials", "feed-server"];
    let packages = packages.iter().flat_map(|package| ["--package", package]);
    step("build", cargo().arg("build").args(packages).arg("--bins"))
}

fn has_display() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}
