//! Commands: arguments, output and exit codes.

use std::process::{Command, Stdio};

use super::{KEY, Server, Shell};

#[tokio::test]
async fn an_installation_is_migrated_bootstrapped_and_served() {
    let shell = Shell::new().await;
    assert!(shell.succeeds(&["migrate", "up"]).contains("applied"));
    assert_eq!(shell.succeeds(&["migrate", "status"]), "the database is up to date\n");
    let created = shell.succeeds(&["bootstrap", "--organization", "acme", "--json"]);
    let created: serde_json::Value = serde_json::from_str(&created).expect("one JSON object");
    let again = shell.succeeds(&["bootstrap", "--organization", "acme", "--json"]);
    let again: serde_json::Value = serde_json::from_str(&again).expect("one JSON object");
    assert_eq!(created["organization_id"], again["organization_id"]);
    assert_ne!(created["service_account_id"], again["service_account_id"]);

    let server = Server::start(&shell, &["serve"], &[("MASTER_KEY", KEY)]).await;
    let token = server.token(&created["client_id"], &created["client_secret"]).await;
    assert_eq!(token.status, 200, "{token:?}");
    assert!(shell.succeeds(&["keys", "list"]).contains("ES256"));
    let address = server.address.clone();
    shell.fails(&["serve"], &[("MASTER_KEY", KEY), ("LISTEN", &address)], "cannot listen on");
    let other_key = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    shell.fails(&["serve"], &[("MASTER_KEY", other_key)], "another master key");
    server.stops_by_sigterm();
}

#[tokio::test]
async fn dev_sets_up_an_installation_and_prints_commands_that_work() {
    let shell = Shell::new().await;
    let mut server = Server::start(&shell, &["dev"], &[]).await;
    let lines = server.printed_until("GraphiQL: ");
    let pasted: Vec<_> = lines
        .iter()
        .filter(|line| line.starts_with("TOKEN=") || line.starts_with("curl "))
        .collect();
    let script = pasted.iter().map(|line| format!("{line}; echo\n")).collect::<String>();
    let output = Command::new("sh").args(["-c", &script]).output().expect("a shell");
    let answer = String::from_utf8(output.stdout).expect("text");
    assert!(answer.contains("Administrator") && answer.contains("My first"), "{answer}");
    server.stops_by_sigterm();

    let mut again = Server::start(&shell, &["dev"], &[]).await;
    let lines = again.printed_until("GraphiQL: ");
    assert!(!lines.iter().any(|line| line.contains("psk_")), "{lines:?}");
    again.stops_by_sigterm();
}

#[tokio::test]
async fn identifier_prefixes_are_allowed_listed_and_disallowed() {
    let shell = Shell::new().await;
    shell.succeeds(&["migrate", "up"]);
    for label in ["acme", "globex"] {
        shell.succeeds(&["bootstrap", "--organization", label]);
    }
    let run = |verb: &'static str, label: &'static str, prefix: &'static str| {
        ["organizations", verb, label, prefix]
    };
    let allow = |label, prefix| run("allow-identifier", label, prefix);
    let listed = || shell.succeeds(&["organizations", "allowed-identifiers", "acme"]);
    assert_eq!(listed(), "");
    for prefix in ["urn:example:acme:", "https://acme.test/api", "https://acme.test/api/v1"] {
        let told = shell.succeeds(&allow("acme", prefix));
        assert_eq!(told, format!("acme may register identifiers under {prefix}\n"));
        assert_eq!(shell.succeeds(&allow("acme", prefix)), told);
    }
    let all = "https://acme.test/api\nhttps://acme.test/api/v1\nurn:example:acme:\n";
    assert_eq!(listed(), all);
    for (prefix, theirs) in [
        ("https://acme.test", "https://acme.test/api"),
        ("https://acme.test/api", "https://acme.test/api"),
        ("https://acme.test/api?x", "https://acme.test/api"),
        ("https://acme.test/api/v2", "https://acme.test/api"),
        ("urn:example:acme:orders", "urn:example:acme:"),
        ("urn:", "urn:example:acme:"),
    ] {
        let overlap = format!("{prefix} overlaps {theirs}");
        shell.fails(&allow("globex", prefix), &[], &overlap);
    }
    for prefix in ["https://acme.test/apis", "https://acme.test:8443", "urn:example:acme"] {
        shell.succeeds(&allow("globex", prefix));
    }
    shell.fails(&allow("nobody", "urn:x:"), &[], "no such organization");
    let disallow = run("disallow-identifier", "acme", "https://acme.test/api");
    assert!(shell.succeeds(&disallow).contains("may not register new"));
    shell.fails(&disallow, &[], "no such identifier prefix");
    let theirs = run("disallow-identifier", "acme", "urn:example:acme");
    shell.fails(&theirs, &[], "no such identifier prefix");
    assert_eq!(listed(), "https://acme.test/api/v1\nurn:example:acme:\n");
}

#[tokio::test]
async fn of_two_overlapping_prefixes_allowed_at_once_one_is_rejected() {
    let shell = Shell::new().await;
    shell.succeeds(&["migrate", "up"]);
    for label in ["acme", "globex"] {
        shell.succeeds(&["bootstrap", "--organization", label]);
    }
    for nth in 0..3 {
        let (short, long) =
            (format!("https://{nth}.example.com"), format!("https://{nth}.example.com/v1"));
        let mut running = [("acme", short), ("globex", long)].map(|(label, prefix)| {
            let arguments = ["organizations", "allow-identifier", label, &prefix];
            let mut command = shell.command(&arguments, &[]);
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs")
        });
        let succeeded = running.each_mut().map(|it| it.wait().expect("it ends").success());
        assert_eq!(succeeded.iter().filter(|it| **it).count(), 1, "{succeeded:?}");
    }
}
