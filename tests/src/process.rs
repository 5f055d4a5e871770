//! Programs that tests start, and waiting for what they do.
//!
//! **Invariant**: stops only what it started, by its own process group; waits on conditions, never for a time.

use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The longest that anything is waited for.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Waits until something holds.
pub async fn until<T>(what: &str, mut holds: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(found) = holds().await? {
            return Ok(found);
        }
        if start.elapsed() > PATIENCE {
            bail!("waited {} s in vain for {what}", PATIENCE.as_secs());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// A program on the path.
pub fn found(name: &str) -> Result<PathBuf> {
    let path = std::env::var_os("PATH").context("a path")?;
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let mut programs = std::env::split_paths(&path).map(|folder| folder.join(&name));
    programs
        .find(|program| program.is_file())
        .with_context(|| format!("`{name}` is not on the path"))
}

/// A port nobody listens on now.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?
        .local_addr()?
        .port())
}

/// A program of the build these tests belong to.
pub(crate) fn built(name: &str) -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    let folders = this.ancestors().skip(1).take(2);
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    match folders
        .map(|folder| folder.join(&name))
        .find(|program| program.is_file())
    {
        Some(program) => Ok(program),
        None => bail!("`{name}` is not built; `cargo xtask test` builds it"),
    }
}

/// A child in a group of its own, ended together with all it started.
#[derive(Debug)]
pub(crate) struct Group(Child);

impl Group {
    /// The id of the process that was started.
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        match command.spawn() {
            Ok(child) => Ok(Self(child)),
            Err(error) => bail!(
                "`{}` does not run: {error}",
                command.get_program().to_string_lossy()
            ),
        }
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if cfg!(unix) {
            let group = format!("-{}", self.0.id());
            let _ = Command::new("kill")
                .args(["-KILL", "--", &group])
                .stderr(std::process::Stdio::null())
                .status();
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
