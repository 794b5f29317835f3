use serde_json::json;

use super::{credentials, path};
use crate::support::{Account, World};

#[tokio::test]
async fn an_expiring_credential_cannot_enable_an_account_with_a_lasting_one() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let body = json!({ "name": "x", "expires_at": "2027-01-01T00:00:00Z" });
    let first = world.admin_account();
    let made = admin.post(&credentials(&first), &body).await.body(201);
    let text = |name: &str| made[name].as_str().expect("a text").to_owned();
    let ending = Account {
        credential: text("id"),
        client_id: text("client_id"),
        secret: text("client_secret"),
        ..first
    };
    let ending = world.sign_in(&ending).await;
    let at = path(&account);
    ending.post_empty(&format!("{at}/disable")).await.body(200);
    ending.post_empty(&format!("{at}/enable")).await.is_error(403, "FORBIDDEN");
    assert!(admin.get(&at).await.body(200)["disabled_at"].is_string());
    admin.post_empty(&format!("{at}/enable")).await.body(200);
}
