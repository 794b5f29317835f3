//! Attacks with a token of one organization.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use super::flood::{NextRequest, flood, rates};
use super::{ATTACKERS, AttackResult};
use crate::admin::Admin;
use crate::http;
use crate::installation::Installation;
use crate::tokens;

/// The number of connections.
const CONNECTIONS: usize = 16;

/// Sends two kinds of mutation of one account concurrently.
pub async fn mutations(of: &Installation, server: SocketAddr, time: Duration) -> AttackResult {
    let admin = Admin::new(server, of).await;
    let created = "mutation { createServiceAccount(input: { organizationId: \"load\", name: \"Victim\" }) { serviceAccount { id } } }";
    let account = &admin.execute(server, created, &json!({})).await["createServiceAccount"];
    let account = account["serviceAccount"]["id"].clone();
    let created = "mutation($id: ID!) { createCredential(input: { serviceAccountId: $id, name: \"x\" }) { credential { id } } }";
    let credential =
        &admin.execute(server, created, &json!({ "id": account })).await["createCredential"];
    let credential = credential["credential"]["id"].clone();
    let update = "mutation($id: ID!) { updateCredential(input: { id: $id, name: \"y\" }) { clientMutationId } }";
    let roles = "mutation($id: ID!) {
        grantRole(input: { serviceAccountId: $id, role: \"org_viewer\" }) { clientMutationId }
        revokeRole(input: { serviceAccountId: $id, role: \"org_viewer\" }) { clientMutationId } }";
    let requests = [
        admin.graphql(update, &json!({ "id": credential })),
        admin.graphql(roles, &json!({ "id": account })),
    ];
    let next: NextRequest = Arc::new(move |connection, _| requests[connection % 2].clone());
    let before = deadlocks(of).await;
    let responses = flood(server, ATTACKERS[0], CONNECTIONS, time, next).await;
    let deadlocks = deadlocks(of).await.zip(before).map(|(after, before)| after - before);
    let deadlocks = deadlocks.map(|it| format!(", {it} deadlocks")).unwrap_or_default();
    format!("{}{deadlocks}", rates(&responses, time)).into()
}

/// The number of deadlocks in the database so far; `None` with SQLite.
async fn deadlocks(of: &Installation) -> Option<i64> {
    let db = of.app.db.reader();
    if of.app.db.is_sqlite() {
        return None;
    }
    let sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    row.ok()??.try_get_by_index(0).ok()
}

/// Sends the largest documents within the limits: the same node a hundred times, nested pages, and
/// introspection.
pub async fn queries(of: &Installation, server: SocketAddr, time: Duration) -> AttackResult {
    let admin = Admin::new(server, of).await;
    let first = "{ organization(id: \"load\") { serviceAccounts(first: 1) { nodes { id } } } }";
    let node = &admin.execute(server, first, &json!({})).await["organization"]["serviceAccounts"];
    let ids = vec![node["nodes"][0]["id"].clone(); 100];
    let leaves = "id ".repeat(1_850);
    let nodes = format!("query($ids: [ID!]!) {{ nodes(ids: $ids) {{ {leaves} }} }}");
    let page = "{ organization(id: \"load\") { serviceAccounts(first: 100) { nodes {
        id name description createdAt updatedAt disabledAt roles { name label permissions }
        permissions { serviceAccounts { read list create update delete }
            serviceAccountCredentials { read list create update delete } }
        credentials(first: 3) { totalCount pageInfo { hasNextPage endCursor } nodes {
            id clientId name description createdAt updatedAt lastUsedAt firstUsedAt expiresAt
            permissions { serviceAccountCredentials { read list create update delete } } } } } } } }";
    let types = "name description kind fields { name description args { name description } type { name description kind } }";
    let aliased: String = (0..5).map(|nth| format!("t{nth}: types {{ {types} }} ")).collect();
    let schema = format!("{{ __schema {{ {aliased} }} }}");
    let requests: Vec<_> = [
        admin.graphql(&nodes, &json!({ "ids": ids })),
        admin.graphql(page, &json!({})),
        http::request(
            "POST",
            "/graphql",
            &[("content-type", "application/json")],
            &json!({ "query": schema }).to_string(),
        ),
    ]
    .into();
    let next: NextRequest =
        Arc::new(move |connection, nth| requests[(connection + nth) % 3].clone());
    rates(&flood(server, ATTACKERS[0], CONNECTIONS, time, next).await, time).into()
}

/// The service account of a client.
async fn account_of(of: &Installation, client_id: &str) -> String {
    let found = of.app.auth.lookup.by_client_id(client_id).await.expect("a result");
    found.expect("an active client").credential.service_account.to_string()
}

/// Requests tokens for the maximum of resources and for more, as a client with many scopes.
pub async fn resources(of: &Installation, server: SocketAddr, time: Duration) -> AttackResult {
    let admin = Admin::new(server, of).await;
    let client = of.client_ids.last().expect("a client");
    let account = account_of(of, client).await;
    let scopes: Vec<_> = (0..20).map(|nth| format!("things:operation-{nth}")).collect();
    let mut form = "grant_type=client_credentials".to_owned();
    let mut allowed = String::new();
    for nth in 0..20 {
        let identifier = format!("https://api-{nth}.load.test");
        let create = "mutation($identifier: String!, $scopes: [String!]!) { createApi(input: {
            organizationId: \"load\", identifier: $identifier, name: \"API\", scopes: $scopes }) { api { id } } }";
        let api = json!({ "identifier": identifier, "scopes": scopes });
        let api = admin.execute(server, create, &api).await["createApi"]["api"]["id"].clone();
        let grant = "mutation($api: ID!, $id: ID!, $scopes: [String!]!) { grantApiScopes(input: {
            serviceAccountId: $id, apiId: $api, scopes: $scopes }) { clientMutationId } }";
        admin.execute(server, grant, &json!({ "api": api, "id": account, "scopes": scopes })).await;
        form += &format!("&resource={identifier}");
        if nth < 10 {
            allowed.clone_from(&form);
        }
    }
    let requests =
        [allowed, form].map(|form| tokens::request_with_form(client, of.secret.reveal(), &form));
    let next: NextRequest = Arc::new(move |connection, _| requests[connection % 2].clone());
    rates(&flood(server, ATTACKERS[0], CONNECTIONS, time, next).await, time).into()
}
