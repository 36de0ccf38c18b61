//! Prints the contents of template.yaml as JSON, for scripts that are not written in Rust.
//!
//!     cargo run --quiet --package stack-template -- document|functions|routes|parameters [FILE]

use std::{io::Write, path::Path, process::ExitCode};

use serde_json::{Value, json};
use stack_template::Document;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match answer(&arguments) {
        Ok(found) => {
            // A closed pipe is not an error: the reader needed only the beginning.
            let _ = writeln!(std::io::stdout(), "{found:#}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn answer(arguments: &[String]) -> Result<Value, String> {
    const USAGE: &str = "usage: stack-template document|functions|routes|parameters [FILE]";
    let (what, file) = match arguments {
        [what] => (what, None),
        [what, file] => (what, Some(file)),
        _ => return Err(USAGE.to_owned()),
    };
    let document = file.map_or_else(Document::workspace, |file| Document::read(Path::new(file)));
    let document = document.map_err(|error| error.to_string())?;
    Ok(match what.as_str() {
        "document" => document.json().clone(),
        "functions" => {
            let functions = document.functions().map_err(|error| error.to_string())?;
            functions.iter().map(|function| json!({"id": function.id, "binary": function.binary})).collect()
        }
        "routes" => {
            let routes = document.routes();
            let named = routes
                .iter()
                .map(|route| json!({"function": route.function, "method": route.method, "path": route.path}));
            named.collect()
        }
        "parameters" => json!(document.parameters()),
        _ => return Err(USAGE.to_owned()),
    })
}
