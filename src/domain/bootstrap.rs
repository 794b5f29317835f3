//! The first way in: an organization with an account and a credential, made by the operator.

use entity::{credential, organization, service_account};

use super::access::role_bindings;
use super::{credentials, organizations, service_accounts};
use crate::authz::Role;
use crate::context::OpContext;
use crate::error::{Error, Fields, Result};
use crate::secret::ClientSecret;
use crate::store::in_transaction;

/// What is to be made.
pub struct Wanted<'a> {
    /// The label of the organization, which is made if it is not there.
    pub organization: &'a str,
    /// The name of the service account.
    pub name: &'a str,
    /// The role of the service account.
    pub role: Role,
}

/// What was made.
pub struct Bootstrapped {
    /// The organization, old or new.
    pub organization: organization::Model,
    /// The new service account.
    pub service_account: service_account::Model,
    /// The new credential.
    pub credential: credential::Model,
    /// Its secret, which nobody can tell again.
    pub secret: ClientSecret,
}

/// Makes one more service account with a credential, and its organization if it is not there.
///
/// # Errors
/// `Invalid`, or what the database answers.
pub async fn bootstrap(op: &OpContext, wanted: Wanted<'_>) -> Result<Bootstrapped> {
    let new = credentials::CredentialInput {
        name: wanted.name.to_owned(),
        ..credentials::CredentialInput::default()
    };
    let name = super::text::name(wanted.name)?;
    let checked = credentials::check(op, new, Fields::default())?;
    let prepared = credentials::prepare(op, checked).await?;
    in_transaction!(op.app.db, transaction => {
        let there = organization::Entity::any_tenant_by_label(wanted.organization).one(transaction).await?;
        let organization = match there {
            Some(row) => row,
            None => {
                let label = wanted.organization;
                organizations::insert(transaction, op, label, label).await?
            }
        };
        let account =
            service_accounts::insert(transaction, op, &organization.id, &name, None).await?;
        role_bindings::bind(transaction, op, &account, wanted.role).await?;
        let created = credentials::insert(transaction, op, &account, &prepared).await?;
        Ok(Bootstrapped {
            organization,
            service_account: account,
            secret: created.secret()?.clone(),
            credential: created.credential,
        })
    })
}

/// Whether there is an organization at all.
///
/// # Errors
/// What the database answers.
pub async fn is_empty(op: &OpContext) -> Result<bool> {
    let any = organization::Entity::any_tenant().one(op.db()).await;
    any.map(|row| row.is_none()).map_err(Error::from)
}
