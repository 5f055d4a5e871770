//! What crates may be: tampered with in the cache, or made to do harm.

use anyhow::{Context, Result, ensure};

use super::{Krate, World, crates, packed};
use crate::journey;

#[test]
fn a_crate_that_was_tampered_with_in_the_cache_is_fetched_again() {
    journey(async || {
        let world = World::start(&crates(6)?).await?;
        world.restore()?.well()?;
        let registry = world.home.cargo_home().join("registry");
        let cached = only(&registry.join("cache"))?.join("krate002-1.0.0.crate");
        std::fs::write(&cached, b"tampered")?;
        std::fs::remove_dir_all(only(&registry.join("src"))?.join("krate002-1.0.0"))?;
        world
            .restore()?
            .well()?
            .says("the file of `krate002 1.0.0` in cargo's cache is not the one `Cargo.lock` names; it is fetched again")?;
        world.check_offline()?;
        world.check_as_cargo_leaves_it()
    });
}

#[test]
fn a_crate_made_to_do_harm_is_refused_with_a_word_and_cargo_is_not_run() {
    journey(async || {
        for (what, file, words) in hostile()? {
            let evil = Krate {
                name: "evil".to_owned(),
                version: "1.0.0".to_owned(),
                file,
            };
            let crates = [crates(3)?, vec![evil]].concat();
            let world = World::start(&crates).await?;
            let restored = world.restore()?.badly().context(what)?;
            let told = restored.summary["failure"]["message"]
                .as_str()
                .unwrap_or_default();
            ensure!(
                told.contains("evil 1.0.0") && told.contains(words),
                "{what}: {told}"
            );
            ensure!(
                !restored.log.contains("cargo ended"),
                "cargo was run: {}",
                restored.log
            );
            let unpacked = world.home.cargo_home().join("registry/src");
            let evil = std::fs::read_dir(&unpacked).into_iter().flatten().flatten();
            for registry in evil {
                ensure!(
                    !registry.path().join("evil-1.0.0").exists(),
                    "{what}: it was unpacked"
                );
            }
            ensure!(!world.home.path().join("escaped").exists(), "{what}: it escaped");
            world.check_no_leftovers()?;
        }
        Ok(())
    });
}

#[test]
fn a_tampered_crate_that_cannot_be_had_anew_is_not_unpacked_by_anybody() {
    journey(async || {
        let world = World::start(&crates(6)?).await?;
        world.restore()?.well()?;
        let registry = world.home.cargo_home().join("registry");
        let (cache, sources) = (only(&registry.join("cache"))?, only(&registry.join("src"))?);
        std::fs::write(cache.join("krate002-1.0.0.crate"), b"tampered")?;
        std::fs::remove_dir_all(sources.join("krate002-1.0.0"))?;
        world.weather(|_| Some(journeys::replay::Trouble::Status(403, None)));
        world.restore()?.badly()?;
        ensure!(!sources.join("krate002-1.0.0").exists(), "it was unpacked");
        ensure!(
            !cache.join("krate002-1.0.0.crate").exists(),
            "it is where cargo believes it"
        );
        Ok(())
    });
}

#[cfg(unix)]
#[test]
fn a_lock_file_leads_nowhere_outside_the_cache() {
    journey(async || {
        let world = World::start(&crates(2)?).await?;
        // A name that is a path, a crate that is already there, and a link where it would be unpacked.
        let trap = world.home.user().join("trap");
        std::fs::create_dir(&trap)?;
        let name = trap.join("x").display().to_string();
        let file = raw(
            format!("{name}-1.0.0/.bashrc").as_bytes(),
            tar::EntryType::Regular,
            "",
        )?;
        std::fs::write(trap.join("x-1.0.0.crate"), &file)?;
        std::os::unix::fs::symlink("..", trap.join("x-1.0.0"))?;
        let evil = Krate {
            name,
            version: "1.0.0".to_owned(),
            file,
        };
        world.write_lockfile(&[crates(2)?, vec![evil]].concat())?;
        let ran = world.home.granary(&world.project, &["restore", "--json"])?;
        ensure!(ran.stdout.contains("cannot be crates'"), "{ran:?}");
        ensure!(!world.home.user().join(".bashrc").exists(), "it escaped");
        ensure!(trap.join("x-1.0.0").is_symlink(), "what lay there is gone");
        Ok(())
    });
}

fn only(folder: &std::path::Path) -> Result<std::path::PathBuf> {
    Ok(std::fs::read_dir(folder)?.next().context("a registry")??.path())
}

/// A crate of one entry without content, past what the library lets one write.
fn raw(path: &[u8], kind: tar::EntryType, link: &str) -> Result<Vec<u8>> {
    let compressed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut archive = tar::Builder::new(compressed);
    let mut header = tar::Header::new_gnu();
    header.set_size(0);
    header.set_mode(0o644);
    header.set_entry_type(kind);
    if !link.is_empty() {
        header.set_link_name(link)?;
    }
    header.as_mut_bytes()[..path.len()].copy_from_slice(path);
    header.set_cksum();
    archive.append(&header, std::io::empty())?;
    Ok(archive.into_inner()?.finish()?)
}

/// Each with what it does, its file, and a part of the word it is refused with.
fn hostile() -> Result<Vec<(&'static str, Vec<u8>, &'static str)>> {
    let manifest = (
        "evil-1.0.0/Cargo.toml",
        b"[package]\nname = \"evil\"\nversion = \"1.0.0\"\n".as_slice(),
    );
    let zeros = vec![0; 24 * 1024 * 1024];
    let bomb = (0..24)
        .map(|number| (format!("evil-1.0.0/{number}"), zeros.as_slice()))
        .collect::<Vec<_>>();
    let bomb = bomb
        .iter()
        .map(|(path, bytes)| (path.as_str(), *bytes))
        .collect::<Vec<_>>();
    let many = (0..100_001)
        .map(|number| format!("evil-1.0.0/{number}"))
        .collect::<Vec<_>>();
    let many = many
        .iter()
        .map(|path| (path.as_str(), b"".as_slice()))
        .collect::<Vec<_>>();
    Ok(vec![
        (
            "a link",
            raw(b"evil-1.0.0/link", tar::EntryType::Symlink, "/etc")?,
            "neither a file nor a folder",
        ),
        (
            "an absolute path",
            raw(b"/tmp/escaped", tar::EntryType::Regular, "")?,
            "does not lie under",
        ),
        (
            "a path upwards",
            raw(b"evil-1.0.0/../../escaped", tar::EntryType::Regular, "")?,
            "does not lie under",
        ),
        (
            "another crate's path",
            packed(&[manifest, ("serde-1.0.0/lib.rs", b"")])?,
            "does not lie under",
        ),
        ("a bomb", packed(&bomb)?, "unpacks to more than 512 MiB"),
        ("too many files", packed(&many)?, "more than 100000 files"),
    ])
}
