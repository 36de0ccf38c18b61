use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

use super::WorkspaceName;

/// The SHA-256 hash of a workspace's name in lower case, as hex. Two names are the same if their keys are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WorkspaceNameKey(String);

impl WorkspaceName {
    /// The key of the name, without regard to case.
    pub fn key(&self) -> WorkspaceNameKey {
        let hash = Sha256::digest(self.as_str().to_lowercase().as_bytes());
        WorkspaceNameKey(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl fmt::Display for WorkspaceNameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for WorkspaceNameKey {
    type Err = InvalidWorkspaceNameKey;

    fn from_str(text: &str) -> Result<Self, InvalidWorkspaceNameKey> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_key = text.len() == 64 && text.bytes().all(is_digit);
        if is_key { Ok(Self(text.to_owned())) } else { Err(InvalidWorkspaceNameKey) }
    }
}

/// The text is not the key of a name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("is not the key of a workspace's name")]
pub struct InvalidWorkspaceNameKey;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_spaces_make_no_other_name() {
        let key = |name: &str| WorkspaceName::parse(name).unwrap().key();
        assert_eq!(key("Bücher und Tee"), key(" BÜCHER  UND TEE"));
        assert_ne!(key("Tea"), key("Teas"));
        assert_eq!(key("Tea").to_string().parse(), Ok(key("Tea")));
        assert!("x".parse::<WorkspaceNameKey>().is_err());
    }
}
