//! Credentials that are public keys: which are taken, and what is told of them.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use crate::support::{Account, Caller, ClientKeys, Reply, World, base64url, pem};

const CREATE: &str = r#"
    mutation($input: CreateCredentialInput!) {
      createCredential(input: $input) {
        credential { id publicKey authMethod }
        clientSecret
      }
    }
"#;

/// A public key of 1024 bits.
const SMALL_RSA: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC7aJgRiC/82Of70d1vc6ly4+q9sGE32zf8Rrk65/6Xfa4MQw9PZcFY8PVXEfePwtBjjczHIDgGnCmwzE46d4//l28OWCAdv1tpe4p6mn1YPAZ9iCBZ4ilO7+uZTfShMZYvu8IVNyyMoHHtUK1opFvptInu19PPCzIJEvklu2jF1wIDAQAB";

/// A public key whose point is compressed.
const COMPRESSED: &str =
    "MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgACFnKZykPnDO7yBErjqGcGkWt5xSa29C0aYPCkAuE8RJA=";

async fn create(caller: &Caller, account: &Account, public: &str) -> Reply {
    let input = json!({ "serviceAccountId": account.id, "name": "Key", "publicKey": public });
    caller.graphql(CREATE, json!({ "input": input })).await
}

/// A key with other members; what is null is taken away.
fn but(keys: &ClientKeys, changes: &Value) -> String {
    let mut jwk = keys.jwk();
    for (member, value) in changes.as_object().expect("members") {
        jwk[member] = value.clone();
    }
    jwk.as_object_mut().expect("a JWK").retain(|_, value| !value.is_null());
    jwk.to_string()
}

fn labelled(label: &str) -> String {
    format!("-----BEGIN {label}-----\nMDkw\n-----END {label}-----\n")
}

/// JWKs that are no public keys, each with a word of why.
fn refused_jwks() -> Vec<(String, &'static str)> {
    let [ec, ed, rsa] = ["ES256", "EdDSA", "RS256"].map(ClientKeys::new);
    let p384 = json!({ "crv": "P-384", "x": base64url([1; 48]), "y": base64url([1; 48]) });
    let compressed_y = |y: u8| base64url([&[y], [0; 31].as_slice()].concat());
    vec![
        (but(&ec, &json!({ "d": base64url([1; 32]) })), "private"),
        (but(&ed, &json!({ "d": base64url([1; 32]) })), "private"),
        (but(&rsa, &json!({ "p": "AQ", "q": "AQ" })), "private"),
        (json!({ "kty": "oct", "k": base64url([1; 32]) }).to_string(), "secret"),
        (but(&ec, &p384), "crv"),
        (but(&ec, &json!({ "crv": "secp256k1" })), "crv"),
        (but(&ec, &json!({ "crv": null })), "crv"),
        (but(&ed, &json!({ "crv": "X25519" })), "crv"),
        (but(&ed, &json!({ "crv": "Ed448", "x": base64url([1; 57]) })), "crv"),
        (but(&ec, &json!({ "x": base64url([1; 32]) })), "a point of"),
        (but(&ec, &json!({ "x": base64url([0; 32]), "y": base64url([0; 32]) })), "a point of"),
        (but(&ec, &json!({ "x": base64url([1; 31]) })), "a point of"),
        (but(&ec, &json!({ "y": null })), "y must be base64url"),
        (but(&ec, &json!({ "y": "%" })), "y must be base64url"),
        (but(&ec, &json!({ "y": 1 })), "must be a string"),
        (but(&ed, &json!({ "x": compressed_y(2) })), "a point of"),
        (but(&ed, &json!({ "x": compressed_y(1) })), "a point of"),
        (but(&ed, &json!({ "x": base64url([1; 31]) })), "a point of"),
        (but(&rsa, &json!({ "n": base64url([0xFF; 128]) })), "2048"),
        (but(&rsa, &json!({ "n": base64url([0xFF; 1025]) })), "8192"),
        (but(&rsa, &json!({ "n": base64url([0xFE; 256]) })), "valid RSA"),
        (but(&rsa, &json!({ "e": "AQ" })), "valid RSA"),
        (but(&rsa, &json!({ "e": "Ag" })), "valid RSA"),
        (but(&rsa, &json!({ "n": "" })), "valid RSA"),
        (but(&ec, &json!({ "alg": "ES384" })), "alg"),
        (but(&ec, &json!({ "alg": "RS256" })), "alg"),
        (but(&rsa, &json!({ "alg": "HS256" })), "alg"),
        (but(&rsa, &json!({ "alg": "none" })), "alg"),
        (but(&rsa, &json!({ "alg": "RSA-OAEP-256" })), "alg"),
        (but(&rsa, &json!({ "use": "enc" })), "use"),
        (but(&rsa, &json!({ "key_ops": ["encrypt"] })), "key_ops"),
        (but(&ec, &json!({ "kty": "AKP" })), "kty"),
        (but(&ec, &json!({ "kid": 1 })), "must be a string"),
        (json!({ "keys": [ec.jwk()] }).to_string(), "kty"),
        ("{".to_owned(), "JSON"),
        (but(&ec, &json!({ "x5c": ["x".repeat(8_192)] })), "8192"),
    ]
}

fn refused_pems() -> Vec<(String, &'static str)> {
    let p384 = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).expect("a key pair");
    let p384: PublicKeyX509Der<'_> = p384.public_key().as_der().expect("DER");
    let good = ClientKeys::new("ES256").der();
    let one_body =
        |body: &str| format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n");
    let private = ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"];
    let mut refused: Vec<_> =
        private.into_iter().map(|label| (labelled(label), "private")).collect();
    refused.extend([
        (format!("{}{}", pem(&good), labelled("PRIVATE KEY")), "private"),
        (labelled("CERTIFICATE"), "certificate"),
        (labelled("RSA PUBLIC KEY"), "must be a JWK or"),
        (labelled("PUBLIC KEY"), "must be a key of"),
        (pem(p384.as_ref()), "must be a key of"),
        (one_body(COMPRESSED), "uncompressed"),
        (one_body(SMALL_RSA), "2048"),
        (pem(&[good.as_slice(), &[0]].concat()), "must be a key of"),
        (pem(&good[26..]), "must be a key of"),
        (pem(&[1; 32]), "must be a key of"),
        (pem(&good).repeat(2), "must be one key"),
        (one_body("%"), "must be a JWK or"),
        (String::new(), "must be a JWK or"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5".to_owned(), "must be a JWK or"),
        ("[]".to_owned(), "must be a JWK or"),
    ]);
    refused
}

#[tokio::test]
async fn an_invalid_public_key_is_rejected_with_the_reason() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    for (public, why) in refused_jwks().into_iter().chain(refused_pems()) {
        let reply = create(&admin, &account, &public).await;
        reply.is_graphql_error("BAD_USER_INPUT");
        let error = &reply.json()["errors"][0];
        assert_eq!(error["extensions"]["field"], "publicKey");
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains(why), "{public}\n{message}, but not {why}");
    }
}

#[tokio::test]
async fn a_public_key_is_stored_as_a_jwk_with_public_members_only() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    for (algorithm, named) in [("ES256", "ES256"), ("Ed25519", "EdDSA"), ("PS256", "PS256")] {
        let keys = ClientKeys::new(algorithm);
        let mut kept = keys.jwk();
        kept["use"] = json!("sig");
        let told = async |public: &str| {
            let made = create(&admin, &account, public).await.data("/createCredential");
            assert_eq!(made["clientSecret"], Value::Null);
            assert_eq!(made["credential"]["authMethod"], "PRIVATE_KEY_JWT");
            let public = made["credential"]["publicKey"].as_str().expect("a key").to_owned();
            serde_json::from_str::<Value>(&public).expect("a JWK")
        };
        assert_eq!(told(&pem(&keys.der())).await, kept);
        assert_eq!(told(&format!("\n {}\n", keys.jwk())).await, kept);
        assert_eq!(
            told(&format!("a comment\r\n{}", pem(&keys.der()).replace('\n', "\r\n"))).await,
            kept
        );
        let more = json!({
            "alg": algorithm, "kid": "1", "key_ops": ["verify"], "ext": true, "x5c": ["MII"], "k": "x",
        });
        (kept["alg"], kept["kid"]) = (json!(named), json!("1"));
        assert_eq!(told(&but(&keys, &more)).await, kept);
    }
    let query = r#"
        query($id: ID!) {
          node(id: $id) { ... on Credential { publicKey authMethod } }
        }
    "#;
    let told = admin.graphql(query, json!({ "id": account.credential })).await.data("/node");
    assert_eq!(told, json!({ "publicKey": null, "authMethod": "CLIENT_SECRET" }));
}

#[tokio::test]
async fn an_idempotent_create_with_another_public_key_is_rejected() {
    let world = World::new().await;
    let (_, other) = world.replica().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let keys = [ClientKeys::new("ES256"), ClientKeys::new("ES256")];
    let [first, second] = keys.map(|keys| {
        let public = keys.jwk().to_string();
        json!({ "input": {
            "serviceAccountId": account.id, "name": "Key", "publicKey": public, "idempotencyKey": "k",
        } })
    });
    let made = admin.graphql(CREATE, first.clone()).await.data("/createCredential");
    let again = admin.at(&other).graphql(CREATE, first).await.data("/createCredential");
    assert_eq!((&made["clientSecret"], &made), (&Value::Null, &again));
    admin.graphql(CREATE, second).await.is_graphql_error("CONFLICT");
}

#[tokio::test]
async fn a_rotation_may_change_between_secret_and_public_key() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let rotate = r#"
        mutation($id: ID!, $key: String) {
          startCredentialRotation(input: { id: $id, publicKey: $key }) {
            clientSecret
            newCredential { id authMethod publicKey }
          }
        }
    "#;
    let keys = ClientKeys::new("EdDSA").jwk().to_string();
    let variables = json!({ "id": account.credential, "key": keys });
    let made = admin.graphql(rotate, variables).await.data("/startCredentialRotation");
    assert_eq!(made["clientSecret"], Value::Null);
    assert_eq!(made["newCredential"]["authMethod"], "PRIVATE_KEY_JWT");
    let variables = json!({ "id": made["newCredential"]["id"] });
    let made = admin.graphql(rotate, variables).await.data("/startCredentialRotation");
    assert!(made["clientSecret"].is_string());
    assert_eq!(made["newCredential"]["authMethod"], "CLIENT_SECRET");
    assert_eq!(made["newCredential"]["publicKey"], Value::Null);
    let variables = json!({ "id": made["newCredential"]["id"], "key": "x" });
    let refused = admin.graphql(rotate, variables).await;
    refused.is_graphql_error("BAD_USER_INPUT");
    assert_eq!(refused.json()["errors"][0]["extensions"]["field"], "publicKey");
}

#[tokio::test]
async fn a_public_key_credential_is_created_and_listed_over_rest() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let path = format!("/organizations/acme/service-accounts/{}/credentials", account.id);
    let public = ClientKeys::new("ES256").jwk();
    let id = create(&admin, &account, &public.to_string()).await;
    let id = id.data("/createCredential/credential/id");
    let body = json!({ "name": "Key", "public_key": public.to_string() });
    let created = admin.post(&path, &body).await.body(201);
    assert_eq!(created.get("client_secret"), None);
    let listed = admin.get(&path).await.body(200);
    let listed = listed["items"].as_array().expect("a list");
    for id in [&id, &created["id"]] {
        let one = listed.iter().find(|it| it["id"] == *id).expect("the credential");
        let members: Vec<_> = one.as_object().expect("a body").keys().collect();
        assert_eq!(members, ["auth_method", "client_id", "created_at", "id", "name"]);
        assert_eq!(one["auth_method"], "private_key_jwt");
    }
    let misspelt = json!({ "name": "x", "publicKey": public.to_string() });
    admin.post(&path, &misspelt).await.is_invalid("publicKey");
    let object = json!({ "name": "x", "public_key": public });
    admin.post(&path, &object).await.is_invalid("public_key");
    let count = admin.get(&path).await.body(200)["items"].as_array().map(Vec::len);
    assert_eq!(count, Some(3), "rejected requests create nothing");
}
