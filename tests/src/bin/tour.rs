//! Walks the main job in the real window and leaves pictures and the log in `target/tour/`.
//!
//! **Invariant**: the steps are [`journeys::tour`]'s.

use std::path::Path;

use anyhow::Result;

#[tokio::main]
async fn main() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tour");
    std::fs::create_dir_all(&folder)?;
    journeys::tour::walk(&folder.canonicalize()?).await
}
