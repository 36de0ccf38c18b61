//! The pool's state: ids, key, users, sessions; in memory and, with a data directory, in a file.

use std::{
    collections::BTreeMap,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};

use super::{errors::CognitoError, keys::SigningKey, users::Users};
use crate::{entropy, error::StartError, options::Data};

/// The ids that everything else refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) pool_id: String,
    pub(crate) client_id: String,
}

/// A sign-in that can be renewed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) sub: String,
    /// The app client that it was opened with. Earlier versions did not write it: those sessions cannot be renewed.
    #[serde(default)]
    pub(super) client_id: String,
    /// The token's hash.
    pub(super) refresh_token: String,
    pub(super) signed_in: i64,
    pub(super) expires: i64,
}

/// Everything that is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct State {
    identity: Identity,
    signing_key: String,
    pub(super) users: Users,
    /// By the `origin_jti` of their tokens.
    pub(super) sessions: BTreeMap<String, Session>,
}

impl State {
    /// What nobody outside knows.
    pub(super) fn secret(&self) -> &str {
        &self.signing_key
    }
}

pub(crate) struct Store {
    state: Mutex<State>,
    file: Option<PathBuf>,
}

impl Store {
    /// Opens the state, making ids and a key where there are none yet. Takes a moment: not for an async thread.
    pub(crate) fn open(data: &Data, region: &str) -> Result<Self, StartError> {
        let file = match data {
            Data::Memory => None,
            Data::Directory(directory) => Some(directory.join("cognito.json")),
        };
        let kept = match &file {
            Some(file) if file.exists() => Some(load(file)?),
            _ => None,
        };
        let state = match kept {
            Some(state) => state,
            None => State {
                identity: Identity {
                    pool_id: format!(
                        "{region}_{}",
                        entropy::text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 9)
                    ),
                    client_id: entropy::text(b"abcdefghijklmnopqrstuvwxyz0123456789", 26),
                },
                signing_key: SigningKey::generate()?,
                users: Users::default(),
                sessions: BTreeMap::new(),
            },
        };
        if let Some(file) = &file {
            save(file, &state).map_err(|error| StartError::Data { path: file.clone(), reason: error.to_string() })?;
        }
        Ok(Self { state: Mutex::new(state), file })
    }

    pub(crate) fn identity(&self) -> Identity {
        self.read(|state| state.identity.clone())
    }

    pub(crate) fn signing_key(&self) -> Result<SigningKey, StartError> {
        SigningKey::from_pem(&self.read(|state| state.signing_key.clone()))
    }

    pub(super) fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the state if `change` succeeds, and writes it down before anybody sees it.
    pub(super) fn change<T>(
        &self,
        change: impl FnOnce(&mut State) -> Result<T, CognitoError>,
    ) -> Result<T, CognitoError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = state.clone();
        let result = change(&mut changed)?;
        if let Some(file) = &self.file {
            save(file, &changed).map_err(|_| CognitoError::internal())?;
        }
        *state = changed;
        Ok(result)
    }
}

fn load(file: &Path) -> Result<State, StartError> {
    let wrong = |reason: String| StartError::Data { path: file.to_owned(), reason };
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))
}

/// Whole or not at all: a stack that is killed leaves the file as it was before or after.
fn save(file: &Path, state: &State) -> std::io::Result<()> {
    let new = file.with_extension("json.new");
    // There is a key in it.
    let mut options = std::fs::OpenOptions::new();
    let mut out = options.create(true).truncate(true).write(true).mode(0o600).open(&new)?;
    out.write_all(serde_json::to_string(state)?.as_bytes())?;
    out.sync_all()?;
    std::fs::rename(&new, file)
}
