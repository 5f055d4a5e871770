//! Texts that are hard to read, each alone, cut off anywhere, and with each other: nothing panics, and what is read keeps
//! to its promises.
//!
//! **Invariant**: the texts are those of `tests/fixtures/fuzz`; whatever is found to break a reader is added there.

use std::path::{Path, PathBuf};

use engine::project::{FeedNames, Project, SettingValue, Surroundings, read, read_lockfile};

/// What a look at them may end with.
type Looked<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// What must never be shown of the seeds' secrets.
const SECRETS: &[&str] = &["QUJD", "password", "a blank"];

fn seeds(name: &str) -> Looked<Vec<(PathBuf, Vec<u8>)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/fuzz");
    let mut seeds = Vec::new();
    for entry in std::fs::read_dir(folder.join(name))? {
        let path = entry?.path();
        seeds.push((path.clone(), std::fs::read(path)?));
    }
    seeds.sort();
    assert!(seeds.len() > 10, "there are no seeds");
    Ok(seeds)
}

/// A project's config beside that of `CARGO_HOME`.
struct World {
    top: tempfile::TempDir,
    around: Surroundings,
}

impl World {
    fn new() -> Looked<Self> {
        let top = tempfile::tempdir()?;
        for folder in ["p/.cargo", "cargo-home"] {
            std::fs::create_dir_all(top.path().join(folder))?;
        }
        let manifest = "[package]\nname = \"p\"\n";
        std::fs::write(top.path().join("p/Cargo.toml"), manifest)?;
        let variables = [
            ("CARGO_NET_RETRY", "x"),
            ("CARGO_PATHS", "y"),
            ("CARGO_REGISTRIES_A_TOKEN", "QUJD"),
        ];
        let variables = variables.iter().map(|(name, value)| (name.into(), value.into()));
        let around = Surroundings {
            cargo_home: top.path().join("cargo-home"),
            user_home: None,
            rustup_home: None,
            cargo_version: None,
            variables: variables.collect(),
            feed_names: FeedNames::default(),
        };
        Ok(Self { top, around })
    }

    /// What is told of both together, or why it cannot be.
    fn read(&self, near: &[u8], far: &[u8]) -> Looked<Result<Project, String>> {
        std::fs::write(self.top.path().join("p/.cargo/config.toml"), near)?;
        std::fs::write(self.top.path().join("cargo-home/config.toml"), far)?;
        let project = read(&self.top.path().join("p"), &self.around);
        Ok(project.map_err(|error| error.to_string()))
    }
}

/// Every value has its place, each element too, and no secret is seen.
fn check(project: &Project) -> Looked {
    let told = serde_json::to_string(project)?;
    assert!(SECRETS.iter().all(|secret| !told.contains(secret)), "{told}");
    for fault in &project.faults {
        assert!(fault.words.contains("config.toml"), "{fault:?}");
    }
    for setting in &project.settings {
        let elements = match &setting.value {
            Some(SettingValue::List(parts)) => parts.len(),
            _ => 0,
        };
        assert!(elements <= setting.elements.len(), "{setting:?}");
        assert_eq!(setting.value.is_none(), setting.secret.is_some(), "{setting:?}");
        assert!(!setting.key.is_empty());
    }
    Ok(())
}

#[test]
fn config_is_read_or_refused_by_name() -> Looked {
    let (world, seeds) = (World::new()?, seeds("config")?);
    let mut read = 0;
    for (_, near) in &seeds {
        for (_, far) in &seeds {
            match world.read(near, far)? {
                Ok(config) => {
                    check(&config)?;
                    read += usize::from(config.faults.is_empty());
                }
                Err(error) => panic!("what is wrong with config is a fault: {error}"),
            }
        }
    }
    assert!(read > 30, "only {read} were read");
    Ok(())
}

#[test]
fn config_that_is_cut_off_is_read_or_refused_by_name() -> Looked {
    let (world, seeds) = (World::new()?, seeds("config")?);
    for (path, text) in &seeds {
        for end in 0..text.len() {
            match world.read(&text[..end], b"[net]\nretry = 1\n")? {
                Ok(config) => check(&config)?,
                Err(error) => panic!("{}: {error}", path.display()),
            }
        }
    }
    Ok(())
}

#[test]
fn lock_files_are_read_or_refused_by_name() -> Looked {
    let world = World::new()?;
    let folder = world.top.path().join("p");
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/projects/locks");
    let samples = (1..=4).map(|version| samples.join(format!("v{version}.lock")));
    let samples = samples.map(|path| Ok((path.clone(), std::fs::read(path)?)));
    let samples = samples.collect::<Looked<Vec<_>>>()?;
    let mut count = 0;
    for (path, text) in seeds("lock")?.into_iter().chain(samples) {
        for end in (0..=text.len()).rev().step_by(7).chain([text.len()]) {
            std::fs::write(folder.join("Cargo.lock"), &text[..end])?;
            let project = read(&folder, &world.around)?;
            match read_lockfile(&folder) {
                Ok(lockfile) => {
                    let packages = lockfile.map(|lockfile| lockfile.packages.len());
                    assert_eq!(project.locked.map(|locked| locked.len()), packages);
                    count += 1;
                }
                Err(error) => {
                    let told = project
                        .faults
                        .iter()
                        .any(|fault| fault.words == error.to_string());
                    assert!(told && project.locked.is_none(), "{path:?}: {error}");
                }
            }
        }
    }
    assert!(count > 20, "only {count} were read");
    Ok(())
}

#[test]
fn outputs_are_looked_at_whatever_is_in_them() -> Looked {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/cargo-output");
    let samples = std::fs::read_dir(fixtures)?.map(|entry| Ok(std::fs::read(entry?.path())?));
    let samples = samples.collect::<Looked<Vec<_>>>()?;
    let mut recognised = 0;
    for text in seeds("output")?.into_iter().map(|(_, text)| text).chain(samples) {
        for end in (0..=text.len()).step_by(97).chain([text.len()]) {
            let found = engine::checks::recognise(&String::from_utf8_lossy(&text[..end]));
            assert!(
                found
                    .iter()
                    .all(|check| !check.words.is_empty() && !check.title.is_empty())
            );
            recognised += found.len();
        }
    }
    assert!(recognised > 50, "only {recognised} were recognised");
    Ok(())
}
