//! Filters of lists of service accounts.

use chrono::{DateTime, Utc};
use entity::{
    ApiId, OrganizationId, TenantScoped, api, api_grant, credential, role_binding, service_account,
};
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select,
};

use super::external_id;
use crate::auth::status::{self, ServiceAccountStatus};
use crate::authz::{Permission, Scopes};
use crate::context::OpContext;
use crate::domain::access::role_bindings;
use crate::domain::filters::{self, TimeRange, is_role_label};
use crate::error::{Fields, Result};

/// A filter of service accounts: all parts that are given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceAccountFilter {
    /// The name contains this text, whatever the case of the letters A to Z.
    pub query: Option<String>,
    /// Its external id.
    pub external_id: Option<String>,
    /// One of its credentials has this client id.
    pub client_id: Option<String>,
    /// It holds the role with this label.
    pub role: Option<String>,
    /// It holds a scope of an API.
    pub api_scope: Option<ApiScopeFilter>,
    /// Its status.
    pub status: Option<ServiceAccountStatus>,
    /// No token was issued to it since this time, and it is older.
    pub unused_since: Option<DateTime<Utc>>,
    /// Whether it has no active credential.
    pub has_no_active_credential: Option<bool>,
    /// Time of creation.
    pub created: TimeRange,
}

/// A filter by granted scopes of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiScopeFilter {
    /// The API.
    pub api: ApiId,
    /// The scope; `None`: any.
    pub scope: Option<String>,
}

impl ServiceAccountFilter {
    /// Validates the parts at `now`.
    pub fn validate(&self, fields: &mut Fields, now: DateTime<Utc>) {
        filters::validate_query(fields, self.query.as_deref());
        if self.external_id.as_deref().is_some_and(|id| !external_id::is_valid(id)) {
            fields.add("filter.external_id", external_id::EXPECTED);
        }
        filters::validate_client_id(fields, self.client_id.as_deref());
        if self.role.as_deref().is_some_and(|role| !is_role_label(role)) {
            let expected = "must be the label of a role: 1 to 63 lower-case letters, digits, hyphens and underscores";
            fields.add("filter.role", expected);
        }
        let scope = self.api_scope.as_ref().and_then(|it| it.scope.as_deref());
        if scope.is_some_and(|scope| !Scopes::is_scope(scope)) {
            fields.add("filter.api_scope.scope", "must be one scope of at most 100 characters");
        }
        filters::validate_since(fields, "filter.unused_since", self.unused_since, now);
        self.created.validate(fields);
    }

    /// Rejects parts that would tell what the caller may not list: roles and scopes of APIs, and
    /// credentials.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`.
    pub fn permit(&self, op: &OpContext, organization: &OrganizationId) -> Result<()> {
        if self.role.is_some() || self.api_scope.is_some() {
            op.permit(Permission::RolesList, organization)?;
        }
        let by_credential = self.client_id.is_some()
            || self.unused_since.is_some()
            || self.has_no_active_credential.is_some();
        if by_credential {
            op.permit(Permission::CredentialsList, organization)?;
        }
        Ok(())
    }

    /// The condition on a row of an organization at `now`.
    #[must_use]
    pub fn condition(
        &self,
        backend: DbBackend,
        organization: &OrganizationId,
        now: DateTime<Utc>,
    ) -> Condition {
        let (query, external_id) = (self.query.as_deref(), self.external_id.as_deref());
        let contains = |query| filters::contains(backend, service_account::Column::Name, query);
        let unused = self.unused_since.map(|since| unused_since(organization, since));
        let has_none = self.has_no_active_credential.map(|none| {
            let mut active = of_account(
                credential::Entity::in_org(organization),
                credential::Column::ServiceAccountId,
            );
            let active = active.cond_where(status::active_at(now)).take();
            if none { Expr::exists(active).not() } else { Expr::exists(active) }
        });
        Condition::all()
            .add_option(query.map(contains))
            .add_option(external_id.map(|id| service_account::Column::ExternalId.eq(id)))
            .add_option(self.client_id.as_deref().map(|id| is_owner_of(organization, id)))
            .add_option(self.role.as_deref().map(|role| holds_role(organization, role, now)))
            .add_option(self.api_scope.as_ref().map(|it| holds_scope(backend, organization, it)))
            .add_option(self.status.map(ServiceAccountStatus::condition))
            .add_option(unused)
            .add_option(has_none)
            .add(self.created.condition(service_account::Column::CreatedAt))
    }
}

/// The rows of `select` that belong to the account of the outer query.
fn of_account<E: EntityTrait>(select: Select<E>, account: E::Column) -> SelectStatement {
    let is_of_account = Expr::col((E::default(), account))
        .equals((service_account::Entity, service_account::Column::Id));
    select.select_only().expr(Expr::value(1)).filter(is_of_account).into_query()
}

fn is_owner_of(organization: &OrganizationId, client_id: &str) -> SimpleExpr {
    let owner = credential::Entity::in_org(organization)
        .select_only()
        .column(credential::Column::ServiceAccountId)
        .filter(credential::Column::ClientId.eq(client_id));
    // Equal to the only one, so that no list is walked.
    service_account::Column::Id.into_expr().eq(SimpleExpr::from(owner.into_query()))
}

fn holds_role(organization: &OrganizationId, role: &str, now: DateTime<Utc>) -> SimpleExpr {
    let holders = role_binding::Entity::in_org(organization)
        .select_only()
        .column(role_binding::Column::ServiceAccountId)
        .filter(role_binding::Column::Role.eq(role))
        .filter(role_bindings::in_effect(now));
    service_account::Column::Id.in_subquery(holders.into_query())
}

fn holds_scope(
    backend: DbBackend,
    organization: &OrganizationId,
    filter: &ApiScopeFilter,
) -> SimpleExpr {
    let mut holders = api_grant::Entity::in_org(organization)
        .select_only()
        .column(api_grant::Column::ServiceAccountId)
        .filter(api_grant::Column::ApiId.eq(filter.api.clone()));
    if let Some(scope) = &filter.scope {
        // A granted scope counts only while the API has it.
        let api = api::Entity::in_org(organization)
            .select_only()
            .column(api::Column::Id)
            .filter(filters::lists_scope(backend, "apis", scope));
        holders = holders
            .filter(filters::lists_scope(backend, "api_grants", scope))
            .filter(api_grant::Column::ApiId.in_subquery(api.into_query()));
    }
    service_account::Column::Id.in_subquery(holders.into_query())
}

fn unused_since(organization: &OrganizationId, since: DateTime<Utc>) -> SimpleExpr {
    let credentials =
        credential::Entity::in_org(organization).filter(credential::Column::LastUsedAt.gte(since));
    let used = of_account(credentials, credential::Column::ServiceAccountId);
    service_account::Column::CreatedAt.lt(since).and(Expr::exists(used).not())
}
