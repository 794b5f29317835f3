//! Lists: pages of GraphQL and REST, beside the same rows by one statement.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Plan;
use crate::drive;
use crate::installation::{Installation, ORGANIZATION};
use crate::process::Server;
use crate::report::{Goals, Measured, Subject, compare, head, line, median, say};

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

const NAMES: &str = "query($after: String) {
  organization(id: \"load\") { serviceAccounts(first: 50, after: $after) { nodes { id name } } }
}";

/// The same rows as one JSON value.
const JSON_AGG: &str = "
SELECT json_agg(json_build_object('id', a.id, 'name', a.name, 'createdAt', a.created_at,
  'roles', (SELECT json_agg(b.role) FROM role_bindings b WHERE b.service_account_id = a.id),
  'credentials', (SELECT json_agg(json_build_object('id', c.id, 'clientId', c.client_id,
      'name', c.name, 'createdAt', c.created_at, 'lastUsedAt', c.last_used_at) ORDER BY c.created_at, c.id)
    FROM credentials c WHERE c.service_account_id = a.id)) ORDER BY a.created_at, a.id)
FROM (SELECT * FROM service_accounts WHERE organization_id = 'ORGANIZATION'
  ORDER BY created_at, id LIMIT 51) a;
";

/// The admin at a server.
pub struct Admin {
    bearer: String,
}

impl Admin {
    /// With a token of the server.
    pub async fn at(server: SocketAddr, of: &Installation) -> Self {
        let admin = &of.admin;
        let body = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            admin.credential.client_id,
            admin.secret.reveal()
        );
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let request = drive::request("POST", "/oauth/token", &form, &body);
        let token = ask(server, &request).await;
        Self { bearer: format!("Bearer {}", token["access_token"].as_str().expect("a token")) }
    }

    /// The data that a query or a mutation gives.
    pub async fn ask(&self, server: SocketAddr, query: &str, variables: &Value) -> Value {
        let mut answer = ask(server, &self.graphql(query, variables)).await;
        assert!(answer["errors"].is_null(), "{answer}");
        answer["data"].take()
    }

    /// A GraphQL request.
    pub fn graphql(&self, query: &str, variables: &Value) -> Vec<u8> {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let headers =
            [("authorization", self.bearer.as_str()), ("content-type", "application/json")];
        drive::request("POST", "/graphql", &headers, &body)
    }

    fn rest(&self, limit: usize, after: Option<&str>) -> Vec<u8> {
        let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
        let path = format!("/organizations/{ORGANIZATION}/service-accounts?limit={limit}{after}");
        drive::request("GET", &path, &[("authorization", &self.bearer)], "")
    }
}

/// A page of 50 accounts with three credentials each.
pub async fn run(plan: &Plan, of: &Installation, goals: &mut Goals) {
    let server = Server::start(&["serve"], &of.settings).await;
    let admin = Admin::at(server.address, of).await;
    let page = admin.graphql(PAGE, &json!({}));
    check(&ask(server.address, &page).await);
    head("GraphQL, a page of 50 accounts with 3 credentials each");
    for connections in [1, 16, 64] {
        let requests = Arc::new(vec![page.clone()]);
        let subject = Subject::new("Postern", &server, &requests, connections);
        let (mut measured, mut rates) = (Measured::default(), Vec::new());
        for _ in 0..plan.runs {
            measured.run(&subject, plan.time, of.app.db.reader()).await;
            rates.extend(pgbench(of, connections, plan.time));
        }
        line(&subject, &measured);
        let pairs = measured.runs.iter().zip(&rates);
        let ratios: Vec<_> = pairs.map(|(run, rate)| run.rate / rate).collect();
        if !ratios.is_empty() {
            let what =
                format!("GraphQL page 50 × 3 / one json_agg by pgbench, {connections} connections");
            let (ratio, rate) = (median(ratios.into_iter()), median(rates.into_iter()));
            goals.add(
                &what,
                if connections == 1 { "" } else { "≥ 0.65" },
                format!("{ratio:.2} (pgbench {rate:.0}/s)"),
            );
        }
    }
}

async fn ask(server: SocketAddr, request: &[u8]) -> Value {
    serde_json::from_slice(&drive::ask(server, request).await).expect("JSON")
}

fn check(answer: &Value) {
    let nodes = answer["data"]["organization"]["serviceAccounts"]["nodes"].as_array();
    let nodes = nodes.unwrap_or_else(|| unreachable!("a page: {answer}"));
    assert_eq!(nodes.len(), 50);
    for node in &nodes[1..] {
        assert_eq!(node["credentials"]["nodes"].as_array().map(Vec::len), Some(3), "{node}");
    }
}

/// Pages deep in a long list.
pub async fn depth(plan: &Plan, of: &Installation, goals: &mut Goals) {
    const DEPTH: usize = 100_000;
    let server = Server::start(&["serve"], &of.settings).await;
    let admin = Admin::at(server.address, of).await;
    let mut cursor: Option<String> = None;
    for _ in 0..DEPTH / 100 {
        let page = ask(server.address, &admin.rest(100, cursor.as_deref())).await;
        let end = page["page_info"]["end_cursor"].as_str();
        cursor = Some(end.expect("a list that is long enough").to_owned());
    }
    let after = cursor.as_deref();
    head(&format!("Page 1, and the page at depth {DEPTH}"));
    let subject = |name, request| Subject::new(name, &server, &Arc::new(vec![request]), 16);
    let subjects = [
        subject("GraphQL, page 1", admin.graphql(NAMES, &json!({}))),
        subject("GraphQL, deep", admin.graphql(NAMES, &json!({ "after": after }))),
        subject("REST, page 1", admin.rest(50, None)),
        subject("REST, deep", admin.rest(50, after)),
    ];
    let measured = compare(&subjects, plan.runs, plan.time, of.app.db.reader()).await;
    for (name, pair) in ["GraphQL", "REST"].iter().zip(measured.chunks(2)) {
        let what = format!("{name} page at depth {DEPTH} / page 1");
        goals.add(&what, "≥ 0.9", format!("{:.2}", pair[1].against(&pair[0])));
    }
}

/// Transactions a second by `pgbench`; none where there is none, or no PostgreSQL.
fn pgbench(of: &Installation, connections: usize, time: Duration) -> Option<f64> {
    if of.app.db.is_sqlite() {
        return None;
    }
    let Some(program) = find_pgbench() else {
        say("(pgbench is not installed)");
        return None;
    };
    let script = tempfile::NamedTempFile::new().expect("a file");
    let organization = of.admin.organization.id.as_str();
    std::fs::write(
        script.path(),
        JSON_AGG.trim().replace('\n', " ").replace("ORGANIZATION", organization),
    )
    .expect("written");
    let connections = connections.to_string();
    let seconds = time.as_secs().max(1).to_string();
    let url = of.app.config.database.url.reveal();
    let done = Command::new(program)
        .args(["-n", "-M", "prepared", "-j", "2", "-c", &connections, "-T", &seconds, "-f"])
        .arg(script.path())
        .arg(url)
        .output()
        .expect("pgbench runs");
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    let rate = told.lines().find_map(|line| line.strip_prefix("tps = "));
    let rate = rate.and_then(|rest| rest.split(' ').next()?.parse().ok());
    assert!(rate.is_some(), "{told}{}", String::from_utf8_lossy(&done.stderr));
    rate
}

fn find_pgbench() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    std::env::split_paths(&path)
        .chain(debian.map(|version| version.path().join("bin")))
        .map(|folder| folder.join("pgbench"))
        .find(|program| program.exists())
}
