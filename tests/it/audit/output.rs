//! Output of audit events to standard output.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use postern::authz::Role;
use serde_json::{Value, json};

use crate::support::{Account, Caller, Process, World, eventually, free_address};

async fn sign_in(process: &Process, account: &Account) -> Caller {
    let anonymous = Caller::anonymous(&process.base);
    let reply = anonymous.ask_token(&account.form()).await.json();
    anonymous.with_token(reply["access_token"].as_str().expect("a token"))
}

#[tokio::test]
async fn committed_events_are_lines_of_json_and_a_stopping_server_writes_the_last_ones() {
    let world = World::new().await;
    let (admin, viewer) = (world.admin_account(), world.account(&[Role::Viewer]).await);
    let mut settings = world.environment();
    settings.push(("POSTERN_AUDIT_LOG".to_owned(), "stdout".to_owned()));
    let address = free_address();
    let child = Command::new(env!("CARGO_BIN_EXE_postern"))
        .arg("serve")
        .envs(settings)
        .env("POSTERN_LISTEN", &address)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the server starts");
    let mut process = Process { child, base: format!("http://{address}") };
    process.wait_until_ready().await;
    // Its clock is that of the system.
    let (admin, viewer) = (sign_in(&process, &admin).await, sign_in(&process, &viewer).await);
    let accounts = "/organizations/acme/service-accounts";
    let created = admin.post(accounts, &json!({ "name": "Printed" })).await.body(201);
    admin.post(accounts, &json!({ "name": "" })).await.is_error(400, "BAD_USER_INPUT");
    let one = format!("{accounts}/{}", created["id"].as_str().expect("an id"));
    for _ in 0..3 {
        viewer.delete(&one).await.is_error(403, "FORBIDDEN");
    }
    process.stop();
    let out = process.child.stdout.take().expect("its output");
    let lines = BufReader::new(out).lines().map(|line| line.expect("a line"));
    let lines: Vec<Value> = lines.map(|line| serde_json::from_str(&line).expect("JSON")).collect();
    let of = |action: &str| lines.iter().filter(|it| it["action"] == action).collect::<Vec<_>>();
    let success = of("service_account.create");
    assert_eq!(success.len(), 1, "{lines:?}");
    let organization = json!(world.first.organization.id);
    assert_eq!(
        (&success[0]["organization_id"], &success[0]["outcome"]),
        (&organization, &json!("success"))
    );
    let denied = of("service_account.delete");
    let count: i64 = denied.iter().filter_map(|it| it["count"].as_i64()).sum();
    assert_eq!(count, 3, "{lines:?}");
    // What is output is what the list returns.
    let list =
        world.admin().await.get("/organizations/acme/audit-events?limit=100").await.body(200);
    for line in &lines {
        let mut event = line.clone();
        event.as_object_mut().expect("an object").remove("organization_id");
        assert!(list["items"].as_array().expect("items").contains(&event), "{event}");
    }
    eventually("the end of the server", async || {
        process.child.try_wait().is_ok_and(|ended| ended.is_some())
    })
    .await;
}
