//! The trace that a proof leaves: `last_used_at`, committed before the answer.
//!
//! All who prove themselves at the same time share one statement and one commit. It stamps a row
//! only while the credential is live and its secret is the one that was verified, and answers
//! which rows those were: so the trace is the last look at liveness, too.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use super::Proof;
use crate::app::App;
use crate::clock::Clock;
use crate::error::Result;
use crate::store::{Db, Gather};

/// How many batches may wait for their commit at once; an embedded database has one writer.
const LANES: usize = 2;

/// Uses that are to be traced; the answer is whether the proof still held.
pub type Uses = Gather<Arc<Proof>, bool>;

/// One row, which is what a lone request waits for least.
const ONE: &str = r#"
UPDATE "credentials"
SET "last_used_at" = CASE WHEN "last_used_at" > $1 THEN "last_used_at" ELSE $1 END
WHERE "id" = $2 AND "secret_hash" = $3 AND NOT "suspended""#;

/// Locks the rows in the order of their ids, so that batches of several replicas do not dead-lock.
const POSTGRES: &str = r#"
WITH proven("proven_id") AS MATERIALIZED (
  SELECT c."id"
  FROM "credentials" c
  JOIN unnest($2, $3) AS p("id", "secret_hash")
    ON c."id" = p."id" AND c."secret_hash" = p."secret_hash" AND NOT c."suspended"
  ORDER BY c."id"
  FOR NO KEY UPDATE OF c
)
UPDATE "credentials"
SET "last_used_at" = greatest("last_used_at", $1)
FROM proven
WHERE "id" = "proven_id""#;

const SQLITE: &str = r#"
UPDATE "credentials"
SET "last_used_at" = max(coalesce("last_used_at", $1), $1)
FROM (SELECT "value" ->> 0 AS "proven_id", "value" ->> 1 AS "proven_hash" FROM json_each($2))
WHERE "id" = "proven_id" AND "secret_hash" = "proven_hash" AND NOT "suspended""#;

/// Which rows were stamped; asked for only if it was not all.
const RETURNING: &str = r#"
RETURNING "id", "secret_hash""#;

/// What traces uses in `db`, at the time of `clock`.
#[must_use]
pub fn uses(db: &Db, clock: &Clock) -> Uses {
    let lanes = if db.is_sqlite() { 1 } else { LANES };
    let (db, clock) = (db.clone(), clock.clone());
    Gather::new(lanes, move |proofs: Vec<Arc<Proof>>| {
        let (db, now) = (db.clone(), clock.now());
        async move { stamp(db.writer(), now, &proofs).await }
    })
}

/// Stamps the credential with now, committed when this returns; the stamp never moves back.
/// Answers whether the proof still held: if the credential was deleted or its secret replaced in
/// the meantime, it must not be given a token before it is proven again.
///
/// This is the one place that writes `last_used_at`.
///
/// # Errors
/// What the database answers.
pub async fn mark_used(app: &App, proof: &Arc<Proof>) -> Result<bool> {
    let held = app.uses.ask(Arc::clone(proof)).await?;
    if !held {
        app.verified.forget(&proof.client_id);
    }
    Ok(held)
}

/// Stamps all rows; answers which of the proofs held.
async fn stamp(
    on: &impl ConnectionTrait,
    now: DateTime<Utc>,
    proofs: &[Arc<Proof>],
) -> Result<Vec<bool>> {
    let pair = |proof: &Arc<Proof>| (proof.credential.to_string(), proof.secret_hash.clone());
    let pairs: BTreeSet<(String, String)> = proofs.iter().map(pair).collect();
    let (count, backend) = (pairs.len() as u64, on.get_database_backend());
    let (sql, values): (_, Vec<Value>) = if count == 1 {
        let (id, hash) = pair(&proofs[0]);
        (ONE, vec![now.into(), id.into(), hash.into()])
    } else if backend == DbBackend::Sqlite {
        (SQLITE, vec![now.into(), serde_json::json!(pairs).to_string().into()])
    } else {
        let (ids, hashes): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        (POSTGRES, vec![now.into(), ids.into(), hashes.into()])
    };
    let stamping = Statement::from_sql_and_values(backend, sql, values.clone());
    if on.execute_raw(stamping).await?.rows_affected() == count {
        return Ok(vec![true; proofs.len()]);
    }
    let again = Statement::from_sql_and_values(backend, format!("{sql}{RETURNING}"), values);
    let rows = on.query_all_raw(again).await?;
    let held: Result<HashSet<(String, String)>> =
        rows.iter().map(|row| Ok(row.try_get_many_by_index()?)).collect();
    held.map(|held| proofs.iter().map(|proof| held.contains(&pair(proof))).collect())
}
