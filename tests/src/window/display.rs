//! A display nobody sees, with a window manager of its own.
//!
//! **Invariant**: no number of the real session is used.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Result;

use crate::home::TestHome;
use crate::process::{Group, built, until};
use crate::session::first_line;

/// The size of the screen, in pixels.
const SCREEN: &str = "1440x1000x24";

/// A running display; gone, with all that was started on it, when dropped.
#[derive(Debug)]
pub struct Display {
    number: String,
    _server: Group,
    _openbox: Group,
}

impl Display {
    /// Starts one on the first number that is free.
    pub fn start(home: &TestHome) -> Result<Self> {
        let mut xvfb = Command::new("Xvfb");
        home.inhabit(&mut xvfb);
        xvfb.args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"]);
        let mut server = Group::start(
            xvfb.stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let number = format!(":{}", first_line(&mut server)?);
        let mut openbox = Command::new("openbox");
        home.inhabit(&mut openbox);
        let openbox_runs = Group::start(
            openbox
                .env("DISPLAY", &number)
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        Ok(Self {
            number,
            _server: server,
            _openbox: openbox_runs,
        })
    }

    /// Lets a command show itself here.
    pub fn show(&self, command: &mut Command) {
        // No WEBKIT_* variable: without its usual renderer, WebKit never answers when asked for a picture.
        command.env("DISPLAY", &self.number);
        // Without accessibility's own bus, which no service here could start.
        command.env("NO_AT_BRIDGE", "1").env("GTK_USE_PORTAL", "0");
    }

    /// Presses keys, moves and clicks.
    pub fn xdotool(&self, home: &TestHome, arguments: &[&str]) -> Result<String> {
        let mut xdotool = Command::new("xdotool");
        home.inhabit(&mut xdotool);
        self.show(&mut xdotool);
        Ok(home.run(xdotool.args(arguments))?.well()?.stdout)
    }

    /// The id of a visible window by its title, once there is one.
    pub async fn window_id(&self, home: &TestHome, title: &str) -> Result<String> {
        until(&format!("a window named `{title}`"), async || {
            let found = self.xdotool(home, &["search", "--onlyvisible", "--name", title]);
            Ok(found.ok().and_then(|ids| ids.lines().next().map(str::to_owned)))
        })
        .await
    }

    /// Drags a folder from a file manager's window to the middle of another window, and holds it there.
    pub async fn drag(&self, home: &TestHome, folder: &Path, onto: &str) -> Result<Dragged<'_>> {
        let mut source = Command::new(built("drag-source")?);
        home.inhabit(&mut source);
        self.show(&mut source);
        let source = Group::start(
            source
                .arg(folder)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        let id = self.window_id(home, "drag-source").await?;
        let target = self.window_id(home, onto).await?;
        self.xdotool(home, &["windowraise", &id])?;
        self.xdotool(
            home,
            &[
                "mousemove",
                "--window",
                &id,
                "--sync",
                "60",
                "40",
                "mousedown",
                "1",
            ],
        )?;
        for step in 1..=10 {
            // Small steps, as a hand does: the first few only begin the drag.
            let at = (60 + step * 4).to_string();
            self.xdotool(
                home,
                &["mousemove", "--window", &id, "--sync", &at, "50", "sleep", "0.02"],
            )?;
        }
        for step in 1..=5 {
            let (x, y) = ((600 + step * 8).to_string(), (500 + step * 8).to_string());
            self.xdotool(
                home,
                &[
                    "mousemove",
                    "--window",
                    &target,
                    "--sync",
                    &x,
                    &y,
                    "sleep",
                    "0.02",
                ],
            )?;
        }
        Ok(Dragged {
            display: self,
            source,
        })
    }
}

/// A folder that is held over a window.
#[derive(Debug)]
pub struct Dragged<'d> {
    display: &'d Display,
    source: Group,
}

impl Dragged<'_> {
    /// Lets go, and waits until the other side has it.
    pub async fn release(mut self, home: &TestHome) -> Result<()> {
        self.display.xdotool(home, &["mouseup", "1"])?;
        until("the end of the drag", async || {
            Ok(self.source.child().try_wait()?)
        })
        .await
        .map(drop)
    }
}
