//! The documents by which others find out.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
use serde_json::{Value, json};

use super::token::private_key_jwt::{Client, proof};
use crate::support::{Reply, World};

#[tokio::test]
async fn the_metadata_lists_endpoints_grants_methods_and_scopes() {
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

/// What the metadata lists under a name.
async fn listed(world: &World, name: &str) -> Vec<String> {
    let reply = world.anonymous().get("/.well-known/oauth-authorization-server").await;
    serde_json::from_value(reply.json()[name].clone()).expect(name)
}

/// The three endpoints, by what the metadata calls them, with their paths here.
const ENDPOINTS: [(&str, &str); 3] = [
    ("token", "/oauth/token"),
    ("introspection", "/oauth/introspect"),
    ("revocation", "/oauth/revoke"),
];

#[tokio::test]
async fn each_listed_authentication_method_works_at_each_endpoint() {
    let world = World::new().await;
    let (account, caller) = (world.account(&[]).await, world.anonymous());
    let asked = [("grant_type", "client_credentials"), ("token", "x")];
    for (endpoint, path) in ENDPOINTS {
        for method in listed(&world, &format!("{endpoint}_endpoint_auth_methods_supported")).await {
            let post = || caller.request(reqwest::Method::POST, path);
            let body = [&asked[..], &account.form()[1..]].concat();
            let replies = match method.as_str() {
                "client_secret_basic" => {
                    let basic = post().basic_auth(&account.client_id, Some(&account.secret));
                    vec![Reply::of(basic.form(&asked)).await]
                }
                "client_secret_post" => vec![Reply::of(post().form(&body)).await],
                "private_key_jwt" => {
                    let name = format!("{endpoint}_endpoint_auth_signing_alg_values_supported");
                    let mut replies = Vec::new();
                    for algorithm in listed(&world, &name).await {
                        let assertion = Client::new(&world, &algorithm).await.assertion(&world);
                        let form = [&asked[..], &proof(&assertion)].concat();
                        replies.push(Reply::of(post().form(&form)).await);
                    }
                    replies
                }
                other => panic!("{other} is listed and not tried"),
            };
            assert!(replies.iter().all(|it| it.status == 200), "{path} {method}: {replies:?}");
        }
    }
}

#[tokio::test]
async fn grants_methods_and_scopes_that_are_not_listed_are_rejected() {
    let world = World::new().await;
    let (account, caller) = (world.account(&[]).await, world.anonymous());
    let grants = listed(&world, "grant_types_supported").await;
    for grant in [
        "authorization_code",
        "refresh_token",
        "password",
        "implicit",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "urn:ietf:params:oauth:grant-type:device_code",
    ] {
        assert!(!grants.iter().any(|it| it == grant));
        let form = [&[("grant_type", grant)], &account.form()[1..]].concat();
        caller.ask_token(&form).await.is_oauth_error(400, "unsupported_grant_type");
    }
    // `none`, `client_secret_jwt` and SAML.
    let none = [("grant_type", "client_credentials"), ("client_id", account.client_id.as_str())];
    caller.ask_token(&none).await.is_oauth_error(401, "invalid_client");
    let saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
    let form = [&none[..], &[("client_assertion_type", saml), ("client_assertion", "x")]].concat();
    caller.ask_token(&form).await.is_oauth_error(401, "invalid_client");
    for scope in ["openid", "offline_access", "organizations:burn"] {
        assert!(!listed(&world, "scopes_supported").await.iter().any(|it| it == scope));
        let form = [&account.form()[..], &[("scope", scope)]].concat();
        caller.ask_token(&form).await.is_oauth_error(400, "invalid_scope");
    }
    let reply = caller.get("/.well-known/oauth-authorization-server").await.json();
    for absent in ["authorization_endpoint", "registration_endpoint", "userinfo_endpoint"] {
        assert_eq!(reply.get(absent), None);
    }
}

#[tokio::test]
async fn a_token_can_be_verified_with_the_jwks_alone() {
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
