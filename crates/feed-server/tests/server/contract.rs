//! What we say, held against Microsoft's own description of it. The description is read where it lies, beside the
//! repository; where it is absent, a line says that nothing was compared.

use std::fs;
use std::path::{Path, PathBuf};

use reqwest::StatusCode;
use serde_json::Value;

use crate::crates_io::CratesIo;
use crate::test_server::TestServer;

fn description(file: &str) -> Option<Value> {
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = std::env::var_os("GRANARY_AZURE_SPECS").filter(|folder| !folder.is_empty());
    let folder = folder.map_or_else(|| root.join("../shared/azure/specs"), PathBuf::from);
    let path = folder.join(file);
    match fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap()),
        Err(_) => {
            #[expect(clippy::print_stderr, reason = "a test that compares nothing has to say so")]
            {
                eprintln!("skipped: no `{file}` beside the repository to compare with");
            }
            None
        }
    }
}

/// Fields that are on the wire although the description leaves them out or draws them otherwise.
const EXCEPTIONS: [&str; 1] = ["_links"];

struct Contract<'a> {
    definitions: &'a Value,
    wrong: Vec<String>,
}

impl Contract<'_> {
    fn check(&mut self, schema: &Value, value: &Value, place: &str) {
        if value.is_null() {
            return;
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap();
            // The description points into another file; what is there is compared where it lies.
            let Some(definition) = self.definitions.get(name) else {
                return;
            };
            return self.check(&definition.clone(), value, place);
        }
        let good = match schema["type"].as_str() {
            Some("string") => {
                let allowed = schema["enum"].as_array();
                value.is_string() && allowed.is_none_or(|allowed| allowed.contains(value))
            }
            Some("boolean") => value.is_boolean(),
            Some("integer" | "number") => value.is_number(),
            Some("array") => value.is_array(),
            _ => true,
        };
        if !good {
            self.wrong.push(format!("{place}: {value}"));
        }
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.check(&schema["items"].clone(), item, &format!("{place}[{index}]"));
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    if EXCEPTIONS.contains(&name.as_str()) {
                        continue;
                    }
                    match self.property(schema, name) {
                        Some(property) => self.check(&property, field, &format!("{place}.{name}")),
                        None => self.wrong.push(format!("{place}.{name} is unknown")),
                    }
                }
            }
            _ => {}
        }
    }

    fn property(&self, schema: &Value, name: &str) -> Option<Value> {
        if let Some(property) = schema["properties"].get(name) {
            return Some(property.clone());
        }
        schema["allOf"].as_array()?.iter().find_map(|base| {
            let base = base["$ref"].as_str()?.rsplit('/').next()?;
            self.property(self.definitions.get(base)?, name)
        })
    }
}

fn check(description: &Value, definition: &str, values: &Value) {
    let mut contract = Contract {
        definitions: &description["definitions"],
        wrong: Vec::new(),
    };
    let values = values["value"]
        .as_array()
        .cloned()
        .unwrap_or_else(|| vec![values.clone()]);
    assert!(!values.is_empty(), "nothing to compare with `{definition}`");
    for value in &values {
        contract.check(&description["definitions"][definition].clone(), value, definition);
    }
    assert!(contract.wrong.is_empty(), "{:#?}", contract.wrong);
}

#[tokio::test]
async fn feeds_and_packages_are_as_described() {
    let Some(description) = description("artifacts/7.1/feed.json") else {
        return;
    };
    let crates_io = CratesIo::start().await;
    crates_io.add("up/cr/upcrate", "upcrate", "1.0.0");
    let server = TestServer::start_with(Some(crates_io.index()), |_| {}).await;
    server.feed("f", true).await;
    server.published("f", "ours", "1.0.0").await;
    assert_eq!(server.download("f", "upcrate", "1.0.0").await.0, StatusCode::OK);
    let feeds = "/local/main/_apis/packaging/feeds";
    check(&description, "Feed", &server.get(feeds).await);
    check(
        &description,
        "Feed",
        &server.get(&format!("{feeds}/f@Local")).await,
    );
    let packages = server
        .get(&format!(
            "{feeds}/f/packages?includeAllVersions=true&includeDescription=true"
        ))
        .await;
    check(&description, "Package", &packages);
    for package in packages["value"].as_array().unwrap() {
        let path = format!("{feeds}/f/packages/{}/versions", package["id"].as_str().unwrap());
        check(&description, "PackageVersion", &server.get(&path).await);
    }
}

#[tokio::test]
async fn projects_are_as_described() {
    let Some(description) = description("core/7.1/core.json") else {
        return;
    };
    let server = TestServer::start().await;
    check(
        &description,
        "TeamProjectReference",
        &server.get("/local/_apis/projects").await,
    );
}
