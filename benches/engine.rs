//! The cost of the GraphQL engine alone: a page of 50 accounts with three credentials each, from
//! memory, with the fields that the page of `examples/loadtest` selects. `cargo bench`.

#![expect(clippy::expect_used, reason = "a benchmark stops when an assumption of it fails")]

use async_graphql::{EmptyMutation, EmptySubscription, ID, Object, Request, Schema, SimpleObject};
use chrono::{DateTime, Utc};
use criterion::{Criterion, criterion_group, criterion_main};
use postern::clock::Clock;
use tokio::runtime::Runtime;

const PAGE: &str = "{ nodes {
  id name createdAt roles { name } permissions { read update delete }
  credentials { nodes {
    id clientId name createdAt lastUsedAt permissions { read update delete }
  } }
} }";

#[derive(Clone, SimpleObject)]
struct Role {
    name: String,
}

#[derive(Clone, SimpleObject)]
struct Actions {
    read: bool,
    update: bool,
    delete: bool,
}

#[derive(Clone, SimpleObject)]
struct Credential {
    id: ID,
    client_id: String,
    name: String,
    created_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
    permissions: Actions,
}

#[derive(Clone, SimpleObject)]
struct Credentials {
    nodes: Vec<Credential>,
}

#[derive(Clone, SimpleObject)]
struct Account {
    id: ID,
    name: String,
    created_at: DateTime<Utc>,
    roles: Vec<Role>,
    permissions: Actions,
    credentials: Credentials,
}

struct Query(Vec<Account>);

#[Object]
impl Query {
    async fn nodes(&self) -> &[Account] {
        &self.0
    }
}

fn rows() -> Vec<Account> {
    let now = Clock::System.now();
    let permissions = Actions { read: true, update: true, delete: false };
    let credential = Credential {
        id: ID::from("c0123456789abcdefghijklmno"),
        client_id: "svfV9ibqCbm8tB15SdaiE".to_owned(),
        name: "Credential".to_owned(),
        created_at: now,
        last_used_at: Some(now),
        permissions: permissions.clone(),
    };
    let account = Account {
        id: ID::from("s0123456789abcdefghijklmno"),
        name: "Account".to_owned(),
        created_at: now,
        roles: vec![Role { name: "Viewer".to_owned() }],
        permissions,
        credentials: Credentials { nodes: vec![credential; 3] },
    };
    vec![account; 50]
}

fn engine(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let schema = Schema::new(Query(rows()), EmptyMutation, EmptySubscription);
    c.bench_function("engine: a page of 50 × 3 from memory", |b| {
        b.to_async(&runtime).iter(|| async {
            let response = schema.execute(Request::new(PAGE)).await;
            assert!(response.errors.is_empty());
            serde_json::to_vec(&response).expect("JSON").len()
        });
    });
}

criterion_group!(parts, engine);
criterion_main!(parts);
