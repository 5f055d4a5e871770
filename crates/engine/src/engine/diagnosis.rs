//! The front door's verbs after a failure: why it failed, and what to send to somebody who can help.
//!
//! **Invariant**: as in the room above, decides nothing.

use std::path::Path;

use super::Engine;
use crate::Error;
use crate::checks::{self, Diagnosis, Personal, Report};

/// The most of a log that is looked at, in bytes; its end is.
const MOST: u64 = 1024 * 1024;

impl Engine {
    /// Why a run of a project failed.
    pub async fn run_diagnose(&self, folder: &Path, id: &str) -> Result<Diagnosis, Error> {
        let output = self.end_of_log(id, MOST).await?;
        self.diagnose(folder, &output, false).await
    }

    /// What an output of cargo's, from wherever, says of a project.
    pub async fn diagnose(&self, folder: &Path, output: &str, is_offline: bool) -> Result<Diagnosis, Error> {
        // What cargo cannot read keeps nobody from hearing why it failed.
        let (project, checks) = match self.project_show(folder).await {
            Ok(project) => match self.check_read(project.clone(), is_offline).await {
                Ok(checked) => (Ok(project), checked.checks),
                Err(error) => {
                    tracing::warn!(%error, "nothing could be checked after a failure");
                    (Ok(project), Vec::new())
                }
            },
            Err(error) => (Err(error.to_string()), Vec::new()),
        };
        let access = project.as_ref().map_or(&[][..], |project| &project.access);
        let cause = checks::cause(output, &checks, access);
        let place = project.as_ref().map_or(folder, |project| &project.folder);
        let report = Report {
            project: project.as_ref().map_err(String::as_str),
            checks: &checks,
            cause: cause.as_ref(),
            output,
        };
        Ok(Diagnosis {
            report: report.text(&self.personal(place)),
            cause,
            checks,
        })
    }

    fn personal(&self, project: &Path) -> Personal {
        let shown = |path: &Path, shown| (path.display().to_string(), shown);
        let mut folders = vec![
            shown(project, "PROJECT"),
            shown(self.home.folder(), "GRANARY_HOME"),
            shown(&self.cargo_home, "CARGO_HOME"),
        ];
        folders.extend(self.user_home.as_deref().map(|home| shown(home, "~")));
        folders.sort_by_key(|(folder, _)| std::cmp::Reverse(folder.len()));
        let variables = ["USER", "USERNAME", "LOGNAME", "HOSTNAME", "COMPUTERNAME"];
        let named = variables.iter().filter_map(|name| std::env::var(name).ok());
        let home_name = self.user_home.as_deref().and_then(Path::file_name);
        let home_name = home_name.map(|name| name.to_string_lossy().into_owned());
        Personal {
            folders,
            names: named.chain(home_name).collect(),
        }
    }
}
