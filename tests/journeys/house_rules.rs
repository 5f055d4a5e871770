//! The house's rules, held against what cargo says of the workspace and against the sources themselves.
//!
//! **Invariant**: reads only, by the state on disk; every exception stands in a table here, with its reason.

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
    journeys         feed-server
    xtask
";

/// What a package may not even name in its manifest.
const NOT_NAMED: &str = "
    credentials      tauri axum clap toml_edit
    engine           tauri axum clap
    feed-server      tauri toml_edit keyring keyring-core
    granary          reqwest toml_edit tauri axum
    granary-desktop  reqwest toml_edit axum
";

/// What must not come in by another's hand either: these are built without a window, or must stay tiny.
const NOT_REACHED: &str = "
    credentials  tauri axum toml_edit
    engine       tauri axum clap feed-server
    feed-server  tauri credentials engine
";

/// The engine's rooms, and what no line in them may name.
const ROOMS: &str = "
    accounts std::fs tokio::fs crate::project crate::cargo crate::restore
    http     std::fs tokio::fs crate::feeds crate::project crate::edit crate::cargo crate::restore
    feeds    std::fs tokio::fs crate::project crate::edit crate::cargo crate::restore crate::catalog
    registry std::fs tokio::fs crate::project crate::edit crate::cargo crate::restore crate::catalog
    catalog  std::fs tokio::fs reqwest crate::edit crate::cargo crate::restore
    checks   std::fs tokio::fs reqwest crate::edit crate::cargo crate::restore
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
    crates/credentials/src/file.rs        any   replaces Granary's own files whole, for their owner alone
    crates/credentials/src/lock.rs        File::options   the lock that renewals take
    crates/engine/src/cargo/provider.rs   any   puts the provider into Granary's own `bin`
    crates/engine/src/edit/apply.rs       any   the only writer of the user's files
    crates/engine/src/engine/runs.rs          fs::copy(|fs::write(   a log or a timeline goes where the user wants it
    crates/engine/src/remembered.rs       fs::create_dir|File::create   Granary's home, and the lock beside the list
    crates/engine/src/restore/cache/lock.rs   fs::create_dir|File::options   cargo's own lock, taken as cargo takes it
    crates/engine/src/restore/cache/place.rs  any   puts index files and crates into cargo's cache
    crates/engine/src/restore/cache/unpack.rs fs::create_dir|fs::write(   unpacks crates in cargo's cache
    crates/engine/src/restore/history.rs  File::create|fs::remove_|fs::rename(|fs::write(   keeps records, marks runs that go on, and lets go of old ones
    crates/engine/src/restore/log/mod.rs  any   keeps the logs of runs in Granary's home
    crates/engine/src/autostart.rs          fs::remove_   takes away the file that kept the feeds served
    src-tauri/src/logging.rs              any   Granary's own log
";

/// Every file a secret is opened in, how often, and why.
const EXPOSED: &str = "
    crates/cli/src/local_feed.rs                 1   hands the local token to the server it starts
    crates/credentials/src/bin/cargo-credential-granary.rs   2   answers cargo, takes what cargo login was given
    crates/credentials/src/keychain.rs           1   hands the vault's key to the keychain
    crates/credentials/src/local.rs              1   keeps the local token where there is no keychain
    crates/credentials/src/secret.rs             2   the one door to the text, and comparing two
    crates/credentials/src/sign_in/azure_cli.rs  2   reads what the Azure CLI answers
    crates/credentials/src/sign_in/mod.rs        1   looks at a pasted token
    crates/credentials/src/token.rs              3   puts the scheme word before the token
    crates/credentials/src/token_endpoint.rs     2   sends a code or a refresh token to the authority
    crates/credentials/src/vault.rs              6   seals and unseals
    crates/engine/src/cargo/request.rs           1   gives cargo a token that is in memory alone
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
fn sources(endings: &str) -> Result<Vec<Source>> {
    let mut texts = repository()?;
    texts.retain(|source| {
        endings.split(' ').any(|ending| source.path.ends_with(ending))
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
    let begins = ["\n#[cfg(test)]\nmod ", "\n#[cfg(test)]\npub(crate) mod "];
    let end = begins.iter().filter_map(|begin| text.find(begin)).min();
    end.map_or(text, |end| &text[..end])
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

/// What a look at every line of code finds.
fn look(sources: &[Source], find: impl Fn(&Source, &str) -> Option<String>) -> Vec<String> {
    let look = |source| {
        let code = Source::code(source);
        code.filter_map(|(line, text)| Some(source.at(line, &find(source, text)?)))
            .collect::<Vec<_>>()
    };
    sources.iter().flat_map(look).collect()
}

#[test]
fn arrows_point_down() -> Result<()> {
    let packages = packages()?;
    let mut broken = Vec::new();
    for (name, needs) in &packages {
        let Some((_, below)) = rows(FLOORS).find(|(floor, _)| floor == name) else {
            broken.push(format!("`{name}` has no floor in {THIS_FILE}"));
            continue;
        };
        let is_ours = |need: &str| packages.iter().any(|(name, _)| name == need);
        let never = rows(NOT_NAMED)
            .find(|(floor, _)| floor == name)
            .map_or(Vec::new(), |(_, never)| never);
        for need in needs.iter().map(String::as_str) {
            if (is_ours(need) && !below.contains(&need)) || never.contains(&need) || name == "xtask" {
                broken.push(format!("`{name}` depends on `{need}`"));
            }
        }
    }
    holds(
        "An arrow may only point down; `xtask` builds on std alone.",
        &broken,
    )
}

#[test]
fn nothing_comes_in_by_another_hand() -> Result<()> {
    let mut broken = Vec::new();
    for (name, never) in rows(NOT_REACHED) {
        let options = "tree --edges normal,no-proc-macro --prefix none --format {p} --frozen --package";
        let tree = said(cargo().args(options.split(' ')).arg(name))?;
        let reached = tree
            .lines()
            .filter_map(|line| line.split(' ').next())
            .collect::<Vec<_>>();
        ensure!(reached.contains(&name), "cargo tree says nothing of `{name}`");
        let found = never.into_iter().filter(|never| reached.contains(never));
        broken.extend(found.map(|never| format!("`{name}`: see `cargo tree -p {name} -i {never}`")));
    }
    holds("A room must not be built with what it may not see.", &broken)
}

#[test]
fn only_the_document_names_toml_edit() -> Result<()> {
    let broken = look(&sources(".rs")?, |source, line| {
        let may = source.is_below("crates/engine/src/edit/document/");
        (!may && line.contains("toml_edit")).then(|| line.trim().to_owned())
    });
    holds(
        "`crates/engine/src/edit/document/` alone names `toml_edit`.",
        &broken,
    )
}

#[test]
fn only_one_file_starts_processes() -> Result<()> {
    let broken = look(&sources(".rs")?, |source, line| {
        const STARTERS: &str =
            "crates/engine/src/cargo/process.rs crates/credentials/src/sign_in/azure_cli.rs";
        let may = !source.is_below(PRODUCT) || source.is_below(STARTERS);
        one_of(STARTS, line).filter(|_| !may).map(str::to_owned)
    });
    holds(
        "`crates/engine/src/cargo/process.rs` alone starts processes, and one file asks the Azure CLI.",
        &broken,
    )
}

#[test]
fn only_one_file_of_each_floor_sends() -> Result<()> {
    let broken = look(&sources(".rs")?, |source, line| {
        let types_only = matches!(line.trim(), "use reqwest::Method;" | "use reqwest::{Method, Url};")
            && source.is_below(
                "crates/engine/src/feeds/endpoints/ crates/engine/src/registry/client.rs crates/engine/src/accounts/trial.rs",
            );
        // What is sent by one file is read, and its way laid, by two beside it.
        let senders = "crates/engine/src/http/send.rs crates/engine/src/http/opened.rs crates/engine/src/http/transport.rs \
            crates/credentials/src/token_endpoint.rs";
        let may = source.is_below(senders) || types_only;
        let is_found =
            source.is_below("crates/engine/src/ crates/credentials/src/") && line.contains("reqwest") && !may;
        is_found.then(|| line.trim().to_owned())
    });
    holds(
        "`http/send.rs` alone sends in the engine, `token_endpoint.rs` in credentials; builders take a request's types.",
        &broken,
    )
}

#[test]
fn rooms_of_the_engine_keep_to_themselves() -> Result<()> {
    let sources = sources(".rs")?;
    let mut broken = Vec::new();
    for (room, never) in rows(ROOMS) {
        let folder = format!("crates/engine/src/{room}/");
        ensure!(
            sources.iter().any(|source| source.is_below(&folder)),
            "there is no room `{room}`"
        );
        broken.extend(look(&sources, |source, line| {
            let named = never.iter().find(|never| line.contains(*never));
            named
                .filter(|_| source.is_below(&folder))
                .map(|never| format!("`{room}` names `{never}`"))
        }));
    }
    holds("A room of the engine sees only the rooms below it.", &broken)
}

#[test]
fn only_named_files_write() -> Result<()> {
    let broken = look(&sources(".rs")?, |source, line| {
        let way = one_of(WRITES, line)?;
        // The server writes in its own folder, and in nothing else.
        let is_watched = source.is_below(PRODUCT) && !source.is_below("crates/feed-server/");
        let ways = rows(WRITERS)
            .find(|(path, _)| *path == source.path)
            .map_or("", |(_, row)| row[0]);
        let may = ways.split('|').any(|allowed| allowed == "any" || allowed == way);
        (is_watched && !may).then(|| format!("writes by `{way}`"))
    });
    holds("Files are written where the table of writers says so.", &broken)
}

#[test]
fn secrets_are_opened_where_they_must_be() -> Result<()> {
    let mut sources = sources(".rs")?;
    sources.retain(|source| !source.is_test());
    let opens = |line: &str| line.contains(".expose(") || line.contains(".expose_secret(");
    let found = look(&sources, |_, line| opens(line).then(|| line.trim().to_owned()));
    let times = |path: &str| {
        found
            .iter()
            .filter(|place| place.starts_with(&format!("{path}:")))
            .count()
    };
    let is_known = |place: &&String| rows(EXPOSED).any(|(path, _)| place.starts_with(&format!("{path}:")));
    let mut broken = found
        .iter()
        .filter(|place| !is_known(place))
        .cloned()
        .collect::<Vec<_>>();
    for (path, row) in rows(EXPOSED) {
        if times(path).to_string() != row[0] {
            broken.push(format!(
                "{path}: {} times, and the table says {}",
                times(path),
                row[0]
            ));
        }
    }
    holds("A secret is opened only where the table says why.", &broken)
}

#[test]
fn the_page_reaches_out_by_its_api_alone() -> Result<()> {
    let broken = look(&sources(".ts .svelte")?, |source, line| {
        let may = !source.is_below("ui/src/") || source.is_below("ui/src/api/") || source.is_test();
        let called = "fetch invoke XMLHttpRequest WebSocket EventSource";
        let called = called.split(' ').find(|name| calls(line, name));
        // The name of a language that looks like an address.
        let line = &line.replace("http://www.w3.org/2000/svg", "");
        let found = called.or_else(|| one_of("@tauri-apps http:// https://", line));
        found.filter(|_| !may).map(str::to_owned)
    });
    holds(
        "`ui/src/api` alone talks to the shell, and nothing in the page to the network.",
        &broken,
    )
}

#[test]
fn colours_come_from_tokens() -> Result<()> {
    let broken = look(&sources(".css .svelte .ts")?, |source, line| {
        let may =
            !source.is_below("ui/src/") || source.is_test() || source.path == "ui/src/styles/tokens.css";
        colour(line).filter(|_| !may)
    });
    holds(
        "Colours are written out in `ui/src/styles/tokens.css` alone.",
        &broken,
    )
}

#[test]
fn modules_say_what_they_are_for() -> Result<()> {
    let mute = sources(".rs")?
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
    for source in sources(".rs .svelte .svelte.ts")?
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
    let mut commands = sources(".rs")?;
    commands.retain(|source| source.is_below("src-tauri/src/commands/") && !source.path.ends_with("/mod.rs"));
    ensure!(!commands.is_empty(), "there are no commands");
    let mut broken = look(&commands, |_, line| {
        line.contains("if ").then(|| "has an `if`".to_owned())
    });
    for source in &commands {
        broken.extend(
            long_functions(&source.text, 10)
                .into_iter()
                .map(|(line, why)| source.at(line, &why)),
        );
    }
    holds("A command is one call into the engine.", &broken)
}

/// Functions at the margin whose bodies have more lines than that.
fn long_functions(text: &str, most: usize) -> Vec<(usize, String)> {
    let mut long = Vec::new();
    let mut begun = 0;
    for (line, text) in numbered(text) {
        if text.ends_with('{') && !text.starts_with(' ') {
            begun = line;
        }
        if text == "}" && line > begun + 1 + most {
            long.push((begun, format!("has {} lines of at most {most}", line - begun - 1)));
        }
    }
    long
}

#[test]
fn names_say_something() -> Result<()> {
    const RUST: &str = "struct enum union trait type fn mod macro_rules";
    const SCRIPT: &str = "class function interface type enum";
    let sources = sources(".rs .ts .js .svelte .css .toml .json .md")?;
    let of_path = |source: &Source| Some(format!("{}: `{}`", source.path, banned_in(&source.path)?));
    let mut broken = sources.iter().filter_map(of_path).collect::<Vec<_>>();
    for source in &sources {
        let keywords = match source.path.rsplit_once('.') {
            Some((_, "rs")) => RUST,
            Some((_, "ts" | "js" | "svelte")) => SCRIPT,
            _ => continue,
        };
        for (line, text) in numbered(&source.text).filter(|(_, line)| !is_comment(line)) {
            let given = names_given(text, keywords).into_iter();
            let banned = given.filter_map(|name| Some(format!("`{name}` has `{}`", banned_in(name)?)));
            broken.extend(banned.map(|why| source.at(line, &why)));
        }
    }
    holds("A name says what the thing is.", &broken)
}

#[test]
fn nothing_is_hidden_from_the_checks() -> Result<()> {
    const RUST: &str = "#[ignore thread::sleep todo! unimplemented! #[allow( #![allow( allow(dead_code";
    const SCRIPT: &str =
        "@ts-ignore @ts-nocheck @ts-expect-error eslint-disable svelte-ignore waitForTimeout";
    const SPEC: &str = ".skip( .only( .fixme( .todo(";
    let mut broken = Vec::new();
    for source in sources(".rs .ts .js .svelte")? {
        let silencers = if source.path.ends_with(".rs") {
            RUST
        } else {
            SCRIPT
        };
        let is_spec = source.path.ends_with(".test.ts") || source.path.ends_with(".spec.ts");
        for (line, text) in numbered(&source.text) {
            let found = one_of(silencers, text).or_else(|| one_of(SPEC, text).filter(|_| is_spec));
            let unnamed = text.contains("TODO") && !text.contains("issue ");
            let found = found.or(unnamed.then_some("a TODO that names no issue"));
            broken.extend(found.map(|found| source.at(line, found)));
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
    // A folder right below the top, as `/src`, is in many a path that is not ours.
    let here = (here.components().count() > 2).then(|| here.to_string_lossy().into_owned());
    let mut broken = Vec::new();
    for source in repository()?.iter().filter(|source| source.path != THIS_FILE) {
        for (line, text) in numbered(&source.text) {
            let host = hosts.iter().find(|host| text.contains(*host)).map(String::as_str);
            let path = here.as_deref().filter(|here| text.contains(here));
            let found = host.or(path).or_else(|| home_folder(text));
            broken.extend(found.map(|found| source.at(line, found)));
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
        "color-mix(in srgb, var(--a))",
        "href=\"#feeds\"",
    ] {
        assert_eq!(colour(line), None, "{line}");
    }
    assert_eq!(banned_in("FeedManager"), Some("manager"));
    assert_eq!(banned_in("ui/src/api/string-utils.ts"), Some("util"));
    assert_eq!(banned_in("connection_data"), Some("data"));
    assert_eq!(banned_in("publish_metadata"), None);
    assert_eq!(
        names_given("pub(crate) async fn handle(app: &App) {", "fn mod"),
        ["handle"]
    );
    assert_eq!(without_tests("a\n#[cfg(test)]\nmod tests {}"), "a");
    assert!(is_comment("    // why") && !is_comment("let a = 1; // why"));
    assert!(home_folder("\"/home/somebody/x\"").is_some() && home_folder("C:\\Users\\somebody").is_some());
    assert!(home_folder("/home/mira/src").is_none() && home_folder("at /home/ itself").is_none());
    assert_eq!(long_functions("fn a() {\n    1;\n    2;\n}\n", 1).len(), 1);
    assert_eq!(long_functions("fn a() {\n    1;\n    2;\n}\n", 2).len(), 0);
    assert_eq!(
        one_of(WRITES, "    std::fs::write(path, text)"),
        Some("fs::write(")
    );
    assert_eq!(
        one_of(STARTS, "let mut child = Command::new(program);"),
        Some("Command::new")
    );
    assert!(
        registry_hosts()
            .iter()
            .all(|host| !host.contains('|') && host.len() > 6)
    );
}
