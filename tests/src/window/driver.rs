//! The window by WebDriver: finding, clicking, typing, looking.
//!
//! **Invariant**: scripts in the page only look.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::home::TestHome;
use crate::process::{Group, built, free_port, until};

use super::Display;

/// The longest that a window takes to open.
const OPENS_WITHIN: std::time::Duration = std::time::Duration::from_secs(90);

/// Which of the system's two looks the window follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// The real window.
#[derive(Debug)]
pub struct Window {
    client: Client,
    driver: Group,
    program: &'static str,
}

impl Window {
    /// Opens it with the given arguments, and waits for the page.
    pub async fn open(home: &TestHome, display: &Display, look: Look, arguments: &[&str]) -> Result<Self> {
        Self::open_program("granary-desktop", home, display, look, arguments).await
    }

    /// Opens the window of another program that was built beside this one.
    pub async fn open_program(
        program: &'static str,
        home: &TestHome,
        display: &Display,
        look: Look,
        arguments: &[&str],
    ) -> Result<Self> {
        let port = free_port()?;
        let mut driver = std::process::Command::new("WebKitWebDriver");
        home.inhabit(&mut driver);
        display.show(&mut driver);
        driver
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true");
        driver.env(
            "GTK_THEME",
            if look == Look::Dark {
                "Adwaita:dark"
            } else {
                "Adwaita"
            },
        );
        driver
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let driver = Group::start(&mut driver)?;
        until("WebKitWebDriver", async || {
            Ok(std::net::TcpStream::connect(("127.0.0.1", port)).ok())
        })
        .await?;
        let app = built(program)?;
        let options = json!({"binary": app, "args": arguments});
        let capabilities = Capabilities::from_iter([("webkitgtk:browserOptions".to_owned(), options)]);
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let address = format!("http://127.0.0.1:{port}");
        let connecting = builder.capabilities(capabilities).connect(&address);
        let client = tokio::time::timeout(OPENS_WITHIN, connecting)
            .await
            .context("the window did not open in time")?
            .context("the window did not open")?;
        let window = Self {
            client,
            driver,
            program,
        };
        window.client.set_window_size(1280, 832).await?;
        window.find("main, [role=main]").await?;
        Ok(window)
    }

    /// The one element a selector finds, once it is shown.
    pub async fn find(&self, selector: &str) -> Result<Element> {
        let what = format!("`{selector}`");
        let found = until(&what, async || {
            let Ok(element) = self.client.find(Locator::Css(selector)).await else {
                return Ok(None);
            };
            Ok(element.is_displayed().await.unwrap_or(false).then_some(element))
        });
        match found.await {
            Ok(element) => Ok(element),
            Err(error) => bail!(
                "{error}; the page says:\n{}",
                self.text("body").await.unwrap_or_default()
            ),
        }
    }

    /// The element with this test id.
    pub async fn by_id(&self, id: &str) -> Result<Element> {
        self.find(&format!("[data-testid='{id}']")).await
    }

    /// Clicks the element with this test id, once it can be clicked.
    pub async fn click(&self, id: &str) -> Result<()> {
        until(&format!("`{id}` to be clicked"), async || {
            Ok(self.by_id(id).await?.click().await.ok())
        })
        .await
    }

    /// Clicks the button with this accessible name.
    pub async fn press(&self, name: &str) -> Result<()> {
        Ok(self
            .find(&format!("button[aria-label='{name}']"))
            .await?
            .click()
            .await?)
    }

    /// Types into the field with this test id.
    pub async fn write(&self, id: &str, text: &str) -> Result<()> {
        Ok(self.by_id(id).await?.send_keys(text).await?)
    }

    /// Chooses the radio button of this value.
    pub async fn choose(&self, value: &str) -> Result<()> {
        let button = format!("[role=radio][value='{value}'], [role=radio][data-value='{value}']");
        Ok(self.find(&button).await?.click().await?)
    }

    /// The text of what a selector finds.
    pub async fn text(&self, selector: &str) -> Result<String> {
        Ok(self.client.find(Locator::Css(selector)).await?.text().await?)
    }

    /// Waits until an element's state is one of these; answers which.
    pub async fn state(&self, id: &str, wanted: &[&str]) -> Result<String> {
        let element = format!("[data-testid='{id}']");
        until(&format!("`{id}` to be {}", wanted.join(" or ")), async || {
            let Ok(found) = self.client.find(Locator::Css(&element)).await else {
                return Ok(None);
            };
            let state = found.attr("data-state").await.ok().flatten();
            Ok(state.filter(|state| wanted.contains(&state.as_str())))
        })
        .await
    }

    /// A picture of the page as it is once all that is known has been drawn, as a PNG file.
    pub async fn picture(&self, file: &Path) -> Result<()> {
        let drawn = "const done = arguments[0];
            document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => done())))";
        self.client.execute_async(drawn, Vec::new()).await?;
        // WebKit takes the picture when it next draws, and where it draws by itself it does so only when something changed: one dot,
        // which nobody sees, until the picture is there.
        let begin = "const dot = document.body.appendChild(document.createElement('i'));
            Object.assign(dot.style, { position: 'fixed', top: 0, left: 0, width: '1px', height: '1px', background: 'gray' });
            let turn = 0;
            dot.timer = setInterval(() => { dot.style.opacity = ++turn % 2 ? 0.004 : 0.003; }, 16);
            window.__dot = dot;";
        self.client.execute(begin, Vec::new()).await?;
        let taken = self.client.screenshot().await;
        let end = "clearInterval(window.__dot.timer); window.__dot.remove(); delete window.__dot;";
        self.client.execute(end, Vec::new()).await?;
        std::fs::write(file, taken?).with_context(|| file.display().to_string())
    }

    /// Runs a script in the page that only looks.
    pub async fn look(&self, script: &str) -> Result<serde_json::Value> {
        Ok(self.client.execute(script, Vec::new()).await?)
    }

    /// Runs the body of an async function in the page; answers what it does.
    pub async fn wait_for(&self, body: &str) -> Result<serde_json::Value> {
        let script = format!(
            "const done = arguments[0]; (async () => {{ {body} }})().then(done, (failed) => done(String(failed)))"
        );
        Ok(self.client.execute_async(&script, Vec::new()).await?)
    }

    /// The process of the window itself, which the driver started.
    pub fn process(&self) -> Option<u32> {
        let driver = self.driver.id();
        let entries = std::fs::read_dir("/proc").ok()?.flatten();
        let mut ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        let name = format!("({})", self.program.rsplit('/').next().unwrap_or_default());
        ids.find(|id| {
            let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            let parent = stat
                .rsplit_once(") ")
                .and_then(|(_, rest)| rest.split(' ').nth(1)?.parse::<u32>().ok());
            parent == Some(driver) && stat.contains(&name)
        })
    }

    /// Closes the window; fails where the page had complained.
    pub async fn close(self) -> Result<()> {
        let complaints = self.look("return window.__granaryErrors ?? []").await?;
        self.client.clone().close().await?;
        // A start before its end would hand its arguments over to it, and go.
        until("the end of the window's program", async || {
            Ok(self.process().is_none().then_some(()))
        })
        .await?;
        ensure!(
            complaints.as_array().is_some_and(Vec::is_empty),
            "the page complained: {complaints}"
        );
        Ok(())
    }
}
