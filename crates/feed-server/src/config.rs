//! What a server is started with: its folder, its address, its token, its bounds.
//!
//! **Invariant:** nothing is read from the environment or from settings files; whoever starts a server says it all.

use std::path::PathBuf;
use std::time::Duration;

use crate::{ORGANIZATION, Person, Token};

/// Everything [`crate::start`] needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where feeds are kept; one server serves a folder at a time.
    pub folder: PathBuf,
    /// The loopback port; 0 takes any free one, for tests.
    pub port: u16,
    /// What every request must prove to know.
    pub token: Token,
    /// The sparse index asked on behalf of the upstream crates.io; `None` is crates.io itself.
    pub crates_io: Option<String>,
    /// The organization the feeds lie in; [`ORGANIZATION`] unless a stand-in for Azure needs another.
    pub organization: String,
    /// The projects that feeds may lie in beside [`crate::PROJECT`], by name; they are made where there are none yet.
    pub projects: Vec<String>,
    /// What answers name as this server's address; `None` is its own, on loopback.
    pub addresses: Option<Addresses>,
    /// Who may ask beside the owner, whom `token` proves.
    pub people: Vec<Person>,
    /// Who serves, in words for people: "the Granary window", "`granary serve`".
    pub serves: String,
    /// Bounds and patience.
    pub limits: Limits,
}

impl Config {
    /// A configuration with crates.io itself upstream and the default limits.
    pub fn new(folder: impl Into<PathBuf>, port: u16, token: Token, serves: impl Into<String>) -> Self {
        Self {
            folder: folder.into(),
            port,
            token,
            crates_io: None,
            organization: ORGANIZATION.to_owned(),
            projects: Vec::new(),
            addresses: None,
            people: Vec::new(),
            serves: serves.into(),
            limits: Limits::default(),
        }
    }
}

/// Where clients find a server that is reached through others, each without a slash at the end: as on Azure, the parts
/// of the API may have hosts of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// Projects and who is connected.
    pub core: String,
    /// Feeds and what they hold.
    pub feeds: String,
    /// cargo's part: index, downloads, publishing.
    pub packages: String,
    /// Who can be named by a permission.
    pub identities: String,
}

impl Addresses {
    /// All of them at one address.
    pub(crate) fn all_at(url: &str) -> Self {
        Self {
            core: url.to_owned(),
            feeds: url.to_owned(),
            packages: url.to_owned(),
            identities: url.to_owned(),
        }
    }
}

/// Bounds on what is accepted and how long is waited.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The metadata part of a publish, in bytes.
    pub metadata_bytes: u64,
    /// The `.crate` part of a publish, in bytes.
    pub crate_bytes: u64,
    /// What a published crate may unpack to, in bytes.
    pub unpacked_bytes: u64,
    /// How many files and folders a published crate may hold.
    pub archive_entries: usize,
    /// A `.crate` saved from upstream, in bytes.
    pub upstream_crate_bytes: u64,
    /// One index file from upstream, in bytes.
    pub index_entry_bytes: u64,
    /// A JSON body sent to the REST API, in bytes.
    pub json_bytes: u64,
    /// How long an index file from upstream is served without asking again.
    pub entry_fresh: Duration,
    /// How long upstream's "no such crate" is believed without asking again.
    pub absence_fresh: Duration,
    /// How long upstream is left alone after it could not be reached, where a kept answer can stand in.
    pub upstream_pause: Duration,
    /// The patience for a connection to upstream.
    pub connect_timeout: Duration,
    /// The patience for the next bytes, from upstream or from a publisher.
    pub idle_timeout: Duration,
    /// How often upstream is asked before it counts as out of reach.
    pub attempts: u32,
    /// The pause before the second attempt; it doubles with each further one.
    pub retry_delay: Duration,
    /// Index files asked for at the same time.
    pub concurrent_entries: usize,
    /// Crates saved from upstream at the same time.
    pub concurrent_saves: usize,
    /// How long [`crate::join_or_start`] waits for a server that is just starting, and a standby for the port.
    pub join_timeout: Duration,
    /// How long a stopping server waits for requests under way before it breaks them off.
    pub stop_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: u64 = 1024 * 1024;
        Self {
            metadata_bytes: MIB,
            crate_bytes: 64 * MIB,
            unpacked_bytes: 512 * MIB,
            archive_entries: 65_536,
            upstream_crate_bytes: 512 * MIB,
            index_entry_bytes: 64 * MIB,
            json_bytes: MIB,
            entry_fresh: Duration::from_secs(10 * 60),
            absence_fresh: Duration::from_secs(2 * 60),
            upstream_pause: Duration::from_secs(15),
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(30),
            attempts: 3,
            retry_delay: Duration::from_millis(200),
            concurrent_entries: 32,
            concurrent_saves: 8,
            join_timeout: Duration::from_secs(5),
            stop_timeout: Duration::from_secs(10),
        }
    }
}
