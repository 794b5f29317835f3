//! `postern serve`.

use std::time::Duration;

use tokio::net::TcpListener;

use super::{Failure, open};
use crate::app::App;
use crate::config::Config;
use crate::server;

/// How long the database may take to close: whatever was answered is committed.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

pub async fn run(config: Config) -> Result<(), Failure> {
    open::permit_serving(&config)?;
    let listener = listen(&config).await?;
    let app = open::app_without_database(config)?;
    // It listens before its database is there, and is not ready until then.
    let ready = async {
        open::until_ready(&app).await?;
        open::warn_of_risks(&app.config);
        tracing::info!(address = app.config.listen, issuer = app.config.issuer, "serving");
        Ok(())
    };
    until_told(&app, listener, ready).await
}

/// Takes the address.
pub async fn listen(config: &Config) -> Result<TcpListener, Failure> {
    server::check(config)?;
    let address = &config.listen;
    TcpListener::bind(address).await.map_err(|error| {
        Failure(format!("cannot listen on {address}: {error}; set another POSTERN_LISTEN"))
    })
}

/// Serves until the process is told to stop, then closes the database; ends, too, when it does not
/// become `ready`. From then on, the database is watched.
pub async fn until_told(
    app: &App,
    listener: TcpListener,
    ready: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    let watched = async {
        ready.await?;
        Ok::<_, Failure>(app.db.watch().await)
    };
    tokio::select! {
        ended = server::run(listener, app.clone(), server::told_to_stop()?) => ended?,
        failed = watched => match failed? {},
    }
    match tokio::time::timeout(CLOSE_TIMEOUT, app.db.clone().close()).await {
        Ok(closed) => closed.map_err(|error| crate::error::Error::from(error).into()),
        Err(_) => {
            tracing::warn!("the database did not close in time");
            Ok(())
        }
    }
}
