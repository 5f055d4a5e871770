//! The operations that the files describe: which one an exchange is, and whether it is as that one has it.
//!
//! **Invariant**: pure; reads nothing but what it is given.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::Verdict;
use super::deviation::Deviation;
use super::exchange::Exchange;
use super::schema::{Direction, Findings, Schemas, text_fits};

/// A file of the description and the host it is about; `None` is a server of one's own.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: &'static str,
    host: Option<&'static str>,
}

const fn file(path: &'static str, host: &'static str) -> File {
    File {
        path,
        host: Some(host),
    }
}

const fn of_server(path: &'static str) -> File {
    File { path, host: None }
}

const FEEDS: &str = "feeds.dev.azure.com";
const PACKAGES: &str = "pkgs.dev.azure.com";
const CORE: &str = "dev.azure.com";
const IDENTITIES: &str = "vssps.dev.azure.com";
const PROFILES: &str = "app.vssps.visualstudio.com";
const SEARCH: &str = "almsearch.dev.azure.com";

/// Every file that is read.
pub(super) const FILES: &[File] = &[
    file("artifacts/7.1/feed.json", FEEDS),
    file("artifacts/7.2/feed.json", FEEDS),
    file("artifactsPackageTypes/7.2/cargoApi-AzureArtifacts.json", PACKAGES),
    file("artifacts/7.1/provenance.json", PACKAGES),
    file("core/7.1/core.json", CORE),
    file("operations/7.1/operations.json", CORE),
    file("profile/7.1/profile.json", PROFILES),
    file("account/7.1/accounts.json", PROFILES),
    file("tokens/7.1/tokens.json", IDENTITIES),
    file("tokens/7.2/tokens.json", IDENTITIES),
    file("ims/7.1/identities.json", IDENTITIES),
    file("graph/7.1/graph.json", IDENTITIES),
    file("tokenAdmin/7.1/tokenAdmin.json", IDENTITIES),
    file("search/7.1/search.json", SEARCH),
    of_server("artifacts/azure-devops-server-7.0/feed-onprem.json"),
    of_server("artifacts/azure-devops-server-7.1/feed-onprem.json"),
    of_server("core/azure-devops-server-7.0/core-onprem.json"),
    of_server("core/azure-devops-server-7.1/core-onprem.json"),
    of_server("ims/azure-devops-server-7.0/identities-onprem.json"),
    of_server("ims/azure-devops-server-7.1/identities-onprem.json"),
];

/// Cargo's batch as it is drawn, and as every other protocol has it.
const BATCH: (&str, &str) = (
    "/_packaging/packaging/feeds/{feedId}/cargo/packagesbatch",
    "/_apis/packaging/feeds/{feedId}/cargo/packagesbatch",
);

/// One method of one path.
#[derive(Debug)]
pub(super) struct Operation {
    file: &'static File,
    method: String,
    path: String,
    /// The version to ask for.
    version: String,
    described: Value,
    schemas: Arc<Schemas>,
    known: BTreeSet<Deviation>,
}

/// An operation that an exchange may be.
#[derive(Debug)]
pub(super) struct Sighting<'o> {
    operation: &'o Operation,
    /// How many segments were fixed: the more, the nearer.
    pub(super) literals: usize,
    captured: Vec<(String, String)>,
    without_project: bool,
}

/// All operations of one file.
pub(super) fn read(file: &'static File, text: &Value, known: Option<Deviation>) -> Vec<Operation> {
    let schemas = Arc::new(Schemas::of(text));
    let mut operations = Vec::new();
    let paths = text["paths"].as_object().into_iter().flatten();
    for (path, methods) in paths {
        for (method, described) in methods.as_object().into_iter().flatten() {
            let mut known = known.into_iter().collect::<BTreeSet<_>>();
            if path.ends_with('?') {
                known.insert(Deviation::DoubledPath);
            }
            let version = described["x-ms-docs-override-version"].as_str();
            let operation = |path: String, known| Operation {
                file,
                method: method.to_uppercase(),
                path,
                version: version.unwrap_or_default().to_owned(),
                described: described.clone(),
                schemas: Arc::clone(&schemas),
                known,
            };
            let path = path.trim_end_matches('?').to_owned();
            if path.ends_with(BATCH.0) {
                let mut known = known.clone();
                known.insert(Deviation::BatchPath);
                operations.push(operation(path.replace(BATCH.0, BATCH.1), known));
            }
            operations.push(operation(path, known));
        }
    }
    operations
}

impl Operation {
    /// Whether an exchange is this operation, by host, method and path.
    pub(super) fn sighting(&self, exchange: &Exchange) -> Option<Sighting<'_>> {
        let host = exchange.host.split(':').next().unwrap_or_default();
        let host = host.to_ascii_lowercase();
        let is_azure = host.ends_with("dev.azure.com") || host.ends_with("visualstudio.com");
        let fits = match self.file.host {
            Some(ours) => !is_azure || ours == host,
            None => !is_azure,
        };
        if !fits || self.method != exchange.method {
            return None;
        }
        let segments = exchange.segments();
        let parts = self.path.split('/').filter(|part| !part.is_empty());
        let whole = parts.clone().collect::<Vec<_>>();
        let short = parts.filter(|part| *part != "{project}").collect::<Vec<_>>();
        let mut forms = vec![(whole.clone(), false)];
        if short.len() < whole.len() {
            forms.push((short, true));
        }
        // A server of one's own has a folder before the collection, unless that was taken away.
        let in_folder = !is_azure
            && segments
                .first()
                .is_some_and(|first| first.eq_ignore_ascii_case("tfs"));
        let skipped: &[usize] = if in_folder { &[1, 0] } else { &[0] };
        for &skip in skipped {
            for (parts, without_project) in &forms {
                let segments = segments.get(skip..).unwrap_or_default();
                if let Some((literals, captured)) = capture(parts, segments) {
                    return Some(Sighting {
                        operation: self,
                        literals,
                        captured,
                        without_project: *without_project,
                    });
                }
            }
        }
        None
    }

    fn declared(&self) -> impl Iterator<Item = &Value> {
        let parameters = self.described["parameters"].as_array();
        parameters.into_iter().flatten()
    }

    /// Whether a client may ask for this operation by that version, and how far that is as described.
    fn accepts(&self, version: &str) -> Option<Option<Deviation>> {
        if version == self.version {
            return Some(None);
        }
        let is_preview = version
            .strip_prefix(&self.version)
            .is_some_and(|suffix| suffix.starts_with("-preview"));
        is_preview.then_some(Some(Deviation::PreviewOfReleased))
    }
}

impl Sighting<'_> {
    /// Whether the version fits, and what is to be said of the exchange.
    pub(super) fn judge(self, exchange: &Exchange) -> (bool, Verdict) {
        let operation = self.operation;
        let mut findings = Findings::default();
        findings.deviations.extend(&operation.known);
        if self.without_project {
            findings.deviations.insert(Deviation::NoProject);
        }
        let parameters = exchange.parameters();
        let version = parameters.iter().find(|(name, _)| name == "api-version");
        let accepted = version.and_then(|(_, version)| operation.accepts(version));
        match accepted {
            Some(deviation) => findings.deviations.extend(deviation),
            None => findings.wrong.push(format!(
                "api-version is `{}`, and `{}` has `{}`",
                version.map_or("missing", |(_, version)| version),
                operation.file.path,
                operation.version
            )),
        }
        // What the server refuses as a bad request, it found wrong itself.
        if exchange.status != 400 {
            self.judge_parameters(&parameters, &mut findings);
            self.judge_request(exchange, &mut findings);
        }
        self.judge_answer(exchange, &mut findings);
        let verdict = match findings.wrong.is_empty() {
            true => Verdict::AsDescribed {
                route: format!("{} {}", operation.file.path, operation.path),
                deviations: findings.deviations,
            },
            false => Verdict::Wrong(findings.wrong),
        };
        (accepted.is_some(), verdict)
    }

    fn judge_parameters(&self, sent: &[(String, String)], findings: &mut Findings) {
        let in_query = |declared: &&Value| declared["in"] == "query";
        for (name, value) in sent.iter().filter(|(name, _)| name != "api-version") {
            let declared = self.operation.declared().filter(in_query);
            match declared
                .into_iter()
                .find(|declared| declared["name"] == name.as_str())
            {
                None => findings
                    .wrong
                    .push(format!("the parameter `{name}` is not declared")),
                Some(declared) if !text_fits(declared, value) => findings
                    .wrong
                    .push(format!("the parameter `{name}` cannot be `{value}`")),
                Some(_) => {}
            }
        }
        for declared in self.operation.declared() {
            let name = declared["name"].as_str().unwrap_or_default();
            let required = declared["required"] == true;
            if declared["in"] == "query" && required && !sent.iter().any(|(sent, _)| sent == name) {
                findings.wrong.push(format!("the parameter `{name}` is missing"));
            }
            let value = self.captured.iter().find(|(captured, _)| captured == name);
            if let Some((_, value)) =
                value.filter(|(_, value)| declared["in"] == "path" && !text_fits(declared, value))
            {
                findings
                    .wrong
                    .push(format!("`{value}` cannot be the `{name}` of a path"));
            }
        }
    }

    fn judge_request(&self, exchange: &Exchange, findings: &mut Findings) {
        let declared = self
            .operation
            .declared()
            .find(|declared| declared["in"] == "body");
        match (declared, &exchange.request_body) {
            (None, None) => {}
            (None, Some(_)) => findings
                .wrong
                .push("a body was sent, and none is declared".to_owned()),
            (Some(declared), None) => {
                if declared["required"] == true {
                    findings
                        .wrong
                        .push("no body was sent, and one is required".to_owned());
                }
            }
            (Some(declared), Some(body)) => {
                let schemas = &self.operation.schemas;
                schemas.check(&declared["schema"], body, "request", Direction::Request, findings);
            }
        }
    }

    fn judge_answer(&self, exchange: &Exchange, findings: &mut Findings) {
        if !exchange.is_success() {
            judge_refusal(exchange, findings);
            return;
        }
        let status = exchange.status.to_string();
        let Some(answer) = self.operation.described["responses"].get(&status) else {
            findings
                .wrong
                .push(format!("the status {status} is not described"));
            return;
        };
        let schema = &answer["schema"];
        if let Some(kinds) = self.kinds_without_json() {
            let kind = exchange.content_type.as_deref().unwrap_or_default();
            if !kinds.iter().any(|known| kind.starts_with(known)) {
                findings
                    .wrong
                    .push(format!("the answer is `{kind}` and not {}", kinds.join(" or ")));
            }
            return;
        }
        let Some(body) = &exchange.response_body else {
            if !schema.is_null() {
                findings
                    .wrong
                    .push("the answer has no JSON, and it should".to_owned());
            }
            return;
        };
        let kind = exchange.content_type.as_deref().unwrap_or_default();
        if !kind.starts_with("application/json") {
            findings
                .wrong
                .push(format!("the answer is JSON and says it is `{kind}`"));
        }
        if schema.is_null() {
            findings
                .wrong
                .push("the answer has a body, and none is described".to_owned());
        } else if schema["type"] == "array" {
            self.judge_list(schema, body, findings);
        } else {
            let schemas = &self.operation.schemas;
            schemas.check(schema, body, "answer", Direction::Answer, findings);
        }
    }

    /// The kinds an answer may be of, where none is JSON: a picture.
    fn kinds_without_json(&self) -> Option<Vec<&str>> {
        let kinds = self.operation.described["produces"].as_array()?;
        let kinds = kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>();
        (!kinds.is_empty() && !kinds.iter().any(|kind| kind.contains("json"))).then_some(kinds)
    }

    fn judge_list(&self, schema: &Value, body: &Value, findings: &mut Findings) {
        let fields = body.as_object();
        let items = body["value"].as_array();
        let (Some(fields), Some(items)) = (fields, items) else {
            findings
                .wrong
                .push("the list is not wrapped in `count` and `value`".to_owned());
            return;
        };
        findings.deviations.insert(Deviation::WrappedList);
        if body["count"] != items.len() {
            findings
                .wrong
                .push(format!("`count` is {}, and {} came", body["count"], items.len()));
        }
        let more = fields
            .keys()
            .filter(|field| !["count", "value"].contains(&field.as_str()));
        findings
            .wrong
            .extend(more.map(|field| format!("answer.{field} is unknown")));
        let schemas = &self.operation.schemas;
        schemas.check(
            schema,
            &body["value"],
            "answer.value",
            Direction::Answer,
            findings,
        );
    }
}

/// The one shape in which a refusal tells its reason; a page of HTML or plain text is left to whoever reads it.
fn judge_refusal(exchange: &Exchange, findings: &mut Findings) {
    if let Some(body) = &exchange.response_body
        && !(body["message"].is_string() && body["typeKey"].is_string())
    {
        findings
            .wrong
            .push("the refusal has no `message` and `typeKey`".to_owned());
    }
}

/// Matches segments, whatever their capitals, and gives what the braces caught.
fn capture(parts: &[&str], segments: &[String]) -> Option<(usize, Vec<(String, String)>)> {
    if parts.len() != segments.len() {
        return None;
    }
    let (mut literals, mut captured) = (0, Vec::new());
    for (part, segment) in parts.iter().zip(segments) {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => captured.push((name.to_owned(), segment.clone())),
            None if part.eq_ignore_ascii_case(segment) => literals += 1,
            None => return None,
        }
    }
    Some((literals, captured))
}
