//! Workspaces are created, renamed and deleted (R1). SUBSCRIPTION counts them beside their limit; a guard holds each name.

use super::{
    Occasion, Table, WorkspaceToDelete, Written,
    expression::Expression,
    transaction::{AuditRecord, Transaction},
};
use crate::{
    domain::{Authority, Workspace},
    items::{AuditAction, IdempotencyItem, Key, WorkspaceItem, WorkspaceNameItem},
};

/// The conditions of a new workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateWorkspaceCheck {
    /// No workspace of the organization has the name.
    Name,
    /// The subscription has room for one more.
    Limit,
}

/// The conditions of a new name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenameWorkspaceCheck {
    /// The workspace is as it was read.
    Workspace,
    /// No other workspace of the organization has the name.
    Name,
}

/// The conditions of a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeleteWorkspaceCheck {
    /// The workspace is as it was read.
    Workspace,
    /// Another workspace remains.
    Last,
    /// The workspace that becomes the default one exists.
    Successor,
}

impl Table {
    /// Creates a workspace in one round trip.
    pub async fn create_workspace(
        &self,
        authority: &Authority,
        workspace: &Workspace,
        idempotency: Option<&IdempotencyItem>,
        occasion: &Occasion,
    ) -> Written<CreateWorkspaceCheck> {
        let organization = authority.organization();
        let one_more = Expression::new("SET #workspaces_used = #workspaces_used + :one").number(":one", 1);
        Transaction::new(self)
            .authorize(authority)
            .create(CreateWorkspaceCheck::Name, &WorkspaceNameItem::new(organization, workspace))
            .update(
                CreateWorkspaceCheck::Limit,
                &Key::subscription(organization),
                one_more,
                Expression::new("#workspaces_used < #workspace_limit"),
            )
            .create(None, &WorkspaceItem::new(organization, workspace))
            .answer(idempotency, occasion)
            .audit(organization, occasion, record(authority, AuditAction::WorkspaceCreated, workspace))
            .commit()
            .await
    }

    /// Renames a workspace, from how it was `before` to how it is `after`.
    pub async fn rename_workspace(
        &self,
        authority: &Authority,
        [before, after]: [&Workspace; 2],
        occasion: &Occasion,
    ) -> Written<RenameWorkspaceCheck> {
        let organization = authority.organization();
        let change = Expression::new("SET #name = :name, #version = :new")
            .string(":name", after.name.as_str())
            .string(":new", after.version.as_str());
        let mut transaction = Transaction::new(self).authorize(authority).update(
            RenameWorkspaceCheck::Workspace,
            &Key::workspace(organization, before.id),
            change,
            as_read(before),
        );
        // Another spelling of the same name has the same guard. Names of an earlier release have none.
        if before.name.key() != after.name.key() {
            transaction = transaction
                .delete(None, &Key::workspace_name(organization, &before.name.key()), free_or_held_by(before))
                .create(RenameWorkspaceCheck::Name, &WorkspaceNameItem::new(organization, after));
        }
        transaction
            .audit(organization, occasion, record(authority, AuditAction::WorkspaceRenamed, after))
            .commit()
            .await
    }

    /// Deletes a workspace. Its successor becomes the default one, if it has one.
    pub async fn delete_workspace(
        &self,
        authority: &Authority,
        WorkspaceToDelete { workspace, successor }: &WorkspaceToDelete,
        occasion: &Occasion,
    ) -> Written<DeleteWorkspaceCheck> {
        let organization = authority.organization();
        let one_fewer = Expression::new("SET #workspaces_used = #workspaces_used - :one").number(":one", 1);
        let another = Expression::new("#workspaces_used > :one").number(":one", 1);
        let mut transaction = Transaction::new(self)
            .authorize(authority)
            .update(DeleteWorkspaceCheck::Last, &Key::subscription(organization), one_fewer, another)
            .delete(DeleteWorkspaceCheck::Workspace, &Key::workspace(organization, workspace.id), as_read(workspace))
            .delete(None, &Key::workspace_name(organization, &workspace.name.key()), held_by(workspace));
        if let Some(successor) = successor {
            let version = self.environment.new_version();
            let becomes_default = Expression::new("SET #is_default = :yes, #version = :new")
                .value(":yes", aws_sdk_dynamodb::types::AttributeValue::Bool(true))
                .string(":new", version.as_str());
            transaction = transaction.update(
                DeleteWorkspaceCheck::Successor,
                &Key::workspace(organization, *successor),
                becomes_default,
                Expression::new("attribute_exists(#pk)"),
            );
        }
        transaction
            .audit(organization, occasion, record(authority, AuditAction::WorkspaceDeleted, workspace))
            .commit()
            .await
    }
}

/// That nobody has changed the workspace since. Its version covers its name and whether it is the default one.
pub(super) fn as_read(workspace: &Workspace) -> Expression {
    Expression::new("#version = :seen").string(":seen", workspace.version.as_str())
}

/// That no workspace but this one has the guard of the name.
pub(super) fn free_or_held_by(workspace: &Workspace) -> Expression {
    Expression::new("attribute_not_exists(#pk) OR #workspace_id = :workspace").string(":workspace", workspace.id)
}

/// That the guard of the name is the workspace's.
fn held_by(workspace: &Workspace) -> Expression {
    Expression::new("#workspace_id = :workspace").string(":workspace", workspace.id)
}

fn record<'a>(authority: &'a Authority, action: AuditAction, workspace: &Workspace) -> AuditRecord<'a> {
    AuditRecord { actor: Some(authority.actor()), action, target: Some(workspace.id.to_string()), roles: None }
}
