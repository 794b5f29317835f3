//! The condition of a filter of service accounts, and the indexes that serve it.

use chrono::{DateTime, Utc};
use entity::{
    ApiId, OrganizationId, RoleId, TenantScoped, api, api_grant, credential, role, role_binding,
    service_account,
};
use sea_orm::sea_query::{ExprTrait, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select,
};

use super::subqueries::{exists_for_account, ids};
use super::{ApiScopeFilter, ServiceAccountFilter, activity, text};
use crate::auth::status::ServiceAccountStatus;
use crate::authz::Role;
use crate::domain::access::role_bindings;
use crate::domain::filters;
use crate::page::{ByIndex, FEW, Way};

impl ServiceAccountFilter {
    /// The condition on a row of an organization at `now`.
    #[must_use]
    pub fn condition(
        &self,
        backend: DbBackend,
        organization: &OrganizationId,
        now: DateTime<Utc>,
        way: Way,
    ) -> Condition {
        let (query, external_id) = (self.query.as_deref(), self.external_id.as_deref());
        let in_effect = role_bindings::in_effect(now);
        let roles = self.role.as_deref().map(|it| of_role(organization, it).filter(in_effect));
        let scopes = self.api_scope.as_ref().map(|it| of_scope(backend, organization, it));
        let none_active = self.has_no_active_credential;
        Condition::all()
            .add_option(query.map(|query| text::contains(backend, query, way)))
            .add_option(external_id.map(|id| service_account::Column::ExternalId.eq(id)))
            .add_option(self.client_id.as_deref().map(|id| is_owner_of(organization, id)))
            .add_option(roles.map(|it| is_holder(it, role_binding::Column::ServiceAccountId, way)))
            .add_option(scopes.map(|it| is_holder(it, api_grant::Column::ServiceAccountId, way)))
            .add_option(self.status.map(ServiceAccountStatus::condition))
            .add_option(self.unused_since.map(|since| activity::unused_since(organization, since)))
            .add_option(
                none_active.map(|none| activity::has_active(backend, organization, now, !none)),
            )
            .add(self.created.condition(service_account::Column::CreatedAt))
    }

    /// How an index finds the rows if they are few, if the database does not know how many they are.
    /// PostgreSQL knows how many hold a role or a scope.
    #[must_use]
    pub fn by_index(
        &self,
        backend: DbBackend,
        organization: &OrganizationId,
    ) -> Option<ByIndex<service_account::Entity>> {
        let is_sqlite = backend == DbBackend::Sqlite;
        let text = self.query.as_deref().filter(|it| text::has_index(it));
        let role_binding = role_binding::Column::ServiceAccountId;
        let ids = match (&self.role, &self.api_scope, text) {
            (Some(role), _, _) if is_sqlite => ids(of_role(organization, role), role_binding),
            (_, Some(it), _) if is_sqlite => {
                ids(of_api(organization, &it.api), api_grant::Column::ServiceAccountId)
            }
            (_, _, Some(text)) if is_sqlite => return Some(text::by_numbers(text)),
            (_, _, Some(text)) => {
                let condition = text::contains(backend, text, Way::ByIndex);
                let of = service_account::Entity::in_org(organization);
                return Some(ByIndex::Condition { of, condition });
            }
            _ => activity::perhaps_unused_since(organization, self.unused_since?),
        };
        Some(ByIndex::ids(ids, FEW))
    }
}

/// The bindings of a role, by its label or its id.
fn of_role(organization: &OrganizationId, role: &str) -> Select<role_binding::Entity> {
    let bindings = role_binding::Entity::in_org(organization);
    let label = role_binding::Column::Role;
    bindings.filter(match (Role::find(role), role.parse::<RoleId>()) {
        (Some(built_in), _) => label.eq(built_in.label()),
        (None, Ok(id)) => {
            let own = role::Entity::in_org(organization).filter(role::Column::Id.eq(id));
            let own = own.select_only().column(role::Column::Label);
            label.into_expr().eq(SimpleExpr::from(own.into_query()))
        }
        (None, Err(_)) => label.eq(role),
    })
}

fn of_api(organization: &OrganizationId, api: &ApiId) -> Select<api_grant::Entity> {
    api_grant::Entity::in_org(organization).filter(api_grant::Column::ApiId.eq(api.clone()))
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
fn is_holder<E: EntityTrait>(rows: Select<E>, account: E::Column, way: Way) -> SimpleExpr {
    match way {
        Way::ByIndex => service_account::Column::Id.in_subquery(ids(rows, account)),
        Way::InOrder => exists_for_account(rows, account),
    }
}

fn is_owner_of(organization: &OrganizationId, client_id: &str) -> SimpleExpr {
    let owner = credential::Entity::in_org(organization)
        .select_only()
        .column(credential::Column::ServiceAccountId)
        .filter(credential::Column::ClientId.eq(client_id));
    // Equal to the only one, so that no list is walked.
    service_account::Column::Id.into_expr().eq(SimpleExpr::from(owner.into_query()))
}
