//! What members need, each as it is said where it is said: in the member's manifest, or in the workspace's.
//!
//! **Invariant**: works on what was read of the project.

use std::collections::{HashMap, HashSet};

use super::Evidence;
use crate::project::{Need, NeedSource, Project};

/// The dependencies of members; what a member inherits is the workspace's.
pub(super) fn of(project: &Project) -> Vec<Need> {
    let listed = project.needs.iter().filter(|listed| listed.package.is_none());
    let listed = listed.map(|need| (need.key(), need)).collect::<HashMap<_, _>>();
    let mut said_already = HashSet::new();
    let mut needs = Vec::new();
    for need in project.needs.iter().filter(|need| need.package.is_some()) {
        let said = match need.source {
            NeedSource::Workspace => listed.get(need.key()).copied(),
            _ => Some(need),
        };
        if let Some(said) = said
            && said_already.insert((said.manifest.as_path(), said.key(), said.line))
        {
            needs.push(said.clone());
        }
    }
    needs
}

impl Need {
    /// The registry it names; none for crates.io.
    pub(super) fn registry(&self) -> Option<&str> {
        match &self.source {
            NeedSource::Registry { name, .. } => Some(name),
            _ => None,
        }
    }

    pub(super) fn evidence(&self) -> Evidence {
        Evidence::File {
            path: self.manifest.clone(),
            display: self.display.clone(),
            line: self.line,
        }
    }
}
