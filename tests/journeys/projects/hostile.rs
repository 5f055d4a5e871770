//! A dropped folder may be anything: pipes, loops, files without end, what nobody may read. Reading it ends soon, says what
//! is wrong and with which file, and changes nothing.
//!
//! **Invariant**: every look has an end that does not depend on us: `timeout` ends it, and that fails the test.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};
use journeys::{Ran, TestHome};

use super::{home, skip, write};
use crate::journey;

const PACKAGE: &str = "[package]\nname = \"relay\"\nversion = \"0.1.0\"\n";
/// Seconds within which even the worst folder is read, on a busy machine.
const SOON: &str = "20";

struct Hostile {
    home: TestHome,
    folder: PathBuf,
}

impl Hostile {
    fn new() -> Result<Self> {
        let home = home()?;
        let folder = home.user().join("dropped");
        write(&folder.join("Cargo.toml"), PACKAGE)?;
        fs::create_dir_all(folder.join(".cargo"))?;
        Ok(Self { home, folder })
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn show(&self, folder: &Path) -> Result<Ran> {
        let granary = self.home.product("granary")?;
        let mut command = Command::new("timeout");
        self.home.inhabit(&mut command);
        command
            .arg(SOON)
            .arg(granary.get_program())
            .arg("show")
            .arg(folder);
        self.home.run(&mut command)
    }

    fn check_at(&self, folder: &Path, expected: &[&str]) -> Result<()> {
        let before = everything(&self.folder)?;
        let ran = self.show(folder)?;
        ensure!(ran.code != Some(124), "it had not ended after {SOON} seconds");
        let said = format!("{}{}", ran.stdout, ran.stderr);
        let is_refused = ran.code == Some(1) && expected.iter().all(|word| said.contains(word));
        ensure!(is_refused, "expected {expected:?}: {ran:?}");
        ensure!(ran.stderr.len() < 4096, "too much was said");
        ensure!(everything(&self.folder)? == before, "something was written");
        Ok(())
    }

    fn check(&self, expected: &[&str]) -> Result<()> {
        self.check_at(&self.folder, expected)
    }
}

/// What is in a folder, and when it was last changed.
fn everything(folder: &Path) -> Result<BTreeMap<PathBuf, (u64, SystemTime)>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        all.insert(entry.path(), (about.len(), about.modified()?));
        // Deeper ones are made to be too deep to walk.
        if about.is_dir() && entry.path().components().count() < 12 {
            all.extend(everything(&entry.path())?);
        }
    }
    Ok(all)
}

fn pipe(home: &TestHome, at: &Path) -> Result<()> {
    let at = at.display().to_string();
    home.other("mkfifo", home.path(), &[&at])?.well()?;
    Ok(())
}

#[test]
fn pipes_and_devices_are_not_opened() {
    journey(async || {
        let hostile = Hostile::new()?;
        for name in [".cargo/config.toml", ".cargo/config", "Cargo.lock"] {
            pipe(&hostile.home, &hostile.at(name))?;
            hostile.check(&[name, "is not a file"])?;
            fs::remove_file(hostile.at(name))?;
            symlink("/dev/zero", hostile.at(name))?;
            hostile.check(&[name, "is not a file"])?;
            fs::remove_file(hostile.at(name))?;
        }
        // rustup passes over a toolchain file that is none.
        pipe(&hostile.home, &hostile.at("rust-toolchain"))?;
        hostile.show(&hostile.folder)?.well()?;
        fs::remove_file(hostile.at("Cargo.toml"))?;
        pipe(&hostile.home, &hostile.at("Cargo.toml"))?;
        hostile.check(&["is not a cargo project"])
    });
}

#[test]
fn loops_end() {
    journey(async || {
        let hostile = Hostile::new()?;
        symlink("config.toml", hostile.at(".cargo/config.toml"))?;
        // Cargo passes over it as over a file that is not there.
        hostile.show(&hostile.folder)?.well()?;
        fs::remove_file(hostile.at(".cargo/config.toml"))?;
        write(&hostile.at(".cargo/config.toml"), "include = [\"a.toml\"]\n")?;
        write(&hostile.at(".cargo/a.toml"), "include = [\"../.cargo/b.toml\"]\n")?;
        write(&hostile.at(".cargo/b.toml"), "include = [\"a.toml\"]\n")?;
        hostile.check(&["b.toml", "line 1", "it was included before"])?;
        // Each a little different, so that none is the same file twice.
        for number in 0..400 {
            let text = format!("include = [\"c{}.toml\"]\n", number + 1);
            write(&hostile.at(&format!(".cargo/c{number}.toml")), &text)?;
        }
        write(&hostile.at(".cargo/config.toml"), "include = [\"c0.toml\"]\n")?;
        hostile.check(&["there are too many files"])?;
        write(&hostile.at(".cargo/config.toml"), "")?;
        symlink("..", hostile.at("loop"))?;
        write(
            &hostile.at("Cargo.toml"),
            "[workspace]\nmembers = [\"loop/*\", \"loop/dropped/loop\"]\n",
        )?;
        let ran = hostile.show(&hostile.folder)?;
        ensure!(ran.code != Some(124), "a loop of links was followed");
        fs::remove_file(hostile.at("Cargo.toml"))?;
        hostile.check(&["is not a cargo project"])
    });
}

#[test]
fn size_and_depth_are_bounded() {
    journey(async || {
        let hostile = Hostile::new()?;
        let config = hostile.at(".cargo/config.toml");
        fs::File::create(&config)?.set_len(2 * 1024 * 1024 * 1024)?;
        hostile.check(&["config.toml", "is too large to read: 2147483648 bytes"])?;
        let deep = [
            format!("a = {}{}", "[".repeat(400_000), "]".repeat(400_000)),
            format!("{}a = 1", "a.".repeat(400_000)),
            format!("[{}a]", "a.".repeat(400_000)),
            format!("a = {}1{}", "{a=".repeat(200_000), "}".repeat(200_000)),
            format!("{}= 1", format!("[[{}a]]\n", "a.".repeat(60)).repeat(8_000)),
        ];
        for text in &deep {
            write(&config, text)?;
            hostile.check(&["config.toml", "is not valid"])?;
        }
        fs::remove_file(&config)?;
        write(&hostile.at("Cargo.toml"), &deep[1])?;
        hostile.check(&["Cargo.toml", "is not valid"])
    });
}

#[test]
fn numbers_are_bounded() {
    journey(async || {
        let hostile = Hostile::new()?;
        let config = hostile.at(".cargo/config.toml");
        write(&config, &format!("paths = [{}]\n", "\"\",".repeat(300_000)))?;
        hostile.check(&["config.toml", "more than 20000 values"])?;
        // As many as are allowed, all of one address, each asking as many providers.
        let entry =
            |number: usize| format!("[registries.r{number}]\nindex = \"sparse+http://127.0.0.1:9/\"\n");
        let registries = (0..6000).map(entry).collect::<String>();
        let providers = format!(
            "[registry]\nglobal-credential-providers = [{}]\n",
            "\"a\",".repeat(6000)
        );
        write(&config, &(registries + &providers))?;
        hostile.show(&hostile.folder)?.well()?;
        fs::remove_file(&config)?;
        write(&hostile.at("Cargo.toml"), "[workspace]\nmembers = [\"m/*\"]\n")?;
        let large = format!("{PACKAGE}description = \"{}\"\n", "x".repeat(1_000_000));
        for number in 0..40 {
            write(&hostile.at(&format!("m/{number}/Cargo.toml")), &large)?;
        }
        hostile.check(&["Cargo.toml", "its members are too many to read"])?;
        fs::remove_dir_all(hostile.at("m"))?;
        let dependency = |number: usize| format!("d{number} = {{ path = \"../nowhere/{number}\" }}\n");
        let dependencies = (0..20_000).map(dependency).collect::<String>();
        write(
            &hostile.at("m/one/Cargo.toml"),
            &format!("{PACKAGE}[dependencies]\n{dependencies}"),
        )?;
        hostile.check(&["Cargo.toml", "its members are too many to read"])
    });
}

#[test]
fn thousands_of_nested_folders_are_not_walked() {
    journey(async || {
        let hostile = Hostile::new()?;
        fs::remove_file(hostile.at("Cargo.toml"))?;
        let nested = "i=0; while [ $i -lt 10000 ]; do mkdir d && cd d; i=$((i + 1)); done";
        hostile
            .home
            .other("sh", &hostile.folder, &["-c", nested])?
            .well()?;
        let all = (0..5000).try_for_each(|number| fs::create_dir(hostile.at(&format!("x{number}"))));
        all?;
        let checked = hostile.check(&["is not a cargo project"]);
        // As deep as a path may be: every folder above is looked into.
        let deep = hostile.at(&"d/".repeat(1800));
        let from_below = hostile.show(&deep);
        hostile.home.other("rm", &hostile.folder, &["-rf", "d"])?.well()?;
        checked?;
        let from_below = from_below?;
        ensure!(from_below.code == Some(1), "{from_below:?}");
        Ok(())
    });
}

#[test]
fn what_is_no_text_is_named() {
    journey(async || {
        let hostile = Hostile::new()?;
        for name in [".cargo/config.toml", "Cargo.lock", "rust-toolchain", "Cargo.toml"] {
            fs::write(hostile.at(name), [0xff, 0xfe, b'a', 0])?;
            hostile.check(&[name, "is not text"])?;
            fs::remove_file(hostile.at(name))?;
        }
        let odd = hostile.folder.join(std::ffi::OsStr::from_bytes(b"p\xff"));
        fs::create_dir(&odd)?;
        fs::write(odd.join("Cargo.toml"), PACKAGE)?;
        hostile.check_at(&odd, &["is not Unicode"])?;
        // As a candidate it is passed over, since nobody could name it.
        hostile.check(&["is not a cargo project"])
    });
}

/// Looks as somebody who is not root, to whom every file may be read; none where one cannot be anybody else.
fn show_as_other(hostile: &Hostile) -> Result<Option<Ran>> {
    let (home, top) = (&hostile.home, hostile.home.path());
    if home.other("id", top, &["-u"])?.stdout.trim() != "0" {
        return hostile.show(&hostile.folder).map(Some);
    }
    const NOBODY: [&str; 3] = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let can = home.other("setpriv", top, &[&NOBODY[..], &["true"]].concat());
    if !can.is_ok_and(|ran| ran.code == Some(0)) {
        return Ok(None);
    }
    // Where the program was built may be closed to others.
    let program = top.join("granary-to-run");
    fs::copy(home.product("granary")?.get_program(), &program).context("the program")?;
    let give_to = |owner: &str| {
        let give = format!("chown -R {owner} '{}'", top.display());
        home.other("sh", top, &["-c", &give])?.well()
    };
    give_to("65534:65534")?;
    let mut command = Command::new("setpriv");
    home.inhabit(&mut command);
    command.args(NOBODY).arg("timeout").arg(SOON).arg(&program);
    let ran = home.run(command.arg("show").arg(&hostile.folder).current_dir(top));
    give_to("0:0")?;
    ran.map(Some)
}

#[test]
fn what_nobody_may_read_is_named() {
    journey(async || {
        let hostile = Hostile::new()?;
        let (folder, config) = (hostile.at(".cargo"), hostile.at(".cargo/config.toml"));
        write(&config, "[net]\nretry = 1\n")?;
        let close = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode));
        close(&config, 0o000)?;
        let Some(ran) = show_as_other(&hostile)? else {
            return skip("root may read every file, and there is no `setpriv` to be somebody else");
        };
        let is_named = ran.stdout.contains("cannot read") && ran.stdout.contains("config.toml");
        ensure!(ran.code == Some(1) && is_named, "{ran:?}");
        // A file with the old name that cannot be opened is passed over for the other.
        close(&config, 0o644)?;
        write(&hostile.at(".cargo/config"), "[net]\nretry = 2\n")?;
        close(&hostile.at(".cargo/config"), 0o000)?;
        let ran = show_as_other(&hostile)?.context("as before")?.well()?;
        ensure!(ran.stdout.contains(".cargo/config.toml:2"), "{ran:?}");
        // So is all of a folder that cannot be looked into.
        close(&folder, 0o000)?;
        let ran = show_as_other(&hostile)?.context("as before")?.well();
        close(&folder, 0o755)?;
        ensure!(!ran?.stdout.contains("net.retry"), "it was looked into");
        Ok(())
    });
}
