//! Credentials that end: by themselves, for a while, or for good.

use chrono::{DateTime, TimeDelta, Utc};
use postern::authz::Role;
use serde_json::{Value, json};

use crate::support::{Account, Caller, Reply, World};

const ME: &str = "{ viewer { tokenExpiresAt } }";

/// Calls a mutation with `input`, and asks for the life of the credential.
async fn change(caller: &Caller, mutation: &str, input: Value) -> Reply {
    let kind = mutation[..1].to_uppercase() + &mutation[1..];
    let query = format!(
        "mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ credential {{ expiresAt disabledAt disabledBy }} }} }}"
    );
    caller.graphql(&query, json!({ "input": input })).await
}

async fn delete(caller: &Caller, credential: &str, force: Option<bool>) -> Reply {
    let query = "mutation($input: DeleteCredentialInput!) { deleteCredential(input: $input) { deletedId } }";
    caller.graphql(query, json!({ "input": { "id": credential, "force": force } })).await
}

/// Makes one more credential for `account`.
async fn one_more(
    caller: &Caller,
    account: &Account,
    expires_at: Option<DateTime<Utc>>,
) -> Account {
    let query = "mutation($input: CreateCredentialInput!) { createCredential(input: $input) { clientSecret credential { id clientId expiresAt } } }";
    let input = json!({ "serviceAccountId": account.id, "name": "More", "expiresAt": expires_at });
    let made = caller.graphql(query, json!({ "input": input })).await.data("/createCredential");
    let told: Option<DateTime<Utc>> =
        serde_json::from_value(made["credential"]["expiresAt"].clone())
            .expect("an instant or null");
    assert_eq!(told, expires_at);
    let text = |it: &Value| it.as_str().expect("a text").to_owned();
    Account {
        credential: text(&made["credential"]["id"]),
        client_id: text(&made["credential"]["clientId"]),
        secret: text(&made["clientSecret"]),
        ..account.clone()
    }
}

async fn is_refused(world: &World, bases: &[&String], account: &Account, signed_in: &Caller) {
    for base in bases {
        let caller = world.anonymous().at(base);
        caller.ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
        assert_eq!(signed_in.at(base).graphql(ME, json!({})).await.status, 401);
        assert_eq!(signed_in.at(base).get("/organizations").await.status, 401);
    }
}

async fn is_served(world: &World, bases: &[&String], account: &Account, signed_in: &Caller) {
    for base in bases {
        world.anonymous().at(base).ask_token(&account.form()).await.body(200);
        assert_eq!(signed_in.at(base).graphql(ME, json!({})).await.status, 200);
    }
}

#[tokio::test]
async fn a_credential_that_has_expired_is_refused_at_every_replica_and_its_tokens_end_with_it() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let end = world.now() + TimeDelta::seconds(90);
    let mortal = one_more(&admin, &account, Some(end)).await;
    let bases = [&world.base, &other];
    let reply = world.anonymous().ask_token(&mortal.form()).await.body(200);
    let left = end.timestamp() - world.now().timestamp();
    assert_eq!(reply["expires_in"], left, "no token outlives its credential");
    let signed_in = world.sign_in(&mortal).await;
    world.clock.advance(TimeDelta::seconds(90) - TimeDelta::microseconds(1));
    is_served(&world, &bases, &mortal, &signed_in).await;
    world.clock.advance(TimeDelta::microseconds(1));
    is_refused(&world, &bases, &mortal, &signed_in).await;
    world.anonymous().ask_token(&account.form()).await.body(200);
    // It may be given another end, and then goes on.
    let admin = world.admin().await;
    let later = world.now() + TimeDelta::days(1);
    let input = json!({ "id": mortal.credential, "expiresAt": later });
    change(&admin, "updateCredential", input).await.data("/updateCredential");
    is_served(&world, &bases, &mortal, &world.sign_in(&mortal).await).await;
    let input = json!({ "id": mortal.credential, "expiresAt": null });
    let told = change(&admin, "updateCredential", input).await;
    assert_eq!(told.data("/updateCredential/credential/expiresAt"), Value::Null);
    world.clock.advance(TimeDelta::days(2));
    world.anonymous().ask_token(&mortal.form()).await.body(200);
}

#[tokio::test]
async fn an_end_that_is_brought_forward_holds_for_a_secret_that_is_known_already() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    for base in [&world.base, &other] {
        world.anonymous().at(base).ask_token(&account.form()).await.body(200);
    }
    let soon = world.now() + TimeDelta::seconds(5);
    let input = json!({ "id": account.credential, "expiresAt": soon });
    change(&admin, "updateCredential", input).await.data("");
    for base in [&world.base, &other] {
        let reply = world.anonymous().at(base).ask_token(&account.form()).await.body(200);
        assert_eq!(reply["expires_in"], 5);
    }
    world.clock.advance(TimeDelta::seconds(5));
    for base in [&world.base, &other] {
        let reply = world.anonymous().at(base).ask_token(&account.form()).await;
        reply.is_oauth_error(401, "invalid_client");
    }
}

#[tokio::test]
async fn an_end_must_be_still_to_come() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let now = json!(world.now());
    for end in [now, json!("9999-12-31T23:59:59-12:00"), json!("+262142-12-31T23:59:59Z")] {
        let input = json!({ "id": account.credential, "expiresAt": end });
        let reply = change(&admin, "updateCredential", input).await;
        reply.is_refused("BAD_USER_INPUT");
        assert_eq!(reply.json()["errors"][0]["extensions"]["field"], "expiresAt");
    }
    let input = json!({ "id": account.credential, "expiresAt": "2030-12-31T23:59:60.1234567Z" });
    let told = change(&admin, "updateCredential", input).await;
    let end = told.data("/updateCredential/credential/expiresAt");
    let query = "query($id: ID!) { node(id: $id) { ... on Credential { expiresAt } } }";
    let kept = admin.graphql(query, json!({ "id": account.credential })).await;
    assert_eq!(kept.data("/node/expiresAt"), end);
    assert_eq!(end, "2031-01-01T00:00:00.123456Z", "the same from both databases");
}

#[tokio::test]
async fn a_disabled_credential_is_refused_at_every_replica_until_it_is_enabled() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, account) = (world.admin().await, world.account(&[Role::Viewer]).await);
    let sibling = one_more(&admin, &account, None).await;
    let (signed_in, bases) = (world.sign_in(&account).await, [&world.base, &other]);
    is_served(&world, &bases, &account, &signed_in).await;
    let id = json!({ "id": account.credential });
    let told = change(&admin, "disableCredential", id.clone()).await;
    let disabled = told.data("/disableCredential/credential");
    assert_eq!(disabled["disabledBy"], world.admin_account().id);
    is_refused(&world, &bases, &account, &signed_in).await;
    is_served(&world, &bases, &sibling, &world.sign_in(&sibling).await).await;
    world.clock.advance(TimeDelta::seconds(1));
    let again = change(&admin, "disableCredential", id.clone()).await;
    assert_eq!(again.data("/disableCredential/credential"), disabled, "it was already");
    let told = change(&admin, "enableCredential", id).await;
    let none = json!({ "expiresAt": null, "disabledAt": null, "disabledBy": null });
    assert_eq!(told.data("/enableCredential/credential"), none);
    is_served(&world, &bases, &account, &signed_in).await;
}

#[tokio::test]
async fn a_member_does_not_end_or_prolong_what_is_stronger() {
    let world = World::new().await;
    let (member, strong) = (world.member().await, world.account(&[Role::Admin]).await);
    let later = world.now() + TimeDelta::days(1);
    let id = json!({ "id": strong.credential });
    change(&member, "disableCredential", id.clone()).await.is_refused("FORBIDDEN");
    change(&member, "enableCredential", id).await.is_refused("FORBIDDEN");
    let input = json!({ "id": strong.credential, "name": "X", "expiresAt": later });
    change(&member, "updateCredential", input).await.is_refused("FORBIDDEN");
    let weak = world.account(&[Role::Viewer]).await;
    let input = json!({ "id": weak.credential, "expiresAt": later });
    change(&member, "updateCredential", input).await.data("");
}

#[tokio::test]
async fn the_last_live_credential_of_an_account_that_uses_it_is_deleted_by_force_only() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let other = one_more(&admin, &account, None).await;
    world.anonymous().ask_token(&account.form()).await.body(200);
    change(&admin, "disableCredential", json!({ "id": other.credential })).await.data("");
    for unforced in [None, Some(false)] {
        delete(&admin, &account.credential, unforced).await.is_refused("CONFLICT");
    }
    world.anonymous().ask_token(&account.form()).await.body(200);
    delete(&admin, &account.credential, Some(true)).await.data("");
    world.anonymous().ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
}

#[tokio::test]
async fn a_credential_with_a_live_sibling_or_unused_for_a_day_is_deleted_without_force() {
    let world = World::new().await;
    let (account, unused) = (world.account(&[]).await, world.account(&[]).await);
    let admin = world.admin().await;
    let other = one_more(&admin, &account, None).await;
    for used in [&account, &other] {
        world.anonymous().ask_token(&used.form()).await.body(200);
    }
    delete(&admin, &account.credential, None).await.data("");
    delete(&admin, &unused.credential, None).await.data("");
    delete(&admin, &other.credential, None).await.is_refused("CONFLICT");
    world.clock.advance(TimeDelta::hours(24));
    let admin = world.admin().await;
    delete(&admin, &other.credential, None).await.data("");
}

#[tokio::test]
async fn a_list_tells_of_each_what_is_asked_for_wherever_the_document_asks() {
    let world = World::new().await;
    world.clock.advance(TimeDelta::seconds(1));
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let end = world.now() + TimeDelta::days(1);
    world.clock.advance(TimeDelta::seconds(1));
    let mortal = one_more(&admin, &account, Some(end)).await;
    world.anonymous().ask_token(&mortal.form()).await.body(200);
    let list = "organization(id: \"acme\") { serviceAccounts(last: 1) { nodes { credentials(last: 1) { nodes";
    let query = format!(
        "query($id: ID!) {{ a: {list} {{ id }} }} }} }} }} b: {list} {{ id ...rest }} }} }} }} }} node(id: $id) {{ ... on ServiceAccount {{ credentials(last: 1) {{ nodes {{ ...rest }} }} }} }} }} fragment rest on Credential {{ tokenCount end: expiresAt }}"
    );
    let reply = admin.graphql(&query, json!({ "id": account.id })).await;
    for pointer in ["/b/serviceAccounts/nodes/0/credentials/nodes/0", "/node/credentials/nodes/0"] {
        let told = reply.data(pointer);
        let told_end: Option<DateTime<Utc>> =
            serde_json::from_value(told["end"].clone()).expect("an instant");
        assert_eq!((&told["tokenCount"], told_end), (&json!(1), Some(end)), "{told}");
    }
}
