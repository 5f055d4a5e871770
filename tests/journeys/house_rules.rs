//! The house's rules, held against what cargo says of the workspace and against the sources themselves.
//!
//! **Invariant**: reads only, by the state on disk; every exception stands in a table here, with its reason.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

// The tables below have one row a line: whom it is about, then what is said of it.

/// Who may depend on whom of ours. A package that is missing here has no floor yet.
const FLOORS: &str = "
    credentials
    engine           credentials
    feed-server
    granary          credentials engine feed-server
    granary-desktop  credentials engine feed-server
    journeys
    xtask
";

/// What a package may not even name in its manifest.
const NOT_NAMED: &str = "
    credentials      tauri axum clap toml_edit reqwest
    engine           tauri axum clap
    feed-server      tauri toml_edit keyring keyring-core
    granary          reqwest toml_edit tauri axum
    granary-desktop  reqwest toml_edit axum
";

/// What must not come in by another's hand either: these are built without a window, or must stay tiny.
const NOT_REACHED: &str = "
    credentials  tauri axum toml_edit reqwest
    engine       tauri axum clap feed-server
    feed-server  tauri credentials engine
";

/// The engine's rooms, and what no line in them may name.
const ROOMS: &str = "
    http     std::fs tokio::fs crate::feeds crate::project crate::edit crate::cargo crate::restore
    feeds    std::fs tokio::fs crate::project crate::edit crate::cargo crate::restore
    project  reqwest crate::http crate::feeds crate::edit crate::cargo crate::restore
    edit     reqwest crate::http crate::feeds crate::cargo crate::restore
    cargo    reqwest crate::http crate::feeds crate::project crate::edit crate::restore
    restore  reqwest crate::http crate::feeds crate::edit
";

/// What starts a process.
const STARTS: &str = "Command::new CommandWrap tokio::process process::Command";

/// What writes to the disk.
const WRITES: &str = "
    fs::write( fs::rename( fs::remove_ fs::create_dir fs::copy( fs::hard_link( fs::soft_link( fs::symlink
    set_permissions( set_len( File::create File::options OpenOptions DirBuilder NamedTempFile tempfile:: .persist
";

/// Who writes, by which of these ways, and why.
const WRITERS: &str = "
    crates/credentials/src/local.rs       any   makes the token of the feeds on this computer, once
    crates/engine/src/cargo/provider.rs   any   puts the provider into Granary's own `bin`
    crates/engine/src/edit/apply.rs       any   the only writer of the user's files
    crates/engine/src/engine.rs           fs::copy(   a log goes where the user wants it
    crates/engine/src/remembered.rs       fs::create_dir|File::create   Granary's home, and the lock beside the list
    crates/engine/src/restore/log.rs      any   keeps the logs of runs in Granary's home
    src-tauri/src/logging.rs              any   Granary's own log
";

/// Every file a secret is opened in, how often, and why.
const EXPOSED: &str = "
    crates/cli/src/local_feed.rs                 1   hands the local token to the server it starts
    crates/credentials/src/bin/cargo-credential-granary.rs   1   answers cargo
    crates/credentials/src/secret.rs             1   the one door to the text
    crates/credentials/src/token.rs              1   puts the scheme word before the token
    crates/engine/src/http/send.rs               1   fills the header
    crates/feed-server/src/serving/joining.rs    1   asks the server that runs whether it is of this folder
    src-tauri/src/local_feed.rs                  1   hands the local token to the server it starts
";

/// Words that say nothing, so that names made with them do not either.
const BANNED: &str = "manager service helper util common misc handler processor data";

/// The folders of the product's own Rust.
const PRODUCT: &str =
    "crates/credentials/src/ crates/engine/src/ crates/feed-server/src/ crates/cli/src/ src-tauri/src/";

const THIS_FILE: &str = "tests/journeys/house_rules.rs";

struct Source {
    path: String,
    text: String,
}

impl Source {
    /// Numbered lines that are neither comments nor, in Rust, of the tests at the end.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let text = if self.path.ends_with(".rs") {
            without_tests(&self.text)
        } else {
            &self.text
        };
        numbered(text).filter(|(_, line)| !is_comment(line))
    }

    fn is_below(&self, folders: &str) -> bool {
        folders
            .split_whitespace()
            .any(|folder| self.path.starts_with(folder))
    }

    /// Written to test, rather than to be used.
    fn is_test(&self) -> bool {
        let inside_tests = self.path.starts_with("tests/") || self.path.contains("/tests/");
        inside_tests || self.path.ends_with(".test.ts") || self.path.ends_with("test-setup.ts")
    }

    fn at(&self, line: usize, why: &str) -> String {
        format!("{}:{line}: {why}", self.path)
    }
}

/// The rows of a table, each by its first word.
fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    table.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        Some((words.next()?, words.collect()))
    })
}

/// The first of some words that a line has.
fn one_of(words: &'static str, line: &str) -> Option<&'static str> {
    words.split_whitespace().find(|word| line.contains(word))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(1)
        .map(Path::to_owned)
        .unwrap_or_default()
}

fn said(command: &mut Command) -> Result<String> {
    let output = command
        .current_dir(root())
        .output()
        .with_context(|| format!("{command:?}"))?;
    ensure!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).context("its output is no text")
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// All texts that are, or by their place would be, in the repository.
fn repository() -> Result<Vec<Source>> {
    let listed =
        said(Command::new("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
    let texts = listed.split_terminator('\0').filter_map(|path| {
        // A file that was just removed is still listed; a picture is no text.
        let text = std::fs::read_to_string(root().join(path)).ok()?;
        Some(Source {
            path: path.to_owned(),
            text,
        })
    });
    let texts = texts.collect::<Vec<_>>();
    ensure!(texts.len() > 100, "the repository was not found");
    Ok(texts)
}

/// The texts with one of these endings, without fixtures and without this file, which must name what it forbids.
fn sources(endings: &[&str]) -> Result<Vec<Source>> {
    let mut texts = repository()?;
    texts.retain(|source| {
        endings.iter().any(|ending| source.path.ends_with(ending))
            && !source.path.starts_with("tests/fixtures/")
            && source.path != THIS_FILE
    });
    ensure!(!texts.is_empty(), "there is nothing to look at");
    Ok(texts)
}

fn holds(rule: &str, broken: &[String]) -> Result<()> {
    ensure!(broken.is_empty(), "{rule}\n  {}", broken.join("\n  "));
    Ok(())
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

fn without_tests(text: &str) -> &str {
    text.find("\n#[cfg(test)]\nmod ").map_or(text, |end| &text[..end])
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    ["//", "/*", "* ", "<!--"]
        .iter()
        .any(|begin| line.starts_with(begin))
}

fn is_name(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

/// Whether a line calls something by this name, with or without type arguments.
fn calls(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let after = line[at + name.len()..].trim_start();
        !line[..at].ends_with(is_name) && (after.starts_with('(') || after.starts_with('<'))
    })
}

/// The first colour written out in a line: `#` and 3, 4, 6 or 8 digits, or one of CSS' functions.
fn colour(line: &str) -> Option<String> {
    const FUNCTIONS: &str = "rgb rgba hsl hsla hwb lab lch oklab oklch color";
    let hex = line.match_indices('#').find_map(|(at, _)| {
        let digits = line[at + 1..]
            .chars()
            .take_while(|sign| is_name(*sign))
            .collect::<String>();
        let is_hex =
            digits.chars().all(|sign| sign.is_ascii_hexdigit()) && matches!(digits.len(), 3 | 4 | 6 | 8);
        // `this.#add` is a field and `&#039;` a sign.
        let is_value = !line[..at].ends_with(|sign| is_name(sign) || matches!(sign, '.' | '&' | '{'));
        (is_hex && is_value).then(|| format!("#{digits}"))
    });
    let function = FUNCTIONS.split_whitespace().find(|name| {
        let call = format!("{name}(");
        line.match_indices(&call)
            .any(|(at, _)| !line[..at].ends_with(|sign| is_name(sign) || sign == '-'))
    });
    hex.or_else(|| function.map(|name| format!("{name}(…)")))
}

/// The words a name is made of: `TokenError`, `token_error` and `token-error` alike.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for sign in name.chars() {
        if !sign.is_alphanumeric() || (sign.is_uppercase() && after_small) {
            words.push(String::new());
        }
        if sign.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(sign.to_lowercase());
        }
        after_small = sign.is_lowercase() || sign.is_numeric();
    }
    words
}

fn banned_in(name: &str) -> Option<&'static str> {
    let words = words(name);
    let is_in = |banned: &&str| {
        let mut singular = words.iter().map(|word| word.strip_suffix('s').unwrap_or(word));
        singular.any(|word| word == *banned)
    };
    BANNED.split_whitespace().find(is_in)
}

/// The names a line gives to types, functions and modules.
fn names_given<'l>(line: &'l str, keywords: &str) -> Vec<&'l str> {
    let parts = line
        .split(|sign| !is_name(sign))
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>();
    let given = parts
        .windows(2)
        .filter(|pair| keywords.split(' ').any(|keyword| keyword == pair[0]));
    given.map(|pair| pair[1]).collect()
}

/// A home folder of somebody's machine; `mira` is the developer our recordings tell of.
fn home_folder(line: &str) -> Option<&'static str> {
    let somebodys = |begin: &str| {
        line.match_indices(begin).any(|(at, _)| {
            let rest = &line[at + begin.len()..];
            let user = rest
                .split(|sign: char| !is_name(sign) && sign != '-')
                .next()
                .unwrap_or_default();
            !line[..at].ends_with(is_name) && !user.is_empty() && user != "mira"
        })
    };
    ["/home/", "/Users/", "\\Users\\", "/root/"]
        .into_iter()
        .find(|begin| somebodys(begin))
}

/// What names a registry's machine: put together here, so that this file does not name them either.
fn registry_hosts() -> Vec<String> {
    let parts = "index.|crates.io static.|crates.io registry.|npmjs registry.|yarnpkg registry.|npmmirror \
                 files.|pythonhosted pypi.|org rsproxy.|cn art|ifactory";
    parts
        .split_whitespace()
        .map(|parts| parts.replace('|', ""))
        .collect()
}

fn packages() -> Result<Vec<(String, Vec<String>)>> {
    let metadata = said(cargo().args(["metadata", "--format-version", "1", "--no-deps"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let names = |list: &serde_json::Value| {
        let list = list.as_array().into_iter().flatten();
        list.filter_map(|entry| Some(entry["name"].as_str()?.to_owned()))
            .collect::<Vec<_>>()
    };
    let packages = metadata["packages"].as_array().context("no packages")?;
    let package = |package: &serde_json::Value| {
        Some((
            package["name"].as_str()?.to_owned(),
            names(&package["dependencies"]),
        ))
    };
    Ok(packages.iter().filter_map(package).collect())
}

#[test]
fn arrows_point_down() -> Result<()> {
    let packages = packages()?;
    let ours = packages.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>();
    let mut broken = Vec::new();
    for (name, needs) in &packages {
        let Some((_, below)) = FLOORS.iter().find(|(floor, _)| floor == name) else {
            broken.push(format!("`{name}` has no floor in {THIS_FILE}"));
            continue;
        };
        let ours_above = needs
            .iter()
            .filter(|need| ours.contains(&need.as_str()) && !below.contains(&need.as_str()));
        broken.extend(ours_above.map(|need| format!("`{name}` depends on `{need}`")));
        let not_named = NOT_NAMED
            .iter()
            .filter(|(floor, _)| floor == name)
            .flat_map(|(_, never)| *never);
        let named = not_named.filter(|never| needs.iter().any(|need| need == **never));
        broken.extend(named.map(|never| format!("`{name}` names `{never}`")));
        if name == "xtask" && !needs.is_empty() {
            broken.push(format!("`xtask` needs {needs:?}: it builds on std alone"));
        }
    }
    holds("An arrow may only point down.", &broken)
}

#[test]
fn nothing_comes_in_by_another_hand() -> Result<()> {
    let mut broken = Vec::new();
    for (name, never) in NOT_REACHED {
        let options = [
            "tree",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--frozen",
            "--package",
        ];
        let tree = said(cargo().args(options).arg(name))?;
        let reached = tree
            .lines()
            .filter_map(|line| line.split(' ').next())
            .collect::<Vec<_>>();
        ensure!(reached.contains(name), "cargo tree says nothing of `{name}`");
        let found = never.iter().filter(|never| reached.contains(never));
        broken.extend(
            found.map(|never| {
                format!("`{name}` is built with `{never}`; see `cargo tree -p {name} -i {never}`")
            }),
        );
    }
    holds("A room must not be built with what it may not see.", &broken)
}

#[test]
fn only_the_document_names_toml_edit() -> Result<()> {
    let mut broken = Vec::new();
    for source in sources(&[".rs"])?
        .iter()
        .filter(|source| source.path != "crates/engine/src/edit/document.rs")
    {
        let named = source.code().filter(|(_, line)| line.contains("toml_edit"));
        broken.extend(named.map(|(line, _)| source.at(line, "names `toml_edit`")));
    }
    holds(
        "`crates/engine/src/edit/document.rs` alone names `toml_edit`.",
        &broken,
    )
}

#[test]
fn only_one_file_starts_processes() -> Result<()> {
    let mut broken = Vec::new();
    for source in sources(&[".rs"])? {
        if !source.is_below(PRODUCT) || source.path == "crates/engine/src/cargo/process.rs" {
            continue;
        }
        for (line, text) in source.code() {
            let start = STARTS.iter().find(|start| text.contains(*start));
            broken.extend(start.map(|start| source.at(line, start)));
        }
    }
    holds(
        "`crates/engine/src/cargo/process.rs` alone starts processes.",
        &broken,
    )
}

#[test]
fn only_one_file_of_the_engine_sends() -> Result<()> {
    const TYPES_ONLY: &[&str] = &[
        "use reqwest::Url;",
        "use reqwest::{Method, Url};",
        "use reqwest::Method;",
    ];
    let mut broken = Vec::new();
    for source in sources(&[".rs"])? {
        if !source.is_below(&["crates/engine/src/"]) || source.path == "crates/engine/src/http/send.rs" {
            continue;
        }
        let may_build = source.is_below(&[
            "crates/engine/src/feeds/endpoints.rs",
            "crates/engine/src/feeds/client.rs",
        ]);
        let named = source.code().filter(|(_, line)| line.contains("reqwest"));
        let beyond = named.filter(|(_, line)| !(may_build && TYPES_ONLY.contains(&line.trim())));
        broken.extend(beyond.map(|(line, text)| source.at(line, text.trim())));
    }
    holds(
        "`crates/engine/src/http/send.rs` alone sends; endpoints and the client take the types of a request.",
        &broken,
    )
}

#[test]
fn rooms_of_the_engine_keep_to_themselves() -> Result<()> {
    let sources = sources(&[".rs"])?;
    let mut broken = Vec::new();
    for (room, never) in ROOMS {
        let folder = format!("crates/engine/src/{room}/");
        let inside = sources
            .iter()
            .filter(|source| source.path.starts_with(&folder))
            .collect::<Vec<_>>();
        ensure!(!inside.is_empty(), "there is no room `{room}`");
        for source in inside {
            for (line, text) in source.code() {
                let named = never.iter().find(|never| text.contains(*never));
                broken.extend(named.map(|never| source.at(line, &format!("`{room}` names `{never}`"))));
            }
        }
    }
    holds("A room of the engine sees only the rooms below it.", &broken)
}

#[test]
fn only_named_files_write() -> Result<()> {
    let mut broken = Vec::new();
    for source in sources(&[".rs"])? {
        // The server writes in its own folder, and in nothing else.
        if !source.is_below(PRODUCT) || source.is_below(&["crates/feed-server/"]) {
            continue;
        }
        let writer = WRITERS.iter().find(|(path, ..)| *path == source.path);
        for (line, text) in source.code() {
            let found = WRITES.iter().filter(|way| text.contains(*way));
            let found =
                found.filter(|way| !writer.is_some_and(|(_, ways, _)| ways.is_empty() || ways.contains(way)));
            broken.extend(found.map(|way| source.at(line, &format!("writes by `{way}`"))));
        }
    }
    holds("Files are written where the table of writers says so.", &broken)
}

#[test]
fn secrets_are_opened_where_they_must_be() -> Result<()> {
    let mut found = BTreeMap::new();
    let mut lines = BTreeMap::<String, Vec<String>>::new();
    for source in sources(&[".rs"])?.iter().filter(|source| !source.is_test()) {
        for (line, text) in source.code() {
            let times = text.matches(".expose(").count() + text.matches(".expose_secret(").count();
            if times > 0 {
                *found.entry(source.path.clone()).or_insert(0) += times;
                lines
                    .entry(source.path.clone())
                    .or_default()
                    .push(source.at(line, text.trim()));
            }
        }
    }
    let expected = EXPOSED
        .iter()
        .map(|(path, times, _)| ((*path).to_owned(), *times))
        .collect::<BTreeMap<_, _>>();
    let differing = expected
        .keys()
        .chain(found.keys())
        .filter(|path| expected.get(*path) != found.get(*path));
    let mut broken = differing
        .flat_map(|path| {
            let (known, now) = (expected.get(path).unwrap_or(&0), found.get(path).unwrap_or(&0));
            let head = format!("{path}: {now} times, and the table says {known}");
            std::iter::once(head).chain(lines.get(path).into_iter().flatten().cloned())
        })
        .collect::<Vec<_>>();
    broken.dedup();
    holds("A secret is opened only where the table says why.", &broken)
}

#[test]
fn the_page_reaches_out_by_its_api_alone() -> Result<()> {
    let mut broken = Vec::new();
    for source in sources(&[".ts", ".svelte"])? {
        if !source.is_below(&["ui/src/"]) || source.is_below(&["ui/src/api/"]) || source.is_test() {
            continue;
        }
        for (line, text) in source.code() {
            let called = ["fetch", "invoke", "XMLHttpRequest", "WebSocket", "EventSource"];
            let called = called.into_iter().find(|name| calls(text, name));
            let named = ["@tauri-apps", "http://", "https://"]
                .into_iter()
                .find(|name| text.contains(name));
            broken.extend(called.or(named).map(|what| source.at(line, what)));
        }
    }
    holds(
        "`ui/src/api` alone talks to the shell, and nothing in the page to the network.",
        &broken,
    )
}

#[test]
fn colours_come_from_tokens() -> Result<()> {
    let mut broken = Vec::new();
    for source in sources(&[".css", ".svelte", ".ts"])? {
        if !source.is_below(&["ui/src/"]) || source.is_test() || source.path == "ui/src/styles/tokens.css" {
            continue;
        }
        for (line, text) in source.code() {
            broken.extend(colour(text).map(|found| source.at(line, &found)));
        }
    }
    holds(
        "Colours are written out in `ui/src/styles/tokens.css` alone.",
        &broken,
    )
}

#[test]
fn modules_say_what_they_are_for() -> Result<()> {
    let mute = sources(&[".rs"])?
        .into_iter()
        .filter(|source| !source.text.starts_with("//! "));
    let broken = mute
        .map(|source| source.at(1, "does not open with `//!`"))
        .collect::<Vec<_>>();
    holds("A module opens with what it is for.", &broken)
}

#[test]
fn files_stay_small() -> Result<()> {
    let mut broken = Vec::new();
    for source in sources(&[".rs", ".svelte", ".svelte.ts"])?
        .iter()
        .filter(|source| !source.is_test())
    {
        let (text, most) = match source.path.rsplit_once('.') {
            Some((_, "rs")) => (without_tests(&source.text), 600),
            Some((_, "svelte")) => (source.text.as_str(), 300),
            _ => (source.text.as_str(), 200),
        };
        let lines = text.lines().count();
        if lines > most {
            broken.push(source.at(most, &format!("has {lines} lines of at most {most}")));
        }
    }
    holds("A file that has grown too long is two.", &broken)
}

#[test]
fn commands_decide_nothing() -> Result<()> {
    const LONGEST: usize = 10;
    let mut broken = Vec::new();
    for source in sources(&[".rs"])?
        .iter()
        .filter(|source| source.is_below(&["src-tauri/src/commands/"]))
    {
        let mut begun = None;
        for (line, text) in source.code() {
            if text.starts_with("pub(crate)") || text.starts_with(')') {
                begun = text.ends_with('{').then_some(line);
            }
            if text.starts_with('}')
                && let Some(begun) = begun.take()
                && line - begun - 1 > LONGEST
                && !source.path.ends_with("/mod.rs")
            {
                broken.push(source.at(
                    begun,
                    &format!("has {} lines of at most {LONGEST}", line - begun - 1),
                ));
            }
            if text.trim_start().starts_with("if ") || text.contains(" if ") {
                broken.push(source.at(line, "has an `if`"));
            }
        }
    }
    holds("A command is one call into the engine.", &broken)
}

#[test]
fn names_say_something() -> Result<()> {
    const RUST: &[&str] = &[
        "struct",
        "enum",
        "union",
        "trait",
        "type",
        "fn",
        "mod",
        "macro_rules",
    ];
    const SCRIPT: &[&str] = &["class", "function", "interface", "type", "enum"];
    let mut broken = Vec::new();
    for source in sources(&[".rs", ".ts", ".svelte", ".css", ".toml", ".json", ".md"])? {
        broken.extend(banned_in(&source.path).map(|word| format!("{}: the path has `{word}`", source.path)));
        let keywords = match source.path.rsplit_once('.') {
            Some((_, "rs")) => RUST,
            Some((_, "ts" | "svelte")) => SCRIPT,
            _ => continue,
        };
        for (line, text) in numbered(&source.text).filter(|(_, line)| !is_comment(line)) {
            for name in names_given(text, keywords) {
                broken.extend(banned_in(name).map(|word| source.at(line, &format!("`{name}` has `{word}`"))));
            }
        }
    }
    holds("A name says what the thing is.", &broken)
}

#[test]
fn nothing_is_hidden_from_the_checks() -> Result<()> {
    const RUST: &[&str] = &[
        "#[ignore",
        "thread::sleep",
        "todo!",
        "unimplemented!",
        "allow(dead_code",
        "#[allow(",
        "#![allow(",
    ];
    const SCRIPT: &[&str] = &[
        "@ts-ignore",
        "@ts-nocheck",
        "@ts-expect-error",
        "eslint-disable",
        "svelte-ignore",
        "waitForTimeout",
    ];
    const SCRIPT_TESTS: &[&str] = &[".skip(", ".only(", ".fixme(", ".todo("];
    let mut broken = Vec::new();
    for source in sources(&[".rs", ".ts", ".js", ".svelte"])? {
        let is_script = !source.path.ends_with(".rs");
        let is_spec = source.path.ends_with(".test.ts") || source.path.ends_with(".spec.ts");
        for (line, text) in numbered(&source.text) {
            let found = if is_script { SCRIPT } else { RUST }
                .iter()
                .filter(|found| text.contains(*found));
            let in_specs = SCRIPT_TESTS
                .iter()
                .filter(|found| is_spec && text.contains(*found));
            broken.extend(found.chain(in_specs).map(|found| source.at(line, found)));
            if text.contains("TODO") && !text.contains("issue ") {
                broken.push(source.at(line, "a TODO that names no issue"));
            }
        }
    }
    holds(
        "No test sleeps or is left out, and no check is silenced; `#[expect(…, reason)]` says why.",
        &broken,
    )
}

#[test]
fn no_file_tells_of_a_machine() -> Result<()> {
    let hosts = registry_hosts();
    let here = root().canonicalize()?;
    // A folder right below the root, as `/src`, is in many a path that is not ours.
    let here = (here.components().count() > 2).then(|| here.to_string_lossy().into_owned());
    let mut broken = Vec::new();
    for source in repository()?.iter().filter(|source| source.path != THIS_FILE) {
        for (line, text) in numbered(&source.text) {
            let host = hosts.iter().find(|host| text.contains(*host)).map(String::as_str);
            let path = here
                .as_deref()
                .filter(|here| text.contains(here))
                .or_else(|| home_folder(text));
            broken.extend(host.or(path).map(|found| source.at(line, found)));
        }
    }
    holds(
        "No file names a registry's machine or a folder of somebody's.",
        &broken,
    )
}

#[test]
fn lock_files_hold_on_any_machine() -> Result<()> {
    const CRATES_IO: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    let mut broken = Vec::new();
    for source in repository()? {
        let is_wrong = |line: &str| match source.path.as_str() {
            "Cargo.lock" => line.starts_with("source = ") && line != CRATES_IO,
            path => path.ends_with("package-lock.json") && line.contains("\"resolved\""),
        };
        let wrong = numbered(&source.text).filter(|(_, line)| is_wrong(line));
        broken.extend(wrong.map(|(line, text)| source.at(line, text.trim())));
    }
    holds("A lock file names crates.io or nothing.", &broken)
}

/// Each look at a text, on one that breaks the rule and on one that does not.
#[test]
fn rules_can_be_broken() {
    assert!(calls("await fetch(url)", "fetch") && calls("x = invoke<Feed>(name)", "invoke"));
    assert!(!calls("prefetch(all)", "fetch") && !calls("// to fetch", "fetch"));
    assert_eq!(colour("color: #ffF;").as_deref(), Some("#ffF"));
    assert_eq!(colour("background: rgb(0 0 0);").as_deref(), Some("rgb(…)"));
    for line in [
        "{#each feeds as feed}",
        "this.#add(feed)",
        "color-mix(in srgb, var(--a), var(--b))",
        "href=\"#feeds\"",
    ] {
        assert_eq!(colour(line), None, "{line}");
    }
    assert_eq!(banned_in("FeedManager"), Some("manager"));
    assert_eq!(banned_in("ui/src/api/string-utils.ts"), Some("util"));
    assert_eq!(banned_in("connection_data"), Some("data"));
    assert_eq!(banned_in("publish_metadata"), None);
    assert_eq!(
        names_given("pub(crate) async fn handle(app: &App) {", "fn"),
        ["handle"]
    );
    assert_eq!(without_tests("a\n#[cfg(test)]\nmod tests {}"), "a");
    assert!(is_comment("    // why") && !is_comment("let a = 1; // why"));
    assert!(home_folder("\"/home/somebody/x\"").is_some() && home_folder("C:\\Users\\somebody").is_some());
    assert!(home_folder("/home/mira/src").is_none() && home_folder("at /home/ itself").is_none());
    assert!(registry_hosts().iter().all(|host| host.len() > 6));
}
