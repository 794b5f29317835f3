//! An assertion is used once: a row for each that was, until it has ended. Those that come at the same
//! time share one statement and one commit.

use std::collections::{BTreeMap, HashSet};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use entity::used_assertion::Entity;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, SqlErr, Statement, Value};

use super::claims::Claims;
use crate::app::App;
use crate::clock::LEEWAY;
use crate::domain::credentials::Proof;
use crate::error::Result;
use crate::store::{self, Db, Gather};

/// How many batches may wait for their commit at once; an embedded database has one writer.
const LANES: usize = 2;

/// How often a batch is tried that dead-locked with the deletion of credentials.
const ATTEMPTS: usize = 3;

/// How long after it was read an assertion may be used at most.
const LONGEST_REQUEST: TimeDelta = TimeDelta::seconds(60);

/// Assertions that are to be used; the answer is whether this was the first time.
pub type SingleUses = Gather<Claim, bool>;

/// An assertion that is about to be used.
#[derive(Clone)]
pub struct Claim {
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

/// What uses assertions in `db`.
#[must_use]
pub fn single_uses(db: &Db) -> SingleUses {
    let lanes = if db.is_sqlite() { 1 } else { LANES };
    let db = db.clone();
    Gather::new(lanes, move |claims: Vec<Claim>| {
        let db = db.clone();
        async move {
            let first = first_of(claims.iter().enumerate());
            let new = insert(&db, first.keys().map(|key| &claims[first[key]]).collect()).await?;
            let is_first = |(at, claim): (usize, &Claim)| {
                first.get(&claim.key()) == Some(&at) && new.contains(&claim.key())
            };
            Ok(claims.iter().enumerate().map(is_first).collect())
        }
    })
}

/// Uses an assertion, which one request can, at whichever replica; false, if another has.
///
/// # Errors
/// What the database answers.
pub async fn claim(app: &App, proof: &Proof, claims: &Claims) -> Result<bool> {
    let claim = Claim {
        credential: proof.credential.to_string(),
        jti_digest: URL_SAFE_NO_PAD.encode(digest(&SHA256, claims.jti.as_bytes())),
        organization: proof.organization.to_string(),
        expires_at: claims.ends_at(app.clock.now()),
    };
    app.single_uses.ask(claim).await
}

/// Deletes what is known of assertions that have ended: twice the leeway later, as the clock of
/// another replica may be behind, and it grants a leeway, too; and after the time in which every request
/// is answered that was read before.
///
/// # Errors
/// What the database answers.
pub async fn forget(app: &App) -> Result<()> {
    let ended = app.clock.now() - TimeDelta::seconds(2 * LEEWAY) - LONGEST_REQUEST;
    Entity::delete_ended_until(ended).exec(app.db.writer()).await?;
    Ok(())
}

/// What a row is known by: its credential, and the digest of the `jti`.
type RowKey = (String, String);

impl Claim {
    fn key(&self) -> RowKey {
        (self.credential.clone(), self.jti_digest.clone())
    }
}

/// The first of those that are the same, in the order of their keys.
fn first_of<'a>(claims: impl Iterator<Item = (usize, &'a Claim)>) -> BTreeMap<RowKey, usize> {
    let mut first = BTreeMap::new();
    for (at, claim) in claims {
        first.entry(claim.key()).or_insert(at);
    }
    first
}

/// Inserts the rows; answers which of them were new.
async fn insert(db: &Db, claims: Vec<&Claim>) -> Result<HashSet<RowKey>> {
    if let Some(new) = insert_all(db, &claims).await? {
        return Ok(new);
    }
    // One of the credentials was deleted at this moment: the others are not concerned.
    let mut new = HashSet::new();
    for claim in claims {
        new.extend(insert_all(db, &[claim]).await?.unwrap_or_default());
    }
    Ok(new)
}

/// The same in one statement; nothing, if a credential is not there any more.
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
        if attempt == ATTEMPTS || !store::collided(&error) {
            return Err(error);
        }
        attempt += 1;
    }
}

fn json(claims: &[&Claim]) -> String {
    let rows = claims.iter().map(|it| {
        // As the driver writes it.
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
