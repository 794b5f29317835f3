//! Filters of the credentials of an organization.

use chrono::{DateTime, Utc};
use entity::credential::{self, AuthMethod, Column};
use entity::{OrganizationId, ServiceAccountId, TenantScoped};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, DbBackend, QueryFilter, QuerySelect, QueryTrait};

use crate::auth::status::CredentialStatus;
use crate::auth::usage;
use crate::domain::filters::{self, TimeRange};
use crate::error::Fields;
use crate::page::{self, ByIndex};

/// A filter of credentials: all parts that are given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CredentialFilter {
    /// The client id.
    pub client_id: Option<String>,
    /// The service account.
    pub service_account: Option<ServiceAccountId>,
    /// Its status.
    pub status: Option<CredentialStatus>,
    /// It expires before this time, or expired.
    pub expires_before: Option<DateTime<Utc>>,
    /// No token was issued to it since this time, and it is older.
    pub unused_since: Option<DateTime<Utc>>,
    /// Whether no token was ever issued to it.
    pub never_used: Option<bool>,
    /// The method of client authentication.
    pub auth_method: Option<AuthMethod>,
    /// Whether it has no restrictions.
    pub unrestricted: Option<bool>,
    /// Time of creation.
    pub created: TimeRange,
}

impl CredentialFilter {
    /// Validates the parts at `now`.
    pub fn validate(&self, fields: &mut Fields, now: DateTime<Utc>) {
        filters::validate_client_id(fields, self.client_id.as_deref());
        filters::validate_time(fields, "filter.expires_before", self.expires_before);
        filters::validate_since(fields, "filter.unused_since", self.unused_since, now);
        self.created.validate(fields);
    }

    /// The condition on a row at `now`.
    #[must_use]
    pub fn condition(&self, backend: DbBackend, now: DateTime<Utc>) -> Condition {
        let has_expired = self.status == Some(CredentialStatus::Expired);
        let expired = has_expired.then(|| expiry_is(backend).lte(now));
        let account = self.service_account.clone();
        let method = self.auth_method.map(|it| it == AuthMethod::ClientSecret);
        Condition::all()
            .add_option(self.client_id.as_deref().map(|id| Column::ClientId.eq(id)))
            .add_option(account.map(|id| Column::ServiceAccountId.eq(id)))
            .add_option(self.status.map(|status| status.condition(now)))
            .add_option(expired)
            // The first part is the one of an index; only the second one excludes those without expiry.
            .add_option(self.expires_before.map(|end| expiry_is(backend).lt(end)))
            .add_option(self.expires_before.map(|_| Column::ExpiresAt.is_not_null()))
            .add_option(self.unused_since.map(unused_since))
            .add_option(self.never_used.map(never_used))
            .add_option(method.map(|by_secret| is_null(Column::PublicKey, by_secret)))
            .add_option(self.unrestricted.map(|none| is_null(Column::Restrictions, none)))
            .add(self.created.condition(Column::CreatedAt))
    }

    /// How an index finds the rows if they are few, if the database does not know how many they are.
    #[must_use]
    pub fn by_index(&self, organization: &OrganizationId) -> Option<ByIndex<credential::Entity>> {
        let days = match (self.unused_since, self.never_used) {
            (Some(since), _) => Column::LastUsedDay.lte(usage::day_of(since)),
            (None, Some(false)) => Column::LastUsedDay.gt(0),
            _ => return None,
        };
        let ids = credential::Entity::in_org(organization).filter(days);
        let ids = ids.select_only().column(Column::Id).into_query();
        Some(ByIndex::Ids(ids, page::FEW))
    }
}

/// The expiry in the form that an index has.
fn expiry_is(backend: DbBackend) -> SimpleExpr {
    Expr::expr(page::expiry_expression(backend, Column::ExpiresAt))
}

/// Whether a column is null: the condition of a partial index in either case.
fn is_null(column: Column, expected: bool) -> SimpleExpr {
    if expected { column.is_null() } else { column.is_not_null() }
}

/// The day of the last usage and the creation each bound the range of an index: a credential that is
/// unused since then was created before.
fn unused_since(since: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(Column::LastUsedDay.lte(usage::day_of(since)))
        .add(Column::CreatedAt.lt(since))
        .add(Column::LastUsedAt.lt(since).or(Column::LastUsedAt.is_null()))
}

fn never_used(never: bool) -> Condition {
    if never {
        // Part of the text, as in the condition of the index, which does not serve a parameter.
        let day = Expr::cust(r#""credentials"."last_used_day" = 0"#);
        return Condition::all().add(day).add(Column::LastUsedAt.is_null());
    }
    Condition::all().add(Column::LastUsedAt.is_not_null())
}
