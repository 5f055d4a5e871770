//! A moment, as Azure writes it and as people read it.
//!
//! **Invariant**: milliseconds since 1970 in UTC; nothing here asks a clock but [`Moment::now`].

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// Milliseconds since 1970 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

impl Moment {
    pub(crate) fn now() -> Self {
        Self::of(OffsetDateTime::now_utc())
    }

    /// ISO 8601 with 0 to 9 digits of a second, in any offset or none; Azure's year 1 stands for *never*.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let parsed = OffsetDateTime::parse(text, &Rfc3339)
            .or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339))
            .ok()?;
        (parsed.year() >= 1970).then(|| Self::of(parsed))
    }

    /// For example `2026-11-22T22:58:00Z`.
    pub(crate) fn iso(self) -> String {
        let shape = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
        OffsetDateTime::from_unix_timestamp(self.0.div_euclid(1000))
            .ok()
            .and_then(|moment| moment.format(&shape).ok())
            .unwrap_or_default()
    }

    /// How many days there are from another moment to this one.
    pub(crate) fn days_since(self, other: Self) -> i64 {
        (self.0 - other.0).div_euclid(24 * 60 * 60 * 1000)
    }

    fn of(moment: OffsetDateTime) -> Self {
        Self(i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_all_that_azure_writes() {
        let check = |text: &str, expected: Option<i64>| {
            assert_eq!(Moment::parse(text), expected.map(Moment), "{text}")
        };
        check("1970-01-01T00:00:01Z", Some(1000));
        check("1970-01-01T00:00:01.5Z", Some(1500));
        check("1970-01-01T00:00:01.0521588Z", Some(1052));
        check("1970-01-01T00:00:01", Some(1000));
        check("1970-01-01T01:00:01+01:00", Some(1000));
        check("0001-01-01T00:00:00", None);
        check("", None);
        check("yesterday", None);
    }

    #[test]
    fn is_written_to_the_second() {
        assert_eq!(Moment(1_500).iso(), "1970-01-01T00:00:01Z");
        assert_eq!(Moment(86_400_000 * 3 + 5).days_since(Moment(5)), 3);
    }
}
