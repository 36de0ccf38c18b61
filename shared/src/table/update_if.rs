use aws_sdk_dynamodb::{
    error::SdkError,
    operation::update_item::{UpdateItemOutput, builders::UpdateItemFluentBuilder},
};

use super::{StoreError, Table, expression::Expression};
use crate::items::Key;

impl Table {
    /// An update of one item on `condition`, to be sent by [`Table::update_if`].
    pub(super) fn updating(&self, key: &Key, change: &Expression, condition: &Expression) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key.to_attributes()))
            .update_expression(change.text())
            .condition_expression(condition.text())
            .set_expression_attribute_names(Expression::names([change, condition]))
            .set_expression_attribute_values(Expression::values([change, condition]))
    }

    /// Sends an update outside of a transaction. `None`: its condition does not hold, and nothing has changed.
    pub(super) async fn update_if(
        &self,
        update: UpdateItemFluentBuilder,
    ) -> Result<Option<UpdateItemOutput>, StoreError> {
        match self.patiently(|| update.clone().send()).await {
            Ok(answer) => Ok(Some(answer)),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
