//! An output of cargo's: whatever is in it, it is held against the table in bounded time.
//!
//! **Invariant**: what is recognised has words without holes.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let output = String::from_utf8_lossy(bytes);
    for check in engine::checks::recognise(&output) {
        assert!(!check.words.is_empty() && !check.title.is_empty());
    }
});
