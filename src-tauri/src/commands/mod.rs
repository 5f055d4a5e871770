//! The table of all commands; one file a noun.
//!
//! **Invariant**: a command is one call into the engine, its error mapped; it decides nothing.

mod account;
mod app;
mod autostart;
mod change;
mod crates;
mod feed;
mod feed_people;
mod project;
mod run;
mod sign_in;
mod undo;

use tauri_specta::{Builder, collect_commands};

/// Every command there is. `build.rs` reads this list to give each its permission.
pub(crate) fn table() -> Builder<tauri::Wry> {
    Builder::new()
        .commands(collect_commands![
            app::app_about,
            app::app_quit,
            app::app_quit_heard,
            account::account_list,
            account::account_use_local,
            account::account_prefer,
            account::account_sign_out,
            account::provider_remove,
            account::place_named,
            account::azure_project_list,
            sign_in::sign_in_ways,
            sign_in::sign_in_azure_cli_user,
            sign_in::sign_in_begin,
            sign_in::sign_in_cancel,
            sign_in::sign_in_finish,
            sign_in::sign_in_forget,
            sign_in::sign_in_unlock,
            feed::feed_list,
            feed::feed_kept,
            feed::feed_create,
            feed::feed_create_pair,
            feed::feed_show,
            feed::feed_update,
            feed::feed_upstream_change,
            feed::feed_delete,
            feed::feed_deleted_list,
            feed::feed_recover,
            feed::feed_purge,
            feed::feed_addresses,
            feed::feed_used_by,
            feed::feed_refresh,
            feed_people::view_list,
            feed_people::view_create,
            feed_people::view_update,
            feed_people::view_delete,
            feed_people::permission_list,
            feed_people::permission_set,
            feed_people::permission_remove,
            feed_people::identity_search,
            feed_people::retention_show,
            feed_people::retention_set,
            feed_people::retention_preview,
            crates::crate_page,
            crates::crate_look_up,
            crates::crate_show,
            crates::version_show,
            crates::crate_change,
            crates::crate_used_by,
            crates::deleted_crate_list,
            crates::deleted_crate_empty,
            crates::name_watch,
            crates::upstreaming_set,
            project::project_choose,
            project::project_probe,
            project::project_open,
            project::project_trust,
            project::project_list,
            project::project_check,
            project::project_open_terminal,
            change::change_plan,
            change::change_apply,
            undo::undo_plan,
            undo::undo_apply,
            run::run_diagnose,
            run::run_start,
            run::run_list,
            run::run_show,
            run::run_lines,
            run::run_find,
            run::run_row_of,
            run::run_error_after,
            run::run_cancel,
            run::run_save_log,
            run::run_save_timeline,
            autostart::autostart_plan,
            autostart::autostart_install,
            autostart::autostart_remove,
        ])
        .disable_serde_phases()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BINDINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/api/bindings.ts");

    fn exported() -> String {
        let folder = std::env::temp_dir().join(format!("granary-bindings-{}", std::process::id()));
        let file = folder.join("bindings.ts");
        let typescript = specta_typescript::Typescript::default();
        table()
            .export(typescript, &file)
            .expect("the commands' types can be written as TypeScript");
        let text = std::fs::read_to_string(&file).expect("they were written");
        std::fs::remove_dir_all(folder).expect("the temporary folder is ours");
        text.replace("\r\n", "\n")
    }

    #[test]
    fn the_committed_bindings_are_those_of_the_commands() {
        let exported = exported();
        if std::env::var_os("GRANARY_WRITE_BINDINGS").is_some() {
            std::fs::write(BINDINGS, &exported).expect("the bindings can be written");
        }
        let committed = std::fs::read_to_string(BINDINGS)
            .expect("the bindings are committed")
            .replace("\r\n", "\n");
        assert!(
            committed == exported,
            "stale: write them with `cargo xtask bindings`"
        );
    }

    #[test]
    fn every_command_is_granted_and_nothing_else_of_ours_is() {
        let capability = include_str!("../../capabilities/default.json");
        let capability: serde_json::Value = serde_json::from_str(capability).expect("it is JSON");
        let granted = capability["permissions"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|name| name.as_str());
        let mut granted = granted
            .filter_map(|name| name.strip_prefix("allow-"))
            .collect::<Vec<_>>();
        granted.sort_unstable();
        let table = include_str!("mod.rs");
        let list = table
            .split_once("collect_commands![")
            .and_then(|(_, rest)| rest.split_once(']'))
            .expect("the table")
            .0;
        let names = list
            .split(',')
            .filter_map(|path| path.trim().rsplit("::").next())
            .filter(|name| !name.is_empty());
        let mut names = names.map(|name| name.replace('_', "-")).collect::<Vec<_>>();
        names.sort_unstable();
        assert_eq!(granted, names);
    }
}
