//! Role bindings of listed accounts, summarized in the statement of the list: most accounts hold
//! built-in roles in the organization alone. The others are read in a second statement for all.

use chrono::{DateTime, Utc};
use entity::{OrganizationId, ServiceAccountId, TenantScoped, role_binding};
use sea_orm::sea_query::{Expr, ExprTrait, Func, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter,
    QuerySelect, QueryTrait, Select,
};

use super::{RoleBinding, held, in_effect, of_accounts};
use crate::authz::{Held, Role};
use crate::domain::access::api_grants;
use crate::error::Result;

/// The columns of [`with_summary`].
#[derive(Debug, FromQueryResult)]
pub struct Summary {
    /// The labels of the built-in roles in the organization that do not end.
    simple_roles: Option<String>,
    /// Whether there are other bindings.
    has_other_roles: bool,
    /// Whether there are API scopes.
    has_api_grants: bool,
}

/// The role bindings of an account.
#[derive(Clone, Debug)]
pub struct Summarized {
    /// Those in effect, by the labels of their roles.
    pub bindings: Vec<RoleBinding>,
    /// What a caller must cover to change the account.
    pub held: Held,
}

/// Adds the columns of a [`Summary`] of the account in the column `account`.
pub fn with_summary<E: EntityTrait>(
    select: Select<E>,
    on: &impl ConnectionTrait,
    now: DateTime<Utc>,
    organization: &OrganizationId,
    account: impl ColumnTrait,
) -> Select<E> {
    use role_binding::Column::{ExpiresAt, Role as Label, ServiceAccountId, TargetId};
    let sqlite = on.get_database_backend() == DbBackend::Sqlite;
    let joined = Func::cust(if sqlite { "group_concat" } else { "string_agg" });
    let joined = joined.arg(Expr::col(Label)).arg(" ");
    let built_in = Role::ALL.iter().map(|role| role.label());
    let simple =
        Condition::all().add(Label.is_in(built_in)).add(TargetId.eq("")).add(ExpiresAt.is_null());
    let bindings = role_binding::Entity::in_org(organization)
        .select_only()
        .filter(ServiceAccountId.into_expr().eq(account.into_expr()));
    let others = bindings.clone().expr(Expr::value(1)).filter(simple.clone().not());
    let others = Expr::exists(others.filter(in_effect(now)).into_query());
    let simple = SimpleExpr::from(bindings.expr(joined).filter(simple).into_query());
    select
        .column_as(simple, "simple_roles")
        .column_as(others, "has_other_roles")
        .column_as(api_grants::exist(organization, account), "has_api_grants")
}

impl Summary {
    fn simple(&self) -> Vec<RoleBinding> {
        let labels = self.simple_roles.as_deref().unwrap_or_default();
        let mut labels: Vec<_> = labels.split(' ').collect();
        labels.sort_unstable();
        labels.into_iter().filter_map(|it| it.parse().ok()).map(RoleBinding::built_in).collect()
    }

    /// The bindings of each account, in the order of `accounts`: in no statement if all summaries are
    /// complete, otherwise in one.
    ///
    /// # Errors
    /// The database does not respond.
    pub async fn complete(
        on: &impl ConnectionTrait,
        now: DateTime<Utc>,
        organization: &OrganizationId,
        accounts: Vec<(&ServiceAccountId, &Self)>,
    ) -> Result<Vec<Summarized>> {
        let others: Vec<_> = accounts
            .iter()
            .filter(|(_, summary)| summary.has_other_roles)
            .map(|(id, _)| (*id).clone())
            .collect();
        let mut read = Default::default();
        if !others.is_empty() {
            read = of_accounts(on, now, organization, &others).await?;
        }
        let mut summarized = |(id, summary): (&ServiceAccountId, &Self)| {
            let bindings = if summary.has_other_roles {
                read.remove(id).unwrap_or_default()
            } else {
                summary.simple()
            };
            let held = held(&bindings, summary.has_api_grants, id);
            Summarized { bindings, held }
        };
        Ok(accounts.into_iter().map(&mut summarized).collect())
    }
}
