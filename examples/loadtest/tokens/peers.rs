//! Warm tokens compared with simpler servers, and one hot credential.

use std::sync::Arc;

use crate::Plan;
use crate::installation::{DEFAULT_HASHES, Installation};
use crate::process::Server;
use crate::report::{Subject, Targets, compare, table_head};

/// Measures warm tokens, one statement per request and the baseline; then one hot credential.
pub async fn compare_with_peers(plan: &Plan, of: &Installation, targets: &mut Targets) {
    let client_ids = of.cheap_client_ids();
    let many = super::requests(of, client_ids);
    let default_hashes = super::requests(of, &of.client_ids[..DEFAULT_HASHES]);
    let full = Server::start(&["serve"], &of.settings).await;
    super::warm_up(&full, &many).await;
    let one_by_one = Server::start(&["peer", "one-by-one", &client_ids[0]], &of.settings).await;
    let baseline = Server::start(&["peer", "baseline", &client_ids[0]], &of.settings).await;
    super::warm_up(&one_by_one, &many).await;
    table_head("Other designs, 64 connections");
    let subjects = [
        Subject::new("Postern", &full, &many, 64),
        Subject::new("one by one", &one_by_one, &many, 64),
        Subject::new("baseline", &baseline, &default_hashes, 64),
    ];
    let measurements = compare(&subjects, plan.runs, plan.time, of.app.db.reader()).await;
    let target = if of.app.db.is_sqlite() { "≥ 5" } else { "≥ 3" };
    let ratio = measurements[0].rate_ratio(&measurements[1]);
    targets.add("warm tokens / one by one, 64", target, format!("{ratio:.1}"));
    let ratio = measurements[0].rate_ratio(&measurements[2]);
    targets.add("warm tokens / baseline, 64", "≥ 60", format!("{ratio:.0}"));

    let hot = Arc::new(vec![many[0].clone()]);
    table_head("One hot credential");
    let subjects = [Subject::new("all", &full, &many, 256), Subject::new("one", &full, &hot, 256)];
    let measurements = compare(&subjects, plan.runs, plan.time, of.app.db.reader()).await;
    let ratio = measurements[1].rate_ratio(&measurements[0]);
    targets.add("one hot credential / all", "≥ 0.8", format!("{ratio:.2}"));
}
