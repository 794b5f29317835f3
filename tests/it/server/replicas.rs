//! Several servers on one database, with nothing else between them.

use postern::app::App;
use postern::authz::Role;
use postern::clock::Clock;
use postern::config::Config;
use postern::signing_keys;
use postern::store::{self, ConnectMode, Db};
use serde_json::json;

use crate::support::{TestDatabase, VIEWER, World};

#[tokio::test]
async fn a_token_of_one_replica_is_accepted_by_another() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let admin = world.admin().await;
    let reply = admin.at(&other).graphql(VIEWER, json!({})).await;
    assert_eq!(reply.status, 200);
    let keys = "/.well-known/jwks.json";
    assert_eq!(admin.get(keys).await.text, admin.at(&other).get(keys).await.text);
}

#[tokio::test]
async fn a_credential_deleted_at_one_replica_is_rejected_by_the_next_request_at_another() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let account = world.account(&[Role::Viewer]).await;
    let caller = world.sign_in(&account).await.at(&other);
    assert_eq!(caller.graphql(VIEWER, json!({})).await.status, 200);
    world
        .admin()
        .await
        .mutate("deleteCredential", json!({ "id": account.credential, "force": true }))
        .await
        .data("");
    assert_eq!(caller.graphql(VIEWER, json!({})).await.status, 401);
    caller.ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
}

#[tokio::test]
async fn replicas_that_start_together_on_an_empty_database_share_one_key() {
    let database = TestDatabase::new().await;
    let master = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let settings = [("DATABASE_URL", database.url.as_str()), ("MASTER_KEY", master)];
    let settings = settings.map(|(name, value)| (format!("POSTERN_{name}"), value.to_owned()));
    let config = Config::load(None, settings, &[]).expect("settings");
    // The file of an embedded database is made by the first; the others find it.
    Db::connect(&config.database, ConnectMode::Migrate).await.expect("a database");
    let replica = async || {
        let db = Db::connect(&config.database, ConnectMode::Migrate).await.expect("a database");
        store::migrate(&db).await.expect("migrated");
        let app = App::new(config.clone(), Clock::System, db).expect("an app");
        app.keys.load().await.expect("keys");
        let keys = signing_keys::all(app.db.reader()).await.expect("keys");
        keys.iter().map(|key| key.id.clone()).collect::<Vec<_>>()
    };
    let (a, b, c) = tokio::join!(replica(), replica(), replica());
    assert_eq!(a.len(), 1);
    assert_eq!((&a, &a), (&b, &c));
}
