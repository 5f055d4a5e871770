//! How the page is drawn where there is no graphics hardware.
//!
//! **Invariant**: what is drawn is the page's business; elsewhere than on Linux the system decides.

use tauri::AppHandle;

/// Has WebKit draw by itself on a computer that can only pretend to have graphics hardware: a processor that composes layers as a
/// graphics card would takes twice the memory, and three times as long for a frame while a list is scrolled.
#[cfg(target_os = "linux")]
pub(crate) fn fit(app: &AppHandle) {
    use tauri::Manager;
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

    if has_graphics_hardware(std::path::Path::new("/dev/dri")) {
        return;
    }
    let Some(window) = app.get_webview_window("main") else {
        return;
    };
    let plain = window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    });
    if let Err(error) = plain {
        tracing::warn!(%error, "the page is drawn as if there were graphics hardware");
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn fit(_app: &AppHandle) {}

/// Whether the kernel offers a node through which a program may have something drawn.
#[cfg(target_os = "linux")]
fn has_graphics_hardware(nodes: &std::path::Path) -> bool {
    let entries = std::fs::read_dir(nodes).into_iter().flatten().flatten();
    entries
        .into_iter()
        .any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    #[test]
    fn only_a_node_to_draw_through_is_graphics_hardware() {
        use super::has_graphics_hardware;

        let nodes = tempfile::tempdir().unwrap();
        assert!(!has_graphics_hardware(&nodes.path().join("missing")));
        std::fs::write(nodes.path().join("card0"), "").unwrap();
        assert!(!has_graphics_hardware(nodes.path()));
        std::fs::write(nodes.path().join("renderD128"), "").unwrap();
        assert!(has_graphics_hardware(nodes.path()));
    }
}
