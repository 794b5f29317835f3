//! Revocation of single access tokens: a row for each until the token has expired.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta};
use entity::revoked_token;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, EntityTrait};

use crate::app::App;
use crate::auth::{ActiveClient, ClientInfo, ValidToken};
use crate::authz::Actor;
use crate::clock::LEEWAY;
use crate::context::OpContext;
use crate::domain::audit::{self, Event, EventType, Target};
use crate::error::{Error, Result};
use crate::store::{self, in_transaction};

/// Revokes a token for its own service account: it is rejected from the next request on, at every
/// replica.
///
/// # Errors
/// The database does not respond.
pub async fn revoke(
    app: &App,
    by: &ActiveClient,
    token: &ValidToken,
    client: &ClientInfo,
) -> Result<()> {
    let claims = token.claims();
    let actor = Actor::Client(Arc::new(by.actor(None, app.clock.now())));
    let op = OpContext::of_request(app, actor, client);
    let row = revoked_token::ActiveModel {
        jti: Set(claims.jti.clone()),
        organization_id: Set(claims.org.clone()),
        credential_id: Set(token.client.credential.id.clone()),
        expires_at: Set(DateTime::from_timestamp(claims.exp, 0).ok_or(Error::Unauthenticated)?),
    };
    in_transaction!(app.db, transaction => {
        let mut conflict = OnConflict::column(revoked_token::Column::Jti);
        let insert = revoked_token::Entity::insert(row.clone()).on_conflict(conflict.do_nothing().to_owned());
        match insert.exec_without_returning(transaction).await {
            // A concurrent request revoked it.
            Ok(0) | Err(DbErr::RecordNotInserted) => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        let target = Target { kind: "token", id: &claims.jti, name: None };
        let event = Event::success(&claims.org, EventType::TokenRevoke, target);
        audit::record(transaction, &op, event).await
    })
}

/// Deletes the rows of revoked tokens after they expire, and twice the leeway later: the clock of
/// another replica may be behind, and it grants a leeway itself.
///
/// # Errors
/// The database does not respond.
pub async fn delete_expired(app: &App) -> Result<()> {
    let expired = app.clock.now() - TimeDelta::seconds(2 * LEEWAY);
    store::delete_expired::<revoked_token::Entity>(&app.db, expired).await
}
