//! `postern doctor`: findings and exit codes.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::cli::{KEY, Server, Shell};

const OTHER: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

/// The report with these settings: the exit code, and check and message of all that is not ok.
fn examine(shell: &Shell, settings: &[(&str, &str)]) -> (Option<i32>, Vec<(String, String)>) {
    let output = shell.run(&["doctor", "--json"], settings);
    let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    let findings = report["findings"].as_array().expect("findings");
    let [problems, warnings] = ["problem", "warning"]
        .map(|level| findings.iter().filter(|it| it["level"] == level).count());
    assert_eq!((&report["problems"], &report["warnings"]), (&problems.into(), &warnings.into()));
    let text = |it: &Value, name: &str| it[name].as_str().expect(name).to_owned();
    let found = findings.iter().filter(|it| it["level"] != "ok");
    let found = found.inspect(|it| assert!(it["action"].is_string(), "{it}"));
    (output.status.code(), found.map(|it| (text(it, "check"), text(it, "message"))).collect())
}

#[tokio::test]
async fn a_sound_installation_has_no_findings_but_ok() {
    let shell = Shell::new().await;
    shell.succeeds(&["migrate", "up"]);
    let settings = [("MASTER_KEY", KEY)];
    let server = Server::start(&shell, &["serve"], &settings).await;
    assert_eq!(examine(&shell, &settings), (Some(0), vec![]));
    for line in shell.succeeds_with(&["doctor"], &settings).lines() {
        assert!(line.starts_with("ok       "), "{line}");
    }
    server.stops_by_sigterm();
}

#[tokio::test]
async fn the_report_names_each_fault_with_its_level() {
    let shell = Shell::new().await;
    let has = |found: &[(String, String)], check: &str, part: &str| {
        let named = found.iter().any(|(name, text)| name == check && text.contains(part));
        assert!(named, "{check} {part}: {found:?}");
    };
    let invalid = examine(&shell, &[("MASTER_KEY_FILE", "nowhere")]);
    assert_eq!(invalid.0, Some(1));
    has(&invalid.1, "settings", "master_key_file cannot be read");
    let (code, found) = examine(&shell, &[("LISTEN", "0.0.0.0:80")]);
    assert_eq!(code, Some(1));
    has(&found, "master_key", "no master key is set");
    has(&found, "issuer", "no issuer is set");
    if shell.database_file().is_some() {
        has(&found, "database", "cannot open the database");
    } else {
        has(&found, "migrations", "pending migrations: ");
    }

    shell.succeeds(&["migrate", "up"]);
    let risky = [
        ("MASTER_KEY", KEY),
        ("ISSUER", "http://id.example.com"),
        ("TRUSTED_PROXIES", "0.0.0.0/0"),
        ("RATE_LIMIT", "off"),
    ];
    let (code, found) = examine(&shell, &risky);
    assert_eq!(code, Some(0), "warnings alone are no failure: {found:?}");
    has(&found, "issuer", "is not https");
    has(&found, "trusted_proxies", "0.0.0.0/0");
    has(&found, "rate_limit", "not limited");
    has(&found, "signing_keys", "no signing key exists");
    assert_eq!(found.len(), 4, "{found:?}");
}

#[tokio::test]
async fn keys_that_cannot_be_used_are_reported() {
    let shell = Shell::new().await;
    shell.succeeds(&["migrate", "up"]);
    shell.succeeds_with(&["keys", "rotate"], &[("MASTER_KEY", KEY)]);
    let (code, found) = examine(&shell, &[("MASTER_KEY", OTHER)]);
    assert_eq!((code, found.len()), (Some(1), 1), "{found:?}");
    assert!(found[0].1.starts_with("the master keys do not decrypt k"), "{found:?}");

    shell.sql("UPDATE signing_keys SET activates_at = '2999-01-01T00:00:00+00:00'").await;
    let (code, found) = examine(&shell, &[("MASTER_KEY", KEY)]);
    assert_eq!((code, found.len()), (Some(1), 1), "{found:?}");
    assert!(found[0].1.contains("active before 2999-01-01T00:00:00.000000Z"), "{found:?}");

    shell.sql("UPDATE signing_keys SET activates_at = '2020-01-01T00:00:00+00:00'").await;
    let (code, found) = examine(&shell, &[("MASTER_KEY", KEY)]);
    assert_eq!((code, found.len()), (Some(0), 1), "{found:?}");
    assert!(found[0].1.contains("its successor was due at 2020-"), "{found:?}");
}

#[tokio::test]
async fn the_files_of_an_embedded_database_are_for_their_owner_alone() {
    let shell = Shell::new().await;
    let Some(file) = shell.database_file() else { return };
    shell.succeeds(&["migrate", "up"]);
    let server = Server::start(&shell, &["serve"], &[("MASTER_KEY", KEY)]).await;
    for suffix in ["", "-wal", "-shm"] {
        let file = format!("{}{suffix}", file.display());
        let mode = fs::metadata(&file).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    fs::set_permissions(&file, Permissions::from_mode(0o644)).expect("the mode");
    let (code, found) = examine(&shell, &[("MASTER_KEY", KEY)]);
    assert_eq!((code, found.len(), found[0].0.as_str()), (Some(0), 1, "file_mode"), "{found:?}");
    assert!(found[0].1.contains("has mode 0644"), "{found:?}");
    server.stops_by_sigterm();
}

#[tokio::test]
async fn a_file_of_settings_that_cannot_be_read_is_not_quoted() {
    let shell = Shell::new().await;
    let file = shell.folder.path().join("settings.toml");
    fs::write(&file, "# ours\nmaster_key = Abcdefghijklmnop\n").expect("written");
    let file = file.to_str().expect("a path");
    shell.fails(&["--config", file, "serve"], &[], "line 2");
    for arguments in [&["--config", file, "serve"][..], &["--config", file, "doctor"]] {
        let output = shell.run(arguments, &[]);
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8(told).expect("text");
        assert!(told.contains("line 2") && !told.contains("Abcdef"), "{told}");
    }
}

#[tokio::test]
async fn a_certificate_that_serve_could_not_use_is_a_problem() {
    let shell = Shell::new().await;
    shell.succeeds(&["migrate", "up"]);
    let settings =
        [("MASTER_KEY", KEY), ("TLS_CERTIFICATE_FILE", "no.pem"), ("TLS_KEY_FILE", "no.key")];
    let output = shell.run(&["doctor"], &settings);
    let report = String::from_utf8(output.stdout).expect("text");
    assert_eq!(output.status.code(), Some(1), "{report}");
    assert!(report.lines().any(|line| line.starts_with("problem  tls ")), "{report}");
}
