//! The catalogues of all accounts: where their files are, their tables, and who may use them at one time.
//!
//! **Invariant**: a file with another shape of tables is begun anew, since all in it can be asked for again.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use credentials::{blocking, file};
use rusqlite::{Connection, ErrorCode};

use super::Error;
use super::search::Whole;
use crate::feeds::FeedReference;

/// Changes with every change of the tables.
const SHAPE: i64 = 2;

/// How long another program's write is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

const TABLES: &str = "
CREATE TABLE account (feeds_at INTEGER);
INSERT INTO account VALUES (NULL);

-- `body` is the feed as the product speaks of it, as JSON. `token` says from where to ask for changes. `views` are the names that
-- versions carry here, by the views' ids, as JSON.
CREATE TABLE feeds (
    id           INTEGER PRIMARY KEY,
    guid         TEXT NOT NULL UNIQUE,
    reference    TEXT NOT NULL COLLATE NOCASE,
    body         TEXT NOT NULL,
    refreshed_at INTEGER,
    is_complete  INTEGER NOT NULL DEFAULT 0,
    token        INTEGER,
    listing      INTEGER NOT NULL DEFAULT 0,
    views        TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX feeds_by_reference ON feeds (reference);

-- One row a crate of a feed, with what its list shows, worked out from its versions. `origins` is a set of bits.
-- `listing` is the last one it was in; a crate that nobody saved is in none.
CREATE TABLE crates (
    id            INTEGER PRIMARY KEY,
    feed          INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    guid          TEXT,
    name          TEXT NOT NULL,
    folded        TEXT NOT NULL,
    description   TEXT,
    latest        TEXT NOT NULL,
    origin        INTEGER NOT NULL,
    source        TEXT,
    yanked        INTEGER,
    published     INTEGER,
    origins       INTEGER NOT NULL,
    version_count INTEGER NOT NULL,
    any_yanked    INTEGER NOT NULL,
    views         TEXT NOT NULL,
    downloads     INTEGER,
    needed_by     INTEGER NOT NULL DEFAULT 0,
    theirs        TEXT,
    watched_at    INTEGER,
    index_file    BLOB,
    listing       INTEGER,
    UNIQUE (feed, folded)
) STRICT;
CREATE INDEX crates_by_published ON crates (feed, published, folded, origins);
CREATE INDEX crates_by_downloads ON crates (feed, downloads, folded, origins);
CREATE INDEX crates_by_origins ON crates (feed, origins, version_count);

CREATE VIRTUAL TABLE crate_words USING fts5 (
    name, description, content = '', contentless_delete = 1, tokenize = 'trigram'
);

-- `yanked` is empty where nobody looked. `contents` is what the `.crate` says, as JSON, once it was opened.
CREATE TABLE versions (
    crate     INTEGER NOT NULL REFERENCES crates (id) ON DELETE CASCADE,
    version   TEXT NOT NULL,
    guid      TEXT NOT NULL,
    published INTEGER,
    origin    INTEGER NOT NULL,
    source    TEXT,
    yanked    INTEGER,
    views     TEXT NOT NULL,
    downloads INTEGER,
    size      INTEGER,
    contents  TEXT,
    PRIMARY KEY (crate, version)
) STRICT, WITHOUT ROWID;

-- What the known projects lock of a feed. `in_index` is empty where nobody looked.
CREATE TABLE locks (
    feed     INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    folded   TEXT NOT NULL,
    name     TEXT NOT NULL,
    version  TEXT NOT NULL,
    project  TEXT NOT NULL,
    in_index INTEGER,
    PRIMARY KEY (feed, folded, version, project)
) STRICT, WITHOUT ROWID;
";

/// The catalogues of all accounts, opened when asked for.
#[derive(Debug)]
pub(crate) struct Catalogs {
    folder: PathBuf,
    open: Mutex<HashMap<String, Arc<Catalog>>>,
}

/// What is kept of one account. Writing and reading have a connection each, so that a list can be read while it is written.
#[derive(Debug)]
pub(crate) struct Catalog {
    account: String,
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    /// For the list one looks at, which no other question shall delay.
    searcher: Mutex<Connection>,
    /// How much there is of each feed, with the state of the file it was counted in.
    counted: Mutex<HashMap<i64, (i64, Whole)>>,
    /// Who brings a feed up to date has its turn, by the feed's reference.
    turns: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Catalogs {
    pub(crate) fn at(folder: PathBuf) -> Self {
        Self {
            folder,
            open: Mutex::default(),
        }
    }

    /// The catalogue of an account.
    pub(crate) fn of(&self, account: &str) -> Result<Arc<Catalog>, Error> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(catalog) = open.get(account) {
            return Ok(Arc::clone(catalog));
        }
        let catalog = Arc::new(Catalog::open(&self.folder, account)?);
        open.insert(account.to_owned(), Arc::clone(&catalog));
        Ok(catalog)
    }

    /// Forgets all that is kept of an account: whoever signed out shall leave nothing readable.
    pub(crate) fn forget(&self, account: &str) -> Result<(), Error> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.remove(account);
        remove(&path_of(&self.folder, account))
    }
}

impl Catalog {
    fn open(folder: &Path, account: &str) -> Result<Self, Error> {
        file::create_private(folder)?;
        let path = path_of(folder, account);
        let failed = |source| Error::Sqlite {
            account: account.to_owned(),
            source,
        };
        let writer = match connect(&path) {
            Ok(Some(connection)) => connection,
            // Somebody else may be writing, or the disk be full: that is no reason to throw anything away.
            Err(error) if !is_damage(&error) => return Err(failed(error)),
            outcome => {
                // Another shape, or no database at all: it is a copy, so it is made anew.
                if let Err(error) = outcome {
                    tracing::warn!(%error, account, "what was kept of an account cannot be read and is begun anew");
                }
                remove(&path)?;
                connect(&path)
                    .map_err(failed)?
                    .ok_or_else(|| failed(rusqlite::Error::InvalidQuery))?
            }
        };
        let another = || {
            connect(&path)
                .map_err(failed)?
                .ok_or_else(|| failed(rusqlite::Error::InvalidQuery))
        };
        let (reader, searcher) = (another()?, another()?);
        Ok(Self {
            account: account.to_owned(),
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            searcher: Mutex::new(searcher),
            counted: Mutex::default(),
            turns: Mutex::default(),
        })
    }

    /// Reads, without waiting for whoever writes.
    pub(super) fn read<T>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        query(&held(&self.reader)).map_err(|source| self.failed(source))
    }

    /// As [`Self::read`], for the list one looks at.
    pub(super) fn search<T>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        query(&held(&self.searcher)).map_err(|source| self.failed(source))
    }

    pub(super) fn counted(&self) -> MutexGuard<'_, HashMap<i64, (i64, Whole)>> {
        held(&self.counted)
    }

    /// Who holds it brings that feed up to date; others wait.
    pub(super) fn turn(&self, feed: &FeedReference) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = held(&self.turns);
        Arc::clone(turns.entry(feed.whole().to_string().to_lowercase()).or_default())
    }

    /// Writes all or nothing.
    pub(super) fn write<T>(
        &self,
        change: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        let mut writer = held(&self.writer);
        let all = || {
            let transaction = writer.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let outcome = change(&transaction)?;
            transaction.commit()?;
            Ok(outcome)
        };
        all().map_err(|source| self.failed(source))
    }

    fn failed(&self, source: rusqlite::Error) -> Error {
        Error::Sqlite {
            account: self.account.clone(),
            source,
        }
    }

    /// Runs work on this catalogue where it may wait.
    pub(crate) async fn off_thread<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let catalog = Arc::clone(self);
        blocking(move || work(&catalog)).await
    }
}

fn held<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A connection to tables of this shape; none where they are of another.
fn connect(path: &Path) -> rusqlite::Result<Option<Connection>> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.set_prepared_statement_cache_capacity(64);
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found != 0 && found != SHAPE {
        return Ok(None);
    }
    if found == 0 {
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // Another program may have been first.
        let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if found == 0 {
            transaction.execute_batch(TABLES)?;
            transaction.pragma_update(None, "user_version", SHAPE)?;
        }
        transaction.commit()?;
    }
    // The file remembers this. Where another program uses it just now, SQLite answers *busy* without the patience it was told to
    // have; then that one, or the next, sees to it.
    match connection.pragma_update(None, "journal_mode", "WAL") {
        Err(error) if !is_busy(&error) => Err(error),
        _ => Ok(Some(connection)),
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    let codes = [ErrorCode::DatabaseBusy, ErrorCode::DatabaseLocked];
    error
        .sqlite_error_code()
        .is_some_and(|code| codes.contains(&code))
}

/// Whether a file cannot be read as what it should be.
fn is_damage(error: &rusqlite::Error) -> bool {
    let codes = [ErrorCode::NotADatabase, ErrorCode::DatabaseCorrupt];
    error
        .sqlite_error_code()
        .is_some_and(|code| codes.contains(&code))
}

/// A file name of its own for each account, whatever it is called.
fn path_of(folder: &Path, account: &str) -> PathBuf {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() && !byte.is_ascii_uppercase() || b"-_".contains(&byte);
    let mut name = String::new();
    for byte in account.bytes() {
        match plain(byte) {
            true => name.push(char::from(byte)),
            false => name.push_str(&format!("~{byte:02x}")),
        }
    }
    folder.join(format!("{name}.sqlite"))
}

fn remove(path: &Path) -> Result<(), Error> {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        file::remove(Path::new(&name))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_account_has_a_file_of_its_own() {
        let check = |account: &str, expected: &str| {
            assert_eq!(path_of(Path::new(""), account), Path::new(expected), "{account}");
        };
        check("contoso-2", "contoso-2.sqlite");
        check("Contoso", "~43ontoso.sqlite");
        check("../x", "~2e~2e~2fx.sqlite");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = path_of(folder.path(), "contoso");
        std::fs::write(&path, "this is no database, but long enough to be taken for one").unwrap();
        let catalogs = Catalogs::at(folder.path().to_owned());
        assert_eq!(
            catalogs.of("contoso").unwrap().kept_feeds().unwrap().feeds.len(),
            0
        );
        catalogs.forget("contoso").unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn many_programs_may_make_it_at_the_same_moment() {
        for _ in 0..10 {
            let folder = tempfile::tempdir().unwrap();
            let begin = std::sync::Barrier::new(8);
            std::thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        // Each with connections of its own, as in programs of their own.
                        let catalogs = Catalogs::at(folder.path().to_owned());
                        begin.wait();
                        let catalog = catalogs.of("contoso").unwrap();
                        let feed = crate::catalog::tests::feed();
                        catalog
                            .keep_feeds(std::slice::from_ref(&feed), &[], crate::moment::Moment(1))
                            .unwrap();
                        assert_eq!(catalog.kept_feeds().unwrap().feeds, [feed]);
                    });
                }
            });
        }
    }

    #[test]
    fn another_shape_is_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = path_of(folder.path(), "contoso");
        let old = Connection::open(&path).unwrap();
        old.execute_batch("CREATE TABLE feeds (x); PRAGMA user_version = 999;")
            .unwrap();
        drop(old);
        let catalog = Catalogs::at(folder.path().to_owned()).of("contoso").unwrap();
        assert!(catalog.kept_feeds().unwrap().feeds.is_empty());
    }
}
