//! The main job in the real window, by clicking and dragging.

use anyhow::Result;
use journeys::tour;

use crate::journey;

#[test]
fn the_main_job_in_the_real_window() {
    journey(async || -> Result<()> {
        let pictures = tempfile::tempdir()?;
        tour::walk(pictures.path()).await
    });
}
