//! `private_key_jwt`: clients that prove themselves by what they sign (RFC 7523).

mod algorithms;
mod claims;
mod credential;
mod replay;
mod request;

use postern::authz::Role;
use serde_json::{Value, json};

use crate::support::{Account, Caller, ClientKeys, Reply, World};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client without a secret.
pub struct Client {
    pub account: Account,
    pub algorithm: String,
    pub keys: ClientKeys,
}

impl Client {
    pub async fn new(world: &World, algorithm: &str) -> Self {
        let keys = ClientKeys::new(algorithm);
        let public = keys.jwk().to_string();
        Self::with(world, algorithm, keys, &public).await
    }

    /// A client that is registered with `public`.
    pub async fn with(world: &World, algorithm: &str, keys: ClientKeys, public: &str) -> Self {
        let account = world.account(&[Role::Viewer]).await;
        let input = json!({ "serviceAccountId": account.id, "name": "Key", "publicKey": public });
        let made = world
            .admin()
            .await
            .mutate_selecting("createCredential", input, "credential { id clientId } clientSecret")
            .await;
        let made = made.data("/createCredential");
        assert_eq!(made["clientSecret"], Value::Null);
        let text = |member: &str| made["credential"][member].as_str().expect(member).to_owned();
        let (credential, client_id) = (text("id"), text("clientId"));
        let account = Account { credential, client_id, ..account };
        Self { account, algorithm: algorithm.to_owned(), keys }
    }

    pub fn header(&self) -> Value {
        json!({ "alg": self.algorithm, "typ": "JWT" })
    }

    /// Claims that are right, for a minute and for one time.
    pub fn claims(&self, world: &World) -> Value {
        let (id, now) = (&self.account.client_id, world.now().timestamp());
        let jti = postern::random::nonce();
        json!({ "iss": id, "sub": id, "aud": "https://postern.test", "jti": jti, "iat": now, "exp": now + 60 })
    }

    /// An assertion that is good for one time.
    pub fn assertion(&self, world: &World) -> String {
        self.keys.sign(&self.header(), &self.claims(world))
    }
}

/// The parameters of a request with an assertion.
pub fn proof(assertion: &str) -> Vec<(&str, &str)> {
    vec![("client_assertion_type", JWT_BEARER), ("client_assertion", assertion)]
}

pub async fn fetch(caller: &Caller, assertion: &str) -> Reply {
    let mut form = proof(assertion);
    form.push(("grant_type", "client_credentials"));
    caller.ask_token(&form).await
}

/// Asks one of the endpoints that are about a token.
pub async fn ask(caller: &Caller, path: &str, assertion: &str, token: &str) -> Reply {
    let mut form = proof(assertion);
    form.push(("token", token));
    Reply::of(caller.request(reqwest::Method::POST, path).form(&form)).await
}

pub fn token(reply: &Reply) -> String {
    reply.body(200)["access_token"].as_str().expect("a token").to_owned()
}
