//! Active credentials, read for every request in one statement: a revocation takes effect
//! with the next request. Concurrent requests share a statement.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::credential::{self, Authenticator};
use entity::{CredentialId, OrganizationId, ServiceAccountId};
use entity::{organization, revoked_token, role, role_binding};
use sea_orm::sea_query::IntoCondition;
use sea_orm::{
    ConnectionTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationTrait,
};

use super::status::{Status, has_ended};
use super::{ActiveClient, ActiveCredential, AuthFailure};
use crate::authz::{Binding, PermissionSet, Restrictions, Role};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::store::{Coalescer, Db, in_list};

/// The most statements under way at once.
const CONCURRENCY: usize = 2;

/// Looks active credentials up by client id or by token.
pub struct CredentialLookup(Coalescer<Key, Result<Arc<ActiveClient>, AuthFailure>>);

/// A client id, and the `jti` of the token that the client presents, if it does.
struct Key {
    client_id: String,
    jti: Option<String>,
}

impl CredentialLookup {
    /// A lookup in `db`, for the time of `clock`.
    #[must_use]
    pub fn new(db: &Db, clock: &Clock) -> Self {
        let (db, clock) = (db.clone(), clock.clone());
        Self(Coalescer::new(CONCURRENCY, move |keys: Vec<Key>| {
            let (db, now) = (db.clone(), clock.now());
            async move {
                let found = read(db.token_reader(), &keys, now).await?;
                let unknown = || Err(AuthFailure::UnknownClient);
                let reply =
                    |key: &Key| found.get(&key.client_id).map_or_else(unknown, |it| it.reply(key));
                Ok(keys.iter().map(reply).collect())
            }
        }))
    }

    /// The client with this client id, if its credential is active, read after this is called.
    ///
    /// # Errors
    /// The outer one: the database does not respond. The inner one: the credential is not active.
    pub async fn by_client_id(
        &self,
        client_id: &str,
    ) -> Result<Result<Arc<ActiveClient>, AuthFailure>> {
        self.0.request(Key { client_id: client_id.to_owned(), jti: None }).await
    }

    /// The client that a token was issued to; `None` if the token is revoked or the credential is
    /// not active.
    ///
    /// # Errors
    /// The database does not respond.
    pub async fn by_token(&self, client_id: &str, jti: &str) -> Result<Option<Arc<ActiveClient>>> {
        let key = Key { client_id: client_id.to_owned(), jti: Some(jti.to_owned()) };
        Ok(self.0.request(key).await?.ok())
    }
}

/// A credential, and those of the requested tokens that are revoked.
struct Found {
    client: Result<Arc<ActiveClient>, AuthFailure>,
    revoked: Vec<String>,
}

impl Found {
    fn reply(&self, key: &Key) -> Result<Arc<ActiveClient>, AuthFailure> {
        let revoked = key.jti.as_ref().is_some_and(|jti| self.revoked.contains(jti));
        if revoked { Err(AuthFailure::TokenRevoked) } else { self.client.clone() }
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: CredentialId,
    client_id: String,
    service_account_id: ServiceAccountId,
    organization_id: OrganizationId,
    secret_hash: Option<String>,
    revision: i32,
    expires_at: Option<DateTime<Utc>>,
    retires_at: Option<DateTime<Utc>>,
    account_disabled: bool,
    disabled_at: Option<DateTime<Utc>>,
    restrictions: Option<String>,
    token_generation: i32,
    label: String,
    name: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    #[sea_orm(nested)]
    binding: BindingRow,
    jti: Option<String>,
    public_key: Option<String>,
}

/// One statement: a row for each role and revoked token of each credential, or one row for a
/// credential without.
async fn read(
    on: &impl ConnectionTrait,
    keys: &[Key],
    now: DateTime<Utc>,
) -> Result<HashMap<String, Found>> {
    let rows = select(on, keys).into_model::<Row>().all(on).await?;
    let mut found: HashMap<String, (Result<ActiveClient, AuthFailure>, Vec<String>)> =
        HashMap::with_capacity(rows.len());
    for mut row in rows {
        let binding = std::mem::take(&mut row.binding).in_effect(now);
        let (client_id, jti) = (row.client_id.clone(), row.jti.take());
        let (client, revoked) = match found.entry(client_id) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(place) => place.insert((row.active(now), Vec::new())),
        };
        if let Ok(client) = client {
            client.bindings.extend(binding.filter(|it| !client.bindings.contains(it)));
        }
        revoked.extend(jti);
    }
    let found = found.into_iter();
    let shared = |(client, revoked): (Result<ActiveClient, _>, _)| Found {
        client: client.map(Arc::new),
        revoked,
    };
    Ok(found.map(|(client_id, it)| (client_id, shared(it))).collect())
}

fn select(on: &impl ConnectionTrait, keys: &[Key]) -> sea_orm::Select<credential::Entity> {
    use organization::Column::{CreatedAt, Label, Name, UpdatedAt};
    let jtis =
        in_list(on, revoked_token::Column::Jti, keys.iter().filter_map(|it| it.jti.as_ref()));
    let revoked = credential::Relation::RevokedToken.def();
    let revoked = revoked.on_condition(move |_, _| jtis.clone().into_condition());
    credential::Entity::any_tenant()
        .select_only()
        .columns([
            credential::Column::Id,
            credential::Column::ClientId,
            credential::Column::ServiceAccountId,
            credential::Column::OrganizationId,
            credential::Column::SecretHash,
            credential::Column::Revision,
            credential::Column::ExpiresAt,
            credential::Column::RetiresAt,
            credential::Column::AccountDisabled,
            credential::Column::DisabledAt,
            credential::Column::Restrictions,
            credential::Column::TokenGeneration,
            credential::Column::PublicKey,
        ])
        .columns([Label, Name, CreatedAt, UpdatedAt])
        .column_as(role_binding::Column::Role, "role")
        .column_as(role_binding::Column::TargetId, "target_id")
        .column_as(role_binding::Column::ExpiresAt, "role_expires_at")
        .column_as(role::Column::Permissions, "permissions")
        .column(revoked_token::Column::Jti)
        .join(JoinType::InnerJoin, credential::Relation::Organization.def())
        .join(JoinType::LeftJoin, credential::Relation::RoleBinding.def())
        .join(JoinType::LeftJoin, role_binding::Relation::Role.def())
        .join(JoinType::LeftJoin, revoked)
        .filter(in_list(on, credential::Column::ClientId, keys.iter().map(|it| &it.client_id)))
}

/// A role binding, and the permissions of its role unless it is a built-in one; empty for an account
/// without roles.
#[derive(Default, FromQueryResult)]
struct BindingRow {
    role: Option<String>,
    target_id: Option<String>,
    role_expires_at: Option<DateTime<Utc>>,
    permissions: Option<String>,
}

impl BindingRow {
    /// The binding, if it is in effect and this version knows its role.
    fn in_effect(self, now: DateTime<Utc>) -> Option<Binding> {
        let role = self.role.filter(|_| !has_ended(self.role_expires_at, now))?;
        // A target that cannot be read grants nothing.
        let target = match self.target_id.as_deref().unwrap_or_default() {
            "" => None,
            id => Some(id.parse().ok()?),
        };
        let built_in = role.parse::<Role>().ok().map(Role::permissions);
        let custom = || self.permissions.as_deref().map(PermissionSet::known);
        Some(Binding {
            permissions: built_in.or_else(custom)?,
            role,
            target,
            expires_at: self.role_expires_at,
        })
    }
}

impl Row {
    /// The client, without its role bindings, if its credential is active.
    fn active(self, now: DateTime<Utc>) -> Result<ActiveClient, AuthFailure> {
        let status = Status {
            account_disabled: self.account_disabled,
            disabled: self.disabled_at.is_some(),
            ends_at: credential::first_of(self.expires_at, self.retires_at),
        };
        status.check(now)?;
        self.client(status).map_err(|unreadable| {
            // The other credentials of the batch are not concerned.
            unreadable.log();
            AuthFailure::CredentialUnreadable
        })
    }

    fn client(self, status: Status) -> Result<ActiveClient> {
        let restrictions = Restrictions::from_stored(self.restrictions.as_deref());
        let restrictions = restrictions.map_err(Error::internal)?;
        let authenticator = Authenticator::from_columns(self.secret_hash, self.public_key);
        let missing = || Error::internal("a credential with neither a secret nor a public key");
        let organization = organization::Model {
            id: self.organization_id.clone(),
            label: self.label,
            name: self.name,
            created_at: self.created_at,
            updated_at: self.updated_at,
        };
        let credential = ActiveCredential {
            id: self.id,
            client_id: self.client_id,
            service_account: self.service_account_id,
            organization: self.organization_id,
            authenticator: authenticator.ok_or_else(missing)?,
            revision: self.revision,
            ends_at: status.ends_at,
            restrictions,
            token_generation: self.token_generation,
        };
        Ok(ActiveClient {
            credential: Arc::new(credential),
            organization: Arc::new(organization),
            bindings: Vec::new(),
        })
    }
}
