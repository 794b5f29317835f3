//! Credentials.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use entity::credential::{self, AuthMethod};
use entity::service_account;

use super::ServiceAccount;
use super::permissions::{CredentialPermissions, Subject};
use super::restrictions::CredentialRestrictions;
use super::rotation::CredentialRotation;
use super::scalars::DateTime;
use crate::authz::{Permission, Restrictions};
use crate::domain::credentials::{Detail, rotation};
use crate::error::{Error, Result};
use crate::graphql::directive::requires_permission;
use crate::graphql::gate::Gate;
use crate::graphql::plain::Plain;
use crate::graphql::{loaders, op};

/// The fields that are not read with the lists of documents that do not name them.
const DETAILS: [&str; 12] = [
    "authMethod",
    "disabledAt",
    "disabledBy",
    "expiresAt",
    "firstUsedAt",
    "lastSourceAddress",
    "lastUserAgent",
    "notBefore",
    "publicKey",
    "restrictions",
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
    async fn created_at(&self) -> DateTime {
        DateTime(self.row.created_at)
    }

    /// When anything of it but its usage last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.row.updated_at)
    }

    /// When a token was last issued to it; null if none ever was.
    async fn last_used_at(&self) -> Option<DateTime> {
        self.row.last_used_at.map(DateTime)
    }

    /// When it ends by itself: from then on, it and its tokens are refused; null: never.
    async fn expires_at(&self) -> Option<DateTime> {
        self.row.expires_at.map(DateTime)
    }

    /// Since when it is disabled: it and its tokens are refused; null if it is not.
    async fn disabled_at(&self) -> Option<DateTime> {
        self.row.disabled_at.map(DateTime)
    }

    /// The id of the service account that disabled it; null for the operator.
    async fn disabled_by(&self) -> Option<ID> {
        self.row.disabled_by.as_ref().map(ID::from)
    }

    /// Its restrictions; null if there are none.
    async fn restrictions(&self) -> Gate<Plain<CredentialRestrictions>> {
        let stored = self.row.restrictions.as_deref();
        let read = stored.map(|stored| Restrictions::stored(Some(stored))).transpose();
        let read = read.map_err(Error::internal);
        read.map(|it| it.map(CredentialRestrictions).map(Plain)).into()
    }

    /// The instant before which its tokens are revoked; null if they never were.
    async fn not_before(&self) -> Option<DateTime> {
        self.row.not_before.map(DateTime)
    }

    /// How it is replaced by another; null if it is not.
    async fn rotation(&self, ctx: &Context<'_>) -> Option<CredentialRotation> {
        let state = rotation::state(&self.row, op(ctx).now())?;
        Some(CredentialRotation { row: Arc::clone(&self.row), state })
    }

    /// When a token was first issued to it; null if none ever was.
    async fn first_used_at(&self) -> Option<DateTime> {
        self.row.first_used_at.map(DateTime)
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

    /// The service account that it belongs to; null with an error for a caller who may not read it.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned()))]
    async fn service_account(&self, ctx: &Context<'_>) -> Gate<ServiceAccount> {
        self.owner(ctx).await.into()
    }

    /// How it proves itself.
    async fn auth_method(&self) -> ClientAuthMethod {
        match self.row.auth_method() {
            AuthMethod::PrivateKeyJwt => ClientAuthMethod::PrivateKeyJwt,
            AuthMethod::ClientSecret => ClientAuthMethod::ClientSecret,
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

impl From<credential::Model> for Credential {
    fn from(row: credential::Model) -> Self {
        Self { row: Arc::new(row), account: None }
    }
}

impl Credential {
    async fn owner(&self, ctx: &Context<'_>) -> Result<ServiceAccount, Arc<Error>> {
        let account = match &self.account {
            Some(account) if op(ctx).may(Permission::ServiceAccountsRead, account.as_ref()) => {
                Some(Arc::clone(account))
            }
            Some(_) => None,
            None => loaders(ctx).account(self.row.service_account_id.clone()).await?,
        };
        account.map(ServiceAccount).ok_or_else(|| Arc::new(Error::NotFound("service account")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_that_is_not_read_in_brief_is_known_to_be_one() {
        const BRIEF: [&str; 9] = [
            "clientId",
            "createdAt",
            "description",
            "id",
            "lastUsedAt",
            "name",
            "permissions",
            "serviceAccount",
            "updatedAt",
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
