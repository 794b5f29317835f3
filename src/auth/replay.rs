//! Replay protection of assertions: a row for each used assertion until it has expired. Concurrent
//! requests share one statement and one commit.

use std::collections::{BTreeMap, HashSet};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use entity::used_assertion;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, SqlErr, Statement, Value};

use super::{ActiveCredential, Auth};
use crate::clock::LEEWAY;
use crate::error::Result;
use crate::store::{self, Coalescer, Db};

/// The most batches under way at once; an embedded database has one writer.
const CONCURRENCY: usize = 2;

/// The most attempts for a batch that fails with a serialization failure.
const ATTEMPTS: usize = 3;

/// The longest time between reading an assertion and using it.
const MAX_REQUEST: TimeDelta = TimeDelta::seconds(60);

/// Replay protection: each assertion is accepted once, over all replicas.
pub struct UsedAssertions(Coalescer<Claim, bool>);

/// An assertion that is about to be used.
#[derive(Clone)]
struct Claim {
    credential: String,
    jti_digest: String,
    organization: String,
    expires_at: DateTime<Utc>,
}

/// In the order of the key, so that batches of several replicas do not dead-lock.
const POSTGRES: &str = r#"
INSERT INTO "used_assertions" ("credential_id", "jti_digest", "organization_id", "expires_at")
SELECT * FROM unnest($1, $2, $3, $4)
ON CONFLICT DO NOTHING
RETURNING "credential_id", "jti_digest""#;

const SQLITE: &str = r#"
INSERT INTO "used_assertions" ("credential_id", "jti_digest", "organization_id", "expires_at")
SELECT "value" ->> 0, "value" ->> 1, "value" ->> 2, "value" ->> 3 FROM json_each($1)
WHERE true
ON CONFLICT DO NOTHING
RETURNING "credential_id", "jti_digest""#;

impl UsedAssertions {
    /// Used assertions, stored in `db`.
    #[must_use]
    pub fn new(db: &Db) -> Self {
        let concurrency = if db.is_sqlite() { 1 } else { CONCURRENCY };
        let db = db.clone();
        Self(Coalescer::new(concurrency, move |claims: Vec<Claim>| {
            let db = db.clone();
            async move {
                let first = first_of(claims.iter().enumerate());
                let distinct = first.keys().map(|key| &claims[first[key]]).collect();
                let inserted = insert(&db, distinct).await?;
                let is_first = |(at, claim): (usize, &Claim)| {
                    first.get(&claim.key()) == Some(&at) && inserted.contains(&claim.key())
                };
                Ok(claims.iter().enumerate().map(is_first).collect())
            }
        }))
    }

    /// Uses the assertion with this `jti`; false if another request has used it, at whichever
    /// replica.
    ///
    /// # Errors
    /// The database does not respond.
    pub async fn claim(
        &self,
        credential: &ActiveCredential,
        jti: &str,
        expires_at: DateTime<Utc>,
    ) -> Result<bool> {
        let claim = Claim {
            credential: credential.id.to_string(),
            jti_digest: URL_SAFE_NO_PAD.encode(digest(&SHA256, jti.as_bytes())),
            organization: credential.organization.to_string(),
            expires_at,
        };
        self.0.request(claim).await
    }
}

impl Auth {
    /// Deletes used assertions that have expired: twice the leeway later, as the clock of another
    /// replica may be behind and it grants a leeway, too; and after every request that read them is
    /// answered.
    ///
    /// # Errors
    /// The database does not respond.
    pub async fn delete_expired_assertions(&self) -> Result<()> {
        let expired = self.clock.now() - TimeDelta::seconds(2 * LEEWAY) - MAX_REQUEST;
        store::delete_expired::<used_assertion::Entity>(&self.db, expired).await
    }
}

/// The key of a row: its credential, and the digest of the `jti`.
type RowKey = (String, String);

impl Claim {
    fn key(&self) -> RowKey {
        (self.credential.clone(), self.jti_digest.clone())
    }
}

/// The position of the first claim of each key, in the order of the keys.
fn first_of<'a>(claims: impl Iterator<Item = (usize, &'a Claim)>) -> BTreeMap<RowKey, usize> {
    let mut first = BTreeMap::new();
    for (at, claim) in claims {
        first.entry(claim.key()).or_insert(at);
    }
    first
}

/// Inserts the rows; returns which of them were new.
async fn insert(db: &Db, claims: Vec<&Claim>) -> Result<HashSet<RowKey>> {
    if let Some(inserted) = insert_all(db, &claims).await? {
        return Ok(inserted);
    }
    // One of the credentials was deleted at this moment: the others are not concerned.
    let mut inserted = HashSet::new();
    for claim in claims {
        inserted.extend(insert_all(db, &[claim]).await?.unwrap_or_default());
    }
    Ok(inserted)
}

/// The same in one statement; `None` if a credential does not exist any more.
async fn insert_all(db: &Db, claims: &[&Claim]) -> Result<Option<HashSet<RowKey>>> {
    let on = db.token_writer();
    let backend = on.get_database_backend();
    let (sql, values) = match backend {
        DbBackend::Sqlite => (SQLITE, vec![json(claims).into()]),
        _ => (POSTGRES, columns(claims)),
    };
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let mut attempt = 1;
    loop {
        let error = match on.query_all_raw(statement.clone()).await {
            Ok(rows) => {
                let keys = rows.iter().map(QueryResult::try_get_many_by_index);
                return Ok(Some(keys.collect::<Result<_, _>>()?));
            }
            Err(error) => error,
        };
        if let Some(SqlErr::ForeignKeyConstraintViolation(_)) = error.sql_err() {
            return Ok(None);
        }
        let error = error.into();
        if attempt == ATTEMPTS || !store::is_serialization_failure(&error) {
            return Err(error);
        }
        attempt += 1;
    }
}

fn json(claims: &[&Claim]) -> String {
    let rows = claims.iter().map(|it| {
        // The format that the driver writes.
        let expires_at = it.expires_at.to_rfc3339_opts(SecondsFormat::AutoSi, false);
        serde_json::json!([it.credential, it.jti_digest, it.organization, expires_at])
    });
    serde_json::Value::from_iter(rows).to_string()
}

fn columns(claims: &[&Claim]) -> Vec<Value> {
    let texts = |of: fn(&Claim) -> &String| -> Value {
        claims.iter().map(|claim| of(claim).clone()).collect::<Vec<_>>().into()
    };
    let ends: Vec<_> = claims.iter().map(|claim| claim.expires_at).collect();
    vec![
        texts(|it| &it.credential),
        texts(|it| &it.jti_digest),
        texts(|it| &it.organization),
        ends.into(),
    ]
}
