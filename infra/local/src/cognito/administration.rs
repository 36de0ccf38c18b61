//! What administrators, and the functions, ask about users.

use serde_json::{Value, json};

use super::{
    Answer, Cognito,
    errors::CognitoError,
    request::Request,
    users::{Status, User},
};
use crate::entropy;

/// The longest page of `ListUsers`.
const LONGEST_PAGE: u64 = 60;

impl Cognito {
    pub(super) fn admin_get_user(&self, request: &Request) -> Answer {
        self.check_pool(request)?;
        let name = request.text("Username")?;
        let user = self.store.read(|state| state.users.find(name).cloned());
        Ok(user.ok_or_else(CognitoError::user_not_found)?.describe("UserAttributes"))
    }

    /// A user who never signed up: no trigger runs for them.
    pub(super) fn admin_create_user(&self, request: &Request) -> Answer {
        self.check_pool(request)?;
        let name = request.text("Username")?;
        self.check_new_name(name)?;
        let mut attributes = request.attributes("UserAttributes")?;
        attributes.insert("email".to_owned(), name.to_owned());
        self.check_schema(&attributes)?;
        let password = match request.optional("TemporaryPassword") {
            Some(password) => {
                self.check_password(password)?;
                password.to_owned()
            }
            None => format!("Aa1!{}", entropy::hex(self.pool.minimum_length.max(8))),
        };
        let mut user = User::new(name, attributes, Status::ForceChangePassword);
        user.set_password(&self.store.identity().pool_id, &password);
        self.store.change(|state| state.users.add(user.clone()))?;
        if request.optional("MessageAction") != Some("SUPPRESS") {
            self.send(
                name,
                "Your temporary password",
                format!("Your username is {name} and temporary password is {password}"),
            );
        }
        Ok(json!({"User": user.describe("Attributes")}))
    }

    pub(super) fn admin_delete_user(&self, request: &Request) -> Answer {
        self.check_pool(request)?;
        self.remove_user(request.text("Username")?)
    }

    pub(super) fn remove_user(&self, name: &str) -> Answer {
        self.store.change(|state| {
            let user = state.users.remove(name).ok_or_else(CognitoError::user_not_found)?;
            state.sessions.retain(|_, session| session.sub != user.sub);
            Ok(json!({}))
        })
    }

    /// An address that changes is unverified, unless the request says otherwise.
    pub(super) fn admin_update_user_attributes(&self, request: &Request) -> Answer {
        self.check_pool(request)?;
        let name = request.text("Username")?;
        let attributes = request.attributes("UserAttributes")?;
        self.check_schema(&attributes)?;
        self.store.change(|state| {
            let sub = state.users.find(name).ok_or_else(CognitoError::user_not_found)?.sub.clone();
            if let Some(email) = attributes.get("email") {
                state.users.check_email_is_free(email, &sub)?;
            }
            let user = state.users.find_mut(&sub).ok_or_else(CognitoError::user_not_found)?;
            if attributes.get("email").is_some_and(|email| email != user.email()) {
                user.attributes.insert("email_verified".to_owned(), "false".to_owned());
            }
            user.write(attributes);
            Ok(json!({}))
        })
    }

    pub(super) fn list_users(&self, request: &Request) -> Answer {
        self.check_pool(request)?;
        let filter = request.optional("Filter").filter(|filter| !filter.is_empty()).map(Filter::parse).transpose()?;
        let limit = request.0.get("Limit").and_then(Value::as_u64).unwrap_or(LONGEST_PAGE).min(LONGEST_PAGE);
        Ok(self.store.read(|state| {
            let users = state.users.all().filter(|user| filter.as_ref().is_none_or(|filter| filter.matches(user)));
            let page: Vec<Value> = users
                .take(usize::try_from(limit).unwrap_or(usize::MAX))
                .map(|user| user.describe("Attributes"))
                .collect();
            json!({ "Users": page })
        }))
    }
}

/// `attribute = "value"` or `attribute ^= "beginning"`.
struct Filter {
    attribute: String,
    value: String,
    prefix: bool,
}

impl Filter {
    fn parse(text: &str) -> Result<Self, CognitoError> {
        let wrong = || CognitoError::invalid_parameter("Error while parsing filter.");
        let (left, right) = text.split_once('=').ok_or_else(wrong)?;
        let (left, prefix) = match left.trim_end().strip_suffix('^') {
            Some(left) => (left, true),
            None => (left, false),
        };
        let value = right.trim().strip_prefix('"').and_then(|value| value.strip_suffix('"')).ok_or_else(wrong)?;
        Ok(Self { attribute: left.trim().trim_matches('"').to_owned(), value: value.replace("\\\"", "\""), prefix })
    }

    fn matches(&self, user: &User) -> bool {
        let status = user.status.name();
        let own = match self.attribute.as_str() {
            "username" | "sub" => Some(user.sub.as_str()),
            "cognito:user_status" => Some(status),
            name => user.attributes.get(name).map(String::as_str),
        };
        let wanted = self.value.to_lowercase();
        own.map(str::to_lowercase).is_some_and(|own| if self.prefix { own.starts_with(&wanted) } else { own == wanted })
    }
}
