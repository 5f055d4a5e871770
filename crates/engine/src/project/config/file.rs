//! Which config files apply to a folder, and reading them with what they include.
//!
//! **Invariant**: agrees with cargo on order and names; the number of files is bounded, and each is read once.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::merge::{self, Mixed, Rank};
use super::tree::{self, Node, Source, Table, Value};
use crate::project::bounded::{joined, read_text, without_mark};
use crate::project::{Error, SettingValue};

/// How many files config is read from at most, and how deep they include each other.
const MOST: usize = 256;
/// How many values they may have in all: each is told with its place.
const MOST_VALUES: usize = 20_000;

/// One file that config was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// How cargo comes to read it.
    pub(crate) role: Role,
}

/// How cargo comes to read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It finds it by its name.
    Found,
    /// The file of this number includes it.
    IncludedBy(usize),
    /// It looks there for tokens; it is no config.
    Credentials,
}

/// The config file cargo reads in a folder: the old name wins where both are there.
pub(crate) fn config_file(folder: &Path) -> PathBuf {
    named(folder, "config")
}

/// A file that cargo knows with and without `.toml`: the old name, without, wins.
pub(in crate::project) fn named(folder: &Path, name: &str) -> PathBuf {
    let old = folder.join(name);
    let is_taken = match std::fs::metadata(&old) {
        // Cargo opens it, and goes on to the other name when it may not.
        Ok(about) if about.is_file() => std::fs::File::open(&old).is_ok(),
        // A folder is taken too, and then refused; what else is there is not opened to find out.
        Ok(_) => true,
        Err(_) => false,
    };
    match is_taken {
        true => old,
        false => folder.join(format!("{name}.toml")),
    }
}

/// The files that cargo finds by itself, nearest first.
pub(in crate::project) fn discovered(folder: &Path, cargo_home: &Path) -> Vec<PathBuf> {
    let folders = folder.ancestors().map(|above| above.join(".cargo"));
    let mut folders = folders.collect::<Vec<_>>();
    if !folders.iter().any(|known| known == cargo_home) {
        folders.push(cargo_home.to_owned());
    }
    folders.iter().map(|folder| config_file(folder)).collect()
}

/// Reads files and what they include.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// The files that were read, each after the one that includes it.
    pub(super) files: Vec<File>,
    /// How many values they have.
    values: usize,
    /// Whether cargo reads what a file includes; before 1.94 it does not.
    with_includes: bool,
}

/// What a file includes: the path as it is written, whether it may be missing, and the line.
#[derive(Debug, PartialEq, Eq)]
struct Include {
    named: String,
    is_optional: bool,
    line: u32,
}

impl Reader {
    pub(super) fn new(with_includes: bool) -> Self {
        Self {
            with_includes,
            ..Self::default()
        }
    }

    /// The tree of a file with what it includes; none where there is no such file.
    pub(super) fn read(&mut self, path: &Path) -> Result<Option<Table>, Error> {
        // Cargo passes over what it cannot even look at: links in a loop, or a folder above that is somebody else's.
        if std::fs::metadata(path).is_err() {
            return Ok(None);
        }
        match read_text(path)? {
            Some(text) => {
                let mut seen = HashSet::from([path.to_owned()]);
                self.tree(path, &text, Role::Found, &mut seen).map(Some)
            }
            None => Ok(None),
        }
    }

    fn tree(
        &mut self,
        path: &Path,
        text: &str,
        role: Role,
        seen: &mut HashSet<PathBuf>,
    ) -> Result<Table, Error> {
        let number = self.files.len();
        self.files.push(File {
            path: path.to_owned(),
            role,
        });
        let text = without_mark(text);
        let mut own = tree::parse(text, path, number, false)?;
        self.values += tree::count(&own);
        if self.values > MOST_VALUES {
            return Err(Error::Invalid {
                path: path.to_owned(),
                reason: format!("with it there are more than {MOST_VALUES} values"),
            });
        }
        // An older cargo has it among the other keys and does nothing with it.
        if !self.with_includes {
            return Ok(own);
        }
        let Some(include) = own.remove("include") else {
            return Ok(own);
        };
        let mut all = Table::new();
        for include in includes(path, &include)? {
            if let Some(table) = self.include(path, number, &include, seen)? {
                merge::merge(&mut all, table, Rank::Above).map_err(|mixed| self.mixed(mixed))?;
            }
        }
        merge::merge(&mut all, own, Rank::Above).map_err(|mixed| self.mixed(mixed))?;
        Ok(all)
    }

    fn include(
        &mut self,
        path: &Path,
        number: usize,
        include: &Include,
        seen: &mut HashSet<PathBuf>,
    ) -> Result<Option<Table>, Error> {
        let refused = |reason| refused(path, include, reason);
        if !include.named.ends_with(".toml") {
            return Err(refused("its name does not end with `.toml`"));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let Some(there) = joined(folder, &include.named) else {
            return Err(refused("it is on another computer"));
        };
        // Cargo refuses to read a file a second time, but knows it again by its spelling alone.
        if !seen.insert(folder.join(&include.named)) || self.leads_to(number, &there) {
            return Err(refused("it was included before"));
        }
        if self.files.len() >= MOST {
            return Err(refused("there are too many files"));
        }
        match read_text(&there)? {
            Some(text) => self.tree(&there, &text, Role::IncludedBy(number), seen).map(Some),
            None if include.is_optional => Ok(None),
            None => Err(refused("it is not there")),
        }
    }

    /// Whether a file is another, or is included by it.
    fn leads_to(&self, number: usize, path: &Path) -> bool {
        let file = self.files.get(number);
        file.is_some_and(|file| match file.role {
            _ if file.path == path => true,
            Role::IncludedBy(by) if by < number => self.leads_to(by, path),
            _ => false,
        })
    }

    /// An error in words, of two places in files.
    pub(super) fn mixed(&self, mixed: Mixed) -> Error {
        let place = |source: Option<Source>| match source {
            Some(Source::File(file, line)) => {
                let path = self.files.get(file).map(|file| file.path.display().to_string());
                format!("`{}`, line {line},", path.unwrap_or_default())
            }
            Some(Source::Variable(name)) => format!("the variable `{name}`"),
            None => "another file".to_owned(),
        };
        let other = place(mixed.other).trim_end_matches(',').to_owned();
        Error::Mixed {
            key: mixed.key,
            one: place(mixed.one).trim_end_matches(',').to_owned(),
            one_kind: mixed.one_kind,
            other,
            other_kind: mixed.other_kind,
        }
    }
}

fn refused(path: &Path, include: &Include, reason: &'static str) -> Error {
    Error::Include {
        path: path.to_owned(),
        line: include.line,
        include: include.named.clone(),
        reason,
    }
}

/// What an `include` says: cargo takes an array of texts and tables, nothing else.
fn includes(path: &Path, include: &Node) -> Result<Vec<Include>, Error> {
    let wrong = |line: u32| Include {
        named: "include".to_owned(),
        is_optional: false,
        line,
    };
    let line_of = |source: &Source| match source {
        Source::File(_, line) => *line,
        Source::Variable(_) => 0,
    };
    let Node::Leaf(leaf) = include else {
        let line = include.source().map_or(0, line_of);
        return Err(refused(path, &wrong(line), "it is not an array"));
    };
    let Value::List(parts) = &leaf.value else {
        return Err(refused(path, &wrong(line_of(&leaf.source)), "it is not an array"));
    };
    let one = |(part, source): &(Value, Source)| {
        let line = line_of(source);
        let (named, is_optional) = match part {
            Value::Plain(SettingValue::Text(named)) => (Some(named), false),
            Value::Plain(SettingValue::Table(table)) => {
                let named = table.get("path").and_then(|path| match path {
                    SettingValue::Text(path) => Some(path),
                    _ => None,
                });
                (named, table.get("optional") == Some(&SettingValue::Boolean(true)))
            }
            _ => (None, false),
        };
        let named = named.cloned();
        let named = named.ok_or_else(|| refused(path, &wrong(line), "an entry names no path"))?;
        Ok(Include {
            named,
            is_optional,
            line,
        })
    };
    parts.iter().map(one).collect()
}
