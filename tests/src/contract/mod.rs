//! What goes over the wire, held against Microsoft's own description of it.
//!
//! **Invariant**: the description is read where it lies and never becomes part of the repository; whatever differs from
//! it is in one of two tables, by name and with a reason, or it is a failure.

mod deviation;
mod exchange;
mod operation;
pub mod recorder;
mod schema;
mod undescribed;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

pub use deviation::Deviation;
pub use exchange::Exchange;
pub use undescribed::Undescribed;

use operation::{FILES, File, Operation, Sighting};

/// The variable that names the folder of Microsoft's OpenAPI files.
pub const SPECS: &str = "GRANARY_AZURE_SPECS";

/// Microsoft's description of Azure DevOps, as far as this product speaks with it.
#[derive(Debug)]
pub struct Contract {
    operations: Vec<Operation>,
}

/// What a look at one exchange found.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is as the description has it, but for these known deviations.
    AsDescribed {
        /// The file and the path in it.
        route: String,
        /// What was taken otherwise than the file says.
        deviations: BTreeSet<Deviation>,
    },
    /// No file describes it, and that is known.
    Undescribed(Undescribed),
    /// It is otherwise than described; one line for each difference.
    Wrong(Vec<String>),
}

/// What a look at many exchanges found.
#[derive(Debug, Default)]
pub struct Report {
    /// How often each described route was seen, with its method.
    pub described: BTreeMap<String, usize>,
    /// How often each kind of undescribed route was seen.
    pub undescribed: BTreeMap<Undescribed, usize>,
    /// The deviations met.
    pub deviations: BTreeSet<Deviation>,
}

impl Contract {
    /// The description in the folder that the environment names; `None` when it names none.
    pub fn from_environment() -> Result<Option<Self>> {
        match std::env::var_os(SPECS).filter(|folder| !folder.is_empty()) {
            Some(folder) => Self::load(&PathBuf::from(folder)).map(Some),
            None => Ok(None),
        }
    }

    /// The description in a folder that is laid out as Microsoft publishes it.
    pub fn load(folder: &Path) -> Result<Self> {
        let mut operations = Vec::new();
        for file in FILES {
            let path = folder.join(file.path);
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("`{}`, which `{SPECS}` should hold", path.display()))?;
            operations.extend(described(file, &text).with_context(|| path.display().to_string())?);
        }
        ensure!(!operations.is_empty(), "the description describes nothing");
        Ok(Self { operations })
    }

    /// Holds one exchange against the description.
    pub fn check(&self, exchange: &Exchange) -> Verdict {
        if let Some(known) = Undescribed::of(exchange) {
            return match known.fault(exchange) {
                Some(fault) => Verdict::Wrong(vec![fault]),
                None => Verdict::Undescribed(known),
            };
        }
        let sightings = self
            .operations
            .iter()
            .filter_map(|operation| operation.sighting(exchange))
            .collect::<Vec<_>>();
        let Some(best) = sightings.iter().map(|sighting| sighting.literals).max() else {
            return Verdict::Wrong(vec![
                "no file describes this path, and no table says why".to_owned(),
            ]);
        };
        // Several versions of an API describe the same path: the one that was asked for judges.
        let mut verdicts = sightings
            .into_iter()
            .filter(|sighting| sighting.literals == best)
            .map(|sighting| Sighting::judge(sighting, exchange))
            .collect::<Vec<_>>();
        verdicts.sort_by_key(|(version_fits, verdict)| (!version_fits, !verdict.is_good()));
        verdicts.swap_remove(0).1
    }

    /// Holds many exchanges against the description; the error tells of every one that differs.
    pub fn check_all(&self, exchanges: &[Exchange]) -> Result<Report> {
        let mut report = Report::default();
        let mut wrong = Vec::new();
        for exchange in exchanges {
            match self.check(exchange) {
                Verdict::AsDescribed { route, deviations } => {
                    *report
                        .described
                        .entry(format!("{} {route}", exchange.method))
                        .or_default() += 1;
                    report.deviations.extend(deviations);
                }
                Verdict::Undescribed(known) => *report.undescribed.entry(known).or_default() += 1,
                Verdict::Wrong(lines) => wrong.push(format!("{exchange}\n    {}", lines.join("\n    "))),
            }
        }
        ensure!(
            wrong.is_empty(),
            "{} of {} exchanges are not as described:\n  {}",
            wrong.len(),
            exchanges.len(),
            wrong.join("\n  ")
        );
        Ok(report)
    }
}

/// The operations of one file.
fn described(file: &'static File, text: &str) -> Result<Vec<Operation>> {
    let (bare, known) = match text.strip_prefix('\u{feff}') {
        Some(bare) => (bare, Some(Deviation::ByteOrderMark)),
        None => (text, None),
    };
    Ok(operation::read(file, &serde_json::from_str(bare)?, known))
}

impl Verdict {
    /// Whether there is nothing to complain of.
    pub fn is_good(&self) -> bool {
        !matches!(self, Self::Wrong(_))
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (route, times) in &self.described {
            writeln!(to, "{times:4} x {route}")?;
        }
        for (known, times) in &self.undescribed {
            writeln!(to, "{times:4} x undescribed: {}", known.reason())?;
        }
        for deviation in &self.deviations {
            writeln!(to, "known deviation: {}", deviation.reason())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
