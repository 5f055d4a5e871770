//! The steps of the schema, oldest first.
//!
//! **Invariant:** a released step never changes; a new one is added behind it, with a test of what it makes of rows that
//! were there before.

pub(super) const FEEDS: &str = "
CREATE TABLE identity (
    role TEXT PRIMARY KEY,
    id   TEXT NOT NULL
) STRICT;

CREATE TABLE projects (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL UNIQUE,
    changed_at TEXT NOT NULL
) STRICT;

-- A deleted feed keeps its row: its name stays taken. `scope` is a project's id, or empty for the organization.
CREATE TABLE feeds (
    id                  TEXT PRIMARY KEY,
    scope               TEXT NOT NULL,
    name                TEXT NOT NULL,
    folded              TEXT NOT NULL,
    description         TEXT,
    upstream_enabled    INTEGER NOT NULL,
    upstream_changed_at TEXT,
    hide_deleted        INTEGER NOT NULL,
    badges              INTEGER NOT NULL,
    local_view          TEXT NOT NULL,
    deleted_at          TEXT,
    UNIQUE (scope, folded)
) STRICT;

-- A removed upstream keeps its row: versions saved from it still name it.
CREATE TABLE upstreams (
    id               TEXT PRIMARY KEY,
    feed             TEXT NOT NULL REFERENCES feeds (id),
    position         INTEGER NOT NULL,
    name             TEXT NOT NULL,
    location         TEXT NOT NULL,
    display_location TEXT NOT NULL,
    deleted_at       TEXT
) STRICT;
CREATE INDEX upstreams_of_feed ON upstreams (feed, position);

CREATE TABLE crates (
    id     TEXT PRIMARY KEY,
    feed   TEXT NOT NULL REFERENCES feeds (id),
    name   TEXT NOT NULL,
    folded TEXT NOT NULL,
    UNIQUE (feed, folded)
) STRICT;

-- `bare` is the version without build metadata. `upstream` is empty for what was published here.
CREATE TABLE versions (
    id              TEXT PRIMARY KEY,
    crate           TEXT NOT NULL REFERENCES crates (id),
    version         TEXT NOT NULL,
    bare            TEXT NOT NULL,
    digest          TEXT NOT NULL,
    size            INTEGER NOT NULL,
    line            TEXT NOT NULL,
    yanked          INTEGER NOT NULL DEFAULT 0,
    upstream_yanked INTEGER NOT NULL DEFAULT 0,
    upstream        TEXT REFERENCES upstreams (id),
    saved_at        TEXT NOT NULL,
    description     TEXT,
    authors         TEXT,
    keywords        TEXT,
    UNIQUE (crate, version)
) STRICT;
CREATE INDEX versions_by_digest ON versions (digest);
";

/// Views, roles, and what was deleted. Every feed gets the three views Azure gives it; a random id is put together as
/// SQLite has no function for one.
pub(super) const VIEWS: &str = "
CREATE TABLE views (
    id         TEXT PRIMARY KEY,
    feed       TEXT NOT NULL REFERENCES feeds (id),
    position   INTEGER NOT NULL,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL,
    kind       TEXT NOT NULL,
    visibility TEXT NOT NULL,
    UNIQUE (feed, folded)
) STRICT;
INSERT INTO views SELECT local_view, id, 0, 'Local', 'local', 'implicit', 'collection' FROM feeds;
INSERT INTO views
    SELECT lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8'
                 || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
           feeds.id, new.position, new.name, lower(new.name), 'release', 'collection'
    FROM feeds, (SELECT 1 AS position, 'Prerelease' AS name UNION ALL SELECT 2, 'Release') AS new;

-- What was promoted; the view that holds everything has no rows here.
CREATE TABLE promotions (
    version TEXT NOT NULL REFERENCES versions (id),
    view    TEXT NOT NULL REFERENCES views (id),
    PRIMARY KEY (version, view)
) STRICT, WITHOUT ROWID;
CREATE INDEX promotions_by_view ON promotions (view);

CREATE TABLE permissions (
    feed         TEXT NOT NULL REFERENCES feeds (id),
    descriptor   TEXT NOT NULL,
    identity     TEXT,
    display_name TEXT,
    role         TEXT NOT NULL,
    PRIMARY KEY (feed, descriptor)
) STRICT, WITHOUT ROWID;

-- Empty is the view that holds everything.
ALTER TABLE feeds ADD COLUMN default_view TEXT REFERENCES views (id);

-- A deleted version keeps its row, also when its file is gone for good: its number stays taken.
ALTER TABLE versions ADD COLUMN deleted_at TEXT;
ALTER TABLE versions ADD COLUMN purged_at TEXT;
";

/// What the rest of Azure's surface needs: a log of changes, downloads, retention, who published, other feeds upstream.
/// The log is kept by triggers, so that no statement can forget it.
pub(super) const SURFACE: &str = "
ALTER TABLE feeds ADD COLUMN name_conflicts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1;

-- `kind` is `public` or `internal`; of an internal one the feed, and the view where one is named.
ALTER TABLE upstreams ADD COLUMN kind TEXT NOT NULL DEFAULT 'public';
ALTER TABLE upstreams ADD COLUMN source_feed TEXT;
ALTER TABLE upstreams ADD COLUMN source_view TEXT;

-- Who published it and with what; `chain` is, in JSON, what lies behind the upstream it was saved from.
ALTER TABLE versions ADD COLUMN publisher TEXT;
ALTER TABLE versions ADD COLUMN user_agent TEXT;
ALTER TABLE versions ADD COLUMN chain TEXT;

-- How many versions are not deleted, so that a page deep inside a large feed is found by the index alone.
ALTER TABLE crates ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
UPDATE crates SET held = (SELECT count(*) FROM versions WHERE crate = crates.id AND deleted_at IS NULL);
CREATE INDEX crates_held ON crates (feed, folded) WHERE held > 0;

CREATE INDEX versions_by_upstream ON versions (upstream, crate) WHERE upstream IS NOT NULL;
CREATE INDEX versions_deleted ON versions (crate) WHERE deleted_at IS NOT NULL;

-- The names whose versions may come from public upstreams although the feed has some of its own.
CREATE TABLE upstreaming (
    feed   TEXT NOT NULL REFERENCES feeds (id),
    folded TEXT NOT NULL,
    PRIMARY KEY (feed, folded)
) STRICT, WITHOUT ROWID;

CREATE TABLE retention (
    feed     TEXT PRIMARY KEY REFERENCES feeds (id),
    versions INTEGER NOT NULL,
    days     INTEGER NOT NULL
) STRICT;

CREATE TABLE downloads (
    version TEXT NOT NULL REFERENCES versions (id),
    person  TEXT NOT NULL,
    times   INTEGER NOT NULL,
    last_at TEXT NOT NULL,
    PRIMARY KEY (version, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE global_permissions (
    descriptor TEXT PRIMARY KEY,
    identity   TEXT,
    role       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- Azure's name for everybody in an organization.
INSERT INTO global_permissions VALUES (
    'Microsoft.TeamFoundation.Identity;S-1-9-1551374245-1204400969-2402986413-2179408616-0-0-0-0-3', NULL, 'feedCreator');

CREATE TABLE operations (
    id     TEXT PRIMARY KEY,
    status TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The last change of each version and of each feed; what is changed again moves to the end.
CREATE TABLE changes (
    token   INTEGER PRIMARY KEY AUTOINCREMENT,
    feed    TEXT NOT NULL REFERENCES feeds (id),
    version TEXT NOT NULL UNIQUE REFERENCES versions (id)
) STRICT;
CREATE INDEX changes_of_feed ON changes (feed, token);
INSERT INTO changes (feed, version)
    SELECT crates.feed, versions.id FROM versions JOIN crates ON crates.id = versions.crate
    ORDER BY versions.saved_at, versions.id;

-- A feed that is gone for good has no row but this.
CREATE TABLE feed_changes (
    token     INTEGER PRIMARY KEY AUTOINCREMENT,
    feed      TEXT NOT NULL UNIQUE,
    scope     TEXT NOT NULL,
    name      TEXT NOT NULL,
    purged_at TEXT
) STRICT;
INSERT INTO feed_changes (feed, scope, name) SELECT id, scope, name FROM feeds ORDER BY folded, scope;

CREATE TRIGGER version_added AFTER INSERT ON versions BEGIN
    INSERT INTO changes (feed, version) SELECT feed, NEW.id FROM crates WHERE id = NEW.crate;
    UPDATE crates SET held = held + 1 WHERE id = NEW.crate AND NEW.deleted_at IS NULL;
END;
CREATE TRIGGER version_changed AFTER UPDATE OF yanked, upstream_yanked, deleted_at, purged_at ON versions
WHEN (OLD.yanked, OLD.upstream_yanked, OLD.deleted_at, OLD.purged_at)
     IS NOT (NEW.yanked, NEW.upstream_yanked, NEW.deleted_at, NEW.purged_at)
BEGIN
    DELETE FROM changes WHERE version = NEW.id;
    INSERT INTO changes (feed, version) SELECT feed, NEW.id FROM crates WHERE id = NEW.crate;
    UPDATE crates SET held = held + (OLD.deleted_at IS NOT NULL) - (NEW.deleted_at IS NOT NULL)
        WHERE id = NEW.crate;
END;
CREATE TRIGGER version_promoted AFTER INSERT ON promotions BEGIN
    DELETE FROM changes WHERE version = NEW.version;
    INSERT INTO changes (feed, version) SELECT feed, NEW.version FROM views WHERE id = NEW.view;
END;
CREATE TRIGGER version_left_view AFTER DELETE ON promotions BEGIN
    DELETE FROM changes WHERE version = OLD.version;
    INSERT INTO changes (feed, version) SELECT feed, OLD.version FROM views WHERE id = OLD.view;
END;
CREATE TRIGGER feed_made AFTER INSERT ON feeds BEGIN
    INSERT INTO feed_changes (feed, scope, name) VALUES (NEW.id, NEW.scope, NEW.name);
END;
CREATE TRIGGER feed_changed AFTER UPDATE ON feeds BEGIN
    DELETE FROM feed_changes WHERE feed = NEW.id;
    INSERT INTO feed_changes (feed, scope, name) VALUES (NEW.id, NEW.scope, NEW.name);
END;
CREATE TRIGGER upstream_added AFTER INSERT ON upstreams BEGIN
    DELETE FROM feed_changes WHERE feed = NEW.feed;
    INSERT INTO feed_changes (feed, scope, name) SELECT id, scope, name FROM feeds WHERE id = NEW.feed;
END;
CREATE TRIGGER upstream_changed AFTER UPDATE ON upstreams BEGIN
    DELETE FROM feed_changes WHERE feed = NEW.feed;
    INSERT INTO feed_changes (feed, scope, name) SELECT id, scope, name FROM feeds WHERE id = NEW.feed;
END;
";

/// When a version was last given back from the recycle bin: from then on the days of retention count anew.
pub(super) const GIVEN_BACK: &str = "
ALTER TABLE versions ADD COLUMN recovered_at TEXT;
";
