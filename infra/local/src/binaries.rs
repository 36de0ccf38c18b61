//! Builds the function binaries that the template names.

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::Value;
use tokio::{process::Command, sync::Mutex};

use crate::{error::StartError, options::workspace_root};

/// What this process has built already: many tests start many stacks.
static BUILT: Mutex<BTreeMap<String, PathBuf>> = Mutex::const_new(BTreeMap::new());

/// Builds the binaries, in the profile and the target directory of this very program, and says where they are.
pub(crate) async fn build(names: &[String]) -> Result<BTreeMap<String, PathBuf>, StartError> {
    let mut built = BUILT.lock().await;
    if !names.iter().all(|name| built.contains_key(name)) {
        built.extend(run_cargo(names).await?);
    }
    let path = |name: &String| Some((name.clone(), built.get(name)?.clone()));
    names
        .iter()
        .map(|name| {
            path(name).ok_or_else(|| StartError::Function {
                name: name.clone(),
                reason: "cargo built no such binary".to_owned(),
            })
        })
        .collect()
}

async fn run_cargo(names: &[String]) -> Result<BTreeMap<String, PathBuf>, StartError> {
    let program = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(&program);
    command.current_dir(workspace_root()).args(["build", "--quiet", "--message-format=json-render-diagnostics"]);
    if let Some((target, profile)) = own_profile() {
        command.arg("--target-dir").arg(target);
        // The directory of the profile `dev` has another name.
        command.args(["--profile", if profile == "debug" { "dev" } else { &profile }]);
    }
    // Of the whole workspace, so that what `cargo test` and `cargo local` have built for themselves counts here too: cargo
    // builds a dependency again for every other set of packages that asks for other features of it.
    command.arg("--workspace");
    for name in names {
        command.args(["--bin", name]);
    }
    // What cargo told this program about its own package would make build scripts run again.
    let own = [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
        "CARGO_PRIMARY_",
        "CARGO_TARGET_TMPDIR",
        "OUT_DIR",
    ];
    for (key, _) in std::env::vars().filter(|(key, _)| own.iter().any(|prefix| key.starts_with(prefix))) {
        command.env_remove(key);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let output = command.spawn().map_err(|source| StartError::Cargo { program: program.clone(), source })?;
    let output = output.wait_with_output().await.map_err(|source| StartError::Cargo { program, source })?;
    if !output.status.success() {
        // Warnings are for whoever builds; what failed is for everybody.
        let _ = std::io::stderr().write_all(&output.stderr);
        return Err(StartError::Build);
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    Ok(messages.lines().filter_map(|line| executable(&serde_json::from_str(line).ok()?)).collect())
}

/// The target directory and the profile that this program was built into.
fn own_profile() -> Option<(PathBuf, String)> {
    let program = std::env::current_exe().ok()?;
    let directory = program.parent()?;
    let directory = if directory.ends_with("deps") { directory.parent()? } else { directory };
    let profile = directory.file_name()?.to_str()?.to_owned();
    let target = directory.parent()?;
    // Anything else was copied from where cargo put it.
    is_target(target).then(|| (target.to_owned(), profile))
}

fn is_target(directory: &Path) -> bool {
    directory.join("CACHEDIR.TAG").exists()
}

fn executable(message: &Value) -> Option<(String, PathBuf)> {
    let path = message.get("executable")?.as_str()?;
    let name = message.pointer("/target/name")?.as_str()?;
    Some((name.to_owned(), path.into()))
}
