//! The lock of a service account and all its credentials.

use entity::{CredentialId, credential, service_account};
use sea_orm::ConnectionTrait;

use super::not_found;
use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::access::escalation;
use crate::domain::locks;
use crate::error::Result;

/// A service account and all its credentials, locked.
pub(super) struct LockedAccount {
    /// The account.
    pub account: service_account::Model,
    /// Its credentials, by their ids.
    pub all: Vec<credential::Model>,
}

impl LockedAccount {
    /// Locks the account of a credential and all credentials of the account, and checks again that the
    /// caller may do `permission` to the credential.
    pub async fn lock(
        on: &impl ConnectionTrait,
        op: &OpContext,
        permission: Permission,
        row: &credential::Model,
    ) -> Result<(Self, credential::Model)> {
        let organization = &row.organization_id;
        let account = locks::service_account(on, organization, &row.service_account_id).await?;
        let all = locks::credentials(on, &account).await?;
        let locked = Self { account, all };
        let row = locked.find(&row.id)?;
        escalation::permit_credential(on, op, permission, &row).await?;
        Ok((locked, row))
    }

    /// The current row of one of the credentials.
    pub fn find(&self, id: &CredentialId) -> Result<credential::Model> {
        self.all.iter().find(|row| row.id == *id).cloned().ok_or_else(not_found)
    }
}
