//! Mutations that are in progress for as long as a test wants.

use sea_orm::{ConnectionTrait, Database, DatabaseTransaction, TransactionTrait};

use crate::support::World;

/// Renames the organization.
pub const RENAME: &str = r#"
    mutation { updateOrganization(input: { id: "acme", name: "Renamed" }) { organization { name } } }
"#;

/// Holds every [`RENAME`] in progress until it is rolled back.
pub async fn hold(world: &World) -> DatabaseTransaction {
    let db = Database::connect(world.database_url()).await.expect("a database");
    let transaction = db.begin().await.expect("a transaction");
    transaction.execute_unprepared("UPDATE organizations SET name = name").await.expect("locked");
    transaction
}
