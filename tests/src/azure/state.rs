//! All that the double remembers: people, tokens, codes, switches, records.
//!
//! **Invariant**: plain memory behind one lock, which is never held across a wait; the clock is Azure's, not ours.

use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use uuid::Uuid;

use super::cast::{Cast, Organization, Somebody};
use super::exchange::Exchange;
use super::quirk::Armed;
use super::secrets::{Made, veiled};

/// What the person at the browser does with the page that opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Person {
    /// Signs in with this account, by the name it has in the cast.
    SignsIn(&'static str),
    /// Presses "Cancel".
    Refuses,
    /// Leaves the page open for ever.
    NeverAnswers,
    /// Signs in, but nobody consented to the app: AADSTS65001.
    LacksConsent,
    /// Signs in, but an administrator must consent: AADSTS90094.
    NeedsAdministrator,
}

/// A personal access token.
#[derive(Debug)]
pub(super) struct Personal {
    pub(super) text: String,
    pub(super) person: String,
    pub(super) organization: String,
    pub(super) scopes: Vec<String>,
    /// Since 1970, by Azure's clock.
    pub(super) expires: Duration,
    pub(super) revoked: bool,
}

/// Whom Entra speaks of, and in which tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) person: String,
    pub(super) tenant: Uuid,
}

#[derive(Debug)]
pub(super) struct Access {
    pub(super) subject: Subject,
    /// Since 1970, by Azure's clock.
    pub(super) expires: Duration,
    pub(super) refused: bool,
}

#[derive(Debug)]
pub(super) struct Refresh {
    pub(super) subject: Subject,
    pub(super) scope: String,
    /// The token this one was given for.
    pub(super) before: Option<String>,
    /// Whether one that was given for it has been used.
    pub(super) superseded: bool,
    pub(super) uses_left: u32,
    pub(super) revoked: bool,
}

#[derive(Debug)]
pub(super) struct Code {
    pub(super) subject: Subject,
    pub(super) scope: String,
    pub(super) authority: String,
    pub(super) redirect: String,
    pub(super) challenge: String,
    /// Since 1970, by Azure's clock.
    pub(super) expires: Duration,
    pub(super) used: bool,
}

#[derive(Debug)]
pub(super) struct Device {
    pub(super) user_code: String,
    pub(super) authority: String,
    pub(super) scope: String,
    /// Since 1970, by Azure's clock.
    pub(super) expires: Duration,
    pub(super) interval: u64,
    pub(super) asked: Option<Instant>,
    pub(super) answered: Option<Result<Subject, ()>>,
    pub(super) used: bool,
}

/// What tests may set.
#[derive(Debug)]
pub(super) struct Switches {
    pub(super) person: Person,
    pub(super) token_lifetime: Duration,
    pub(super) refresh_grace: u32,
    pub(super) device_lifetime: Duration,
    pub(super) device_interval: u64,
    /// How far Azure's clock is ahead of ours, in seconds.
    pub(super) clock: i64,
    pub(super) redirect_downloads: bool,
    pub(super) server_has_cargo: bool,
    pub(super) small_scope_is_401: bool,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) organizations: Vec<Organization>,
    pub(super) people: Vec<Somebody>,
    pub(super) switches: Switches,
    pub(super) personal: Vec<Personal>,
    pub(super) access: HashMap<String, Access>,
    pub(super) refresh: HashMap<String, Refresh>,
    pub(super) codes: HashMap<String, Code>,
    pub(super) devices: HashMap<String, Device>,
    /// Files that wait at the host for downloads, by signature.
    pub(super) blobs: HashMap<String, Bytes>,
    pub(super) quirks: Vec<Armed>,
    pub(super) exchanges: Vec<Exchange>,
    /// What no file and no log may hold: a mark of each secret as it is, and as base64 would show it.
    pub(super) markers: Vec<String>,
}

impl State {
    pub(super) fn new(cast: Cast) -> Self {
        Self {
            organizations: cast.organizations,
            people: cast.people,
            switches: Switches {
                person: Person::SignsIn("mira"),
                token_lifetime: Duration::from_secs(3600),
                refresh_grace: 0,
                device_lifetime: Duration::from_secs(900),
                device_interval: 1,
                clock: 0,
                redirect_downloads: false,
                server_has_cargo: true,
                small_scope_is_401: false,
            },
            personal: Vec::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
            codes: HashMap::new(),
            devices: HashMap::new(),
            blobs: HashMap::new(),
            quirks: Vec::new(),
            exchanges: Vec::new(),
            markers: Vec::new(),
        }
    }

    /// Azure's time since 1970.
    pub(super) fn now(&self) -> Duration {
        let ours = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let ahead = Duration::from_secs(self.switches.clock.unsigned_abs());
        if self.switches.clock < 0 {
            ours.saturating_sub(ahead)
        } else {
            ours + ahead
        }
    }

    pub(super) fn somebody(&self, name: &str) -> Option<&Somebody> {
        self.people.iter().find(|person| person.name == name)
    }

    pub(super) fn organization(&self, name: &str) -> Option<&Organization> {
        let mut all = self.organizations.iter();
        all.find(|organization| organization.name.eq_ignore_ascii_case(name))
    }

    /// Remembers what to look for, and gives out the text.
    pub(super) fn issue(&mut self, made: Made) -> String {
        self.markers.extend(veiled(&made.mark));
        self.markers.push(made.mark);
        made.text
    }

    /// Whether a text holds a secret.
    pub(super) fn is_secret(&self, text: &str) -> bool {
        self.markers.iter().any(|marker| text.contains(marker.as_str()))
    }

    /// Whether an account has something to do in a tenant: at home there, or a member of an organization of it.
    pub(super) fn is_in(&self, person: &Somebody, tenant: Uuid) -> bool {
        let mut organizations = self.organizations.iter();
        person.home == tenant
            || organizations.any(|organization| {
                organization.tenant == tenant && person.role(&organization.name).is_some()
            })
    }
}
