//! What a test says to the double and asks of it: who sits at the browser, which tokens there are, what goes wrong.
//!
//! **Invariant**: all of it holds from the next request on; nothing that was answered before changes.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::cast::{CLIENT_ID, Role};
use super::entra;
use super::exchange::Exchange;
use super::quirk::{Armed, Quirk};
use super::secrets;
use super::state::{Person, Personal};
use super::{Azure, Host, Inner};

impl Inner {
    pub(super) fn set_role(&self, person: &str, organization: &str, role: Option<Role>) {
        let mut state = self.state();
        for person in state.people.iter_mut().filter(|somebody| somebody.name == person) {
            person
                .roles
                .retain(|(name, _)| !name.eq_ignore_ascii_case(organization));
            person
                .roles
                .extend(role.map(|role| (organization.to_owned(), role)));
        }
        if let Some(behind) = self.behind(organization) {
            behind.admit(&state.people);
        }
    }
}

impl Azure {
    /// The table `[azure]` of Granary's settings that leads here.
    pub fn settings(&self) -> String {
        let hosts = [
            Host::Authority,
            Host::Profile,
            Host::Core,
            Host::Feeds,
            Host::Packages,
            Host::Identity,
        ];
        let lines = hosts.map(|host| format!("{} = \"{}\"\n", host.name(), self.url(host)));
        format!("[azure]\nclient_id = \"{CLIENT_ID}\"\n{}", lines.concat())
    }

    /// Everything asked so far, in the order of the answers.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.inner.state().exchanges.clone()
    }

    /// What no file, no log and no output may hold: a mark of every secret ever issued, as it is and inside base64.
    pub fn markers(&self) -> Vec<String> {
        self.inner.state().markers.clone()
    }

    /// What the person at the browser does from now on.
    pub fn person(&self, person: Person) {
        self.inner.state().switches.person = person;
    }

    /// The person types the code of a device flow, and does at the page what [`Azure::person`] said last.
    pub fn enter_code(&self, user_code: &str) -> Result<()> {
        let known = entra::person_answers(&mut self.inner.state(), user_code);
        ensure!(known, "no program shows the code `{user_code}`");
        Ok(())
    }

    /// A new personal access token; scopes such as `vso.packaging_write`, `app_token` for all. `organization` may be
    /// the server's collection, whose tokens have the older form.
    pub fn issue_pat(
        &self,
        person: &str,
        organization: &str,
        scopes: &[&str],
        lifetime: Duration,
    ) -> Result<String> {
        let behind = self.inner.behind(organization);
        let organization = behind
            .with_context(|| format!("no organization `{organization}`"))?
            .name
            .clone();
        let mut state = self.inner.state();
        state
            .somebody(person)
            .with_context(|| format!("nobody is called `{person}`"))?;
        let made = if state.organization(&organization).is_some() {
            secrets::personal()
        } else {
            secrets::personal_of_server()
        };
        let text = state.issue(made);
        let personal = Personal {
            text: text.clone(),
            person: person.to_owned(),
            organization,
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            expires: state.now() + lifetime,
            revoked: false,
        };
        state.personal.push(personal);
        Ok(text)
    }

    /// Takes a personal access token back.
    pub fn revoke_pat(&self, text: &str) {
        self.change_pat(text, |personal| personal.revoked = true);
    }

    /// Lets a personal access token expire now.
    pub fn expire_pat(&self, text: &str) {
        self.change_pat(text, |personal| personal.expires = Duration::ZERO);
    }

    fn change_pat(&self, text: &str, change: impl FnOnce(&mut Personal)) {
        let mut state = self.inner.state();
        if let Some(personal) = state.personal.iter_mut().find(|personal| personal.text == text) {
            change(personal);
        }
    }

    /// Gives somebody a role in an organization, or takes it away.
    pub fn set_role(&self, person: &str, organization: &str, role: Option<Role>) {
        self.inner.set_role(person, organization, role);
    }

    /// How long access tokens live that are issued from now on, in whole seconds; an hour at first.
    pub fn set_token_lifetime(&self, lifetime: Duration) {
        self.inner.state().switches.token_lifetime = lifetime;
    }

    /// How often refresh tokens issued from now on still work after the one they were exchanged for was used.
    pub fn set_refresh_grace(&self, uses: u32) {
        self.inner.state().switches.refresh_grace = uses;
    }

    /// How long device codes live, and how many seconds a program waits between two questions; 900 and 1 at first.
    pub fn set_device_times(&self, lifetime: Duration, interval: u64) {
        let mut state = self.inner.state();
        state.switches.device_lifetime = lifetime;
        state.switches.device_interval = interval;
    }

    /// How many seconds Azure's clock is ahead of this computer's.
    pub fn set_clock_ahead(&self, seconds: i64) {
        self.inner.state().switches.clock = seconds;
    }

    /// All access tokens issued so far are refused from now on, though they have not expired.
    pub fn refuse_issued_tokens(&self) {
        for access in self.inner.state().access.values_mut() {
            access.refused = true;
        }
    }

    /// All refresh tokens issued so far are refused from now on: AADSTS50173.
    pub fn revoke_sign_ins(&self) {
        for refresh in self.inner.state().refresh.values_mut() {
            refresh.revoked = true;
        }
    }

    /// The next `times` requests whose `host/path?query`, as in `feeds/contoso/_apis/packaging/feeds?`, holds `part`.
    pub fn arm(&self, quirk: Quirk, part: &str, times: usize) {
        let part = part.to_owned();
        if times > 0 {
            self.inner.state().quirks.push(Armed {
                quirk,
                part,
                left: times,
            });
        }
    }

    /// No quirk is left.
    pub fn disarm(&self) {
        self.inner.state().quirks.clear();
    }

    /// Whether downloads are led to another host.
    pub fn set_redirect_downloads(&self, redirect: bool) {
        self.inner.state().switches.redirect_downloads = redirect;
    }

    /// Whether the Azure DevOps Server knows cargo; it does at first.
    pub fn set_server_has_cargo(&self, has: bool) {
        self.inner.state().switches.server_has_cargo = has;
    }

    /// Whether a scope that is too small is answered with 401 instead of 403; nobody documents which.
    pub fn set_small_scope_is_401(&self, is: bool) {
        self.inner.state().switches.small_scope_is_401 = is;
    }
}
