//! Views, permissions, retention and identities as Azure tells them.
//!
//! **Invariant**: as the room's front door says.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::feeds::{Identity, IdentityKind, Permission, Retention, Role, View, Visibility};

use super::{null_is_empty, some_text};

#[derive(Debug, Deserialize)]
pub(in crate::feeds) struct WireView {
    id: String,
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    visibility: Option<String>,
}

impl WireView {
    pub(in crate::feeds) fn into_view(self, default: Option<&str>) -> View {
        let id = self.id.to_ascii_lowercase();
        let implicit = self
            .kind
            .is_some_and(|kind| kind.eq_ignore_ascii_case("implicit"));
        View {
            name: some_text(self.name).unwrap_or_else(|| id.clone()),
            holds_everything: implicit,
            visibility: match self.visibility.unwrap_or_default().to_ascii_lowercase().as_str() {
                "private" => Visibility::Private,
                "collection" => Visibility::Collection,
                "organization" => Visibility::Organization,
                "aadtenant" => Visibility::AadTenant,
                _ => Visibility::Unknown,
            },
            // Azure names none where it is the one that holds everything.
            is_default: default.map_or(implicit, |default| default == id),
            version_count: None,
            id,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::feeds) struct WirePermission {
    role: Option<Value>,
    identity_descriptor: Value,
    identity_id: Option<String>,
    display_name: Option<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    is_inherited_role: bool,
}

impl WirePermission {
    pub(in crate::feeds) fn into_permission(self) -> Option<Permission> {
        let descriptor = descriptor(&self.identity_descriptor)?;
        Some(Permission {
            role: self.role.as_ref().and_then(role),
            is_inherited: self.is_inherited_role,
            identity: Identity {
                kind: kind_of(&descriptor),
                name: some_text(self.display_name)
                    .or_else(|| self.identity_id.clone())
                    .unwrap_or_else(|| descriptor.clone()),
                id: some_text(self.identity_id),
                also: None,
                descriptor,
            },
        })
    }
}

/// A word, or in old answers a number.
fn role(value: &Value) -> Option<Role> {
    match value {
        Value::String(word) => match word.to_ascii_lowercase().as_str() {
            "reader" => Some(Role::Reader),
            "collaborator" => Some(Role::Collaborator),
            "contributor" => Some(Role::Contributor),
            "administrator" => Some(Role::Owner),
            _ => None,
        },
        Value::Number(number) => match number.as_u64() {
            Some(2) => Some(Role::Reader),
            Some(3) => Some(Role::Contributor),
            Some(4) => Some(Role::Owner),
            _ => None,
        },
        _ => None,
    }
}

/// A text, or in some answers an object of the two parts it is made of.
fn descriptor(value: &Value) -> Option<String> {
    if let Value::String(text) = value {
        return Some(text.clone());
    }
    let part = |key: &str| value.get(key)?.as_str();
    Some(format!("{};{}", part("identityType")?, part("identifier")?))
}

fn kind_of(descriptor: &str) -> IdentityKind {
    let (kind, identifier) = descriptor.split_once(';').unwrap_or((descriptor, ""));
    match kind.rsplit('.').next().unwrap_or(kind) {
        "ServiceIdentity" if identifier.contains(":Build:") => IdentityKind::BuildService,
        "Identity" | "AadIdentity" if identifier.starts_with("S-1-") || identifier.starts_with("vssgp.") => {
            IdentityKind::Group
        }
        _ => IdentityKind::Person,
    }
}

/// What pipelines of a project run as.
pub(in crate::feeds) fn pipeline_collaborator(collection: &str, project: &str) -> Value {
    let descriptor = format!("Microsoft.TeamFoundation.ServiceIdentity;{collection}:Build:{project}");
    json!({ "role": "collaborator", "identityDescriptor": descriptor })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::feeds) struct WireRetention {
    count_limit: Option<u32>,
    days_to_keep_recently_downloaded_packages: Option<u32>,
}

impl WireRetention {
    /// What is kept; none when no limit is set.
    pub(in crate::feeds) fn read(&self) -> Option<Retention> {
        let count_limit = self.count_limit.filter(|limit| *limit > 0)?;
        Some(Retention {
            count_limit,
            days: self.days_to_keep_recently_downloaded_packages.unwrap_or(0),
        })
    }
}

/// Somebody of the graph.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::feeds) struct WireSubject {
    pub(in crate::feeds) descriptor: String,
    pub(in crate::feeds) mail_address: Option<String>,
    pub(in crate::feeds) principal_name: Option<String>,
}

/// Somebody as permissions name them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::feeds) struct WireIdentity {
    id: String,
    descriptor: Value,
    pub(in crate::feeds) subject_descriptor: Option<String>,
    provider_display_name: Option<String>,
    custom_display_name: Option<String>,
    #[serde(default, deserialize_with = "null_is_empty")]
    is_container: bool,
    #[serde(default, deserialize_with = "null_is_empty")]
    properties: Value,
}

impl WireIdentity {
    pub(in crate::feeds) fn into_identity(self, also: Option<String>) -> Option<Identity> {
        let descriptor = descriptor(&self.descriptor)?;
        let property = |key: &str| {
            let value = self.properties.get(key)?;
            value.get("$value").unwrap_or(value).as_str().map(str::to_owned)
        };
        let kind = match kind_of(&descriptor) {
            IdentityKind::Person if self.is_container => IdentityKind::Group,
            kind => kind,
        };
        Some(Identity {
            name: some_text(self.custom_display_name)
                .or(some_text(self.provider_display_name))
                .unwrap_or_else(|| descriptor.clone()),
            also: some_text(also)
                .or_else(|| some_text(property("Mail")))
                .or_else(|| some_text(property("Account"))),
            id: Some(self.id),
            kind,
            descriptor,
        })
    }
}

/// Work that Azure goes on with by itself.
#[derive(Debug, Deserialize)]
pub(in crate::feeds) struct WireOperation {
    pub(in crate::feeds) url: Option<String>,
    pub(in crate::feeds) status: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_come_as_words_and_as_numbers() {
        let check = |value: Value, expected: Option<Role>| assert_eq!(role(&value), expected, "{value}");
        check("administrator".into(), Some(Role::Owner));
        check("Collaborator".into(), Some(Role::Collaborator));
        check(3.into(), Some(Role::Contributor));
        check("custom".into(), None);
        check(1.into(), None);
        check(Value::Null, None);
    }

    #[test]
    fn descriptors_come_as_text_and_as_objects() {
        let text = "Microsoft.TeamFoundation.ServiceIdentity;c:Build:p";
        assert_eq!(descriptor(&text.into()).as_deref(), Some(text));
        let object =
            json!({"identityType": "Microsoft.TeamFoundation.ServiceIdentity", "identifier": "c:Build:p"});
        assert_eq!(descriptor(&object).as_deref(), Some(text));
        assert_eq!(descriptor(&Value::Null), None);
        assert_eq!(kind_of(text), IdentityKind::BuildService);
        assert_eq!(
            kind_of("Microsoft.TeamFoundation.Identity;S-1-9-1551374245-3"),
            IdentityKind::Group
        );
        assert_eq!(
            kind_of("Microsoft.IdentityModel.Claims.ClaimsIdentity;t\\mira@contoso.com"),
            IdentityKind::Person
        );
    }

    #[test]
    fn a_view_that_nobody_named_default_is_the_one_that_holds_everything() {
        let view = |kind: &str, default: Option<&str>| {
            let json = json!({"id": "V", "name": "x", "type": kind, "visibility": "moonbase"});
            serde_json::from_value::<WireView>(json)
                .unwrap()
                .into_view(default)
        };
        assert!(view("implicit", None).is_default && !view("release", None).is_default);
        assert!(view("release", Some("v")).is_default && !view("implicit", Some("w")).is_default);
        assert_eq!(view("release", None).visibility, Visibility::Unknown);
    }

    #[test]
    fn null_and_words_that_are_not_known_are_no_obstacle() {
        let permission = |json: Value| {
            let read = serde_json::from_value::<WirePermission>(json).unwrap();
            read.into_permission()
        };
        let somebody = "Microsoft.IdentityModel.Claims.ClaimsIdentity;t\\mira@contoso.com";
        let bare = permission(json!({"identityDescriptor": somebody})).unwrap();
        assert_eq!((bare.role, bare.identity.name.as_str()), (None, somebody));
        let null = json!({"identityDescriptor": somebody, "role": null, "identityId": null, "displayName": null,
                          "isInheritedRole": null});
        assert_eq!(permission(null).unwrap(), bare);
        let odd = json!({"identityDescriptor": somebody, "role": "astronaut"});
        assert_eq!(permission(odd).unwrap(), bare);
        assert_eq!(permission(json!({"identityDescriptor": null})), None);

        let view = |json: Value| serde_json::from_value::<WireView>(json).unwrap().into_view(None);
        let bare = view(json!({"id": "V"}));
        assert_eq!((bare.name.as_str(), bare.visibility), ("v", Visibility::Unknown));
        let null = json!({"id": "V", "name": null, "type": null, "visibility": null});
        assert_eq!(view(null), bare);
        assert_eq!(view(json!({"id": "V", "type": "moonbase"})), bare);

        let retention = |json: Value| serde_json::from_value::<WireRetention>(json).unwrap().read();
        assert_eq!(retention(json!({})), None);
        let null = json!({"countLimit": null, "daysToKeepRecentlyDownloadedPackages": null});
        assert_eq!(retention(null), None);

        let who = |json: Value| {
            serde_json::from_value::<WireIdentity>(json)
                .unwrap()
                .into_identity(None)
        };
        let bare = who(json!({"id": "1", "descriptor": somebody})).unwrap();
        let null = json!({"id": "1", "descriptor": somebody, "subjectDescriptor": null, "providerDisplayName": null,
                          "customDisplayName": null, "isContainer": null, "properties": null});
        assert_eq!(who(null).unwrap(), bare);
    }
}
