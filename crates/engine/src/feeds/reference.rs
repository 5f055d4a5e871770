//! How a feed is named across accounts: `ACCOUNT/[PROJECT/]FEED[@VIEW]`.
//!
//! **Invariant**: pure text; names may have blanks, so only `/` and the last `@` part it.

use std::{fmt, str::FromStr};

/// A feed's name across accounts, for example `local/main/upstream`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedReference {
    /// The account.
    pub account: String,
    /// The Azure project; none for a feed of the whole organization.
    pub project: Option<String>,
    /// The feed.
    pub feed: String,
    /// The view.
    pub view: Option<String>,
}

/// The text names no feed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no feed")]
pub struct BadReference(pub String);

impl FeedReference {
    /// The feed itself, whatever view is named.
    pub(crate) fn whole(&self) -> Self {
        Self {
            view: None,
            ..self.clone()
        }
    }
}

impl FromStr for FeedReference {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        let parts = text.split('/').map(str::trim).collect::<Vec<_>>();
        let (account, project, last) = match parts.as_slice() {
            [account, feed] => (account, None, feed),
            [account, project, feed] => (account, Some((*project).to_owned()), feed),
            _ => return Err(BadReference(text.to_owned())),
        };
        let (feed, view) = match last.rsplit_once('@') {
            Some((feed, view)) => (feed, Some(view.to_owned())),
            None => (*last, None),
        };
        let all_named = [Some(*account), project.as_deref(), Some(feed), view.as_deref()];
        // `.` and `..` mean another place in an address.
        let names_nothing =
            |part: &&str| part.is_empty() || [".", ".."].contains(part) || part.chars().any(char::is_control);
        if text.len() > 512 || all_named.iter().flatten().any(names_nothing) {
            return Err(BadReference(text.to_owned()));
        }
        Ok(Self {
            account: (*account).to_owned(),
            project,
            feed: feed.to_owned(),
            view,
        })
    }
}

impl fmt::Display for FeedReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.account)?;
        if let Some(project) = &self.project {
            write!(f, "{project}/")?;
        }
        f.write_str(&self.feed)?;
        match &self.view {
            Some(view) => write!(f, "@{view}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for text in [
            "local/main/upstream",
            "contoso/shared",
            "contoso/Fabrikam Fiber/internal@Release",
        ] {
            assert_eq!(text.parse::<FeedReference>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_what_names_no_feed() {
        for text in [
            "",
            "local",
            "local/",
            "/feed",
            "a/b/c/d",
            "local//upstream",
            "local/main/@view",
            "contoso/../other",
            "contoso/.",
            "contoso/a\nb",
        ] {
            assert_eq!(text.parse::<FeedReference>(), Err(BadReference(text.to_owned())));
        }
    }
}
