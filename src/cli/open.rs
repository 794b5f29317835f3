//! Steps that commands share: logs, checks of settings, and the database.

use std::time::Duration;

use sea_orm::DbErr;
use tokio::time::Instant;

use super::Failure;
use crate::app::App;
use crate::clock::Clock;
use crate::config::{self, Config, DatabaseConfig, Finding, Level};
use crate::store::{self, ConnectMode, Db, SchemaStatus};
use crate::telemetry::{self, FlushGuard};

/// Writes logs to standard error until the result is dropped.
pub fn logs(config: &Config) -> Result<FlushGuard, Failure> {
    telemetry::init(config).map_err(Failure)
}

/// Fails without a master key.
pub fn need_master_key(config: &Config) -> Result<(), Failure> {
    let mut findings = config::review(config).into_iter();
    findings.find(|it| it.check == "master_key").map_or(Ok(()), refuse)
}

/// Fails if the settings have a problem.
pub fn permit_serving(config: &Config) -> Result<(), Failure> {
    config::review(config).into_iter().try_for_each(refuse)
}

/// Logs a warning for each risk of the settings.
pub fn warn_of_risks(config: &Config) {
    for finding in config::review(config).iter().filter(|it| it.level == Level::Warning) {
        tracing::warn!(check = finding.check, "{finding}");
    }
}

fn refuse(finding: Finding) -> Result<(), Failure> {
    if finding.level == Level::Problem { Err(Failure(finding.to_string())) } else { Ok(()) }
}

/// Connects to the database. An error is a message and the action that resolves it.
pub async fn connect(config: &Config, mode: ConnectMode) -> Result<Db, (String, &'static str)> {
    let config = &config.database;
    Db::connect(config, mode).await.map_err(|error| cannot_open(config, mode, &error))
}

fn cannot_open(
    config: &DatabaseConfig,
    mode: ConnectMode,
    error: &DbErr,
) -> (String, &'static str) {
    let action = if config.is_sqlite() && mode == ConnectMode::Serve {
        "check that the file exists; `postern migrate up` creates it"
    } else {
        "check that it is running, and POSTERN_DATABASE_URL"
    };
    (format!("cannot open the database {}: {error}", config.display_url()), action)
}

/// Connects to the database.
pub async fn database(config: &Config, mode: ConnectMode) -> Result<Db, Failure> {
    connect(config, mode).await.map_err(unreachable)
}

fn unreachable((error, action): (String, &'static str)) -> Failure {
    Failure(format!("{error}; {action}"))
}

/// Time between two attempts to connect to the database.
const RETRY: Duration = Duration::from_millis(500);

/// Time limit of an attempt.
const ATTEMPT: Duration = Duration::from_secs(10);

/// Creates the app while its database may be unreachable: requests fail as unavailable until
/// [`until_ready`] returns.
pub fn app_without_database(config: Config) -> Result<App, Failure> {
    let db = Db::open(&config.database, ConnectMode::Serve);
    Ok(App::new(config, Clock::System, db)?)
}

/// Reason why the app is not ready.
enum NotReady {
    /// A retry may succeed.
    Yet(Failure),
    /// No retry can succeed.
    Ever(Failure),
}

impl From<crate::error::Error> for NotReady {
    fn from(error: crate::error::Error) -> Self {
        match error {
            crate::error::Error::Unavailable(_) => Self::Yet(error.into()),
            error => Self::Ever(error.into()),
        }
    }
}

/// Waits for a database that has the schema of this version, and loads the signing keys.
///
/// # Errors
/// The database is unreachable or not migrated after the configured wait, its schema is
/// incompatible, or the keys cannot be loaded.
pub async fn until_ready(app: &App) -> Result<(), Failure> {
    let deadline = Instant::now() + app.config.database.wait;
    let mut logged = None;
    loop {
        let failure = match tokio::time::timeout(ATTEMPT, prepare(app)).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(NotReady::Ever(failure))) => return Err(failure),
            Ok(Err(NotReady::Yet(failure))) => failure,
            Err(_) => {
                let url = app.config.database.display_url();
                Failure(format!("the database {url} does not respond; check its load and its log"))
            }
        };
        if Instant::now() + RETRY > deadline {
            return Err(failure);
        }
        if logged.as_ref() != Some(&failure.0) {
            tracing::warn!(error.cause = failure.0, "waiting for the database");
            logged = Some(failure.0);
        }
        tokio::time::sleep(RETRY).await;
    }
}

async fn prepare(app: &App) -> Result<(), NotReady> {
    let config = &app.config.database;
    let found = app.db.connect_unpooled().await;
    let connection = found.map_err(|error| {
        NotReady::Yet(unreachable(cannot_open(config, ConnectMode::Serve, &error)))
    })?;
    let schema = store::schema_status(&connection).await;
    connection.close().await.map_err(crate::error::Error::from)?;
    let schema = schema?;
    if schema.conflict().is_none() {
        need_all_migrations(&schema).map_err(NotReady::Yet)?;
    }
    permit_schema(&schema).map_err(NotReady::Ever)?;
    app.db.reconnect().await.map_err(crate::error::Error::from)?;
    Ok(app.keys.load().await?)
}

/// Connects to a database that has the schema of this version, and creates the app.
pub async fn app(config: Config) -> Result<App, Failure> {
    let db = database(&config, ConnectMode::Serve).await?;
    permit_schema(&store::schema_status(db.reader()).await?)?;
    Ok(App::new(config, Clock::System, db)?)
}

/// Fails if migrations are pending, or if this version is too old for the database.
fn permit_schema(schema: &SchemaStatus) -> Result<(), Failure> {
    if let Some(conflict) = schema.conflict() {
        return Err(Failure(conflict));
    }
    need_all_migrations(schema)?;
    if let Some(last) = schema.newer.last() {
        tracing::warn!(last, "the database has migrations of a newer version");
    }
    Ok(())
}

fn need_all_migrations(schema: &SchemaStatus) -> Result<(), Failure> {
    match schema.pending.len() {
        0 => Ok(()),
        count => Err(Failure(format!(
            "the database has {count} pending migrations; run `postern migrate up` first"
        ))),
    }
}
