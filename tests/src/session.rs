//! A desktop session of its own: a bus that starts nothing by itself, and on it a real keychain, unlocked.
//!
//! **Invariant**: neither the bus nor the keychain of the real session is ever reached.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::process::Group;

/// A session bus that starts no services: portals and the like would outlive the journey, and are waited for in vain.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=BUS</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// The longest that a keychain may take to start.
const PATIENCE: Duration = Duration::from_secs(60);
/// What unlocks the keychain; it guards nothing of anybody's.
const PASSWORD: &[u8] = b"a password of no worth";

/// A bus, and on it maybe a keychain; gone when dropped.
#[derive(Debug)]
pub(crate) struct Session {
    address: String,
    keychain: Option<Group>,
    _bus: Group,
}

impl Session {
    /// Starts a bus whose socket lies in `run`; `inhabit` gives programs their private world.
    pub(crate) fn start(run: &Path, with_keychain: bool, inhabit: impl Fn(&mut Command)) -> Result<Self> {
        let config = run.join("bus.conf");
        std::fs::write(&config, BUS.replace("BUS", &run.join("bus").to_string_lossy()))?;
        let mut daemon = Command::new("dbus-daemon");
        inhabit(&mut daemon);
        daemon
            .arg("--config-file")
            .arg(&config)
            .args(["--nofork", "--print-address"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut bus = Group::start(&mut daemon)?;
        let address = first_line(&mut bus)?;
        let keychain = match with_keychain {
            true => Some(keychain(&address, inhabit)?),
            false => None,
        };
        Ok(Self {
            address,
            keychain,
            _bus: bus,
        })
    }

    /// Locks the keychain, as a screen saver may.
    pub(crate) fn lock(&self) -> Result<()> {
        let mut lock = Command::new("dbus-send");
        lock.env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .args(["--session", "--print-reply", "--dest=org.freedesktop.secrets"])
            .args(["/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock"])
            .arg("array:objpath:/org/freedesktop/secrets/collection/login");
        let output = lock.output()?;
        ensure!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    }

    /// Unlocks it again, by the password it was made with.
    pub(crate) fn unlock(&mut self, inhabit: impl Fn(&mut Command)) -> Result<()> {
        self.keychain = None;
        self.keychain = Some(keychain(&self.address, inhabit)?);
        Ok(())
    }

    /// Where the bus is.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

fn keychain(address: &str, inhabit: impl Fn(&mut Command)) -> Result<Group> {
    let mut daemon = Command::new("gnome-keyring-daemon");
    inhabit(&mut daemon);
    daemon
        .env("DBUS_SESSION_BUS_ADDRESS", address)
        .args(["--foreground", "--unlock", "--components=secrets"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut daemon = Group::start(&mut daemon)?;
    let mut input = daemon.child().stdin.take().context("its input")?;
    input.write_all(PASSWORD)?;
    drop(input);
    // It says nothing when it is ready; a collection that is there and open does.
    let mut asked = Command::new("dbus-send");
    asked
        .env("DBUS_SESSION_BUS_ADDRESS", address)
        .args(["--session", "--print-reply", "--dest=org.freedesktop.secrets"])
        .args([
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.ReadAlias",
        ])
        .arg("string:default");
    let start = Instant::now();
    while !String::from_utf8_lossy(&asked.output()?.stdout).contains("/collection/") {
        ensure!(start.elapsed() < PATIENCE, "the keychain never came to its bus");
        ensure!(daemon.child().try_wait()?.is_none(), "the keychain ended");
    }
    Ok(daemon)
}

/// What a program says first, once it is ready.
pub(crate) fn first_line(program: &mut Group) -> Result<String> {
    let out = program.child().stdout.take().context("its output")?;
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line)?;
    ensure!(!line.trim().is_empty(), "it ended before it was ready");
    Ok(line.trim().to_owned())
}
