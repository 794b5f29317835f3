//! What commands share: the logs, the database, and its state.

use super::Failure;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::store::{self, Db, Purpose};
use crate::telemetry::{self, Flush};

/// Writes logs to standard error until the result is dropped.
pub fn logs(config: &Config) -> Result<Flush, Failure> {
    telemetry::start(config).map_err(Failure)
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
    let url = config.database.display_url();
    Db::connect(&config.database, purpose).await.map_err(|error| {
        let todo = if config.database.is_sqlite() && purpose == Purpose::Serve {
            "is the file there? `postern migrate up` makes it"
        } else {
            "is it running, and is POSTERN_DATABASE_URL right?"
        };
        Failure(format!("cannot open the database {url}: {error}; {todo}"))
    })
}

/// Connects to a database that has the schema of this version, and puts the app together.
pub async fn app(config: Config) -> Result<App, Failure> {
    let db = database(&config, Purpose::Serve).await?;
    let pending = store::pending(db.reader()).await?;
    if !pending.is_empty() {
        let count = pending.len();
        return Err(Failure(format!(
            "the database lacks {count} migrations; run `postern migrate up` first"
        )));
    }
    Ok(App::new(config, Clock::System, db)?)
}
