//! Revoking one token: a row until it would have ended by itself.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta};
use entity::revoked_token;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, EntityTrait};

use super::{Good, client};
use crate::app::App;
use crate::authz::Actor;
use crate::clock::LEEWAY;
use crate::cx::Cx;
use crate::domain::audit::{self, Event, Target};
use crate::domain::credentials::{Live, Source};
use crate::error::{Error, Result};
use crate::store::in_transaction;

/// Revokes a token for its own service account: it is refused from the next request on, at every
/// replica.
///
/// # Errors
/// What the database answers.
pub async fn revoke(app: &App, by: &Live, token: &Good, source: &Source) -> Result<()> {
    let claims = token.claims();
    let actor = Actor::Client(Arc::new(client(by, None, app.clock.now())));
    let (request_id, address) = (Arc::clone(&source.request_id), Some(source.address));
    let cx = Cx { app: app.clone(), actor, request_id, address };
    let row = revoked_token::ActiveModel {
        jti: Set(claims.jti.clone()),
        organization_id: Set(claims.org.clone()),
        credential_id: Set(token.live.proof.credential.clone()),
        expires_at: Set(DateTime::from_timestamp(claims.exp, 0).ok_or(Error::Unauthenticated)?),
    };
    in_transaction!(app.db, transaction => {
        let mut once = OnConflict::column(revoked_token::Column::Jti);
        let insert = revoked_token::Entity::insert(row.clone()).on_conflict(once.do_nothing().to_owned());
        match insert.exec_without_returning(transaction).await {
            // Another request was first.
            Ok(0) | Err(DbErr::RecordNotInserted) => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        let event = Event {
            organization: &claims.org,
            action: "token.revoke",
            target: Target { kind: "token", id: &claims.jti, name: None },
            detail: None,
            changes: Vec::new(),
        };
        audit::record(transaction, &cx, event).await
    })
}

/// Deletes what is known of tokens that have ended by themselves: twice the leeway later, as the clock
/// of another replica may be behind, and it grants a leeway, too.
///
/// # Errors
/// What the database answers.
pub async fn forget(app: &App) -> Result<()> {
    let ended = app.clock.now() - TimeDelta::seconds(2 * LEEWAY);
    revoked_token::Entity::delete_ended_until(ended).exec(app.db.writer()).await?;
    Ok(())
}
