//! Pages of GraphQL and REST, compared with the same rows by one SQL statement.

pub mod filters;
mod pgbench;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::Plan;
use crate::admin::{Admin, fetch_json};
use crate::installation::Installation;
use crate::process::Server;
use crate::report::{Measurement, Subject, Targets, compare, median, table_head, table_row};

/// A page of 50 accounts with their credentials.
const PAGE: &str = "query($after: String) {
  organization(id: \"load\") {
    serviceAccounts(first: 50, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        id name createdAt roles { name }
        permissions { serviceAccounts { read update delete } }
        credentials {
          nodes {
            id clientId name createdAt lastUsedAt
            permissions { serviceAccountCredentials { read update delete } }
          }
        }
      }
    }
  }
}";

/// A page of the names of 50 accounts.
const NAMES: &str = "query($after: String) {
  organization(id: \"load\") { serviceAccounts(first: 50, after: $after) { nodes { id name } } }
}";

/// The depth of the deep page, in accounts.
const DEPTH: usize = 100_000;

/// Measures a page of 50 accounts with three credentials each.
pub async fn run(plan: &Plan, of: &Installation, targets: &mut Targets) {
    let server = Server::start(&["serve"], &of.settings).await;
    let admin = Admin::new(server.address, of).await;
    let page = admin.graphql(PAGE, &json!({}));
    assert_complete(&fetch_json(server.address, &page).await);
    table_head("GraphQL, a page of 50 accounts with 3 credentials each");
    for connections in [1, 16, 64] {
        let requests = Arc::new(vec![page.clone()]);
        let subject = Subject::new("Postern", &server, &requests, connections);
        let (mut measurement, mut rates) = (Measurement::default(), Vec::new());
        for _ in 0..plan.runs {
            measurement.run(&subject, plan.time, of.app.db.reader()).await;
            rates.extend(pgbench::rate(of, connections, plan.time));
        }
        table_row(&subject, &measurement);
        let pairs = measurement.runs.iter().zip(&rates);
        let ratios: Vec<_> = pairs.map(|(run, rate)| run.rate / rate).collect();
        if !ratios.is_empty() {
            let name =
                format!("GraphQL page 50 × 3 / one json_agg by pgbench, {connections} connections");
            let (ratio, rate) = (median(ratios.into_iter()), median(rates.into_iter()));
            let target = if connections == 1 { "" } else { "≥ 0.65" };
            targets.add(&name, target, format!("{ratio:.2} (pgbench {rate:.0}/s)"));
        }
    }
}

fn assert_complete(page: &Value) {
    let nodes = page["data"]["organization"]["serviceAccounts"]["nodes"].as_array();
    let nodes = nodes.unwrap_or_else(|| unreachable!("a page: {page}"));
    assert_eq!(nodes.len(), 50);
    // The first account is the admin, with one credential.
    for node in &nodes[1..] {
        assert_eq!(node["credentials"]["nodes"].as_array().map(Vec::len), Some(3), "{node}");
    }
}

/// Compares the first page with a page deep in a long list.
pub async fn depth(plan: &Plan, of: &Installation, targets: &mut Targets) {
    let server = Server::start(&["serve"], &of.settings).await;
    let admin = Admin::new(server.address, of).await;
    let cursor = deep_cursor(&server, &admin).await;
    let after = Some(cursor.as_str());
    table_head(&format!("Page 1, and the page at depth {DEPTH}"));
    let subject = |name, request| Subject::new(name, &server, &Arc::new(vec![request]), 16);
    let subjects = [
        subject("GraphQL, page 1", admin.graphql(NAMES, &json!({}))),
        subject("GraphQL, deep", admin.graphql(NAMES, &json!({ "after": after }))),
        subject("REST, page 1", admin.rest(50, None)),
        subject("REST, deep", admin.rest(50, after)),
    ];
    let measurements = compare(&subjects, plan.runs, plan.time, of.app.db.reader()).await;
    for (name, pair) in ["GraphQL", "REST"].iter().zip(measurements.chunks(2)) {
        let name = format!("{name} page at depth {DEPTH} / page 1");
        targets.add(&name, "≥ 0.9", format!("{:.2}", pair[1].rate_ratio(&pair[0])));
    }
}

/// The cursor at [`DEPTH`].
async fn deep_cursor(server: &Server, admin: &Admin) -> String {
    let mut cursor: Option<String> = None;
    for _ in 0..DEPTH / 100 {
        let page = fetch_json(server.address, &admin.rest(100, cursor.as_deref())).await;
        let end = page["page_info"]["end_cursor"].as_str();
        cursor = Some(end.expect("a list that is long enough").to_owned());
    }
    cursor.expect("a cursor")
}
