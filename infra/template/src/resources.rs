//! The table, the API and the user pool, as the emulations read them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    Names, Template, TemplateError, not_understood,
    parameters::{number, text},
    properties,
};

/// The HTTP API.
#[derive(Debug, Clone, Default)]
pub struct Api {
    /// By name.
    pub authorizers: BTreeMap<String, Authorizer>,
    /// The authorizer of routes that name none.
    pub default_authorizer: Option<String>,
    /// What browsers may do.
    pub cors: Option<Cors>,
}

/// A JWT authorizer.
#[derive(Debug, Clone, Default)]
pub struct Authorizer {
    /// The header that carries the token, lower case.
    pub header: String,
    /// The `iss` that a token must have.
    pub issuer: String,
    /// What `aud` or `client_id` may be.
    pub audience: Vec<String>,
}

/// `CorsConfiguration`.
#[derive(Debug, Clone, Default)]
pub struct Cors {
    /// `AllowOrigins`.
    pub origins: Vec<String>,
    /// `AllowMethods`.
    pub methods: Vec<String>,
    /// `AllowHeaders`.
    pub headers: Vec<String>,
    /// `ExposeHeaders`.
    pub exposed: Vec<String>,
    /// `MaxAge`, in seconds.
    pub max_age: Option<u64>,
    /// `AllowCredentials`.
    pub credentials: bool,
}

/// The user pool, as far as its rules show.
#[derive(Debug, Clone, Default)]
pub struct Pool {
    /// The shortest password, in characters.
    pub minimum_length: usize,
    /// A password needs a lower-case letter.
    pub lowercase: bool,
    /// A password needs an upper-case letter.
    pub uppercase: bool,
    /// A password needs a digit.
    pub numbers: bool,
    /// A password needs a symbol.
    pub symbols: bool,
    /// Custom attributes as tokens and requests name them (`custom:…`), with their longest value.
    pub custom: BTreeMap<String, Option<usize>>,
    /// Attributes that a user must have.
    pub required: Vec<String>,
    /// Users sign in with their e-mail address, and their user name is their `sub`.
    pub email_is_username: bool,
    /// Attributes whose new value counts only once it is verified.
    pub verified_before_update: Vec<String>,
}

/// The app client.
#[derive(Debug, Clone, Default)]
pub struct PoolClient {
    /// What users may write. `None`: every standard attribute and every custom one.
    pub write_attributes: Option<Vec<String>>,
    /// `ExplicitAuthFlows`.
    pub flows: Vec<String>,
    /// How long an access token lives, in seconds.
    pub access_validity: i64,
    /// How long an ID token lives, in seconds.
    pub id_validity: i64,
    /// How long a refresh token lives, in seconds.
    pub refresh_validity: i64,
    /// `PreventUserExistenceErrors: ENABLED`.
    pub hides_users: bool,
}

impl Template {
    /// A `CreateTable` request for the template's table.
    pub fn table(&self, name: &str) -> Result<Value, TemplateError> {
        let (id, resource) = self.only("AWS::DynamoDB::Table")?;
        let table = self.evaluate(properties(resource), &Names::default(), id)?;
        let mut request = Map::from_iter([("TableName".to_owned(), json!(name))]);
        for key in [
            "AttributeDefinitions",
            "KeySchema",
            "GlobalSecondaryIndexes",
            "LocalSecondaryIndexes",
            "BillingMode",
            "ProvisionedThroughput",
        ] {
            if let Some(value) = table.get(key) {
                request.insert(key.to_owned(), value.clone());
            }
        }
        // CloudFormation leaves out what the API wants said.
        if let Some(view) = table.pointer("/StreamSpecification/StreamViewType") {
            request.insert("StreamSpecification".to_owned(), json!({"StreamEnabled": true, "StreamViewType": view}));
        }
        Ok(Value::Object(request))
    }

    /// An `UpdateTimeToLive` request, if the table has a TTL attribute.
    pub fn time_to_live(&self, name: &str) -> Result<Option<Value>, TemplateError> {
        let (id, resource) = self.only("AWS::DynamoDB::Table")?;
        let table = self.evaluate(properties(resource), &Names::default(), id)?;
        let specification = table.get("TimeToLiveSpecification").cloned();
        Ok(specification.map(|specification| json!({"TableName": name, "TimeToLiveSpecification": specification})))
    }

    /// The name that the template gives its table, or its logical id.
    pub fn table_name(&self) -> Result<String, TemplateError> {
        let (id, resource) = self.only("AWS::DynamoDB::Table")?;
        let named = properties(resource)
            .get("TableName")
            .map(|name| self.evaluate(name, &Names::default(), &format!("{id}.TableName")));
        Ok(named.transpose()?.map_or_else(|| format!("local-{id}"), |name| text(&name)))
    }

    /// The HTTP API's settings.
    pub fn api(&self, names: &Names) -> Result<Api, TemplateError> {
        let (id, resource) = self.only("AWS::Serverless::HttpApi")?;
        let get = |name: &str| match properties(resource).get(name) {
            Some(value) => self.evaluate(value, names, &format!("{id}.{name}")),
            None => Ok(Value::Null),
        };
        let auth = get("Auth")?;
        let mut authorizers = BTreeMap::new();
        for (name, value) in auth.get("Authorizers").and_then(Value::as_object).into_iter().flatten() {
            let place = format!("{id}.Auth.Authorizers.{name}");
            let jwt = value
                .get("JwtConfiguration")
                .ok_or_else(|| not_understood(&place, "only JWT authorizers are known to the local stack"))?;
            let source = value.get("IdentitySource").and_then(Value::as_str).unwrap_or("$request.header.Authorization");
            let header = source
                .strip_prefix("$request.header.")
                .ok_or_else(|| not_understood(&place, "the token must come in a header"))?;
            authorizers.insert(
                name.clone(),
                Authorizer {
                    header: header.to_ascii_lowercase(),
                    issuer: jwt.get("issuer").map(text).unwrap_or_default(),
                    audience: texts(jwt.get("audience")),
                },
            );
        }
        let cors = get("CorsConfiguration")?;
        Ok(Api {
            authorizers,
            default_authorizer: auth.get("DefaultAuthorizer").map(text),
            cors: cors.is_object().then(|| Cors {
                origins: texts(cors.get("AllowOrigins")),
                methods: texts(cors.get("AllowMethods")),
                headers: texts(cors.get("AllowHeaders")),
                exposed: texts(cors.get("ExposeHeaders")),
                max_age: cors.get("MaxAge").and_then(number).map(|seconds| seconds as u64),
                credentials: cors.get("AllowCredentials").and_then(Value::as_bool).unwrap_or(false),
            }),
        })
    }

    /// The user pool's rules.
    pub fn pool(&self, names: &Names) -> Result<Pool, TemplateError> {
        let (id, resource) = self.only("AWS::Cognito::UserPool")?;
        let get = |name: &str| match properties(resource).get(name) {
            Some(value) => self.evaluate(value, names, &format!("{id}.{name}")),
            None => Ok(Value::Null),
        };
        let policies = get("Policies")?;
        let policy = policies.get("PasswordPolicy").unwrap_or(&Value::Null);
        let wants = |name: &str| policy.get(name).and_then(Value::as_bool).unwrap_or(false);
        let schema = get("Schema")?;
        let mut pool = Pool {
            minimum_length: policy.get("MinimumLength").and_then(number).unwrap_or(8.0) as usize,
            lowercase: wants("RequireLowercase"),
            uppercase: wants("RequireUppercase"),
            numbers: wants("RequireNumbers"),
            symbols: wants("RequireSymbols"),
            email_is_username: texts(Some(&get("UsernameAttributes")?)).iter().any(|name| name == "email"),
            verified_before_update: texts(
                get("UserAttributeUpdateSettings")?.get("AttributesRequireVerificationBeforeUpdate"),
            ),
            ..Pool::default()
        };
        for attribute in schema.as_array().into_iter().flatten() {
            let name = attribute.get("Name").map(text).unwrap_or_default();
            if attribute.get("Required").and_then(Value::as_bool) == Some(true) {
                pool.required.push(name.clone());
            }
            // The standard ones are those of OpenID Connect; everything else in a schema is custom.
            if !is_standard_attribute(&name) {
                let longest = attribute.pointer("/StringAttributeConstraints/MaxLength").and_then(number);
                pool.custom.insert(format!("custom:{name}"), longest.map(|longest| longest as usize));
            }
        }
        Ok(pool)
    }

    /// The app client's rules.
    pub fn pool_client(&self, names: &Names) -> Result<PoolClient, TemplateError> {
        let (id, resource) = self.only("AWS::Cognito::UserPoolClient")?;
        let get = |name: &str| match properties(resource).get(name) {
            Some(value) => self.evaluate(value, names, &format!("{id}.{name}")),
            None => Ok(Value::Null),
        };
        let units = get("TokenValidityUnits")?;
        let validity = |name: &str, unit: &str, default: i64, default_unit: &str| -> Result<i64, TemplateError> {
            let Some(amount) = number(&get(&format!("{name}Validity"))?) else {
                return Ok(default);
            };
            let seconds = match units.get(name).and_then(Value::as_str).unwrap_or(default_unit) {
                "seconds" => 1,
                "minutes" => 60,
                "hours" => 3600,
                "days" => 86400,
                other => {
                    return Err(not_understood(
                        format!("{id}.TokenValidityUnits.{unit}"),
                        format!("{other} is no unit"),
                    ));
                }
            };
            Ok(amount as i64 * seconds)
        };
        let write = get("WriteAttributes")?;
        Ok(PoolClient {
            write_attributes: write.is_array().then(|| texts(Some(&write))),
            flows: texts(Some(&get("ExplicitAuthFlows")?)),
            access_validity: validity("AccessToken", "AccessToken", 3600, "hours")?,
            id_validity: validity("IdToken", "IdToken", 3600, "hours")?,
            refresh_validity: validity("RefreshToken", "RefreshToken", 30 * 86400, "days")?,
            hides_users: get("PreventUserExistenceErrors")?.as_str() == Some("ENABLED"),
        })
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    value.and_then(Value::as_array).map(|items| items.iter().map(text).collect()).unwrap_or_default()
}

/// The attributes of OpenID Connect that every pool knows.
#[must_use]
pub fn is_standard_attribute(name: &str) -> bool {
    const STANDARD: [&str; 20] = [
        "sub",
        "name",
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "email",
        "email_verified",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "phone_number",
        "phone_number_verified",
        "address",
        "updated_at",
    ];
    STANDARD.contains(&name)
}
