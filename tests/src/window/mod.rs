//! The real window, under a display of its own, driven as a person would.
//!
//! **Invariant**: clicks, keys and drags only; nothing is put into the page.

mod display;
mod driver;

pub use display::Display;
pub use driver::{Look, Window};
