//! The condition of a filter of service accounts, and the indexes that serve it.

use chrono::{DateTime, Utc};
use entity::{
    ApiId, OrganizationId, TenantScoped, api, api_grant, credential, role_binding, service_account,
};
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select,
};

use super::{ApiScopeFilter, ServiceAccountFilter};
use crate::auth::status::{self, ServiceAccountStatus};
use crate::domain::access::role_bindings;
use crate::domain::filters;
use crate::page;

/// The maximum number of holders of a role or a scope that are read before the accounts.
pub const FEW_HOLDERS: u64 = 300;

/// The order in which the holders of a role or a scope are found. The planner of PostgreSQL chooses its own.
#[derive(Clone, Copy, Debug)]
pub enum HoldersBy {
    /// All holders are read before the accounts.
    List,
    /// It is tested for each account, in the order of the list.
    Account,
}

impl ServiceAccountFilter {
    /// The condition on a row of an organization at `now`.
    #[must_use]
    pub fn condition(
        &self,
        backend: DbBackend,
        organization: &OrganizationId,
        now: DateTime<Utc>,
        by: HoldersBy,
    ) -> Condition {
        let (query, external_id) = (self.query.as_deref(), self.external_id.as_deref());
        let contains = |query| filters::contains(backend, service_account::Column::Name, query);
        let in_effect = role_bindings::in_effect(now);
        let roles = self.role.as_deref().map(|it| of_role(organization, it).filter(in_effect));
        let scopes = self.api_scope.as_ref().map(|it| of_scope(backend, organization, it));
        let none_active = self.has_no_active_credential;
        Condition::all()
            .add_option(query.map(contains))
            .add_option(external_id.map(|id| service_account::Column::ExternalId.eq(id)))
            .add_option(self.client_id.as_deref().map(|id| is_owner_of(organization, id)))
            .add_option(roles.map(|it| is_holder(it, role_binding::Column::ServiceAccountId, by)))
            .add_option(scopes.map(|it| is_holder(it, api_grant::Column::ServiceAccountId, by)))
            .add_option(self.status.map(ServiceAccountStatus::condition))
            .add_option(self.unused_since.map(|since| unused_since(organization, since)))
            .add_option(none_active.map(|none| has_active(backend, organization, now, !none)))
            .add(self.created.condition(service_account::Column::CreatedAt))
    }

    /// The entries of an index among which all matching accounts are, if a part of the filter has one.
    #[must_use]
    pub fn holders(&self, organization: &OrganizationId) -> Option<SelectStatement> {
        if let Some(role) = &self.role {
            return Some(ones(of_role(organization, role)));
        }
        Some(ones(of_api(organization, &self.api_scope.as_ref()?.api)))
    }
}

fn of_role(organization: &OrganizationId, role: &str) -> Select<role_binding::Entity> {
    role_binding::Entity::in_org(organization).filter(role_binding::Column::Role.eq(role))
}

fn of_api(organization: &OrganizationId, api: &ApiId) -> Select<api_grant::Entity> {
    api_grant::Entity::in_org(organization).filter(api_grant::Column::ApiId.eq(api.clone()))
}

/// 1 for each of `rows`.
fn ones<E: EntityTrait>(rows: Select<E>) -> SelectStatement {
    rows.select_only().expr(Expr::value(1)).into_query()
}

fn of_scope(
    backend: DbBackend,
    organization: &OrganizationId,
    filter: &ApiScopeFilter,
) -> Select<api_grant::Entity> {
    let holders = of_api(organization, &filter.api);
    let Some(scope) = &filter.scope else { return holders };
    // A granted scope counts only while the API has it.
    let api = api::Entity::in_org(organization)
        .select_only()
        .column(api::Column::Id)
        .filter(filters::lists_scope(backend, "apis", scope));
    holders
        .filter(filters::lists_scope(backend, "api_grants", scope))
        .filter(api_grant::Column::ApiId.in_subquery(api.into_query()))
}

/// Whether the account of the outer query is the one in the column `account` of one of `rows`.
fn is_holder<E: EntityTrait>(rows: Select<E>, account: E::Column, by: HoldersBy) -> SimpleExpr {
    match by {
        HoldersBy::List => {
            let holders = rows.select_only().column(account).into_query();
            service_account::Column::Id.in_subquery(holders)
        }
        HoldersBy::Account => exists_for_account(rows, account),
    }
}

/// Whether one of `rows` belongs to the account of the outer query. It is searched for each account:
/// without the offset, PostgreSQL reads all of `rows` before the first account if it expects few.
fn exists_for_account<E: EntityTrait>(rows: Select<E>, account: E::Column) -> SimpleExpr {
    let is_of_account = Expr::col((E::default(), account))
        .equals((service_account::Entity, service_account::Column::Id));
    Expr::exists(ones(rows.filter(is_of_account)).limit(1).offset(0).take())
}

fn is_owner_of(organization: &OrganizationId, client_id: &str) -> SimpleExpr {
    let owner = credential::Entity::in_org(organization)
        .select_only()
        .column(credential::Column::ServiceAccountId)
        .filter(credential::Column::ClientId.eq(client_id));
    // Equal to the only one, so that no list is walked.
    service_account::Column::Id.into_expr().eq(SimpleExpr::from(owner.into_query()))
}

/// Whether the account has an active credential. The column `active_until` decides, or, where it is
/// null, the credentials.
fn has_active(
    backend: DbBackend,
    organization: &OrganizationId,
    now: DateTime<Utc>,
    expected: bool,
) -> Condition {
    let active = credential::Entity::in_org(organization).filter(status::active_at(now));
    let active = exists_for_account(active, credential::Column::ServiceAccountId);
    let until = || Expr::cust(r#""service_accounts"."active_until""#);
    let has_one: SimpleExpr = Expr::case(until().is_null(), active).finally(until().gt(now)).into();
    if expected {
        return Condition::all().add(has_one);
    }
    // The condition of an index.
    let ends = format!(
        r#""service_accounts"."active_until" IS DISTINCT FROM {}"#,
        page::never_text(backend)
    );
    Condition::all().add(Expr::cust(ends)).add(has_one.not())
}

fn unused_since(organization: &OrganizationId, since: DateTime<Utc>) -> SimpleExpr {
    let used =
        credential::Entity::in_org(organization).filter(credential::Column::LastUsedAt.gte(since));
    let used = exists_for_account(used, credential::Column::ServiceAccountId);
    service_account::Column::CreatedAt.lt(since).and(used.not())
}
