//! One step: a command with a name, run in the repository, its output going where ours goes.
//!
//! **Invariant**: a step that fails is told with the command that failed; none is skipped in silence.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Why a step, or all of it, failed: one line for the person who typed the command.
#[derive(Debug)]
pub(crate) struct Fault(pub(crate) String);

pub(crate) type Done<T = ()> = Result<T, Fault>;

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map(PathBuf::from).unwrap_or(here)
}

/// Where builds go: `CARGO_TARGET_DIR`, or `target`.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// A program of the build just made.
pub(crate) fn built(name: &str) -> PathBuf {
    target()
        .join("debug")
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// The cargo that runs us.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// npm, which is a script on Windows.
pub(crate) fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// Runs a step to its end.
pub(crate) fn step(name: &str, command: &mut Command) -> Done {
    println!("\n== {name}");
    let start = Instant::now();
    let status = command.stdin(Stdio::null()).status();
    let status =
        status.map_err(|error| Fault(format!("{name}: `{}` does not run: {error}", shown(command))))?;
    println!(
        "== {name}: {} in {:.1} s",
        if status.success() { "done" } else { "FAILED" },
        start.elapsed().as_secs_f64()
    );
    if status.success() {
        Ok(())
    } else {
        Err(Fault(format!("{name}: `{}` ended with {status}", shown(command))))
    }
}

/// What a command prints, if it runs and succeeds.
pub(crate) fn said(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn shown(command: &Command) -> String {
    let arguments = command.get_args().map(|argument| argument.to_string_lossy());
    std::iter::once(command.get_program().to_string_lossy())
        .chain(arguments)
        .collect::<Vec<_>>()
        .join(" ")
}
