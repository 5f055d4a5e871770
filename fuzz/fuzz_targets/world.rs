//! A project in a folder of its own, for as long as a fuzzer runs.
//!
//! **Invariant**: nothing of this computer is read but that folder.

use engine::project::{FeedNames, Project, Surroundings, read};

/// The folder.
pub struct World(tempfile::TempDir);

thread_local! {
    pub static WORLD: World = World::new();
}

impl World {
    fn new() -> Self {
        let world = Self(tempfile::tempdir().expect("a folder"));
        for folder in ["p/.cargo", "cargo-home"] {
            std::fs::create_dir_all(world.0.path().join(folder)).expect("a folder");
        }
        world.write("p/Cargo.toml", b"[package]\nname = \"p\"\n");
        world
    }

    pub fn write(&self, path: &str, bytes: &[u8]) {
        std::fs::write(self.0.path().join(path), bytes).expect("a file");
    }

    pub fn read(&self) -> Result<Project, engine::project::Error> {
        let around = Surroundings {
            cargo_home: self.0.path().join("cargo-home"),
            user_home: None,
            rustup_home: None,
            cargo_version: Some("1.95.0".to_owned()),
            variables: std::iter::empty().collect(),
            feed_names: FeedNames::default(),
        };
        read(&self.0.path().join("p"), &around)
    }
}
