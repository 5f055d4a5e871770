//! The server from outside: over HTTP, with real cargo, and killed in the middle of its work.
//!
//! **Invariant:** loopback only, a folder and a port of its own for every test, no waiting for time to pass.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod addresses;
mod auth;
mod bad_input;
mod cargo;
mod changes;
mod contract;
mod crates_io;
mod feed_upstreams;
mod feeds;
mod identities;
mod metrics;
mod packages;
mod permissions;
mod publish;
mod recycle_bin;
mod retention;
mod roles;
mod serving;
mod sparse_index;
mod storm;
mod surface;
mod test_server;
mod upstream;
mod upstreaming;
mod views;
