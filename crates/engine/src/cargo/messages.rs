//! What the compiler says, as cargo hands it on: a JSON object a line.
//!
//! **Invariant**: pure; a line that is not understood, or tells of something else, is none.

use serde::Deserialize;

/// The argument that has cargo hand it on, drawn as the compiler would draw it for a terminal.
pub const FORMAT: &str = "--message-format=json-diagnostic-rendered-ansi";

/// What the compiler said of the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompilerMessage {
    /// The library, program or test it is about.
    pub target: String,
    /// `error`, `warning`, `note`, `help`, or what an internal error of the compiler is called.
    pub level: String,
    /// Its code, or the lint's name.
    pub code: Option<String>,
    /// Its first line.
    pub message: String,
    /// All of it, as a terminal would show it, with colours.
    pub rendered: String,
    /// File, line and column, both from 1.
    pub place: Option<(String, u32, u32)>,
}

#[derive(Deserialize)]
struct Object {
    reason: String,
    target: Option<Target>,
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct Message {
    level: String,
    message: String,
    code: Option<Code>,
    rendered: Option<String>,
    #[serde(default)]
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    line_start: u32,
    column_start: u32,
    is_primary: bool,
}

/// Reads one line of cargo's output: none where it is no object of cargo's; inside, none where it tells of something else
/// than what the compiler said.
pub fn read_message(line: &str) -> Option<Option<CompilerMessage>> {
    let object: Object = line.starts_with('{').then(|| serde_json::from_str(line).ok())??;
    let message = object.message.filter(|_| object.reason == "compiler-message");
    Some(message.map(|message| {
        let primary = message.spans.iter().find(|span| span.is_primary);
        CompilerMessage {
            target: object.target.map(|target| target.name).unwrap_or_default(),
            level: message.level,
            code: message.code.map(|code| code.code),
            rendered: message.rendered.unwrap_or_else(|| message.message.clone()),
            message: message.message,
            place: primary.map(|span| (span.file_name.clone(), span.line_start, span.column_start)),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_compiler_said_and_nothing_else() {
        let line = r#"{"reason":"compiler-message","package_id":"path+file:///relay#0.1.0","target":{"name":"relay","kind":["bin"]},"message":{"level":"error","message":"mismatched types","code":{"code":"E0308","explanation":null},"rendered":"error[E0308]: mismatched types\n --> src/main.rs:2:18\n","spans":[{"file_name":"src/lib.rs","line_start":9,"column_start":1,"is_primary":false},{"file_name":"src/main.rs","line_start":2,"column_start":18,"is_primary":true}]}}"#;
        let message = read_message(line).unwrap().unwrap();
        assert_eq!(message.place, Some(("src/main.rs".to_owned(), 2, 18)));
        let short = (
            message.target.as_str(),
            message.code.as_deref(),
            message.level.as_str(),
        );
        assert_eq!(short, ("relay", Some("E0308"), "error"));
        assert!(message.rendered.ends_with("2:18\n"));
        let check = |line: &str, is_cargos: bool| {
            let read = read_message(line);
            assert_eq!(read.is_some(), is_cargos, "{line}");
            assert_eq!(read.flatten(), None, "{line}");
        };
        check(r#"{"reason":"build-finished","success":true}"#, true);
        check(
            r#"{"reason":"compiler-artifact","target":{"name":"relay"}}"#,
            true,
        );
        check("{\"a\": 1}", false);
        check("{", false);
        check("said by a build script", false);
    }
}
