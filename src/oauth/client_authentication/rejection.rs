//! Side effects of failed client authentication: log, rate limit and audit event. The response is the
//! same for every reason.

use std::time::Duration;

use crate::app::App;
use crate::auth::{AuthFailure, ClientInfo, InvalidReason};
use crate::domain::filters::is_client_id;
use crate::domain::{audit, credentials};
use crate::oauth::error::Error;

/// Logs a failure, never with a secret.
pub fn log(
    client: &ClientInfo,
    client_id: &str,
    failure: &AuthFailure,
    detail: Option<InvalidReason>,
) {
    tracing::info!(
        client.id = loggable(client_id),
        client.address = %client.address,
        auth.reason = failure.name(),
        auth.detail = detail,
        "client authentication failed"
    );
}

/// The client id for the log. Text without the form of a client id is left out: it may be a secret that
/// was sent by mistake.
fn loggable(client_id: &str) -> &str {
    if is_client_id(client_id) { client_id } else { "invalid" }
}

/// Counts a failure for the rate limit.
///
/// # Errors
/// The limit is exceeded.
pub fn count(
    app: &App,
    client: &ClientInfo,
    client_id: &str,
    failure: &AuthFailure,
    with_secret: bool,
) -> Result<(), Error> {
    let counted = match failure {
        // Nothing was verified.
        AuthFailure::MissingCredentials | AuthFailure::UnsupportedMethod => Ok(()),
        // The queue has capacity again within a moment.
        AuthFailure::TooManyFailures => Err(Duration::ZERO),
        _ => {
            let hashed = with_secret && *failure != AuthFailure::MalformedSecret;
            app.auth.rate_limit.record(client.address, client_id, hashed)
        }
    };
    counted.map_err(|wait| Error::TooManyFailures { retry_after: wait.as_secs() + 1 })
}

/// Records the failure in the audit trail: in memory, or for a correct secret from an address that its
/// credential is restricted from in the background.
pub fn report(app: &App, client: &ClientInfo, client_id: &str, failure: AuthFailure) {
    audit::reject_client(app, client, client_id, &failure);
    if let AuthFailure::AddressNotAllowed { credential, organization } = failure {
        credentials::report_address_rejection(app, organization, credential, client);
    }
}
