//! Why the stack did not start. Each message is one line that also says what to do.

use std::path::PathBuf;

use stack_template::TemplateError;

/// Why the local stack, or the engine alone, did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The template cannot be read or uses something that the stack does not know.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A port or the data directory is in use or cannot be had.
    #[error(transparent)]
    Taken(#[from] local_launcher::Taken),
    /// No port could be had at all.
    #[error("cannot listen on 127.0.0.1 ({0}) — check the loopback interface of this machine")]
    Listen(#[source] std::io::Error),
    /// The functions could not be built.
    #[error("building the functions failed — fix what the compiler says above, then start again")]
    Build,
    /// Cargo itself could not be started.
    #[error("cannot run {program} ({source}) — start the stack through `cargo local`")]
    Cargo {
        /// The program that was tried.
        program: String,
        /// Why it could not be started.
        #[source]
        source: std::io::Error,
    },
    /// A function ended, or said nothing, before it asked for its first event.
    #[error("the function {name} did not start: {reason} — see its log lines above, or run `cargo build -p {name}`")]
    Function {
        /// The name of its binary.
        name: String,
        /// What happened instead.
        reason: String,
    },
    /// The log lines of a function were asked for that the template does not have.
    #[error("--function {name}: the template has no such function — name one of {known}")]
    NoSuchFunction {
        /// What was asked for.
        name: String,
        /// The functions that there are.
        known: String,
    },
    /// The data directory cannot be used.
    #[error("cannot use {} ({reason}) — repair or delete it, or choose another directory with --data", path.display())]
    Data {
        /// The file or directory.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The database could not be opened or refused the table.
    #[error("DynamoDB: {0} — with --data, delete the directory to start from an empty table")]
    Database(String),
    /// A service named by an `AWS_ENDPOINT_URL_…` variable cannot be used.
    #[error("{variable}: {reason} — start or set up what it points to, or unset it")]
    Replacement {
        /// The environment variable.
        variable: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The key that signs tokens could not be made or read.
    #[error("cannot prepare the key that signs tokens ({0}) — with --data, delete the directory to make a new one")]
    SigningKey(String),
}
