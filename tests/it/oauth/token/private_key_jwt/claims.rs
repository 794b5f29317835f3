//! What an assertion must say, and by whom it must be signed.

use aws_lc_rs::hmac;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Client, fetch};
use crate::support::{ClientKeys, World, base64url, pem};

/// Header and claims, to be changed; and now.
type Change = fn(&mut Value, &mut Value, f64);

const REFUSED: &[(&str, Change)] = &[
    ("another alg", |header, _, _| header["alg"] = json!("ES384")),
    ("an alg of another key", |header, _, _| header["alg"] = json!("RS256")),
    ("no alg", |header, _, _| header["alg"] = Value::Null),
    ("crit", |header, _, _| header["crit"] = json!(["exp"])),
    ("empty crit", |header, _, _| header["crit"] = json!([])),
    ("typ of an access token", |header, _, _| header["typ"] = json!("at+jwt")),
    ("typ of no text", |header, _, _| header["typ"] = json!(1)),
    ("another iss", |_, claims, _| claims["iss"] = json!("another")),
    ("no iss", |_, claims, _| claims["iss"] = Value::Null),
    ("another client", |_, claims, _| {
        (claims["iss"], claims["sub"]) = (json!("a".repeat(21)), json!("a".repeat(21)));
    }),
    ("no client", |_, claims, _| (claims["iss"], claims["sub"]) = (json!(""), json!(""))),
    ("a client id with a NUL", |_, claims, _| {
        (claims["iss"], claims["sub"]) = (json!("a\0b"), json!("a\0b"));
    }),
    ("aud is the endpoint", |_, claims, _| {
        claims["aud"] = json!("https://postern.test/oauth/token");
    }),
    ("aud is a list", |_, claims, _| claims["aud"] = json!(["https://postern.test"])),
    ("aud with a slash", |_, claims, _| claims["aud"] = json!("https://postern.test/")),
    ("no aud", |_, claims, _| claims["aud"] = Value::Null),
    ("no jti", |_, claims, _| claims["jti"] = Value::Null),
    ("empty jti", |_, claims, _| claims["jti"] = json!("")),
    ("long jti", |_, claims, _| claims["jti"] = json!("x".repeat(256))),
    ("jti of no text", |_, claims, _| claims["jti"] = json!(7)),
    ("no exp", |_, claims, _| claims["exp"] = Value::Null),
    ("exp of no number", |_, claims, now| claims["exp"] = json!((now + 60.0).to_string())),
    ("it has expired", |_, claims, now| claims["exp"] = json!(now - 5.0)),
    ("exp far ahead", |_, claims, now| {
        (claims["exp"], claims["iat"]) = (json!(now + 310.5), Value::Null);
    }),
    ("a long life", |_, claims, now| {
        (claims["iat"], claims["exp"]) = (json!(now - 241.0), json!(now + 60.0));
    }),
    ("iat in the future", |_, claims, now| claims["iat"] = json!(now + 10.5)),
    ("nbf in the future", |_, claims, now| claims["nbf"] = json!(now + 10.5)),
    ("iat of no number", |_, claims, _| claims["iat"] = json!("now")),
];

const TAKEN: &[(&str, Change)] = &[
    ("as it is", |_, _, _| ()),
    ("no typ", |header, _, _| header["typ"] = Value::Null),
    ("typ of RFC 7523bis", |header, _, _| header["typ"] = json!("client-authentication+jwt")),
    ("typ in small letters", |header, _, _| header["typ"] = json!("jwt")),
    ("a kid, which is not looked up", |header, _, _| header["kid"] = json!("any")),
    ("within the leeway", |_, claims, now| claims["exp"] = json!(now - 4.5)),
    ("the longest", |_, claims, now| {
        (claims["iat"], claims["exp"]) = (json!(now), json!(now + 300.0));
    }),
    ("a clock ahead", |_, claims, now| {
        let ahead = now + 9.5;
        (claims["iat"], claims["nbf"]) = (json!(ahead), json!(ahead));
        claims["exp"] = json!(ahead + 300.0);
    }),
    ("no iat", |_, claims, _| claims["iat"] = Value::Null),
    ("the longest jti", |_, claims, _| {
        let jti = claims["jti"].as_str().expect("a jti").to_owned();
        claims["jti"] = json!(format!("{jti:x<255}"));
    }),
];

/// The assertion after a change; what is null is left out.
fn changed(world: &World, client: &Client, change: Change) -> String {
    let (mut header, mut claims) = (client.header(), client.claims(world));
    change(&mut header, &mut claims, world.now().timestamp_micros() as f64 / 1e6);
    for part in [&mut header, &mut claims] {
        part.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
    }
    client.keys.sign(&header, &claims)
}

#[tokio::test]
async fn every_invalid_header_or_claim_gets_the_same_response() {
    let world = World::new().await;
    let (client, caller) = (Client::new(&world, "ES256").await, world.anonymous());
    let mut answers = Vec::new();
    for (what, change) in REFUSED {
        let reply = fetch(&caller, &changed(&world, &client, *change)).await;
        assert_eq!((reply.status, reply.header("www-authenticate")), (401, None), "{what}");
        reply.is_oauth_error(401, "invalid_client");
        let names: Vec<_> = reply.headers.keys().map(ToString::to_string).collect();
        answers.push((reply.text, names));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    for (what, change) in TAKEN {
        let reply = fetch(&caller, &changed(&world, &client, *change)).await;
        assert_eq!(reply.status, 200, "{what}: {}", reply.text);
    }
}

#[tokio::test]
async fn an_assertion_is_valid_until_five_seconds_after_its_expiry() {
    let world = World::new().await;
    let (client, caller) = (Client::new(&world, "EdDSA").await, world.anonymous());
    let (last, late) = (client.assertion(&world), client.assertion(&world));
    // The clock stands a little after the second in which they were made.
    let left = TimeDelta::seconds(65) - TimeDelta::microseconds(123_456);
    world.clock.advance(left - TimeDelta::milliseconds(1));
    fetch(&caller, &last).await.body(200);
    world.clock.advance(TimeDelta::milliseconds(1));
    fetch(&caller, &late).await.is_oauth_error(401, "invalid_client");
}

#[tokio::test]
async fn an_assertion_must_be_signed_with_the_clients_own_key() {
    let world = World::new().await;
    let (client, other) = (Client::new(&world, "ES256").await, Client::new(&world, "ES256").await);
    let caller = world.anonymous();
    let refused = async |what: &str, assertion: &str| {
        let reply = fetch(&caller, assertion).await;
        assert_eq!(reply.status, 401, "{what}: {}", reply.text);
    };
    let (header, claims) = (client.header(), client.claims(&world));
    refused("another key", &ClientKeys::new("ES256").sign(&header, &claims)).await;
    refused("another client's key", &other.keys.sign(&header, &claims)).await;
    refused("a key of another kind", &ClientKeys::new("EdDSA").sign(&header, &claims)).await;
    let good = client.keys.sign(&header, &claims);
    let (message, signature) = good.rsplit_once('.').expect("a JWT");
    let more = base64url(json!({ "alg": "ES256", "x": 1 }).to_string());
    let (_, payload) = message.split_once('.').expect("a header");
    for (what, assertion) in [
        ("no signature", format!("{message}.")),
        ("no part for it", message.to_owned()),
        ("a part more", format!("{good}.")),
        ("another header", format!("{more}.{payload}.{signature}")),
        ("padding", format!("{good}==")),
        ("a space", format!(" {good}")),
        ("no base64", format!("{message}.%%%")),
        ("nothing in it", "..".to_owned()),
        ("a text", "assertion".to_owned()),
        ("a long one", format!("{}.{payload}.{signature}", "x".repeat(8_192))),
    ] {
        refused(what, &assertion).await;
    }
    fetch(&caller, &good).await.body(200);
}

#[tokio::test]
async fn alg_none_and_hmac_with_the_public_key_are_rejected() {
    let world = World::new().await;
    let (client, caller) = (Client::new(&world, "RS256").await, world.anonymous());
    let claims = base64url(client.claims(&world).to_string());
    for algorithm in ["none", "None", "NONE", ""] {
        let header = base64url(json!({ "alg": algorithm }).to_string());
        let unsigned = fetch(&caller, &format!("{header}.{claims}.")).await;
        unsigned.is_oauth_error(401, "invalid_client");
    }
    let message = format!("{}.{claims}", base64url(json!({ "alg": "HS256" }).to_string()));
    let (der, jwk) = (client.keys.der(), client.keys.jwk().to_string());
    for public in [pem(&der).as_bytes(), pem(&der).trim().as_bytes(), &der, jwk.as_bytes(), b""] {
        let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, public), message.as_bytes());
        let forged = fetch(&caller, &format!("{message}.{}", base64url(mac))).await;
        forged.is_oauth_error(401, "invalid_client");
    }
}
