//! The front door's verbs that change a project's files: planned, looked at, applied.
//!
//! **Invariant**: finds out which files and which registry are meant, and decides nothing about their text.

use std::path::{Path, PathBuf};

use credentials::FeedUrl;

use super::Engine;
use crate::Error;
use crate::cargo;
use crate::change_request::{ChangeKind, ChangeRequest};
use crate::edit::{
    self, AddDependency, Applied, CI_CONFIG, Change, ClearTokens, Connect, ConnectMode, Disconnect,
    Manifests, MoveDependency, Originals, Plan, ProviderUse, PublishTarget, RegistryEntry, RemoveDependency,
    SetConfig, UpdateDependency,
};
use crate::project::{self, Layers, Project, RegistryInUse, Root};

/// A project whose files shall change.
struct AtProject {
    root: Root,
    project: Project,
    /// The folder of the package that is meant, or the workspace's.
    folder: PathBuf,
}

impl AtProject {
    fn config(&self) -> PathBuf {
        project::config_file(&self.root.folder.join(".cargo"))
    }

    /// Every manifest of the project.
    fn all_manifests(&self) -> Vec<PathBuf> {
        let members = self.project.members.iter().map(|member| member.folder.clone());
        let mut folders = members.chain([self.root.folder.clone()]).collect::<Vec<_>>();
        folders.sort();
        folders.dedup();
        folders
            .into_iter()
            .map(|folder| folder.join("Cargo.toml"))
            .collect()
    }

    /// All manifests of the project where its own folder is meant: a crate comes from one place in all of them.
    fn wherever_it_is(&self, packages: &[String]) -> Result<Manifests, Error> {
        let all = self.project.members.iter().map(|member| member.name.clone());
        let is_whole = packages.is_empty() && self.folder == self.root.folder;
        match is_whole {
            true => self.manifests(&all.collect::<Vec<_>>(), true),
            false => self.manifests(packages, true),
        }
    }

    /// The manifests of the packages that are meant: those named, that of the folder, or in a workspace's folder without a
    /// package all of them where that makes sense.
    fn manifests(&self, packages: &[String], is_for_all: bool) -> Result<Manifests, Error> {
        let named = |name: &String| {
            let member = self.project.members.iter().find(|member| member.name == *name);
            let member = member.ok_or_else(|| edit::Error::NoMember(name.clone()))?;
            Ok::<_, Error>(member.folder.join("Cargo.toml"))
        };
        let is_package = self.folder != self.root.folder || self.root.manifest.contains_key("package");
        let packages = match (packages.is_empty(), is_package || !is_for_all) {
            (false, _) => packages.iter().map(named).collect::<Result<_, _>>()?,
            (true, true) => vec![self.folder.join("Cargo.toml")],
            (true, false) => self
                .project
                .members
                .iter()
                .map(|member| member.folder.join("Cargo.toml"))
                .collect(),
        };
        let is_workspace = self.root.manifest.contains_key("workspace");
        Ok(Manifests {
            folder: self.root.folder.clone(),
            packages,
            workspace: is_workspace.then(|| self.root.folder.join("Cargo.toml")),
        })
    }
}

impl ChangeRequest {
    /// A feed it names: one on this computer, where there is one.
    pub fn place(&self) -> &str {
        let feeds = self.change.feeds();
        let here = feeds.iter().find(|feed| Engine::is_on_this_computer(feed));
        here.or(feeds.first()).copied().unwrap_or_default()
    }
}

impl Engine {
    /// Plans a change to a project's files.
    pub async fn change_plan(&self, request: &ChangeRequest) -> Result<Plan, Error> {
        let at = self.at_project(&request.folder).await?;
        let change = self.change(&at, &request.packages, &request.change).await?;
        match (self.planned(&at.root.folder, &change), change) {
            // Only where nothing else says it must the feed be asked.
            (Err(Error::Edit(edit::Error::NoRequirement(name))), Change::Add(mut add)) => {
                add.requirement = self.latest(&at, request.place(), &name).await?;
                self.planned(&at.root.folder, &Change::Add(add))
            }
            (plan, _) => plan,
        }
    }

    /// Applies such a plan, if it is still the one that was previewed.
    pub async fn change_apply(&self, request: &ChangeRequest, previewed: &str) -> Result<Applied, Error> {
        let plan = self.change_plan(request).await?;
        let project = self.project_read(&request.folder).await?;
        self.remember(&project)?;
        if request.change.needs_provider() {
            cargo::install_provider(&self.home)?;
        }
        self.apply(&plan, previewed, request.change.verb(), &project.folder)
    }

    /// Whether planning it asks the feeds on this computer.
    pub async fn change_asks_here(&self, request: &ChangeRequest) -> bool {
        let asks_what_stands_for_crates_io = matches!(
            request.change,
            ChangeKind::Add {
                requirement: None,
                ..
            }
        );
        Self::is_on_this_computer(request.place())
            || asks_what_stands_for_crates_io
                && self.needs_local_feeds(&request.folder).await.unwrap_or(false)
    }

    fn planned(&self, folder: &Path, change: &Change) -> Result<Plan, Error> {
        let layers = Layers::read(folder, &self.cargo_home)?;
        let originals = Originals::read(&change.files())?;
        Ok(edit::plan(
            change,
            &originals,
            &layers,
            self.user_home.as_deref(),
        )?)
    }

    async fn at_project(&self, path: &Path) -> Result<AtProject, Error> {
        let root = project::find_root(path)?;
        let start = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let nearest = start
            .ancestors()
            .find(|folder| folder.join("Cargo.toml").is_file());
        Ok(AtProject {
            project: self.project_read(path).await?,
            folder: nearest
                .filter(|folder| folder.starts_with(&root.folder))
                .unwrap_or(&root.folder)
                .to_owned(),
            root,
        })
    }

    async fn change(
        &self,
        at: &AtProject,
        packages: &[String],
        change: &ChangeKind,
    ) -> Result<Change, Error> {
        let manifests = |is_for_all: bool| at.manifests(packages, is_for_all);
        Ok(match change.clone() {
            ChangeKind::Connect {
                crates_io_feed,
                own_feed,
                mode,
            } => self.connecting(at, crates_io_feed, own_feed, mode).await?,
            ChangeKind::Disconnect { feed, mode, force } => Change::Disconnect(Disconnect {
                folder: at.root.folder.clone(),
                index_url: match feed {
                    Some(feed) => Some(self.index_of(at, &feed).await?),
                    None => None,
                },
                configs: self.configs_of(at, mode),
                manifests: at.all_manifests(),
                force,
            }),
            ChangeKind::Add {
                name,
                rename,
                requirement,
                feed,
                list,
                features,
                no_default_features,
                optional,
            } => Change::Add(AddDependency {
                manifests: manifests(false)?,
                list,
                name,
                rename,
                requirement,
                registry: self.registry_of(at, feed.as_deref()).await?,
                features,
                no_default_features,
                optional,
            }),
            ChangeKind::Update { name, requirement } => Change::Update(UpdateDependency {
                manifests: manifests(true)?,
                name,
                requirement,
            }),
            ChangeKind::Remove { name, list } => Change::Remove(RemoveDependency {
                manifests: manifests(true)?,
                list,
                name,
            }),
            ChangeKind::Move { name, feed } => Change::Move(MoveDependency {
                manifests: at.wherever_it_is(packages)?,
                name,
                registry: self.registry_of(at, feed.as_deref()).await?,
            }),
            ChangeKind::PublishTo { feed, as_default } => {
                let index_url = self.index_of(at, &feed).await?;
                Change::Publish(PublishTarget {
                    manifests: manifests(true)?,
                    registry: registry_at(at, &index_url).ok_or(edit::Error::NotConnected(feed))?,
                    default_in: as_default.then(|| at.config()),
                })
            }
            ChangeKind::ClearTokens { registries } => Change::ClearTokens(ClearTokens {
                folder: at.root.folder.clone(),
                registries: match registries.is_empty() {
                    true => feeds_of(&at.project),
                    false => registries,
                },
                files: self.token_files(at),
            }),
            ChangeKind::SetConfig { file, key, to } => Change::SetConfig(SetConfig {
                folder: at.root.folder.clone(),
                file: self.config_named(at, file)?,
                key,
                to,
            }),
            ChangeKind::Provider { is_used } => Change::Provider(ProviderUse {
                folder: at.root.folder.clone(),
                user_config: project::config_file(&self.cargo_home),
                provider: cargo::provider_path(&self.home),
                is_used,
            }),
            ChangeKind::Several { changes } => {
                let mut all = Vec::new();
                for change in &changes {
                    all.push(Box::pin(self.change(at, packages, change)).await?);
                }
                Change::Several(all)
            }
        })
    }

    async fn connecting(
        &self,
        at: &AtProject,
        crates_io_feed: Option<String>,
        own_feed: Option<String>,
        mode: ConnectMode,
    ) -> Result<Change, Error> {
        let folder = &at.root.folder;
        let layers = Layers::read(folder, &self.cargo_home)?;
        let named = |entry: RegistryEntry| as_named_here(entry, &at.project, &layers, mode);
        let own = self.entry(own_feed.as_deref()).await?;
        let own = own.map(|(entry, _)| named(entry));
        let mut registries = own.into_iter().collect::<Vec<_>>();
        let crates_io_through = match self.entry(crates_io_feed.as_deref()).await? {
            // A feed that does not have all of crates.io cannot stand for it; it can be known.
            Some((entry, false)) => {
                registries.push(named(entry));
                None
            }
            through => through.map(|(entry, _)| named(entry)),
        };
        Ok(Change::Connect(Connect {
            crates_io_through,
            registries,
            folder: folder.clone(),
            config: match mode {
                ConnectMode::Committed => project::config_file(&folder.join(".cargo")),
                ConnectMode::Mine => project::config_file(&self.cargo_home),
                ConnectMode::Ci => folder.join(CI_CONFIG),
            },
            mode,
            user_config: project::config_file(&self.cargo_home),
            provider: cargo::provider_path(&self.home),
        }))
    }

    /// A config file of the project: one that cargo reads there, or would.
    fn config_named(&self, at: &AtProject, file: Option<PathBuf>) -> Result<PathBuf, Error> {
        let Some(file) = file else {
            return Ok(at.config());
        };
        let read = at.project.config_files.iter().map(|file| file.path.clone());
        let possible = [
            at.config(),
            project::config_file(&self.cargo_home),
            at.root.folder.join(CI_CONFIG),
        ];
        match read.chain(possible).any(|known| known == file) {
            true => Ok(file),
            false => Err(edit::Error::NotItsConfig(file).into()),
        }
    }

    /// The files that a connection of this mode lies in.
    fn configs_of(&self, at: &AtProject, mode: Option<ConnectMode>) -> Vec<PathBuf> {
        let ci = at.root.folder.join(CI_CONFIG);
        match mode {
            None => vec![at.config(), ci],
            Some(ConnectMode::Committed) => vec![at.config()],
            Some(ConnectMode::Mine) => vec![project::config_file(&self.cargo_home)],
            Some(ConnectMode::Ci) => vec![ci],
        }
    }

    /// The files that cargo takes tokens in clear from.
    fn token_files(&self, at: &AtProject) -> Vec<PathBuf> {
        // Where both are there, cargo reads the older name.
        let credentials = ["credentials", "credentials.toml"].map(|name| self.cargo_home.join(name));
        let configs = at.project.config_files.iter().map(|file| file.path.clone());
        credentials.into_iter().chain(configs).collect()
    }

    /// A feed's index, as the project's config has it, else as its host says it.
    async fn index_of(&self, at: &AtProject, feed: &str) -> Result<String, Error> {
        let connection = &at.project.connection;
        let mut registries = connection.registries.iter().chain(&connection.crates_io_through);
        match registries.find(|registry| registry.feed.as_deref() == Some(feed)) {
            Some(registry) => Ok(registry.index_url.clone()),
            None => Ok(self.feed_show(feed).await?.index_url),
        }
    }

    /// The registry a dependency names to come from a feed; none from the one that stands for crates.io.
    async fn registry_of(&self, at: &AtProject, feed: Option<&str>) -> Result<Option<String>, Error> {
        let Some(feed) = feed else { return Ok(None) };
        let index_url = self.index_of(at, feed).await?;
        let through = at.project.connection.crates_io_through.as_ref();
        if through.is_some_and(|through| through.index_url == index_url) {
            return Ok(None);
        }
        match registry_at(at, &index_url) {
            Some(name) => Ok(Some(name)),
            None => Err(edit::Error::NotConnected(feed.to_owned()).into()),
        }
    }

    /// The newest version that may be used, of a feed or of what stands for crates.io; none where nobody can be asked.
    async fn latest(&self, at: &AtProject, feed: &str, name: &str) -> Result<Option<String>, Error> {
        let through = at.project.connection.crates_io_through.as_ref();
        let feed = match (feed, through) {
            ("", through) => through.and_then(|through| through.feed.as_deref()),
            (feed, _) => Some(feed),
        };
        let Some(feed) = feed else { return Ok(None) };
        let at = self.at(feed).await?;
        let versions = at.registry(&at.kept().await?)?.versions(name).await?;
        let versions = versions.into_iter().flatten().filter(|version| !version.yanked);
        let versions = versions.filter_map(|version| semver::Version::parse(&version.vers).ok());
        let latest = versions.filter(|version| version.pre.is_empty()).max();
        Ok(latest.map(|version| format!("{}.{}.{}", version.major, version.minor, version.patch)))
    }
}

/// A registry by the name that an included file or a variable gives its address; else by one that none of them uses otherwise. The file
/// for pipelines is read where those may not be.
fn as_named_here(
    mut entry: RegistryEntry,
    project: &Project,
    layers: &Layers,
    mode: ConnectMode,
) -> RegistryEntry {
    let is_beyond_edits = |registry: &&RegistryInUse| {
        layers.text(&["registries", &registry.name, "index"]) != Some(&registry.index_url)
    };
    let registries = project.connection.registries.iter();
    let beyond = registries.filter(is_beyond_edits).collect::<Vec<_>>();
    let same = beyond
        .iter()
        .find(|registry| registry.index_url == entry.index_url);
    if let Some(same) = same.filter(|_| mode != ConnectMode::Ci) {
        entry.name.clone_from(&same.name);
        entry.is_known = true;
        return entry;
    }
    let is_taken = |name: &str| beyond.iter().any(|registry| registry.name == name);
    let others = (2..100).map(|number| format!("{}-{number}", entry.name));
    let mut names = std::iter::once(entry.name.clone()).chain(others);
    let free = names.find(|name| !is_taken(name));
    entry.name = free.unwrap_or(entry.name);
    entry
}

/// The name of the registry with an index, in what cargo reads here or in the file for pipelines.
fn registry_at(at: &AtProject, index_url: &str) -> Option<String> {
    let mut registries = at.project.connection.registries.iter();
    if let Some(registry) = registries.find(|registry| registry.index_url == index_url) {
        return Some(registry.name.clone());
    }
    let text = project::read_text(&at.root.folder.join(CI_CONFIG)).ok()??;
    let config = text.trim_start_matches('\u{feff}').parse::<toml::Table>().ok()?;
    let mut registries = config.get("registries")?.as_table()?.iter();
    let is_it = |entry: &toml::Value| entry.get("index").and_then(toml::Value::as_str) == Some(index_url);
    registries.find_map(|(name, entry)| is_it(entry).then(|| name.clone()))
}

fn feeds_of(project: &Project) -> Vec<String> {
    let registries = project.connection.registries.iter();
    let feeds = registries.filter(|registry| FeedUrl::is_likely(&registry.index_url));
    feeds.map(|registry| registry.name.clone()).collect()
}
