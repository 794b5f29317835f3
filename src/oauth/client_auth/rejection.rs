//! What follows a failed client authentication: one line in the log, and the rate limit. The
//! response is the same for every reason.

use std::time::Duration;

use crate::app::App;
use crate::domain::credentials::{AuthFailure, Flaw, Source};
use crate::oauth::error::Error;

/// The number of characters of a client id.
const CLIENT_ID_LENGTH: usize = 21;

/// Writes the line, which never holds a secret.
pub fn log(source: &Source, client_id: &str, failure: AuthFailure, flaw: Option<Flaw>) {
    tracing::info!(
        client.id = loggable(client_id),
        client.address = %source.address,
        auth.reason = failure.name(),
        auth.detail = flaw,
        "client authentication failed"
    );
}

/// A client id as the log shows it. What has not the form of one of ours may be a secret that was
/// sent in its place.
fn loggable(client_id: &str) -> &str {
    let is_ours = client_id.len() == CLIENT_ID_LENGTH
        && client_id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_ours { client_id } else { "invalid" }
}

/// Counts the failure of a client that sent a secret, or something else.
///
/// # Errors
/// It is one too many.
pub fn limit(
    app: &App,
    source: &Source,
    client_id: &str,
    failure: AuthFailure,
    by_secret: bool,
) -> Result<(), Error> {
    let counted = match failure {
        // Nothing was tried.
        AuthFailure::MissingCredentials | AuthFailure::UnsupportedMethod => Ok(()),
        // A place in the queue is free again within a moment.
        AuthFailure::TooManyFailures => Err(Duration::ZERO),
        _ => {
            let hashed = by_secret && failure != AuthFailure::MalformedSecret;
            app.auth_failures.record(source.address, client_id, hashed)
        }
    };
    counted.map_err(|wait| Error::TooManyFailures { retry_after: wait.as_secs() + 1 })
}
