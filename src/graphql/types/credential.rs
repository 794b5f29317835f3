//! Credentials.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use entity::{credential, service_account};

use super::ServiceAccount;
use super::limits::CredentialLimits;
use super::permissions::{CredentialPermissions, Subject};
use super::rotation::CredentialRotation;
use crate::domain::credentials::{Detail, limits, rotation};
use crate::error::Error;
use crate::graphql::plain::Plain;
use crate::graphql::{cx, loaders};

/// The fields that are not read with the lists of documents that do not name them.
const DETAILS: [&str; 11] = [
    "authMethod",
    "disabledAt",
    "disabledBy",
    "expiresAt",
    "firstUsedAt",
    "lastSourceAddress",
    "lastUserAgent",
    "limits",
    "publicKey",
    "rotation",
    "tokenCount",
];

/// How much has to be read of credentials for a document: all, as soon as it holds the name of such a
/// field anywhere.
pub fn detail(document: &str) -> Detail {
    let names_one = DETAILS.iter().any(|name| document.contains(name));
    if names_one { Detail::All } else { Detail::Brief }
}

/// One credential.
pub struct Credential {
    /// The row.
    pub row: Arc<credential::Model>,
    /// The account that it belongs to, where it was reached through it.
    pub account: Option<Arc<service_account::Model>>,
}

/// How a client proves itself.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum ClientAuthMethod {
    /// By a client secret, in HTTP Basic or in the body (RFC 6749, section 2.3.1).
    ClientSecret,
    /// By assertions that it signs with the private half of its key (RFC 7523).
    PrivateKeyJwt,
}

/// A client id of a service account, with a secret, which is shown once when it is made, or a public
/// key.
#[Object]
impl Credential {
    /// The id of the credential.
    pub(super) async fn id(&self) -> ID {
        ID::from(&self.row.id)
    }

    /// The OAuth client id.
    async fn client_id(&self) -> &str {
        &self.row.client_id
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// What it is for.
    async fn description(&self) -> Option<&str> {
        self.row.description.as_deref()
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When a token was last issued to it; null if none ever was.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.row.last_used_at
    }

    /// When it ends by itself: from then on, it and its tokens are refused; null: never.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.row.expires_at
    }

    /// Since when it is disabled: it and its tokens are refused; null if it is not.
    async fn disabled_at(&self) -> Option<DateTime<Utc>> {
        self.row.disabled_at
    }

    /// The id of the service account that disabled it; null for the operator.
    async fn disabled_by(&self) -> Option<ID> {
        self.row.disabled_by.as_ref().map(ID::from)
    }

    /// What narrows it; null if nothing does.
    async fn limits(&self) -> Result<Option<CredentialLimits>, Arc<Error>> {
        let limits = self.row.limits.as_ref().map(|_| limits::of(&self.row)).transpose()?;
        Ok(limits.map(CredentialLimits))
    }

    /// How it is replaced by another; null if it is not.
    async fn rotation(&self, ctx: &Context<'_>) -> Option<CredentialRotation> {
        let state = rotation::state(&self.row, cx(ctx).now())?;
        Some(CredentialRotation { row: Arc::clone(&self.row), state })
    }

    /// When a token was first issued to it; null if none ever was.
    async fn first_used_at(&self) -> Option<DateTime<Utc>> {
        self.row.first_used_at
    }

    /// The address that it was last used from.
    async fn last_source_address(&self) -> Option<&str> {
        self.row.last_source_address.as_deref()
    }

    /// What program it was last used by, as that calls itself: at most 255 characters.
    async fn last_user_agent(&self) -> Option<&str> {
        self.row.last_user_agent.as_deref()
    }

    /// How many tokens were issued to it; at most 2147483647 are told.
    async fn token_count(&self) -> i32 {
        i32::try_from(self.row.token_count).unwrap_or(i32::MAX)
    }

    /// The service account that it belongs to.
    async fn service_account(&self, ctx: &Context<'_>) -> Result<ServiceAccount, Arc<Error>> {
        let account = match &self.account {
            Some(account) => Some(Arc::clone(account)),
            None => loaders(ctx).account(self.row.service_account_id.clone()).await?,
        };
        account.map(ServiceAccount).ok_or_else(|| Arc::new(Error::NotFound("service account")))
    }

    /// How it proves itself.
    async fn auth_method(&self) -> ClientAuthMethod {
        match self.row.public_key {
            Some(_) => ClientAuthMethod::PrivateKeyJwt,
            None => ClientAuthMethod::ClientSecret,
        }
    }

    /// What its assertions are verified with: a public key as a JWK (RFC 7517), in JSON; null if it
    /// has a secret.
    async fn public_key(&self) -> Option<&str> {
        self.row.public_key.as_deref()
    }

    /// What the caller may do with it.
    async fn permissions(&self) -> Plain<CredentialPermissions> {
        Plain(CredentialPermissions(Subject::Credential(Arc::clone(&self.row))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_that_is_not_read_in_brief_is_known_to_be_one() {
        const BRIEF: [&str; 8] = [
            "clientId",
            "createdAt",
            "description",
            "id",
            "lastUsedAt",
            "name",
            "permissions",
            "serviceAccount",
        ];
        let sdl = crate::graphql::sdl();
        let (_, fields) = sdl.split_once("type Credential implements Node {").expect("the type");
        let (fields, _) = fields.split_once("\n}").expect("its end");
        let named = fields.lines().filter_map(|line| line.trim().split_once(": "));
        let fields: Vec<_> = named
            .map(|(name, _)| name)
            .filter(|name| name.bytes().all(|it| it.is_ascii_alphanumeric()))
            .collect();
        assert!(fields.len() >= BRIEF.len() + DETAILS.len(), "{fields:?}");
        for field in fields {
            let places = [BRIEF.contains(&field), DETAILS.contains(&field)];
            assert!(places[0] != places[1], "{field}");
        }
    }
}
