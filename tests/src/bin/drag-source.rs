//! A small window that offers a folder to be dragged away, as a file manager does. For the journeys only.

#[cfg(target_os = "linux")]
fn main() {
    use gtk::prelude::*;

    let folders = std::env::args()
        .skip(1)
        .map(|path| gtk::gio::File::for_path(path).uri().to_string());
    let folders = folders.collect::<Vec<_>>();
    gtk::init().expect("a display");
    let window = gtk::Window::new(gtk::WindowType::Toplevel);
    window.set_title("drag-source");
    window.set_decorated(false);
    window.set_keep_above(true);
    window.set_default_size(120, 80);
    let area = gtk::EventBox::new();
    area.add(&gtk::Label::new(Some("drag me")));
    window.add(&area);
    area.drag_source_set(
        gtk::gdk::ModifierType::BUTTON1_MASK,
        &[],
        gtk::gdk::DragAction::COPY,
    );
    area.drag_source_add_uri_targets();
    area.connect_drag_data_get(move |_, _, selection, _, _| {
        let folders = folders.iter().map(String::as_str).collect::<Vec<_>>();
        selection.set_uris(&folders);
    });
    area.connect_drag_end(|_, _| gtk::main_quit());
    window.show_all();
    window.move_(5, 5);
    gtk::main();
}

/// Elsewhere the journeys drive no window.
#[cfg(not(target_os = "linux"))]
fn main() {}
