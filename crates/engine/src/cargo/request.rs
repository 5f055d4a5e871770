//! What to run: program, arguments, folder, and an environment that is spelled out.
//!
//! **Invariant**: pure but for reading our environment; a child sees only what is named here.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use credentials::{TOKEN_VARIABLES, Token};

/// Variables a child keeps: what programs need to work at all, and what shapes cargo's way to the network.
const KEPT: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "SHELL",
    "TMPDIR",
    "TMP",
    "TEMP",
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "SSH_AUTH_SOCK",
    "USERPROFILE",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "PROGRAMFILES(X86)",
    "HOMEDRIVE",
    "HOMEPATH",
    "NUMBER_OF_PROCESSORS",
    "PROCESSOR_ARCHITECTURE",
    "GRANARY_HOME",
    "CARGO_HOME",
    "NO_PROXY",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "SDKROOT",
    "DEVELOPER_DIR",
];
/// Families of variables a child keeps.
const KEPT_FAMILIES: &[&str] = &[
    "LC_",
    "XDG_",
    "RUSTUP_",
    "SSL_CERT_",
    "CARGO_HTTP_",
    "CARGO_NET_",
    "CARGO_REGISTRIES_",
    "CARGO_RESOLVER_",
    "CARGO_SOURCE_",
];

/// Variables that make cargo tell its progress on a pipe.
const SET: [(&str, &str); 3] = [
    ("CARGO_TERM_COLOR", "never"),
    ("CARGO_TERM_PROGRESS_WHEN", "always"),
    ("CARGO_TERM_PROGRESS_WIDTH", "100"),
];

/// How the variables of a registry begin; several names may share them.
pub(crate) fn registry_variables(registry: &str) -> String {
    let name = registry.to_uppercase().replace(['-', '.'], "_");
    format!("CARGO_REGISTRIES_{name}")
}

/// One run of cargo, spelled out. Its `Debug` leaves the environment out, which may hold a token.
#[derive(Clone)]
pub struct RunRequest {
    /// The program.
    pub program: PathBuf,
    /// Its folder.
    pub folder: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Its whole environment.
    pub environment: Vec<(OsString, OsString)>,
}

impl std::fmt::Debug for RunRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunRequest")
            .field("program", &self.program)
            .field("folder", &self.folder)
            .field("arguments", &self.arguments)
            .finish_non_exhaustive()
    }
}

impl RunRequest {
    /// A run with what is kept of our environment, plus what makes cargo tell its progress on a pipe.
    pub fn new<A: AsRef<OsStr>>(
        program: &Path,
        folder: &Path,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        Self::with(program, folder, arguments, is_kept)
    }

    /// The same for compiling: with all of the user's environment that a terminal would give it, since build scripts and
    /// linkers go by it, but for tokens of ours.
    pub fn to_compile<A: AsRef<OsStr>>(
        program: &Path,
        folder: &Path,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        Self::with(program, folder, arguments, is_no_token)
    }

    fn with<A: AsRef<OsStr>>(
        program: &Path,
        folder: &Path,
        arguments: impl IntoIterator<Item = A>,
        keeps: fn(&OsStr) -> bool,
    ) -> Self {
        let mut environment = std::env::vars_os()
            .filter(|(name, _)| keeps(name) && !is_set(name))
            .collect::<Vec<_>>();
        environment.extend(SET.map(|(name, value)| (name.into(), value.into())));
        bypass_proxy_for_loopback(&mut environment);
        Self {
            program: program.to_owned(),
            folder: folder.to_owned(),
            arguments: arguments
                .into_iter()
                .map(|argument| argument.as_ref().to_owned())
                .collect(),
            environment,
        }
    }

    /// Gives a registry's token by the variables cargo documents for it: the one way for a token that is nowhere else.
    pub fn give_token(&mut self, registry: &str, token: &Token) {
        let variables = registry_variables(registry);
        let set = [
            (format!("{variables}_TOKEN"), token.header().expose()),
            (format!("{variables}_CREDENTIAL_PROVIDER"), "cargo:token"),
        ];
        for (name, value) in set {
            self.environment
                .retain(|(other, _)| other.as_os_str() != name.as_str());
            self.environment.push((name.into(), value.into()));
        }
    }

    /// The command as one would type it.
    pub fn shown(&self) -> String {
        let arguments = self.arguments.iter().map(|argument| argument.to_string_lossy());
        // How we listen is not what was asked.
        let arguments = arguments.filter(|argument| argument != super::FORMAT);
        std::iter::once("cargo".into())
            .chain(arguments)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

fn is_set(name: &OsStr) -> bool {
    SET.iter()
        .any(|(set, _)| name.to_string_lossy().eq_ignore_ascii_case(set))
}

fn is_no_token(name: &OsStr) -> bool {
    let is = |token: &&str| name.to_string_lossy().eq_ignore_ascii_case(token);
    !TOKEN_VARIABLES.iter().any(is)
}

fn is_kept(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_uppercase();
    KEPT.contains(&name.as_str()) || KEPT_FAMILIES.iter().any(|family| name.starts_with(family))
}

/// A company's proxy knows nothing of this computer's own ports.
fn bypass_proxy_for_loopback(environment: &mut Vec<(OsString, OsString)>) {
    let is = |name: &OsString, wanted: &str| name.to_string_lossy().eq_ignore_ascii_case(wanted);
    let has_proxy = ["http_proxy", "https_proxy", "all_proxy", "cargo_http_proxy"]
        .iter()
        .any(|proxy| environment.iter().any(|(name, _)| is(name, proxy)));
    if !has_proxy {
        return;
    }
    let own = environment
        .iter()
        .find(|(name, _)| is(name, "no_proxy"))
        .map(|(_, value)| value.clone());
    environment.retain(|(name, _)| !is(name, "no_proxy"));
    let mut list = OsString::from("127.0.0.1,localhost");
    if let Some(own) = own.filter(|own| !own.is_empty()) {
        list.push(",");
        list.push(own);
    }
    environment.push(("no_proxy".into(), list));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_proxies_certificates_and_rustup_and_drops_the_rest() {
        for name in [
            "PATH",
            "https_proxy",
            "SSL_CERT_FILE",
            "RUSTUP_TOOLCHAIN",
            "LC_ALL",
            "CARGO_HTTP_CAINFO",
            "CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS",
        ] {
            assert!(is_kept(OsStr::new(name)), "{name}");
        }
        for name in [
            "RUSTC_WRAPPER",
            "CARGO_BUILD_RUSTC",
            "LD_PRELOAD",
            "RUSTFLAGS",
            "CARGO_ALIAS_FETCH",
            "AZURE_TOKEN",
        ] {
            assert!(!is_kept(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn compiling_sees_all_but_tokens_of_ours() {
        for name in TOKEN_VARIABLES {
            assert!(!is_no_token(OsStr::new(name)), "{name}");
        }
        assert!(is_no_token(OsStr::new("OPENSSL_DIR")) && is_no_token(OsStr::new("RUSTFLAGS")));
        assert!(is_set(OsStr::new("CARGO_TERM_COLOR")) && !is_set(OsStr::new("CARGO_TERM_VERBOSE")));
    }

    #[test]
    fn loopback_goes_past_the_proxy() {
        let mut environment = vec![
            ("HTTPS_PROXY".into(), "http://p:8080".into()),
            ("NO_PROXY".into(), "corp".into()),
        ];
        bypass_proxy_for_loopback(&mut environment);
        assert_eq!(
            environment[1],
            ("no_proxy".into(), "127.0.0.1,localhost,corp".into())
        );
        let mut environment = vec![("PATH".into(), "/bin".into())];
        bypass_proxy_for_loopback(&mut environment);
        assert_eq!(environment.len(), 1);
    }
}
