//! What a line of cargo's means.
//!
//! **Invariant**: pure; a line that is not understood stays a line. Cargo's words are English whatever the system
//! speaks.

/// What is known from one line.
#[derive(Debug, Clone, PartialEq)]
pub enum CargoLine {
    /// It brings an index up to date: the name cargo gives it.
    Updating(String),
    /// A crate was downloaded: name and version.
    Downloaded(String, String),
    /// A frame of the download's progress.
    Downloading(Downloading),
    /// A frame of the index's progress: entries so far.
    Index(u32),
    /// It waits for its lock on the package cache, which another holds.
    WaitsForCache,
    /// It compiles or checks a package.
    Compiling,
    /// A frame of the compiling's progress: units that are done, and all.
    Building(u32, u32),
    /// A warning.
    Warning,
    /// An error.
    Error,
    /// Anything else.
    Other,
}

/// A frame of the download's progress.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Downloading {
    /// Crates that are not finished yet.
    pub crates_left: u32,
    /// Bytes that are not here yet, rounded as cargo rounds them.
    pub bytes_left: Option<f64>,
}

/// Reads one line.
pub fn read_line(line: &str) -> CargoLine {
    let line = line.trim();
    if line.starts_with("error") {
        return CargoLine::Error;
    }
    if line.starts_with("warning") {
        return CargoLine::Warning;
    }
    let Some((verb, rest)) = line.split_once(' ') else {
        return CargoLine::Other;
    };
    match verb {
        "Updating" => CargoLine::Updating(rest.trim_end_matches(" index").trim_matches('`').to_owned()),
        "Downloaded" => match rest.split_once(" v") {
            Some((name, version)) => {
                let version = version.split_whitespace().next().unwrap_or_default();
                CargoLine::Downloaded(name.to_owned(), version.to_owned())
            }
            None => CargoLine::Other,
        },
        "Downloading" => downloading(rest).map_or(CargoLine::Other, CargoLine::Downloading),
        "Compiling" | "Checking" => CargoLine::Compiling,
        "Building" => building(rest).map_or(CargoLine::Other, |(done, all)| CargoLine::Building(done, all)),
        "Blocking" if rest.ends_with("file lock on package cache") => CargoLine::WaitsForCache,
        "Fetch" => index_frame(rest).map_or(CargoLine::Other, CargoLine::Index),
        _ => CargoLine::Other,
    }
}

/// `117 crates, remaining bytes: 4.5MiB`, or `1 crate, …`.
fn downloading(rest: &str) -> Option<Downloading> {
    let (count, more) = rest.split_once(" crate")?;
    let crates_left = count.trim().parse().ok()?;
    let bytes_left = more
        .split_once("remaining bytes: ")
        .and_then(|(_, size)| bytes(size.trim()));
    Some(Downloading {
        crates_left,
        bytes_left,
    })
}

/// `[=====> ] 107 complete; 0 pending`.
fn index_frame(rest: &str) -> Option<u32> {
    rest.split_once(" complete")?.0.rsplit(' ').next()?.parse().ok()
}

/// `[=====> ] 12/40: serde, syn`.
fn building(rest: &str) -> Option<(u32, u32)> {
    let counts = rest.split_once("] ")?.1.split(':').next()?;
    let (done, all) = counts.split_once('/')?;
    Some((done.trim().parse().ok()?, all.trim().parse().ok()?))
}

/// `4.5MiB` in bytes.
fn bytes(text: &str) -> Option<f64> {
    let unit = text.find(|sign: char| sign.is_ascii_alphabetic())?;
    let factor = match text[unit..].split_whitespace().next()? {
        "B" => 1.0,
        "KiB" => 1024.0,
        "MiB" => 1024.0 * 1024.0,
        "GiB" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Some(text[..unit].parse::<f64>().ok()? * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_cargo_says() {
        let check = |line: &str, expected| assert_eq!(read_line(line), expected, "{line}");
        check(
            "    Updating `upstream` index",
            CargoLine::Updating("upstream".into()),
        );
        check(
            "    Updating crates.io index",
            CargoLine::Updating("crates.io".into()),
        );
        check(
            "  Downloaded serde v1.0.228 (registry `upstream`)",
            CargoLine::Downloaded("serde".into(), "1.0.228".into()),
        );
        check(
            "  Downloaded 118 crates (11.3MiB) in 0.85s (largest was `windows-sys` at 2.5MiB)",
            CargoLine::Other,
        );
        check(" Downloading crates ...", CargoLine::Other);
        let left = |crates_left, bytes_left| {
            CargoLine::Downloading(Downloading {
                crates_left,
                bytes_left,
            })
        };
        check(
            " Downloading 117 crates, remaining bytes: 4.5MiB",
            left(117, Some(4.5 * 1024.0 * 1024.0)),
        );
        check(" Downloading 1 crate", left(1, None));
        check(
            "       Fetch [======>   ] 107 complete; 0 pending",
            CargoLine::Index(107),
        );
        check("   Compiling serde v1.0.228", CargoLine::Compiling);
        check(
            "    Building [==>   ] 12/40: serde, syn",
            CargoLine::Building(12, 40),
        );
        check("    Building [       ] 0/1: relay", CargoLine::Building(0, 1));
        check("    Building nothing of that kind", CargoLine::Other);
        check(
            "warning: spurious network error (3 tries remaining)",
            CargoLine::Warning,
        );
        check("error: failed to download", CargoLine::Error);
        check(
            "    Blocking waiting for file lock on package cache",
            CargoLine::WaitsForCache,
        );
        check(
            "    Blocking waiting for file lock on build directory",
            CargoLine::Other,
        );
        check("", CargoLine::Other);
    }
}
