//! How a stack is to be started.

use std::{collections::BTreeMap, path::PathBuf};

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
    /// Deletes the state of earlier runs first.
    pub reset: bool,
    /// Template parameters that win over infra/local/parameters.json.
    pub parameters: BTreeMap<String, String>,
    /// Where the functions' log lines go.
    pub logs: Logs,
    /// Shows the log lines of these functions only, unless there are none.
    pub only: Vec<String>,
    /// Ends no function for its time limit, and lets its callers wait.
    pub no_timeout: bool,
    /// Builds the functions again when their sources change.
    pub watch: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            template: Document::workspace_path(),
            api_port: 0,
            aws_port: 0,
            data: Data::Memory,
            reset: false,
            parameters: BTreeMap::new(),
            logs: Logs::Captured,
            only: Vec::new(),
            no_timeout: false,
            watch: false,
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

/// Where the functions' log lines go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logs {
    /// Into memory, for [`crate::LocalStack::log_lines`]; nothing is printed.
    Captured,
    /// To stderr, as the functions wrote them.
    Json,
    /// To stderr, for people.
    Pretty,
}
