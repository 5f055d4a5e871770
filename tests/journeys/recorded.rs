//! The recorded answers that stand in for the shell in the window's tests have the shapes the engine gives.
//!
//! **Invariant**: compares shapes, never values: which keys an object has, and of which type each is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use journeys::TestHome;
use serde_json::{Value, json};

use crate::journey;

/// What tells the kinds of an object apart.
const TAGS: [&str; 3] = ["type", "kind", "state"];

/// Where something is in an answer, as `feeds[].upstreams[]<cratesIo>`.
type Place = String;

/// The keys of each object, and the types seen at each place; `null` is none.
#[derive(Debug, Default)]
struct Shapes {
    keys: BTreeMap<Place, BTreeSet<String>>,
    types: BTreeMap<Place, BTreeSet<&'static str>>,
}

impl Shapes {
    fn of<'a>(answers: impl IntoIterator<Item = &'a Value>) -> Result<Self> {
        let mut shapes = Self::default();
        for answer in answers {
            shapes.add(String::new(), answer)?;
        }
        Ok(shapes)
    }

    fn add(&mut self, place: Place, value: &Value) -> Result<()> {
        let name = match value {
            Value::Null => return Ok(()),
            Value::Bool(_) => "bool",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        self.types.entry(place.clone()).or_default().insert(name);
        match value {
            Value::Array(elements) => elements
                .iter()
                .try_for_each(|element| self.add(format!("{place}[]"), element)),
            Value::Object(object) => {
                let tag = TAGS.iter().find_map(|tag| object.get(*tag)?.as_str());
                let place = tag.map_or_else(|| place.clone(), |tag| format!("{place}<{tag}>"));
                let keys = object.keys().cloned().collect::<BTreeSet<_>>();
                let known = self.keys.entry(place.clone()).or_insert_with(|| keys.clone());
                ensure!(*known == keys, "`{place}` has now {known:?}, now {keys:?}");
                object
                    .iter()
                    .try_for_each(|(key, value)| self.add(format!("{place}.{key}"), value))
            }
            _ => Ok(()),
        }
    }

    /// The objects that are only in `self`; an error where both have one, and it differs.
    fn only_here(&self, engine: &Self) -> Result<Vec<&str>> {
        for (place, keys) in &self.keys {
            let Some(given) = engine.keys.get(place) else {
                continue;
            };
            let missing = given.difference(keys).collect::<Vec<_>>();
            let extra = keys.difference(given).collect::<Vec<_>>();
            ensure!(
                missing.is_empty() && extra.is_empty(),
                "`{place}` lacks {missing:?} of the engine's keys and has {extra:?} beside them"
            );
        }
        for (place, types) in &self.types {
            if let Some(given) = engine.types.get(place) {
                ensure!(
                    types == given,
                    "`{place}` is recorded as {types:?}, the engine gives {given:?}"
                );
            }
        }
        let is_here = |place: &&String| !engine.keys.contains_key(*place);
        Ok(self.keys.keys().filter(is_here).map(String::as_str).collect())
    }
}

/// All answers recorded for a command: under `ok`, `error` or `events`.
fn recorded(command: &str, under: &str) -> Result<Vec<Value>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/ipc/{command}.json"));
    let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let mut recording: Value = serde_json::from_str(&text).with_context(|| file.display().to_string())?;
    ensure!(
        recording["command"] == command,
        "`{command}.json` is of {}",
        recording["command"]
    );
    let answers = recording["answers"].as_array_mut().context("no answers")?;
    Ok(answers
        .iter_mut()
        .filter_map(|answer| answer.get_mut(under).map(Value::take))
        .collect())
}

/// Compares what is recorded with what the engine gave; `unseen` are the objects it could not be asked for here.
fn check(command: &str, given: &[Value], unseen: &[&str]) -> Result<()> {
    compare(command, &recorded(command, "ok")?, given, unseen)
}

fn compare(command: &str, recorded: &[Value], given: &[Value], unseen: &[&str]) -> Result<()> {
    let told = || format!("tests/fixtures/ipc/{command}.json");
    let recorded = Shapes::of(recorded).with_context(told)?;
    let given = Shapes::of(given).context("the engine")?;
    let only_recorded = recorded.only_here(&given).with_context(told)?;
    ensure!(
        only_recorded == unseen,
        "{}: {only_recorded:?} was compared with nothing, expected were {unseen:?}",
        told()
    );
    Ok(())
}

/// A package; `more` is the rest of its manifest.
fn package(home: &TestHome, name: &str, more: &str) -> Result<PathBuf> {
    let folder = home.user().join("src").join(name);
    std::fs::create_dir_all(folder.join("src"))?;
    std::fs::write(folder.join("src/lib.rs"), "")?;
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\ndescription = \"x\"\n{more}"
    );
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    Ok(folder)
}

/// What went wrong, as it crosses the wire.
fn error(home: &TestHome, folder: &Path, arguments: &[&str]) -> Result<Value> {
    let ran = home.granary(folder, &[arguments, &["--json"]].concat())?;
    let mut told: Value = serde_json::from_str(&ran.stderr).with_context(|| format!("{ran:?}"))?;
    match told.get_mut("error") {
        Some(error) => Ok(error.take()),
        None => bail!("{ran:?}"),
    }
}

/// Nobody listens there: nothing here needs crates.io.
fn alone() -> Result<TestHome> {
    TestHome::with_crates_io("sparse+http://127.0.0.1:9/")
}

const CONNECT: [&str; 5] = [
    "connect",
    "--feed",
    "local/main/upstream",
    "--publish-to",
    "local/main/internal",
];

#[test]
fn accounts_feeds_and_errors() {
    journey(async || {
        let home = alone()?;
        let granary = |arguments: &[&str]| home.granary_json(home.path(), arguments);
        let accounts = granary(&["account", "list"])?;
        check("account_use_local", &[accounts[0].clone()], &[])?;
        check("account_list", &[accounts], &SERVICES)?;

        let make = ["feed", "create", "local/main/tools", "--upstream", "crates.io"];
        check("feed_create", &[granary(&make)?], &[])?;
        let pair = granary(&["feed", "create", "local/main", "--pair"])?;
        let half = [
            "feed",
            "create",
            "local/main",
            "--pair",
            "tools",
            "second",
            "--json",
        ];
        let half: Value = serde_json::from_str(&home.granary(home.path(), &half)?.stdout)?;
        ensure!(half["upstream"]["state"] == "refused", "{half}");
        check("feed_create_pair", &[pair, half], &[])?;
        granary(&[
            "feed",
            "create",
            "local/main/team",
            "--upstream",
            "local/main/tools",
        ])?;
        let listed = granary(&["feed", "list", "local"])?;
        check("feed_list", std::slice::from_ref(&listed), &[])?;
        check(
            "feed_kept",
            &[serde_json::json!({"feeds": listed, "at": "then"})],
            &[],
        )?;
        check("autostart_plan", &[granary(&["serve", "--show-autostart"])?], &[])?;

        let given = [
            error(&home, home.path(), &make)?,
            error(&home, home.path(), &["feed", "show", "local/main/none"])?,
            error(&home, home.path(), &["show", "."])?,
        ];
        for command in ["feed_create", "project_open"] {
            compare(command, &recorded(command, "error")?, &given, &[])?;
        }
        Ok(())
    });
}

/// Accounts of Azure's, which nobody here can sign in to: the journeys with Azure's double do.
const SERVICES: [&str; 2] = ["[]<services>", "[]<services>.state<ready>"];

// Of the commands for signing in, the terminal has no word for `sign_in_ways`, `sign_in_azure_cli_user`, `place_named`,
// `account_prefer` and `sign_in_unlock`; it answers neither `sign_in_begin` nor `sign_in_finish` without Azure, and has
// no account to sign out of that is not Azure's. What they refuse with has the one shape of all errors, and that is
// compared; their answers are held to the window's types.
#[test]
fn signing_in_and_out() {
    journey(async || {
        let home = alone()?;
        let projects = home.granary_json(home.path(), &["project-list", "local"])?;
        check("azure_project_list", &[projects], &[])?;
        let given = [
            error(&home, home.path(), &["sign-in", "contoso", "--device-code"])?,
            error(&home, home.path(), &["sign-out", "nobody"])?,
        ];
        for command in [
            "account_prefer",
            "account_sign_out",
            "place_named",
            "provider_remove",
            "sign_in_begin",
            "sign_in_finish",
            "sign_in_unlock",
        ] {
            compare(command, &recorded(command, "error")?, &given, &[])?;
        }
        Ok(())
    });
}

/// Kinds of objects that nothing has on this computer alone: other feeds' and crates.io's versions, Azure's people and pages.
const NOT_HERE: [&str; 8] = [
    "<cratesIo>",
    "<otherFeed>",
    "<feed>",
    "<registry>",
    "<group>",
    "<person>",
    "<page>",
    "<signedInIndex>",
];

/// Compares as [`compare`] does; what could not be asked for here is of one of these kinds, or lies in one that is.
fn alike(command: &str, recorded: &[Value], given: &[Value]) -> Result<()> {
    let told = || format!("tests/fixtures/ipc/{command}.json");
    let recorded = Shapes::of(recorded).with_context(told)?;
    let given = Shapes::of(given).context("the engine")?;
    let only_recorded = recorded.only_here(&given).with_context(told)?;
    let is_elsewhere = |place: &&str| NOT_HERE.iter().any(|kind| place.contains(kind));
    let unseen = only_recorded
        .into_iter()
        .filter(|place| !is_elsewhere(place))
        .collect::<Vec<_>>();
    ensure!(
        unseen.is_empty(),
        "{}: {unseen:?} was compared with nothing",
        told()
    );
    Ok(())
}

#[test]
fn feeds_and_crates() {
    journey(async || {
        let home = alone()?;
        let _serving = home.serve()?;
        let (feed, team) = ("local/main/internal", "local/main/team");
        let ask = |arguments: &[&str]| home.granary_json(home.path(), arguments);
        let held = |commands: &[&str], given: &Value| -> Result<()> {
            commands.iter().try_for_each(|command| {
                alike(command, &recorded(command, "ok")?, std::slice::from_ref(given))
            })
        };
        ask(&["feed", "create", "local/main", "--pair"])?;
        let fed_by = ["--upstream", "crates.io", "--upstream", "local/main/upstream"];
        ask(&[&["feed", "create", team], fed_by.as_slice()].concat())?;
        held(
            &["feed_show", "feed_update", "feed_upstream_change"],
            &ask(&["feed", "show", team])?,
        )?;
        held(&["feed_addresses"], &ask(&["feed", "address", team])?)?;
        let views = ask(&["feed", "view", "list", feed])?;
        held(
            &["view_list", "view_create", "view_update", "view_delete"],
            &views,
        )?;
        let permissions = ask(&["feed", "permission", "list", feed])?;
        held(
            &["permission_list", "permission_set", "permission_remove"],
            &permissions,
        )?;
        let rows = permissions.as_array().into_iter().flatten();
        let people = rows.map(|row| row["identity"].clone()).collect();
        held(&["identity_search"], &Value::Array(people))?;
        let kept = ask(&["feed", "retention", "set", feed, "--versions", "1", "--days", "1"])?;
        held(&["retention_show", "retention_set"], &kept)?;

        let older = package(&home, "older", "license = \"MIT\"\n")?;
        let needs = ["dependencies", "build-dependencies", "dev-dependencies"]
            .map(|kind| format!("[{kind}]\nolder = {{ version = \"0.1\", registry = \"internal\" }}\n"));
        let more = format!("license = \"MIT\"\n[features]\ndefault = []\n{}", needs.concat());
        let ours = package(&home, "ours", &more)?;
        std::fs::write(ours.join("README.md"), "# Ours\n")?;
        for folder in [older, ours] {
            home.granary(&folder, &["connect", "--feed", feed])?.well()?;
            home.publish(&folder, "internal")?;
        }
        let rows = ask(&["crate", "list", feed])?;
        held(&["crate_look_up"], &rows)?;
        let pages = recorded("crate_page", "ok")?;
        let recorded_rows = pages.iter().map(|page| page["rows"].clone()).collect::<Vec<_>>();
        alike("crate_page", &recorded_rows, &[rows])?;
        held(&["crate_show"], &ask(&["crate", "show", feed, "ours"])?)?;
        held(&["version_show"], &ask(&["crate", "show", feed, "ours@0.1.0"])?)?;
        let both = ["crate", "yank", feed, "ours@0.1.0", "ours@9.0.0", "--json"];
        let ran = home.granary(home.path(), &both)?;
        held(&["crate_change"], &serde_json::from_str(&ran.stdout)?)?;
        ask(&["crate", "delete", feed, "ours@0.1.0"])?;
        held(&["deleted_crate_list"], &ask(&["crate", "deleted", feed])?)?;
        ask(&["feed", "delete", team])?;
        held(
            &["feed_deleted_list"],
            &ask(&["feed", "list", "local", "--deleted"])?,
        )
    });
}

#[test]
fn projects_plans_crates_and_runs() {
    journey(async || {
        let home = alone()?;
        home.granary(home.path(), &["feed", "create", "local/main", "--pair"])?
            .well()?;
        let ours = package(&home, "ours", "license = \"MIT\"\npublish = [\"internal\"]\n")?;
        // The changed lines stand between some that stay, and one of the computer's goes.
        std::fs::create_dir_all(ours.join(".cargo"))?;
        std::fs::write(
            ours.join(".cargo/config.toml"),
            "[net]\nretry = 1\n[cargo-new]\nvcs = \"none\"\n",
        )?;
        let providers = "[registry]\nglobal-credential-providers = [\"cargo:token\"]\n[net]\nretry = 2\n[cargo-new]\nvcs = \"git\"\n";
        std::fs::write(home.cargo_home().join("config.toml"), providers)?;

        let bare = home.granary_json(&ours, &["show"])?;
        let planned = home.granary_json(&ours, &[&CONNECT[..], &["--dry-run"]].concat())?;
        let connected = home.granary_json(&ours, &CONNECT)?;
        check("change_plan", &[planned["plan"].clone()], &[])?;
        check("change_apply", &[connected["applied"].clone()], &[])?;
        let mut undone = home.granary_json(&ours, &["undo"])?;
        check("undo_apply", &[undone["applied"].take()], &[])?;
        check(
            "undo_plan",
            &[json!({ "undoes": undone["undoes"], "plan": undone["plan"] })],
            &[],
        )?;
        home.granary(&ours, &CONNECT)?.well()?;

        let serving = home.serve()?;
        home.cargo(&ours, &["publish", "--allow-dirty"])?.well()?;
        drop(serving);
        let needs = "[dependencies]\nours = { version = \"0.1\", registry = \"internal\" }\n";
        let user = package(&home, "user", needs)?;
        home.granary(&user, &CONNECT)?.well()?;
        // The first has no lock file to fetch by before cargo runs.
        home.granary(&user, &["restore", "--json"])?.well()?;
        std::fs::remove_dir_all(home.cargo_home().join("registry"))?;
        let restored = home.granary(&user, &["restore", "--json"])?.well()?;
        let shown = home.granary_json(&user, &["show"])?;
        let of_all_kinds = "[dependencies]\na = \"1\"\nb = { git = \"https://example.com/b\" }\nc = { path = \"c\" }\nd.workspace = true\n\
            [dev-dependencies]\ne = { version = \"1\", optional = true }\n[build-dependencies]\nf = \"1\"\n[workspace.dependencies]\nd = \"1\"\n";
        let wrapped = package(&home, "wrapped", of_all_kinds)?;
        std::fs::create_dir_all(wrapped.join(".cargo"))?;
        std::fs::write(
            wrapped.join(".cargo/config.toml"),
            "[build]\nrustc-wrapper = \"sccache\"\n",
        )?;
        let wrapped = home.granary_json(&wrapped, &["show"])?;
        // Which toolchain runs these tests is not theirs to say; `projects/` looks at that.
        let of_any_computer = |mut project: Value| {
            project["toolchain"] = Value::Null;
            project
        };
        let [bare, shown, wrapped] = [bare, shown, wrapped].map(of_any_computer);
        let not_here = [".locked[].origin<cratesIo>", ".locked[].origin<registry>"];
        check("project_open", &[bare, shown, wrapped], &not_here)?;

        let broken = "[net]\nretry = \n";
        std::fs::write(user.join(".cargo/config.toml"), broken)?;
        let checked = |folder: &Path| {
            let ran = home.granary(folder, &["check", "--json"])?;
            serde_json::from_str::<Value>(&ran.stdout).with_context(|| format!("{ran:?}"))
        };
        let cannot_be_read = checked(&user)?;
        let plain = package(&home, "plain", "[dependencies]\nours = \"0.1\"\n")?;
        home.granary(&plain, &CONNECT)?.well()?;
        home.granary(&plain, &["crate", "list", "local/main/internal"])?
            .well()?;
        let asks_wrongly = checked(&plain)?;
        std::fs::write(home.cargo_home().join("config.toml"), "")?;
        let asks_nobody = checked(&plain)?;
        check("project_check", &[cannot_be_read, asks_wrongly, asks_nobody], &[])?;
        let asked = "[registry]\nglobal-credential-providers = [\"granary\", \"cargo:token\"]\n[credential-alias]\ngranary = [\"/bin/cargo-credential-granary\"]\n";
        std::fs::write(home.cargo_home().join("config.toml"), asked)?;
        let old = "[registries.internal]\ntoken = \"Basic QQ==\"\n";
        std::fs::write(home.cargo_home().join("credentials.toml"), old)?;
        let explained = |said: &str| {
            let mut explain = home.product("granary")?;
            explain
                .current_dir(&plain)
                .args(["check", "--json", "--log", "-"]);
            let ran = home.run_with(&mut explain, said)?;
            serde_json::from_str::<Value>(&ran.stdout).with_context(|| format!("{ran:?}"))
        };
        let shadowed = explained("error: token rejected for `internal`")?;
        let away = explained("  [7] Could not connect to server")?;
        check("run_diagnose", &[shadowed, away], &[])?;

        let given = restored
            .stdout
            .lines()
            .map(serde_json::from_str)
            .collect::<Result<Vec<Value>, _>>()?;
        let recorded = recorded("run_start", "events")?;
        compare("run_start", &recorded, &[Value::Array(given)], &[])
    });
}
