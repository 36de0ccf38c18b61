use super::{Occasion, expression::Expression};
use crate::{
    domain::AddressKey,
    items::{Item, MailboxItem},
};

/// Seconds until DynamoDB may delete the count: its day is over on every machine's clock.
const KEPT: i64 = 2 * 24 * 3600;

/// Counts one more email of today to an address (R24). Returns the update and its condition.
pub(super) fn one_more_email(address: &AddressKey, limit: u32, occasion: &Occasion) -> (Expression, Expression) {
    let count = Expression::new(
        "SET #entity = :mailbox, #schema = :schema, #address_key = :address, #day = :today, #emails = if_not_exists(#emails, :zero) + :one, #ttl = :ttl",
    )
    .string(":mailbox", MailboxItem::ENTITY)
    .number(":schema", 1)
    .string(":address", address)
    .string(":today", occasion.at.date())
    .number(":zero", 0)
    .number(":one", 1)
    .number(":ttl", occasion.at.as_seconds() + KEPT);
    (count, Expression::new("attribute_not_exists(#pk) OR #emails < :limit").number(":limit", limit))
}
