//! The names of views: a version carries them, and a view that gets another name elsewhere changes no version.
//!
//! **Invariant**: a view is known by its id; names change, also two of them for each other.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Transaction, params};

use super::latest::between_bars;
use super::store::summarize;
use super::{Catalog, Error, KeptFeed};
use crate::feeds::View;

impl Catalog {
    /// Takes over what the views of a feed are called now. Versions follow a view that has another name, and leave one that is gone.
    pub(crate) fn learn_views(&self, kept: &KeptFeed, views: &[View]) -> Result<(), Error> {
        let now = views.iter().map(|view| (view.id.clone(), view.name.clone()));
        let now = now.collect::<BTreeMap<_, _>>();
        self.write(|transaction| {
            let query = "SELECT views FROM feeds WHERE id = ?1";
            let text: String = transaction.query_row(query, [kept.id], |row| row.get(0))?;
            let before: BTreeMap<String, String> = serde_json::from_str(&text).unwrap_or_default();
            if before == now {
                return Ok(());
            }
            let renamed = before.iter().filter(|(id, name)| now.get(*id) != Some(name));
            let renamed = renamed
                .map(|(id, name)| (name.as_str(), now.get(id).map(String::as_str)))
                .collect::<HashMap<_, _>>();
            if !renamed.is_empty() {
                rename(transaction, kept.id, &renamed)?;
            }
            // Names to names can always be written.
            let text = serde_json::to_string(&now).unwrap_or_default();
            transaction.execute("UPDATE feeds SET views = ?2 WHERE id = ?1", (kept.id, text))?;
            Ok(())
        })
    }
}

/// Gives views their other names in all versions at once, so that two may have changed theirs with each other.
fn rename(
    transaction: &Transaction<'_>,
    feed: i64,
    renamed: &HashMap<&str, Option<&str>>,
) -> rusqlite::Result<()> {
    let mut promoted = transaction.prepare(
        "SELECT v.crate, v.version, v.views FROM versions v JOIN crates c ON c.id = v.crate
         WHERE c.feed = ?1 AND c.views <> '' AND v.views <> '' ORDER BY v.crate",
    )?;
    let rows = promoted.query_map([feed], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let rows = rows.collect::<rusqlite::Result<Vec<(i64, String, String)>>>()?;
    let mut touched = Vec::new();
    for (krate, version, before) in rows {
        let names = before.split('|').filter(|name| !name.is_empty());
        let after = names.filter_map(|name| renamed.get(name).copied().unwrap_or(Some(name)));
        let after = between_bars(&after.collect::<Vec<_>>());
        if after != before {
            transaction
                .prepare_cached("UPDATE versions SET views = ?3 WHERE crate = ?1 AND version = ?2")?
                .execute(params![krate, version, after])?;
            touched.push(krate);
        }
    }
    touched.dedup();
    touched
        .into_iter()
        .try_for_each(|krate| summarize(transaction, krate))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::tests::{catalog, listed};
    use crate::feeds::Visibility;

    fn view(id: &str, name: &str) -> View {
        View {
            id: id.to_owned(),
            name: name.to_owned(),
            holds_everything: false,
            visibility: Visibility::Collection,
            is_default: false,
            version_count: None,
        }
    }

    #[test]
    fn a_version_follows_a_view_that_has_another_name_and_leaves_one_that_is_gone() {
        let (_folder, catalog, kept) = catalog();
        catalog
            .learn_views(&kept, &[view("a", "Beta"), view("b", "Release")])
            .unwrap();
        let mut krate = listed("demo", &[("1.0.0", None), ("2.0.0", None), ("3.0.0", None)], "");
        krate.versions[0].views = vec!["Beta".to_owned()];
        krate.versions[1].views = vec!["Beta".to_owned(), "Release".to_owned()];
        catalog.put_one(&kept, "demo", Some(&krate)).unwrap();
        let views = |catalog: &Catalog| {
            let versions = catalog.versions(&kept, "demo").unwrap().into_iter();
            versions
                .map(|version| version.views.join(" "))
                .collect::<Vec<_>>()
        };
        let learn = |views: &[View]| catalog.learn_views(&kept, views).unwrap();
        let counts = |names: [&str; 2]| catalog.view_counts(&kept, &names.map(str::to_owned)).unwrap();
        assert_eq!(views(&catalog), ["", "Beta Release", "Beta"]);

        learn(&[view("a", "Gamma"), view("b", "Release"), view("c", "New")]);
        assert_eq!(views(&catalog), ["", "Gamma Release", "Gamma"]);
        assert_eq!(counts(["Gamma", "Beta"]), [2, 0]);
        // Each has the other's name now.
        learn(&[view("a", "Release"), view("b", "Gamma")]);
        assert_eq!(views(&catalog), ["", "Release Gamma", "Release"]);
        assert_eq!(counts(["Release", "Gamma"]), [2, 1]);
        learn(&[view("b", "Gamma")]);
        assert_eq!(views(&catalog), ["", "Gamma", ""]);
        learn(&[view("b", "Gamma")]);
        assert_eq!(counts(["Release", "Gamma"]), [0, 1]);
    }
}
