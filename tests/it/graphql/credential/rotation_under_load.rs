//! Credential rotation while clients fetch tokens without a pause.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::rotation::{refuses, rotate, start};
use crate::support::{Account, Caller, World, eventually, in_time};

/// How many tokens each of the busy callers has fetched.
type Fetched = Arc<[AtomicUsize; 8]>;

/// Callers that fetch tokens at both replicas with whatever secret they were told last.
async fn busy(bases: [String; 2], told: watch::Receiver<Account>, fetched: Fetched) {
    let mut callers = JoinSet::new();
    for nth in 0..fetched.len() {
        let caller = Caller::anonymous(&bases[nth % 2]);
        let (told, fetched) = (told.clone(), Arc::clone(&fetched));
        callers.spawn(async move {
            while told.has_changed().is_ok() {
                let account = told.borrow().clone();
                caller.ask_token(&account.form()).await.body(200);
                fetched[nth].fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    callers.join_all().await;
}

/// Waits until each caller has begun and ended a request.
async fn each_once_more(fetched: &Fetched, load: &JoinHandle<()>) {
    let now = |it: &AtomicUsize| it.load(Ordering::SeqCst);
    let goals: Vec<_> = fetched.iter().map(|it| now(it) + 2).collect();
    eventually("each caller has fetched again", async || {
        assert!(!load.is_finished(), "a request was refused");
        fetched.iter().zip(&goals).all(|(it, goal)| now(it) >= *goal)
    })
    .await;
}

#[tokio::test]
async fn clients_get_tokens_throughout_a_whole_rotation() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    let (tell, told) = watch::channel(old.clone());
    let fetched = Fetched::default();
    let load = tokio::spawn(busy([world.base.clone(), other], told, Arc::clone(&fetched)));
    each_once_more(&fetched, &load).await;
    let new = start(&admin, &old, 600).await;
    each_once_more(&fetched, &load).await;
    tell.send_replace(new.clone());
    each_once_more(&fetched, &load).await;
    rotate(&admin, "finish", json!({ "id": old.credential })).await.data("");
    refuses(&world, &[&world.base], &old).await;
    each_once_more(&fetched, &load).await;
    drop(tell);
    load.await.expect("no request was refused");
}

#[tokio::test]
async fn rotations_started_and_cancelled_under_load_reject_no_client() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, old) = (world.admin().await, world.account(&[]).await);
    let (tell, told) = watch::channel(old.clone());
    let fetched = Fetched::default();
    let bases = [world.base.clone(), other];
    let load = tokio::spawn(busy(bases.clone(), told, Arc::clone(&fetched)));
    for _ in 0..10 {
        each_once_more(&fetched, &load).await;
        let new = start(&admin, &old, 600).await;
        // The new one is in use until it is taken away.
        let mut users = JoinSet::new();
        for nth in 0..4 {
            let (caller, new) = (Caller::anonymous(&bases[nth % 2]), new.clone());
            users.spawn(async move {
                loop {
                    let reply = caller.ask_token(&new.form()).await;
                    if reply.status != 200 {
                        return reply;
                    }
                }
            });
        }
        each_once_more(&fetched, &load).await;
        let cancel = json!({ "id": old.credential, "force": true });
        rotate(&admin, "cancel", cancel).await.data("");
        for refused in in_time("the deleted one is refused", users.join_all()).await {
            refused.is_oauth_error(401, "invalid_client");
        }
    }
    drop(tell);
    load.await.expect("no request was refused");
}
