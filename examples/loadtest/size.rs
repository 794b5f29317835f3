//! A large database, compared with a small one.

use crate::Plan;
use crate::installation::{DEFAULT_HASHES, Installation};
use crate::lists;
use crate::process::Server;
use crate::report::{Subject, Targets, compare, table_head};
use crate::tokens;

/// The number of clients in both databases.
const CLIENTS: usize = 1_000;

/// Measures a thousand clients among a thousand credentials, and among a million.
pub async fn run(plan: &Plan, database: Option<&str>, targets: &mut Targets) {
    let small = Installation::new(database, CLIENTS + DEFAULT_HASHES).await;
    let large = Installation::new(database, 1_000_000 + DEFAULT_HASHES).await;
    let (mut servers, mut requests) = (Vec::new(), Vec::new());
    for installation in [&small, &large] {
        let server = Server::start(&["serve"], &installation.settings).await;
        let client_ids = installation.cheap_client_ids();
        let spread: Vec<_> =
            client_ids.iter().step_by(client_ids.len() / CLIENTS).cloned().collect();
        let of_each = tokens::requests(installation, &spread);
        tokens::warm_up(&server, &of_each).await;
        servers.push(server);
        requests.push(of_each);
    }
    table_head("Warm tokens of 1,000 clients");
    let subjects = [
        Subject::new("among 1,000 credentials", &servers[0], &requests[0], 256),
        Subject::new("among 1,000,000 credentials", &servers[1], &requests[1], 256),
    ];
    let measurements = compare(&subjects, plan.runs, plan.time, large.app.db.reader()).await;
    let ratio = measurements[1].rate_ratio(&measurements[0]);
    let name = "warm tokens among 1,000,000 credentials / 1,000";
    targets.add(name, "≥ 0.9", format!("{ratio:.2}"));
    lists::depth(plan, &large, targets).await;
    small.delete().await;
    large.delete().await;
}
