//! A credential under lock, with its account and the other credentials of that.

use entity::{CredentialId, credential, service_account};
use sea_orm::ConnectionTrait;

use super::not_found;
use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::access::held_permissions;
use crate::domain::locks;
use crate::error::Result;

/// A service account and all its credentials, locked.
pub(super) struct Locked {
    /// The account.
    pub account: service_account::Model,
    /// Its credentials, by their ids.
    pub all: Vec<credential::Model>,
}

impl Locked {
    /// Locks the account of a credential and all credentials of it, and asks again whether the
    /// caller may do `permission` to the one.
    pub async fn to(
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
        held_permissions::permit_credential(on, op, permission, &row).await?;
        Ok((locked, row))
    }

    /// One of the credentials, as it is now.
    pub fn find(&self, id: &CredentialId) -> Result<credential::Model> {
        self.all.iter().find(|row| row.id == *id).cloned().ok_or_else(not_found)
    }
}
