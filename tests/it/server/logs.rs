//! Logs: what they say about failed authentication, and what a reader that stops cannot do.

use std::io::Read;

use postern::secret::ClientSecret;
use serde_json::{Value, json};

use crate::support::{Caller, Process, World, in_time};

#[tokio::test]
async fn a_failed_authentication_is_logged_with_client_id_reason_and_client_address() {
    let world = World::with(&[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    let settings = [("LOG", "debug,sqlx=warn"), ("LOG_FORMAT", "json"), ("RATE_LIMIT", "2")];
    let mut server = Process::start_with_logs(&world, &settings).await;
    let (account, disabled) = (world.admin_account(), world.account(&[]).await);
    let admin = world.admin().await;
    admin.mutate("disableCredential", json!({ "id": disabled.credential })).await.data("");
    let wrong = ClientSecret::generate().reveal().to_owned();
    let unknown = "a".repeat(21);
    let attempts: [(&str, &str, &str, u16); 7] = [
        (&unknown, &wrong, "unknown_client", 401),
        (&account.client_id, &wrong, "wrong_secret", 401),
        (&account.client_id, "psk_short", "malformed_secret", 401),
        (&account.client_id, &wrong, "wrong_secret", 429),
        (&disabled.client_id, &disabled.secret, "credential_disabled", 401),
        (&account.secret, &wrong, "unknown_client", 401),
        (&account.client_id, "", "missing_credentials", 401),
    ];
    let http = reqwest::Client::new();
    for (client_id, secret, _, status) in attempts {
        let form = [("grant_type", "client_credentials"), ("client_secret", secret)];
        let request = http.post(format!("{}/oauth/token", server.base));
        let request = request.header("x-forwarded-for", "203.0.113.9");
        let request = request.form(&[&form[..], &[("client_id", client_id)]].concat());
        assert_eq!(request.send().await.expect("an answer").status().as_u16(), status);
    }
    Caller::anonymous(&server.base).ask_token(&account.form()).await.body(200);
    server.stop();
    let mut text = String::new();
    let mut logs = server.child.stderr.take().expect("its logs");
    logs.read_to_string(&mut text).expect("text");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let lines: Vec<_> =
        lines.filter(|line| line["message"] == "client authentication failed").collect();
    let expected = attempts.map(|(client_id, _, reason, _)| {
        let shown = if client_id == account.secret { "invalid" } else { client_id };
        json!([shown, reason, "203.0.113.9"])
    });
    let told: Vec<_> = lines
        .iter()
        .map(|line| json!([line["client.id"], line["auth.reason"], line["client.address"]]))
        .collect();
    assert_eq!(told, expected, "{text}");
    for secret in [&wrong, &account.secret, &disabled.secret] {
        assert!(!text.contains(secret.as_str()), "a secret is in the logs");
    }
}

#[tokio::test]
async fn a_stalled_log_reader_does_not_stop_the_server() {
    let world = World::new().await;
    let mut server = Process::start_with_logs(&world, &[]).await;
    let (caller, account) = (Caller::anonymous(&server.base), world.admin_account());
    in_time("all requests are answered", async {
        for _ in 0..2_500 {
            assert_eq!(caller.get("/healthz").await.status, 200);
        }
        caller.ask_token(&account.form()).await.body(200);
    })
    .await;
    server.stop();
    let mut logs = server.child.stderr.take().expect("its logs");
    let mut text = String::new();
    logs.read_to_string(&mut text).expect("text");
    assert!(text.contains("serving") && text.contains("/healthz"), "{text}");
}
