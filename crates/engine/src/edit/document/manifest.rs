//! What Granary reads and writes in a manifest: dependencies with their registry, the features that name them, where a package may
//! be published.
//!
//! **Invariant**: an entry keeps the manner it is written in; only a bare requirement becomes a table, when more has to be said.

use toml_edit::Item;

use super::put::{Entry, Near};
use super::{Comments, Document, list_of, quoted};
use crate::edit::Error;

/// The three lists of dependencies, with cargo's older spellings of two.
const LISTS: &[&str] = &[
    "dependencies",
    "dev-dependencies",
    "dev_dependencies",
    "build-dependencies",
    "build_dependencies",
];

/// A dependency as a manifest has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::edit) struct Dependency {
    /// The list it stands in.
    pub(in crate::edit) list: Vec<String>,
    /// What the manifest calls it.
    pub(in crate::edit) key: String,
    /// The crate.
    pub(in crate::edit) name: String,
    /// Its requirement.
    pub(in crate::edit) requirement: Option<String>,
    /// The registry it comes from; none for crates.io.
    pub(in crate::edit) registry: Option<String>,
    /// Whether the workspace says what it is.
    pub(in crate::edit) inherits: bool,
    /// `git`, `path` or `registry-index`, where it comes from there.
    pub(in crate::edit) elsewhere: Option<&'static str>,
}

/// What a dependency shall say.
#[derive(Debug, Clone, Default)]
pub(in crate::edit) struct Wanted<'w> {
    /// What the manifest shall call it.
    pub(in crate::edit) key: &'w str,
    /// The crate's own name, where that is another.
    pub(in crate::edit) package: Option<&'w str>,
    /// None where the workspace says it.
    pub(in crate::edit) requirement: Option<&'w str>,
    pub(in crate::edit) registry: Option<&'w str>,
    pub(in crate::edit) features: &'w [String],
    pub(in crate::edit) no_default_features: bool,
    pub(in crate::edit) optional: bool,
}

impl Dependency {
    fn path(&self) -> Vec<&str> {
        let list = self.list.iter().map(String::as_str);
        list.chain([self.key.as_str()]).collect()
    }

    /// The path of one of its fields.
    fn field<'f>(&'f self, field: &'f str) -> Vec<&'f str> {
        let mut path = self.path();
        path.push(field);
        path
    }
}

impl Document {
    /// All dependencies: of the package, for targets, and those the workspace hands down.
    pub(in crate::edit) fn dependencies(&self) -> Vec<Dependency> {
        let mut lists = LISTS
            .iter()
            .map(|list| vec![(*list).to_owned()])
            .collect::<Vec<_>>();
        for target in self.names_in(&["target"]) {
            lists.extend(
                LISTS
                    .iter()
                    .map(|list| vec!["target".to_owned(), target.clone(), (*list).to_owned()]),
            );
        }
        lists.push(vec!["workspace".to_owned(), "dependencies".to_owned()]);
        lists.iter().flat_map(|list| self.dependencies_in(list)).collect()
    }

    fn dependencies_in(&self, list: &[String]) -> Vec<Dependency> {
        let path = list.iter().map(String::as_str).collect::<Vec<_>>();
        let dependency = |key: String| {
            let item = self.item_at(&[path.as_slice(), &[key.as_str()]].concat())?;
            let text = |field: &str| item.get(field).and_then(Item::as_str).map(str::to_owned);
            let elsewhere = ["git", "path", "registry-index"];
            Some(Dependency {
                list: list.to_vec(),
                name: text("package").unwrap_or_else(|| key.clone()),
                requirement: item.as_str().map(str::to_owned).or_else(|| text("version")),
                registry: text("registry"),
                inherits: item.get("workspace").and_then(Item::as_bool) == Some(true),
                elsewhere: elsewhere.into_iter().find(|field| item.get(field).is_some()),
                key,
            })
        };
        self.names_in(&path).into_iter().filter_map(dependency).collect()
    }

    /// What names a registry here, in words: a dependency, `package.publish`, a patch.
    pub(in crate::edit) fn names_of_registry(&self, registry: &str) -> Vec<String> {
        let dependencies = self.dependencies().into_iter();
        let dependencies = dependencies.filter(|dependency| dependency.registry.as_deref() == Some(registry));
        let mut names = dependencies
            .map(|dependency| dependency.path().join("."))
            .collect::<Vec<_>>();
        for publish in [&["package", "publish"][..], &["workspace", "package", "publish"]] {
            if self.texts_at(publish).contains(&registry) {
                names.push(publish.join("."));
            }
        }
        if self.has(&["patch", registry]) {
            names.push(format!("patch.{registry}"));
        }
        names
    }

    /// Puts a dependency in that is not there yet.
    pub(in crate::edit) fn add_dependency(
        &mut self,
        list: &[&str],
        wanted: &Wanted<'_>,
    ) -> Result<(), Error> {
        let fields = fields_of(wanted);
        let tail = match fields.as_slice() {
            [(key, value)] if *key == "version" => format!(" = {value}"),
            [(key, value)] => format!(".{key} = {value}"),
            _ => format!(" = {{ {} }}", lines_of(&fields).join(", ")),
        };
        let entry = Entry {
            name: wanted.key,
            tail,
            fields: lines_of(&fields),
            sorted_from: 1,
            near: Near::Relatives,
        };
        self.put_entry(list, &entry)
    }

    /// Sets what a dependency requires.
    pub(in crate::edit) fn set_requirement(
        &mut self,
        of: &Dependency,
        requirement: &str,
    ) -> Result<(), Error> {
        match self.str_at(&of.path()).is_some() {
            true => self.set_text(&of.path(), requirement),
            false => self.set_text(&of.field("version"), requirement),
        }
    }

    /// Sets the registry a dependency comes from; none is crates.io.
    pub(in crate::edit) fn set_dependency_registry(
        &mut self,
        of: &Dependency,
        registry: Option<&str>,
    ) -> Result<(), Error> {
        let path = of.path();
        let Some(registry) = registry else {
            return self.take(&of.field("registry"), Comments::Stay);
        };
        if self.str_at(&path).is_none() {
            return self.set_text(&of.field("registry"), registry);
        }
        let requirement = self.text[self.span(&path).unwrap_or_default()].to_owned();
        let table = format!("{{ version = {requirement}, registry = {} }}", quoted(registry));
        self.set(&path, &table)
    }

    /// Adds features to those a dependency has.
    pub(in crate::edit) fn add_dependency_features(
        &mut self,
        of: &Dependency,
        features: &[String],
    ) -> Result<(), Error> {
        if features.is_empty() {
            return Ok(());
        }
        self.make_table(of)?;
        let path = of.field("features");
        if !self.has(&path) {
            let features = features.iter().map(String::as_str).collect::<Vec<_>>();
            return self.set(&path, &list_of(&features));
        }
        for feature in features {
            if !self.texts_at(&path).contains(&feature.as_str()) {
                self.put_in_list(&path, &quoted(feature))?;
            }
        }
        Ok(())
    }

    /// Turns something of a dependency on or off: `optional`, `default-features`.
    pub(in crate::edit) fn set_dependency_flag(
        &mut self,
        of: &Dependency,
        flag: &str,
        is_on: bool,
    ) -> Result<(), Error> {
        self.make_table(of)?;
        self.set(&of.field(flag), if is_on { "true" } else { "false" })
    }

    /// A bare requirement becomes a table that says the same.
    fn make_table(&mut self, of: &Dependency) -> Result<(), Error> {
        let path = of.path();
        if self.str_at(&path).is_none() {
            return Ok(());
        }
        let requirement = self.text[self.span(&path).unwrap_or_default()].to_owned();
        self.set(&path, &format!("{{ version = {requirement} }}"))
    }

    /// Takes a dependency out, and the list that then holds nothing.
    pub(in crate::edit) fn remove_dependency(&mut self, of: &Dependency) -> Result<(), Error> {
        self.take(&of.path(), Comments::Go)?;
        let list = of.list.iter().map(String::as_str).collect::<Vec<_>>();
        self.prune(&list)?;
        match list.as_slice() {
            ["target", target, _] => self.prune(&["target", target]),
            _ => Ok(()),
        }
    }

    /// Takes a dependency that is gone out of the features that name it.
    pub(in crate::edit) fn forget_in_features(&mut self, key: &str) -> Result<(), Error> {
        let names_it = |entry: &str| {
            let bare = entry.strip_prefix("dep:").unwrap_or(entry);
            let bare = bare.split('/').next().unwrap_or(bare);
            bare.trim_end_matches('?') == key
        };
        let features = self.names_in(&["features"]);
        // A feature may have the name itself, and then it is that which others name.
        let is_feature = features.iter().any(|feature| feature == key);
        for feature in &features {
            self.take_from_list(&["features", feature], |entry| {
                names_it(entry) && !(is_feature && entry == key)
            })?;
        }
        Ok(())
    }

    /// `publish = ["name"]` of the package, or of what the workspace hands down.
    pub(in crate::edit) fn set_publish(&mut self, table: &[&str], registry: &str) -> Result<(), Error> {
        let path = [table, &["publish"]].concat();
        let is_list = self.item_at(&path).is_some_and(Item::is_array);
        match is_list && self.texts_at(&path) == [registry] {
            true => Ok(()),
            false => self.set(&path, &list_of(&[registry])),
        }
    }

    /// Whether `package.publish` is the workspace's.
    pub(in crate::edit) fn inherits_publish(&self) -> bool {
        let item = self.item_at(&["package", "publish", "workspace"]);
        item.and_then(Item::as_bool) == Some(true)
    }
}

fn fields_of(wanted: &Wanted<'_>) -> Vec<(&'static str, String)> {
    let mut fields = Vec::new();
    match wanted.requirement {
        Some(requirement) => fields.push(("version", quoted(requirement))),
        None => fields.push(("workspace", "true".to_owned())),
    }
    fields.extend(wanted.package.map(|package| ("package", quoted(package))));
    fields.extend(wanted.registry.map(|registry| ("registry", quoted(registry))));
    if wanted.no_default_features {
        fields.push(("default-features", "false".to_owned()));
    }
    if !wanted.features.is_empty() {
        let features = wanted.features.iter().map(String::as_str).collect::<Vec<_>>();
        fields.push(("features", list_of(&features)));
    }
    if wanted.optional {
        fields.push(("optional", "true".to_owned()));
    }
    fields
}

fn lines_of(fields: &[(&str, String)]) -> Vec<String> {
    fields
        .iter()
        .map(|(key, value)| format!("{key} = {value}"))
        .collect()
}
