//! How a stack is to be started.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use stack_template::{Document, Template, TemplateError};

/// Values for the parameters that have no default.
const LOCAL: &str = include_str!("../parameters.json");

/// How a stack is to be started. The default is what tests want: free ports, nothing kept, logs captured.
#[derive(Debug, Clone)]
pub struct Options {
    /// The SAM template to run.
    pub template: PathBuf,
    /// Port of the HTTP API; 0 picks a free one.
    pub api_port: u16,
    /// Port of the AWS services; 0 picks a free one.
    pub aws_port: u16,
    /// Where the state lives.
    pub data: Data,
    /// Template parameters that win over infra/local/parameters.json.
    pub parameters: BTreeMap<String, String>,
    /// Where the functions' log lines go.
    pub logs: Logs,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            template: Document::workspace_path(),
            api_port: 0,
            aws_port: 0,
            data: Data::Memory,
            parameters: BTreeMap::new(),
            logs: Logs::Captured,
        }
    }
}

impl Options {
    /// The template with the parameters of infra/local/parameters.json and, before those, its own.
    pub fn template(&self) -> Result<Template, TemplateError> {
        let document = Document::read(&self.template)?;
        let local: BTreeMap<String, String> = serde_json::from_str(LOCAL).map_err(|error| {
            TemplateError::Unreadable { path: "infra/local/parameters.json".to_owned(), reason: error.to_string() }
        })?;
        // Names in the file that this template does not declare are left alone: a test may bring a template of its own.
        let mut parameters = local;
        parameters.retain(|name, _| document.parameters().contains_key(name));
        parameters.extend(self.parameters.clone());
        Template::new(document, &parameters)
    }
}

/// Where the state of a stack lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// Nowhere: it is gone when the stack stops.
    Memory,
    /// In a directory, kept between runs, used by one stack at a time.
    Directory(PathBuf),
}

impl Data {
    /// `.local` in the workspace, wherever the stack is started from.
    #[must_use]
    pub fn workspace() -> Self {
        Self::Directory(workspace_root().join(".local"))
    }
}

/// Where the functions' log lines go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logs {
    /// Into memory, for [`crate::LocalStack::log_lines`]; nothing is printed.
    Captured,
    /// To stderr, as the functions wrote them.
    Stderr,
}

/// The root of the workspace that this crate was built in.
pub(crate) fn workspace_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}
