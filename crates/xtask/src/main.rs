//! `cargo xtask run | test | tour | bench | soak | bindings`: what a newcomer and CI type.
//!
//! **Invariant**: std alone, so that it builds in a second on a bare machine; installs only what is missing, and only
//! from the system's and the languages' own registries.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this program talks to the person who typed it"
)]

mod run;
mod step;
mod system;
mod test;
mod ui;

use std::process::ExitCode;

use step::Fault;

const USAGE: &str = "\
cargo xtask run [FOLDER]   installs what is missing, builds, opens the window (without a display: walks the tour)
cargo xtask test           installs what the tests need, runs every test there is
cargo xtask tour           walks the main job in the real window, leaves pictures in target/tour/
cargo xtask bench [PART]   measures in release what feeds, projects, restores, provider and window cost; PART: catalog, project, provider, restore, window
cargo xtask soak           long storms, and the licences and bans of the tree
cargo xtask bindings       writes the window's types from the shell's commands";

fn main() -> ExitCode {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    let arguments = arguments.iter().map(String::as_str).collect::<Vec<_>>();
    let done = match arguments.as_slice() {
        ["run", rest @ ..] => run::run(rest),
        ["test"] => test::test(),
        ["tour"] => run::tour(),
        ["bench", parts @ ..] => test::bench(parts),
        ["soak"] => test::soak(),
        ["bindings"] => test::bindings(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Fault(message)) => {
            eprintln!("\nxtask: {message}");
            ExitCode::FAILURE
        }
    }
}
