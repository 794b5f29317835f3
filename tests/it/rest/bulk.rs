//! Disabling and enabling many things at once.

use postern::authz::Role;
use serde_json::{Value, json};

use super::{ACCOUNTS, path};
use crate::support::World;

const CREDENTIALS: &str = "/organizations/acme/credentials";

/// The outcomes, each with the reason or the code of its error.
fn outcomes(report: &Value) -> Vec<String> {
    let outcome = |it: &Value| {
        let outcome = it["outcome"].as_str().expect("an outcome").to_owned();
        let error = &it["error"];
        let why = error["reason"].as_str().or(error["code"].as_str());
        why.map_or(outcome.clone(), |why| format!("{outcome} {why}"))
    };
    report["results"].as_array().expect("results").iter().map(outcome).collect()
}

#[tokio::test]
async fn accounts_are_disabled_and_enabled_with_a_result_for_each() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let body = json!({ "ids": [world.admin_account().id, account.id, "nonsense"] });
    let mut dry = body.clone();
    dry["dry_run"] = json!(true);
    let expected = ["REJECTED LAST_ADMIN", "CHANGED", "REJECTED NOT_FOUND"];
    for (body, dry_run) in [(&dry, true), (&body, false)] {
        let report = admin.post(&format!("{ACCOUNTS}/disable"), body).await.body(200);
        assert_eq!(outcomes(&report), expected);
        assert_eq!((&report["dry_run"], &report["has_more"]), (&json!(dry_run), &json!(false)));
        let row = admin.get(&format!("{}?expand=status", path(&account))).await.body(200);
        assert_eq!(row["status"], if dry_run { "ACTIVE" } else { "DISABLED" });
    }
    let error = json!({ "message": "no such service account", "code": "NOT_FOUND", "status": 404 });
    let report = admin.post(&format!("{ACCOUNTS}/enable"), &body).await.body(200);
    assert_eq!(outcomes(&report), ["UNCHANGED", "CHANGED", "REJECTED NOT_FOUND"]);
    assert_eq!(
        report["results"][2],
        json!({ "id": "nonsense", "outcome": "REJECTED", "error": error })
    );
    world.sign_in(&account).await;
}

#[tokio::test]
async fn credentials_are_disabled_and_enabled_by_ids_and_by_a_filter() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let filter = json!({ "filter": { "never_used": true, "service_account_id": account.id } });
    let ids = json!({ "ids": [account.credential] });
    for body in [&ids, &filter] {
        let report = admin.post(&format!("{CREDENTIALS}/disable"), body).await.body(200);
        assert_eq!(outcomes(&report), ["CHANGED"], "{body}");
        let page = admin.get(&format!("{CREDENTIALS}?never_used=true&expand=status")).await;
        assert_eq!(page.body(200)["items"][0]["status"], "DISABLED");
        let report = admin.post(&format!("{CREDENTIALS}/enable"), body).await.body(200);
        assert_eq!(outcomes(&report), ["CHANGED"], "{body}");
    }
}

#[tokio::test]
async fn bodies_that_cannot_be_are_rejected() {
    let world = World::new().await;
    let admin = world.admin().await;
    let many: Vec<_> = (0..101).map(|nth| format!("s{nth}")).collect();
    for (body, field) in [
        (json!({}), "ids"),
        (json!({ "ids": many }), "ids"),
        (json!({ "ids": [], "filter": {} }), "ids"),
        (json!({ "filter": {} }), "filter"),
        (json!({ "filter": { "query": "" } }), "filter.query"),
        (json!({ "filter": { "status": "GONE" } }), "filter.status"),
        (json!({ "filter": { "api_scope": { "api_id": "x" } } }), "filter.api_scope.api_id"),
        (json!({ "ids": ["s0"], "dryrun": true }), "dryrun"),
    ] {
        let reply = admin.post(&format!("{ACCOUNTS}/disable"), &body).await;
        reply.is_error(400, "BAD_USER_INPUT");
        assert_eq!(reply.json()["field"], field, "{body}");
    }
}

#[tokio::test]
async fn counts_have_the_filters_of_the_lists() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    admin.post_empty(&format!("{}/disable", path(&account))).await.body(200);
    let counts = admin.get("/organizations/acme/service-account-counts").await.body(200);
    assert_eq!(counts, json!({ "total": 2, "active": 1, "disabled": 1 }));
    let counts = admin.get("/organizations/acme/service-account-counts?role=org_viewer").await;
    assert_eq!(counts.body(200), json!({ "total": 1, "active": 0, "disabled": 1 }));
    let counts = admin.get("/organizations/acme/credential-counts?never_used=true").await;
    let expected = json!({ "total": 1, "active": 0, "retiring": 0, "disabled": 0, "account_disabled": 1, "expired": 0, "retired": 0 });
    assert_eq!(counts.body(200), expected);
    let wrong = admin.get("/organizations/acme/credential-counts?never_used=maybe").await;
    wrong.is_error(400, "BAD_USER_INPUT");
    assert_eq!(wrong.json()["field"], "never_used");
}

#[tokio::test]
async fn status_and_the_replaced_credential_are_shown_on_request() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let all = format!("{}/credentials", path(&account));
    world.clock.advance(chrono::TimeDelta::seconds(1));
    let new = admin.post_empty(&format!("{all}/{}/rotation", account.credential)).await.body(201);
    let at = format!("{all}/{}", new["id"].as_str().expect("an id"));
    let plain = admin.get(&at).await.body(200);
    assert_eq!((plain.get("status"), plain.get("replaces")), (None, None));
    let shown = admin.get(&format!("{at}?expand=status,replaces")).await.body(200);
    assert_eq!(
        (&shown["status"], &shown["replaces"]),
        (&json!("ACTIVE"), &json!(account.credential))
    );
    let page = admin.get(&format!("{all}?expand=status,replaces")).await.body(200);
    assert_eq!(page["items"][0]["status"], "RETIRING");
    assert_eq!(page["items"][0].get("replaces"), None);
    assert_eq!(page["items"][1]["replaces"], json!(account.credential));
}

#[tokio::test]
async fn an_external_id_is_created_shown_and_set_once() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let body = json!({ "name": "Declared", "external_id": "a" });
    let made = admin.post(ACCOUNTS, &body).await.body(201);
    assert_eq!(made["external_id"], "a");
    admin.post(ACCOUNTS, &body).await.is_conflict("EXTERNAL_ID_TAKEN");
    let at = path(&account);
    assert_eq!(admin.get(&at).await.body(200).get("external_id"), None);
    admin.patch(&at, &json!({ "external_id": "a" })).await.is_conflict("EXTERNAL_ID_TAKEN");
    let set = admin.patch(&at, &json!({ "external_id": "b" })).await.body(200);
    assert_eq!(set["external_id"], "b");
    assert_eq!(admin.patch(&at, &json!({ "external_id": "b" })).await.body(200), set);
    assert_eq!(admin.patch(&at, &json!({ "external_id": null })).await.body(200), set);
    admin.patch(&at, &json!({ "external_id": "c" })).await.is_conflict("EXTERNAL_ID_SET");
    let found = admin.get(&format!("{ACCOUNTS}?external_id=b")).await.body(200);
    assert_eq!(found["items"], json!([set]));
    let none = admin.get(&format!("{ACCOUNTS}?external_id=c")).await.body(200);
    assert_eq!(none["items"], json!([]));
}

#[tokio::test]
async fn accounts_after_that_of_the_caller_are_not_disabled() {
    let world = World::new().await;
    let (own, after) = (world.account(&[Role::Admin]).await, world.account(&[]).await);
    let caller = world.sign_in(&own).await;
    let body = json!({ "ids": [own.id, after.id] });
    let report = caller.post(&format!("{ACCOUNTS}/disable"), &body).await.body(200);
    assert_eq!(outcomes(&report), ["CHANGED", "REJECTED UNAUTHENTICATED"]);
    assert_eq!(report["results"][1]["error"]["status"], 401);
    world.sign_in(&after).await;
}
