//! Warm tokens: the secrets are cached.

use std::time::Instant;

use crate::Plan;
use crate::installation::Installation;
use crate::process::Server;
use crate::report::{Measurement, Subject, Targets, compare, median, table_head};

/// The number of commits whose latency is measured.
const COMMITS: usize = 200;

/// Measures warm tokens at each number of connections, compared with the ceiling.
pub async fn run(plan: &Plan, of: &Installation, targets: &mut Targets) {
    let is_sqlite = of.app.db.is_sqlite();
    let client_ids = of.cheap_client_ids();
    let ceiling = Server::start(&["peer", "ceiling", &client_ids[0]], &of.settings).await;
    let many = super::requests(of, client_ids);
    let full = Server::start(&["serve"], &of.settings).await;
    super::warm_up(&full, &many).await;
    let normal = if is_sqlite {
        let settings = of.settings_with(&[("SQLITE_SYNCHRONOUS", "normal")]);
        let server = Server::start(&["serve"], &settings).await;
        super::warm_up(&server, &many).await;
        Some(server)
    } else {
        None
    };
    let name = if is_sqlite { "Postern, FULL" } else { "Postern" };
    table_head(&format!("Warm tokens, {} clients", many.len()));
    for &connections in &plan.connections {
        let mut subjects = vec![
            Subject::new("ceiling", &ceiling, &many, connections),
            Subject::new(name, &full, &many, connections),
        ];
        subjects.extend(
            normal.iter().map(|it| Subject::new("Postern, NORMAL", it, &many, connections)),
        );
        let commit = commit_latency(of).await;
        let measurements = compare(&subjects, plan.runs, plan.time, of.app.db.reader()).await;
        add_targets(&measurements, connections, commit, is_sqlite, targets);
    }
}

fn add_targets(
    measurements: &[Measurement],
    connections: usize,
    commit: f64,
    is_sqlite: bool,
    targets: &mut Targets,
) {
    let (ceiling, ours) = (&measurements[0], &measurements[1]);
    match connections {
        1 => {
            let bound = ceiling.median(|run| run.p50) + commit;
            let ratio = ours.median(|run| run.p50) / bound;
            let name = "one connection: p50 / (p50 of the ceiling + one commit)";
            targets.add(name, "≤ 1.3", format!("{ratio:.2} (bound {bound:.3} ms)"));
        }
        256 if !is_sqlite => {
            let (share, cpu) = (ours.rate_ratio(ceiling), ours.cpu() / ceiling.cpu());
            let name = "warm tokens / ceiling, 256 connections";
            targets.add(name, "≥ 0.45", format!("{share:.2}"));
            let name = "CPU / CPU of the ceiling, 256 connections";
            targets.add(name, "≤ 2.0", format!("{cpu:.2}"));
        }
        64 if is_sqlite => {
            let share = measurements[2].rate_ratio(ceiling);
            targets.add("warm tokens NORMAL / ceiling, 64", "≥ 0.6", format!("{share:.2}"));
        }
        _ => {}
    }
}

/// The median latency of a commit of one row, in milliseconds.
async fn commit_latency(of: &Installation) -> f64 {
    let mut latencies = Vec::new();
    for _ in 0..COMMITS {
        let began = Instant::now();
        super::record_usage(&of.app, &of.admin.credential.id).await.expect("a commit");
        latencies.push(began.elapsed().as_secs_f64() * 1e3);
    }
    median(latencies.into_iter())
}
