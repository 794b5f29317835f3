//! `credentialUsed`.

use std::sync::Arc;

use async_graphql::SimpleObject;
use entity::credential;

use crate::graphql::types::{Credential, DateTime};

/// Event of the subscription `credentialUsed`.
#[derive(SimpleObject)]
pub struct CredentialUsedPayload {
    /// Credential that was used, with its usage up to now.
    credential: Credential,
    /// Time at which a token was last issued to the credential; null if none ever was.
    last_used_at: Option<DateTime>,
    /// Number of tokens issued to the credential. Saturates at 2147483647.
    token_count: i32,
}

impl CredentialUsedPayload {
    /// The payload of a credential whose usage has changed.
    pub fn new(row: Arc<credential::Model>) -> Self {
        Self {
            last_used_at: row.last_used_at.map(DateTime),
            token_count: i32::try_from(row.token_count).unwrap_or(i32::MAX),
            credential: Credential { row, account: None },
        }
    }
}
