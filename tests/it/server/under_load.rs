//! Two busy replicas: usage, revocation, crashes, and failed batches.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use entity::credential;
use postern::clock::Clock;
use postern::secret::{ClientSecret, QueueClass};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ConnectionTrait, Database, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::{Account, Caller, Process, VIEWER, World, in_time};

async fn accounts(world: &World, count: usize) -> Vec<Account> {
    let mut accounts = Vec::new();
    for _ in 0..count {
        accounts.push(world.account(&[postern::authz::Role::Viewer]).await);
    }
    accounts
}

async fn last_used(world: &World, account: &Account) -> Option<DateTime<Utc>> {
    let row = credential::Entity::any_tenant_by_client_id(&account.client_id);
    let row = row.one(world.app.db.reader()).await.expect("an answer");
    row.expect("a row").last_used_at
}

/// Callers that fetch tokens of `accounts` at `bases` until they are told to stop.
struct Load {
    stop: Arc<AtomicBool>,
    callers: JoinSet<usize>,
}

impl Load {
    fn start(bases: &[&str], accounts: &[Account]) -> Self {
        let (stop, mut callers) = (Arc::new(AtomicBool::new(false)), JoinSet::new());
        for (nth, base) in bases.iter().cycle().take(16).enumerate() {
            let (caller, accounts) = (Caller::anonymous(base), accounts.to_vec());
            let stop = Arc::clone(&stop);
            callers.spawn(async move {
                let mut fetched = 0;
                while !stop.load(Ordering::SeqCst) {
                    let account = &accounts[(nth + fetched) % accounts.len()];
                    caller.ask_token(&account.form()).await.body(200);
                    fetched += 1;
                }
                fetched
            });
        }
        Self { stop, callers }
    }

    async fn end(self) {
        self.stop.store(true, Ordering::SeqCst);
        assert!(self.callers.join_all().await.into_iter().sum::<usize>() > 0, "there was a load");
    }
}

#[tokio::test]
async fn last_used_at_is_never_before_the_last_token() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let world = Arc::new(world);
    let accounts = accounts(&world, 5).await;
    let mut callers = JoinSet::new();
    for nth in 0..20 {
        let base = if nth % 2 == 0 { &world.base } else { &other };
        let (caller, world) = (world.anonymous().at(base), Arc::clone(&world));
        // Most callers share an account with others, at both replicas.
        let account = accounts[nth % accounts.len()].clone();
        callers.spawn(async move {
            let mut seen = None;
            for _ in 0..15 {
                world.clock.advance(TimeDelta::microseconds(1));
                let asked = world.now();
                caller.ask_token(&account.form()).await.body(200);
                let traced = last_used(&world, &account).await;
                assert!(traced >= Some(asked) && traced >= seen, "{traced:?} {asked} {seen:?}");
                seen = traced;
            }
        });
    }
    callers.join_all().await;
}

#[tokio::test]
async fn a_revocation_at_a_busy_replica_is_effective_at_the_other_with_the_next_request() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (busy, mut revoked) = (accounts(&world, 8).await, accounts(&world, 18).await);
    let (disabled, replaced) = (revoked.split_off(12), revoked.split_off(6));
    let (admin, here, there) =
        (world.admin().await, world.anonymous(), world.anonymous().at(&other));
    for account in revoked.iter().chain(&replaced).chain(&disabled) {
        here.ask_token(&account.form()).await.body(200);
    }
    let load = Load::start(&[&world.base, &other], &busy);
    for account in &revoked {
        let signed_in = world.sign_in(account).await.at(&other);
        there.ask_token(&account.form()).await.body(200);
        signed_in.graphql(VIEWER, json!({})).await.data("/viewer");
        admin
            .mutate("deleteCredential", json!({ "id": account.credential, "force": true }))
            .await
            .data("");
        there.ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
        here.ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
        assert_eq!(signed_in.graphql(VIEWER, json!({})).await.status, 401);
    }
    for account in &replaced {
        there.ask_token(&account.form()).await.body(200);
        replace_secret(&world, account).await;
        there.ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
        here.ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
    }
    for account in &disabled {
        let signed_in = world.sign_in(account).await.at(&other);
        there.ask_token(&account.form()).await.body(200);
        admin.mutate("disableServiceAccount", json!({ "id": account.id })).await.data("");
        there.ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
        here.ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
        assert_eq!(signed_in.graphql(VIEWER, json!({})).await.status, 401);
    }
    load.end().await;
}

/// Puts the hash of another secret in its place.
async fn replace_secret(world: &World, account: &Account) {
    let secret = ClientSecret::generate();
    let hash = world.app.hasher.hash(QueueClass::Operator, &secret).await.expect("a hash");
    let row = credential::Entity::any_tenant_by_client_id(&account.client_id);
    let row = row.one(world.app.db.reader()).await.expect("an answer").expect("a row");
    let replace =
        credential::Entity::update_at_revision(&row.organization_id, &row.id, row.revision)
            .col_expr(credential::Column::SecretHash, Expr::value(hash));
    assert_eq!(replace.exec(world.app.db.writer()).await.expect("replaced").rows_affected, 1);
}

#[tokio::test]
async fn a_failed_batch_is_503_for_all_its_requests_and_records_no_usage() {
    let world = World::with(&[("DATABASE_STATEMENT_TIMEOUT_SECONDS", "1")]).await;
    let (accounts, caller) = (accounts(&world, 12).await, world.anonymous());
    for account in &accounts {
        caller.ask_token(&account.form()).await.body(200);
    }
    let used = world.now();
    world.clock.advance(TimeDelta::seconds(1));
    let db = Database::connect(&world.database_url()).await.expect("a connection");
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let holding = db.begin_with_options(immediate).await.expect("a transaction");
    holding.execute_unprepared("UPDATE credentials SET name = name").await.expect("the rows");
    let all_at_once = async || {
        let mut asking = JoinSet::new();
        for account in accounts.clone() {
            let caller = caller.clone();
            asking.spawn(async move { caller.ask_token(&account.form()).await });
        }
        asking.join_all().await
    };
    for reply in all_at_once().await {
        reply.is_oauth_error(503, "temporarily_unavailable");
        assert!(reply.header("retry-after").is_some() && !reply.text.contains("access_token"));
    }
    holding.rollback().await.expect("the rows are free");
    for account in &accounts {
        assert_eq!(last_used(&world, account).await, Some(used));
    }
    for reply in all_at_once().await {
        reply.body(200);
    }
    for account in &accounts {
        assert_eq!(last_used(&world, account).await, Some(world.now()));
    }
}

#[tokio::test]
async fn a_killed_server_loses_no_usage_of_tokens_it_returned() {
    let world = World::new().await;
    let accounts = accounts(&world, 16).await;
    let mut victim = Process::start(&world.environment()).await;
    let mut callers = JoinSet::new();
    let (told, mut answered) = tokio::sync::mpsc::unbounded_channel();
    for (nth, account) in accounts.iter().cloned().enumerate() {
        let (base, told) = (victim.base.clone(), told.clone());
        callers.spawn(async move {
            let (http, url) = (reqwest::Client::new(), format!("{base}/oauth/token"));
            let mut last = None;
            loop {
                let asked = Clock::System.now();
                match http.post(&url).form(&account.form()).send().await {
                    Ok(reply) if reply.status() == 200 => last = Some(asked),
                    _ => return (account, last),
                }
                // The one who counts may have stopped.
                let _ = told.send(nth);
            }
        });
    }
    let mut counts = vec![0; accounts.len()];
    in_time("each client has five tokens", async {
        while counts.iter().any(|count| *count < 5) {
            counts[answered.recv().await.expect("an answer")] += 1;
        }
    })
    .await;
    victim.child.kill().expect("SIGKILL");
    for (account, last) in in_time("the callers notice", callers.join_all()).await {
        let traced = last_used(&world, &account).await;
        assert!(traced >= last, "{traced:?} is before {last:?}");
        assert!(last.is_some(), "each was answered before");
    }
}
