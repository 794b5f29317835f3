//! The index of SQLite that finds texts in the names of service accounts.

use sea_orm::ConnectionTrait;

use crate::app::App;
use crate::error::Result;

/// Merges parts of the index, which each change of a name adds one to, and each search reads all of: at
/// most 500 pages of 4 KiB, for which writers wait some milliseconds. If there are no such parts, nothing
/// is written.
const MERGE: &str =
    "INSERT INTO service_account_names (service_account_names, rank) VALUES ('merge', 500)";

/// Keeps the searches of texts fast. PostgreSQL does it by itself.
///
/// # Errors
/// Database errors.
pub async fn merge_index(app: &App) -> Result<()> {
    if app.db.is_sqlite() {
        app.db.writer().execute_unprepared(MERGE).await?;
    }
    Ok(())
}
