//! Audit events of attempts that were denied or failed: counted by the surfaces, written later.

mod rows;

use entity::{OrganizationId, id};

use super::outcome::{EventReason, Outcome, Rejection};
use super::{EventType, insert};
use crate::app::App;
use crate::auth::{AuthFailure, ClientInfo};
use crate::authz::Actor;
use crate::context::OpContext;
use crate::domain::filters::{is_client_id, is_role_label};
use crate::error::Result;
use crate::network::{Prefix, Subscriber};
use crate::rejections::{Attempt, By, Counted};
use crate::store::in_transaction;

/// The objects that a rejected operation named.
#[derive(Clone, Copy, Debug, Default)]
pub struct Named<'a> {
    /// The id of the target.
    pub target: Option<&'a str>,
    /// The label or the id of the role to grant or revoke.
    pub role: Option<&'a str>,
}

/// Counts a rejected operation of an authenticated caller.
pub fn reject_operation(op: &OpContext, action: EventType, named: Named<'_>, rejection: Rejection) {
    let Actor::Client(client) = &op.actor else { return };
    let Rejection { outcome, reason, detail } = rejection;
    let attempt = Attempt {
        organization: Some(client.organization.clone()),
        by: Some(By::ServiceAccount(client.service_account.clone(), client.credential.clone())),
        action: action.action(),
        outcome: outcome.text(),
        reason: reason.text(),
        detail,
        target: named.target.filter(|target| id::is_shaped(target)).map(str::to_owned),
        role: named.role.filter(|role| is_role_label(role)).map(str::to_owned),
    };
    op.app.rejections.count(attempt, &op.request_id, op.address);
}

/// Counts a failed client authentication. The client id is not looked up here: the duration of the
/// response does not depend on it.
pub fn reject_client(app: &App, client: &ClientInfo, client_id: &str, failure: &AuthFailure) {
    let network = Prefix::from(Subscriber::from(client.address));
    let client_id = Some(client_id).filter(|it| is_client_id(it)).map(str::to_owned);
    let by = match (failure, client_id) {
        // Has an event of its own, with the exact address.
        (AuthFailure::AddressNotAllowed { .. }, _) => return,
        (
            AuthFailure::MissingCredentials
            | AuthFailure::UnsupportedMethod
            | AuthFailure::UnknownClient,
            _,
        )
        | (_, None) => By::Unverified(None, network),
        (
            AuthFailure::MalformedSecret
            | AuthFailure::InvalidAssertion
            | AuthFailure::TooManyFailures,
            client_id,
        ) => By::Unverified(client_id, network),
        (_, Some(client_id)) => By::Client(client_id, Some(network)),
    };
    count_authentication(app, client, None, by, failure.into());
}

/// Counts a token that was valid once, and whose credential is not active any more.
pub fn reject_token(
    app: &App,
    client: &ClientInfo,
    organization: OrganizationId,
    client_id: String,
) {
    let network = Prefix::from(Subscriber::from(client.address));
    let by = By::Client(client_id, Some(network));
    count_authentication(app, client, Some(organization), by, EventReason::TokenNotActive);
}

fn count_authentication(
    app: &App,
    client: &ClientInfo,
    organization: Option<OrganizationId>,
    by: By,
    reason: EventReason,
) {
    let attempt = Attempt {
        organization,
        by: Some(by),
        action: EventType::AuthenticationFail.action(),
        outcome: Outcome::Denied.text(),
        reason: reason.text(),
        detail: None,
        target: None,
        role: None,
    };
    app.rejections.count(attempt, &client.request_id, None);
}

/// Writes the events of counted attempts that are due, or those of `all` when the server stops. After
/// a failure the next call writes the same events; those that were committed nevertheless are skipped.
///
/// # Errors
/// The database does not respond.
pub async fn write_rejected(app: &App, all: bool) -> Result<()> {
    let mut unwritten = app.rejections.unwritten.lock().await;
    if all || unwritten.is_empty() {
        unwritten.extend(app.rejections.take(all));
    }
    write(app, &unwritten).await?;
    unwritten.clear();
    let dropped = app.rejections.take_dropped();
    if dropped > 0 {
        tracing::warn!(dropped, "rejected attempts were not recorded: there were too many kinds");
    }
    Ok(())
}

async fn write(app: &App, counted: &[Counted]) -> Result<()> {
    if counted.is_empty() {
        return Ok(());
    }
    let (events, unknown) = rows::read(app, counted).await?;
    if !events.is_empty() {
        in_transaction!(app.db, transaction => {
            let events = rows::without_committed(transaction, events.clone()).await?;
            insert(transaction, app, events).await
        })?;
    }
    for counted in unknown {
        app.audit_output.line(&rows::line(counted));
    }
    Ok(())
}
