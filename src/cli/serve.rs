//! `postern serve`.

use tokio::net::TcpListener;

use super::{Failure, open};
use crate::app::App;
use crate::config::Config;
use crate::domain::signing_keys;
use crate::server;

pub async fn run(config: Config) -> Result<(), Failure> {
    open::permit_serving(&config)?;
    let app = open::app(config).await?;
    signing_keys::load(&app).await?;
    let listener = listen(&app.config).await?;
    open::warn_of_risks(&app.config);
    tracing::info!(address = app.config.listen, issuer = app.config.issuer, "serving");
    until_told(app, listener).await
}

/// Takes the address.
pub async fn listen(config: &Config) -> Result<TcpListener, Failure> {
    let address = &config.listen;
    TcpListener::bind(address).await.map_err(|error| {
        Failure(format!("cannot listen on {address}: {error}; set another POSTERN_LISTEN"))
    })
}

/// Serves until the process is told to stop, then closes the database.
pub async fn until_told(app: App, listener: TcpListener) -> Result<(), Failure> {
    server::run(listener, app.clone(), server::told_to_stop()?).await?;
    app.db.clone().close().await.map_err(|error| crate::error::Error::from(error).into())
}
