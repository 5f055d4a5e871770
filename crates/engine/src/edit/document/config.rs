//! What Granary writes into cargo's config, and takes out of it: registries, what stands for crates.io, the provider.
//!
//! **Invariant**: knows keys, decides nothing about names.

use toml_edit::Item;

use super::put::{Entry, Near};
use super::{Comments, Document, list_of, quoted};
use crate::edit::Error;

const PROVIDERS: &[&str] = &["registry", "global-credential-providers"];

impl Document {
    /// The registries with an index, each with that.
    pub(in crate::edit) fn registries(&self) -> Vec<(String, String)> {
        let with_index = |name: String| {
            let index = self.str_at(&["registries", &name, "index"])?.to_owned();
            Some((name, index))
        };
        let names = self.names_in(&["registries"]);
        names.into_iter().filter_map(with_index).collect()
    }

    /// The name under which a registry's index is known here.
    pub(in crate::edit) fn registry_with_index(&self, index_url: &str) -> Option<String> {
        let mut registries = self.registries().into_iter();
        registries.find_map(|(name, index)| (index == index_url).then_some(name))
    }

    /// `[registries] name = { index = "…" }`, or the `index` of a registry that is already there.
    pub(in crate::edit) fn set_registry(&mut self, name: &str, index_url: &str) -> Result<(), Error> {
        let path = ["registries", name];
        if !self.has(&path) {
            let index = quoted(index_url);
            let entry = list_entry(
                name,
                format!(" = {{ index = {index} }}"),
                format!("index = {index}"),
            );
            return self.put_entry(&["registries"], &entry);
        }
        if self.item_at(&path).and_then(Item::as_table_like).is_none() {
            return Err(self.other_kind(&path, "a table"));
        }
        self.set_text(&["registries", name, "index"], index_url)
    }

    /// Takes a registry's index out, and the registry where nothing else is said of it.
    pub(in crate::edit) fn remove_registry(&mut self, name: &str) -> Result<(), Error> {
        self.take(&["registries", name, "index"], Comments::Stay)?;
        self.prune(&["registries", name])?;
        self.prune(&["registries"])
    }

    /// `[source.crates-io] replace-with = "name"`.
    pub(in crate::edit) fn set_crates_io_replacement(&mut self, name: &str) -> Result<(), Error> {
        self.set_text(&["source", "crates-io", "replace-with"], name)
    }

    /// What stands for crates.io.
    pub(in crate::edit) fn crates_io_replacement(&self) -> Option<&str> {
        self.str_at(&["source", "crates-io", "replace-with"])
    }

    /// crates.io stands for itself again.
    pub(in crate::edit) fn remove_crates_io_replacement(&mut self) -> Result<(), Error> {
        self.take(&["source", "crates-io", "replace-with"], Comments::Stay)?;
        self.prune(&["source", "crates-io"])?;
        self.prune(&["source"])
    }

    /// Other sources than crates.io that a name stands for.
    pub(in crate::edit) fn sources_replaced_with(&self, name: &str) -> Vec<String> {
        let mut sources = self.names_in(&["source"]);
        sources.retain(|source| {
            source != "crates-io" && self.str_at(&["source", source, "replace-with"]) == Some(name)
        });
        sources
    }

    /// `[registry] default = "name"`.
    pub(in crate::edit) fn set_default_registry(&mut self, name: &str) -> Result<(), Error> {
        self.set_text(&["registry", "default"], name)
    }

    /// The default registry goes if it is this one.
    pub(in crate::edit) fn remove_default_registry(&mut self, name: &str) -> Result<(), Error> {
        if self.str_at(&["registry", "default"]) == Some(name) {
            self.take(&["registry", "default"], Comments::Stay)?;
            self.prune(&["registry"])?;
        }
        Ok(())
    }

    /// `[credential-alias] name = ["program"]`: a list, since a plain text is split at spaces.
    pub(in crate::edit) fn set_credential_alias(&mut self, name: &str, program: &str) -> Result<(), Error> {
        let path = ["credential-alias", name];
        let list = list_of(&[program]);
        match self.item_at(&path) {
            Some(item) if item.is_array() && self.texts_at(&path) == [program] => Ok(()),
            Some(_) => self.set(&path, &list),
            None => {
                let entry = list_entry(name, format!(" = {list}"), String::new());
                self.put_entry(&["credential-alias"], &entry)
            }
        }
    }

    /// Puts `name` at the end of `registry.global-credential-providers`, where cargo looks first.
    ///
    /// A list that is not there stands for `["cargo:token"]`, so it is written with that kept in.
    pub(in crate::edit) fn append_credential_provider(&mut self, name: &str) -> Result<(), Error> {
        if !self.has(PROVIDERS) {
            return self.set_providers(&["cargo:token", name]);
        }
        self.list_entries(PROVIDERS)?;
        match self.texts_at(PROVIDERS).contains(&name) {
            true => Ok(()),
            false => self.put_in_list(PROVIDERS, &quoted(name)),
        }
    }

    /// Writes the list of providers where there is none.
    pub(in crate::edit) fn set_providers(&mut self, names: &[&str]) -> Result<(), Error> {
        match self.has(PROVIDERS) {
            true => Ok(()),
            false => self.set(PROVIDERS, &list_of(names)),
        }
    }

    /// Takes the list of providers out if it is this one.
    pub(in crate::edit) fn remove_providers(&mut self, names: &[&str]) -> Result<(), Error> {
        if self.texts_at(PROVIDERS) == names {
            self.take(PROVIDERS, Comments::Stay)?;
            self.prune(&["registry"])?;
        }
        Ok(())
    }

    /// Takes `name` out of the list of providers, and its alias away; a table that held nothing else goes with it.
    pub(in crate::edit) fn remove_credential_provider(&mut self, name: &str) -> Result<(), Error> {
        self.take_from_list(PROVIDERS, |entry| entry == name)?;
        if self.has(&["credential-alias", name]) {
            self.take(&["credential-alias", name], Comments::Stay)?;
            self.prune(&["credential-alias"])?;
        }
        Ok(())
    }

    /// Sets a text; one that is there and says the same keeps its quotes.
    pub(in crate::edit) fn set_text(&mut self, path: &[&str], text: &str) -> Result<(), Error> {
        match self.str_at(path) == Some(text) {
            true => Ok(()),
            false => self.set(path, &quoted(text)),
        }
    }
}

fn list_entry(name: &str, tail: String, field: String) -> Entry<'_> {
    Entry {
        name,
        tail,
        fields: vec![field],
        sorted_from: 2,
        near: Near::End,
    }
}
