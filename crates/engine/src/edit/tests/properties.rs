//! Random documents, and what must hold for each: only what was asked changes, every other line stays to the byte, a second time
//! changes nothing, and disconnecting gives back what was before connecting.
//!
//! **Invariant**: seeded, so that a failure comes again; says the seed.

use std::path::{Path, PathBuf};

use super::{Files, applied, connect, index_of, planned};
use crate::edit::*;

/// How many documents each property is tried on.
const ROUNDS: u64 = 800;

/// A row of numbers that looks random (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }

    fn often(&mut self) -> bool {
        self.roll(3) > 0
    }
}

/// A text made of sections in any order, with the dressing people give them.
fn document(dice: &mut Dice, top: &[&str], sections: &[&[&str]]) -> String {
    let mut text = String::new();
    for line in top {
        if dice.often() {
            dress(dice, line, "", &mut text);
        }
    }
    let mut left = sections.to_vec();
    while !left.is_empty() {
        let section = left.swap_remove(dice.roll(left.len()));
        if !dice.often() {
            continue;
        }
        let indentation = dice.one(&["", "", "  ", "\t"]);
        let mut lines = section.iter();
        let header = lines.next().unwrap();
        // A table without entries is none that anybody keeps: it would go with what is put into it.
        let picked = lines.filter(|_| dice.often()).collect::<Vec<_>>();
        if picked.is_empty() {
            continue;
        }
        dress(dice, header, "", &mut text);
        for line in picked {
            dress(dice, line, indentation, &mut text);
        }
    }
    if dice.roll(4) == 0 {
        text += "# the end\n";
    }
    if dice.roll(5) == 0 {
        text = text.trim_end_matches('\n').to_owned();
    }
    if dice.roll(4) == 0 {
        text = text.replace('\n', "\r\n");
    }
    if dice.roll(8) == 0 {
        text.insert(0, '\u{feff}');
    }
    text
}

fn dress(dice: &mut Dice, line: &str, indentation: &str, text: &mut String) {
    *text += dice.one(&["", "", "", "\n", "# a note\n", "\n# [not.a.table]\n", "\n\n"]);
    let comment = if line.contains('\n') {
        ""
    } else {
        dice.one(&["", "", " # so", "   #", "\t# = \"x\""])
    };
    *text += &format!("{indentation}{line}{comment}\n");
}

fn config(dice: &mut Dice) -> String {
    document(
        dice,
        &["net.retry = 5", "term.quiet = false", "'net'.offline = false"],
        &[
            &[
                "[build]",
                "jobs = 4",
                "rustflags = [\n  \"-C\", # one\n  \"x\"\n]",
                "\"target-dir\" = 'out'",
            ],
            &[
                "[registries]",
                "alpha = { index = \"sparse+https://a.example/\" }",
                "zulu.index = 'sparse+https://z.example/'",
            ],
            &[
                "[registries.kiwi]",
                "index = \"sparse+https://k.example/\"",
                "credential-provider = [\"x\"]",
            ],
            &["[ source . vendored ]", "directory = \"vendor\""],
            &[
                "[alias]",
                "b = \"build\"",
                "t = [\"test\", \"--all\"]",
                "long = \"\"\"\nrun # no comment\n[x]\n\"\"\"",
            ],
            &["[http]", "check-revoke = false", "proxy.host = 1"],
            &["[registry]", "quiet = true"],
        ],
    )
}

fn manifest(dice: &mut Dice) -> String {
    let text = document(
        dice,
        &[],
        &[
            &[
                "[dependencies]",
                "anyhow = \"1\"",
                "greeting = \"1.0\"",
                "serde = { version = \"1\", features = [\"derive\"] }",
                "zip.version = '2'",
            ],
            &[
                "[dev-dependencies]",
                "insta.version = \"1\"",
                "greeting = { version = \"1.0\", features = [\n  \"a\", # a\n  \"b\"\n], optional = false }",
            ],
            &[
                "[build-dependencies.hello]",
                "package = \"greeting\"\nversion = '1'",
                "default-features = false",
            ],
            &[
                "[target.'cfg(unix)'.dependencies]",
                "greeting.version = \"1.0\"\n  greeting . optional = true",
                "libc = \"0.2\"",
            ],
            &[
                "[features]",
                "default = [\"std\"]",
                "full = [\n  \"std\",\n  \"greeting/a\", \"dep:greeting\"\n]",
                "std = []",
            ],
            &["[[bin]]", "name = \"one\"", "path = 'one.rs'"],
            &["[lib]", "name = \"lib\""],
        ],
    );
    let mark = if text.starts_with('\u{feff}') {
        "\u{feff}"
    } else {
        ""
    };
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let package = ["[package]", "name = \"demo\" # us", "version = \"0.1.0\"", ""].join(ending);
    format!("{mark}{package}{}", text.trim_start_matches('\u{feff}'))
}

fn table(text: &str) -> toml::Table {
    text.trim_start_matches('\u{feff}').parse().unwrap()
}

/// Every key that has no table below it, with its value.
fn flat(table: &toml::Table) -> std::collections::BTreeMap<String, String> {
    fn walk(prefix: &str, value: &toml::Value, into: &mut std::collections::BTreeMap<String, String>) {
        match value.as_table() {
            Some(table) => table
                .iter()
                .for_each(|(key, value)| walk(&format!("{prefix}/{key}"), value, into)),
            None => drop(into.insert(prefix.to_owned(), value.to_string())),
        }
    }
    let mut into = std::collections::BTreeMap::new();
    walk("", &toml::Value::Table(table.clone()), &mut into);
    into
}

/// The keys that differ between two texts, sorted.
fn changed_keys(before: &str, after: &str) -> Vec<String> {
    let (before, after) = (flat(&table(before)), flat(&table(after)));
    let keys = before
        .keys()
        .chain(after.keys())
        .collect::<std::collections::BTreeSet<_>>();
    keys.into_iter()
        .filter(|key| before.get(*key) != after.get(*key))
        .cloned()
        .collect()
}

/// Whether the lines of one text come in the other, in order and to the byte, but for some that were changed.
fn lines_lost(before: &str, after: &str) -> Vec<String> {
    let diff = similar::TextDiff::from_lines(before, after);
    let lost = diff
        .iter_all_changes()
        .filter(|change| change.tag() == similar::ChangeTag::Delete);
    lost.map(|change| change.value().to_owned()).collect()
}

const CONFIG: &str = ".cargo/config.toml";
const PROVIDED: &str = "[credential-alias]\ngranary = [\"/opt/granary home/bin/provider\"]\n\n[registry]\nglobal-credential-providers = [\"cargo:token\", \"granary\"]\n";

fn text_of<'f>(files: &'f Files, path: &str) -> &'f str {
    files.get(Path::new(path)).map_or("", String::as_str)
}

fn disconnect() -> Change {
    Change::Disconnect(Disconnect {
        folder: PathBuf::new(),
        index_url: None,
        configs: vec![CONFIG.into(), CI_CONFIG.into()],
        manifests: vec!["Cargo.toml".into()],
        force: false,
    })
}

#[test]
fn disconnecting_gives_back_what_was_before_connecting() {
    for seed in 0..ROUNDS {
        let dice = &mut Dice(seed);
        let upstream = Some("upstream").filter(|_| dice.often());
        let mode = if dice.often() {
            ConnectMode::Committed
        } else {
            ConnectMode::Ci
        };
        let change = Change::Connect(connect(upstream, Some("internal"), mode));
        let before = Files::from([
            (PathBuf::from(CONFIG), config(dice)),
            (PathBuf::from(CI_CONFIG), config(dice)),
            (PathBuf::from("home/config.toml"), PROVIDED.to_owned()),
            (PathBuf::from("Cargo.toml"), manifest(dice)),
        ]);
        let connected = applied(&planned(&change, &before).unwrap(), &before);
        let file = if mode == ConnectMode::Ci {
            CI_CONFIG
        } else {
            CONFIG
        };
        let (old, new) = (text_of(&before, file), text_of(&connected, file));
        let mut asked = vec!["/registries/internal/index"];
        if mode == ConnectMode::Ci {
            asked.push("/registry/global-credential-providers");
        }
        if upstream.is_some() {
            asked.extend(["/registries/upstream/index", "/source/crates-io/replace-with"]);
        }
        asked.sort_unstable();
        assert_eq!(changed_keys(old, new), asked, "seed {seed}\n{old:?}\n{new:?}");
        let lost = lines_lost(old, new);
        let is_last = |line: &String| !line.ends_with('\n') && old.ends_with(line.as_str());
        assert!(
            lost.iter().all(is_last),
            "seed {seed}: {lost:?}\n{old:?}\n{new:?}"
        );
        let again = planned(&change, &connected).unwrap();
        assert_eq!(again.files, [], "seed {seed}");
        let back = applied(&planned(&disconnect(), &connected).unwrap(), &connected);
        for (path, text) in &before {
            // A file that nothing is left in goes, also one that was empty before.
            let left = back.get(path).map_or("", String::as_str);
            assert_eq!(left, text, "seed {seed}: {}\n{new:?}", path.display());
        }
    }
}

#[test]
fn the_providers_lines_come_and_go() {
    for seed in 0..ROUNDS {
        let dice = &mut Dice(seed);
        let text = config(dice);
        let before = Files::from([(PathBuf::from("home/config.toml"), text.clone())]);
        let change = Change::Connect(connect(None, Some("internal"), ConnectMode::Mine));
        let connected = applied(&planned(&change, &before).unwrap(), &before);
        let asked = [
            "/credential-alias/granary",
            "/registries/internal/index",
            "/registry/global-credential-providers",
        ];
        let new = text_of(&connected, "home/config.toml");
        assert_eq!(changed_keys(&text, new), asked, "seed {seed}");
        assert_eq!(planned(&change, &connected).unwrap().files, [], "seed {seed}");
    }
}

fn manifests() -> Manifests {
    Manifests {
        folder: PathBuf::new(),
        packages: vec!["Cargo.toml".into()],
        workspace: None,
    }
}

/// Carries a change out on a random manifest, twice; gives both texts where it was not refused.
fn changed(seed: u64, dice: &mut Dice, change: &Change) -> Option<(String, String)> {
    let text = manifest(dice);
    let before = Files::from([(PathBuf::from("Cargo.toml"), text.clone())]);
    let plan = match planned(change, &before) {
        Ok(plan) => plan,
        Err(Error::NoDependency { .. } | Error::FromElsewhere { .. } | Error::KeyTaken { .. }) => {
            return None;
        }
        Err(error) => panic!("seed {seed}: {error}\n{text}"),
    };
    let after = applied(&plan, &before);
    match planned(change, &after) {
        Ok(again) => assert_eq!(again.files, [], "seed {seed}"),
        Err(Error::NoDependency { .. }) if matches!(change, Change::Remove(_)) => {}
        Err(error) => panic!("seed {seed}: {error}"),
    }
    Some((text, text_of(&after, "Cargo.toml").to_owned()))
}

#[test]
fn a_dependency_that_is_added_is_all_that_changes() {
    let mut added = 0;
    for seed in 0..ROUNDS {
        let dice = &mut Dice(seed);
        let name = dice.one(&["aaa", "mmm", "zzz"]).to_owned();
        let kind = [ListKind::Normal, ListKind::Dev, ListKind::Build][dice.roll(3)];
        let target = Some("cfg(unix)".to_owned()).filter(|_| dice.roll(3) == 0);
        let list = DependencyList { kind, target };
        let prefix = format!("/{}/{name}", list.path().join("/"));
        let change = Change::Add(AddDependency {
            manifests: manifests(),
            list,
            name,
            rename: None,
            requirement: Some("1.2".into()),
            registry: Some("internal".into()),
            features: vec!["std".into()],
            no_default_features: false,
            optional: false,
        });
        let Some((old, new)) = changed(seed, dice, &change) else {
            continue;
        };
        added += 1;
        let asked = ["features", "registry", "version"].map(|field| format!("{prefix}/{field}"));
        assert_eq!(changed_keys(&old, &new), asked, "seed {seed}\n{old}\n{new}");
        let lost = lines_lost(&old, &new);
        let is_last = |line: &String| !line.ends_with('\n') && old.ends_with(line.as_str());
        assert!(lost.iter().all(is_last), "seed {seed}: {lost:?}");
    }
    assert_eq!(added, ROUNDS);
}

#[test]
fn a_dependency_that_moves_or_is_required_anew_keeps_all_else() {
    let mut moved = 0;
    for seed in 0..ROUNDS {
        let dice = &mut Dice(seed);
        let to = Change::Move(MoveDependency {
            manifests: manifests(),
            name: "greeting".into(),
            registry: Some("internal".into()),
        });
        let Some((old, new)) = changed(seed, dice, &to) else {
            continue;
        };
        moved += 1;
        for key in changed_keys(&old, &new) {
            let of_text =
                ["/dependencies/greeting", "/dependencies/greeting/version"].contains(&key.as_str());
            assert!(key.ends_with("/registry") || of_text, "seed {seed}: {key}");
        }
        let update = |requirement: &str| {
            Change::Update(UpdateDependency {
                manifests: manifests(),
                name: "greeting".into(),
                requirement: requirement.into(),
            })
        };
        let files = Files::from([(PathBuf::from("Cargo.toml"), new.clone())]);
        let updated = applied(&planned(&update("2"), &files).unwrap(), &files);
        for key in changed_keys(&new, text_of(&updated, "Cargo.toml")) {
            assert!(key.ends_with("/version"), "seed {seed}: {key}");
        }
        let back = Change::Move(MoveDependency {
            manifests: manifests(),
            name: "greeting".into(),
            registry: None,
        });
        let back = applied(&planned(&back, &files).unwrap(), &files);
        let named = |text: &str| text.contains("internal");
        assert!(named(&new) && !named(text_of(&back, "Cargo.toml")), "seed {seed}");
    }
    assert!(moved > ROUNDS / 4, "{moved}");
}

#[test]
fn a_dependency_that_is_taken_out_is_all_that_goes() {
    let mut taken = 0;
    let change = Change::Remove(RemoveDependency {
        manifests: manifests(),
        list: None,
        name: "greeting".into(),
    });
    for seed in 0..ROUNDS {
        let dice = &mut Dice(seed);
        let Some((old, new)) = changed(seed, dice, &change) else {
            continue;
        };
        taken += 1;
        for key in changed_keys(&old, &new) {
            let is_entry = key.contains("/greeting") || key.contains("/hello");
            assert!(is_entry || key.starts_with("/features/"), "seed {seed}: {key}");
        }
        // A feature may have named a crate that was not there before either.
        let by_name = flat(&table(&old))
            .keys()
            .any(|key| key.contains("dependencies/greeting"));
        let gone = if by_name {
            "greeting"
        } else {
            "package = \"greeting\""
        };
        assert!(!new.contains(gone), "seed {seed}\n{new}");
        let comments = |text: &str| {
            text.lines()
                .filter(|line| line.trim_start().starts_with('#'))
                .count()
        };
        // A comment within the table that goes is about it.
        let within = if old.contains("hello") { 9 } else { 0 };
        assert!(
            comments(&new) + within >= comments(&old),
            "seed {seed}\n{old}\n{new}"
        );
    }
    assert!(taken > ROUNDS / 4, "{taken}");
}

#[test]
fn a_publish_target_is_all_that_changes() {
    for seed in 0..ROUNDS {
        let dice = &mut Dice(seed);
        let change = Change::Publish(PublishTarget {
            manifests: manifests(),
            registry: "internal".into(),
            default_in: None,
        });
        let (old, new) = changed(seed, dice, &change).unwrap();
        assert_eq!(changed_keys(&old, &new), ["/package/publish"], "seed {seed}");
    }
}

#[test]
fn a_token_is_shown_nowhere_and_kept_nowhere() {
    for seed in 0..ROUNDS {
        let dice = &mut Dice(seed);
        let token = dice.one(&[
            "\"Basic c2VjcmV0\"",
            "'Bearer c2VjcmV0'",
            "\"\"\"\nc2VjcmV0\n\"\"\"",
        ]);
        let index = index_of("internal");
        let entry = match dice.roll(3) {
            0 => format!("[registries.internal]\nindex = \"{index}\"\ntoken = {token} # t\n"),
            1 => format!("[registries]\ninternal = {{ token = {token}, index = \"{index}\" }}\n"),
            _ => format!("[registries]\ninternal.token = {token}\n"),
        };
        let text = config(dice);
        // Both could not name the table.
        if text.contains("registries") {
            continue;
        }
        let ending = if text.is_empty() || text.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        let files = Files::from([(
            PathBuf::from("home/config.toml"),
            format!("{text}{ending}{entry}"),
        )]);
        let clear = Change::ClearTokens(ClearTokens {
            folder: PathBuf::new(),
            registries: vec!["internal".into()],
            files: vec!["home/config.toml".into()],
        });
        let connect = Change::Connect(connect(Some("upstream"), Some("internal"), ConnectMode::Mine));
        for change in [clear, connect] {
            let plan = planned(&change, &files).unwrap();
            let shown = serde_json::to_string(&plan).unwrap();
            assert!(!shown.contains("c2VjcmV0"), "seed {seed}: {shown}");
            assert!(
                !plan.keeps_undo && plan.removed > 0 || matches!(change, Change::Connect(_)),
                "seed {seed}"
            );
            let after = applied(&plan, &files);
            let is_left = text_of(&after, "home/config.toml").contains("c2VjcmV0");
            assert_eq!(is_left, matches!(change, Change::Connect(_)), "seed {seed}");
        }
    }
}
