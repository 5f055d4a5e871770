//! Finding crates: which, in which order, how many of each origin.
//!
//! **Invariant**: reads only. Words of three letters and more are found by the index of trigrams, shorter ones by looking at
//! every name.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use super::KeptFeed;
use super::feeds::find_feed_at;
use super::source::{CRATES_IO, NOT_SAVED, OTHER_FEED, OURS, bit, origin};
use super::{Catalog, CratePage, CrateQuery, CrateRow, CrateSort, Error, Kept, OriginCounts, OriginFilter};
use crate::feeds::FeedReference;
use crate::feeds::folded;
use crate::moment::Moment;

/// The most rows one asks for at once.
const MOST_ROWS: u32 = 1000;

/// The most words of a search, and the longest of them in letters.
const MOST_WORDS: usize = 8;
const LONGEST_WORD: usize = 64;

/// What a row of the list is made of.
const COLUMNS: &str = "c.name, c.latest, c.origin, c.source, c.origins, c.version_count, c.published, c.downloads, \
                       c.description, c.yanked, c.theirs, c.watched_at, c.needed_by";

impl Catalog {
    /// A stretch of a feed's crates; none where nothing is kept of the feed.
    pub(crate) fn page(
        &self,
        feed: &FeedReference,
        query: &CrateQuery,
        offset: u32,
        limit: u32,
    ) -> Result<CratePage, Error> {
        self.search(|connection| {
            let Some(kept) = find_feed_at(connection, feed)? else {
                return Ok(CratePage::empty(offset));
            };
            let whole = self.whole(connection, kept.id)?;
            let found = Conditions::of(kept.id, query);
            let counts = match found.is_whole_feed {
                true => whole.counts,
                false => Conditions::of(kept.id, query).counts(connection)?,
            };
            let wanted = OfOrigin(query.origin);
            let total = wanted.count(&counts);
            let rows = match offset < total {
                true => found.rows(connection, query, offset, limit.min(MOST_ROWS))?,
                false => Vec::new(),
            };
            Ok(CratePage {
                total,
                offset,
                rows,
                counts,
                kept: whole.freshness(&kept),
            })
        })
    }

    /// One row of the list.
    pub(crate) fn row(&self, kept: &KeptFeed, name: &str) -> Result<Option<CrateRow>, Error> {
        Ok(self.rows_named(kept, &[name.to_owned()])?.pop())
    }

    /// Some rows of the list.
    pub(crate) fn rows_named(&self, kept: &KeptFeed, names: &[String]) -> Result<Vec<CrateRow>, Error> {
        self.read(|connection| {
            let query = format!("SELECT {COLUMNS} FROM crates c WHERE c.feed = ?1 AND c.folded = ?2");
            let mut statement = connection.prepare_cached(&query)?;
            let mut rows = Vec::new();
            for name in names {
                let found = statement.query_map((kept.id, folded(name)), read_row)?;
                rows.extend(found.collect::<Result<Vec<_>, _>>()?);
            }
            Ok(rows)
        })
    }

    /// How fresh a feed is, and how much of it is kept.
    pub(crate) fn kept_of(&self, kept: &KeptFeed) -> Result<Kept, Error> {
        self.read(|connection| Ok(Whole::count(connection, kept.id)?.freshness(kept)))
    }

    /// How much there is of a feed, counted anew only after somebody wrote.
    fn whole(&self, connection: &Connection, feed: i64) -> rusqlite::Result<Whole> {
        // Whoever writes does so by another connection than the one that searches. Read first, so that what is counted is never
        // older than this says.
        let state = connection.pragma_query_value(None, "data_version", |row| row.get(0))?;
        let mut counted = self.counted();
        match counted.get(&feed) {
            Some((at, whole)) if *at == state => Ok(*whole),
            _ => {
                let whole = Whole::count(connection, feed)?;
                counted.insert(feed, (state, whole));
                Ok(whole)
            }
        }
    }
}

/// How much there is of a feed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole {
    counts: OriginCounts,
    saved: u32,
}

impl Whole {
    fn count(connection: &Connection, feed: i64) -> rusqlite::Result<Self> {
        let counts = Conditions::of(feed, &CrateQuery::default()).counts(connection)?;
        let saved = "SELECT count(*) FROM crates WHERE feed = ?1 AND version_count > 0";
        let saved = connection
            .prepare_cached(saved)?
            .query_row([feed], |row| row.get(0))?;
        Ok(Self { counts, saved })
    }

    fn freshness(&self, kept: &KeptFeed) -> Kept {
        Kept {
            at: kept.refreshed_at.map(Moment::iso),
            is_complete: kept.is_complete,
            saved: self.saved,
            not_saved: self.counts.not_saved,
        }
    }
}

/// Which rows, but for their origin.
struct Conditions {
    is_whole_feed: bool,
    filter: String,
    values: Vec<Value>,
    /// A word that was typed alone: what fits it best comes first.
    word: Option<Word>,
}

/// A word that is looked for.
struct Word {
    folded: String,
    /// As the index of trigrams is asked for it; none where it is too short for that.
    indexed: Option<String>,
}

impl Word {
    fn of(word: &str) -> Self {
        Self {
            folded: folded(word),
            indexed: (word.chars().count() >= 3).then(|| in_words(word)),
        }
    }

    fn condition(self) -> (&'static str, Value) {
        match self.indexed {
            Some(words) => (
                "c.id IN (SELECT rowid FROM crate_words WHERE crate_words MATCH ?)",
                words.into(),
            ),
            // A few letters alone would be found in every description.
            None => ("instr(c.folded, ?) > 0", self.folded.into()),
        }
    }

    /// How well a row fits: the very name first, then what begins so, then what holds it in its name, then in its description.
    fn fits(self) -> Vec<(String, Vec<Value>)> {
        let letters = self.folded.chars().count();
        let named = [
            "c.folded = ?".to_owned(),
            format!("instr(c.folded, ?) = 1 AND length(c.folded) > {letters}"),
            "instr(c.folded, ?) > 1".to_owned(),
        ];
        let name = Value::from(self.folded.clone());
        let mut fits = named.map(|fit| (fit, vec![name.clone()])).to_vec();
        if self.indexed.is_some() {
            let (found, words) = self.condition();
            fits.push((format!("instr(c.folded, ?) = 0 AND {found}"), vec![name, words]));
        }
        fits
    }
}

impl Conditions {
    fn of(feed: i64, query: &CrateQuery) -> Self {
        let words = query.text.split_whitespace().take(MOST_WORDS);
        let words = words.map(|word| word.chars().take(LONGEST_WORD).collect::<String>());
        let words = words.collect::<Vec<_>>();
        let mut conditions = Self {
            is_whole_feed: true,
            filter: "c.feed = ?".to_owned(),
            values: vec![feed.into()],
            word: None,
        };
        match words.as_slice() {
            [word] => {
                conditions.word = Some(Word::of(word));
                conditions.is_whole_feed = false;
            }
            words => conditions.add_words(words),
        }
        // The view every feed is born with holds everything, and nothing is promoted into it.
        if let Some(view) = query
            .view
            .as_ref()
            .filter(|view| !view.eq_ignore_ascii_case("local"))
        {
            let view = format!("|{}|", view.to_lowercase());
            conditions.add("instr(lower(c.views), ?) > 0", view.into());
        }
        if query.only_yanked {
            conditions.add("c.any_yanked = ?", 1.into());
        }
        if query.only_on_both_sides {
            conditions.add("c.theirs IS NOT NULL AND c.origins & ? > 0", bit(OURS).into());
        }
        conditions
    }

    /// All of several words must be found; short ones in a description only beside a longer one.
    fn add_words(&mut self, words: &[String]) {
        let (long, short): (Vec<_>, Vec<_>) = words.iter().partition(|word| word.chars().count() >= 3);
        for word in &long {
            let (condition, value) = Word::of(word).condition();
            self.add(condition, value);
        }
        for word in short {
            let name = folded(word);
            match long.is_empty() {
                true => self.add("instr(c.folded, ?) > 0", name.into()),
                false => {
                    self.add("(instr(c.folded, ?) > 0", name.into());
                    self.filter.push_str(" OR instr(lower(c.description), ?) > 0)");
                    self.values.push(word.to_lowercase().into());
                }
            }
        }
    }

    fn add(&mut self, condition: &str, value: Value) {
        self.filter.push_str(" AND ");
        self.filter.push_str(condition);
        self.values.push(value);
        self.is_whole_feed = false;
    }

    /// How many there are of each origin.
    fn counts(mut self, connection: &Connection) -> rusqlite::Result<OriginCounts> {
        if let Some((condition, value)) = self.word.take().map(Word::condition) {
            self.add(condition, value);
        }
        let query = format!(
            "SELECT c.origins, count(*) FROM crates c WHERE {} GROUP BY c.origins",
            self.filter
        );
        let mut statement = connection.prepare_cached(&query)?;
        let mut rows = statement.query(params_from_iter(&self.values))?;
        let mut counts = OriginCounts::default();
        while let Some(row) = rows.next()? {
            let (origins, number): (i64, u32) = (row.get(0)?, row.get(1)?);
            counts.all += number;
            for (bits, count) in [
                (bit(OURS), &mut counts.ours),
                (bit(CRATES_IO), &mut counts.crates_io),
                (bit(OTHER_FEED), &mut counts.other_feed),
                (NOT_SAVED, &mut counts.not_saved),
            ] {
                *count += if origins & bits > 0 { number } else { 0 };
            }
        }
        Ok(counts)
    }

    /// The rows of an origin, in order. What is in order is found first, and only the rows to show are read whole.
    fn rows(
        mut self,
        connection: &Connection,
        query: &CrateQuery,
        offset: u32,
        limit: u32,
    ) -> rusqlite::Result<Vec<CrateRow>> {
        if let Some(bits) = OfOrigin(query.origin).bits() {
            self.filter.push_str(&format!(" AND c.origins & {bits} > 0"));
        }
        let (parts, mut values) = self.parts(
            &order(query.sort, query.is_reversed),
            offset.saturating_add(limit),
        );
        values.extend([Value::from(limit), Value::from(offset)]);
        let query = format!(
            "SELECT {COLUMNS} FROM crates c JOIN
                 (SELECT id, row_number() OVER () AS place FROM ({parts} LIMIT ? OFFSET ?)) found
             ON found.id = c.id ORDER BY found.place"
        );
        let mut statement = connection.prepare_cached(&query)?;
        let rows = statement.query_map(params_from_iter(&values), read_row)?;
        rows.collect()
    }

    /// The ids of the rows that fit best, then of the next best. Each part walks an index that is in order already, and no part is
    /// begun before the ones before it were too few: sorting all that fits took most of the time of a search.
    fn parts(self, order: &str, most: u32) -> (String, Vec<Value>) {
        let fits = match self.word {
            Some(word) => word.fits(),
            None => vec![("TRUE".to_owned(), Vec::new())],
        };
        let (mut parts, mut values) = (Vec::new(), Vec::new());
        for (fit, of_fit) in fits {
            let filter = format!("{} AND {fit}", self.filter);
            parts.push(format!(
                "SELECT id FROM (SELECT c.id FROM crates c WHERE {filter} ORDER BY {order} LIMIT ?)"
            ));
            values.extend(self.values.iter().cloned().chain(of_fit));
            values.push(most.into());
        }
        (parts.join(" UNION ALL "), values)
    }
}

/// A word as the index of trigrams is asked for it: names are folded, descriptions are not.
fn in_words(word: &str) -> String {
    let quoted = |word: &str| format!("\"{}\"", word.replace('"', "\"\""));
    let name = folded(word);
    match name == word.to_lowercase() {
        true => quoted(word),
        false => format!(
            "({{name}} : {} OR {{description}} : {})",
            quoted(&name),
            quoted(word)
        ),
    }
}

fn order(sort: CrateSort, is_reversed: bool) -> String {
    let (column, down) = match sort {
        CrateSort::Published => ("c.published", !is_reversed),
        CrateSort::Downloads => ("c.downloads", !is_reversed),
        CrateSort::Name => {
            let down = if is_reversed { "DESC" } else { "ASC" };
            return format!("c.folded {down}");
        }
    };
    match down {
        // What is not known sorts low, and so comes last.
        true => format!("{column} DESC, c.folded DESC"),
        false => format!("{column} IS NULL, {column} ASC, c.folded ASC"),
    }
}

/// The crates of an origin.
struct OfOrigin(OriginFilter);

impl OfOrigin {
    fn bits(&self) -> Option<i64> {
        match self.0 {
            OriginFilter::All => None,
            OriginFilter::Ours => Some(bit(OURS)),
            OriginFilter::CratesIo => Some(bit(CRATES_IO)),
            OriginFilter::OtherFeed => Some(bit(OTHER_FEED)),
            OriginFilter::NotSaved => Some(NOT_SAVED),
        }
    }

    fn count(&self, counts: &OriginCounts) -> u32 {
        match self.0 {
            OriginFilter::All => counts.all,
            OriginFilter::Ours => counts.ours,
            OriginFilter::CratesIo => counts.crates_io,
            OriginFilter::OtherFeed => counts.other_feed,
            OriginFilter::NotSaved => counts.not_saved,
        }
    }
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<CrateRow> {
    let origins: i64 = row.get(4)?;
    let version_count: u32 = row.get(5)?;
    let theirs: Option<String> = row.get(10)?;
    let was_watched = row.get::<_, Option<i64>>(11)?.is_some();
    let is_ours = origins & bit(OURS) > 0;
    Ok(CrateRow {
        name: row.get(0)?,
        latest: row.get(1)?,
        origin: origin(row.get(2)?, row.get(3)?, version_count > 0),
        is_mixed: (origins & !NOT_SAVED).count_ones() > 1,
        version_count,
        published_at: row.get::<_, Option<i64>>(6)?.map(|at| Moment(at).iso()),
        downloads: row.get(7)?,
        description: row.get(8)?,
        yanked: row.get(9)?,
        on_both_sides: (is_ours && was_watched).then_some(theirs.is_some()),
        needed_by: row.get(12)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Sources;
    use crate::catalog::tests::{self, listed};

    fn names(page: &CratePage) -> Vec<&str> {
        page.rows.iter().map(|row| row.name.as_str()).collect()
    }

    fn reference(kept: &KeptFeed) -> FeedReference {
        kept.feed.reference.parse().unwrap()
    }

    fn query(text: &str) -> CrateQuery {
        CrateQuery {
            text: text.to_owned(),
            sort: CrateSort::Name,
            ..CrateQuery::default()
        }
    }

    #[test]
    fn finds_what_one_means() {
        let (_folder, catalog, kept) = tests::catalog();
        let crates = [
            listed("serde_json", &[("1.0.0", Some("ab"))], "A JSON file format"),
            listed("serde", &[("1.0.0", Some("ab"))], "Serialization framework"),
            listed("contoso-serde", &[("0.1.0", None)], "ours"),
            listed("tokio", &[("1.0.0", Some("ab"))], "works with serde_json too"),
            listed("ab", &[("1.0.0", None), ("0.9.0", Some("cd"))], "say \"hi\" 100%"),
        ];
        catalog
            .put_listed(kept.id, 1, &Sources::of(&kept.feed), &crates)
            .unwrap();
        let check = |text: &str, expected: &[&str]| {
            let page = catalog.page(&reference(&kept), &query(text), 0, 100).unwrap();
            assert_eq!(names(&page), expected, "{text:?}");
            assert_eq!(page.total as usize, expected.len());
        };
        check("", &["ab", "contoso-serde", "serde", "serde_json", "tokio"]);
        check("serde", &["serde", "serde_json", "contoso-serde", "tokio"]);
        check("SERDE-json", &["serde_json"]);
        check("serde_json", &["serde_json", "tokio"]);
        check("json format", &["serde_json"]);
        check("json a", &["serde_json"]);
        check("works io", &["tokio"]);
        check("works oo", &["tokio"]);
        check("a", &["ab"]);
        check("b", &["ab"]);
        check("\"hi\"", &["ab"]);
        check("100%", &["ab"]);
        check("' OR 1=1 --", &[]);
        check("nothing", &[]);
        check("ö", &[]);
    }

    #[test]
    fn counts_follow_the_search_and_a_mixed_crate_counts_for_each_origin() {
        let (_folder, catalog, kept) = tests::catalog();
        let crates = [
            listed("a1", &[("1.0.0", None), ("2.0.0", Some("ab"))], ""),
            listed("a2", &[("1.0.0", Some("cd"))], ""),
            listed("b1", &[("1.0.0", Some("ab"))], ""),
        ];
        catalog
            .put_listed(kept.id, 1, &Sources::of(&kept.feed), &crates)
            .unwrap();
        let counts = |text: &str| {
            catalog
                .page(&reference(&kept), &query(text), 0, 9)
                .unwrap()
                .counts
        };
        let all = OriginCounts {
            all: 3,
            ours: 1,
            crates_io: 2,
            other_feed: 1,
            not_saved: 0,
        };
        assert_eq!(counts(""), all);
        let of_a = OriginCounts {
            all: 2,
            ours: 1,
            crates_io: 1,
            other_feed: 1,
            not_saved: 0,
        };
        assert_eq!(counts("a"), of_a);
        let only = CrateQuery {
            origin: OriginFilter::Ours,
            ..query("")
        };
        let page = catalog.page(&reference(&kept), &only, 0, 9).unwrap();
        assert_eq!((names(&page), page.total, page.counts), (vec!["a1"], 1, all));
        let more = [listed("c1", &[("1.0.0", None)], "")];
        catalog
            .put_listed(kept.id, 1, &Sources::of(&kept.feed), &more)
            .unwrap();
        assert_eq!((counts("").all, counts("").ours), (4, 2));
        assert!(page.rows[0].is_mixed);
        assert_eq!(
            page.rows[0].origin,
            crate::feeds::Origin::CratesIo { saved: true }
        );
    }

    #[test]
    fn stretches_join_without_a_gap_whatever_the_order() {
        let (_folder, catalog, kept) = tests::catalog();
        let crates = (0..57)
            .map(|n| listed(&format!("c{n:02}"), &[("1.0.0", None)], "a crate"))
            .collect::<Vec<_>>();
        catalog
            .put_listed(kept.id, 1, &Sources::of(&kept.feed), &crates)
            .unwrap();
        for sort in [CrateSort::Name, CrateSort::Published, CrateSort::Downloads] {
            for is_reversed in [false, true] {
                for (text, expected) in [("", 57), ("c1", 10), ("1", 15), ("crate", 57), ("c05 crate", 1)] {
                    let query = CrateQuery {
                        text: text.to_owned(),
                        sort,
                        is_reversed,
                        ..CrateQuery::default()
                    };
                    let whole = catalog.page(&reference(&kept), &query, 0, 100).unwrap();
                    let mut joined = Vec::new();
                    for offset in (0..60).step_by(7) {
                        joined.extend(catalog.page(&reference(&kept), &query, offset, 7).unwrap().rows);
                    }
                    assert_eq!(joined, whole.rows, "{text}");
                    assert_eq!(joined.len(), expected, "{text}");
                    assert_eq!(whole.total as usize, expected, "{text}");
                }
            }
        }
    }
}
