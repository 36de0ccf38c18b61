use aws_sdk_dynamodb::types::AttributeValue;

use super::{
    Occasion, Table, Written,
    expression::Expression,
    transaction::{AuditRecord, Transaction},
};
use crate::{
    domain::{Authority, EmailAddress, Organization, Version},
    items::{AuditAction, Item, Key, OrganizationItem},
};

/// The condition of a change of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsCheck {
    /// The item has the version that the change was made from.
    Version,
}

/// The attributes that the tab `general` changes.
const CHANGEABLE: [&str; 7] = ["name", "phone", "website", "industry", "company_size", "country", "metadata"];

impl Table {
    /// Stores the details and the metadata of `organization` with its version, if the item still has the version `seen`.
    ///
    /// `fields`: the names of what changed, for the audit record.
    pub async fn change_details(
        &self,
        authority: &Authority,
        organization: &Organization,
        seen: &Version,
        fields: &[&str],
        occasion: &Occasion,
    ) -> Written<SettingsCheck> {
        let mut attributes = OrganizationItem::from(organization).to_attributes().map_err(super::StoreError::from)?;
        let mut change = Expression::new("SET #version = :new").string(":new", organization.version.as_str());
        let mut gone = Vec::new();
        for name in CHANGEABLE {
            match attributes.remove(name) {
                Some(value) => {
                    change = change.appended(&format!(", #{name} = :{name}")).value(&format!(":{name}"), value);
                }
                None => gone.push(format!("#{name}")),
            }
        }
        if !gone.is_empty() {
            change = change.appended(&format!(" REMOVE {}", gone.join(", ")));
        }
        let key = Key::organization(authority.organization());
        self.change_settings(authority, &key, change, seen, AuditAction::OrganizationUpdated, fields, occasion).await
    }

    /// Stores the billing contact with the version `new`, if the subscription still has the version `seen`.
    pub async fn change_billing_contact(
        &self,
        authority: &Authority,
        contact: &EmailAddress,
        [seen, new]: [&Version; 2],
        occasion: &Occasion,
    ) -> Written<SettingsCheck> {
        let change = Expression::new("SET #version = :new, #billing_contact = :contact")
            .string(":new", new.as_str())
            .value(":contact", AttributeValue::S(contact.as_str().to_owned()));
        let key = Key::subscription(authority.organization());
        let fields = &["billingContact"];
        self.change_settings(authority, &key, change, seen, AuditAction::BillingContactChanged, fields, occasion).await
    }

    #[expect(clippy::too_many_arguments, reason = "each is one part of the one transaction that the two share")]
    async fn change_settings(
        &self,
        authority: &Authority,
        key: &Key,
        change: Expression,
        seen: &Version,
        action: AuditAction,
        fields: &[&str],
        occasion: &Occasion,
    ) -> Written<SettingsCheck> {
        let organization = authority.organization();
        let unchanged = Expression::new("#version = :seen").string(":seen", seen.as_str());
        let record =
            AuditRecord { actor: Some(authority.actor()), action, target: Some(organization.to_string()), roles: None };
        Transaction::new(self)
            .authorize(authority)
            .update(SettingsCheck::Version, key, change, unchanged)
            .audit_fields(organization, occasion, record, fields)
            .commit()
            .await
    }
}
