//! Lists of service accounts.

use entity::{OrganizationId, TenantScoped, service_account};
use sea_orm::{FromQueryResult, PaginatorTrait};

use crate::authz::{Held, Permission};
use crate::context::OpContext;
use crate::domain::access::role_bindings::{RoleBinding, Summarized, Summary, with_summary};
use crate::error::Result;
use crate::page::{self, Page, PageItem, PageRequest, Position};

/// The order of every list.
const ORDER: (service_account::Column, service_account::Column) =
    (service_account::Column::CreatedAt, service_account::Column::Id);

/// The service accounts of an organization.
///
/// # Errors
/// `NotFound`, `Forbidden`, `Invalid` (the cursor), or the database does not respond.
pub async fn list(
    op: &OpContext,
    organization: &OrganizationId,
    request: &PageRequest,
) -> Result<Page<service_account::Model>> {
    op.permit(Permission::ServiceAccountsList, organization)?;
    let select = service_account::Entity::in_org(organization);
    page::read(op.db(), select, ORDER, list_name(organization), request).await
}

/// A service account with its role bindings.
pub struct WithRoles {
    /// The account.
    pub account: service_account::Model,
    summarized: Summarized,
}

#[derive(FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    account: service_account::Model,
    #[sea_orm(nested)]
    summary: Summary,
}

/// The same as [`list`], with the role bindings of each account: in the same statement, or in one more
/// where roles are custom, confined or expire.
///
/// # Errors
/// As [`list`].
pub async fn list_with_roles(
    op: &OpContext,
    organization: &OrganizationId,
    request: &PageRequest,
) -> Result<Page<WithRoles>> {
    op.permit(Permission::ServiceAccountsList, organization)?;
    let select = service_account::Entity::in_org(organization);
    let account = service_account::Column::Id;
    let select = with_summary(select, op.db(), op.now(), organization, account);
    let page = page::read::<_, Row>(op.db(), select, ORDER, list_name(organization), request);
    let page = page.await?;
    let summaries = page.items.iter().map(|row| (&row.account.id, row.summary.clone())).collect();
    let summarized = Summary::complete(op.db(), op.now(), organization, summaries).await?;
    let mut summarized = summarized.into_iter();
    let with = |row: Row| Some(WithRoles { account: row.account, summarized: summarized.next()? });
    Ok(page.filter_map(with))
}

/// How many service accounts [`list`] goes through.
///
/// # Errors
/// As [`list`].
pub async fn count(op: &OpContext, organization: &OrganizationId) -> Result<u64> {
    op.permit(Permission::ServiceAccountsList, organization)?;
    Ok(service_account::Entity::in_org(organization).count(op.db()).await?)
}

fn list_name(organization: &OrganizationId) -> String {
    format!("service_accounts/{organization}")
}

impl WithRoles {
    /// The role bindings, if the caller may see them.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`.
    pub fn bindings(&self, op: &OpContext) -> Result<Vec<RoleBinding>> {
        op.permit(Permission::RolesList, &self.account)?;
        Ok(self.summarized.bindings.clone())
    }

    /// What a caller must cover to change the account.
    #[must_use]
    pub fn held(&self) -> &Held {
        &self.summarized.held
    }
}

impl PageItem for Row {
    fn position(&self) -> Position<'_> {
        self.account.position()
    }
}

impl PageItem for WithRoles {
    fn position(&self) -> Position<'_> {
        self.account.position()
    }
}

impl PageItem for service_account::Model {
    fn position(&self) -> Position<'_> {
        Position { at: self.created_at, id: self.id.as_str() }
    }
}
