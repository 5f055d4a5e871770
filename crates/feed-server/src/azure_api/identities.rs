//! People as Azure shows them.
//!
//! **Invariant:** nothing here gives out more of a person than their names and ids.

use serde_json::{Value, json};

use crate::Person;

/// A person with all that may be known of them.
pub(super) fn shown(person: &Person) -> Value {
    let text = |value: &str| json!({ "$type": "System.String", "$value": value });
    let account = if person.mail.is_empty() {
        &person.name
    } else {
        &person.mail
    };
    json!({
        "id": person.identity,
        "descriptor": person.descriptor,
        "subjectDescriptor": person.subject,
        "providerDisplayName": person.display_name,
        "isActive": true,
        "properties": {
            "Account": text(account),
            "Mail": text(&person.mail),
            "SchemaClassName": text("User"),
        },
        "resourceVersion": 2,
        "metaTypeId": 0,
    })
}
