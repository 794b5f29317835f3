//! New credentials.

use chrono::{DateTime, Utc};

use super::{Authenticator, Model};
use crate::{CredentialId, OrganizationId, ServiceAccountId};

/// The columns that are chosen when a credential is created. The others start empty or at zero.
pub struct NewCredential {
    /// Its id.
    pub id: CredentialId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The service account.
    pub service_account_id: ServiceAccountId,
    /// The OAuth client id.
    pub client_id: String,
    /// What it authenticates with.
    pub authenticator: Authenticator,
    /// Display name.
    pub name: String,
    /// Description.
    pub description: Option<String>,
    /// Its restrictions, as JSON.
    pub restrictions: Option<String>,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// Time of expiry.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether the service account is disabled.
    pub account_disabled: bool,
}

impl From<NewCredential> for Model {
    fn from(new: NewCredential) -> Self {
        let (secret_hash, public_key) = new.authenticator.into_columns();
        Self {
            id: new.id,
            organization_id: new.organization_id,
            service_account_id: new.service_account_id,
            client_id: new.client_id,
            secret_hash,
            public_key,
            name: new.name,
            description: new.description,
            restrictions: new.restrictions,
            created_at: new.created_at,
            updated_at: new.created_at,
            revision: 0,
            account_disabled: new.account_disabled,
            disabled_at: None,
            disabled_by: None,
            expires_at: new.expires_at,
            rotation_began_at: None,
            retires_at: None,
            replaced_by: None,
            tokens_before_rotation: None,
            not_before: None,
            token_generation: 0,
            first_used_at: None,
            last_used_at: None,
            last_used_day: 0,
            last_source_address: None,
            last_user_agent: None,
            token_count: 0,
        }
    }
}
