//! Two config files, a project's and the user's: they are read and joined, or named as faults; no secret is shown.
//!
//! **Invariant**: the first byte 0xff ends the first text.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "world.rs"]
mod world;

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == 0xff).unwrap_or(bytes.len());
    let (near, far) = bytes.split_at(end);
    world::WORLD.with(|world| {
        world.write("p/.cargo/config.toml", near);
        world.write("cargo-home/config.toml", far.strip_prefix(&[0xff]).unwrap_or(far));
        let project = world.read().expect("what is wrong with config is a fault");
        for setting in &project.settings {
            assert_eq!(setting.value.is_none(), setting.secret.is_some(), "{setting:?}");
        }
    });
});
