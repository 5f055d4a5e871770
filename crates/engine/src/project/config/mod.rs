//! What cargo's config says in a folder: every file and variable that applies, joined by cargo's own rules, with where
//! each value is from and what it is used instead of.
//!
//! **Invariant**: reads files, writes none; variables are handed in, and options of one command (`--config`) are not
//! looked at. Secrets are not held, only what they look like.

mod environment;
mod file;
mod key;
mod merge;
mod tree;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use environment::Variables;
pub(crate) use file::config_file;
pub(super) use file::{discovered, named};
pub(crate) use key::is_secret;
pub(super) use key::written;
pub(crate) use tree::without_password;
pub(crate) use tree::{Leaf, Source, Value};

use file::{File, Reader, Role};
use merge::Rank;
use tree::{Node, Table};

use super::{
    ConfigFile, Error, FileFault, Overridden, Place, SecretShape, Setting, SettingOrigin, Surroundings,
    display_in,
};

/// All config that applies to a folder.
#[derive(Debug)]
pub(crate) struct Config {
    folder: PathBuf,
    user_home: Option<PathBuf>,
    files: Vec<File>,
    root: Table,
    /// What `credentials.toml` holds: keys and places, no secret.
    credentials: Table,
    /// The files that cargo finds and cannot use, and why.
    faults: Vec<(PathBuf, Error)>,
}

/// With what the error has for a cause.
fn in_words(error: &Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

impl Config {
    /// Reads it. `with_includes` says whether the cargo that would run follows `include`.
    /// What cannot be read, or joined to the rest, is a fault and left out.
    pub(crate) fn read(folder: &Path, around: &Surroundings, with_includes: bool) -> Self {
        let mut reader = Reader::new(with_includes);
        let mut root = Table::new();
        let mut faults = Vec::new();
        for path in discovered(folder, &around.cargo_home) {
            let read = reader.read(&path).and_then(|table| match table {
                Some(table) => {
                    merge::merge(&mut root, table, Rank::Below).map_err(|mixed| reader.mixed(mixed))
                }
                None => Ok(()),
            });
            faults.extend(read.err().map(|error| (path, error)));
        }
        around.variables.apply(&mut root);
        let mut config = Self {
            folder: folder.to_owned(),
            user_home: around.user_home.clone(),
            files: reader.files,
            root,
            credentials: Table::new(),
            faults,
        };
        match config.read_credentials(&around.cargo_home) {
            Ok(credentials) => config.credentials = credentials,
            Err(error) => {
                let path = named(&around.cargo_home, "credentials");
                config.faults.push((path, error));
            }
        }
        config
    }

    /// What is wrong with files, each in words.
    pub(super) fn faults(&self) -> Vec<FileFault> {
        let faults = self.faults.iter();
        faults.map(|(path, error)| self.fault(path, error)).collect()
    }

    /// What is wrong with a file that cargo reads here. One that is included is found by another, and named itself.
    pub(super) fn fault(&self, path: &Path, error: &Error) -> FileFault {
        let path = error.file().unwrap_or(path);
        FileFault {
            path: path.to_owned(),
            display: display_in(&self.folder, path, self.user_home.as_deref()),
            words: in_words(error),
        }
    }

    fn read_credentials(&mut self, cargo_home: &Path) -> Result<Table, Error> {
        let path = named(cargo_home, "credentials");
        let Some(text) = super::bounded::read_text(&path)? else {
            return Ok(Table::new());
        };
        // Numbered as a file, so that its lines can be told, but it is no config file.
        let number = self.files.len();
        let table = tree::parse(super::bounded::without_mark(&text), &path, number, true)?;
        self.files.push(File {
            path,
            role: Role::Credentials,
        });
        Ok(table)
    }

    /// The value of a key.
    pub(super) fn leaf(&self, key: &[&str]) -> Option<&Leaf> {
        leaf_in(&self.root, key)
    }

    /// The same in the file of credentials.
    pub(super) fn credential(&self, key: &[&str]) -> Option<&Leaf> {
        leaf_in(&self.credentials, key)
    }

    /// The text of a key.
    pub(super) fn text(&self, key: &[&str]) -> Option<&str> {
        self.leaf(key)?.value.as_text()
    }

    /// The names in a table, sorted.
    pub(super) fn names_below(&self, table: &str) -> Vec<&str> {
        match self.root.get(table) {
            Some(Node::Table(table)) => table.keys().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Calls for each value there is, with its key.
    pub(super) fn each(&self, look: &mut dyn FnMut(&[String], &Leaf)) {
        each_in(&self.root, &mut Vec::new(), look);
    }

    /// Each value as the product speaks of it, sorted by key.
    pub(super) fn settings(&self) -> Vec<Setting> {
        let mut settings = Vec::new();
        self.each(&mut |key, leaf| settings.push(self.setting(key, leaf)));
        settings.sort_by(|one, other| one.key.cmp(&other.key));
        settings
    }

    fn setting(&self, key: &[String], leaf: &Leaf) -> Setting {
        let overridden = |(value, source): &(Value, Source)| Overridden {
            value: value.shown(),
            secret: secret_of(value),
            origin: self.origin(source),
        };
        let elements = match &leaf.value {
            Value::List(parts) => parts.iter().map(|(_, source)| self.origin(source)).collect(),
            _ => Vec::new(),
        };
        Setting {
            key: written(key),
            value: leaf.value.shown(),
            secret: secret_of(&leaf.value),
            origin: self.origin(&leaf.source),
            elements,
            overrides: leaf.overrides.iter().map(overridden).collect(),
        }
    }

    /// What set a value, as the product speaks of it.
    pub(super) fn origin(&self, source: &Source) -> SettingOrigin {
        match source {
            Source::Variable(name) => SettingOrigin::Variable { name: name.clone() },
            Source::File(file, line) => {
                let path = self.path_of(*file);
                SettingOrigin::File {
                    display: display_in(&self.folder, path, self.user_home.as_deref()),
                    place: self.place_of(path),
                    path: path.to_owned(),
                    line: *line,
                }
            }
        }
    }

    /// A file by its number.
    pub(super) fn path_of(&self, file: usize) -> &Path {
        self.files
            .get(file)
            .map_or(Path::new(""), |file| file.path.as_path())
    }

    /// The file by which cargo comes to read another: itself, unless it is included.
    pub(super) fn finder_of(&self, file: usize) -> usize {
        match self.files.get(file).map(|file| file.role) {
            // Whoever includes a file stands before it.
            Some(Role::IncludedBy(by)) if by < file => self.finder_of(by),
            _ => file,
        }
    }

    /// Whether a file travels with the project.
    pub(super) fn place_of(&self, path: &Path) -> Place {
        match path.starts_with(&self.folder) {
            true => Place::Repository,
            false => Place::Computer,
        }
    }

    /// The files, nearest first, each before those it includes.
    pub(super) fn files(&self) -> Vec<ConfigFile> {
        let is_config = |file: &&File| file.role != Role::Credentials;
        let shown = |file: &File| ConfigFile {
            display: display_in(&self.folder, &file.path, self.user_home.as_deref()),
            place: self.place_of(&file.path),
            included_by: match file.role {
                Role::IncludedBy(by) => Some(self.path_of(by).to_owned()),
                Role::Found | Role::Credentials => None,
            },
            hides: hidden_by(&file.path),
            path: file.path.clone(),
        };
        self.files.iter().filter(is_config).map(shown).collect()
    }
}

fn secret_of(value: &Value) -> Option<SecretShape> {
    match value {
        Value::Secret(shape) => Some(*shape),
        _ => None,
    }
}

/// The file with the new name that cargo leaves out because there is one with the old name; a link to it is the same.
fn hidden_by(path: &Path) -> Option<PathBuf> {
    let new = path.with_file_name("config.toml");
    let is_old = path.file_name().is_some_and(|name| name == "config");
    let same = || std::fs::canonicalize(path).ok() == std::fs::canonicalize(&new).ok();
    (is_old && new.exists() && !same()).then_some(new)
}

fn leaf_in<'t>(mut table: &'t Table, key: &[&str]) -> Option<&'t Leaf> {
    let (last, above) = key.split_last()?;
    for part in above {
        table = match table.get(*part)? {
            Node::Table(table) => table,
            Node::Leaf(_) => return None,
        };
    }
    match table.get(*last)? {
        Node::Leaf(leaf) => Some(leaf),
        Node::Table(_) => None,
    }
}

fn each_in(table: &BTreeMap<String, Node>, key: &mut Vec<String>, look: &mut dyn FnMut(&[String], &Leaf)) {
    for (name, node) in table {
        key.push(name.clone());
        match node {
            Node::Table(table) => each_in(table, key, look),
            Node::Leaf(leaf) => look(key, leaf),
        }
        key.pop();
    }
}
