//! Filters of the credentials of an organization.

use chrono::{DateTime, Utc};
use entity::ServiceAccountId;
use entity::credential::{self, AuthMethod, Column};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, DbBackend};

use crate::auth::status::CredentialStatus;
use crate::auth::usage;
use crate::domain::filters::{self, TimeRange};
use crate::error::Fields;
use crate::page;

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

/// A range of an index.
pub struct Range {
    /// The key of the index within an organization.
    pub key: SimpleExpr,
    /// Whether it is in the range.
    pub condition: SimpleExpr,
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
    pub fn condition(&self, now: DateTime<Utc>) -> Condition {
        let account = self.service_account.clone();
        let method = self.auth_method.map(|it| it == AuthMethod::ClientSecret);
        Condition::all()
            .add_option(self.client_id.as_deref().map(|id| Column::ClientId.eq(id)))
            .add_option(account.map(|id| Column::ServiceAccountId.eq(id)))
            .add_option(self.status.map(|status| status.condition(now)))
            .add_option(self.expires_before.map(|end| Column::ExpiresAt.lt(end)))
            .add_option(self.unused_since.map(unused_since))
            .add_option(self.never_used.map(never_used))
            .add_option(method.map(|by_secret| is_null(Column::PublicKey, by_secret)))
            .add_option(self.unrestricted.map(|none| is_null(Column::Restrictions, none)))
            .add(self.created.condition(Column::CreatedAt))
    }

    /// The range of an index in which all matching rows are, of a column that is not the order of the
    /// list.
    #[must_use]
    pub fn range(&self, backend: DbBackend, now: DateTime<Utc>) -> Option<Range> {
        let has_expired = self.status == Some(CredentialStatus::Expired);
        let expiry = page::expiry_expression(backend, Column::ExpiresAt);
        let day = Expr::col((credential::Entity, Column::LastUsedDay));
        let (key, condition) = match (self.unused_since, self.expires_before, self.never_used) {
            (Some(since), _, _) => (day.clone(), day.lte(usage::day_of(since))),
            (_, Some(end), _) => (expiry.clone(), expiry.lt(end)),
            _ if has_expired => (expiry.clone(), expiry.lte(now)),
            (_, _, Some(false)) => (day.clone(), day.gt(0)),
            _ => return None,
        };
        Some(Range { key, condition })
    }
}

/// Whether a column is null: the condition of a partial index in either case.
fn is_null(column: Column, expected: bool) -> SimpleExpr {
    if expected { column.is_null() } else { column.is_not_null() }
}

/// A credential that is unused since then was created before.
fn unused_since(since: DateTime<Utc>) -> Condition {
    Condition::all()
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
