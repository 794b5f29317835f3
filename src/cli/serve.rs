//! `postern serve`.

use std::time::Duration;

use tokio::net::TcpListener;

use super::{Failure, open};
use crate::app::App;
use crate::config::Config;
use crate::domain::audit;
use crate::{rest, server};

/// Time limit for writing the audit events that are still in memory.
const WRITE_TIMEOUT: Duration = Duration::from_secs(2);

/// Time limit for closing the database; all acknowledged changes are committed before.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

pub async fn run(config: Config) -> Result<(), Failure> {
    open::permit_serving(&config)?;
    let listener = listen(&config).await?;
    let app = open::app_without_database(config)?;
    // The server listens before its database is available, and is not ready until then.
    let ready = async {
        open::until_ready(&app).await?;
        open::warn_of_risks(&app.config);
        tracing::info!(address = app.config.listen, issuer = app.config.issuer, "serving");
        Ok(())
    };
    until_stopped(&app, listener, ready).await
}

/// Binds the address to listen on.
pub async fn listen(config: &Config) -> Result<TcpListener, Failure> {
    server::check(config)?;
    let address = &config.listen;
    TcpListener::bind(address).await.map_err(|error| {
        Failure(format!(
            "cannot listen on {address}: {error}; set POSTERN_LISTEN to another address"
        ))
    })
}

/// Starts the output of audit events, if it is set.
fn start_audit_output(app: &App) -> Result<(), Failure> {
    if !app.config.log.audit_to_stdout {
        return Ok(());
    }
    let started = app.audit_output.start(rest::audit_event_line);
    started.map_err(|error| Failure(format!("audit_log: {error}")))
}

/// Serves until a signal stops the process or `ready` fails, then closes the database. Once it is
/// ready, the connection to the database is watched.
pub async fn until_stopped(
    app: &App,
    listener: TcpListener,
    ready: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    start_audit_output(app)?;
    let watched = async {
        ready.await?;
        Ok::<_, Failure>(app.db.monitor().await)
    };
    tokio::select! {
        ended = server::run(listener, app.clone(), server::shutdown_signal()?) => ended?,
        failed = watched => match failed? {},
    }
    write_last_events(app).await;
    match tokio::time::timeout(CLOSE_TIMEOUT, app.db.clone().close()).await {
        Ok(closed) => closed.map_err(|error| crate::error::Error::from(error).into()),
        Err(_) => {
            tracing::warn!("the database did not close in time");
            Ok(())
        }
    }
}

/// Writes the audit events of rejected attempts that are still in memory.
async fn write_last_events(app: &App) {
    match tokio::time::timeout(WRITE_TIMEOUT, audit::write_rejected(app, true)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => error.log(),
        Err(_) => tracing::warn!("the last audit events were not written in time"),
    }
    app.audit_output.flush();
}
