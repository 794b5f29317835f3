//! What a million tokens leave in the database: none has a row.

use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement};

use crate::drive::{self, Until};
use crate::installation::{HEAVY, Installation};
use crate::process::Server;
use crate::report::say;
use crate::tokens;

/// How many clients there are.
const CLIENTS: usize = 1_000;
/// How many tokens are many.
const MANY: usize = 1_000_000;
/// How long they are issued before they are counted.
const RUN: Duration = Duration::from_secs(5);

/// Issues the tokens. Rows widen a little by their first uses and by the digits of a count, and updates
/// need some room beside them; whether the second million leaves nothing more.
pub async fn run(server: Option<&str>) -> bool {
    let of = Installation::new(server, HEAVY + CLIENTS).await;
    let server = Server::start(&["serve"], &of.settings).await;
    let once = tokens::requests(&of, &of.client_ids[HEAVY..]);
    let fresh = size(&of).await;
    tokens::warm(&server, &once).await;
    let one = size(&of).await;
    let mut sizes = Vec::new();
    for _ in 0..2 {
        let mut issued = 0;
        while issued < MANY {
            let outcome = drive::drive(server.address, &once, 64, Until::After(RUN)).await;
            assert_eq!(outcome.errors, 0, "no request is refused");
            issued += outcome.good;
        }
        sizes.push(size(&of).await);
    }
    say("\n### What tokens leave in the database, in KiB\n");
    say("| before any | one of each client | a million more | another million |");
    say("|---:|---:|---:|---:|");
    say(&format!("| {fresh} | {one} | {} | {} |", sizes[0], sizes[1]));
    of.end().await;
    sizes[1] <= sizes[0]
}

/// The size of the database in KiB, after it has put itself in order.
async fn size(of: &Installation) -> i64 {
    let (settle, size): (&[&str], _) = if of.app.db.is_sqlite() {
        let pages = "SELECT page_count * page_size / 1024 FROM pragma_page_count, pragma_page_size";
        (&["PRAGMA wal_checkpoint(TRUNCATE)"], pages)
    } else {
        (&["VACUUM", "CHECKPOINT"], "SELECT pg_database_size(current_database()) / 1024")
    };
    let db = of.app.db.writer();
    for statement in settle {
        db.execute_unprepared(statement).await.expect("the database settles");
    }
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), size)).await;
    row.expect("an answer").expect("a row").try_get_by_index(0).expect("a number")
}
