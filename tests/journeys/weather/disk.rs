//! What the disk may do. Needs the right to mount; where there is none, that is said.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{World, crates};
use crate::journey;

/// A small disk in memory, until dropped.
struct Disk<'a>(&'a Path);

impl<'a> Disk<'a> {
    fn mount(at: &'a Path, options: &str) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "none"])
            .arg(at)
            .output();
        mounted
            .is_ok_and(|mounted| mounted.status.success())
            .then_some(Self(at))
    }

    fn remount(&self, options: &str) -> Result<()> {
        let done = Command::new("mount")
            .args(["-o", &format!("remount,{options}")])
            .arg(self.0)
            .output()?;
        ensure!(done.status.success(), "{done:?}");
        Ok(())
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).output();
    }
}

/// Where tests must all run, a test that cannot is a failure.
fn skipped() -> Result<()> {
    ensure!(std::env::var_os("CI").is_none(), "no disk may be mounted here");
    crate::projects::skip("no disk may be mounted here")
}

#[test]
fn a_full_disk_leaves_nothing_half_done_and_room_mends_it() {
    journey(async || {
        let world = World::start(&crates(60)?).await?;
        let cargo_home = world.home.cargo_home();
        let Some(disk) = Disk::mount(&cargo_home, "size=512k") else {
            return skipped();
        };
        world.point(&cargo_home)?;
        world.restore()?.badly()?.says("No space left on device")?;
        world.check_no_leftovers()?;
        disk.remount("size=64m")?;
        world.restore()?.well()?;
        // Cargo's own tag for programs that make backups stays empty with cargo alone too, so the trees are not compared.
        world.check_offline()
    });
}

#[test]
fn a_cargo_home_that_may_only_be_read_is_left_to_cargo() {
    journey(async || {
        let world = World::start(&crates(6)?).await?;
        let cargo_home = world.home.cargo_home();
        let Some(disk) = Disk::mount(&cargo_home, "size=64m") else {
            return skipped();
        };
        world.point(&cargo_home)?;
        world.restore()?.well()?;
        disk.remount("ro")?;
        // All is there: nothing has to be written.
        world.restore()?.well()?;
        disk.remount("rw")?;
        std::fs::remove_dir_all(cargo_home.join("registry")).context("the cache")?;
        disk.remount("ro")?;
        world
            .restore()?
            .badly()?
            .says("Left to cargo: cargo's cache cannot be locked")?;
        Ok(())
    });
}
