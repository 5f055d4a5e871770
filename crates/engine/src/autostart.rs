//! Keeps the feeds on this computer served from sign-in on, by what the system has for that.
//!
//! **Invariant**: a plan is shown before anything is written or run; only a user's own service is touched, never the
//! system's.

use std::path::{Path, PathBuf};

use credentials::Home;
use serde::Serialize;

use crate::cargo::{self, Ending, Process, RunRequest, Stop};
use crate::edit;
use crate::error::Code;

/// How the service is called everywhere.
const NAME: &str = "dev.granary.feeds";

/// What keeps a user's program running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum AutostartKind {
    /// systemd, as the user.
    SystemdUserUnit,
    /// launchd, as the user.
    LaunchAgent,
    /// Windows' task scheduler.
    ScheduledTask,
}

/// What keeping the feeds served takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct AutostartPlan {
    /// Whether the file is there already, as it should be.
    pub installed: bool,
    /// What the system has for it.
    pub kind: AutostartKind,
    /// The file that is written, with `~` for the user's home.
    pub file: String,
    /// Its whole text.
    pub text: String,
    /// What is run afterwards, as one would type it.
    pub commands: Vec<String>,
    #[serde(skip)]
    path: PathBuf,
    #[serde(skip)]
    install: Vec<Vec<String>>,
    #[serde(skip)]
    remove: Vec<Vec<String>>,
}

/// A failure to install or remove the service.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The system names no folder for such files.
    #[error("this system names no folder for a user's services")]
    NoFolder,
    /// The file could not be written or removed.
    #[error("cannot write `{}`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// What the system has for services refused.
    #[error("`{command}` failed: {said}")]
    Refused {
        /// As one would type it.
        command: String,
        /// Its last words.
        said: String,
    },
    /// `granary` is not beside this program.
    #[error(transparent)]
    Program(#[from] cargo::Error),
}

impl Error {
    /// What the window may act on.
    pub fn code(&self) -> Code {
        match self {
            Self::Refused { .. } => Code::Precondition,
            _ => Code::Internal,
        }
    }

    /// One thing to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoFolder => "Run `granary serve` in a terminal.".to_owned(),
            Self::File { path, .. } => format!("Check that you may write `{}`.", path.display()),
            Self::Refused { .. } => {
                "Run `granary serve` in a terminal, or start it with your session.".to_owned()
            }
            Self::Program(error) => return error.hint(),
        })
    }
}

/// What installing would write and run on this system.
pub(crate) fn plan(home: &Home, user_home: Option<&Path>) -> Result<AutostartPlan, Error> {
    let program = cargo::installed_path(home, "granary");
    let user = user_home.ok_or(Error::NoFolder)?;
    let mut plan = match std::env::consts::OS {
        "windows" => scheduled_task(&program, home.folder()),
        "macos" => launch_agent(&program, home.folder(), user),
        _ => {
            let config = std::env::var_os("XDG_CONFIG_HOME")
                .map(PathBuf::from)
                .filter(|folder| folder.is_absolute());
            systemd_unit(
                &program,
                home.folder(),
                &config.unwrap_or_else(|| user.join(".config")),
            )
        }
    };
    plan.file = crate::project::display(&plan.path, user_home);
    plan.installed = std::fs::read_to_string(&plan.path).is_ok_and(|text| text == plan.text);
    Ok(plan)
}

/// Installs it: the program to its stable place, the file, then the commands.
pub(crate) async fn install(plan: &AutostartPlan, home: &Home) -> Result<(), Error> {
    cargo::install_program(home, "granary")?;
    let fault = |source: edit::Error| Error::File {
        path: plan.path.clone(),
        source: source.into(),
    };
    edit::write_file(&plan.path, &plan.text).map_err(fault)?;
    for command in &plan.install {
        if let Err(error) = run(command, home).await {
            // Nothing half done: a file that nobody reads would say it is installed.
            let _ = std::fs::remove_file(&plan.path);
            return Err(error);
        }
    }
    Ok(())
}

/// Removes it: the commands, then the file.
pub(crate) async fn remove(plan: &AutostartPlan, home: &Home) -> Result<(), Error> {
    for command in &plan.remove {
        run(command, home).await?;
    }
    match std::fs::remove_file(&plan.path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::File {
            path: plan.path.clone(),
            source: error.into(),
        }),
        _ => Ok(()),
    }
}

async fn run(command: &[String], home: &Home) -> Result<(), Error> {
    let shown = command.join(" ");
    let [program, arguments @ ..] = command else {
        return Ok(());
    };
    let request = RunRequest::new(Path::new(program), home.folder(), arguments);
    let mut process = Process::start(&request, &Stop::default())?;
    let mut said = String::new();
    while let Some(line) = process.next_line().await {
        said = line.text;
    }
    match process.wait().await {
        Ending::Exited(Some(0)) => Ok(()),
        _ => Err(Error::Refused { command: shown, said }),
    }
}

fn systemd_unit(program: &Path, home: &Path, config: &Path) -> AutostartPlan {
    // systemd reads `%` and quotes within the quotes.
    let quoted = |path: &Path| {
        let text = path
            .to_string_lossy()
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('%', "%%");
        format!("\"{text}\"")
    };
    let assignment = format!("\"GRANARY_HOME={}", &quoted(home)[1..]);
    let text = format!(
        "[Unit]\nDescription=Granary's feeds on this computer\n\n[Service]\nExecStart={} serve --stand-by\n\
         Environment={assignment}\nRestart=on-failure\nRestartSec=5\n\n[Install]\nWantedBy=default.target\n",
        quoted(program)
    );
    let systemctl = |words: &[&str]| {
        [&["systemctl", "--user"], words]
            .concat()
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    let unit = format!("{NAME}.service");
    AutostartPlan::new(
        AutostartKind::SystemdUserUnit,
        config.join("systemd").join("user").join(&unit),
        text,
        vec![
            systemctl(&["daemon-reload"]),
            systemctl(&["enable", "--now", &unit]),
        ],
        vec![systemctl(&["disable", "--now", &unit])],
    )
}

fn launch_agent(program: &Path, home: &Path, user: &Path) -> AutostartPlan {
    let escaped = |path: &Path| {
        path.to_string_lossy()
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    };
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">\n<dict>\n\
         \x20 <key>Label</key><string>{NAME}</string>\n\
         \x20 <key>ProgramArguments</key>\n  <array><string>{}</string><string>serve</string><string>--stand-by</string></array>\n\
         \x20 <key>EnvironmentVariables</key>\n  <dict><key>GRANARY_HOME</key><string>{}</string></dict>\n\
         \x20 <key>RunAtLoad</key><true/>\n  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>\n\
         </dict>\n</plist>\n",
        escaped(program),
        escaped(home)
    );
    let path = user
        .join("Library")
        .join("LaunchAgents")
        .join(format!("{NAME}.plist"));
    let shown = path.to_string_lossy().into_owned();
    let launchctl = |verb: &str| {
        vec![
            "launchctl".to_owned(),
            verb.to_owned(),
            "-w".to_owned(),
            shown.clone(),
        ]
    };
    let (load, unload) = (launchctl("load"), launchctl("unload"));
    AutostartPlan::new(AutostartKind::LaunchAgent, path, text, vec![load], vec![unload])
}

fn scheduled_task(program: &Path, home: &Path) -> AutostartPlan {
    // The task starts a small script, since a task has no environment of its own.
    let text = format!(
        "@echo off\r\nset \"GRANARY_HOME={}\"\r\n\"{}\" serve --stand-by\r\n",
        home.display(),
        program.display()
    );
    let path = home.join("bin").join("serve.cmd");
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
    let start = format!("\"{}\"", path.display());
    AutostartPlan::new(
        AutostartKind::ScheduledTask,
        path,
        text,
        vec![
            words(&[
                "schtasks", "/Create", "/F", "/SC", "ONLOGON", "/TN", NAME, "/TR", &start,
            ]),
            words(&["schtasks", "/Run", "/TN", NAME]),
        ],
        vec![
            words(&["schtasks", "/End", "/TN", NAME]),
            words(&["schtasks", "/Delete", "/F", "/TN", NAME]),
        ],
    )
}

impl AutostartPlan {
    fn new(
        kind: AutostartKind,
        path: PathBuf,
        text: String,
        install: Vec<Vec<String>>,
        remove: Vec<Vec<String>>,
    ) -> Self {
        let commands = install.iter().map(|words| words.join(" ")).collect();
        Self {
            installed: false,
            kind,
            file: String::new(),
            text,
            commands,
            path,
            install,
            remove,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systemd_gets_a_unit_of_the_users() {
        let plan = systemd_unit(
            Path::new("/home/mira/with blank/granary"),
            Path::new("/home/mira"),
            Path::new("/home/mira/.config"),
        );
        assert_eq!(
            plan.path,
            Path::new("/home/mira/.config/systemd/user/dev.granary.feeds.service")
        );
        insta::assert_snapshot!(plan.text, @r#"
        [Unit]
        Description=Granary's feeds on this computer

        [Service]
        ExecStart="/home/mira/with blank/granary" serve --stand-by
        Environment="GRANARY_HOME=/home/mira"
        Restart=on-failure
        RestartSec=5

        [Install]
        WantedBy=default.target
        "#);
        assert_eq!(
            plan.commands[1],
            "systemctl --user enable --now dev.granary.feeds.service"
        );
    }

    #[test]
    fn launchd_gets_an_agent_of_the_users() {
        let plan = launch_agent(
            Path::new("/home/mira/a&b/granary"),
            Path::new("/home/mira/g"),
            Path::new("/home/mira"),
        );
        assert_eq!(
            plan.path,
            Path::new("/home/mira/Library/LaunchAgents/dev.granary.feeds.plist")
        );
        assert!(
            plan.text
                .contains("<string>/home/mira/a&amp;b/granary</string><string>serve</string>"),
            "{}",
            plan.text
        );
        assert!(
            plan.commands[0].starts_with("launchctl load -w "),
            "{:?}",
            plan.commands
        );
    }

    #[test]
    fn windows_gets_a_task_at_sign_in() {
        let plan = scheduled_task(Path::new("granary.exe"), Path::new("home"));
        assert!(
            plan.text
                .contains("set \"GRANARY_HOME=home\"\r\n\"granary.exe\" serve --stand-by"),
            "{}",
            plan.text
        );
        assert!(plan.commands[0].starts_with("schtasks /Create /F /SC ONLOGON /TN dev.granary.feeds /TR "));
    }

    #[tokio::test]
    async fn a_refusing_system_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        let mut plan = systemd_unit(Path::new("granary"), home.folder(), &folder.path().join("config"));
        plan.install = vec![vec!["there-is-no-such-program".to_owned()]];
        std::fs::create_dir_all(home.bin()).unwrap();
        assert!(install(&plan, &home).await.is_err());
        assert!(!plan.path.exists());
    }
}
