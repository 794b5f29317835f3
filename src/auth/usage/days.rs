//! The usage of credentials by day: a row per credential and day, and one per client address of that
//! day, in the commit that counts the token.
//!
//! A row of a day holds the token count before it, so that only the first token of a day writes it.
//! Each row of a credential is written under the lock of the credential's row, which orders the
//! replicas. A replica with a slow clock writes no row of a day before one that has begun.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, Value};

use super::recent::Due;
use super::{
    POSTGRES_FROM, POSTGRES_UPDATE, POSTGRES_USED, RowKey, SQLITE_FROM, SQLITE_UPDATE, Update,
    day_of, postgres_values, sqlite_values,
};
use crate::error::Result;
use crate::store::{Db, execute, in_transaction};

/// The rest of the list of common table expressions of [`POSTGRES_USED`]. A statement does not see
/// what others committed while it waited for a lock, so more than `$12` addresses may be stored, at
/// most as many more for each batch under way; readers show the earliest.
///
/// An account that another transaction has locked keeps its day, which only makes a filter slower: a
/// token does not wait for it. All credentials are locked before the first account.
const POSTGRES_DAYS: &str = r#",
begun AS (
  INSERT INTO "credential_usage_days" ("credential_id", "day", "tokens_before")
  SELECT "used_id", $7, "tokens_before" FROM used
  WHERE "used_id" = ANY($9) AND ("used_before" IS NULL OR "used_before" < $8)
  ON CONFLICT DO NOTHING
),
source AS (
  SELECT s."id", s."address", known."address" IS NOT NULL AS "known",
    row_number() OVER (PARTITION BY s."id", known."address" IS NULL ORDER BY s."address")
      + (SELECT count(*) FROM "credential_usage_sources" o
         WHERE o."credential_id" = s."id" AND o."day" = $7 AND o."address" <> '') AS "place"
  FROM unnest($10, $11) AS s("id", "address")
  JOIN used ON "used_id" = s."id" AND ("used_before" IS NULL OR "used_before" < $8)
  LEFT JOIN "credential_usage_sources" known
    ON known."credential_id" = s."id" AND known."day" = $7 AND known."address" = s."address"
),
sourced AS (
  INSERT INTO "credential_usage_sources" AS stored
    ("credential_id", "day", "address", "first_at", "last_at")
  SELECT DISTINCT "id", $7, CASE WHEN "known" OR "place" <= $12 THEN "address" ELSE '' END, $1, $1
  FROM source
  ON CONFLICT ("credential_id", "day", "address") DO UPDATE SET "last_at" = excluded."last_at"
    WHERE stored."last_at" < excluded."last_at"
),
account AS MATERIALIZED (
  SELECT a."id" AS "used_account_id" FROM "service_accounts" a
  WHERE a."id" IN (SELECT "account_id" FROM used WHERE "used_id" = ANY($9)) AND a."used_day" < $7
  ORDER BY a."id"
  FOR NO KEY UPDATE SKIP LOCKED
),
account_used AS (
  UPDATE "service_accounts" SET "used_day" = $7 FROM account WHERE "id" = "used_account_id"
)"#;

/// The day of the last usage. Other tokens of the day leave it out, as an index has it: SQLite writes
/// the index whenever a statement sets the column.
const POSTGRES_DAY: &str = r#",
  "last_used_day" = greatest("last_used_day", $7)"#;

const SQLITE_DAY: &str = r#",
  "last_used_day" = max("last_used_day", $3)"#;

/// The days, before the update of the credentials.
const SQLITE_DAYS: &str = r#"
INSERT INTO "credential_usage_days" ("credential_id", "day", "tokens_before")
SELECT c."id", $2, c."token_count"
FROM json_each($4) d
JOIN "credentials" c ON c."id" = d."value" ->> 0 AND c."revision" = d."value" ->> 1
WHERE c."last_used_at" IS NULL OR c."last_used_at" < $3
ON CONFLICT DO NOTHING"#;

/// The client addresses, before the update of the credentials.
const SQLITE_SOURCES: &str = r#"
INSERT INTO "credential_usage_sources" AS stored
  ("credential_id", "day", "address", "first_at", "last_at")
SELECT DISTINCT "id", $2, CASE WHEN "known" OR "place" <= $5 THEN "address" ELSE '' END, $1, $1
FROM (
  SELECT c."id", s."value" ->> 2 AS "address", known."address" IS NOT NULL AS "known",
    row_number() OVER (PARTITION BY c."id", known."address" IS NULL ORDER BY s."value" ->> 2)
      + (SELECT count(*) FROM "credential_usage_sources" o
         WHERE o."credential_id" = c."id" AND o."day" = $2 AND o."address" <> '') AS "place"
  FROM json_each($4) s
  JOIN "credentials" c ON c."id" = s."value" ->> 0 AND c."revision" = s."value" ->> 1
    AND (c."last_used_at" IS NULL OR c."last_used_at" < $3)
  LEFT JOIN "credential_usage_sources" known
    ON known."credential_id" = c."id" AND known."day" = $2 AND known."address" = s."value" ->> 2
)
WHERE true
ON CONFLICT ("credential_id", "day", "address") DO UPDATE SET "last_at" = excluded."last_at"
  WHERE stored."last_at" < excluded."last_at""#;

/// The days of the accounts: a filter finds those that are not used any more.
const SQLITE_ACCOUNTS: &str = r#"
UPDATE "service_accounts" SET "used_day" = $1
WHERE "used_day" < $1 AND "id" IN (
  SELECT c."service_account_id" FROM json_each($2) d
  JOIN "credentials" c ON c."id" = d."value" ->> 0 AND c."revision" = d."value" ->> 1
)"#;

/// Updates credentials and writes the due rows of the usage by day, in one commit: in PostgreSQL one statement. Returns
/// the number of updated credentials.
pub(super) async fn update(
    db: &Db,
    now: DateTime<Utc>,
    updates: &BTreeMap<RowKey, Update>,
    due: &Due,
) -> Result<u64> {
    if db.is_sqlite() {
        return in_transaction!(db, transaction => {
            update_in_sqlite(transaction, now, updates, due).await
        });
    }
    let sql =
        format!("{POSTGRES_USED}{POSTGRES_DAYS}{POSTGRES_UPDATE}{POSTGRES_DAY}{POSTGRES_FROM}");
    let mut values = postgres_values(now, updates);
    values.extend(postgres_due(due));
    Ok(execute(db.token_writer(), &sql, values).await?)
}

/// The parameters after those of the update.
fn postgres_due(due: &Due) -> [Value; 6] {
    let credentials: Vec<_> = due.credentials.iter().map(|(id, _)| id.clone()).collect();
    let sources = due.sources.iter().map(|((id, _), address)| (id.clone(), address.to_string()));
    let (ids, addresses): (Vec<_>, Vec<_>) = sources.unzip();
    [
        day_of(due.now).into(),
        end_of_day(due.now).into(),
        credentials.into(),
        ids.into(),
        addresses.into(),
        i64::from(due.sources_per_day).into(),
    ]
}

async fn update_in_sqlite(
    on: &impl ConnectionTrait,
    now: DateTime<Utc>,
    updates: &BTreeMap<RowKey, Update>,
    due: &Due,
) -> Result<u64> {
    let rows = due.credentials.iter().map(|(id, revision)| serde_json::json!([id, revision]));
    let rows = serde_json::Value::from_iter(rows);
    let accounts = [day_of(due.now).into(), rows.to_string().into()];
    execute(on, SQLITE_ACCOUNTS, accounts).await?;
    execute(on, SQLITE_DAYS, sqlite_due(due, rows)).await?;
    if !due.sources.is_empty() {
        let sources = due.sources.iter();
        let sources =
            sources.map(|((id, revision), address)| serde_json::json!([id, revision, address]));
        let mut values = sqlite_due(due, serde_json::Value::from_iter(sources));
        values.push(i64::from(due.sources_per_day).into());
        execute(on, SQLITE_SOURCES, values).await?;
    }
    let mut values = sqlite_values(now, updates);
    values.push(day_of(due.now).into());
    let sql = format!("{SQLITE_UPDATE}{SQLITE_DAY}{SQLITE_FROM}");
    Ok(execute(on, &sql, values).await?)
}

fn sqlite_due(due: &Due, rows: serde_json::Value) -> Vec<Value> {
    let (day, end) = (day_of(due.now).into(), end_of_day(due.now).into());
    vec![due.now.into(), day, end, rows.to_string().into()]
}

/// The start of the next day.
fn end_of_day(at: DateTime<Utc>) -> DateTime<Utc> {
    at.date_naive().and_time(NaiveTime::MIN).and_utc() + TimeDelta::days(1)
}
