//! The one pool and its app clients, as far as the template says how they are.

use serde_json::{Value, json};

use super::{Answer, Cognito, request::Request};

/// The template names neither.
const POOL_NAME: &str = "local";
const CLIENT_NAME: &str = "local";

impl Cognito {
    pub(super) fn describe_user_pool(&self, request: &Request) -> Answer {
        self.check_pool(request)?;
        let pool = &self.pool;
        let custom = pool.custom.iter().map(|(name, longest)| {
            let constraints = longest.map(|longest| json!({"MaxLength": longest.to_string()})).unwrap_or_else(|| json!({}));
            json!({"Name": name, "AttributeDataType": "String", "Mutable": true, "Required": false, "StringAttributeConstraints": constraints})
        });
        let required = pool
            .required
            .iter()
            .map(|name| json!({"Name": name, "AttributeDataType": "String", "Mutable": true, "Required": true}));
        Ok(json!({"UserPool": {
            "Id": self.store.identity().pool_id,
            "Name": POOL_NAME,
            "Policies": {"PasswordPolicy": {
                "MinimumLength": pool.minimum_length,
                "RequireLowercase": pool.lowercase,
                "RequireUppercase": pool.uppercase,
                "RequireNumbers": pool.numbers,
                "RequireSymbols": pool.symbols,
            }},
            "SchemaAttributes": required.chain(custom).collect::<Vec<Value>>(),
            "UsernameAttributes": if pool.email_is_username { json!(["email"]) } else { json!([]) },
            "AutoVerifiedAttributes": ["email"],
            "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": pool.verified_before_update},
            "MfaConfiguration": "OFF",
            "EstimatedNumberOfUsers": self.store.read(|state| state.users.all().count()),
        }}))
    }

    pub(super) fn describe_user_pool_client(&self, request: &Request) -> Answer {
        self.check_pool(request)?;
        let id = self.client_of(request)?;
        let client = &self.client;
        Ok(json!({"UserPoolClient": {
            "UserPoolId": self.store.identity().pool_id,
            "ClientId": id,
            "ClientName": CLIENT_NAME,
            "ExplicitAuthFlows": client.flows,
            "WriteAttributes": client.write_attributes,
            "AccessTokenValidity": client.access_validity,
            "IdTokenValidity": client.id_validity,
            "RefreshTokenValidity": client.refresh_validity,
            "TokenValidityUnits": {"AccessToken": "seconds", "IdToken": "seconds", "RefreshToken": "seconds"},
            "PreventUserExistenceErrors": if client.hides_users { "ENABLED" } else { "LEGACY" },
            "EnableTokenRevocation": true,
        }}))
    }

    pub(super) fn list_user_pools(&self) -> Value {
        json!({"UserPools": [{"Id": self.store.identity().pool_id, "Name": POOL_NAME}]})
    }

    pub(super) fn list_user_pool_clients(&self, request: &Request) -> Answer {
        self.check_pool(request)?;
        let pool = self.store.identity().pool_id;
        let clients =
            self.clients.iter().map(|id| json!({"UserPoolId": pool, "ClientId": id, "ClientName": CLIENT_NAME}));
        Ok(json!({"UserPoolClients": clients.collect::<Vec<Value>>()}))
    }
}
