//! `cargo local`: checks what can be checked at once, builds the stack and its functions together, and becomes the stack.

use std::{
    io::{Error, Write},
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
};

use clap::Parser;
use local_launcher::{Arguments, cargo, listen, lock, workspace_root};

const STACK: &str = "local-stack";
const FIRST_BUILD: &str =
    "first build: the AWS SDK is large, so this takes about three minutes on two cores; the next start takes seconds";

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let Err(message) = start(&arguments);
    let _ = writeln!(std::io::stderr(), "error: {message}");
    ExitCode::FAILURE
}

fn start(arguments: &Arguments) -> Result<std::convert::Infallible, String> {
    // Let go of again when this program becomes the stack, which takes them itself.
    let _api = listen(arguments.api_port, "the HTTP API", "--api-port").map_err(|taken| taken.to_string())?;
    let _aws = listen(arguments.aws_port, "the AWS services", "--aws-port").map_err(|taken| taken.to_string())?;
    let _data =
        arguments.directory().map(|directory| lock(&directory)).transpose().map_err(|taken| taken.to_string())?;
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    let stack = here.with_file_name(STACK);
    if !stack.exists() {
        let _ = writeln!(std::io::stderr(), "{FIRST_BUILD}");
    }
    let mut binaries = functions().map_err(|error| format!("cannot read the folder functions ({error})"))?;
    binaries.push(STACK.to_owned());
    // Together: one after the other, the last crates of the first build would leave the other cores idle.
    let built = cargo(&binaries).status().map_err(|error| format!("cannot run cargo ({error})"))?;
    if !built.success() {
        return Err("the build failed — fix what the compiler says above, then start again".to_owned());
    }
    let failed = Command::new(&stack).args(std::env::args_os().skip(1)).exec();
    Err(format!("cannot run {} ({failed})", stack.display()))
}

/// The names of the functions' binaries: each is called like its folder.
fn functions() -> Result<Vec<String>, Error> {
    let folders = std::fs::read_dir(workspace_root().join("functions"))?.flatten();
    let packages = folders.filter(|folder| folder.path().join("Cargo.toml").exists());
    Ok(packages.filter_map(|package| package.file_name().into_string().ok()).collect())
}
