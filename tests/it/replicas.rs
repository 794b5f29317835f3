//! Several servers on one database, with nothing else between them.

use postern::app::App;
use postern::authz::Role;
use postern::clock::Clock;
use postern::config::Config;
use postern::signing_keys;
use postern::store::{self, Db, Purpose};
use serde_json::json;

use crate::support::{TestDatabase, World};

#[tokio::test]
async fn a_token_of_one_replica_opens_the_other() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let admin = world.admin().await;
    let reply = admin.at(&other).graphql("{ viewer { tokenExpiresAt } }", json!({})).await;
    assert_eq!(reply.status, 200);
    let keys = "/.well-known/jwks.json";
    assert_eq!(admin.get(keys).await.text, admin.at(&other).get(keys).await.text);
}

#[tokio::test]
async fn a_credential_deleted_at_one_replica_is_refused_at_the_other_with_the_next_request() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let account = world.account(&[Role::Viewer]).await;
    let caller = world.sign_in(&account).await.at(&other);
    let query = "{ viewer { tokenExpiresAt } }";
    assert_eq!(caller.graphql(query, json!({})).await.status, 200);
    let delete =
        "mutation($id: ID!) { deleteCredential(input: { id: $id, force: true }) { deletedId } }";
    world.admin().await.graphql(delete, json!({ "id": account.credential })).await.data("");
    assert_eq!(caller.graphql(query, json!({})).await.status, 401);
    caller.ask_token(&account.form()).await.is_oauth_error(401, "invalid_client");
}

#[tokio::test]
async fn replicas_that_start_at_once_on_an_empty_database_agree() {
    let database = TestDatabase::new().await;
    let master = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let settings = [("DATABASE_URL", database.url.as_str()), ("MASTER_KEY", master)];
    let settings = settings.map(|(name, value)| (format!("POSTERN_{name}"), value.to_owned()));
    let config = Config::load(None, settings, &[]).expect("settings");
    // The file of an embedded database is made by the first; the others find it.
    Db::connect(&config.database, Purpose::Migrate).await.expect("a database");
    let replica = async || {
        let db = Db::connect(&config.database, Purpose::Migrate).await.expect("a database");
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
