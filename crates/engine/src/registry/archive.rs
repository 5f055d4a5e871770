//! Looking into a `.crate`: its manifest, its readme, how many files it holds.
//!
//! **Invariant**: pure, from bytes; unpacks no more than the bounds allow, and nothing to disk.

use std::io::Read;
use std::path::{Component, Path, PathBuf};

use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};

/// The most that is unpacked of a `.crate`, in bytes.
const MOST_UNPACKED: u64 = 256 * 1024 * 1024;

/// The most that is read of one text, in bytes.
const MOST_TEXT: u64 = 4 * 1024 * 1024;

/// The most that is kept of all texts while one is looked for, in bytes.
const MOST_TEXTS: usize = 16 * 1024 * 1024;

/// The most entries that are counted.
const MOST_ENTRIES: usize = 100_000;

/// What a `.crate` holds.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) manifest: Manifest,
    pub(crate) readme: Option<String>,
    pub(crate) file_count: u32,
}

/// What the manifest says.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(crate) struct Manifest {
    pub(crate) description: Option<String>,
    pub(crate) license: Option<String>,
    pub(crate) license_file: Option<String>,
    pub(crate) rust_version: Option<String>,
    pub(crate) authors: Vec<String>,
    pub(crate) repository: Option<String>,
    pub(crate) homepage: Option<String>,
    pub(crate) documentation: Option<String>,
    /// A path, or a switch.
    #[serde(skip_serializing)]
    readme: Option<toml::Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Document {
    package: Manifest,
}

/// Looks into a `.crate`. What is wrong with it is said in words.
pub(crate) fn look_into(krate: &[u8]) -> Result<Contents, String> {
    let (mut contents, mut texts) = (Contents::default(), Vec::new());
    let (mut has_manifest, mut kept) = (false, 0);
    let unpacked = GzDecoder::new(krate).take(MOST_UNPACKED);
    let mut archive = tar::Archive::new(unpacked);
    for entry in archive.entries().map_err(|error| error.to_string())? {
        let mut entry = entry.map_err(|error| error.to_string())?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        contents.file_count += 1;
        if contents.file_count as usize > MOST_ENTRIES {
            return Err(format!("it holds more than {MOST_ENTRIES} files"));
        }
        let Some(path) = inside(&entry.path().map_err(|error| error.to_string())?) else {
            continue;
        };
        if path == Path::new("Cargo.toml") {
            let text = text(&mut entry)?;
            let document: Document = toml::from_str(&text).map_err(|error| error.message().to_owned())?;
            contents.manifest = document.package;
            has_manifest = true;
        } else if is_text_to_read(&path) && kept < MOST_TEXTS {
            let text = text(&mut entry)?;
            kept += text.len();
            texts.push((path, text));
        }
    }
    if !has_manifest {
        return Err("it holds no `Cargo.toml`".to_owned());
    }
    contents.readme = readme(&contents.manifest, texts);
    Ok(contents)
}

/// The path below the crate's own folder.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut parts = path.components();
    parts.next()?;
    let rest = parts.as_path();
    let is_plain = rest.components().all(|part| matches!(part, Component::Normal(_)));
    (is_plain && rest.components().next().is_some()).then(|| rest.to_owned())
}

/// Whether a manifest may name it as its readme.
fn is_text_to_read(path: &Path) -> bool {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase();
    let is_near = path.components().count() <= 3;
    is_near && (name.starts_with("readme") || name.ends_with(".md") || name.ends_with(".markdown"))
}

fn text(from: &mut impl Read) -> Result<String, String> {
    let mut bytes = Vec::new();
    from.take(MOST_TEXT)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The one the manifest names, else one that is called so, else none where it says none.
fn readme(manifest: &Manifest, texts: Vec<(PathBuf, String)>) -> Option<String> {
    let named = match &manifest.readme {
        Some(toml::Value::Boolean(false)) => return None,
        Some(toml::Value::String(path)) => Path::new(path).to_owned(),
        _ => PathBuf::from("README.md"),
    };
    let named = named
        .components()
        .filter(|part| matches!(part, Component::Normal(_)))
        .collect::<PathBuf>();
    let at_top = |path: &Path| {
        let name = path.to_string_lossy().to_ascii_lowercase();
        path.components().count() == 1 && name.starts_with("readme")
    };
    let position = texts
        .iter()
        .position(|(path, _)| *path == named)
        .or_else(|| texts.iter().position(|(path, _)| at_top(path)))?;
    texts.into_iter().nth(position).map(|(_, text)| text)
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn krate(files: &[(&str, &str)]) -> Vec<u8> {
        let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (path, text) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            archive.append_data(&mut header, path, text.as_bytes()).unwrap();
        }
        archive.into_inner().unwrap().finish().unwrap()
    }

    const MANIFEST: &str = "[package]\nname = \"x\"\nlicense = \"MIT\"\nrust-version = \"1.85\"\n";

    #[test]
    fn reads_the_manifest_and_the_readme_it_names() {
        let named = format!("{MANIFEST}readme = \"docs/front.md\"\n");
        let read = look_into(&krate(&[
            ("x-1.0.0/Cargo.toml", &named),
            ("x-1.0.0/README.md", "not this"),
            ("x-1.0.0/docs/front.md", "this"),
        ]));
        let contents = read.unwrap();
        assert_eq!(contents.readme.as_deref(), Some("this"));
        assert_eq!(contents.file_count, 3);
        assert_eq!(contents.manifest.license.as_deref(), Some("MIT"));
        assert_eq!(contents.manifest.rust_version.as_deref(), Some("1.85"));
    }

    #[test]
    fn a_crate_may_have_no_readme_or_say_so() {
        let without = krate(&[("x-1.0.0/Cargo.toml", MANIFEST)]);
        assert_eq!(look_into(&without).unwrap().readme, None);
        let switched_off = format!("{MANIFEST}readme = false\n");
        let off = krate(&[("x-1.0.0/Cargo.toml", &switched_off), ("x-1.0.0/README.md", "no")]);
        assert_eq!(look_into(&off).unwrap().readme, None);
        let other_case = krate(&[("x-1.0.0/Cargo.toml", MANIFEST), ("x-1.0.0/Readme", "yes")]);
        assert_eq!(look_into(&other_case).unwrap().readme.as_deref(), Some("yes"));
    }

    #[test]
    fn what_is_no_crate_says_why() {
        assert!(look_into(b"no gzip").is_err());
        assert!(
            look_into(&krate(&[("x-1.0.0/src/lib.rs", "")]))
                .unwrap_err()
                .contains("Cargo.toml")
        );
        assert!(look_into(&krate(&[("x-1.0.0/Cargo.toml", "= broken")])).is_err());
    }

    #[test]
    fn a_readme_of_five_megabytes_is_read_to_a_bound_and_shown_without_its_scripts() {
        let line = "Grüße <script>alert(1)</script><img src=x onerror=alert(1)>\n";
        let huge = line.repeat(5 * 1024 * 1024 / line.len() + 1);
        let packed = krate(&[("x-1.0.0/Cargo.toml", MANIFEST), ("x-1.0.0/README.md", &huge)]);
        let contents = look_into(&packed).unwrap();
        let readme = contents.readme.unwrap();
        assert_eq!(readme.len() as u64, MOST_TEXT, "{} bytes are kept", readme.len());
        assert_eq!(contents.manifest.license.as_deref(), Some("MIT"));
        let shown = super::super::readme::render(&readme);
        assert!(shown.is_cut && shown.html.contains("Grüße"));
        for word in ["script", "onerror", "img", "alert"] {
            assert!(!shown.html.contains(word), "{word}");
        }
        assert!(shown.html.len() < 1024 * 1024);
    }
}
