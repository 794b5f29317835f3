//! Tokens of clients that authenticate with `private_key_jwt`, compared with secrets.

use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use postern::random;
use serde_json::{Value, json};

use crate::Plan;
use crate::admin::Admin;
use crate::generator::{self, Requests, Until};
use crate::http;
use crate::installation::Installation;
use crate::process::Server;
use crate::report::{Targets, median, print_line};
use crate::tokens;

/// The number of clients, which share a key.
const CLIENTS: usize = 200;
/// The number of assertions of each run; each is sent once.
const ASSERTIONS: usize = 20_000;
/// The number of connections.
const CONNECTIONS: usize = 64;

const CREATE: &str = "mutation($id: ID!, $key: String!) {
  createCredential(input: { serviceAccountId: $id, name: \"Key\", publicKey: $key }) {
    credential { clientId }
  }
}";

/// Measures both alternately.
pub async fn run(plan: &Plan, of: &Installation, targets: &mut Targets) {
    let server = Server::start(&["serve"], &of.settings).await;
    let secrets = tokens::requests(of, of.cheap_client_ids());
    tokens::warm_up(&server, &secrets).await;
    let (public, private) = generate_key();
    let clients = create_clients(of, &server, &public).await;
    let (mut rates, mut ratios) = (Vec::new(), Vec::new());
    for _ in 0..plan.runs {
        let signed = requests(of, &clients, &private);
        let until = Until::Elapsed(plan.time);
        let by_secret = generator::run(server.address, &secrets, CONNECTIONS, until).await;
        let by_key = generator::run(server.address, &signed, CONNECTIONS, Until::AllSent).await;
        assert_eq!(by_key.errors, 0, "every assertion is accepted");
        rates.push(by_key.rate);
        ratios.push(by_key.rate / by_secret.rate);
    }
    let rate = median(rates.into_iter());
    print_line(&format!("\nTokens by assertions (ES256), {CONNECTIONS} connections: {rate:.0}/s."));
    let ratio = median(ratios.into_iter());
    targets.add("tokens by assertions / warm tokens, 64", "≥ 0.4", format!("{ratio:.2}"));
}

/// Generates a key pair: the public key as JWK, and the private key.
fn generate_key() -> (String, EncodingKey) {
    let random = SystemRandom::new();
    let signing = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(signing, &random).expect("a key");
    let pair = EcdsaKeyPair::from_pkcs8(signing, pkcs8.as_ref()).expect("a key");
    let point = pair.public_key().as_ref();
    let [x, y] = [&point[1..33], &point[33..]].map(|it| URL_SAFE_NO_PAD.encode(it));
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y });
    (jwk.to_string(), EncodingKey::from_ec_der(pkcs8.as_ref()))
}

/// Creates credentials with this key; returns their client ids.
async fn create_clients(of: &Installation, server: &Server, public: &str) -> Vec<String> {
    let admin = Admin::new(server.address, of).await;
    let page = "query($after: String) { organization(id: \"load\") {
        serviceAccounts(first: 100, after: $after) { nodes { id } pageInfo { endCursor } } } }";
    let (mut clients, mut after) = (Vec::new(), Value::Null);
    while clients.len() < CLIENTS {
        let accounts = admin.execute(server.address, page, &json!({ "after": after })).await;
        let accounts = &accounts["organization"]["serviceAccounts"];
        after = accounts["pageInfo"]["endCursor"].clone();
        for account in accounts["nodes"].as_array().expect("accounts") {
            let create = json!({ "id": account["id"], "key": public });
            let created = admin.execute(server.address, CREATE, &create).await;
            let client_id = &created["createCredential"]["credential"]["clientId"];
            clients.push(client_id.as_str().expect("a client id").to_owned());
        }
    }
    clients
}

/// Renders token requests, each with an assertion of the next client.
fn requests(of: &Installation, clients: &[String], private: &EncodingKey) -> Requests {
    let header = Header::new(Algorithm::ES256);
    let now = of.app.clock.now().timestamp();
    let request = |client_id: &String| {
        let claims = json!({
            "iss": client_id, "sub": client_id, "aud": "https://load.test",
            "jti": random::nonce(), "iat": now, "exp": now + 60,
        });
        let assertion = encode(&header, &claims, private).expect("an assertion");
        let body = format!(
            "grant_type=client_credentials&client_assertion={assertion}&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
        );
        http::request("POST", "/oauth/token", &[http::FORM], &body)
    };
    Arc::new(clients.iter().cycle().take(ASSERTIONS).map(request).collect())
}
