//! Declares the commands to Tauri, so that each keeps its own permission, and sees to a `ui/dist` to embed.
//!
//! **Invariant**: the list of commands is read from `src/commands/mod.rs`, where it stands once.

use std::path::Path;

fn main() {
    if let Err(error) = build() {
        println!("cargo:warning={error}");
        panic!("{error}");
    }
}

fn build() -> Result<(), Box<dyn std::error::Error>> {
    let dist = Path::new("../ui/dist");
    println!("cargo:rerun-if-changed=../ui/dist");
    println!("cargo:rerun-if-changed=src/commands/mod.rs");
    if !dist.join("index.html").exists() {
        std::fs::create_dir_all(dist)?;
        std::fs::write(
            dist.join("index.html"),
            "<!doctype html><title>Granary</title>Run `cargo xtask run`.",
        )?;
    }
    let table = std::fs::read_to_string("src/commands/mod.rs")?;
    let names = commands(&table).ok_or("the table of commands was not found")?;
    // Tauri keeps the names for the life of the program, which ends here soon.
    let names = names
        .into_iter()
        .map(|name| &*name.leak())
        .collect::<Vec<_>>()
        .leak();
    let manifest = tauri_build::AppManifest::new().commands(names);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?;
    Ok(())
}

/// The last parts of the paths within `collect_commands![…]`.
fn commands(table: &str) -> Option<Vec<String>> {
    let list = table.split_once("collect_commands![")?.1.split_once(']')?.0;
    let name = |path: &str| Some(path.trim().rsplit("::").next()?.to_owned()).filter(|name| !name.is_empty());
    Some(list.split(',').filter_map(name).collect())
}
