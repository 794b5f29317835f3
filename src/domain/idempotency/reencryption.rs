//! Re-encryption of stored results after a change of the master key.

use entity::{TenantScoped, idempotency_key};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, QueryFilter};

use super::claim::{aad, master_keys};
use crate::app::App;
use crate::encryption;
use crate::error::Result;

/// The number of results per batch.
const BATCH_SIZE: u64 = 100;

/// Re-encrypts the results under the first master key. Returns the number of results that were
/// encrypted under another one.
///
/// # Errors
/// The database does not respond. `Internal`: no master key decrypts a result.
pub async fn reencrypt(app: &App) -> Result<u64> {
    let (masters, mut count, mut last) = (master_keys(app)?, 0, String::new());
    loop {
        let rows = idempotency_key::Entity::any_tenant_after(&last, BATCH_SIZE);
        let rows = rows.all(app.db.reader()).await?;
        for idempotency_key::Model { id, organization_id, encrypted_result, .. } in &rows {
            let Some(reencrypted) = encryption::reencrypt(masters, aad(id), encrypted_result)?
            else {
                continue;
            };
            let update = idempotency_key::Entity::update_in_org(organization_id)
                .filter(idempotency_key::Column::Id.eq(id))
                .filter(idempotency_key::Column::EncryptedResult.eq(encrypted_result.as_slice()))
                .col_expr(idempotency_key::Column::EncryptedResult, Expr::value(reencrypted));
            count += update.exec(app.db.writer()).await?.rows_affected;
        }
        let Some(row) = rows.into_iter().last() else { return Ok(count) };
        last = row.id;
    }
}
