//! Whether the lock file fits the manifests, and whether the feeds have what it names.
//!
//! **Invariant**: what feeds hold is what is kept of them here; where nothing is kept, nothing is said.

use std::collections::{BTreeSet, HashMap};

use semver::{Version, VersionReq};

use super::{Check, Evidence, FeedFacts, Fix, Subject};
use crate::change_request::ChangeKind;
use crate::feeds::Role;
use crate::project::{Held, LockedCrate, LockedOrigin, Need, NeedSource};

/// What can be told of locked versions only where there are any.
const OF_LOCKED: [&str; 5] = ["lock-out-of-date", "P-13", "P-20", "P-29e", "P-29b"];
/// How many findings of one kind are told one by one.
const MOST: usize = 20;

pub(super) fn check(subject: &Subject) -> Vec<Check> {
    let mut found = of_crates_io(subject);
    found.extend(on_both_sides(subject));
    let is_broken = subject
        .project
        .faults
        .iter()
        .any(|fault| fault.path.ends_with("Cargo.lock"));
    let Some(locked) = &subject.project.locked else {
        if is_broken {
            let because = "Cargo.lock cannot be read";
            found.push(Check::skipped("no-lockfile", because));
            found.extend(OF_LOCKED.map(|id| Check::skipped(id, because)));
            return found;
        }
        found.push(
            Check::warning(
                "no-lockfile",
                "there is no Cargo.lock yet: nobody can tell what will be fetched",
            )
            .mended_by(Fix::Restore),
        );
        let because = "there is no Cargo.lock";
        found.extend(OF_LOCKED.map(|id| Check::skipped(id, because)));
        return found;
    };
    found.extend(not_locked(subject, locked));
    found.extend(not_fitting(subject, locked));
    found.extend(unsaved(subject, locked));
    found.extend(
        locked
            .iter()
            .filter_map(|locked| held(subject, locked))
            .take(MOST),
    );
    found
}

/// Needs that cargo looks for on crates.io though only a feed of ours has them.
fn of_crates_io(subject: &Subject) -> Vec<Check> {
    let through = subject.project.connection.crates_io_through.as_ref();
    let through = through.and_then(|registry| registry.feed.as_deref());
    let is_plain = |need: &&Need| need.source == NeedSource::CratesIo;
    let mut found = Vec::new();
    for need in subject.needs.iter().filter(is_plain) {
        let has_it =
            |facts: &&FeedFacts| facts.publishes(&need.name) && through != Some(&facts.feed.reference);
        // Where what stands for crates.io has it too, cargo finds it there.
        let is_found = subject
            .feeds
            .iter()
            .any(|facts| through == Some(&facts.feed.reference) && facts.publishes(&need.name));
        let Some(facts) = subject.feeds.iter().find(has_it).filter(|_| !is_found) else {
            continue;
        };
        let words = format!(
            "`{}` is published to `{}`, and the manifest names no registry for it: cargo looks for it on crates.io",
            need.name, facts.feed.reference
        );
        let check = Check::problem("P-29a", words).seen([need.evidence(), facts.evidence()]);
        let change = ChangeKind::Move {
            name: need.name.clone(),
            feed: Some(facts.feed.reference.clone()),
        };
        // Which of two crates of one name is meant, only a person can tell.
        let is_plain = !facts.on_both_sides.contains(&need.name);
        found.push(check.mended_by_some(is_plain.then_some(Fix::Change { change })));
    }
    found
}

fn on_both_sides(subject: &Subject) -> Vec<Check> {
    let mut found = Vec::new();
    for facts in &subject.feeds {
        for name in &facts.on_both_sides {
            let words = format!(
                "`{name}` is published to `{}`, and crates.io has a crate of that name too",
                facts.feed.reference
            );
            found.push(Check::warning("name-watch", words).seen([facts.evidence()]));
        }
    }
    found
}

fn not_locked(subject: &Subject, locked: &[LockedCrate]) -> Option<Check> {
    let names = locked
        .iter()
        .map(|locked| locked.name.as_str())
        .collect::<BTreeSet<_>>();
    let missing = subject
        .needs
        .iter()
        .filter(|need| !names.contains(need.name.as_str()))
        .collect::<Vec<_>>();
    let first = missing.first()?;
    let words = match missing.len() {
        1 => format!(
            "Cargo.lock does not have `{}`, which a manifest needs",
            first.name
        ),
        many => format!(
            "Cargo.lock does not have `{}` and {} more, which manifests need",
            first.name,
            many - 1
        ),
    };
    let evidence = missing.iter().take(MOST).map(|need| need.evidence());
    Some(
        Check::warning("lock-out-of-date", words)
            .seen(evidence)
            .mended_by(Fix::Restore),
    )
}

/// Needs that a registry meets, and of which no locked version does.
fn not_fitting(subject: &Subject, locked: &[LockedCrate]) -> Option<Check> {
    let mut versions: HashMap<&str, Vec<Version>> = HashMap::new();
    for locked in locked {
        let version = Version::parse(&locked.version).ok();
        versions.entry(&locked.name).or_default().extend(version);
    }
    let does_not_fit = |need: &&Need| {
        let is_of_registry = matches!(need.source, NeedSource::CratesIo | NeedSource::Registry { .. });
        let required = need.requirement.as_deref().map(VersionReq::parse);
        match (required, versions.get(need.name.as_str())) {
            (Some(Ok(required)), Some(versions)) if is_of_registry => {
                !versions.iter().any(|version| required.matches(version))
            }
            _ => false,
        }
    };
    let needs = subject.needs.iter().filter(does_not_fit).collect::<Vec<_>>();
    let first = needs.first()?;
    let required = first.requirement.as_deref().unwrap_or_default();
    let words = format!(
        "no locked version of `{}` fits the `{required}` that a manifest requires",
        first.name
    );
    let evidence = needs.iter().take(MOST).map(|need| need.evidence());
    Some(
        Check::warning("lock-out-of-date", words)
            .seen(evidence)
            .mended_by(Fix::Restore),
    )
}

/// What is kept of the feed a locked crate comes from says of its version.
fn held(subject: &Subject, locked: &LockedCrate) -> Option<Check> {
    let facts = facts_of(subject, locked)?;
    let which = format!("{} {}", locked.name, locked.version);
    let reference = &facts.feed.reference;
    let check = match locked.held? {
        Held::Saved => return None,
        Held::Yanked => Check::warning(
            "P-29b",
            format!(
                "`{which}` is yanked in `{reference}`: this project still builds with it, and no other will choose it"
            ),
        ),
        Held::Missing => Check::problem(
            "P-29e",
            format!(
                "`{which}` is locked, and `{reference}` does not have it: it was deleted, or never there"
            ),
        ),
        Held::NotSaved if facts.feed.role == Some(Role::Reader) => {
            let words = format!("nobody saved `{which}` in `{reference}` yet, and a reader may not");
            Check::problem("P-13", words).mended_by(Fix::AskForRole {
                feed: reference.clone(),
                role: "collaborator".to_owned(),
            })
        }
        // All of a feed at once: `unsaved`.
        Held::NotSaved => return None,
    };
    Some(check.seen([facts.evidence()]))
}

/// What nobody saved yet in feeds that others build through too: they may not be let to save.
fn unsaved(subject: &Subject, locked: &[LockedCrate]) -> Vec<Check> {
    let mut found = Vec::new();
    for facts in &subject.feeds {
        let index = &facts.feed.index_url;
        if facts.feed.role == Some(Role::Reader) || subject.local.contains(index) {
            continue;
        }
        let of_feed = locked.iter().filter(|locked| {
            locked.held == Some(Held::NotSaved)
                && facts_of(subject, locked).is_some_and(|of| of.feed.id == facts.feed.id)
        });
        let names = of_feed.map(|locked| format!("`{} {}`", locked.name, locked.version));
        let names = names.collect::<Vec<_>>();
        let Some(first) = names.first() else { continue };
        let reference = &facts.feed.reference;
        let words = match names.len() {
            1 => format!(
                "{first} is not saved in `{reference}` yet: readers and builds without a sign-in fail on it"
            ),
            many => format!(
                "{many} locked crates are not saved in `{reference}` yet, {first} first: readers and builds without a sign-in fail on them"
            ),
        };
        found.push(Check::warning("P-20", words).seen([facts.evidence()]));
    }
    found
}

fn facts_of<'s>(subject: &'s Subject, locked: &LockedCrate) -> Option<&'s FeedFacts> {
    let feed = match &locked.origin {
        LockedOrigin::Feed { feed } => feed,
        LockedOrigin::CratesIo { through } => through.as_ref()?,
        _ => return None,
    };
    subject.feeds.iter().find(|facts| facts.is_called(feed))
}

impl FeedFacts {
    pub(super) fn evidence(&self) -> Evidence {
        Evidence::Catalogue {
            feed: self.feed.reference.clone(),
            at: self.at.clone(),
        }
    }

    /// Whether a name, with or without a view, is this feed's.
    pub(super) fn is_called(&self, reference: &str) -> bool {
        let whole = reference.split('@').next().unwrap_or(reference);
        whole.eq_ignore_ascii_case(&self.feed.reference)
    }

    fn publishes(&self, name: &str) -> bool {
        self.published.contains(&crate::feeds::folded(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{self, Problem, Skipped, Warning};
    use crate::checks::tests::{AT, Looked, PACKAGE, index, looked_at, verdicts};

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"ours\"\nversion = \"1.0.0\"\n\
                        source = \"sparse+https://pkgs.dev.azure.com/contoso/_packaging/internal/Cargo/index/\"\n";

    fn locked(need: &str) -> Looked {
        let manifest = format!("{PACKAGE}[dependencies]\n{need}\n");
        let files = [
            ("Cargo.toml", manifest.as_str()),
            ("Cargo.lock", LOCK),
            (".cargo/config.toml", &index("internal", AT)),
        ];
        let mut looked = looked_at(&files, &[]);
        looked.keep_feed(AT);
        looked
    }

    #[test]
    fn a_lock_file_should_be_there() {
        let looked = looked_at(&[("Cargo.toml", PACKAGE)], &[]);
        let mut expected = vec![("no-lockfile", Warning)];
        expected.extend(OF_LOCKED.map(|id| (id, Skipped)));
        assert_eq!(verdicts(&check(&looked.subject)), expected);
    }

    #[test]
    fn a_lock_file_has_all_that_manifests_need() {
        let need = "ours = { version = \"1\", registry = \"internal\" }";
        let looked = locked(need);
        assert_eq!(check(&looked.subject), []);
        let looked = locked(&need.replace("\"1\"", "\"2\""));
        assert_eq!(verdicts(&check(&looked.subject)), [("lock-out-of-date", Warning)]);
        let looked = locked(&format!("{need}\nnew = \"1\""));
        assert_eq!(verdicts(&check(&looked.subject)), [("lock-out-of-date", Warning)]);
    }

    #[test]
    fn a_feed_has_what_is_locked() {
        let mut looked = locked("ours = { version = \"1\", registry = \"internal\" }");
        let mut judged = |held: Option<Held>, role: Role, expected: &[(&str, Verdict)]| {
            let locked = looked.subject.project.locked.iter_mut().flatten();
            locked
                .filter(|locked| locked.name == "ours")
                .for_each(|locked| locked.held = held);
            looked.subject.feeds[0].feed.role = Some(role);
            assert_eq!(verdicts(&check(&looked.subject)), expected, "{held:?} {role:?}");
        };
        judged(None, Role::Reader, &[]);
        judged(Some(Held::Saved), Role::Reader, &[]);
        judged(Some(Held::Yanked), Role::Reader, &[("P-29b", Warning)]);
        judged(Some(Held::NotSaved), Role::Collaborator, &[("P-20", Warning)]);
        judged(Some(Held::NotSaved), Role::Reader, &[("P-13", Problem)]);
        judged(Some(Held::Missing), Role::Owner, &[("P-29e", Problem)]);
        let index = looked.subject.feeds[0].feed.index_url.clone();
        looked.subject.local.insert(index);
        let locked = looked.subject.project.locked.iter_mut().flatten();
        locked.for_each(|locked| locked.held = Some(Held::NotSaved));
        assert_eq!(check(&looked.subject), [], "a feed here has no other readers");
    }

    #[test]
    fn our_own_crates_are_looked_for_in_our_feed() {
        let mut looked = locked("ours = \"1\"");
        assert_eq!(check(&looked.subject), []);
        looked.subject.feeds[0].published.insert("ours".to_owned());
        let found = check(&looked.subject);
        assert_eq!(verdicts(&found), [("P-29a", Problem)]);
        let reference = looked.subject.feeds[0].feed.reference.clone();
        let change = ChangeKind::Move {
            name: "ours".to_owned(),
            feed: Some(reference),
        };
        assert_eq!(found[0].fix, Some(Fix::Change { change }));
        looked.subject.project.connection.crates_io_through =
            Some(looked.subject.project.connection.registries[0].clone());
        assert_eq!(check(&looked.subject), [], "what stands for crates.io has it");
    }

    #[test]
    fn a_name_of_ours_should_be_ours_alone() {
        let mut looked = locked("ours = { version = \"1\", registry = \"internal\" }");
        looked.subject.feeds[0].on_both_sides.insert("ours".to_owned());
        assert_eq!(verdicts(&check(&looked.subject)), [("name-watch", Warning)]);
    }
}
