//! What was applied can be undone, and a program that is killed while it writes leaves files that are old or new.
//!
//! **Invariant**: kills only what it started, at a system call of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use journeys::{SampleCrate, TestHome};
use serde_json::Value;

use crate::journey;

const FEEDS: [&str; 4] = [
    "--feed",
    "local/main/upstream",
    "--publish-to",
    "local/main/internal",
];

/// A user's own config, as an editor on another system left it.
const OWN: &str = "\u{feff}# mine\r\n[net]\r\nretry = 2";

type Texts = BTreeMap<PathBuf, Option<String>>;

/// Some files: the two that a project is connected by, or all of the journal.
fn texts(paths: &[PathBuf]) -> Texts {
    let text = |path: &PathBuf| std::fs::read_to_string(path).ok();
    paths.iter().map(|path| (path.clone(), text(path))).collect()
}

fn put(texts: &Texts) -> Result<()> {
    for (path, text) in texts {
        match text {
            Some(text) => {
                std::fs::create_dir_all(path.parent().context("a file has a folder")?)?;
                std::fs::write(path, text)?;
            }
            None if path.exists() => std::fs::remove_file(path)?,
            None => {}
        }
    }
    Ok(())
}

fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?;
    Ok(entries
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?)
}

struct Connected {
    home: TestHome,
    project: SampleCrate,
    files: [PathBuf; 2],
    before: Texts,
    after: Texts,
}

fn connected() -> Result<Connected> {
    let home = TestHome::new()?;
    home.granary(home.path(), &["feed", "create", "local/main", "--pair"])?
        .well()?;
    let project = SampleCrate::copy_to(&home)?;
    let own = home.cargo_home().join("config.toml");
    std::fs::write(&own, OWN)?;
    let files = [project.folder.join(".cargo/config.toml"), own];
    let before = texts(&files);
    home.granary(&project.folder, &[&["connect"], FEEDS.as_slice()].concat())?
        .well()?;
    let after = texts(&files);
    ensure!(
        before.values().zip(after.values()).all(|(old, new)| old != new),
        "{after:?}"
    );
    Ok(Connected {
        home,
        project,
        files,
        before,
        after,
    })
}

#[test]
fn a_connection_is_undone_to_the_byte_and_only_once() {
    journey(async || {
        let Connected {
            home,
            project,
            files,
            before,
            after,
        } = connected()?;
        let shown = home
            .granary(&project.folder, &["undo", "--dry-run"])?
            .well()?
            .stdout;
        ensure!(
            shown.contains("Takes back `granary connect`") && shown.contains("-1"),
            "{shown}"
        );
        ensure!(texts(&files) == after, "a dry run wrote");

        // Somebody goes on working.
        std::fs::write(
            &files[1],
            format!("{}# more\n", after[&files[1]].as_deref().unwrap_or_default()),
        )?;
        let refused = home.granary(&project.folder, &["undo", "--json"])?;
        let error: Value = serde_json::from_str(refused.stderr.trim())?;
        ensure!(
            refused.code == Some(1) && error["error"]["code"] == "precondition",
            "{error}"
        );
        put(&after)?;

        let undone = home.granary_json(&project.folder, &["undo"])?;
        ensure!(
            undone["applied"]["files"]
                .as_array()
                .is_some_and(|files| files.len() == 2),
            "{undone}"
        );
        ensure!(texts(&files) == before, "{:?}", texts(&files));
        ensure!(!project.folder.join(".cargo").exists(), "an empty folder stayed");
        ensure!(
            home.git(&project.folder, &["status", "--porcelain"])?
                .well()?
                .stdout
                .is_empty(),
            "git sees a change"
        );
        let again = home.granary(&project.folder, &["undo"])?;
        ensure!(
            again.code == Some(1) && again.stderr.contains("nothing can be undone"),
            "{}",
            again.stderr
        );
        Ok(())
    });
}

/// The calls that alter files. Where a system has no call of that name, nobody is killed at it.
#[cfg(target_os = "linux")]
const CALLS: &[&str] = &[
    "openat", "write", "fsync", "mkdir", "rename", "unlink", "rmdir", "fchmod",
];

#[cfg(target_os = "linux")]
#[test]
fn killed_at_any_call_the_files_are_old_or_new_and_all_are_one_at_the_next_start() {
    journey(async || {
        let connected = connected()?;
        let Connected {
            home,
            project,
            files,
            before,
            after,
        } = &connected;
        let journal = home.path().join("granary/undo");
        let remembered = texts(&below(&journal)?);
        let (mut kills, mut ended) = (0, 0);
        for call in CALLS {
            for nth in 1.. {
                ensure!(nth < 1000, "`{call}` is called without end");
                if !killed_at(&connected, call, nth)? {
                    break;
                }
                kills += 1;
                let now = texts(files);
                for file in files {
                    let is_whole = now[file] == before[file] || now[file] == after[file];
                    ensure!(is_whole, "killed at `{call}` {nth}: {file:?} is {:?}", now[file]);
                }
                home.granary(&project.folder, &["account", "list"])?.well()?;
                let now = texts(files);
                ensure!(
                    now == *before || now == *after,
                    "killed at `{call}` {nth}, and started again: {now:?}"
                );
                ended += usize::from(now == *before);
                for folder in files
                    .iter()
                    .filter_map(|file| file.parent())
                    .filter(|folder| folder.exists())
                {
                    let litter = below(folder)?
                        .into_iter()
                        .find(|path| path.to_string_lossy().contains(".granary-"));
                    ensure!(litter.is_none(), "killed at `{call}` {nth}: {litter:?} stays");
                }
                below(&journal)?.iter().try_for_each(std::fs::remove_file)?;
                put(&remembered)?;
                put(after)?;
            }
            // It was not killed, so it did its work.
            ensure!(
                texts(files) == *before,
                "after the last `{call}` it is not undone"
            );
            put(&remembered)?;
            put(after)?;
        }
        ensure!(
            kills > 50 && ended > 3 && ended < kills,
            "{kills} kills, {ended} ended"
        );
        Ok(())
    });
}

/// Undoes, and kills that at the n-th call of a kind; answers whether it came so far.
#[cfg(target_os = "linux")]
fn killed_at(Connected { home, project, .. }: &Connected, call: &str, nth: usize) -> Result<bool> {
    let granary = home.product("granary")?;
    let mut strace = Command::new("strace");
    home.inhabit(&mut strace);
    strace
        .current_dir(&project.folder)
        .args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace=?{call}")])
        .args(["-e", &format!("inject=?{call}:signal=KILL:when={nth}")])
        .arg(granary.get_program())
        .arg("undo");
    let ran = home.run(&mut strace)?;
    match ran.code {
        Some(0) => Ok(false),
        None | Some(137) => Ok(true),
        Some(_) => bail!("`granary undo` at `{call}` {nth}: {}", ran.stderr),
    }
}
