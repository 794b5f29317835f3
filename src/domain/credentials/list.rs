//! Lists of credentials.

use std::borrow::Borrow;
use std::collections::HashMap;

use entity::{CredentialId, OrganizationId, ServiceAccountId, credential, service_account};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};

use crate::auth::status;
use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::access::{self, accounts as service_accounts};
use crate::error::{Error, Result};
use crate::page::{Key, Page, PageItem, PageRequest, Position, SortField};
use crate::store::in_list;

/// The rows of `ids` that the caller may read.
///
/// # Errors
/// `Unauthenticated`, or the database does not respond.
pub async fn by_ids(op: &OpContext, ids: Vec<CredentialId>) -> Result<Vec<credential::Model>> {
    let rows = credential::Entity::shown_in_org(op.tenant()?)
        .filter(in_list(op.db(), credential::Column::Id, &ids))
        .all(op.db())
        .await?;
    Ok(rows.into_iter().filter(|row| op.may(Permission::CredentialsRead, row)).collect())
}

/// The credential that the caller's token was issued to, which every caller may read here.
///
/// # Errors
/// `Unauthenticated`, or the database does not respond.
pub async fn own(op: &OpContext) -> Result<credential::Model> {
    let client = op.client()?;
    let own = credential::Entity::shown_in_org(&client.organization)
        .filter(credential::Column::Id.eq(client.credential.clone()));
    own.one(op.db()).await?.ok_or(Error::Unauthenticated)
}

/// The same as a list, which is empty if the credential has no restrictions.
///
/// # Errors
/// As [`own`].
pub async fn own_restricted(op: &OpContext) -> Result<Vec<credential::Model>> {
    if op.client()?.bounds.restrictions.is_empty() {
        return Ok(Vec::new());
    }
    Ok(restricted(op, vec![own(op).await?]))
}

/// Those of `all` that are active and have restrictions, in order of creation.
#[must_use]
pub fn restricted<T>(op: &OpContext, mut all: Vec<T>) -> Vec<T>
where
    T: PageItem + Borrow<credential::Model>,
{
    all.retain(|it| {
        let row: &credential::Model = it.borrow();
        row.restrictions.is_some() && status::is_active(row, op.now())
    });
    all.sort_by(|a, b| a.position().cmp(&b.position()));
    all
}

/// The columns that are read of each credential of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The columns of [`credential::Brief`]; the others are as in an unused row.
    Brief,
    /// All columns except the hash.
    All,
}

/// All credentials of each of `accounts` whose credentials the caller may list, unordered, in one
/// statement: their number per account is capped.
///
/// # Errors
/// The outer error: the database does not respond. The inner errors: `NotFound`, `Forbidden`.
pub async fn of_accounts(
    op: &OpContext,
    organization: &OrganizationId,
    accounts: &[ServiceAccountId],
    detail: Detail,
) -> Result<HashMap<ServiceAccountId, Result<Vec<credential::Model>>>> {
    let permission = Permission::CredentialsList;
    access::read_permitted(op, permission, organization, accounts, async |permitted| {
        read(op.db(), organization, permitted, detail).await
    })
    .await
}

async fn read(
    on: &impl ConnectionTrait,
    organization: &OrganizationId,
    accounts: &[ServiceAccountId],
    detail: Detail,
) -> Result<HashMap<ServiceAccountId, Vec<credential::Model>>> {
    let listed = in_list(on, credential::Column::ServiceAccountId, accounts);
    let rows = match detail {
        Detail::All => {
            credential::Entity::shown_in_org(organization).filter(listed).all(on).await?
        }
        Detail::Brief => {
            let brief = credential::Entity::brief_in_org(organization).filter(listed);
            let rows = brief.into_model::<credential::Brief>().all(on).await?;
            rows.into_iter().map(credential::Model::from).collect()
        }
    };
    let mut by_account: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows {
        by_account.entry(row.service_account_id.clone()).or_default().push(row);
    }
    Ok(by_account)
}

/// The credentials of one account, and the account.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid` (the cursor), or the database does not respond.
pub async fn list(
    op: &OpContext,
    organization: &OrganizationId,
    account: &ServiceAccountId,
    request: &PageRequest,
) -> Result<(service_account::Model, Page<credential::Model>)> {
    let permission = Permission::CredentialsList;
    let account = service_accounts::fetch_for(op, permission, organization, account).await?;
    let accounts = std::slice::from_ref(&account.id);
    let mut all = read(op.db(), organization, accounts, Detail::All).await?;
    let all = all.remove(&account.id).unwrap_or_default();
    let page = page(&account.id, all, request)?;
    Ok((account, page))
}

/// A page of all credentials of `account`.
///
/// # Errors
/// `Invalid`: the cursor belongs to another list.
pub fn page<T: PageItem>(
    account: &ServiceAccountId,
    all: Vec<T>,
    request: &PageRequest,
) -> Result<Page<T>> {
    Page::slice(format!("credentials/{account}"), all, request)
}

impl PageItem for credential::Model {
    fn position(&self) -> Position<'_> {
        Position { at: self.created_at, id: self.id.as_str() }
    }

    fn key(&self, field: SortField) -> Key<'_> {
        match field {
            SortField::CreatedAt => Key::Time(self.created_at),
            SortField::Name => crate::page::name_key(&self.name),
            SortField::ExpiresAt => crate::page::expiry_key(self.expires_at),
            SortField::LastUsedDay => Key::Number(self.last_used_day.into()),
        }
    }
}
