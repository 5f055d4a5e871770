//! Who can be named by a permission: people, build services, and everybody together.
//!
//! **Invariant:** nothing here gives out more of a person than their names and ids.

use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::feed_input::{one_of, text};
use crate::dispatch::{App, Asked};
use crate::people::EVERYBODY;
use crate::refusal::Refusal;
use crate::storage::{PermissionRecord, ProjectRecord};
use crate::{Person, Role};

/// How many subjects one answer of the graph has at most.
const MOST: usize = 100;

const USER: &str = "User";
const GROUP: &str = "Group";

/// Somebody or something a permission can name.
#[derive(Debug, Clone)]
pub(super) struct Known {
    id: String,
    descriptor: String,
    subject: String,
    display_name: String,
    /// The account, or what stands in for one.
    account: String,
    mail: String,
    kind: &'static str,
}

impl Known {
    fn person(person: &Person) -> Self {
        let account = if person.mail.is_empty() {
            &person.name
        } else {
            &person.mail
        };
        Self {
            id: person.identity.clone(),
            descriptor: person.descriptor.clone(),
            subject: person.subject.clone(),
            display_name: person.display_name.clone(),
            account: account.clone(),
            mail: person.mail.clone(),
            kind: USER,
        }
    }

    /// The role Azure gives a build service in a new feed.
    pub(super) fn collaborator(&self) -> PermissionRecord {
        PermissionRecord {
            descriptor: self.descriptor.clone(),
            identity: Some(self.id.clone()),
            display_name: Some(self.display_name.clone()),
            role: Role::Collaborator.name().to_owned(),
        }
    }

    fn is_named(&self, filter: &str, wanted: &str) -> bool {
        let is = |text: &String| text.eq_ignore_ascii_case(wanted);
        match filter {
            "AccountName" => is(&self.account),
            "DisplayName" => is(&self.display_name),
            "MailAddress" => is(&self.mail),
            "LocalGroupName" => self.kind == GROUP && is(&self.display_name),
            _ => [&self.account, &self.display_name, &self.mail]
                .into_iter()
                .any(is),
        }
    }

    fn begins_with(&self, begin: &str) -> bool {
        let names = [&self.display_name, &self.account, &self.mail];
        names.iter().any(|name| name.to_lowercase().starts_with(begin))
    }

    fn identity(&self) -> Value {
        let text = |value: &str| json!({ "$type": "System.String", "$value": value });
        json!({
            "id": self.id,
            "descriptor": self.descriptor,
            "subjectDescriptor": self.subject,
            "providerDisplayName": self.display_name,
            "isActive": true,
            "isContainer": self.kind == GROUP,
            "members": [],
            "memberOf": [],
            "memberIds": [],
            "properties": {
                "Account": text(&self.account),
                "Mail": text(&self.mail),
                "SchemaClassName": text(self.kind),
            },
            "resourceVersion": 2,
            "metaTypeId": 0,
        })
    }

    fn subject(&self, app: &App) -> Value {
        let place = if self.kind == GROUP { "Groups" } else { "Users" };
        let url = format!(
            "{}/{}/_apis/Graph/{place}/{}",
            app.addresses.identities, app.organization, self.subject
        );
        json!({
            "subjectKind": self.kind.to_lowercase(),
            "origin": "vsts",
            "originId": self.id,
            "displayName": self.display_name,
            "principalName": self.account,
            "mailAddress": self.mail,
            "descriptor": self.subject,
            "legacyDescriptor": self.descriptor,
            "url": url,
            "_links": { "self": { "href": url } },
        })
    }
}

/// A person as Azure shows them to themselves.
pub(super) fn shown(person: &Person) -> Value {
    Known::person(person).identity()
}

/// What pipelines of a feed's project, and of the organization, run as.
pub(super) fn build_identities(app: &App, project: Option<&ProjectRecord>) -> Vec<Known> {
    let own = project.map(|project| of_project(app, project));
    [of_organization(app)].into_iter().chain(own).collect()
}

fn of_organization(app: &App) -> Known {
    built_by(
        app,
        "Project Collection Build Service",
        &app.storage.identity().instance,
    )
}

fn of_project(app: &App, project: &ProjectRecord) -> Known {
    built_by(app, &format!("{} Build Service", project.name), &project.id)
}

/// What pipelines of one place run as.
fn built_by(app: &App, name: &str, of: &str) -> Known {
    let collection = &app.storage.identity().instance;
    let descriptor = format!("Microsoft.TeamFoundation.ServiceIdentity;{collection}:Build:{of}");
    Known {
        id: id_of(&descriptor),
        subject: format!("svc.{}", id_of(&descriptor)),
        account: of.to_owned(),
        display_name: format!("{name} ({})", app.organization),
        mail: String::new(),
        kind: USER,
        descriptor,
    }
}

/// Those that a question names, by id, by descriptor, or by a whole name.
pub(super) async fn find(app: &Arc<App>, asked: &Asked) -> Result<Vec<Value>, Refusal> {
    let all = all(app).await?;
    let listed = |name: &str| {
        let text = asked.parameter(name)?;
        Some(
            text.split(',')
                .map(|one| one.trim().to_owned())
                .collect::<Vec<_>>(),
        )
    };
    let by = |wanted: Vec<String>, key: fn(&Known) -> &String| {
        let find = |one: &String| all.iter().find(|known| key(known).eq_ignore_ascii_case(one));
        wanted.iter().filter_map(find).map(Known::identity).collect()
    };
    if let Some(wanted) = listed("identityIds") {
        return Ok(by(wanted, |known| &known.id));
    }
    if let Some(wanted) = listed("descriptors") {
        return Ok(by(wanted, |known| &known.descriptor));
    }
    if let Some(wanted) = listed("subjectDescriptors") {
        return Ok(by(wanted, |known| &known.subject));
    }
    const FILTERS: [&str; 5] = [
        "General",
        "AccountName",
        "DisplayName",
        "MailAddress",
        "LocalGroupName",
    ];
    let filter = asked.parameter("searchFilter").ok_or_else(|| {
        Refusal::bad_request("Name whom you look for, by `identityIds`, `descriptors` or a `searchFilter`.")
    })?;
    let filter = one_of("searchFilter", &FILTERS, &filter)?;
    let wanted = asked.parameter("filterValue").unwrap_or_default();
    let found = all.iter().filter(|known| known.is_named(filter, &wanted));
    Ok(found.map(Known::identity).collect())
}

/// Those whose names begin with some letters.
pub(super) async fn query(app: &Arc<App>, body: &Value) -> Result<Vec<Value>, Refusal> {
    let begin = text(body, "query")?.unwrap_or_default().trim().to_lowercase();
    if begin.is_empty() {
        return Err(Refusal::bad_request(
            "`query` is empty; give the first letters of a name.",
        ));
    }
    let kinds = body["subjectKind"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let kinds = kinds
        .iter()
        .map(|kind| one_of("subjectKind", &[USER, GROUP], kind.as_str().unwrap_or_default()))
        .collect::<Result<Vec<_>, _>>()?;
    let all = all(app).await?;
    let found = all
        .iter()
        .filter(|known| (kinds.is_empty() || kinds.contains(&known.kind)) && known.begins_with(&begin));
    Ok(found.take(MOST).map(|known| known.subject(app)).collect())
}

async fn all(app: &Arc<App>) -> Result<Vec<Known>, Refusal> {
    let projects = app.storage.read(ProjectRecord::all).await?;
    let everybody = Known {
        id: id_of(EVERYBODY),
        descriptor: EVERYBODY.to_owned(),
        subject: format!("vssgp.{}", id_of(EVERYBODY)),
        display_name: "Project Collection Valid Users".to_owned(),
        account: "Project Collection Valid Users".to_owned(),
        mail: String::new(),
        kind: GROUP,
    };
    let people = app.people.all();
    let mut known: Vec<_> = people.iter().map(|person| Known::person(person)).collect();
    known.push(everybody);
    known.push(of_organization(app));
    known.extend(projects.iter().map(|project| of_project(app, project)));
    Ok(known)
}

/// An id that stays the same as long as what it is made of does.
fn id_of(descriptor: &str) -> String {
    let digest = Sha256::digest(descriptor.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}
