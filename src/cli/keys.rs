//! `postern keys`.

use chrono::{DateTime, SecondsFormat, Utc};
use clap::Subcommand;
use entity::{SigningKeyId, signing_key};

use super::{Failure, open, print};
use crate::app::App;
use crate::config::Config;
use crate::domain::idempotency;
use crate::signing_keys::{KeyStatus, PlannedKey, RELOAD_INTERVAL, RevokedKey, all};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List signing keys, newest first: id, algorithm, status (next, current or previous), creation
    /// time, and the time from which it signs
    List,
    /// Create the next signing key; it signs once all verifiers have fetched it
    Rotate {
        /// Print what would be done, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Revoke a signing key, for example a leaked one: the next or a new key signs at once, and
    /// tokens of the revoked key are rejected
    Revoke {
        /// Id of the key, as in `keys list` and the `kid` of tokens
        #[arg(value_name = "KID")]
        id: SigningKeyId,
    },
    /// Re-encrypt under the first master key all that another master key encrypted
    Reencrypt,
}

pub async fn run(command: Command, config: Config) -> Result<(), Failure> {
    if !matches!(command, Command::List) {
        open::need_master_key(&config)?;
    }
    let app = open::app(config).await?;
    let text = match command {
        Command::List => list(&app).await?,
        Command::Rotate { dry_run: true } => match app.keys.planned().await? {
            Some(planned) => would_create(&planned),
            None => unchanged(&app).await?,
        },
        Command::Rotate { dry_run: false } => match app.keys.rotate().await? {
            Some(key) => created(&key),
            None => unchanged(&app).await?,
        },
        Command::Revoke { id } => revoked(&app, &app.keys.revoke(&id).await?),
        Command::Reencrypt => reencrypt(&app).await?,
    };
    print::result(&text)?;
    app.db.clone().close().await.map_err(|error| crate::error::Error::from(error).into())
}

async fn list(app: &App) -> Result<String, Failure> {
    let keys = all(app.db.reader()).await?;
    let line = |(key, status): (&signing_key::Model, _)| {
        let status = match status {
            KeyStatus::Next => "next",
            KeyStatus::Current => "current",
            KeyStatus::Previous => "previous",
        };
        let (created, from) = (instant(key.created_at), instant(key.activates_at));
        format!("{}  {:<5}  {status:<8}  {created}  {from}\n", key.id, key.algorithm)
    };
    Ok(keys.statuses(app.clock.now()).map(line).collect())
}

fn created(key: &signing_key::Model) -> String {
    let from = instant(key.activates_at);
    format!("created {} ({}): published now, signs from {from}\n", key.id, key.algorithm)
}

fn would_create(planned: &PlannedKey) -> String {
    let (algorithm, from) = (planned.algorithm.name(), instant(planned.activates_at));
    format!("would create a key ({algorithm}): published now, signs from {from}\n")
}

/// The output when there is nothing to do.
async fn unchanged(app: &App) -> Result<String, Failure> {
    let keys = all(app.db.reader()).await?;
    let Some(key) = keys.newest() else { return Ok(String::new()) };
    let (id, algorithm, from) = (&key.id, &key.algorithm, instant(key.activates_at));
    Ok(format!("nothing to do: {id} ({algorithm}) is already published and signs from {from}\n"))
}

/// The effects of a revocation.
fn revoked(app: &App, revoked: &RevokedKey) -> String {
    let (id, algorithm) = (&revoked.key.id, &revoked.key.algorithm);
    let (within, cached) =
        (RELOAD_INTERVAL.as_secs(), (app.config.tokens.key_times.max_age * 2).num_seconds());
    let at_apis = format!(
        "APIs that verify tokens locally accept tokens of this key until they fetch the keys again: within {cached} s (twice POSTERN_JWKS_MAX_AGE_SECONDS), unless they cache them for longer\n"
    );
    let mut text = format!("revoked {id} ({algorithm})\n");
    if revoked.status == KeyStatus::Next {
        return format!("{text}it has not signed yet: no access token is affected\n{at_apis}");
    }
    let from = instant(revoked.key.activates_at);
    if let Some(successor) = &revoked.successor {
        text += &format!("{} signs from now on\n", successor.id);
    }
    text += &format!(
        "tokens that it has signed since {from} are rejected by all servers within {within} s; clients must request new ones\n{at_apis}"
    );
    if revoked.successor.as_ref().is_some_and(|it| !it.was_published) {
        text +=
            "until then, APIs that do not fetch the keys for an unknown kid reject new tokens\n";
    }
    text
}

async fn reencrypt(app: &App) -> Result<String, Failure> {
    let keys = app.keys.reencrypt().await?;
    let responses = idempotency::reencrypt(app).await?;
    Ok(format!("re-encrypted signing keys: {keys}\nre-encrypted stored responses: {responses}\n"))
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}
