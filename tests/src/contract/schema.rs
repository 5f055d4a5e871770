//! Values held against the schemas of a file, field by field.
//!
//! Written out rather than given to a program for JSON schemas: OpenAPI 2.0 is another dialect, fields inherited by
//! `allOf` have to count as known while all others are faults, and each deviation has to be seen where it happens.
//!
//! **Invariant**: what is unknown is a fault, never skipped.

use std::collections::BTreeSet;

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::deviation::{Deviation, UNDRAWN, UNLISTED};

/// Which way a value travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Request,
    Answer,
}

/// What a look found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) wrong: Vec<String>,
    pub(super) deviations: BTreeSet<Deviation>,
}

/// The definitions of a file.
#[derive(Debug)]
pub(super) struct Schemas {
    definitions: Value,
}

impl Schemas {
    pub(super) fn of(file: &Value) -> Self {
        Self {
            definitions: file["definitions"].clone(),
        }
    }

    /// Holds a value against a schema.
    pub(super) fn check(
        &self,
        schema: &Value,
        value: &Value,
        place: &str,
        direction: Direction,
        findings: &mut Findings,
    ) {
        let look = Look {
            schemas: self,
            direction,
            definition: "",
        };
        look.value(schema, value, place, findings);
    }

    /// The definition a reference names.
    fn named(&self, reference: &str) -> Option<(&str, &Value)> {
        let name = reference.strip_prefix("#/definitions/")?;
        let (name, definition) = self.definitions.as_object()?.get_key_value(name)?;
        Some((name, definition))
    }

    /// The schema of a field, its own or inherited, with the definition that has it.
    fn field<'s>(
        &'s self,
        definition: &'s str,
        schema: &'s Value,
        name: &str,
    ) -> Option<(&'s str, &'s Value)> {
        if let Some(field) = schema["properties"].get(name) {
            return Some((definition, field));
        }
        self.bases(schema)
            .find_map(|(base, schema)| self.field(base, schema, name))
    }

    fn bases<'s>(&'s self, schema: &'s Value) -> impl Iterator<Item = (&'s str, &'s Value)> {
        let all = schema["allOf"].as_array().into_iter().flatten();
        all.filter_map(|base| self.named(base["$ref"].as_str()?))
    }

    /// Whether any field is named at all; where none is, an object holds what it likes.
    fn names_fields(&self, schema: &Value) -> bool {
        let own = schema["properties"]
            .as_object()
            .is_some_and(|fields| !fields.is_empty());
        own || self.bases(schema).any(|(_, base)| self.names_fields(base))
    }

    fn required<'s>(&'s self, schema: &'s Value) -> Vec<&'s str> {
        let own = schema["required"].as_array().into_iter().flatten();
        let inherited = self.bases(schema).flat_map(|(_, base)| self.required(base));
        own.filter_map(Value::as_str).chain(inherited).collect()
    }
}

struct Look<'s> {
    schemas: &'s Schemas,
    direction: Direction,
    /// The definition whose fields are looked at.
    definition: &'s str,
}

impl<'s> Look<'s> {
    fn value(&self, schema: &'s Value, value: &Value, place: &str, findings: &mut Findings) {
        if let Some(reference) = schema["$ref"].as_str() {
            match self.schemas.named(reference) {
                Some((name, definition)) => self.defined(name, definition, value, place, findings),
                None => findings.wrong.push(format!("{place}: `{reference}` is nowhere")),
            }
            return;
        }
        if let Some(allowed) = schema["enum"].as_array() {
            if !allowed.contains(value) && !self.is_unlisted(value, place, findings) {
                findings.wrong.push(format!("{place} cannot be {value}"));
            }
            return;
        }
        match (schema["type"].as_str(), value) {
            (Some("array"), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(&schema["items"], item, &format!("{place}[{index}]"), findings);
                }
            }
            (Some("object") | None, Value::Object(_)) => self.object(schema, value, place, findings),
            (Some("string"), Value::String(text)) => {
                if !text_fits(schema, text) {
                    let format = schema["format"].as_str().unwrap_or("string");
                    findings.wrong.push(format!("{place} is no {format}: {value}"));
                }
            }
            (Some("boolean"), Value::Bool(_)) => {}
            (Some("integer"), Value::Number(number)) if number.is_i64() || number.is_u64() => {}
            (Some("number"), Value::Number(_)) => {}
            (kind, _) => {
                let kind = kind.unwrap_or("object");
                findings.wrong.push(format!("{place} is no {kind}: {value}"));
            }
        }
    }

    /// A value of a named definition; here are the deviations that belong to a definition.
    fn defined(&self, name: &'s str, schema: &'s Value, value: &Value, place: &str, findings: &mut Findings) {
        let inside = Look {
            definition: name,
            ..*self
        };
        match name {
            "ReferenceLinks" => {
                findings.deviations.insert(Deviation::FlatLinks);
                flat_links(value, place, findings);
            }
            "IdentityDescriptor" if value.is_string() => {
                findings.deviations.insert(Deviation::DescriptorIsText);
                if !value.as_str().is_some_and(|text| text.contains(';')) {
                    findings.wrong.push(format!("{place} is no descriptor: {value}"));
                }
            }
            "IdentityDescriptor" if self.direction == Direction::Request => {
                findings
                    .wrong
                    .push(format!("{place} is sent as an object: {value}"));
            }
            _ => match list_in_disguise(schema) {
                Some(list) => {
                    findings.deviations.insert(Deviation::PatchIsList);
                    inside.value(list, value, place, findings);
                }
                None => inside.value(schema, value, place, findings),
            },
        }
    }

    fn object(&self, schema: &'s Value, value: &Value, place: &str, findings: &mut Findings) {
        let fields = value.as_object().into_iter().flatten();
        let free = !self.schemas.names_fields(schema);
        for (name, field) in fields {
            let place = format!("{place}.{name}");
            match self.schemas.field(self.definition, schema, name) {
                Some((definition, described)) => {
                    let inside = Look { definition, ..*self };
                    inside.field(schema, described, name, field, &place, findings);
                }
                None if free => self.free(schema, field, &place, findings),
                None if UNDRAWN.contains(&(self.definition, name.as_str())) => {
                    findings.deviations.insert(Deviation::UndrawnField);
                }
                None => findings.wrong.push(format!("{place} is unknown")),
            }
        }
        let missing = self.schemas.required(schema).into_iter();
        for name in missing.filter(|name| value.get(name).is_none()) {
            findings.wrong.push(format!("{place}.{name} is missing"));
        }
    }

    fn field(
        &self,
        schema: &'s Value,
        described: &'s Value,
        name: &str,
        field: &Value,
        place: &str,
        findings: &mut Findings,
    ) {
        if self.direction == Direction::Request && described["readOnly"] == true {
            findings.wrong.push(format!("{place} is only for reading"));
        }
        if self.definition == "JsonPatchOperation" && name == "value" {
            findings.deviations.insert(Deviation::AnyPatchValue);
        } else if !field.is_null() {
            self.value(described, field, place, findings);
        } else if self.schemas.required(schema).contains(&name) {
            findings.wrong.push(format!("{place} is null"));
        } else {
            findings.deviations.insert(Deviation::NullOrUnlisted);
        }
    }

    /// A field of an object that names none: anything, unless the schema says of what kind all are.
    fn free(&self, schema: &'s Value, field: &Value, place: &str, findings: &mut Findings) {
        let all = &schema["additionalProperties"];
        if all.is_object() {
            self.value(all, field, place, findings);
        }
    }

    fn is_unlisted(&self, value: &Value, place: &str, findings: &mut Findings) -> bool {
        let name = place.rsplit('.').next().unwrap_or_default();
        let known = UNLISTED.iter().any(|(definition, field, unlisted)| {
            *definition == self.definition && *field == name && value == unlisted
        });
        if known {
            findings.deviations.insert(Deviation::NullOrUnlisted);
        }
        known
    }
}

/// Names, each with an address.
fn flat_links(value: &Value, place: &str, findings: &mut Findings) {
    let Some(links) = value.as_object() else {
        findings.wrong.push(format!("{place} holds no links: {value}"));
        return;
    };
    for (name, link) in links {
        let only_href = link.as_object().is_some_and(|link| link.len() == 1);
        if !only_href || !link["href"].is_string() {
            findings
                .wrong
                .push(format!("{place}.{name} has no address: {link}"));
        }
    }
}

/// The list that a definition is, although it calls itself an object.
fn list_in_disguise(schema: &Value) -> Option<&Value> {
    let all = schema["allOf"].as_array()?;
    let list = all
        .first()
        .filter(|first| all.len() == 1 && first["type"] == "array");
    list.filter(|_| {
        schema["properties"]
            .as_object()
            .is_none_or(serde_json::Map::is_empty)
    })
}

/// Whether a text, of a body or a path or a query, is of the type and format that a schema wants.
pub(super) fn text_fits(schema: &Value, text: &str) -> bool {
    if let Some(allowed) = schema["enum"].as_array() {
        return allowed.iter().any(|allowed| allowed == text);
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("boolean"), _) => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"),
        (Some("integer"), _) => text.parse::<i64>().is_ok(),
        (Some("number"), _) => text.parse::<f64>().is_ok(),
        (_, Some("uuid")) => is_uuid(text),
        (_, Some("date-time")) => OffsetDateTime::parse(text, &Rfc3339).is_ok(),
        _ => true,
    }
}

fn is_uuid(text: &str) -> bool {
    let groups = text.split('-').map(str::len).collect::<Vec<_>>();
    groups == [8, 4, 4, 4, 12] && text.chars().all(|sign| sign == '-' || sign.is_ascii_hexdigit())
}
