//! What commands share: the logs, the database, and its state.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use super::Failure;
use crate::app::App;
use crate::clock::Clock;
use crate::config::{self, Config, Finding, Level, LogFormat};
use crate::store::{self, Db, Purpose, Schema};

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
    let mut findings = config::review(config).into_iter();
    findings.find(|it| it.check == "master_key").map_or(Ok(()), refuse)
}

/// Refuses to serve with settings that cannot be right.
pub fn permit_serving(config: &Config) -> Result<(), Failure> {
    config::review(config).into_iter().try_for_each(refuse)
}

/// Warns of settings that work and put something at risk.
pub fn warn_of_risks(config: &Config) {
    for finding in config::review(config).iter().filter(|it| it.level == Level::Warning) {
        tracing::warn!(check = finding.check, "{finding}");
    }
}

fn refuse(finding: Finding) -> Result<(), Failure> {
    if finding.level == Level::Problem { Err(Failure(finding.to_string())) } else { Ok(()) }
}

/// Connects to the database; otherwise what went wrong, and what to do.
pub async fn connect(config: &Config, purpose: Purpose) -> Result<Db, (String, &'static str)> {
    let url = config.database.display_url();
    Db::connect(&config.database, purpose).await.map_err(|error| {
        let action = if config.database.is_sqlite() && purpose == Purpose::Serve {
            "is the file there? `postern migrate up` makes it"
        } else {
            "is it running, and is POSTERN_DATABASE_URL right?"
        };
        (format!("cannot open the database {url}: {error}"), action)
    })
}

/// Connects to the database.
pub async fn database(config: &Config, purpose: Purpose) -> Result<Db, Failure> {
    let db = connect(config, purpose).await;
    db.map_err(|(error, action)| Failure(format!("{error}; {action}")))
}

/// Connects to a database that has the schema of this version, and puts the app together.
pub async fn app(config: Config) -> Result<App, Failure> {
    let db = database(&config, Purpose::Serve).await?;
    permit_schema(&store::schema(db.reader()).await?)?;
    Ok(App::new(config, Clock::System, db)?)
}

/// Refuses to work with a database that lacks migrations of this version, or that this version is
/// too old for.
fn permit_schema(schema: &Schema) -> Result<(), Failure> {
    if let Some(conflict) = schema.conflict() {
        return Err(Failure(conflict));
    }
    if !schema.pending.is_empty() {
        let count = schema.pending.len();
        return Err(Failure(format!(
            "the database lacks {count} migrations; run `postern migrate up` first"
        )));
    }
    if let Some(last) = schema.newer.last() {
        tracing::warn!(last, "the database has migrations of a newer version of postern");
    }
    Ok(())
}
