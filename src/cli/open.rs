//! What commands share: the logs, the database, and its state.

use std::io::IsTerminal;
use std::time::Duration;

use sea_orm::DbErr;
use tokio::time::Instant;
use tracing_subscriber::EnvFilter;

use super::Failure;
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, DatabaseConfig, LogFormat};
use crate::domain::signing_keys;
use crate::store::{self, Db, Purpose};

/// Writes logs to standard error from now on.
pub fn logs(config: &Config) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&config.log)
        .map_err(|error| Failure(format!("log: {error}; write it like info,postern=debug")))?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = match config.log_format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| Failure(format!("logs: {error}")))
}

/// Refuses to go on without a master key.
pub fn need_master_key(config: &Config) -> Result<(), Failure> {
    if config.master_keys.is_some() {
        return Ok(());
    }
    Err(Failure(
        "there is no master key; set POSTERN_MASTER_KEY or POSTERN_MASTER_KEY_FILE (make one: openssl rand -base64 32)".to_owned(),
    ))
}

/// Connects to the database.
pub async fn database(config: &Config, purpose: Purpose) -> Result<Db, Failure> {
    Db::connect(&config.database, purpose)
        .await
        .map_err(|error| cannot_open(&config.database, purpose, &error))
}

fn cannot_open(config: &DatabaseConfig, purpose: Purpose, error: &DbErr) -> Failure {
    let todo = if config.is_sqlite() && purpose == Purpose::Serve {
        "is the file there? `postern migrate up` makes it"
    } else {
        "is it running, and is POSTERN_DATABASE_URL right?"
    };
    let url = config.display_url();
    Failure(format!("cannot open the database {url}: {error}; {todo}"))
}

/// The time between two attempts to find the database.
const RETRY: Duration = Duration::from_millis(500);

/// Puts the app together although its database may be away: each request is answered that the
/// service is unavailable until [`until_ready`] returns.
pub fn app_without_database(config: Config) -> Result<App, Failure> {
    let db = Db::open(&config.database, Purpose::Serve);
    Ok(App::new(config, Clock::System, db)?)
}

/// Waits for a database that has the schema of this version, and loads the signing keys.
///
/// # Errors
/// The database is still away or not migrated after the wait that is set, or the keys cannot be
/// loaded.
pub async fn until_ready(app: &App) -> Result<(), Failure> {
    let deadline = Instant::now() + app.config.database.wait;
    let mut logged = None;
    while let Err(failure) = find_database(app).await {
        if Instant::now() + RETRY > deadline {
            return Err(failure);
        }
        if logged.as_ref() != Some(&failure.0) {
            tracing::warn!(error.cause = failure.0, "waiting for the database");
            logged = Some(failure.0);
        }
        tokio::time::sleep(RETRY).await;
    }
    app.db.set_up().await.map_err(crate::error::Error::from)?;
    Ok(signing_keys::load(app).await?)
}

async fn find_database(app: &App) -> Result<(), Failure> {
    let config = &app.config.database;
    let found = app.db.find().await;
    let connection = found.map_err(|error| cannot_open(config, Purpose::Serve, &error))?;
    let pending = store::pending(&connection).await;
    connection.close().await.map_err(crate::error::Error::from)?;
    need_schema(&pending?)
}

fn need_schema(pending: &[String]) -> Result<(), Failure> {
    if pending.is_empty() {
        return Ok(());
    }
    let count = pending.len();
    Err(Failure(format!("the database lacks {count} migrations; run `postern migrate up` first")))
}

/// Connects to a database that has the schema of this version, and puts the app together.
pub async fn app(config: Config) -> Result<App, Failure> {
    let db = database(&config, Purpose::Serve).await?;
    need_schema(&store::pending(db.reader()).await?)?;
    Ok(App::new(config, Clock::System, db)?)
}
