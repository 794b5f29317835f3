//! The third of the columns that most lists of credentials need.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{FromQueryResult, QuerySelect};

use super::{Authenticator, Column, Entity, Model, NewCredential};
use crate::{CredentialId, OrganizationId, ServiceAccountId, TenantScoped};

/// A credential of [`Entity::brief_in_org`].
#[derive(FromQueryResult)]
pub struct Brief {
    id: CredentialId,
    organization_id: OrganizationId,
    service_account_id: ServiceAccountId,
    client_id: String,
    name: String,
    description: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
}

impl Entity {
    /// The credentials of an organization, with the columns of [`Brief`] only.
    pub fn brief_in_org(organization: &OrganizationId) -> Select<Self> {
        let brief = [
            Column::Id,
            Column::OrganizationId,
            Column::ServiceAccountId,
            Column::ClientId,
            Column::Name,
            Column::Description,
            Column::CreatedAt,
            Column::UpdatedAt,
            Column::LastUsedAt,
        ];
        Self::in_org(organization).select_only().columns(brief)
    }
}

impl From<Brief> for Model {
    /// The other columns are as in a new row, with neither a hash nor a key.
    fn from(brief: Brief) -> Self {
        let new = NewCredential {
            id: brief.id,
            organization_id: brief.organization_id,
            service_account_id: brief.service_account_id,
            client_id: brief.client_id,
            authenticator: Authenticator::ClientSecret(String::new()),
            name: brief.name,
            description: brief.description,
            restrictions: None,
            created_at: brief.created_at,
            expires_at: None,
            account_disabled: false,
        };
        Self {
            secret_hash: None,
            updated_at: brief.updated_at,
            last_used_at: brief.last_used_at,
            ..new.into()
        }
    }
}
