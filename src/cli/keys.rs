//! `postern keys`.

use chrono::{DateTime, SecondsFormat, Utc};
use clap::Subcommand;
use entity::{SigningKeyId, signing_key};

use super::{Failure, open, print};
use crate::app::App;
use crate::config::Config;
use crate::domain::idempotency;
use crate::signing_keys::{KeyStatus, PlannedKey, READ_EVERY, RevokedKey, all};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lists the signing keys, the newest first: id, algorithm, whether it is the next, the current
    /// or a previous one, when it was made, and from when it signs.
    List,
    /// Makes the next signing key now; it signs when all who verify tokens know it.
    Rotate {
        /// Tells what would be done, and does nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Revokes a signing key that somebody else may have: the next key, or a new one, signs at once,
    /// and the tokens of the revoked key are rejected.
    Revoke {
        /// The id of the key, as `keys list` and the `kid` of tokens have it.
        #[arg(value_name = "KID")]
        id: SigningKeyId,
    },
    /// Seals everything under the first master key that is sealed under another.
    Reencrypt,
}

pub async fn run(command: Command, config: Config) -> Result<(), Failure> {
    if !matches!(command, Command::List) {
        open::need_master_key(&config)?;
    }
    let app = open::app(config).await?;
    let told = match command {
        Command::List => list(&app).await?,
        Command::Rotate { dry_run: true } => match app.keys.planned().await? {
            Some(planned) => would_make(&planned),
            None => there(&app).await?,
        },
        Command::Rotate { dry_run: false } => match app.keys.rotate().await? {
            Some(key) => made(&key),
            None => there(&app).await?,
        },
        Command::Revoke { id } => revoked(&app, &app.keys.revoke(&id).await?),
        Command::Reencrypt => reencrypt(&app).await?,
    };
    print::result(&told)?;
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
        let (made, from) = (instant(key.created_at), instant(key.activates_at));
        format!("{}  {:<5}  {status:<8}  {made}  {from}\n", key.id, key.algorithm)
    };
    Ok(keys.statuses(app.clock.now()).map(line).collect())
}

fn made(key: &signing_key::Model) -> String {
    let from = instant(key.activates_at);
    format!("made {} ({}): it is published and signs from {from}\n", key.id, key.algorithm)
}

fn would_make(planned: &PlannedKey) -> String {
    let (algorithm, from) = (planned.algorithm.name(), instant(planned.activates_at));
    format!("would make a key ({algorithm}): published at once, it would sign from {from}\n")
}

/// What is told when there is nothing to do.
async fn there(app: &App) -> Result<String, Failure> {
    let keys = all(app.db.reader()).await?;
    let Some(key) = keys.newest() else { return Ok(String::new()) };
    let (id, algorithm, from) = (&key.id, &key.algorithm, instant(key.activates_at));
    Ok(format!("nothing to do: {id} ({algorithm}) is published already and signs from {from}\n"))
}

/// What the revocation costs.
fn revoked(app: &App, revoked: &RevokedKey) -> String {
    let (id, algorithm) = (&revoked.key.id, &revoked.key.algorithm);
    let (within, cached) = (READ_EVERY.as_secs(), (app.config.key_times.max_age * 2).num_seconds());
    let at_apis = format!(
        "APIs that verify tokens themselves accept what is signed with it until they fetch the keys again, within {cached} s (twice POSTERN_JWKS_MAX_AGE_SECONDS, for a cache on the way) unless they keep them for longer\n"
    );
    let mut text = format!("revoked {id} ({algorithm})\n");
    if revoked.status == KeyStatus::Next {
        return format!("{text}it had not signed yet: no token of a client is lost\n{at_apis}");
    }
    let from = instant(revoked.key.activates_at);
    if let Some(successor) = &revoked.successor {
        text += &format!("{} signs in its place\n", successor.id);
    }
    text += &format!(
        "tokens that it has signed since {from} are rejected by every running server within {within} s: their clients must fetch new ones\n{at_apis}"
    );
    if revoked.successor.as_ref().is_some_and(|it| !it.was_published) {
        text +=
            "until then, those that do not fetch the keys for an unknown kid reject new tokens\n";
    }
    text
}

async fn reencrypt(app: &App) -> Result<String, Failure> {
    let keys = app.keys.reencrypt().await?;
    let answers = idempotency::reencrypt(app).await?;
    Ok(format!("re-encrypted signing keys: {keys}\nre-encrypted kept answers: {answers}\n"))
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}
