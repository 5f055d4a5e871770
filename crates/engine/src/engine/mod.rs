//! The front door: one method a verb.
//!
//! **Invariant**: puts the rooms together and decides nothing a room could decide.

mod accounts;
mod changes;
mod checks;
mod crates;
mod diagnosis;
mod feeds;
mod holdings;
mod people;
mod runs;
mod undo;

pub use undo::UndoPlan;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use credentials::{FeedUrl, Home, LOCAL_ACCOUNT, LocalFeeds, SignIns, Token, TokenSource};
use serde::Serialize;
use tokio::sync::OnceCell;

use crate::Error;
use crate::accounts::{AccountPlace, PendingSignIns};
use crate::autostart::{self, AutostartPlan};
use crate::cargo::{self, Cargo, Runs};
use crate::catalog::Catalogs;
use crate::edit::{Journal, RegistryEntry};
use crate::feeds::{FeedClient, registry_name};
use crate::project::{self, FeedNames, Probe, Project, Surroundings};
use crate::remembered::{ProjectEntry, Remembered};
use crate::restore::{self, RunVerb};

/// All the product can do, for one home.
#[derive(Debug)]
pub struct Engine {
    home: Home,
    cargo_home: PathBuf,
    user_home: Option<PathBuf>,
    cargo: OnceCell<Cargo>,
    runs: Runs,
    logs: runs::OpenLogs,
    signs: SignIns,
    pending: Arc<PendingSignIns>,
    /// One a account, so that a renewed token is known to all that ask.
    clients: Mutex<HashMap<String, FeedClient>>,
    catalogs: Catalogs,
}

/// What this program is and where it stands.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct About {
    /// Granary's version.
    pub version: String,
    /// The cargo that would run.
    pub cargo: Option<AboutCargo>,
    /// Where Granary keeps its own things.
    pub granary_home: PathBuf,
    /// A folder given on the command line.
    pub start_folder: Option<PathBuf>,
}

/// The cargo that would run.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct AboutCargo {
    /// Its version.
    pub version: String,
    /// The program.
    pub path: PathBuf,
}

impl Engine {
    /// The engine of a home.
    pub fn open(home: Home) -> Result<Self, Error> {
        let user_home = std::env::home_dir().filter(|home| home.is_absolute());
        let cargo_home = cargo::cargo_home(user_home.as_deref())?;
        // Config files are found by their real paths, so cargo's home must be known by its real one.
        let cargo_home = std::fs::canonicalize(&cargo_home).unwrap_or(cargo_home);
        // What another program left half applied is ended before anybody reads it.
        if let Err(error) = Journal::at(home.journal()).recover() {
            tracing::warn!(%error, "a change that was cut off cannot be ended");
        }
        Ok(Self {
            signs: SignIns::of(&home)?,
            pending: Arc::default(),
            clients: Mutex::default(),
            catalogs: Catalogs::at(home.catalog()),
            home,
            cargo_home,
            user_home,
            cargo: OnceCell::new(),
            runs: Runs::default(),
            logs: runs::OpenLogs::default(),
        })
    }

    /// Granary's home.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// What this program is.
    pub async fn about(&self, start_folder: Option<PathBuf>) -> About {
        let cargo = self.cargo().await.ok();
        About {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            cargo: cargo.map(|cargo| AboutCargo {
                version: cargo.version.clone(),
                path: cargo.program.clone(),
            }),
            granary_home: self.home.folder().to_owned(),
            start_folder,
        }
    }

    async fn cargo(&self) -> Result<&Cargo, Error> {
        Ok(self
            .cargo
            .get_or_try_init(|| cargo::locate(&self.cargo_home))
            .await?)
    }

    async fn client(&self, account: &str) -> Result<FeedClient, Error> {
        if let Some(client) = self.clients().get(account) {
            return Ok(client.clone());
        }
        let found = match self.signs.account(account) {
            Err(credentials::Error::NoAccount(id)) if id == LOCAL_ACCOUNT => {
                credentials::Account::this_computer()
            }
            found => found?,
        };
        let source = match found.kind {
            credentials::AccountKind::Local => {
                let token = LocalFeeds::of(&self.signs).token().await?;
                TokenSource::fixed(Token::personal_access_token(&token))
            }
            _ => self.signs.source(&found)?,
        };
        let client = FeedClient::new(AccountPlace::of(&found, self.signs.settings()), source)?;
        self.clients().insert(account.to_owned(), client.clone());
        Ok(client)
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<String, FeedClient>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forget_clients(&self) {
        self.clients().clear();
    }

    /// How projects are read here. Cargo is not asked for its version: a toolchain's files say it, most often.
    fn surroundings(&self) -> Result<Surroundings, Error> {
        let program = cargo::find(&self.cargo_home).ok();
        let user_home = self.user_home.as_deref();
        Ok(Surroundings {
            feed_names: FeedNames::of(&self.signs)?,
            cargo_home: self.cargo_home.clone(),
            user_home: self.user_home.clone(),
            rustup_home: program.and_then(|program| cargo::rustup_home(&program, user_home)),
            cargo_version: self.cargo.get().map(|cargo| cargo.version.clone()),
            variables: std::env::vars_os().collect(),
        })
    }

    /// What a dragged path is.
    pub fn project_probe(&self, path: &Path) -> Probe {
        let known = self
            .project_list()
            .into_iter()
            .map(|entry| entry.folder)
            .collect::<Vec<_>>();
        project::probe(path, self.user_home.as_deref(), &known)
    }

    /// Reads a project, with what is kept of its feeds.
    pub async fn project_show(&self, path: &Path) -> Result<Project, Error> {
        let mut project = self.project_read(path).await?;
        let holdings = self.holdings(&project);
        restore::add_holdings(&mut project, &holdings, &self.cargo_home).await;
        Ok(project)
    }

    /// Reads a project's own files, and config.
    async fn project_read(&self, path: &Path) -> Result<Project, Error> {
        let mut around = self.surroundings()?;
        let mut project = project::read(path, &around)?;
        if project.lacks_version()
            && let Ok(cargo) = self.cargo().await
        {
            // Read again: what it is decides which files of config it follows.
            around.cargo_version = Some(cargo.version.clone());
            project = project::read(path, &around)?;
        }
        let trusted = Remembered::read(&self.home).trusted_in(&project.folder);
        let is_trusted = |verb| restore::first_untrusted(&project.programs, &trusted, verb).is_none();
        (project.is_trusted, project.is_trusted_to_build) =
            (is_trusted(RunVerb::Fetch), is_trusted(RunVerb::Build));
        Ok(project)
    }

    /// Trusts what a project's own config has cargo do, by the marks of what somebody saw: what was changed or added
    /// meanwhile is not among it.
    pub async fn project_trust(&self, path: &Path, marks: BTreeSet<String>) -> Result<Project, Error> {
        let project = self.project_read(path).await?;
        // What was trusted before stays so as long as it is there.
        let before = Remembered::read(&self.home).trusted_in(&project.folder);
        let is_there = |mark: &String| project.programs.iter().any(|program| program.mark == *mark);
        let marks = marks.into_iter().chain(before.into_iter().filter(is_there));
        Remembered::trust(&self.home, &project.folder, marks.collect())?;
        self.project_show(path).await
    }

    /// Reads a project and remembers it.
    pub async fn project_open(&self, path: &Path) -> Result<Project, Error> {
        let project = self.project_show(path).await?;
        self.remember(&project)?;
        Ok(project)
    }

    fn remember(&self, project: &Project) -> Result<(), Error> {
        Ok(Remembered::project(&self.home, &project.folder, &project.name)?)
    }

    /// The projects that were opened and are still there.
    pub fn project_list(&self) -> Vec<ProjectEntry> {
        let mut projects = Remembered::read(&self.home).projects;
        projects.retain(|project| project.folder.join("Cargo.toml").is_file());
        projects
    }

    /// Opens a terminal in a project's folder.
    pub async fn project_open_terminal(&self, folder: &Path) -> Result<(), Error> {
        Ok(cargo::open_terminal(folder).await?)
    }

    /// Where a dialog for choosing a folder begins: beside the last project, else at home.
    pub fn start_of_choosing(&self) -> Option<PathBuf> {
        let last = self.project_list().into_iter().next();
        last.and_then(|last| Some(last.folder.parent()?.to_owned()))
            .or_else(|| self.user_home.clone())
    }

    /// A feed as cargo's config names it, and whether it has all of crates.io.
    async fn entry(&self, feed: Option<&str>) -> Result<Option<(RegistryEntry, bool)>, Error> {
        let Some(feed) = feed else { return Ok(None) };
        let feed = self.feed_show(feed).await?;
        let entry = RegistryEntry {
            name: registry_name(&feed.name),
            index_url: feed.index_url,
            is_known: false,
        };
        Ok(Some((entry, feed.includes_crates_io)))
    }

    /// Whether a restore of this project needs the feeds on this computer.
    pub async fn needs_local_feeds(&self, folder: &Path) -> Result<bool, Error> {
        let connection = self.project_read(folder).await?.connection;
        let registries = connection.registries.iter().chain(&connection.crates_io_through);
        let port = self.signs.settings().local.port;
        Ok(registries
            .into_iter()
            .any(|registry| FeedUrl::parse(&registry.index_url).is_ok_and(|url| url.is_local(port))))
    }

    /// What keeping the feeds on this computer served from sign-in on would take.
    pub fn autostart_plan(&self) -> Result<AutostartPlan, Error> {
        Ok(autostart::plan(&self.home, self.user_home.as_deref())?)
    }

    /// Keeps them served.
    pub async fn autostart_install(&self) -> Result<AutostartPlan, Error> {
        autostart::install(&self.autostart_plan()?, &self.home).await?;
        self.autostart_plan()
    }

    /// No longer keeps them served.
    pub async fn autostart_remove(&self) -> Result<AutostartPlan, Error> {
        autostart::remove(&self.autostart_plan()?, &self.home).await?;
        self.autostart_plan()
    }
}
