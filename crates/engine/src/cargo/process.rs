//! Starting a program in a group of its own, reading its lines as they come, stopping all of it.
//!
//! **Invariant**: the only file that starts processes. Dropping a [`Process`] kills its whole group, and so does the end of this
//! program, however it ends: on Windows by the job, elsewhere by who watches a pipe of ours; what is started apart is not ours. A
//! line has a bound, so has the queue of lines.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::sync::{mpsc, watch};

use super::{Error, RunRequest};

/// The longest line that is kept, in bytes; the rest of it is dropped. What the compiler says of a macro may be long.
const LONGEST_LINE: usize = 1024 * 1024;
/// How long the output of a program that ended is still waited for.
const LINGERS: Duration = Duration::from_secs(2);
/// A program that goes on by itself has started once it went on for so long.
const STARTS_WITHIN: Duration = Duration::from_millis(500);
/// A console of its own, as Windows numbers that wish.
#[cfg(windows)]
const CREATE_NEW_CONSOLE: u32 = 0x10;
/// Lines waiting to be read before the child has to wait.
const QUEUE: usize = 1024;

/// Reads our pipe from within the program's group, and is nobody's child: a line says that all went its way, the pipe's end that
/// we are gone, killed perhaps, and then the group goes too.
#[cfg(unix)]
const WATCH: &str = "exec 3<&0; (read -r _ <&3 || kill -KILL 0) >/dev/null 2>&1 &";

/// One line of output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The text without its end.
    pub text: String,
    /// Whether the next line shall be written over it: a frame of a progress bar.
    pub passing: bool,
    /// Whether it came on standard error.
    pub is_error: bool,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With this exit code; none when a signal ended it.
    Exited(Option<i32>),
    /// It was stopped by [`Stop`].
    Stopped,
}

/// Asks what a run does, and its process with all its group, to stop: from anywhere, any number of times.
#[derive(Debug, Clone)]
pub struct Stop(watch::Sender<bool>);

impl Default for Stop {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Stop {
    /// Stops it.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Ends once it shall stop.
    pub async fn asked(&self) {
        // The sender lives as long as this does.
        let _ = self.0.subscribe().wait_for(|stop| *stop).await;
    }
}

/// A running program.
#[derive(Debug)]
pub struct Process {
    child: Box<dyn ChildWrapper>,
    /// What the watcher reads.
    watched: Option<tokio::process::ChildStdin>,
    lines: mpsc::Receiver<Line>,
    stopped: watch::Receiver<bool>,
    over_since: Option<Instant>,
}

impl Process {
    /// Starts a program that may be asked to stop; its input is empty.
    pub fn start(request: &RunRequest, stop: &Stop) -> Result<Self, Error> {
        let mut command = CommandWrap::with_new(&request.program, |command| {
            command
                .args(&request.arguments)
                .current_dir(&request.folder)
                .env_clear()
                .envs(request.environment.iter().map(|(name, value)| (name, value)))
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
        });
        command.wrap(KillOnDrop);
        #[cfg(unix)]
        command.wrap(process_wrap::tokio::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::tokio::JobObject);
        let fault = |source| Error::DoesNotRun {
            program: request.program.clone(),
            source,
        };
        let mut child = command.spawn().map_err(fault)?;
        let watched = child.id().and_then(watch);
        let (send, lines) = mpsc::channel(QUEUE);
        if let Some(out) = child.stdout().take() {
            tokio::spawn(read_lines(out, false, send.clone()));
        }
        if let Some(err) = child.stderr().take() {
            tokio::spawn(read_lines(err, true, send));
        }
        Ok(Self {
            child,
            watched,
            lines,
            stopped: stop.0.subscribe(),
            over_since: None,
        })
    }

    /// The next line; none when both outputs are closed or the process was stopped.
    pub async fn next_line(&mut self) -> Option<Line> {
        tokio::select! {
            biased;
            Ok(_) = self.stopped.wait_for(|stop| *stop) => None,
            line = self.lines.recv() => line,
        }
    }

    /// Whether the program itself ended some time ago, while something that it started still holds its output.
    pub fn is_long_over(&mut self) -> bool {
        // The program's own end, not the group's: asking for that takes the status away, and then nobody knows it.
        if self.over_since.is_none() && matches!(self.child.inner_mut().try_wait(), Ok(Some(_))) {
            self.over_since = Some(Instant::now());
        }
        self.over_since.is_some_and(|since| since.elapsed() > LINGERS)
    }

    /// Waits for the end, or kills the group where it was asked to stop.
    pub async fn wait(mut self) -> Ending {
        let ended = tokio::select! {
            biased;
            Ok(_) = self.stopped.wait_for(|stop| *stop) => None,
            status = self.child.wait() => Some(status),
        };
        if let Some(status) = ended {
            self.let_go().await;
            return Ending::Exited(status.ok().and_then(|status| status.code()));
        }
        if let Err(error) = self.child.start_kill() {
            tracing::warn!(%error, "a stopped process could not be killed");
        }
        if let Err(error) = self.child.wait().await {
            tracing::warn!(%error, "a killed process could not be awaited");
        }
        Ending::Stopped
    }
}

impl Process {
    /// Ends the watch: what a build leaves running, a compiler's server perhaps, is not ours to stop.
    async fn let_go(&mut self) {
        let Some(mut watched) = self.watched.take() else {
            return;
        };
        if let Err(error) = watched.write_all(b"\n").await {
            tracing::debug!(%error, "nobody watched any more");
        }
    }
}

/// Starts a program of its own in a folder: it goes on whatever becomes of us. One that ends badly at once did not start.
pub(super) async fn start_apart(
    program: &Path,
    arguments: impl Iterator<Item = &str>,
    folder: &Path,
) -> std::io::Result<()> {
    let mut command = tokio::process::Command::new(program);
    command.args(arguments).current_dir(folder);
    // What we have for a console is nothing that somebody could type into.
    #[cfg(windows)]
    command.creation_flags(CREATE_NEW_CONSOLE);
    #[cfg(unix)]
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    let mut child = command.spawn()?;
    match tokio::time::timeout(STARTS_WITHIN, child.wait()).await {
        Ok(Ok(status)) if !status.success() => Err(std::io::Error::other(format!("it ended with {status}"))),
        Ok(ended) => ended.map(drop),
        Err(_) => {
            // Waited for, so that nothing is left of it once it ends.
            tokio::spawn(async move { child.wait().await });
            Ok(())
        }
    }
}

/// Leaves somebody in a program's group who ends it should we be gone; none where that is over already, or nobody can be had.
#[cfg(unix)]
fn watch(leader: u32) -> Option<tokio::process::ChildStdin> {
    let group = i32::try_from(leader).ok()?;
    let watcher = tokio::process::Command::new("/bin/sh")
        .args(["-c", WATCH])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(group)
        .spawn();
    let mut watcher = watcher
        .inspect_err(|error| tracing::debug!(%error, "nobody watches over a program"))
        .ok()?;
    let pipe = watcher.stdin.take();
    // It leaves at once, and who watches stays.
    tokio::spawn(async move { watcher.wait().await });
    pipe
}

/// The job ends with us.
#[cfg(not(unix))]
fn watch(_: u32) -> Option<tokio::process::ChildStdin> {
    None
}

impl Drop for Process {
    fn drop(&mut self) {
        // `KillOnDrop` reaches the leader alone; what it started goes with it.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.start_kill();
        }
    }
}

/// Splits at CR and LF alike, whatever the boundaries of the reads.
async fn read_lines(mut from: impl AsyncRead + Unpin, is_error: bool, to: mpsc::Sender<Line>) {
    let mut chunk = vec![0; 16 * 1024];
    let mut splitter = Splitter::default();
    loop {
        let read = match from.read(&mut chunk).await {
            Ok(0) | Err(_) => break,
            Ok(read) => read,
        };
        for (text, passing) in splitter.push(&chunk[..read]) {
            if to
                .send(Line {
                    text,
                    passing,
                    is_error,
                })
                .await
                .is_err()
            {
                return;
            }
        }
    }
    if let Some(text) = splitter.rest() {
        let _ = to
            .send(Line {
                text,
                passing: false,
                is_error,
            })
            .await;
    }
}

#[derive(Debug, Default)]
struct Splitter {
    line: Vec<u8>,
    after_cr: bool,
}

impl Splitter {
    fn push(&mut self, bytes: &[u8]) -> Vec<(String, bool)> {
        let mut lines = Vec::new();
        for &byte in bytes {
            // CR LF is one lasting end, also where a read parts the two.
            if std::mem::take(&mut self.after_cr) && byte != b'\n' {
                lines.push((self.take(), true));
            }
            match byte {
                b'\r' => self.after_cr = true,
                b'\n' => lines.push((self.take(), false)),
                _ if self.line.len() < LONGEST_LINE => self.line.push(byte),
                _ => {}
            }
        }
        lines
    }

    fn take(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.line)).into_owned()
    }

    fn rest(&mut self) -> Option<String> {
        (!self.line.is_empty()).then(|| self.take())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reads: &[&str], expected: &[(&str, bool)]) {
        let mut splitter = Splitter::default();
        let mut lines = reads
            .iter()
            .flat_map(|read| splitter.push(read.as_bytes()))
            .collect::<Vec<_>>();
        lines.extend(splitter.rest().map(|text| (text, false)));
        let lines = lines
            .iter()
            .map(|(text, passing)| (text.as_str(), *passing))
            .collect::<Vec<_>>();
        assert_eq!(lines, expected, "{reads:?}");
    }

    #[test]
    fn lines_end_at_cr_and_lf_wherever_reads_part_them() {
        check(&["a\nb\n"], &[("a", false), ("b", false)]);
        check(&["Do", "wn\n"], &[("Down", false)]);
        check(
            &["1/2\r2/2\rdone\n"],
            &[("1/2", true), ("2/2", true), ("done", false)],
        );
        check(&["a\r", "\nb"], &[("a", false), ("b", false)]);
        check(&["a\r", "b\n"], &[("a", true), ("b", false)]);
        check(&["\n\n"], &[("", false), ("", false)]);
    }

    #[test]
    fn a_line_has_a_bound() {
        let mut splitter = Splitter::default();
        splitter.push(&vec![b'x'; 3 * LONGEST_LINE]);
        assert_eq!(splitter.push(b"\n")[0].0.len(), LONGEST_LINE);
    }
}
