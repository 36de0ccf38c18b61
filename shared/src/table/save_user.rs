use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use super::{StoreError, Table, expression::Expression};
use crate::{
    domain::{Locale, Onboarding, PersonName, User},
    items::{Item, Key, UserItem},
};

impl Table {
    /// Creates a user, or updates the data of an existing user that comes from Cognito. It does not change the user's
    /// onboarding in the table. Returns the user after the write.
    pub async fn save_user(&self, user: &User) -> Result<User, StoreError> {
        let change = identity(user)
            .string(":open", Onboarding::Open.name())
            .number(":none", 0)
            .appended(", #onboarding = if_not_exists(#onboarding, :open), #granted_organizations = if_not_exists(#granted_organizations, :none)");
        let update = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::profile(&user.id).to_attributes()))
            .update_expression(change.text())
            .set_expression_attribute_names(Expression::names([&change]))
            .set_expression_attribute_values(Expression::values([&change]))
            .return_values(ReturnValue::AllNew);
        let answer = self.patiently(|| update.clone().send()).await?;
        Ok(UserItem::from_attributes(answer.attributes.unwrap_or_default())?.into())
    }
}

/// The update of a user's data that comes from Cognito: `SET …`.
pub(super) fn identity(user: &User) -> Expression {
    // An absent name is NULL, not removed, so that the expression stays one SET clause that others can be appended to.
    let text = |text: Option<&str>| text.map_or(AttributeValue::Null(true), |text| AttributeValue::S(text.to_owned()));
    Expression::new(
        "SET #entity = :user, #schema = :schema, #user_id = :id, #email = :email, #email_verified = :verified, #name = :name, #locale = :locale, #as_of = :as_of",
    )
    .string(":user", UserItem::ENTITY)
    .number(":schema", 1)
    .string(":id", &user.id)
    .string(":email", user.email.as_str())
    .value(":verified", AttributeValue::Bool(user.email_verified))
    .value(":name", text(user.name.as_ref().map(PersonName::as_str)))
    .value(":locale", text(user.locale.as_ref().map(Locale::as_str)))
    .string(":as_of", user.as_of)
}
