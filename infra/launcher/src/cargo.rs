//! Cargo, called from a program that cargo has started.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// What cargo tells a program about its own package. Passed on, it would make build scripts run again.
const ABOUT_A_PACKAGE: [&str; 7] =
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_", "CARGO_TARGET_TMPDIR", "OUT_DIR"];

/// The root of the workspace that this crate was built in.
#[must_use]
pub fn workspace_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// `cargo build` of some binaries, in the workspace.
#[must_use]
pub fn cargo(binaries: &[String]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Of the whole workspace, so that what `cargo test` and `cargo local` have built for themselves counts here too: cargo
    // builds a dependency again for every other set of packages that asks for other features of it.
    command.current_dir(workspace_root()).args(["build", "--workspace"]);
    for name in binaries {
        command.args(["--bin", name]);
    }
    let about_a_package = |key: &str| ABOUT_A_PACKAGE.iter().any(|prefix| key.starts_with(prefix));
    for (key, _) in std::env::vars_os().filter(|(key, _)| key.to_str().is_some_and(about_a_package)) {
        command.env_remove(key);
    }
    command
}
