//! Usage of credentials: `last_used_at`, client address, user agent and token count, committed
//! before the response.
//!
//! Concurrent usages share one statement and one commit. It updates a row only while the credential
//! has the revision that was authenticated, and returns which rows it updated: so recording the usage
//! is also the last check that the credential is active.
//!
//! The first token of a credential on a day, and of a client address on that day, also writes the usage
//! by day, in the same commit (`usage/days.rs`).

mod days;
mod recent;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use super::status::has_ended;
use super::{ActiveCredential, ClientInfo};
use crate::clock::Clock;
use crate::error::Result;
use crate::store::{self, Coalescer, Db, execute};
use recent::RecentUsage;

/// The most batches under way at once; an embedded database has one writer.
const CONCURRENCY: usize = 2;

/// The most attempts for a batch that fails with a serialization failure.
const ATTEMPTS: usize = 3;

/// Records usages in the database.
pub struct UsageRecorder(Coalescer<Usage, bool>);

/// A token that is about to be issued.
struct Usage {
    credential: Arc<ActiveCredential>,
    client: ClientInfo,
}

/// One row, which is the fastest for a lone request.
const ONE: &str = r#"
UPDATE "credentials"
SET "last_used_at" = CASE WHEN "last_used_at" > $1 THEN "last_used_at" ELSE $1 END,
  "first_used_at" = coalesce("first_used_at", $1), "token_count" = "token_count" + $4,
  "last_source_address" = $5, "last_user_agent" = nullif($6, '')
WHERE "id" = $2 AND "revision" = $3"#;

/// Locks the rows in the order of their ids, so that batches of several replicas do not dead-lock.
const POSTGRES_USED: &str = r#"
WITH used AS MATERIALIZED (
  SELECT c."id" AS "used_id", c."last_used_at" AS "used_before", c."token_count" AS "tokens_before",
    c."service_account_id" AS "account_id", u."count", u."address", u."agent"
  FROM "credentials" c
  JOIN unnest($2, $3, $4, $5, $6) AS u("id", "revision", "count", "address", "agent")
    ON c."id" = u."id" AND c."revision" = u."revision"
  ORDER BY c."id"
  FOR NO KEY UPDATE OF c
)"#;

const POSTGRES_UPDATE: &str = r#"
UPDATE "credentials"
SET "last_used_at" = greatest("last_used_at", $1),
  "first_used_at" = coalesce("first_used_at", $1), "token_count" = "token_count" + "count",
  "last_source_address" = "address", "last_user_agent" = nullif("agent", '')"#;

const POSTGRES_FROM: &str = r#"
FROM used
WHERE "id" = "used_id""#;

const SQLITE_UPDATE: &str = r#"
UPDATE "credentials"
SET "last_used_at" = max(coalesce("last_used_at", $1), $1),
  "first_used_at" = coalesce("first_used_at", $1), "token_count" = "token_count" + "count",
  "last_source_address" = "address", "last_user_agent" = nullif("agent", '')"#;

const SQLITE_FROM: &str = r#"
FROM (
  SELECT "value" ->> 0 AS "used_id", "value" ->> 1 AS "used_revision",
    "value" ->> 2 AS "count", "value" ->> 3 AS "address", "value" ->> 4 AS "agent"
  FROM json_each($2)
)
WHERE "id" = "used_id" AND "revision" = "used_revision""#;

/// The updated rows; read only if not all were updated.
const RETURNING: &str = r#"
RETURNING "id", "revision""#;

impl UsageRecorder {
    /// A recorder in `db`, at the time of `clock`, of up to `sources_per_day` client addresses per
    /// credential and day.
    #[must_use]
    pub fn new(db: &Db, clock: &Clock, sources_per_day: u32) -> Self {
        let concurrency = if db.is_sqlite() { 1 } else { CONCURRENCY };
        let (db, clock) = (db.clone(), clock.clone());
        let recent = Arc::new(RecentUsage::new(sources_per_day));
        Self(Coalescer::new(concurrency, move |usages: Vec<Usage>| {
            let (db, recent, now) = (db.clone(), Arc::clone(&recent), clock.now());
            async move {
                for _ in 1..ATTEMPTS {
                    match record_all(&db, &recent, now, &usages).await {
                        Err(error) if store::is_serialization_failure(&error) => {}
                        done => return done,
                    }
                }
                record_all(&db, &recent, now, &usages).await
            }
        }))
    }

    /// Records that a token is issued to a credential now, committed when this returns;
    /// `last_used_at` never moves back. Returns whether the credential is still active in the
    /// revision that was authenticated; if not, no token may be issued.
    ///
    /// This is the one place that writes `last_used_at`.
    ///
    /// # Errors
    /// The database does not respond.
    pub async fn record(
        &self,
        credential: &Arc<ActiveCredential>,
        client: ClientInfo,
    ) -> Result<bool> {
        self.0.request(Usage { credential: Arc::clone(credential), client }).await
    }
}

/// The key of a row: its id, and the revision that was authenticated.
type RowKey = (String, i32);

/// The new values of a row.
#[derive(Default)]
struct Update {
    tokens: i64,
    address: String,
    /// Empty if there is none.
    agent: String,
}

/// Updates all rows; returns for which usages the credential is still active.
async fn record_all(
    db: &Db,
    recent: &RecentUsage,
    now: DateTime<Utc>,
    usages: &[Usage],
) -> Result<Vec<bool>> {
    let ended = |it: &Usage| has_ended(it.credential.ends_at, now);
    let mut updates = by_row(usages.iter().filter(|it| !ended(it)));
    if updates.is_empty() {
        return Ok(vec![false; usages.len()]);
    }
    let (on, count) = (db.token_writer(), updates.len() as u64);
    let backend = on.get_database_backend();
    let due = recent.due(usages.iter().filter(|it| !ended(it)), now);
    if update(db, now, &updates, &due).await? == count {
        recent.add(due);
        return Ok(usages.iter().map(|it| !ended(it)).collect());
    }
    // Once more, to learn which rows: tokens that were counted are not counted again.
    updates.values_mut().for_each(|update| update.tokens = 0);
    let (sql, values) = statement(backend, now, &updates);
    let again = Statement::from_sql_and_values(backend, format!("{sql}{RETURNING}"), values);
    let rows = on.query_all_raw(again).await?;
    let updated: Result<HashSet<RowKey>> =
        rows.iter().map(|row| Ok(row.try_get_many_by_index()?)).collect();
    updated.map(|updated| {
        usages.iter().map(|it| !ended(it) && updated.contains(&key(&it.credential))).collect()
    })
}

/// Updates rows, and writes the due rows of the usage by day; returns the number of updated rows.
async fn update(
    db: &Db,
    now: DateTime<Utc>,
    updates: &BTreeMap<RowKey, Update>,
    due: &recent::Due,
) -> Result<u64> {
    if !due.is_empty() {
        return days::update(db, now, updates, due).await;
    }
    let on = db.token_writer();
    let (sql, values) = statement(on.get_database_backend(), now, updates);
    Ok(execute(on, &sql, values).await?)
}

fn key(credential: &ActiveCredential) -> RowKey {
    (credential.id.to_string(), credential.revision)
}

/// One update for each row, with the client of its last usage.
fn by_row<'a>(usages: impl Iterator<Item = &'a Usage>) -> BTreeMap<RowKey, Update> {
    let mut updates: BTreeMap<RowKey, Update> = BTreeMap::new();
    for Usage { credential, client } in usages {
        let update = updates.entry(key(credential)).or_default();
        update.tokens += 1;
        update.address = client.address.to_string();
        update.agent = client.user_agent.as_deref().unwrap_or_default().to_owned();
    }
    updates
}

/// The statement for these rows, and its values.
fn statement(
    backend: DbBackend,
    now: DateTime<Utc>,
    updates: &BTreeMap<RowKey, Update>,
) -> (String, Vec<Value>) {
    let mut rows = updates.iter();
    if let (Some(((id, revision), update)), None) = (rows.next(), rows.next()) {
        let key = [now.into(), id.into(), (*revision).into(), update.tokens.into()];
        let texts = [&update.address, &update.agent].map(Value::from);
        return (ONE.to_owned(), key.into_iter().chain(texts).collect());
    }
    if backend == DbBackend::Sqlite {
        return (format!("{SQLITE_UPDATE}{SQLITE_FROM}"), sqlite_values(now, updates));
    }
    let sql = format!("{POSTGRES_USED}{POSTGRES_UPDATE}{POSTGRES_FROM}");
    (sql, postgres_values(now, updates))
}

/// The values of the statement for several rows in SQLite.
fn sqlite_values(now: DateTime<Utc>, updates: &BTreeMap<RowKey, Update>) -> Vec<Value> {
    let rows = updates.iter().map(|((id, revision), update)| {
        serde_json::json!([id, revision, update.tokens, update.address, update.agent])
    });
    vec![now.into(), serde_json::Value::from_iter(rows).to_string().into()]
}

/// The values of the statement for several rows in PostgreSQL.
fn postgres_values(now: DateTime<Utc>, updates: &BTreeMap<RowKey, Update>) -> Vec<Value> {
    let (ids, revisions): (Vec<_>, Vec<_>) = updates.keys().cloned().unzip();
    let tokens: Vec<i64> = updates.values().map(|update| update.tokens).collect();
    let (addresses, agents): (Vec<_>, Vec<_>) =
        updates.values().map(|update| (update.address.clone(), update.agent.clone())).unzip();
    let columns: [Value; 5] =
        [ids.into(), revisions.into(), tokens.into(), addresses.into(), agents.into()];
    std::iter::once(Value::from(now)).chain(columns).collect()
}

/// The UTC day of an instant, in days since 1970: the column `last_used_day`. An index has it, so a
/// row costs PostgreSQL an update of its indexes once a day only.
#[must_use]
pub fn day_of(at: DateTime<Utc>) -> i32 {
    i32::try_from(at.timestamp().div_euclid(86_400)).unwrap_or(i32::MAX)
}
