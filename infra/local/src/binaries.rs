//! Builds the function binaries that the template names.

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::Value;
use tokio::{process::Command, sync::Mutex};

use crate::{error::StartError, notices::Notices};

/// What this process has built already: many tests start many stacks.
static BUILT: Mutex<BTreeMap<String, PathBuf>> = Mutex::const_new(BTreeMap::new());

/// Builds the binaries, in the profile and the target directory of this very program, and says where they are.
pub(crate) async fn build(names: &[String], notices: Notices) -> Result<BTreeMap<String, PathBuf>, StartError> {
    let mut built = BUILT.lock().await;
    if !names.iter().all(|name| built.contains_key(name)) {
        built.extend(run_cargo(names, notices).await?);
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

/// Builds them once more. Cargo shows what does not compile.
pub(crate) async fn build_again(names: &[String], notices: Notices) -> Result<(), StartError> {
    run_cargo(names, notices).await.map(|_| ())
}

async fn run_cargo(names: &[String], notices: Notices) -> Result<BTreeMap<String, PathBuf>, StartError> {
    let mut command = local_launcher::cargo(names);
    command.arg("--message-format=json-render-diagnostics");
    if let Some((target, profile)) = own_profile() {
        command.arg("--target-dir").arg(target);
        // The directory of the profile `dev` has another name.
        command.args(["--profile", if profile == "debug" { "dev" } else { &profile }]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    if notices.speaks() {
        // Cargo's own progress and the compiler's messages.
        command.stderr(Stdio::inherit());
    } else {
        command.arg("--quiet").stderr(Stdio::piped());
    }
    let program = command.get_program().to_string_lossy().into_owned();
    let wrong = |source| StartError::Cargo { program: program.clone(), source };
    let child = Command::from(command).kill_on_drop(true).spawn().map_err(wrong)?;
    let output = child.wait_with_output().await.map_err(wrong)?;
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
