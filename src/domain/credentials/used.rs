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

/// Locks the rows in the order of their ids, so that batches of several replicas do not dead-lock.
const POSTGRES: &str = r#"
WITH proven AS MATERIALIZED (
  SELECT c."id"
  FROM "credentials" c
  JOIN unnest($2, $3) AS p("id", "secret_hash")
    ON c."id" = p."id" AND c."secret_hash" = p."secret_hash"
  ORDER BY c."id"
  FOR NO KEY UPDATE OF c
)
UPDATE "credentials" c
SET "last_used_at" = greatest(c."last_used_at", $1)
FROM proven
WHERE c."id" = proven."id"
RETURNING c."id", c."secret_hash""#;

const SQLITE: &str = r#"
UPDATE "credentials"
SET "last_used_at" = max(coalesce("last_used_at", ?1), ?1)
FROM (SELECT "value" ->> 0 AS "proven_id", "value" ->> 1 AS "proven_hash" FROM json_each(?2))
WHERE "id" = "proven_id" AND "secret_hash" = "proven_hash"
RETURNING "id", "secret_hash""#;

/// What traces uses in `db`, at the time of `clock`.
#[must_use]
pub fn uses(db: &Db, clock: &Clock) -> Uses {
    let lanes = if db.is_sqlite() { 1 } else { LANES };
    let (db, clock) = (db.clone(), clock.clone());
    Gather::new(lanes, move |proofs: Vec<Arc<Proof>>| {
        let (db, now) = (db.clone(), clock.now());
        async move {
            let stamped = stamp(db.writer(), now, &proofs).await?;
            let held = |proof: &Arc<Proof>| {
                stamped.contains(&(proof.credential.to_string(), proof.secret_hash.clone()))
            };
            Ok(proofs.iter().map(held).collect())
        }
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

/// The ids and hashes of the rows that were stamped.
async fn stamp(
    on: &impl ConnectionTrait,
    now: DateTime<Utc>,
    proofs: &[Arc<Proof>],
) -> Result<HashSet<(String, String)>> {
    let pairs: BTreeSet<_> = proofs
        .iter()
        .map(|proof| (proof.credential.as_str(), proof.secret_hash.as_str()))
        .collect();
    let backend = on.get_database_backend();
    let (sql, values): (_, Vec<Value>) = if backend == DbBackend::Sqlite {
        (SQLITE, vec![now.into(), serde_json::json!(pairs).to_string().into()])
    } else {
        let (ids, hashes): (Vec<_>, Vec<_>) =
            pairs.into_iter().map(|(id, hash)| (id.to_owned(), hash.to_owned())).unzip();
        (POSTGRES, vec![now.into(), ids.into(), hashes.into()])
    };
    let rows = on.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    rows.iter().map(|row| Ok(row.try_get_many_by_index()?)).collect()
}
