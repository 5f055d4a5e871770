//! What one may send to somebody who can help.
//!
//! **Invariant**: no token in a form that is known, and neither the user's name nor the computer's, as far as the environment has them.

use regex_lite::Regex;

use super::output::plain;
use super::{Check, Evidence, Verdict};
use crate::project::{Project, Setting, SettingOrigin};

/// The lines of output that are kept: the last ones, where the failure stands.
const MOST_LINES: usize = 200;

/// What is taken out of any text, and what stands there instead.
const HIDDEN: &[(&str, &str)] = &[
    (r"(?i)\b(authorization\W{1,4})[^\n]+", "$1…"),
    (
        r"(?i)\b(basic|bearer)\s+[A-Za-z0-9+/=_.~-]{4,}(?:\s[A-Za-z0-9+/=]{8,})*",
        "$1 …",
    ),
    (r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)*", "…"),
    (
        r#"(?i)((?:token|secret|password|secret-key)"?\s*[=:]\s*)"?[^\s,;&"}]+"?"#,
        "$1…",
    ),
    (
        r"(?i)(--?(?:token|password)\s+|cargo login\s+(?:--registry\s+\S+\s+)?)[^\s-]\S*",
        "$1…",
    ),
    (r"://[^/\s@]+@", "://…@"),
    (r"\b[\w.%+-]+:[^\s/@:]+@", "…@"),
    (r"(https?://[^\s?`']+)\?[^\s`']+", "$1?…"),
    (
        r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b",
        "…@…",
    ),
    (r"\b[A-Za-z0-9+/_=-]{41,}", "…"),
];

/// What is known of the computer, so that it can be taken out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Personal {
    /// Folders, and what they are called instead; the longest first.
    pub(crate) folders: Vec<(String, &'static str)>,
    /// Names of the user and of the computer.
    pub(crate) names: Vec<String>,
}

impl Personal {
    /// A text without what is nobody else's to know.
    pub(crate) fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (folder, shown) in self.folders.iter().filter(|(folder, _)| folder.len() > 1) {
            // Only whole names: `/src/relay` is not the beginning of `/src/relays`.
            if let Ok(whole) = Regex::new(&format!(r"{}\b", regex_lite::escape(folder))) {
                text = whole.replace_all(&text, *shown).into_owned();
            }
        }
        for (pattern, instead) in HIDDEN {
            if let Ok(pattern) = Regex::new(pattern) {
                text = pattern.replace_all(&text, *instead).into_owned();
            }
        }
        for name in self.names.iter().filter(|name| name.len() > 2) {
            if let Ok(whole) = Regex::new(&format!(r"\b{}\b", regex_lite::escape(name))) {
                text = whole.replace_all(&text, "…").into_owned();
            }
        }
        text
    }
}

/// What a report is made of.
#[derive(Debug)]
pub(crate) struct Report<'r> {
    /// The project; why it could not be read, where it could not.
    pub(crate) project: Result<&'r Project, &'r str>,
    pub(crate) checks: &'r [Check],
    pub(crate) cause: Option<&'r Check>,
    /// Cargo's own.
    pub(crate) output: &'r str,
}

impl Report<'_> {
    /// The report, whole.
    pub(crate) fn text(&self, personal: &Personal) -> String {
        let (version, system) = (env!("CARGO_PKG_VERSION"), std::env::consts::OS);
        let cause = self.cause.map_or("not known".to_owned(), one);
        let told = self.checks.iter().filter(|check| check.verdict != Verdict::Ok);
        let output = plain(self.output);
        let lines = output.lines().collect::<Vec<_>>();
        let lines = &lines[lines.len().saturating_sub(MOST_LINES)..];
        let parts = [
            format!("Granary {version} on {system}\n{}", self.of_project()),
            format!("Cause: {cause}"),
            listed("Checks", told.map(one)),
            listed("Output", lines.iter().map(|line| (*line).to_owned())),
        ];
        personal.redact(&parts.join("\n\n"))
    }

    fn of_project(&self) -> String {
        let project = match self.project {
            Ok(project) => project,
            Err(why) => return format!("The project cannot be read: {why}"),
        };
        let version = project.cargo_version.as_deref().unwrap_or("unknown");
        let locked = project.locked.as_ref().map_or(0, Vec::len);
        let setting = |setting: &Setting| {
            let value = setting.value.as_ref().map(serde_json::to_string);
            let value = value.and_then(Result::ok);
            let value = value.unwrap_or_else(|| "(a secret)".to_owned());
            format!("{} = {value}  {}", setting.key, place(&setting.origin))
        };
        let config = listed("Config", project.settings.iter().map(setting));
        format!(
            "cargo {version}, {} members, {locked} locked\n\n{config}",
            project.members.len()
        )
    }
}

fn listed(head: &str, lines: impl Iterator<Item = String>) -> String {
    let lines = lines.map(|line| format!("\n  {line}"));
    format!("{head}{}", lines.collect::<String>())
}

fn one(check: &Check) -> String {
    let verdict = check.verdict.word();
    let evidence = check.evidence.iter().map(seen).collect::<Vec<_>>().join("; ");
    let evidence = if evidence.is_empty() {
        evidence
    } else {
        format!(" ({evidence})")
    };
    format!("{verdict} {}: {}{evidence}", check.id, check.words)
}

fn seen(evidence: &Evidence) -> String {
    match evidence {
        Evidence::File { display, line, .. } => {
            format!(
                "{display}{}",
                line.map(|line| format!(":{line}")).unwrap_or_default()
            )
        }
        Evidence::Variable { name } => format!("${name}"),
        Evidence::Request { asked, status, .. } => {
            let status = status.map_or("no answer".to_owned(), |status| status.to_string());
            format!("{asked}: {status}")
        }
        Evidence::Catalogue { feed, .. } => format!("what is kept of {feed}"),
        Evidence::Account { id } => format!("account {id}"),
        Evidence::Said { line } => line.clone(),
    }
}

fn place(origin: &SettingOrigin) -> String {
    match origin {
        SettingOrigin::File { display, line, .. } => format!("({display}:{line})"),
        SettingOrigin::Variable { name } => format!("(${name})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nobody_elses_to_know_is_taken_out() {
        let personal = Personal {
            folders: vec![
                ("/home/mira".to_owned(), "~"),
                ("/src/relay".to_owned(), "PROJECT"),
            ],
            names: vec!["mira".to_owned(), "tower7".to_owned(), "a".to_owned()],
        };
        let check = |text: &str, expected: &str| assert_eq!(personal.redact(text), expected);
        check("at /home/mira/src/x", "at ~/src/x");
        check("Authorization: UEFUOnNlY3JldA==", "Authorization: …");
        check("sent Basic UEFUOnNlY3JldA== UEFUOnNl", "sent Basic …");
        check(
            "{\"access_token\":\"x\", \"a\": 1}",
            "{\"access_token\":…, \"a\": 1}",
        );
        check("cargo login --registry a abc", "cargo login --registry a …");
        check(
            "please run `cargo login --registry a`",
            "please run `cargo login --registry a`",
        );
        check("proxy u:p!w@proxy:8080", "proxy …@proxy:8080");
        check(
            "at /src/relay/a, not /src/relays",
            "at PROJECT/a, not /src/relays",
        );
        check("bearer eyJhbGciOi.eyJzdWIi.c2ln", "bearer …");
        check("got eyJhbGciOiJIUzI1NiJ9.e30.abc here", "got … here");
        check("https://user:pass@host/x", "https://…@host/x");
        check(
            "GET https://blob/x.crate?sv=1&sig=abc end",
            "GET https://blob/x.crate?… end",
        );
        check("CARGO_REGISTRIES_X_TOKEN=abc", "CARGO_REGISTRIES_X_TOKEN=…");
        check("mail mira.lindqvist@contoso.com now", "mail …@… now");
        check("on tower7 as mira, admiral", "on … as …, admiral");
        let pat = "a".repeat(52);
        check(&format!("pat {pat}."), "pat ….");
        check(
            "serde v1.0.228 (registry `upstream`)",
            "serde v1.0.228 (registry `upstream`)",
        );
    }
}
