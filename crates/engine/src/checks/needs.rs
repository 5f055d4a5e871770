//! What members need, each as it is said where it is said: in the member's manifest, or in the workspace's.
//!
//! **Invariant**: works on what was read of the project.

use super::Evidence;
use crate::project::{Need, NeedSource, Project};

/// The dependencies of members; what a member inherits is the workspace's.
pub(super) fn of(project: &Project) -> Vec<Need> {
    let of_workspace = |need: &Need| {
        let mut listed = project.needs.iter().filter(|listed| listed.package.is_none());
        listed.find(|listed| listed.key() == need.key()).cloned()
    };
    let mut needs: Vec<Need> = Vec::new();
    for need in project.needs.iter().filter(|need| need.package.is_some()) {
        let said = match need.source {
            NeedSource::Workspace => of_workspace(need),
            _ => Some(need.clone()),
        };
        needs.extend(said.filter(|said| !needs.contains(said)));
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
