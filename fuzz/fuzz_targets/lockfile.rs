//! A lock file: it is read, or named as a fault.
//!
//! **Invariant**: as many packages are told as the file has.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "world.rs"]
mod world;

fuzz_target!(|bytes: &[u8]| {
    world::WORLD.with(|world| {
        world.write("p/Cargo.lock", bytes);
        let project = world.read().expect("what is wrong with a lock file is a fault");
        assert_eq!(project.locked.is_none(), !project.faults.is_empty());
    });
});
