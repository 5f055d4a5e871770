//! A private world for one journey: its own home, `CARGO_HOME`, `GRANARY_HOME` and port.
//!
//! **Invariant**: never touches the real home, the real `CARGO_HOME` or a fixed port.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use tempfile::TempDir;

use crate::azure::Azure;
use crate::process::{Group, built, free_port};
use crate::seen::Seen;
use crate::session::Session;

/// Variables of ours that programs in the private world keep.
const KEPT: &[&str] = &[
    "PATH",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "SYSTEMROOT",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "RUSTUP_TOOLCHAIN",
    "RUSTUP_AUTO_INSTALL",
];

/// Where nobody listens, for worlds that need no crates.io.
const NOBODY: &str = "sparse+http://127.0.0.1:9/";

/// A private world; gone when dropped.
#[derive(Debug)]
pub struct TestHome {
    // First, so that nothing writes into the folder while it goes.
    session: Option<Session>,
    folder: TempDir,
    port: u16,
    crates_io: String,
    /// `[azure]` of the settings, where a double stands in.
    azure: String,
}

/// What a program did.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code.
    pub code: Option<i32>,
    /// What it said on standard output.
    pub stdout: String,
    /// What it said on standard error.
    pub stderr: String,
}

/// The feeds on this computer, served by `granary serve` until dropped.
#[derive(Debug)]
pub struct Serving {
    _process: Group,
}

/// Somebody who writes down what is said on a bus, until dropped.
#[derive(Debug)]
pub struct Listening {
    _monitor: Group,
}

impl TestHome {
    /// A new world whose feeds reach crates.io by the way cargo is set up for here.
    pub fn new() -> Result<Self> {
        Self::with_crates_io(&crate::index_of_crates_io()?)
    }

    /// A new world with something else in crates.io's place.
    pub fn with_crates_io(index: &str) -> Result<Self> {
        Self::build(index, "", true)
    }

    /// A new world in which Azure is a double, and crates.io whatever stands behind that.
    pub fn with_azure(azure: &Azure) -> Result<Self> {
        Self::build(NOBODY, &azure.settings(), true)
    }

    /// A new world whose settings begin with these lines, and in which nobody listens for crates.io.
    pub fn with_settings(lines: &str) -> Result<Self> {
        Self::build(NOBODY, lines, true)
    }

    /// The same without a keychain, as in a container or a terminal from afar.
    pub fn without_keychain(azure: &Azure) -> Result<Self> {
        Self::build(NOBODY, &azure.settings(), false)
    }

    fn build(crates_io: &str, azure: &str, with_keychain: bool) -> Result<Self> {
        // The real path, without symbolic links, so that what programs print can be compared.
        let folder = tempfile::Builder::new()
            .prefix("granary-")
            .tempdir_in(std::env::temp_dir().canonicalize()?)?;
        let mut home = Self {
            session: None,
            folder,
            port: free_port()?,
            crates_io: crates_io.to_owned(),
            azure: azure.to_owned(),
        };
        for folder in ["home", "cargo", "granary", "run"] {
            std::fs::create_dir(home.path().join(folder))?;
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(home.path().join("run"), std::fs::Permissions::from_mode(0o700))?;
        }
        home.settle()?;
        if cfg!(target_os = "linux") {
            let run = home.path().join("run");
            home.session = Some(Session::start(&run, with_keychain, |command| {
                home.inhabit(command)
            })?);
        }
        Ok(home)
    }

    /// From the next start on, the feeds find crates.io elsewhere.
    pub fn reach_crates_io_at(&mut self, index: &str) -> Result<()> {
        index.clone_into(&mut self.crates_io);
        self.settle()
    }

    fn settle(&self) -> Result<()> {
        let (azure, port, index) = (&self.azure, self.port, &self.crates_io);
        // Elsewhere than on Linux there is no private keychain to be had, so none is used.
        let keychain = if cfg!(target_os = "linux") {
            ""
        } else {
            "[keychain]\nuse = false\n"
        };
        let settings = format!("{azure}\n{keychain}[local]\nport = {port}\ncrates_io_index = \"{index}\"\n");
        std::fs::write(self.path().join("granary/settings.toml"), settings).context("the settings")
    }

    /// Locks the keychain, as a screen saver may.
    pub fn lock_keychain(&self) -> Result<()> {
        self.session.as_ref().context("there is no session")?.lock()
    }

    /// Unlocks it again.
    pub fn unlock_keychain(&mut self) -> Result<()> {
        let mut session = self.session.take().context("there is no session")?;
        let unlocked = session.unlock(|command| self.inhabit(command));
        self.session = Some(session);
        unlocked
    }

    /// The world's folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The user's home in it.
    pub fn user(&self) -> PathBuf {
        self.path().join("home")
    }

    /// Its `CARGO_HOME`.
    pub fn cargo_home(&self) -> PathBuf {
        self.path().join("cargo")
    }

    /// The port of its feeds.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The token of its feeds, once they were used, as cargo is given it.
    pub fn token(&self) -> Result<String> {
        let header = self.header()?;
        let encoded = header.strip_prefix("Basic ").context("a scheme")?;
        let pair = String::from_utf8(base64::engine::general_purpose::STANDARD.decode(encoded)?)?;
        let (_, token) = pair.split_once(':').context("a pair")?;
        Ok(token.to_owned())
    }

    /// The index URL of a feed.
    pub fn index_url(&self, feed: &str) -> String {
        format!(
            "sparse+http://127.0.0.1:{}/local/main/_packaging/{feed}/Cargo/index/",
            self.port
        )
    }

    /// What a feed's index says under a path, asked as cargo asks.
    pub async fn ask_feed(&self, feed: &str, path: &str) -> Result<String> {
        let header = self.header()?;
        let _ = rustls::crypto::ring::default_provider().install_default();
        let url = format!("{}{path}", self.index_url(feed).trim_start_matches("sparse+"));
        let asked = reqwest::Client::builder()
            .no_proxy()
            .build()?
            .get(url)
            .header("authorization", header);
        Ok(asked.send().await?.error_for_status()?.text().await?)
    }

    /// Programs that are found before all others, where there are any.
    pub fn programs(&self) -> PathBuf {
        self.path().join("programs")
    }

    /// Lets a command run in this world: no variable of ours but those it needs.
    pub fn inhabit(&self, command: &mut Command) {
        let at = |name: &str| self.path().join(name);
        command.env_clear();
        command.envs(
            KEPT.iter()
                .filter_map(|name| Some((name, std::env::var_os(name)?))),
        );
        if self.programs().is_dir() {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let all = std::iter::once(self.programs()).chain(std::env::split_paths(&path));
            command.env("PATH", std::env::join_paths(all).unwrap_or(path));
        }
        command.env("HOME", at("home")).env("USERPROFILE", at("home"));
        command
            .env("CARGO_HOME", at("cargo"))
            .env("GRANARY_HOME", at("granary"));
        command.env("XDG_RUNTIME_DIR", at("run"));
        if let Some(session) = &self.session {
            command.env("DBUS_SESSION_BUS_ADDRESS", session.address());
        }
        for (name, folder) in [
            ("XDG_DATA_HOME", "data"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
        ] {
            command.env(name, at("home").join(folder));
        }
        if let (false, Ok(browser)) = (self.azure.is_empty(), built("browser")) {
            command.env("BROWSER", browser);
        }
        if let Some(rustup) = rustup_home() {
            command.env("RUSTUP_HOME", rustup);
        }
        // What git asks of whoever commits.
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "A developer");
            command.env(format!("GIT_{role}_EMAIL"), "developer@contoso.example");
        }
    }

    /// Writes what is said to a name on this world's bus into a file, until dropped.
    pub fn listen_to_the_bus(&self, name: &str, into: &Path) -> Result<Listening> {
        let mut monitor = Command::new("dbus-monitor");
        self.inhabit(&mut monitor);
        monitor
            .args(["--session", &format!("destination='{name}'")])
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(into)?)
            .stderr(Stdio::null());
        Ok(Listening {
            _monitor: Group::start(&mut monitor)?,
        })
    }

    /// A program of the product, in this world.
    pub fn product(&self, name: &str) -> Result<Command> {
        let mut command = Command::new(built(name)?);
        self.inhabit(&mut command);
        Ok(command)
    }

    /// Runs a command in this world to its end.
    pub fn run(&self, command: &mut Command) -> Result<Ran> {
        self.run_with(command, "")
    }

    /// The same with something on its standard input.
    pub fn run_with(&self, command: &mut Command, input: &str) -> Result<Ran> {
        let shown = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| shown.clone())?;
        // Short enough for a pipe, so nobody waits for anybody.
        std::io::Write::write_all(&mut child.stdin.take().context("its input")?, input.as_bytes())?;
        let output = child.wait_with_output().with_context(|| shown.clone())?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let ran = Ran {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        };
        self.keep_for_canary(&ran)?;
        Ok(ran)
    }

    /// Runs `granary` in a folder.
    pub fn granary(&self, folder: &Path, arguments: &[&str]) -> Result<Ran> {
        self.run(self.product("granary")?.current_dir(folder).args(arguments))
    }

    /// Runs `granary` and expects it to be done; answers the JSON it prints.
    pub fn granary_json(&self, folder: &Path, arguments: &[&str]) -> Result<serde_json::Value> {
        let ran = self.granary(folder, &[arguments, &["--json"]].concat())?.well()?;
        serde_json::from_str(&ran.stdout).with_context(|| ran.stdout)
    }

    /// Runs any program in a folder.
    pub fn other(&self, program: &str, folder: &Path, arguments: &[&str]) -> Result<Ran> {
        let mut command = Command::new(program);
        self.inhabit(&mut command);
        self.run(command.current_dir(folder).args(arguments))
    }

    /// Runs plain cargo in a folder, as in any terminal.
    pub fn cargo(&self, folder: &Path, arguments: &[&str]) -> Result<Ran> {
        self.other("cargo", folder, arguments)
    }

    /// Publishes a package by plain cargo, as it lies there and without building it.
    pub fn publish(&self, folder: &Path, registry: &str) -> Result<Ran> {
        let way = ["publish", "--registry", registry, "--allow-dirty", "--no-verify"];
        self.cargo(folder, &way)?.well()
    }

    /// Runs git in a folder.
    pub fn git(&self, folder: &Path, arguments: &[&str]) -> Result<Ran> {
        self.other("git", folder, arguments)?.well()
    }

    /// Serves the feeds in the foreground of another process.
    pub fn serve(&self) -> Result<Serving> {
        self.serve_at(self.port)
    }

    /// The same on another port than the settings name, which is left to something that stands before it.
    pub fn serve_at(&self, port: u16) -> Result<Serving> {
        let mut command = self.product("granary")?;
        command.args(["serve", "--port", &port.to_string()]);
        let mut group = Group::start(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
        let out = group.child().stdout.take().context("its output")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        ensure!(line.contains("Serving at"), "granary serve said `{line}`");
        Ok(Serving { _process: group })
    }

    /// All that was ever said, every file, and every program's arguments and environment that `seen` noticed: none of
    /// the secrets is anywhere.
    pub fn check_secrets(&self, secrets: &[String], seen: &Seen) -> Result<()> {
        ensure!(secrets.len() > 2, "there were no secrets");
        let mut files = Vec::new();
        for folder in ["granary", "cargo", "home", "said"] {
            collect(&self.path().join(folder), &mut files)?;
        }
        ensure!(!files.is_empty(), "there was nothing to look at");
        for file in files {
            let text = std::fs::read(&file)?;
            ensure!(!has_any(&text, secrets), "a secret lies in `{}`", file.display());
        }
        seen.check(secrets)
    }

    /// All that was ever said, and every file of Granary's and cargo's: the token of the feeds here is in none.
    pub fn check_canary(&self) -> Result<()> {
        let token = self.token()?;
        let header = self.header()?;
        let encoded = header.split_whitespace().last().unwrap_or(&header).to_owned();
        let mut files = Vec::new();
        for folder in ["granary", "cargo", "home", "said"] {
            collect(&self.path().join(folder), &mut files)?;
        }
        ensure!(files.len() > 3, "there was nothing to look at");
        for file in files {
            let text = std::fs::read(&file)?;
            let has = |needle: &str| {
                text.windows(needle.len())
                    .any(|window| window == needle.as_bytes())
            };
            ensure!(
                !(has(&token) || has(&encoded)),
                "the token lies in `{}`",
                file.display()
            );
        }
        Ok(())
    }

    /// What the provider answers cargo for an index; what it was asked for is never kept, since tokens come back.
    pub fn ask_provider(&self, index_url: &str, request: serde_json::Value) -> Result<serde_json::Value> {
        use std::io::Write;
        let mut provider = self.product("cargo-credential-granary")?;
        let mut child = provider
            .arg("--cargo-plugin")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut asked = serde_json::json!({
            "v": 1, "registry": {"index-url": index_url, "name": "upstream"}, "args": [],
        });
        let fields = asked.as_object_mut().zip(request.as_object());
        let (asked_fields, more) = fields.context("two objects")?;
        asked_fields.extend(more.clone());
        writeln!(child.stdin.take().context("its input")?, "{asked}")?;
        let output = child.wait_with_output()?;
        let answers = String::from_utf8(output.stdout)?;
        Ok(serde_json::from_str(answers.lines().last().unwrap_or_default())?)
    }

    pub(crate) fn header(&self) -> Result<String> {
        let index = self.index_url("upstream");
        let answer = self.ask_provider(&index, serde_json::json!({"kind": "get", "operation": "read"}))?;
        match answer["Ok"]["token"].as_str() {
            Some(token) => Ok(token.to_owned()),
            None => bail!("the provider answered {answer}"),
        }
    }

    fn keep_for_canary(&self, ran: &Ran) -> Result<()> {
        let folder = self.path().join("said");
        std::fs::create_dir_all(&folder)?;
        let number = std::fs::read_dir(&folder)?.count();
        std::fs::write(
            folder.join(number.to_string()),
            format!("{}\n{}", ran.stdout, ran.stderr),
        )?;
        Ok(())
    }
}

impl Ran {
    /// Itself, if the program exited with 0.
    pub fn well(self) -> Result<Self> {
        ensure!(
            self.code == Some(0),
            "ended with {:?}\n{}\n{}",
            self.code,
            self.stdout,
            self.stderr
        );
        Ok(self)
    }
}

/// Whether a text has any of these in it.
pub(crate) fn has_any(text: &[u8], needles: &[String]) -> bool {
    // What is no text holds none of ours; searching in a text is quick even where nothing is optimised.
    let text = String::from_utf8_lossy(text);
    needles.iter().any(|needle| text.contains(needle.as_str()))
}

fn rustup_home() -> Option<PathBuf> {
    let set = std::env::var_os("RUSTUP_HOME").map(PathBuf::from);
    set.or_else(|| Some(std::env::home_dir()?.join(".rustup")))
        .filter(|folder| folder.is_dir())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry?;
        match entry.file_type()? {
            // What crates hold is no secret of ours, and there is much of it.
            kind if kind.is_dir() && (folder.ends_with("registry") && entry.file_name() != "index") => {}
            kind if kind.is_dir() && entry.file_name() == "target" => {}
            kind if kind.is_dir() => collect(&entry.path(), files)?,
            kind if kind.is_file() => files.push(entry.path()),
            _ => {}
        }
    }
    Ok(())
}
