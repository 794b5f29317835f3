//! An assertion is used once: a row for each that was, until it has ended.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use entity::used_assertion::{ActiveModel, Column, Entity};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, EntityTrait, SqlErr};

use super::claims::Claims;
use crate::app::App;
use crate::clock::LEEWAY;
use crate::domain::credentials::Proof;
use crate::error::Result;

/// Uses an assertion, which one request can, at whichever replica; false, if another has.
pub async fn claim(app: &App, proof: &Proof, claims: &Claims) -> Result<bool> {
    let row = ActiveModel {
        credential_id: Set(proof.credential.clone()),
        jti_digest: Set(URL_SAFE_NO_PAD.encode(digest(&SHA256, claims.jti.as_bytes()))),
        organization_id: Set(proof.organization.clone()),
        expires_at: Set(claims.ends_at(app.clock.now())),
    };
    let mut once = OnConflict::columns([Column::CredentialId, Column::JtiDigest]);
    let insert = Entity::insert(row).on_conflict(once.do_nothing().to_owned());
    match insert.exec_without_returning(app.db.writer()).await {
        Ok(written) => Ok(written > 0),
        Err(DbErr::RecordNotInserted) => Ok(false),
        // The credential was deleted at this moment.
        Err(error) if matches!(error.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_))) => {
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// Deletes what is known of assertions that have ended: twice the leeway later, as the clock of
/// another replica may be behind, and it grants a leeway, too.
///
/// # Errors
/// What the database answers.
pub async fn forget(app: &App) -> Result<()> {
    let ended = app.clock.now() - TimeDelta::seconds(2 * LEEWAY);
    Entity::delete_ended_until(ended).exec(app.db.writer()).await?;
    Ok(())
}
