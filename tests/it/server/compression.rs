//! Compressed responses: JSON of some length that holds no secret.

use std::io::Read;

use flate2::read::GzDecoder;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::{Caller, World};

struct Answer {
    encoding: Option<String>,
    varies: bool,
    text: String,
}

/// Sends a request that accepts gzip.
async fn send(request: RequestBuilder) -> Answer {
    let reply = request.header("accept-encoding", "br, gzip;q=0.5").send().await.expect("a reply");
    let encoding = reply.headers().get("content-encoding");
    let encoding = encoding.map(|it| it.to_str().expect("text").to_owned());
    let mut varies = reply.headers().get_all("vary").iter();
    let varies = varies.any(|it| it.as_bytes().eq_ignore_ascii_case(b"accept-encoding"));
    let bytes = reply.bytes().await.expect("a body");
    let mut text = String::new();
    match &encoding {
        Some(_) => GzDecoder::new(&bytes[..]).read_to_string(&mut text).expect("gzip"),
        None => (&bytes[..]).read_to_string(&mut text).expect("text"),
    };
    Answer { encoding, varies, text }
}

async fn get(caller: &Caller, path: &str) -> Answer {
    send(caller.request(Method::GET, path)).await
}

#[tokio::test]
async fn json_over_1_kib_is_compressed_for_clients_that_accept_it() {
    let world = World::new().await;
    let caller = world.anonymous();
    let plain = caller.get("/openapi.json").await;
    assert_eq!(
        (plain.header("content-encoding"), plain.header("vary")),
        (None, Some("accept-encoding"))
    );
    let compressed = get(&caller, "/openapi.json").await;
    assert_eq!(compressed.encoding.as_deref(), Some("gzip"));
    assert!(compressed.varies && compressed.text == plain.text);
    let refused = caller.request(Method::GET, "/openapi.json");
    let refused = refused.header("accept-encoding", "gzip;q=0").send().await.expect("a reply");
    assert_eq!(refused.headers().get("content-encoding"), None);

    let admin = world.admin().await;
    let short = get(&admin, "/organizations").await;
    assert!(short.encoding.is_none() && !short.varies && short.text.len() < 1_024);
    let metadata = get(&caller, "/.well-known/oauth-authorization-server").await;
    assert!(
        metadata.encoding.is_none() && metadata.text.len() > 1_024,
        "OAuth endpoints never are"
    );
}

#[tokio::test]
async fn responses_with_a_secret_are_not_compressed() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let path = format!("/organizations/acme/service-accounts/{}/credentials", account.id);
    let body = json!({ "name": "Long", "description": "é".repeat(500) });
    let created = send(admin.request(Method::POST, &path).json(&body)).await;
    assert!(created.encoding.is_none() && created.text.len() > 1_024 && !created.varies);
    let created: Value = serde_json::from_str(&created.text).expect("JSON");
    let one = format!("{path}/{}", created["id"].as_str().expect("an id"));
    assert_eq!(get(&admin, &one).await.encoding.as_deref(), Some("gzip"));
    let rotated = send(admin.request(Method::POST, &format!("{one}/rotation"))).await;
    assert!(rotated.encoding.is_none() && rotated.text.contains("psk_"));

    let input =
        json!({ "serviceAccountId": account.id, "name": "Long", "description": "é".repeat(500) });
    let mutation = r#"
        mutation($input: CreateCredentialInput!) {
          createCredential(input: $input) {
            clientSecret
            credential { description }
          }
        }
    "#;
    let graphql = |body: Value| send(admin.request(Method::POST, "/graphql").json(&body));
    let created = graphql(json!({ "query": mutation, "variables": { "input": input } })).await;
    assert!(created.encoding.is_none() && created.text.contains("psk_"));
    let query = r#"
        {
          organization(id: "acme") {
            serviceAccounts {
              nodes {
                credentials { nodes { description } }
              }
            }
          }
        }
    "#;
    assert_eq!(graphql(json!({ "query": query })).await.encoding.as_deref(), Some("gzip"));
}
