//! Logs: what a reader that stops cannot do.

use std::io::Read;
use std::process::Stdio;

use crate::support::{Caller, Process, World, in_time};

#[tokio::test]
async fn a_log_reader_that_stops_does_not_stop_the_server() {
    let world = World::new().await;
    let mut server = Process::start(&world, &[], Stdio::piped()).await;
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
