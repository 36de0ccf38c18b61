//! People: they sign up through Cognito, as a front end would have them do, and then call the API.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_cognitoidentityprovider::types::{AttributeType, MessageActionType};
use reqwest::Method;
use serde_json::Value;

use crate::cognito::{attribute, tokens};
use crate::{Call, Mail, Target, made_up, roles_of};

/// Somebody who has not signed up yet.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    password: String,
    target: Target,
    metadata: HashMap<String, String>,
    attributes: Vec<(String, String)>,
}

/// Somebody signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Password.
    pub password: String,
    /// The user's id: Cognito's `sub`.
    pub id: String,
    /// What the API takes.
    pub access_token: String,
    /// What the API refuses.
    pub id_token: String,
    /// Where they signed up.
    pub target: Target,
}

impl NewPerson {
    /// Somebody with a made-up name and address.
    #[must_use]
    pub fn new(target: &Target) -> Self {
        Self {
            name: made_up::name(),
            email: made_up::email(),
            password: made_up::password(),
            target: target.clone(),
            metadata: HashMap::new(),
            attributes: Vec::new(),
        }
    }

    /// Carries a value as ClientMetadata on ConfirmSignUp.
    #[must_use]
    pub fn metadata(mut self, name: &str, value: &str) -> Self {
        self.metadata.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Carries a value as a user attribute on SignUp.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: &str) -> Self {
        self.attributes.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Uses this address.
    #[must_use]
    pub fn email(mut self, email: &str) -> Self {
        email.clone_into(&mut self.email);
        self
    }

    /// Uses this name.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// SignUp; ConfirmSignUp with the code from the mail; InitiateAuth.
    ///
    /// # Panics
    /// When Cognito refuses any of it.
    pub async fn sign_up(self) -> Person {
        let cognito = self.target.cognito();
        let client = &self.target.configuration().user_pool_client_id;
        let known = self.target.mails_to(&self.email).await.len();
        cognito
            .sign_up()
            .client_id(client)
            .username(&self.email)
            .password(&self.password)
            .set_user_attributes(Some(self.user_attributes()))
            .send()
            .await
            .expect("SignUp");
        let code = self.target.read_mail(&self.email, known, Mail::code).await;
        cognito
            .confirm_sign_up()
            .client_id(client)
            .username(&self.email)
            .confirmation_code(code)
            .set_client_metadata(Some(self.metadata.clone()))
            .send()
            .await
            .expect("ConfirmSignUp");
        self.sign_in().await
    }

    /// AdminCreateUser and AdminSetUserPassword: no trigger runs, so nothing of the product knows this user.
    ///
    /// # Panics
    /// When Cognito refuses any of it.
    pub async fn created_by_administrator(self, verified: bool) -> Person {
        let pool = &self.target.configuration().user_pool_id;
        let mut attributes = self.user_attributes();
        attributes.push(attribute("email_verified", if verified { "true" } else { "false" }));
        self.target
            .cognito()
            .admin_create_user()
            .user_pool_id(pool)
            .username(&self.email)
            .set_user_attributes(Some(attributes))
            .message_action(MessageActionType::Suppress)
            .send()
            .await
            .expect("AdminCreateUser");
        self.target
            .cognito()
            .admin_set_user_password()
            .user_pool_id(pool)
            .username(&self.email)
            .password(&self.password)
            .permanent(true)
            .send()
            .await
            .expect("AdminSetUserPassword");
        self.sign_in().await
    }

    async fn sign_in(self) -> Person {
        let (access_token, id_token) = tokens(&self.target, &self.email, &self.password).await;
        let user = self.target.cognito().get_user().access_token(&access_token).send().await.expect("GetUser");
        let sub = user.user_attributes.into_iter().find(|attribute| attribute.name == "sub");
        Person {
            id: sub.and_then(|attribute| attribute.value).expect("a sub"),
            name: self.name,
            email: self.email,
            password: self.password,
            access_token,
            id_token,
            target: self.target,
        }
    }

    fn user_attributes(&self) -> Vec<AttributeType> {
        let own = self.attributes.iter().map(|(name, value)| attribute(name, value));
        [attribute("email", &self.email), attribute("name", &self.name)].into_iter().chain(own).collect()
    }
}

impl Person {
    /// Somebody who signed up without naming an organization.
    pub async fn new(target: &Target) -> Self {
        NewPerson::new(target).sign_up().await
    }

    /// Signs in again, with another password when it was changed.
    #[must_use]
    pub async fn sign_in(mut self, password: &str) -> Self {
        password.clone_into(&mut self.password);
        (self.access_token, self.id_token) = tokens(&self.target, &self.email, password).await;
        self
    }

    /// A GET with the access token.
    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    /// A POST of JSON with the access token.
    pub fn post(&self, path: &str, body: &Value) -> Call {
        self.call(Method::POST, path).json(body)
    }

    /// A PUT of JSON with the access token.
    pub fn put(&self, path: &str, body: &Value) -> Call {
        self.call(Method::PUT, path).json(body)
    }

    /// A DELETE with the access token.
    pub fn delete(&self, path: &str) -> Call {
        self.call(Method::DELETE, path)
    }

    /// Any request with the access token.
    pub fn call(&self, method: Method, path: &str) -> Call {
        self.target.call(method, path).bearer(&self.access_token)
    }

    /// `GET /me`, which must succeed.
    pub async fn me(&self) -> Value {
        self.get("/me").await.success(200)
    }

    /// The roles that `GET /me` shows in an organization; none when it does not list it.
    pub async fn roles_in(&self, organization: &str) -> BTreeSet<String> {
        let me = self.me().await;
        let organizations = me["organizations"].as_array().cloned().unwrap_or_default();
        let found = organizations.iter().find(|item| item["organizationId"] == organization);
        found.map(roles_of).unwrap_or_default()
    }

    /// Changes attributes as an administrator of the pool.
    ///
    /// # Panics
    /// When Cognito refuses.
    pub async fn change_attributes(&self, attributes: &[(&str, &str)]) {
        let attributes = attributes.iter().map(|(name, value)| attribute(name, value)).collect();
        self.target
            .cognito()
            .admin_update_user_attributes()
            .user_pool_id(&self.target.configuration().user_pool_id)
            .username(&self.id)
            .set_user_attributes(Some(attributes))
            .send()
            .await
            .expect("AdminUpdateUserAttributes");
    }
}
