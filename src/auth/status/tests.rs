use chrono::TimeDelta;
use entity::credential::{Authenticator, NewCredential};
use entity::service_account;
use sea_orm::sea_query::{Expr, Query, SelectStatement, SqliteQueryBuilder};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use super::*;
use crate::clock::Clock;
use crate::random;

fn row(
    account_disabled: bool,
    disabled_at: Option<DateTime<Utc>>,
    ends: [Option<DateTime<Utc>>; 2],
) -> credential::Model {
    let new = NewCredential {
        id: random::id(),
        organization_id: random::id(),
        service_account_id: random::id(),
        client_id: String::new(),
        authenticator: Authenticator::ClientSecret(String::new()),
        name: String::new(),
        description: None,
        restrictions: None,
        created_at: Clock::System.now(),
        expires_at: ends[0],
        account_disabled,
    };
    credential::Model { disabled_at, retires_at: ends[1], ..new.into() }
}

/// A database in memory.
async fn database() -> DatabaseConnection {
    Database::connect("sqlite::memory:").await.expect("SQLite opens a database in memory")
}

/// Whether the condition holds for the only row of a table.
async fn holds_in(
    db: &DatabaseConnection,
    table: &'static str,
    row: SelectStatement,
    condition: Condition,
) -> bool {
    let select = Query::select().expr(Expr::value(1)).from_subquery(row, table).take();
    let sql = select.clone().cond_where(condition).to_string(SqliteQueryBuilder);
    let statement = Statement::from_string(DbBackend::Sqlite, sql);
    db.query_one_raw(statement).await.expect("the statement is valid").is_some()
}

/// Whether the condition holds for a table whose only row has the columns of `row`.
async fn holds(db: &DatabaseConnection, row: &credential::Model, condition: Condition) -> bool {
    let row = Query::select()
        .expr_as(Expr::value(row.account_disabled), Column::AccountDisabled)
        .expr_as(Expr::value(row.disabled_at), Column::DisabledAt)
        .expr_as(Expr::value(row.expires_at), Column::ExpiresAt)
        .expr_as(Expr::value(row.retires_at), Column::RetiresAt)
        .take();
    holds_in(db, "credentials", row, condition).await
}

/// A row for every combination of disabling and of ends before, at and after `now`.
fn rows(now: DateTime<Utc>) -> Vec<credential::Model> {
    let hour = TimeDelta::hours(1);
    let instants = [None, Some(now - hour), Some(now), Some(now + hour)];
    let flags = [(false, None), (false, Some(now)), (true, None), (true, Some(now))];
    let with_ends = |(account_disabled, disabled_at)| {
        let pairs = instants.into_iter().flat_map(move |a| instants.map(|b| [a, b]));
        pairs.map(move |ends| row(account_disabled, disabled_at, ends))
    };
    flags.into_iter().flat_map(with_ends).collect()
}

#[tokio::test]
async fn sql_and_rust_agree_on_what_is_active() {
    let db = database().await;
    let now = Clock::System.now();
    for row in rows(now) {
        let active = is_active(&row, now);
        assert_eq!(holds(&db, &row, active_at(now)).await, active, "{:?}", Status::from(&row));
        let status = CredentialStatus::of(&row, now);
        let authenticates = matches!(status, CredentialStatus::Active | CredentialStatus::Retiring);
        assert_eq!(authenticates, active);
    }
}

#[tokio::test]
async fn sql_and_rust_agree_on_the_status_of_a_credential() {
    let db = database().await;
    let now = Clock::System.now();
    let mut seen = std::collections::HashSet::new();
    for row in rows(now) {
        let expected = CredentialStatus::of(&row, now);
        seen.insert(expected);
        for status in CredentialStatus::ALL {
            let found = holds(&db, &row, status.condition(now)).await;
            assert_eq!(found, *status == expected, "{status:?} of {:?}", Status::from(&row));
        }
    }
    assert_eq!(seen.len(), CredentialStatus::ALL.len());
}

#[tokio::test]
async fn sql_and_rust_agree_on_the_status_of_a_service_account() {
    let db = database().await;
    let now = Clock::System.now();
    for disabled_at in [None, Some(now)] {
        let row = Query::select()
            .expr_as(Expr::value(disabled_at), service_account::Column::DisabledAt)
            .take();
        let is_disabled = disabled_at.is_some();
        for status in ServiceAccountStatus::ALL {
            let condition = status.condition();
            let found = holds_in(&db, "service_accounts", row.clone(), condition).await;
            assert_eq!(found, is_disabled == (*status == ServiceAccountStatus::Disabled));
        }
    }
}
