//! The documents by which others find out.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
use serde_json::{Value, json};

use crate::support::World;

#[tokio::test]
async fn the_metadata_tells_exactly_what_is_offered() {
    let world = World::new().await;
    let reply = world.anonymous().get("/.well-known/oauth-authorization-server").await;
    let metadata = reply.json();
    assert_eq!(metadata["issuer"], "https://postern.test");
    assert_eq!(metadata["token_endpoint"], "https://postern.test/oauth/token");
    assert_eq!(metadata["jwks_uri"], "https://postern.test/.well-known/jwks.json");
    assert_eq!(metadata["grant_types_supported"], json!(["client_credentials"]));
    assert_eq!(metadata["response_types_supported"], json!([]));
    for endpoint in ["token", "introspection", "revocation"] {
        let told = |what: &str| &metadata[format!("{endpoint}_endpoint_auth_{what}_supported")];
        let methods = json!(["client_secret_basic", "client_secret_post", "private_key_jwt"]);
        assert_eq!(told("methods"), &methods);
        let algorithms = json!(["ES256", "EdDSA", "Ed25519", "RS256", "PS256"]);
        assert_eq!(told("signing_alg_values"), &algorithms);
    }
    for scope in metadata["scopes_supported"].as_array().expect("a list") {
        let scope = scope.as_str().expect("text");
        world.sign_in_for(&world.admin_account(), Some(scope)).await;
    }
}

#[tokio::test]
async fn a_token_can_be_verified_by_the_published_keys_alone() {
    for algorithm in ["ES256", "EdDSA", "RS256"] {
        let world = World::with(&[("SIGNING_ALGORITHM", algorithm)]).await;
        let reply = world.anonymous().get("/.well-known/jwks.json").await;
        assert!(reply.header("cache-control").is_some_and(|it| it.contains("max-age=")));
        let text = reply.text.clone();
        assert!(!text.contains("\"d\""), "{text}");
        let keys: JwkSet = serde_json::from_str(&text).expect("a JWK set");
        let token = world.admin().await.token.expect("a token");
        let header = decode_header(&token).expect("a header");
        let key = keys.find(&header.kid.expect("a kid")).expect("the key");
        let mut validation = Validation::new(header.alg);
        validation.set_audience(&["https://postern.test"]);
        validation.set_issuer(&["https://postern.test"]);
        validation.validate_exp = false;
        let key = DecodingKey::from_jwk(key).expect("a key");
        decode::<Value>(&token, &key, &validation).expect("a good token");
    }
}
