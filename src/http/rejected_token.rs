//! Audit of access tokens that were valid once and are rejected.

use std::net::IpAddr;
use std::sync::Arc;

use crate::app::App;
use crate::auth::ClientInfo;
use crate::domain::audit;
use crate::error::Error;

/// Counts the rejection of a request for the audit trail, if a key of this server signed its token and
/// it has not expired: its credential is not active any more, or the token was revoked.
pub fn count(
    app: &App,
    token: Option<&str>,
    request_id: &Arc<str>,
    address: Option<IpAddr>,
    error: &Error,
) {
    let (Error::Unauthenticated, Some(address)) = (error, address) else { return };
    let rejected = token.and_then(|token| app.auth.rejected_token(token));
    if let Some((organization, client_id)) = rejected {
        let client = ClientInfo { address, user_agent: None, request_id: Arc::clone(request_id) };
        audit::reject_token(app, &client, organization, client_id);
    }
}
