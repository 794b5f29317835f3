//! Bootstrap: the operator creates a service account with a credential, and its organization.

use entity::{credential, organization, service_account};

use super::roles::RoleDefinition;
use super::roles::grants::{self, NewBinding};
use super::service_accounts::NewAccount;
use super::{credentials, organizations, service_accounts};
use crate::authz::Role;
use crate::context::OpContext;
use crate::error::{Error, Fields, Result};
use crate::secret::ClientSecret;
use crate::store::in_transaction;

/// The input of a bootstrap.
pub struct BootstrapInput<'a> {
    /// The label of the organization, which is created if it does not exist.
    pub organization: &'a str,
    /// The name of the service account.
    pub name: &'a str,
    /// The role of the service account.
    pub role: Role,
}

/// The result of a bootstrap.
pub struct Bootstrapped {
    /// The organization, new or existing.
    pub organization: organization::Model,
    /// The new service account.
    pub service_account: service_account::Model,
    /// The new credential.
    pub credential: credential::Model,
    /// Its secret, which is not stored.
    pub secret: ClientSecret,
}

/// Creates a service account with a credential, and its organization if it does not exist.
///
/// # Errors
/// `Invalid`, or the database does not respond.
pub async fn bootstrap(op: &OpContext, input: BootstrapInput<'_>) -> Result<Bootstrapped> {
    let new = credentials::CredentialInput {
        name: input.name.to_owned(),
        ..credentials::CredentialInput::default()
    };
    let account =
        NewAccount { name: super::text::name(input.name)?, description: None, external_id: None };
    let validated = credentials::validate(op, new, Fields::default())?;
    let prepared = credentials::prepare(op, validated).await?;
    in_transaction!(op.app.db, transaction => {
        let existing = organization::Entity::any_tenant_by_label(input.organization).one(transaction).await?;
        let organization = match existing {
            Some(row) => row,
            None => {
                let label = input.organization;
                organizations::insert(transaction, op, label, label).await?
            }
        };
        let account =
            service_accounts::insert(transaction, op, &organization.id, &account).await?;
        let role = RoleDefinition::BuiltIn(input.role);
        let binding = NewBinding::of_organization(role.label());
        grants::bind(transaction, op, &account, &role, &binding).await?;
        let created = credentials::insert(transaction, op, &account, &prepared).await?;
        Ok(Bootstrapped {
            organization,
            service_account: account,
            secret: created.secret()?.clone(),
            credential: created.credential,
        })
    })
}

/// Whether no organization exists.
///
/// # Errors
/// The database does not respond.
pub async fn is_empty(op: &OpContext) -> Result<bool> {
    let any = organization::Entity::any_tenant().one(op.db()).await;
    any.map(|row| row.is_none()).map_err(Error::from)
}
