//! Audit events for valid secrets from addresses that their credential does not allow.

use entity::{CredentialId, OrganizationId};

use super::{event, select};
use crate::app::App;
use crate::auth::ClientInfo;
use crate::authz::Actor;
use crate::context::OpContext;
use crate::domain::audit::{self, Event, EventReason, EventType, Outcome};
use crate::error::Result;
use crate::store::in_transaction;

/// Records a rejection in the background, once a minute for each credential and subscriber: the
/// duration of the request must not reveal that the secret is valid. Failures to record are logged.
pub fn report_address_rejection(
    app: &App,
    organization: OrganizationId,
    credential: CredentialId,
    client: &ClientInfo,
) {
    if !app.auth.address_rejections.is_first(&credential, client.address) {
        return;
    }
    let op = OpContext::of_request(app, Actor::Anonymous, client);
    tokio::spawn(async move {
        if let Err(error) = record(&op, &organization, &credential).await {
            error.log();
        }
    });
}

/// Records the rejection, unless the credential was deleted in the meantime.
async fn record(op: &OpContext, org: &OrganizationId, credential: &CredentialId) -> Result<()> {
    let Some(row) = select(org, credential).one(op.db()).await? else { return Ok(()) };
    let detail = op.address.map(|address| format!("{address} is not among its addresses"));
    // The event gets its position in the log with its commit.
    in_transaction!(op.app.db, transaction => {
        let event = Event {
            outcome: Outcome::Denied,
            reason: Some(EventReason::AddressNotAllowed),
            detail: detail.as_deref(),
            ..event(&row, EventType::CredentialRefuse)
        };
        audit::record(transaction, op, event).await
    })
}
