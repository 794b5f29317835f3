//! Changes to APIs.

use entity::{ApiId, OrganizationId, api};
use sea_orm::ActiveModelTrait;
use sea_orm::ActiveValue::Set;

use super::{event, find, revocation, validate_scopes};
use crate::authz::{Permission, Scopes};
use crate::context::OpContext;
use crate::domain::audit::{self, EventType, Snapshot};
use crate::domain::{locks, text};
use crate::error::{Error, Fields, Reason, Result};
use crate::store::in_transaction;

/// A change to an API; absent fields stay.
#[derive(Debug, Default)]
pub struct Change {
    /// Display name.
    pub name: Option<String>,
    /// All of its scopes; excludes the next two.
    pub scopes: Option<Vec<String>>,
    /// Scopes to add.
    pub add_scopes: Option<Vec<String>>,
    /// Scopes to remove.
    pub remove_scopes: Option<Vec<String>>,
    /// Whether scopes that service accounts hold may be removed.
    pub force: bool,
}

/// An API after a change.
#[derive(Debug)]
pub struct Updated {
    /// The API.
    pub api: api::Model,
    /// The number of scopes that were revoked, counted once for each service account.
    pub revoked_grants: usize,
}

/// Updates name or scopes. With `force`, a removed scope is revoked from all service accounts that
/// hold it: no token is issued with it any more.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid`; `Conflict` for a removed scope that a service account holds,
/// and for too many scopes.
pub async fn update(
    op: &OpContext,
    organization: &OrganizationId,
    id: &ApiId,
    change: Change,
) -> Result<Updated> {
    op.permit(Permission::ApisUpdate, find(op.db(), organization, id).await?)?;
    let mut fields = Fields::default();
    let name = fields.check(change.name.as_deref().map(text::name).transpose())?;
    let scopes = fields.check(ScopeChange::of(&change))?;
    fields.finish()?;
    in_transaction!(op.app.db, transaction => {
        let before = locks::api(transaction, organization, id).await?;
        let old = Scopes::split(&before.scopes);
        let new = scopes.apply(old.clone())?;
        let mut row: api::ActiveModel = before.clone().into();
        row.name.set_if_not_equals(name.clone().unwrap_or_else(|| before.name.clone()));
        row.scopes.set_if_not_equals(new.to_string());
        if !row.is_changed() {
            return Ok(Updated { api: before, revoked_grants: 0 });
        }
        let removed = old.difference(&new);
        let held = revocation::held(transaction, &before, &removed).await?;
        revocation::permit(transaction, op, &held).await?;
        if !change.force && !held.is_empty() {
            return Err(in_use(held.len()));
        }
        row.updated_at = Set(op.now());
        let api = row.update(transaction).await?;
        let event = event(&api, EventType::ApiUpdate).changed(Snapshot::from(&before), Snapshot::from(&api));
        audit::record(transaction, op, event).await?;
        revocation::revoke(transaction, &api, &held).await?;
        let revoked_grants = revocation::record(transaction, op, &api, &held).await?;
        Ok(Updated { api, revoked_grants })
    })
}

/// A change to the scopes of an API.
#[derive(Debug)]
enum ScopeChange {
    Replace(Scopes),
    Adjust { add: Scopes, remove: Scopes },
}

impl Default for ScopeChange {
    fn default() -> Self {
        Self::Adjust { add: Scopes::default(), remove: Scopes::default() }
    }
}

impl ScopeChange {
    fn of(change: &Change) -> Result<Self> {
        let (add, remove) = (change.add_scopes.as_deref(), change.remove_scopes.as_deref());
        if let Some(scopes) = &change.scopes {
            if add.is_some() || remove.is_some() {
                let why = "must not be combined with scopes to add or remove";
                return Err(Error::invalid("scopes", why));
            }
            return validate_scopes("scopes", scopes).map(Self::Replace);
        }
        let mut fields = Fields::default();
        let add = fields.check(optional("add_scopes", add))?;
        let remove = fields.check(optional("remove_scopes", remove))?;
        fields.finish()?;
        if let Some(at) = remove.iter().position(|scope| add.contains(scope)) {
            let why = "must not be one of the scopes to add";
            return Err(Error::invalid(format!("remove_scopes.{at}"), why));
        }
        Ok(Self::Adjust { add, remove })
    }

    fn apply(&self, scopes: Scopes) -> Result<Scopes> {
        let (add, remove) = match self {
            Self::Replace(scopes) => return Ok(scopes.clone()),
            Self::Adjust { add, remove } => (add, remove),
        };
        let scopes = scopes.union(add.clone()).difference(remove);
        if scopes.is_empty() {
            return Err(Error::invalid("remove_scopes", "must leave the API at least one scope"));
        }
        if scopes.exceed_limit() {
            let message = "an API has at most 100 scopes";
            return Err(Error::conflict(Reason::LimitReached, message));
        }
        Ok(scopes)
    }
}

/// Scopes to add or remove: absent or empty for none.
fn optional(field: &str, texts: Option<&[String]>) -> Result<Scopes> {
    match texts {
        Some(texts) if !texts.is_empty() => validate_scopes(field, texts),
        _ => Ok(Scopes::default()),
    }
}

fn in_use(accounts: usize) -> Error {
    let hold = match accounts {
        1 => "1 service account holds".to_owned(),
        accounts => format!("{accounts} service accounts hold"),
    };
    let message = format!("{hold} scopes that this removes; set force to revoke them");
    Error::conflict(Reason::ScopeInUse, message)
}
