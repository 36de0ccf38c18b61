use std::{collections::HashMap, sync::Arc};

use super::{Code, Problem};
use crate::domain::UserId;

/// The signed-in user, from claims that the gateway has verified.
#[derive(Clone, Debug)]
pub struct Caller {
    /// `sub`
    pub user_id: UserId,
    /// What Cognito's API calls the user. It is the `sub` in a pool that signs in by e-mail address, but not in every pool.
    pub username: String,
}

/// The app clients whose tokens are accepted.
#[derive(Clone, Debug)]
pub(super) struct Clients(Arc<[String]>);

impl Clients {
    /// `ids`: one, or several separated by commas.
    pub(super) fn new(ids: &str) -> Self {
        Self(ids.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect())
    }

    fn contains(&self, id: &str) -> bool {
        self.0.iter().any(|known| known == id)
    }
}

impl Caller {
    /// What Cognito's API calls the caller, where that is not their id.
    pub fn other_username(&self) -> Option<String> {
        Some(self.username.clone()).filter(|name| name != self.user_id.as_str())
    }

    /// The gateway's authorizer accepts access and ID tokens alike; only an access token says that its client may act.
    pub(super) fn from_claims(claims: Option<&HashMap<String, String>>, clients: &Clients) -> Result<Self, Problem> {
        let refused = || {
            Problem::new(
                Code::AccessTokenRequired,
                "The token is not an access token for an app client of this API. Send the access token from Cognito, not the ID token, as `Authorization: Bearer …`.",
            )
        };
        let claims = claims.ok_or_else(refused)?;
        let claim = |name: &str| claims.get(name).map(String::as_str);
        let client_is_known = claim("client_id").is_some_and(|client| clients.contains(client));
        if claim("token_use") != Some("access") || !client_is_known {
            return Err(refused());
        }
        let user_id: UserId = claim("sub").and_then(|sub| sub.parse().ok()).ok_or_else(refused)?;
        let username = claim("username").unwrap_or(user_id.as_str()).to_owned();
        Ok(Self { user_id, username })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn ids_are_separated_by_commas() {
        for (ids, expected) in [
            ("web", vec!["web"]),
            ("web,mobile,cli", vec!["web", "mobile", "cli"]),
            (" web , mobile ", vec!["web", "mobile"]),
            ("web,,mobile,", vec!["web", "mobile"]),
            ("web,web", vec!["web", "web"]),
            ("", vec![]),
        ] {
            let clients = Clients::new(ids);
            assert_eq!(*clients.0, *expected, "{ids:?}");
            // Nothing between two commas is no client, and neither is a list.
            assert!(!clients.contains("") && !clients.contains("web,mobile"), "{ids:?}");
        }
    }

    #[test]
    fn only_an_access_token_of_a_known_client_is_a_caller() {
        let clients = Clients::new("another, client");
        let good = [("sub", "u-1"), ("token_use", "access"), ("client_id", "client"), ("username", "ada")];
        assert_eq!(Caller::from_claims(Some(&claims(&good)), &clients).unwrap().username, "ada");
        for wrong in [
            vec![("sub", "u-1"), ("token_use", "id"), ("aud", "client")],
            vec![("sub", "u-1"), ("token_use", "access"), ("client_id", "another,")],
            vec![("sub", "u-1"), ("token_use", "access"), ("client_id", "")],
            vec![("sub", "u#1"), ("token_use", "access"), ("client_id", "client")],
            vec![],
        ] {
            let problem = Caller::from_claims(Some(&claims(&wrong)), &clients).unwrap_err();
            assert_eq!(problem.code(), Code::AccessTokenRequired);
        }
    }
}
