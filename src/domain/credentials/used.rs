//! The trace that a proof leaves: `last_used_at`, and where from, by what and how often, committed
//! before the answer.
//!
//! All who prove themselves at the same time share one statement and one commit. It stamps a row
//! only while the credential is as it was when it was proven, and answers which rows those were:
//! so the trace is the last look at liveness, too.

use std::collections::{BTreeMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use super::Proof;
use crate::app::App;
use crate::clock::Clock;
use crate::error::Result;
use crate::store::{self, Db, Gather};

/// How many batches may wait for their commit at once; an embedded database has one writer.
const LANES: usize = 2;

/// How often a batch is tried that dead-locked with a change to its rows.
const ATTEMPTS: usize = 3;

/// Uses that are to be traced; the answer is whether the proof still held.
pub type Uses = Gather<Use, bool>;

/// Where a request comes from.
#[derive(Clone, Debug)]
pub struct Source {
    /// The address, as far as it can be trusted.
    pub address: IpAddr,
    /// What program it says that it is, in at most 255 characters.
    pub user_agent: Option<Arc<str>>,
    /// The id of the request.
    pub request_id: Arc<str>,
}

/// A token that is about to be given.
pub struct Use {
    proof: Arc<Proof>,
    source: Source,
}

/// One row, which is what a lone request waits for least.
const ONE: &str = r#"
UPDATE "credentials"
SET "last_used_at" = CASE WHEN "last_used_at" > $1 THEN "last_used_at" ELSE $1 END,
  "first_used_at" = coalesce("first_used_at", $1), "token_count" = "token_count" + $4,
  "last_source_address" = $5, "last_user_agent" = nullif($6, '')
WHERE "id" = $2 AND "revision" = $3"#;

/// Locks the rows in the order of their ids, so that batches of several replicas do not dead-lock.
const POSTGRES: &str = r#"
WITH proven AS MATERIALIZED (
  SELECT c."id" AS "proven_id", p."count", p."address", p."agent"
  FROM "credentials" c
  JOIN unnest($2, $3, $4, $5, $6) AS p("id", "revision", "count", "address", "agent")
    ON c."id" = p."id" AND c."revision" = p."revision"
  ORDER BY c."id"
  FOR NO KEY UPDATE OF c
)
UPDATE "credentials"
SET "last_used_at" = greatest("last_used_at", $1),
  "first_used_at" = coalesce("first_used_at", $1), "token_count" = "token_count" + "count",
  "last_source_address" = "address", "last_user_agent" = nullif("agent", '')
FROM proven
WHERE "id" = "proven_id""#;

const SQLITE: &str = r#"
UPDATE "credentials"
SET "last_used_at" = max(coalesce("last_used_at", $1), $1),
  "first_used_at" = coalesce("first_used_at", $1), "token_count" = "token_count" + "count",
  "last_source_address" = "address", "last_user_agent" = nullif("agent", '')
FROM (
  SELECT "value" ->> 0 AS "proven_id", "value" ->> 1 AS "proven_revision",
    "value" ->> 2 AS "count", "value" ->> 3 AS "address", "value" ->> 4 AS "agent"
  FROM json_each($2)
)
WHERE "id" = "proven_id" AND "revision" = "proven_revision""#;

/// Which rows were stamped; asked for only if it was not all.
const RETURNING: &str = r#"
RETURNING "id", "revision""#;

/// What traces uses in `db`, at the time of `clock`.
#[must_use]
pub fn uses(db: &Db, clock: &Clock) -> Uses {
    let lanes = if db.is_sqlite() { 1 } else { LANES };
    let (db, clock) = (db.clone(), clock.clone());
    Gather::new(lanes, move |uses: Vec<Use>| {
        let (db, now) = (db.clone(), clock.now());
        async move {
            for _ in 1..ATTEMPTS {
                match trace(db.token_writer(), now, &uses).await {
                    Err(error) if store::collided(&error) => {}
                    done => return done,
                }
            }
            trace(db.token_writer(), now, &uses).await
        }
    })
}

/// Stamps the credential with now, and with where the request comes from, committed when this
/// returns; the stamp never moves back. Answers whether the proof still held: if the credential was
/// changed in the meantime, it must not be given a token before it is proven again.
///
/// This is the one place that writes `last_used_at`.
///
/// # Errors
/// What the database answers.
pub async fn mark_used(app: &App, proof: &Arc<Proof>, source: Source) -> Result<bool> {
    let held = app.uses.ask(Use { proof: Arc::clone(proof), source }).await?;
    if !held {
        app.verified.forget(&proof.client_id);
    }
    Ok(held)
}

/// What a row is known by: its id, and which state of it was proven.
type RowKey = (String, i32);

/// What is written to a row.
#[derive(Default)]
struct Stamp {
    tokens: i64,
    address: String,
    /// Empty, if there is none.
    agent: String,
}

/// Stamps all rows; answers which of the proofs held.
async fn trace(on: &impl ConnectionTrait, now: DateTime<Utc>, uses: &[Use]) -> Result<Vec<bool>> {
    let has_ended = |it: &Use| it.proof.ends_at.is_some_and(|end| end <= now);
    let mut stamps = gathered(uses.iter().filter(|it| !has_ended(it)));
    if stamps.is_empty() {
        return Ok(vec![false; uses.len()]);
    }
    let (count, backend) = (stamps.len() as u64, on.get_database_backend());
    let (sql, values) = stamping(backend, now, &stamps);
    let statement = Statement::from_sql_and_values(backend, sql, values);
    if on.execute_raw(statement).await?.rows_affected() == count {
        return Ok(uses.iter().map(|it| !has_ended(it)).collect());
    }
    // Once more, to learn which: what was counted is not counted again.
    stamps.values_mut().for_each(|stamp| stamp.tokens = 0);
    let (sql, values) = stamping(backend, now, &stamps);
    let statement = Statement::from_sql_and_values(backend, format!("{sql}{RETURNING}"), values);
    let rows = on.query_all_raw(statement).await?;
    let held: Result<HashSet<RowKey>> =
        rows.iter().map(|row| Ok(row.try_get_many_by_index()?)).collect();
    held.map(|held| {
        uses.iter().map(|it| !has_ended(it) && held.contains(&key(&it.proof))).collect()
    })
}

fn key(proof: &Proof) -> RowKey {
    (proof.credential.to_string(), proof.revision)
}

/// One stamp for each row, of its last use.
fn gathered<'a>(uses: impl Iterator<Item = &'a Use>) -> BTreeMap<RowKey, Stamp> {
    let mut stamps: BTreeMap<RowKey, Stamp> = BTreeMap::new();
    for Use { proof, source } in uses {
        let stamp = stamps.entry(key(proof)).or_default();
        stamp.tokens += 1;
        stamp.address = source.address.to_string();
        stamp.agent = source.user_agent.as_deref().unwrap_or_default().to_owned();
    }
    stamps
}

/// The statement for so many rows, and its values.
fn stamping(
    backend: DbBackend,
    now: DateTime<Utc>,
    stamps: &BTreeMap<RowKey, Stamp>,
) -> (&'static str, Vec<Value>) {
    let now = Value::from(now);
    let mut rows = stamps.iter();
    if let (Some(((id, revision), stamp)), None) = (rows.next(), rows.next()) {
        let key = [now, id.into(), (*revision).into(), stamp.tokens.into()];
        let texts = [&stamp.address, &stamp.agent].map(Value::from);
        return (ONE, key.into_iter().chain(texts).collect());
    }
    if backend == DbBackend::Sqlite {
        let rows = stamps.iter().map(|((id, revision), stamp)| {
            serde_json::json!([id, revision, stamp.tokens, stamp.address, stamp.agent])
        });
        return (SQLITE, vec![now, serde_json::Value::from_iter(rows).to_string().into()]);
    }
    let (ids, revisions): (Vec<_>, Vec<_>) = stamps.keys().cloned().unzip();
    let tokens: Vec<i64> = stamps.values().map(|stamp| stamp.tokens).collect();
    let (addresses, agents): (Vec<_>, Vec<_>) =
        stamps.values().map(|stamp| (stamp.address.clone(), stamp.agent.clone())).unzip();
    let columns: [Value; 5] =
        [ids.into(), revisions.into(), tokens.into(), addresses.into(), agents.into()];
    (POSTGRES, std::iter::once(now).chain(columns).collect())
}
