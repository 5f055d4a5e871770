//! Why a project would not build, before it is tried: what was read, what each of it means, and what mends it.
//!
//! One file a family of checks; the table has them all, in the order of what cargo would stop at first.
//!
//! **Invariant**: nothing is written and no process is started; only `network` asks anybody, and only when it is let. A check that
//! cannot be made says so.

mod config;
mod diagnosis;
mod lockfile;
mod model;
mod needs;
mod network;
mod output;
mod providers;
mod registry;
mod report;
mod sign_in;
mod table;
mod toolchain;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

pub use diagnosis::Diagnosis;
pub(crate) use diagnosis::cause;
pub use model::{Check, CheckReport, Evidence, Fix, Verdict};
pub(crate) use network::Place;
pub use output::recognise;
pub(crate) use report::{Personal, Report};

use crate::accounts::Account;
use crate::feeds::Feed;
use crate::project::{self, Need, Project, RegistryAccess, RegistryInUse};
use table::{NETWORK, ROWS};

/// All that checks are made of.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) project: Project,
    needs: Vec<Need>,
    /// The addresses that the lock file names, each once.
    locked_indexes: BTreeSet<String>,
    pub(crate) feeds: Vec<FeedFacts>,
    /// Who is signed in for which address.
    pub(crate) accounts: BTreeMap<String, Account>,
    /// Addresses of feeds on this computer.
    pub(crate) local: BTreeSet<String>,
    pub(crate) has_cargo: bool,
    /// This system, as Rust calls it.
    system: &'static str,
    /// Now, ISO 8601 in UTC.
    pub(crate) now: String,
    /// Where programs without a path are looked for.
    pub(crate) search_path: Vec<PathBuf>,
}

/// What is kept of a feed that the project is connected to.
#[derive(Debug)]
pub(crate) struct FeedFacts {
    pub(crate) feed: Feed,
    /// When it was brought up to date.
    pub(crate) at: Option<String>,
    /// Folded names that are published to it.
    pub(crate) published: BTreeSet<String>,
    /// Those of them that crates.io has too.
    pub(crate) on_both_sides: BTreeSet<String>,
}

impl Subject {
    /// A project, of whose feeds and accounts nothing is known yet.
    pub(crate) fn of(project: Project, now: String) -> Self {
        let lockfile = project::read_lockfile(&project.folder).ok().flatten();
        let packages = lockfile.iter().flat_map(|lockfile| &lockfile.packages);
        let indexes = packages.filter_map(|package| project::index_url(package, &project.connection));
        Self {
            locked_indexes: indexes.collect(),
            needs: needs::of(&project),
            project,
            feeds: Vec::new(),
            accounts: BTreeMap::new(),
            local: BTreeSet::new(),
            has_cargo: true,
            system: std::env::consts::OS,
            now,
            search_path: Vec::new(),
        }
    }

    /// The crates that manifests and the lock file name.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        let locked = self.project.locked.iter().flatten().map(|locked| &locked.name);
        locked
            .chain(self.needs.iter().map(|need| &need.name))
            .cloned()
            .collect()
    }

    /// The registries of config, and what stands for crates.io where that is none of them.
    pub(crate) fn registries(&self) -> impl Iterator<Item = &RegistryInUse> {
        let connection = &self.project.connection;
        let through = connection.crates_io_through.iter();
        let through = through.filter(|through| !connection.registries.contains(through));
        connection.registries.iter().chain(through)
    }

    /// Those that are feeds.
    pub(crate) fn feed_registries(&self) -> impl Iterator<Item = &RegistryInUse> {
        self.registries().filter(|registry| registry.feed.is_some())
    }

    fn access(&self, registry: &RegistryInUse) -> Option<&RegistryAccess> {
        let mut all = self.project.access.iter();
        all.find(|access| access.registry == registry.name && access.index_url == registry.index_url)
    }

    fn account(&self, registry: &RegistryInUse) -> Option<&Account> {
        self.accounts.get(&registry.index_url)
    }

    fn is_of_this_computer(&self, registry: &RegistryInUse) -> bool {
        self.local.contains(&registry.index_url)
    }
}

/// Makes all checks; those of the network where there is something to ask.
pub(crate) async fn run(subject: &Subject, places: Option<&[Place]>) -> CheckReport {
    let mut found = [
        config::check(subject),
        registry::check(subject),
        providers::check(subject),
        sign_in::check(subject),
        toolchain::check(subject),
        lockfile::check(subject),
    ]
    .concat();
    if let Some(places) = places {
        found.extend(network::check(subject, places).await);
    }
    let checks = in_order(found, places.is_some());
    let is_problem = |check: &&Check| check.verdict == Verdict::Problem;
    CheckReport {
        folder: subject.project.folder.clone(),
        display_folder: subject.project.display_folder.clone(),
        first_problem: checks.iter().find(is_problem).map(|check| check.id.clone()),
        checks,
    }
}

/// The findings in the table's order, with a word for each check that found nothing.
fn in_order(mut found: Vec<Check>, is_online: bool) -> Vec<Check> {
    let mut checks = Vec::new();
    for row in ROWS {
        let of_row = found.extract_if(.., |check| check.id == row.id);
        let before = checks.len();
        checks.extend(of_row);
        if checks.len() == before {
            checks.push(match row.family == NETWORK && !is_online {
                true => Check::skipped(row.id, "the network was not to be asked"),
                false => Check::ok(row.id),
            });
        }
    }
    checks
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::accounts::{AccountKind, AccountState};
    use crate::project::Surroundings;

    pub(super) const AT: &str = "sparse+https://pkgs.dev.azure.com/contoso/_packaging/internal/Cargo/index/";
    pub(super) const PACKAGE: &str = "[package]\nname = \"app\"\nversion = \"0.1.0\"\n";

    /// A subject, and the folder it was read from.
    pub(super) struct Looked {
        _top: tempfile::TempDir,
        pub(super) subject: Subject,
    }

    pub(super) fn index(name: &str, address: &str) -> String {
        format!("[registries.{name}]\nindex = \"{address}\"\n")
    }

    fn read(files: &[(&str, &str)], variables: &[(&str, &str)]) -> (tempfile::TempDir, Project) {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("p");
        std::fs::create_dir_all(&folder).unwrap();
        for (path, text) in files {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let mut around = Surroundings::for_tests(top.path());
        let pair = |(name, value): &(&str, &str)| (name.into(), value.into());
        around.variables = variables.iter().map(pair).collect();
        around.cargo_version = Some("1.96.0".to_owned());
        let project = project::read(&folder, &around).unwrap();
        (top, project)
    }

    pub(super) fn looked_at(files: &[(&str, &str)], variables: &[(&str, &str)]) -> Looked {
        let (top, project) = read(files, variables);
        let mut subject = Subject::of(project, "2026-11-22T00:00:00Z".to_owned());
        subject.system = "linux";
        Looked { _top: top, subject }
    }

    impl Looked {
        /// Keeps a feed at that address, which holds nothing.
        pub(super) fn keep_feed(&mut self, index_url: &str) {
            let mut feed = crate::catalog::tests::feed();
            feed.index_url = index_url.to_owned();
            self.subject.feeds.push(FeedFacts {
                feed,
                at: None,
                published: BTreeSet::new(),
                on_both_sides: BTreeSet::new(),
            });
        }

        /// Signs somebody in for the feed.
        pub(super) fn sign_in(&mut self, until: Option<&str>) {
            let account = Account {
                id: "contoso".to_owned(),
                kind: AccountKind::Services,
                title: "contoso".to_owned(),
                organization: "contoso".to_owned(),
                projects: Vec::new(),
                url: String::new(),
                user: None,
                how: None,
                keeping: None,
                state: AccountState::Ready {
                    until: until.map(str::to_owned),
                },
                is_preferred: true,
            };
            self.subject.accounts.insert(AT.to_owned(), account);
        }
    }

    pub(super) fn verdicts(found: &[Check]) -> Vec<(&str, Verdict)> {
        found
            .iter()
            .map(|check| (check.id.as_str(), check.verdict))
            .collect()
    }

    #[tokio::test]
    async fn every_check_is_told_in_the_tables_order() {
        let config = index("internal", AT) + &index("other", AT.trim_end_matches('/'));
        let looked = looked_at(&[("Cargo.toml", PACKAGE), (".cargo/config.toml", &config)], &[]);
        let report = run(&looked.subject, None).await;
        assert_eq!(report.first_problem.as_deref(), Some("P-32"));
        let mut told = report
            .checks
            .iter()
            .map(|check| check.id.as_str())
            .collect::<Vec<_>>();
        told.dedup();
        assert_eq!(told, ROWS.iter().map(|row| row.id).collect::<Vec<_>>());
        let skipped = |check: &&Check| check.verdict == Verdict::Skipped && check.id == "reachable";
        assert!(report.checks.iter().any(|check| skipped(&check)));
        assert!(report.checks.iter().all(|check| !check.title.is_empty()));
    }
}
