//! Making credentials: the one moment at which a secret, where there is one, is in the clear.

use chrono::{DateTime, Utc};
use entity::{OrganizationId, ServiceAccountId, credential, service_account};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, PaginatorTrait, QueryFilter, QueryOrder,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::client_key::ClientKey;
use super::limits::{self, Limits};
use super::{event, life, of_account, remove};
use crate::authz::{Permission, PermissionSet, Role};
use crate::cx::Cx;
use crate::domain::idempotency::{Claim, Key};
use crate::domain::{apis, audit, roles, service_accounts, text};
use crate::error::{Error, Result};
use crate::random;
use crate::secret::ClientSecret;
use crate::store::in_transaction;

/// A credential to be. Older versions name retries by its name and description alone: what they do
/// not know is left out where it is absent.
#[derive(Debug, Default, Serialize)]
pub struct New {
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// When it ends by itself, if it is to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// What narrows it, if anything is to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<limits::Wanted>,
    /// What it is to prove itself by instead of a secret: a public key as a JWK or in PEM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
}

/// A credential that was just made, and its secret: to be shown once, and then known by its hash
/// alone.
pub struct Minted {
    /// The row.
    pub credential: credential::Model,
    /// What nobody can tell again; none, if it is a public key.
    pub secret: Option<ClientSecret>,
}

impl Minted {
    /// The secret of a credential that was to have one.
    ///
    /// # Errors
    /// `Internal` when it is a public key.
    pub fn secret(&self) -> Result<&ClientSecret> {
        let none = || Error::internal("a credential that was to have a secret has none");
        self.secret.as_ref().ok_or_else(none)
    }
}

/// A [`Minted`] as it is kept for a repetition, sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    credential: credential::Model,
    secret: Option<Zeroizing<String>>,
}

/// What is stored, made before the transaction that needs it.
#[derive(Clone)]
pub struct Prepared {
    secret: Option<ClientSecret>,
    hash: String,
    name: String,
    description: Option<String>,
    expires_at: Option<DateTime<Utc>>,
    limits: Limits,
    public_key: Option<String>,
}

/// Makes a credential for a service account that is no stronger than the caller. With a `key`, it
/// is made once.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` when the account has as many as it may have, or
/// when the key was used for something else.
pub async fn create(
    cx: &Cx,
    organization: &OrganizationId,
    account: &ServiceAccountId,
    new: New,
    key: Option<&Key>,
) -> Result<Minted> {
    let permission = Permission::CredentialsCreate;
    let row = service_accounts::fetch_for(cx, permission, organization, account).await?;
    permit_acting_as(cx.db(), cx, &row).await?;
    let claim = Claim::new(cx, key, ("credentials.create", account.as_str()), &new)?;
    if let Some(kept) = claim.answer::<Kept>(cx).await? {
        return kept.restore();
    }
    let prepared = prepare(cx, new).await?;
    let made = in_transaction!(cx.app.db, transaction => {
        if !claim.take(transaction).await? {
            return Ok(None);
        }
        let row = service_accounts::lock(transaction, organization, account).await?;
        permit_acting_as(transaction, cx, &row).await?;
        permit_one_more(transaction, cx, &row).await?;
        limits::permit(transaction, cx, &row, &prepared.limits).await?;
        limits::permit_handing_out(transaction, cx, &prepared.limits).await?;
        let minted = insert(transaction, cx, &row, &prepared).await?;
        claim.keep(transaction, cx, &Kept::of(&minted)).await?;
        Ok(Some(minted))
    })?;
    match made {
        Some(minted) => Ok(minted),
        None => claim.first_answer::<Kept>(cx).await?.restore(),
    }
}

impl Kept {
    pub(super) fn of(minted: &Minted) -> Self {
        let text = |secret: &ClientSecret| Zeroizing::new(secret.reveal().to_owned());
        let secret = minted.secret.as_ref().map(text);
        Self { credential: minted.credential.clone(), secret }
    }

    pub(super) fn restore(self) -> Result<Minted> {
        let none = || Error::internal("a kept secret is no secret");
        let parse = |text: Zeroizing<String>| ClientSecret::parse(&text).ok_or_else(none);
        let secret = self.secret.map(parse).transpose()?;
        Ok(Minted { credential: self.credential, secret })
    }
}

impl Prepared {
    /// The same, narrowed otherwise.
    pub(super) fn limited(&self, limits: Limits) -> Self {
        Self { limits, ..self.clone() }
    }
}

/// Reads the public key, or draws a secret and hashes it.
pub(in crate::domain) async fn prepare(cx: &Cx, new: New) -> Result<Prepared> {
    let name = text::name(&new.name)?;
    let description = text::description(new.description.as_deref())?;
    let expires_at = new.expires_at.map(|at| life::end(cx, at)).transpose()?;
    let limits = new.limits.unwrap_or_default().check()?;
    let public_key = new.public_key.as_deref().map(ClientKey::parse).transpose()?;
    let public_key = public_key.map(|key| key.to_json()).transpose()?;
    let (secret, hash) = if public_key.is_some() {
        (None, String::new())
    } else {
        let secret = ClientSecret::draw();
        let hash = cx.app.secrets.hash(&secret).await?;
        (Some(secret), hash)
    };
    Ok(Prepared { secret, hash, name, description, expires_at, limits, public_key })
}

/// Makes the row.
pub(in crate::domain) async fn insert(
    on: &impl ConnectionTrait,
    cx: &Cx,
    account: &service_account::Model,
    prepared: &Prepared,
) -> Result<Minted> {
    let row = credential::ActiveModel {
        id: Set(random::id()),
        organization_id: Set(account.organization_id.clone()),
        service_account_id: Set(account.id.clone()),
        client_id: Set(random::base62(21)),
        secret_hash: Set(prepared.hash.clone()),
        name: Set(prepared.name.clone()),
        description: Set(prepared.description.clone()),
        created_at: Set(cx.now()),
        last_used_at: Set(None),
        suspended: Set(account.disabled_at.is_some()),
        revision: Set(0),
        first_used_at: Set(None),
        last_source_address: Set(None),
        last_user_agent: Set(None),
        token_count: Set(0),
        expires_at: Set(prepared.expires_at),
        disabled_at: Set(None),
        disabled_by: Set(None),
        rotation_began_at: Set(None),
        retires_at: Set(None),
        replaced_by: Set(None),
        tokens_before_rotation: Set(None),
        limits: Set(prepared.limits.to_keep()?),
        public_key: Set(prepared.public_key.clone()),
    };
    let credential = row.insert(on).await?;
    audit::record(on, cx, event(&credential, "credential.create")).await?;
    Ok(Minted { credential, secret: prepared.secret.clone() })
}

/// Whoever has a credential of an account can act as it: so the caller must hold what it holds, and
/// where that is scopes of APIs, be one who grants them.
pub(in crate::domain) async fn permit_acting_as(
    on: &impl ConnectionTrait,
    cx: &Cx,
    account: &service_account::Model,
) -> Result<()> {
    let roles = roles::of(on, account).await?;
    cx.permit_handing_out(Role::permissions_of(&roles), account)?;
    if apis::holds_any(on, account).await? {
        let granting = PermissionSet::from_iter([Permission::RolesGrant]);
        cx.permit_handing_out(granting, account)?;
    }
    Ok(())
}

/// Refuses more credentials than an account may have; it must be locked. One that has retired, and
/// never proves anything again, makes room.
pub(super) async fn permit_one_more(
    on: &impl ConnectionTrait,
    cx: &Cx,
    account: &service_account::Model,
) -> Result<()> {
    let limit = cx.app.config.credentials_per_account;
    if of_account(account).count(on).await? < limit {
        return Ok(());
    }
    let retired = of_account(account)
        .filter(credential::Column::RetiresAt.lte(cx.now()))
        .order_by_asc(credential::Column::RetiresAt);
    if let Some(row) = retired.one(on).await? {
        return remove(on, cx, &row).await;
    }
    Err(Error::Conflict(format!("a service account has at most {limit} credentials")))
}
