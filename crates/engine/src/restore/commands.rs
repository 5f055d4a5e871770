//! What is run, spelled out: cargo's arguments for each verb, and who gets a token.
//!
//! **Invariant**: cargo fetches before it compiles, and then compiles what is locked: what would run can be looked at between the two. A
//! program that compiles a project's code sees no token: where cargo must be given one by its environment, it compiles without
//! network.

use crate::cargo::{FORMAT, RunRequest};
use crate::project::Project;

use super::restore::Context;
use super::{RestoreRequest, RunVerb};

/// The commands of a run.
pub(super) struct Commands {
    /// What was asked, as one would type it.
    pub(super) shown: String,
    pub(super) fetch: RunRequest,
    pub(super) compile: Option<RunRequest>,
}

impl Commands {
    pub(super) fn of(request: &RestoreRequest, project: &Project, context: &Context) -> Self {
        let mut arguments = vec!["fetch"];
        arguments.extend(request.locked.then_some("--locked"));
        arguments.extend(request.offline.then_some("--offline"));
        let mut fetch = at_home(
            RunRequest::new(&context.cargo.program, &project.folder, &arguments),
            context,
        );
        for (registry, token) in &context.tokens {
            fetch.give_token(registry, token);
        }
        let compile = verb(request.verb).map(|verb| {
            arguments[0] = verb;
            arguments.extend(request.release.then_some("--release"));
            arguments.push(FORMAT);
            RunRequest::to_compile(&context.cargo.program, &project.folder, &arguments)
        });
        let shown = match request.verb {
            RunVerb::Seed => "granary restore --seed-only".to_owned(),
            RunVerb::Verify => "granary restore --verify".to_owned(),
            RunVerb::Repair => "granary restore --repair".to_owned(),
            _ => compile.as_ref().unwrap_or(&fetch).shown(),
        };
        let compile = compile.map(|compile| {
            let mut compile = at_home(compile, context);
            let with = |argument: &str, is_wanted: bool| is_wanted.then(|| argument.into());
            let more = [
                with("--locked", !request.locked),
                with("--offline", !context.tokens.is_empty() && !request.offline),
            ];
            compile.arguments.extend(more.into_iter().flatten());
            compile
        });
        Self {
            shown,
            fetch,
            compile,
        }
    }

    pub(super) fn generate_lockfile(&self) -> RunRequest {
        let mut command = self.fetch.clone();
        command.arguments = vec!["generate-lockfile".into()];
        command
    }
}

fn verb(verb: RunVerb) -> Option<&'static str> {
    match verb {
        RunVerb::Check => Some("check"),
        RunVerb::Build => Some("build"),
        RunVerb::Fetch | RunVerb::Seed | RunVerb::Verify | RunVerb::Repair => None,
    }
}

fn at_home(mut command: RunRequest, context: &Context) -> RunRequest {
    command.environment.retain(|(name, _)| name != "CARGO_HOME");
    let cargo_home = context.around.cargo_home.clone();
    command.environment.push(("CARGO_HOME".into(), cargo_home.into()));
    command
}
