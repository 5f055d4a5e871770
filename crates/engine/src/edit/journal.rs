//! What was applied, so that it can be undone, and what was being applied when a program ended.
//!
//! One file for each deed, in Granary's own folder: `N.writing` while new texts are put beside the files, `N.moving` while they take
//! their places, `N.done` after. Whoever comes next takes back what was only being written and ends what was being moved.
//!
//! **Invariant**: one program at a time applies, undoes or cleans up. Whole texts are not kept, only what changed, and no line in which
//! a token stands.

use std::path::{Path, PathBuf};

use credentials::{Lock, file};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::apply;
use super::document::without_tokens;
use super::error::Error;
use super::parts::{self, Part};
use crate::moment::Moment;

/// How many deeds are remembered; the oldest are forgotten first.
const MOST: usize = 100;

/// The largest file of the journal that is read, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Where deeds are remembered.
#[derive(Debug, Clone)]
pub struct Journal {
    folder: PathBuf,
}

/// What was done, in a few words, and to which project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Deed {
    /// The verb: `connect`.
    pub verb: String,
    /// The project's folder, or that of the user's own config.
    pub folder: PathBuf,
}

/// A deed that can be undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Undoable {
    /// Stands for the deed.
    pub id: String,
    /// What was done.
    pub deed: Deed,
    /// When, in UTC.
    pub at: String,
}

/// One deed as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    deed: Deed,
    at: String,
    /// The deed that this one takes back.
    undoes: Option<String>,
    pub(super) files: Vec<Touched>,
}

/// One file of a deed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Touched {
    pub(super) path: PathBuf,
    /// The new text, beside the file until it takes its place; none where the file goes.
    pub(super) new: Option<PathBuf>,
    /// Whether its folder was made for it.
    pub(super) made_folder: bool,
    /// The digests of the old and of the new text; none where there is no file.
    before: Option<String>,
    after: Option<String>,
    /// What makes the old text of the new one; none where a token stands in what would have to be kept.
    undo: Option<Vec<Part>>,
}

/// The journal while nobody else uses it.
#[derive(Debug)]
pub(super) struct Turn<'j> {
    journal: &'j Journal,
    _alone: Lock,
}

/// A deed on its way.
#[derive(Debug)]
pub(super) struct Begun<'j> {
    journal: &'j Journal,
    id: String,
    entry: Entry,
}

impl Journal {
    /// The journal in a folder of Granary's own.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Ends or takes back what a program left when it was ended in the middle of applying.
    pub fn recover(&self) -> Result<(), Error> {
        // Every start comes here; nearly none has anything to wait for.
        match self.ids("writing")?.is_empty() && self.ids("moving")?.is_empty() {
            true => Ok(()),
            false => self.turn().map(drop),
        }
    }

    /// The deeds of a project that can be undone, the last first.
    pub fn undoable(&self, folder: &Path) -> Result<Vec<Undoable>, Error> {
        let mut found = Vec::new();
        for id in self.ids("done")?.into_iter().rev() {
            let Some(entry) = self.read(&id, "done")? else {
                continue;
            };
            let can = entry.files.iter().all(|file| file.undo.is_some());
            if can && entry.deed.folder == folder {
                found.push(Undoable {
                    id,
                    deed: entry.deed,
                    at: entry.at,
                });
            }
        }
        Ok(found)
    }

    /// The files of a deed, with what they are now and what they were before it. Refuses where one is not as the deed left it.
    pub(super) fn undone(&self, id: &str) -> Result<Vec<apply::PlannedFile>, Error> {
        let gone = || Error::NothingToUndo { folder: None };
        let entry = self.read(id, "done")?.ok_or_else(gone)?;
        entry.files.iter().map(Touched::undone).collect()
    }

    /// Waits for a turn of its own, and cleans up after whoever was ended in theirs.
    pub(super) fn turn(&self) -> Result<Turn<'_>, Error> {
        let turn = Turn {
            journal: self,
            _alone: Lock::take(&self.folder.join("lock"))?,
        };
        for id in self.ids("writing")? {
            if let Some(entry) = self.read(&id, "writing")? {
                entry.files.iter().for_each(Touched::leave_nothing);
            }
            self.forget(&id, "writing")?;
        }
        for id in self.ids("moving")? {
            let Some(entry) = self.read(&id, "moving")? else {
                self.forget(&id, "moving")?;
                continue;
            };
            for file in &entry.files {
                file.end_moving()?;
            }
            tracing::info!(verb = entry.deed.verb, folder = %entry.deed.folder.display(), "a change that was cut off is ended");
            let begun = Begun {
                journal: self,
                id,
                entry,
            };
            begun.done()?;
        }
        Ok(turn)
    }

    /// The ids of what is in one state, the oldest first.
    fn ids(&self, state: &str) -> Result<Vec<String>, Error> {
        let entries = match std::fs::read_dir(&self.folder) {
            Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(Error::file("read", &self.folder))?,
        };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut ids = names
            .filter_map(|name| Some(name.strip_suffix(state)?.strip_suffix('.')?.to_owned()))
            .collect::<Vec<_>>();
        ids.sort_unstable();
        Ok(ids)
    }

    fn path(&self, id: &str, state: &str) -> PathBuf {
        self.folder.join(format!("{id}.{state}"))
    }

    /// What is kept of a deed; none where that is gone or cannot be understood.
    fn read(&self, id: &str, state: &str) -> Result<Option<Entry>, Error> {
        let path = self.path(id, state);
        let Some(text) = file::read(&path, LARGEST)? else {
            return Ok(None);
        };
        let entry = serde_json::from_str(&text);
        if let Err(error) = &entry {
            tracing::warn!(%error, file = %path.display(), "what was done cannot be read and is passed over");
        }
        Ok(entry.ok())
    }

    fn forget(&self, id: &str, state: &str) -> Result<(), Error> {
        Ok(file::remove(&self.path(id, state))?)
    }
}

impl<'j> Turn<'j> {
    /// Says what is about to be written, before anything is.
    pub(super) fn begin(
        &self,
        deed: &Deed,
        undoes: Option<&str>,
        files: &[(PathBuf, &apply::PlannedFile)],
    ) -> Result<Begun<'j>, Error> {
        let mut number = Moment::now().0.max(0);
        while ["writing", "moving", "done"].iter().any(|state| {
            let path = self.journal.path(&id_of(number), state);
            path.exists()
        }) {
            number += 1;
        }
        let id = id_of(number);
        let files = files.iter().enumerate();
        let files =
            files.map(|(nth, (target, file))| Touched::of(target, file, &format!(".granary-{id}-{nth}")));
        let begun = Begun {
            journal: self.journal,
            entry: Entry {
                deed: deed.clone(),
                at: Moment::now().iso(),
                undoes: undoes.map(str::to_owned),
                files: files.collect(),
            },
            id,
        };
        // A map of texts can always be written.
        let text = serde_json::to_string(&begun.entry).unwrap_or_default();
        file::replace(&begun.journal.path(&begun.id, "writing"), text.as_bytes())?;
        Ok(begun)
    }
}

impl Begun<'_> {
    pub(super) fn files(&self) -> &[Touched] {
        &self.entry.files
    }

    /// All new texts are there: from here on the deed is ended, not taken back.
    pub(super) fn moving(&self) -> Result<(), Error> {
        let (from, to) = (
            self.journal.path(&self.id, "writing"),
            self.journal.path(&self.id, "moving"),
        );
        file::rename(&from, &to)?;
        apply::sync_folder(&self.journal.folder).map_err(Error::file("write", &to))
    }

    /// All is in place. What took another deed back leaves neither.
    pub(super) fn done(self) -> Result<(), Error> {
        let Self { journal, id, entry } = self;
        if let Some(undone) = entry.undoes {
            journal.forget(&undone, "done")?;
            return journal.forget(&id, "moving");
        }
        file::rename(&journal.path(&id, "moving"), &journal.path(&id, "done"))?;
        let ids = journal.ids("done")?;
        let old = ids.len().saturating_sub(MOST);
        ids.iter().take(old).try_for_each(|id| journal.forget(id, "done"))
    }

    /// Nothing of it stays.
    pub(super) fn given_up(self) -> Result<(), Error> {
        self.entry.files.iter().for_each(Touched::leave_nothing);
        self.journal.forget(&self.id, "writing")?;
        self.journal.forget(&self.id, "moving")
    }
}

impl Touched {
    fn of(target: &Path, file: &apply::PlannedFile, name: &str) -> Self {
        let folder = apply::folder_of(target);
        let (before, after) = (file.before.as_deref(), file.after.as_deref());
        Self {
            path: target.to_owned(),
            new: after.map(|_| folder.join(name)),
            made_folder: !folder.exists(),
            before: before.map(digest),
            after: after.map(digest),
            undo: undo_of(file),
        }
    }

    /// What the file is now and was before.
    fn undone(&self) -> Result<apply::PlannedFile, Error> {
        let changed = || Error::ChangedSince {
            path: self.path.clone(),
        };
        let now = apply::read(&self.path)?;
        let undo = self.undo.as_ref().ok_or_else(changed)?;
        if now.as_deref().map(digest) != self.after {
            return Err(changed());
        }
        let text = parts::put(now.as_deref().unwrap_or_default(), undo).ok_or_else(changed)?;
        let before = self.before.is_some().then_some(text);
        match before.as_deref().map(digest) == self.before {
            true => Ok(apply::PlannedFile {
                path: self.path.clone(),
                before: now,
                after: before,
            }),
            false => Err(changed()),
        }
    }

    /// Puts the new text in its place, unless somebody changed the file since: then theirs stays.
    fn end_moving(&self) -> Result<(), Error> {
        // What cannot be read is not as it was either.
        let is_as_before = apply::read(&self.path).is_ok_and(|now| now.as_deref().map(digest) == self.before);
        if is_as_before {
            match &self.new {
                Some(new) if new.exists() => apply::put_in_place(new, &self.path)?,
                Some(_) => {}
                None => apply::remove(&self.path)?,
            }
        }
        self.leave_no_new();
        Ok(())
    }

    /// Takes away what was put beside the file, and the folder that was made for it.
    fn leave_nothing(&self) {
        self.leave_no_new();
        if self.made_folder {
            apply::remove_if_empty(apply::folder_of(&self.path));
        }
    }

    fn leave_no_new(&self) {
        if let Some(new) = self.new.as_deref().filter(|new| new.exists())
            && let Err(error) = apply::remove(new)
        {
            tracing::warn!(%error, "a text that was not needed stays beside its file");
        }
    }
}

/// Whether nothing that would have to be kept to undo it holds a token.
pub(super) fn can_be_undone(file: &apply::PlannedFile) -> bool {
    undo_of(file).is_some()
}

/// What makes the old text of the new one; none where a token stands in it.
fn undo_of(file: &apply::PlannedFile) -> Option<Vec<Part>> {
    let before = file.before.as_deref().unwrap_or_default();
    let parts = parts::between(file.after.as_deref().unwrap_or_default(), before);
    let shown = without_tokens(&file.path, before);
    // What holds no token stands in the text without tokens as it was.
    let is_open = |part: &Part| shown.as_ref().is_none_or(|shown| shown.contains(&part.was));
    parts.iter().all(is_open).then_some(parts)
}

/// Sorts as it was counted.
fn id_of(number: i64) -> String {
    format!("{number:020}")
}

fn digest(text: &str) -> String {
    Sha256::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::plan::{Plan, plan_of, plan_undo};
    use super::*;

    struct World {
        top: tempfile::TempDir,
        journal: Journal,
    }

    impl World {
        fn new() -> Self {
            let top = tempfile::tempdir().unwrap();
            std::fs::create_dir(top.path().join("project")).unwrap();
            let journal = Journal::at(top.path().join("undo"));
            Self { top, journal }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.top.path().join(name)
        }

        fn write(&self, name: &str, text: &str) {
            std::fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
            std::fs::write(self.path(name), text).unwrap();
        }

        fn text(&self, name: &str) -> Option<String> {
            std::fs::read_to_string(self.path(name)).ok()
        }

        fn deed(&self) -> Deed {
            Deed {
                verb: "connect".to_owned(),
                folder: self.path("project"),
            }
        }

        fn plan(&self, files: &[(&str, Option<&str>)]) -> Plan {
            let planned = files.iter().map(|(name, after)| apply::PlannedFile {
                path: self.path(name),
                before: self.text(name),
                after: after.map(str::to_owned),
            });
            plan_of(planned.collect(), &self.path("project"), None)
        }

        fn apply(&self, files: &[(&str, Option<&str>)]) {
            let plan = self.plan(files);
            apply::apply(&self.journal, &plan, &plan.fingerprint, &self.deed()).unwrap();
        }

        fn undo(&self) -> Result<(), Error> {
            let last = self.journal.undoable(&self.path("project"))?.into_iter().next();
            let last = last.ok_or(Error::NothingToUndo { folder: None })?;
            let plan = plan_undo(&self.journal, &last, None)?;
            apply::undo(&self.journal, &last, &plan, &plan.fingerprint).map(drop)
        }

        /// All that lies in the project and in the journal, but for its lock.
        fn names(&self) -> Vec<String> {
            let found = glob::glob(&format!("{}/**/*", self.top.path().display())).unwrap();
            let found = found.map(|path| {
                path.unwrap()
                    .strip_prefix(self.top.path())
                    .unwrap()
                    .display()
                    .to_string()
            });
            let mut found = found.filter(|name| !name.ends_with("lock")).collect::<Vec<_>>();
            found.sort();
            found
        }
    }

    #[test]
    fn undoing_brings_back_every_byte_one_deed_after_the_other() {
        let world = World::new();
        let first = "\u{feff}# mine\r\n[net]\r\nretry = 2\n\n\n# the end, without a line's";
        world.write("user/config.toml", first);
        world.apply(&[
            ("user/config.toml", Some("# other\r\n[net]\nretry = 3\n")),
            ("project/.cargo/config.toml", Some("[registries]\n")),
        ]);
        world.apply(&[("user/config.toml", None)]);
        assert_eq!(world.text("user/config.toml"), None);

        world.undo().unwrap();
        assert_eq!(
            world.text("user/config.toml").unwrap(),
            "# other\r\n[net]\nretry = 3\n"
        );
        world.undo().unwrap();
        assert_eq!(world.text("user/config.toml").unwrap(), first);
        assert!(matches!(world.undo(), Err(Error::NothingToUndo { .. })));
        assert_eq!(world.names(), ["project", "undo", "user", "user/config.toml"]);
    }

    #[test]
    fn what_was_changed_since_is_not_undone() {
        let world = World::new();
        world.write("a.toml", "a = 1\n");
        world.apply(&[("a.toml", Some("a = 2\n")), ("b.toml", Some("b = 1\n"))]);
        world.write("b.toml", "b = 1\nc = 3\n");
        assert!(matches!(world.undo(), Err(Error::ChangedSince { path }) if path == world.path("b.toml")));
        assert_eq!(world.text("a.toml").unwrap(), "a = 2\n");
        // And between the preview and the click.
        world.write("b.toml", "b = 1\n");
        let last = world.journal.undoable(&world.path("project")).unwrap().remove(0);
        let plan = plan_undo(&world.journal, &last, None).unwrap();
        world.write("a.toml", "a = 9\n");
        let refused = apply::undo(&world.journal, &last, &plan, &plan.fingerprint);
        assert!(
            matches!(refused, Err(Error::ChangedSince { .. } | Error::Stale { .. })),
            "{refused:?}"
        );
    }

    #[test]
    fn a_line_with_a_token_is_not_kept() {
        let world = World::new();
        let secret = "[registries.a]\ntoken = \"Basic c2VjcmV0\"\n";
        world.write("credentials.toml", secret);
        world.apply(&[("credentials.toml", Some("[registries.a]\n"))]);
        assert!(matches!(world.undo(), Err(Error::NothingToUndo { .. })));
        for name in world.names() {
            assert!(
                !world.text(&name).unwrap_or_default().contains("c2VjcmV0"),
                "{name}"
            );
        }
    }

    #[test]
    fn what_stands_beside_a_token_can_be_undone() {
        let can = |before: &str, after: &str| {
            can_be_undone(&apply::PlannedFile {
                path: PathBuf::from("config.toml"),
                before: Some(before.to_owned()),
                after: Some(after.to_owned()),
            })
        };
        let ends = "\u{feff}# \u{fc}\r\n[registries.a]\r\nindex = \"i\"\r\n\"token\" = 'Basic x'\r\n";
        assert!(can(ends, &ends.replace("\"i\"", "\"j\"")));
        assert!(!can(ends, &ends.replace("'Basic x'", "'Basic y'")));
        let inline = "[registries]\na = { index = \"i\", token = \"x\" }\n";
        assert!(!can(inline, &inline.replace("\"i\"", "\"j\"")));
        let providers = "[registry]\nglobal-credential-providers = [\"cargo:token\"]\n";
        assert!(can(providers, ""));
    }

    #[test]
    fn what_was_cut_off_is_taken_back_or_ended() {
        for ends in [false, true] {
            let world = World::new();
            world.write("a.toml", "a = 1\n");
            let plan = world.plan(&[
                ("a.toml", Some("a = 2\n")),
                ("project/.cargo/config.toml", Some("b = 2\n")),
            ]);
            let turn = world.journal.turn().unwrap();
            let files = plan
                .texts
                .iter()
                .map(|file| (file.path.clone(), file))
                .collect::<Vec<_>>();
            let begun = turn.begin(&world.deed(), None, &files).unwrap();
            for (touched, file) in begun.files().iter().zip(&plan.texts) {
                world.write(
                    touched.new.as_ref().unwrap().to_str().unwrap(),
                    file.after.as_ref().unwrap(),
                );
            }
            if ends {
                begun.moving().unwrap();
                let first = &begun.files()[0];
                apply::put_in_place(first.new.as_ref().unwrap(), &first.path).unwrap();
            }
            drop(turn);
            world.journal.recover().unwrap();
            let texts = (
                world.text("a.toml").unwrap(),
                world.text("project/.cargo/config.toml"),
            );
            let names = world.names();
            match ends {
                true => {
                    assert_eq!(texts, ("a = 2\n".to_owned(), Some("b = 2\n".to_owned())));
                    assert!(!names.iter().any(|name| name.contains(".granary-")), "{names:?}");
                    world.undo().unwrap();
                    assert_eq!(world.text("a.toml").unwrap(), "a = 1\n");
                }
                false => {
                    assert_eq!(texts, ("a = 1\n".to_owned(), None));
                    assert_eq!(names, ["a.toml", "project", "undo"]);
                }
            }
        }
    }

    #[test]
    fn what_somebody_made_of_a_file_that_was_cut_off_stays() {
        let world = World::new();
        let plan = world.plan(&[("a.toml", Some("a = 2\n"))]);
        let turn = world.journal.turn().unwrap();
        let files = [(world.path("a.toml"), &plan.texts[0])];
        let begun = turn.begin(&world.deed(), None, &files).unwrap();
        let new = begun.files()[0].new.clone().unwrap();
        std::fs::write(&new, "a = 2\n").unwrap();
        begun.moving().unwrap();
        drop(turn);
        // No text at all, so that it cannot be read.
        std::fs::write(world.path("a.toml"), [0xff, 0xfe]).unwrap();
        world.journal.recover().unwrap();
        assert_eq!(std::fs::read(world.path("a.toml")).unwrap(), [0xff, 0xfe]);
        assert!(!new.exists());
    }

    #[test]
    fn only_so_many_deeds_are_remembered() {
        let world = World::new();
        for number in 0..=MOST {
            world.apply(&[("a.toml", Some(format!("a = {number}\n").as_str()))]);
        }
        assert_eq!(
            world.journal.undoable(&world.path("project")).unwrap().len(),
            MOST
        );
    }
}
