//! Creation of credentials: the one moment at which a secret, where there is one, is in the clear.

use chrono::{DateTime, Utc};
use entity::credential::{self, Authenticator, NewCredential};
use entity::{CredentialId, OrganizationId, ServiceAccountId, service_account};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder,
};
use serde::Serialize;

use super::removal::remove;
use super::restrictions::{self, Given, Wanted};
use super::{event, expiry, select};
use crate::auth::ClientKey;
use crate::authz::{Actor, Bounds, Permission};
use crate::context::OpContext;
use crate::domain::access::{accounts, credential_bounds, held_permissions};
use crate::domain::audit::{self, Facts};
use crate::domain::idempotency::{self, Claim, Created, Key};
use crate::domain::{locks, text};
use crate::error::{Error, Fields, Reason, Result};
use crate::random;
use crate::secret::{ClientSecret, QueueClass};
use crate::store::in_transaction;

/// A credential to be.
#[derive(Debug, Default, Serialize)]
pub struct CredentialInput {
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// When it expires; `None`: never.
    pub expires_at: Option<DateTime<Utc>>,
    /// Its restrictions.
    pub restrictions: Wanted,
    /// The public key that it authenticates with instead of a secret: a JWK, or in PEM.
    pub public_key: Option<String>,
}

/// A credential that was just created, and its secret: to be shown once, and then known by its hash
/// alone.
pub struct CreatedCredential {
    /// The row.
    pub credential: credential::Model,
    /// The secret, which is not stored; `None` if it has a public key.
    pub secret: Option<ClientSecret>,
    /// The retired credential of the same account that was deleted to make room.
    pub removed: Option<CredentialId>,
}

impl CreatedCredential {
    /// The secret of a credential that was to have one.
    ///
    /// # Errors
    /// `Internal` when it has a public key.
    pub fn secret(&self) -> Result<&ClientSecret> {
        let none = || Error::internal("a credential that was to have a secret has none");
        self.secret.as_ref().ok_or_else(none)
    }
}

/// What is stored, made before the transaction that needs it.
#[derive(Clone)]
pub struct Prepared {
    secret: Option<ClientSecret>,
    authenticator: Authenticator,
    checked: Checked,
}

/// A valid [`New`].
#[derive(Clone)]
pub struct Checked {
    name: String,
    description: Option<String>,
    public_key: Option<String>,
    given: Given,
    /// Its restrictions and its end.
    pub bounds: Bounds,
}

/// Creates a credential for a service account. With a `key`, it is created once.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` when the account has as many as it may have, when
/// the key was used for something else, or when the credential that it created was deleted.
pub async fn create(
    op: &OpContext,
    organization: &OrganizationId,
    account: &ServiceAccountId,
    new: CredentialInput,
    key: Option<&Key>,
) -> Result<CreatedCredential> {
    let permission = Permission::CredentialsCreate;
    accounts::fetch_for(op, permission, organization, account).await?;
    let claim = Claim::new(op, key, ("credentials.create", account.as_str()), &new)?;
    let mut fields = Fields::default();
    fields.check(Key::check(key))?;
    let checked = check(op, new, fields)?;
    op.permit_bounds(permission, [Some(&checked.bounds)])?;
    if let Some(created) = claim.answer(op).await? {
        return Ok(as_created(op, replayed(op, organization, &created).await?, &checked));
    }
    let prepared = prepare(op, checked).await?;
    let created = in_transaction!(op.app.db, transaction => {
        if !claim.take(transaction).await? {
            return Ok(None);
        }
        let row = locks::service_account(transaction, organization, account).await?;
        held_permissions::permit_account(transaction, op, permission, &row).await?;
        restrictions::permit(transaction, op, &row, &prepared.checked.given).await?;
        let removed = permit_one_more(transaction, op, &row).await?;
        let created = CreatedCredential { removed, ..insert(transaction, op, &row, &prepared).await? };
        claim.keep(transaction, op, &created.created()).await?;
        Ok(Some(created))
    })?;
    match created {
        Some(created) => Ok(created),
        None => {
            let created = replayed(op, organization, &claim.first_answer(op).await?).await?;
            Ok(as_created(op, created, &prepared.checked))
        }
    }
}

/// A replay for a caller who may not read credentials shows what it created, and nothing of what
/// became of it.
fn as_created(op: &OpContext, created: CreatedCredential, checked: &Checked) -> CreatedCredential {
    let row = created.credential;
    if op.may(Permission::CredentialsRead, &row) {
        return CreatedCredential { credential: row, ..created };
    }
    let credential = credential::Model {
        name: checked.name.clone(),
        description: checked.description.clone(),
        updated_at: row.created_at,
        ..credential::Model::unused(row)
    };
    CreatedCredential { credential, ..created }
}

/// The credential that an earlier request with the same key created, as it is now, and its secret.
pub(super) async fn replayed(
    op: &OpContext,
    organization: &OrganizationId,
    created: &Created,
) -> Result<CreatedCredential> {
    let row = select(organization, &created.id()?).one(op.db()).await?;
    let credential = row.ok_or_else(idempotency::deleted)?;
    created.permit(&credential)?;
    let unreadable = || Error::internal("a stored secret is no secret");
    let parse = |text| ClientSecret::parse(text).ok_or_else(unreadable);
    let secret = created.secret().map(parse).transpose()?;
    Ok(CreatedCredential { credential, secret, removed: created.removed()? })
}

impl CreatedCredential {
    /// What is stored for a repetition.
    pub(super) fn created(&self) -> Created {
        let created = match &self.secret {
            Some(secret) => Created::with_secret(&self.credential.id, secret.reveal()),
            None => Created::plain(&self.credential.id),
        };
        created.after_removal_of(self.removed.as_ref())
    }
}

impl Prepared {
    /// When it expires; `None`: never.
    pub(super) fn ends_at(&self) -> Option<DateTime<Utc>> {
        self.checked.bounds.ends_at
    }

    /// The same within other bounds.
    pub(super) fn within(&self, bounds: Bounds) -> Self {
        Self { checked: Checked { bounds, ..self.checked.clone() }, ..self.clone() }
    }
}

/// Checks what a credential is to be.
pub(in crate::domain) fn check(
    op: &OpContext,
    new: CredentialInput,
    mut fields: Fields,
) -> Result<Checked> {
    let name = fields.check(text::name(&new.name))?;
    let description = fields.check(text::description(new.description.as_deref()))?;
    let ends_at = fields.check(new.expires_at.map(|at| expiry(op, at)).transpose())?;
    let (restrictions, given) = new.restrictions.check(&mut fields)?;
    let key = |text: &str| ClientKey::parse(text).and_then(|key| key.to_json());
    let public_key = fields.check(new.public_key.as_deref().map(key).transpose())?;
    fields.finish()?;
    let bounds = Bounds { restrictions, ends_at };
    Ok(Checked { name, description, public_key, given, bounds })
}

/// Generates a secret and hashes it, where the credential has no public key.
pub(in crate::domain) async fn prepare(op: &OpContext, checked: Checked) -> Result<Prepared> {
    if let Some(key) = &checked.public_key {
        let authenticator = Authenticator::PublicKey(key.clone());
        return Ok(Prepared { secret: None, authenticator, checked });
    }
    let secret = ClientSecret::generate();
    let class = match &op.actor {
        Actor::Client(client) => QueueClass::Organization(client.organization.clone()),
        Actor::Anonymous | Actor::Operator => QueueClass::Operator,
    };
    let authenticator = Authenticator::ClientSecret(op.app.hasher.hash(class, &secret).await?);
    Ok(Prepared { secret: Some(secret), authenticator, checked })
}

/// Inserts the row.
pub(in crate::domain) async fn insert(
    on: &impl ConnectionTrait,
    op: &OpContext,
    account: &service_account::Model,
    Prepared { secret, authenticator, checked }: &Prepared,
) -> Result<CreatedCredential> {
    let Checked { name, description, bounds, .. } = checked;
    let Bounds { restrictions, ends_at } = bounds;
    let row = credential::Model::from(NewCredential {
        id: random::id(),
        organization_id: account.organization_id.clone(),
        service_account_id: account.id.clone(),
        client_id: random::base62(21),
        authenticator: authenticator.clone(),
        name: name.clone(),
        description: description.clone(),
        restrictions: restrictions.to_stored().map_err(Error::internal)?,
        created_at: op.now(),
        expires_at: *ends_at,
        suspended: account.disabled_at.is_some(),
    });
    let credential = row.into_active_model().insert(on).await?;
    let event = event(&credential, "credential.create");
    audit::record(on, op, event.changed(Facts::default(), Facts::from(&credential))).await?;
    Ok(CreatedCredential { credential, secret: secret.clone(), removed: None })
}

/// Rejects more credentials than an account may have; it must be locked. The first one that has
/// retired makes room: it never authenticates again.
pub(super) async fn permit_one_more(
    on: &impl ConnectionTrait,
    op: &OpContext,
    account: &service_account::Model,
) -> Result<Option<CredentialId>> {
    let limit = op.app.config.credentials_per_account;
    if credential_bounds::rows(account).count(on).await? < limit {
        return Ok(None);
    }
    let retired = credential_bounds::rows(account)
        .filter(credential::Column::RetiresAt.lte(op.now()))
        .order_by_asc(credential::Column::RetiresAt);
    if let Some(row) = retired.one(on).await? {
        remove(on, op, &row).await?;
        return Ok(Some(row.id));
    }
    let message = format!("a service account has at most {limit} credentials");
    Err(Error::conflict(Reason::LimitReached, message))
}
