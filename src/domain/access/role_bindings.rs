//! Role bindings: the roles that service accounts hold, on what and until when.

mod summary;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{OrganizationId, ServiceAccountId, TenantScoped, role, role_binding, service_account};
use sea_orm::sea_query::{IntoCondition, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter, QueryOrder};

use super::account_event;
use super::role_definition::RoleDefinition;
use crate::authz::{Binding, Held, Permission, PermissionSet, Role};
use crate::domain::audit::{Change, Event, EventType};
use crate::error::Result;
use crate::store::in_list;
pub use summary::{Summarized, Summary, with_summary};

/// A role that a service account holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleBinding {
    /// The role; `None` if this version does not know it: then it grants nothing.
    pub role: Option<RoleDefinition>,
    /// The label of the role.
    pub label: String,
    /// The service account that it is confined to; `None`: the whole organization.
    pub target: Option<ServiceAccountId>,
    /// When the grant ends; `None`: never.
    pub expires_at: Option<DateTime<Utc>>,
}

impl RoleBinding {
    fn of((row, custom): (role_binding::Model, Option<role::Model>)) -> Self {
        let built_in = row.role.parse::<Role>().ok().map(RoleDefinition::BuiltIn);
        let role = built_in.or_else(|| custom.map(RoleDefinition::from));
        Self { role, target: row.target(), expires_at: row.expires_at, label: row.role }
    }

    fn built_in(role: Role) -> Self {
        let (label, role) = (role.label().to_owned(), Some(RoleDefinition::BuiltIn(role)));
        Self { role, label, target: None, expires_at: None }
    }

    /// What a caller must cover to change the holder. A role that this version does not know counts
    /// as all permissions.
    #[must_use]
    pub fn held(&self) -> Binding {
        let permissions =
            self.role.as_ref().map_or_else(PermissionSet::all, RoleDefinition::at_most);
        Binding {
            role: self.label.clone(),
            permissions,
            target: self.target.clone(),
            expires_at: self.expires_at,
        }
    }
}

/// What a caller must cover to change an account. API scopes count as the permission to grant them:
/// a caller with a credential of the account gets tokens with these scopes.
pub fn held(bindings: &[RoleBinding], has_api_grants: bool, account: &ServiceAccountId) -> Held {
    let grants = has_api_grants.then(|| of_api_scopes(account));
    Held::Bindings(bindings.iter().map(RoleBinding::held).chain(grants).collect())
}

/// The binding that API scopes of an account count as.
#[must_use]
pub fn of_api_scopes(account: &ServiceAccountId) -> Binding {
    Binding {
        target: Some(account.clone()),
        ..Binding::unlimited("", [Permission::ApisGrant].into_iter().collect())
    }
}

/// The bindings of each of `accounts` that are in effect, by the labels of their roles: for decisions,
/// not for responses.
pub async fn of_accounts(
    on: &impl ConnectionTrait,
    now: DateTime<Utc>,
    organization: &OrganizationId,
    accounts: &[ServiceAccountId],
) -> Result<HashMap<ServiceAccountId, Vec<RoleBinding>>> {
    let listed = in_list(on, role_binding::Column::ServiceAccountId, accounts);
    let mut held: HashMap<_, Vec<_>> = HashMap::new();
    for (row, custom) in select(organization, now, listed).all(on).await? {
        held.entry(row.service_account_id.clone())
            .or_default()
            .push(RoleBinding::of((row, custom)));
    }
    Ok(held)
}

/// The bindings of one account that are in effect.
pub async fn of(
    on: &impl ConnectionTrait,
    now: DateTime<Utc>,
    account: &service_account::Model,
) -> Result<Vec<RoleBinding>> {
    let one = role_binding::Column::ServiceAccountId.eq(account.id.clone());
    let rows = select(&account.organization_id, now, one).all(on).await?;
    Ok(rows.into_iter().map(RoleBinding::of).collect())
}

/// The condition that a binding is in effect.
#[must_use]
pub fn in_effect(now: DateTime<Utc>) -> Condition {
    let end = role_binding::Column::ExpiresAt;
    Condition::any().add(end.is_null()).add(end.gt(now))
}

/// The query for the bindings of a role that are in effect.
pub fn of_role(row: &role::Model, now: DateTime<Utc>) -> sea_orm::Select<role_binding::Entity> {
    role_binding::Entity::in_org(&row.organization_id)
        .filter(role_binding::Column::Role.eq(row.label.as_str()))
        .filter(in_effect(now))
}

fn select(
    organization: &OrganizationId,
    now: DateTime<Utc>,
    of: SimpleExpr,
) -> sea_orm::SelectTwo<role_binding::Entity, role::Entity> {
    role_binding::Entity::in_org(organization)
        .filter(of.into_condition().add(in_effect(now)))
        .find_also_related(role::Entity)
        .order_by_asc(role_binding::Column::Role)
        .order_by_asc(role_binding::Column::TargetId)
}

/// An event of a role binding.
pub fn event<'a>(
    account: &'a service_account::Model,
    action: EventType,
    label: &'a str,
    changes: Vec<Change>,
) -> Event<'a> {
    Event { detail: Some(label), changes, ..account_event::event(account, action) }
}
