//! Whether a credential is active: the only definition, in Rust and in SQL.

use chrono::{DateTime, Utc};
use entity::credential::{self, Column};
use sea_orm::{ColumnTrait, Condition};

/// The state that decides whether a credential is active.
#[derive(Clone, Copy, Debug)]
pub struct Status {
    /// Whether its service account is disabled.
    pub account_disabled: bool,
    /// Whether the credential is disabled.
    pub disabled: bool,
    /// When it expires or retires, whichever comes first; `None`: never.
    pub ends_at: Option<DateTime<Utc>>,
}

/// The reason why a credential is not active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inactive {
    /// Its service account is disabled.
    AccountDisabled,
    /// The credential is disabled.
    Disabled,
    /// The credential has expired, or has retired at the end of a rotation.
    Expired,
}

impl From<&credential::Model> for Status {
    fn from(row: &credential::Model) -> Self {
        Self {
            account_disabled: row.account_disabled,
            disabled: row.disabled_at.is_some(),
            ends_at: row.ends_at(),
        }
    }
}

impl Status {
    /// Checks whether the credential is active at `now`.
    ///
    /// # Errors
    /// The first reason why it is not.
    pub fn check(self, now: DateTime<Utc>) -> Result<(), Inactive> {
        if self.account_disabled {
            return Err(Inactive::AccountDisabled);
        }
        if self.disabled {
            return Err(Inactive::Disabled);
        }
        if has_ended(self.ends_at, now) {
            return Err(Inactive::Expired);
        }
        Ok(())
    }
}

/// Whether a credential is active at `now`.
#[must_use]
pub fn is_active(row: &credential::Model, now: DateTime<Utc>) -> bool {
    Status::from(row).check(now).is_ok()
}

/// [`is_active`] as a condition on the row.
#[must_use]
pub fn active_at(now: DateTime<Utc>) -> Condition {
    let lasts = |end: Column| Condition::any().add(end.is_null()).add(end.gt(now));
    Condition::all()
        .add(Column::AccountDisabled.eq(false))
        .add(Column::DisabledAt.is_null())
        .add(lasts(Column::ExpiresAt))
        .add(lasts(Column::RetiresAt))
}

/// Whether a credential that ends at `ends_at` has ended by `now`.
#[must_use]
pub fn has_ended(ends_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    ends_at.is_some_and(|end| end <= now)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use sea_orm::sea_query::{Expr, Query, SqliteQueryBuilder};
    use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};

    use super::*;
    use crate::clock::Clock;

    /// A query that returns a row if the condition holds for a credential with these values.
    fn query(disabled: bool, account_disabled: bool, ends: [Option<DateTime<Utc>>; 2]) -> String {
        let now = Clock::System.now();
        let row = Query::select()
            .expr_as(Expr::value(account_disabled), Column::AccountDisabled)
            .expr_as(Expr::value(disabled.then_some(now)), Column::DisabledAt)
            .expr_as(Expr::value(ends[0]), Column::ExpiresAt)
            .expr_as(Expr::value(ends[1]), Column::RetiresAt)
            .take();
        let active = active_at(now);
        let select = Query::select().expr(Expr::value(1)).from_subquery(row, "credentials").take();
        select.clone().cond_where(active).to_string(SqliteQueryBuilder)
    }

    #[tokio::test]
    async fn sql_and_rust_agree_on_what_is_active() {
        let db = Database::connect("sqlite::memory:").await.expect("a database");
        let now = Clock::System.now();
        let instants = [None, Some(now - TimeDelta::hours(1)), Some(now + TimeDelta::hours(1))];
        for (disabled, account_disabled) in [(false, false), (true, false), (false, true)] {
            for ends in instants.iter().flat_map(|a| instants.map(|b| [*a, b])) {
                let ends_at = credential::first_of(ends[0], ends[1]);
                let status = Status { account_disabled, disabled, ends_at };
                let sql = query(disabled, account_disabled, ends);
                let statement = Statement::from_string(DbBackend::Sqlite, sql);
                let row = db.query_one_raw(statement).await.expect("a result");
                assert_eq!(row.is_some(), status.check(now).is_ok(), "{status:?} {ends:?}");
            }
        }
    }
}
