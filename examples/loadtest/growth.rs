//! The size of the database after a million tokens, which have no rows.

use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement};

use crate::generator::{self, Until};
use crate::installation::{DEFAULT_HASHES, Installation};
use crate::process::Server;
use crate::report::print_line;
use crate::tokens;

/// The number of clients.
const CLIENTS: usize = 1_000;
/// The least number of tokens between two sizes.
const TOKENS: usize = 1_000_000;
/// The duration of each run of tokens.
const RUN: Duration = Duration::from_secs(5);

/// Measures the size of the database; returns whether the second million of tokens adds nothing.
/// The first may: first uses and longer counts widen rows, and updates need free space.
pub async fn run(server: Option<&str>) -> bool {
    let of = Installation::new(server, DEFAULT_HASHES + CLIENTS).await;
    let server = Server::start(&["serve"], &of.settings).await;
    let requests = tokens::requests(&of, of.cheap_client_ids());
    let initial = size(&of).await;
    tokens::warm_up(&server, &requests).await;
    let one_each = size(&of).await;
    let mut sizes = Vec::new();
    for _ in 0..2 {
        let mut issued = 0;
        while issued < TOKENS {
            let outcome = generator::run(server.address, &requests, 64, Until::Elapsed(RUN)).await;
            assert_eq!(outcome.errors, 0, "every request succeeds");
            issued += outcome.succeeded;
        }
        sizes.push(size(&of).await);
    }
    print_line("\n### Size of the database, in KiB\n");
    print_line("| without tokens | one per client | a million more | another million |");
    print_line("|---:|---:|---:|---:|");
    print_line(&format!("| {initial} | {one_each} | {} | {} |", sizes[0], sizes[1]));
    of.delete().await;
    sizes[1] <= sizes[0]
}

/// The size of the database in KiB, after its own maintenance.
async fn size(of: &Installation) -> i64 {
    let (maintenance, size): (&[&str], _) = if of.app.db.is_sqlite() {
        let pages = "SELECT page_count * page_size / 1024 FROM pragma_page_count, pragma_page_size";
        (&["PRAGMA wal_checkpoint(TRUNCATE)"], pages)
    } else {
        (&["VACUUM", "CHECKPOINT"], "SELECT pg_database_size(current_database()) / 1024")
    };
    let db = of.app.db.writer();
    for statement in maintenance {
        db.execute_unprepared(statement).await.expect(statement);
    }
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), size)).await;
    row.expect("a result").expect("a row").try_get_by_index(0).expect("a number")
}
