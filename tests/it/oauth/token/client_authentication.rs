//! Rules 2 and 5: how a client proves itself, and how all failures look alike.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;

use crate::support::{Reply, World};

async fn with_header(world: &World, authorization: &str, form: &[(&str, &str)]) -> Reply {
    let request = world.anonymous().request(Method::POST, "/oauth/token");
    Reply::of(request.header("authorization", authorization).form(form)).await
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

#[tokio::test]
async fn client_secret_basic_and_client_secret_post_are_accepted() {
    let world = World::new().await;
    let account = world.admin_account();
    assert_eq!(world.anonymous().ask_token(&account.form()).await.status, 200);
    let header = basic(&account.client_id, &account.secret);
    for header in [header.clone(), header.replace("Basic", "bAsIc")] {
        assert_eq!(with_header(&world, &header, &[GRANT]).await.status, 200);
    }
    let same_id = [GRANT, ("client_id", account.client_id.as_str())];
    assert_eq!(with_header(&world, &header, &same_id).await.status, 200);
}

#[tokio::test]
async fn basic_credentials_are_form_decoded_after_base64() {
    let world = World::new().await;
    let account = world.admin_account();
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let header = basic(&encode(&account.client_id), &encode(&account.secret));
    assert_eq!(with_header(&world, &header, &[GRANT]).await.status, 200);
}

#[tokio::test]
async fn multiple_authentication_methods_in_one_request_are_rejected() {
    let world = World::new().await;
    let account = world.admin_account();
    let header = basic(&account.client_id, &account.secret);
    let both = with_header(&world, &header, &account.form()).await;
    both.is_oauth_error(400, "invalid_request");
    let other_id = with_header(&world, &header, &[GRANT, ("client_id", "another")]).await;
    other_id.is_oauth_error(400, "invalid_request");
}

#[tokio::test]
async fn malformed_basic_credentials_are_rejected() {
    let world = World::new().await;
    let no_colon = format!("Basic {}", STANDARD.encode("nocolon"));
    for header in ["Basic %%%", &no_colon, &basic("a%zz", "b"), &basic("ä", "b")] {
        with_header(&world, header, &[GRANT]).await.is_oauth_error(400, "invalid_request");
    }
}

#[tokio::test]
async fn every_failed_authentication_gets_the_same_response() {
    let world = World::new().await;
    let account = world.admin_account();
    let other = world.account(&[]).await;
    let mut replies = Vec::new();
    for (id, secret) in [
        (account.client_id.as_str(), other.secret.as_str()),
        (&account.client_id, "garbage"),
        ("unknownunknownunknown", &account.secret),
        ("x", &account.secret),
        (&account.client_id, ""),
        ("", &account.secret),
    ] {
        let reply = with_header(&world, &basic(id, secret), &[GRANT]).await;
        reply.is_oauth_error(401, "invalid_client");
        assert_eq!(reply.header("www-authenticate"), Some(r#"Basic realm="postern""#));
        let names: Vec<_> = reply.headers.keys().map(ToString::to_string).collect();
        replies.push((reply.text, names));

        let form = [GRANT, ("client_id", id), ("client_secret", secret)];
        let in_body = world.anonymous().ask_token(&form).await;
        in_body.is_oauth_error(401, "invalid_client");
        assert_eq!(in_body.header("www-authenticate"), None);
    }
    replies.dedup();
    assert_eq!(replies.len(), 1, "{replies:?}");
}

#[tokio::test]
async fn an_unknown_client_costs_one_hash_like_a_wrong_secret() {
    use postern::secret::{ClientSecret, QueueClass, SecretHasher, SecretVerification};
    let params = argon2::Params::new(64, 1, 1, None).expect("parameters");
    let pool = SecretHasher::new(params, 1).expect("a pool");
    let secret = ClientSecret::generate();
    let stored = pool.hash(QueueClass::Operator, &secret).await.expect("a hash");
    let right = pool.verify(QueueClass::Operator, &secret, Some(&stored)).await.expect("an answer");
    assert!(matches!(right, SecretVerification::Match { rehashed: None }));
    for stored in [None, Some(stored.as_str())] {
        let wrong = pool
            .verify(QueueClass::Operator, &ClientSecret::generate(), stored)
            .await
            .expect("an answer");
        assert!(matches!(wrong, SecretVerification::Mismatch));
    }
    assert_eq!(pool.hash_count(), 4, "a hash to store, a right one, a wrong one, an unknown one");
}
