//! Settings: their sources, help and errors.

use super::{KEY, NO_WAIT, Shell};

#[tokio::test]
async fn invalid_settings_end_every_start_with_one_line_that_names_them() {
    let shell = Shell::new().await;
    let serve = &["serve"];
    shell.fails(serve, &[("FOO", "1")], "unknown setting POSTERN_FOO; run `postern serve --help`");
    shell.fails(serve, &[("TOKEN_TTL_SECONDS", "59")], "token_ttl_seconds must be 60 to 86400");
    shell.fails(serve, &[("SIGNING_ALGORITHM", "none")], "must be ES256, EdDSA or RS256");
    shell.fails(serve, &[("DATABASE_URL", "mysql://x")], "database_url must be sqlite://FILE or");
    shell.fails(serve, &[("ISSUER", "postern")], "issuer must be an http or https URL");
    let long = [("SIGNING_KEY_DAYS", "2"), ("JWKS_MAX_AGE_SECONDS", "86400")];
    shell.fails(serve, &long, "signing_key_days must be at least 4");
    shell.fails(serve, &[("MASTER_KEY", "abc")], "must be 32 bytes in base64");
    shell.fails(serve, &[("MASTER_KEY", &format!("{KEY},{KEY}"))], "listed twice");
    shell.fails(serve, &[("MASTER_KEY_FILE", "nowhere")], "master_key_file cannot be read");
    shell.fails(serve, &[("TLS_KEY_FILE", "key.pem")], "must be set together");
    shell.fails(serve, &[("CORS_ORIGINS", "*")], "cors_origins must be origins such as");
    shell.fails(serve, &[("LOG", "=")], "log must be a filter such as");
    shell.fails(&["serve", "--rate-limit", "0"], &[], "rate_limit must be off, or a positive");
    shell.fails(&["dev", "--listen", "8080"], &[], "listen must be ADDRESS:PORT");
    shell.fails(serve, &[], "no master key is set");
    for listen in ["0.0.0.0:0", "[::]:0"] {
        let everywhere = [("MASTER_KEY", KEY), ("LISTEN", listen)];
        shell.fails(serve, &everywhere, "set POSTERN_ISSUER to the public URL");
    }
    for (text, error) in [
        ("nonsense = 1", "unknown setting nonsense in bad.toml"),
        ("listen = [1]", "listen in bad.toml must be a string"),
        ("\nlisten 1", "bad.toml, line 2: "),
    ] {
        std::fs::write(shell.folder.path().join("bad.toml"), text).expect("a file");
        shell.fails(&["--config", "bad.toml", "serve"], &[], error);
    }
    shell.fails(&["--config", "nowhere.toml", "serve"], &[], "cannot read nowhere.toml");
}

#[tokio::test]
async fn a_database_that_is_unreachable_or_not_migrated_ends_the_start() {
    let shell = Shell::new().await;
    let serve = &["serve"];
    let away = [
        ("MASTER_KEY", KEY),
        ("DATABASE_URL", "postgres://postern:hidden@127.0.0.1:1/x"),
        ("DATABASE_CONNECT_TIMEOUT_SECONDS", "1"),
        NO_WAIT,
    ];
    shell.fails(serve, &away, "cannot open the database postgres://127.0.0.1:1/x");
    if shell.database.is_sqlite() {
        shell.fails(serve, &[("MASTER_KEY", KEY), NO_WAIT], "postern migrate up");
        drop(std::fs::File::create(shell.database.url.trim_start_matches("sqlite://")));
    }
    shell.fails(serve, &[("MASTER_KEY", KEY), NO_WAIT], "run `postern migrate up` first");
}

#[tokio::test]
async fn flags_override_the_environment_which_overrides_the_file_which_overrides_defaults() {
    let shell = Shell::new().await;
    let issuer = |arguments: &[&str], settings: &[(&str, &str)]| {
        let arguments = [&["openapi"], arguments].concat();
        let document = shell.succeeds_with(&arguments, settings);
        let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
        document["servers"][0]["url"].as_str().expect("a URL").to_owned()
    };
    let file = shell.folder.path().join("postern.toml");
    std::fs::write(&file, "issuer = \"https://file.test\"").expect("a file");
    let flag = ["--config", "postern.toml", "--issuer", "https://flag.test"];
    let environment = [("ISSUER", "https://environment.test")];
    assert_eq!(issuer(&flag, &environment), "https://flag.test");
    assert_eq!(issuer(&flag[..2], &environment), "https://environment.test");
    assert_eq!(issuer(&flag[..2], &[]), "https://file.test");
    assert_eq!(issuer(&[], &[("LISTEN", "127.0.0.1:81")]), "http://127.0.0.1:81");
}

#[tokio::test]
async fn every_setting_is_a_flag_that_the_long_help_of_serve_lists() {
    let shell = Shell::new().await;
    let help = shell.succeeds(&["serve", "--help"]);
    let mut flags = Vec::new();
    for setting in postern::config::settings() {
        let flag = format!("--{}", setting.flag());
        let line = help.lines().find(|line| line.split_whitespace().next() == Some(&flag));
        let line = line.unwrap_or_else(|| panic!("{flag}: {help}"));
        assert!(line.contains(&setting.description) && line.contains(setting.default), "{line}");
        flags.push(format!("{flag}={}", setting.default));
    }
    let flags: Vec<_> = flags.iter().map(String::as_str).collect();
    // The default database does not exist in this folder.
    let unmigrated = "`postern migrate up`";
    for (command, error) in [
        (&["serve"][..], "no master key is set"),
        (&["migrate", "status"], unmigrated),
        (&["bootstrap", "--organization", "acme"], unmigrated),
        (&["organizations", "allowed-identifiers", "acme"], unmigrated),
        (&["keys", "list"], unmigrated),
    ] {
        shell.fails(&[command, &flags].concat(), &[], error);
    }
    shell.succeeds(&[&["openapi"], &flags[..]].concat());
}

#[tokio::test]
async fn short_help_is_short_and_no_help_shows_values_of_the_environment() {
    let shell = Shell::new().await;
    let secrets = [("MASTER_KEY", "hidden-key"), ("DATABASE_URL", "postgres://u:hidden-word@h/d")];
    for command in ["", "dev", "serve", "migrate", "bootstrap", "organizations", "keys", "doctor"] {
        for help in ["-h", "--help"] {
            let arguments: Vec<_> =
                [command, help].into_iter().filter(|it| !it.is_empty()).collect();
            let text = shell.succeeds_with(&arguments, &secrets);
            let is_long = help == "--help" && ["dev", "serve"].contains(&command);
            assert!(is_long || text.lines().count() <= 40, "{command} {help}: {text}");
            assert!(!text.contains("hidden"), "{text}");
        }
    }
}

#[tokio::test]
async fn no_error_quotes_a_secret() {
    let shell = Shell::new().await;
    let file = shell.folder.path().join("postern.toml");
    std::fs::write(&file, "master_key = \"hidden\"\n").expect("a file");
    let settings = [
        ("MASTER_KEY", "hidden"),
        ("MASTER_KEY_FILE", "hidden"),
        ("DATABASE_URL", "postgres://postern:hid#den@[x/y"),
        ("DATABASE_URL", "postgres://postern:hidden@127.0.0.1:1/x"),
        ("TOKEN_TTL_SECONDS", "hidden"),
    ];
    let rest = [("DATABASE_CONNECT_TIMEOUT_SECONDS", "1"), NO_WAIT];
    let mut outputs = Vec::new();
    for command in ["serve", "doctor"] {
        outputs.push(shell.run(&[command, "--config", "postern.toml"], &[]));
        outputs.push(shell.run(&[command, "--master-key", "hidden"], &[]));
        outputs.push(shell.run(&[command, "--master-kye=hidden"], &[]));
        for setting in settings {
            let key = ("MASTER_KEY", if setting.0 == "MASTER_KEY_FILE" { "" } else { KEY });
            outputs.push(shell.run(&[command], &[&[key, setting], &rest[..]].concat()));
        }
    }
    for output in outputs {
        let text = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
        assert!(!output.status.success() && !text.is_empty(), "{text}");
        assert!(!text.contains("hid"), "{text}");
    }
}

#[tokio::test]
async fn arguments_are_checked_before_the_database_is_opened() {
    let shell = Shell::new().await;
    let url = ["--database-url", "sqlite://nowhere/postern.db"];
    for (arguments, error) in [
        (&["nonsense"][..], "unrecognized subcommand"),
        (&["bootstrap"], "--organization <LABEL>"),
        (&["bootstrap", "--organization", "Bad Label"], "lower-case letters"),
        (&["bootstrap", "--organization", "acme", "--name", " "], "must not be empty"),
        (&["bootstrap", "--organization", "acme", "--role", "owner"], "org_admin, org_member or"),
        (&["keys", "revoke", "nonsense"], "<KID>"),
        (&["organizations", "allow-identifier", "acme", "orders"], "an absolute URI"),
        (&["organizations", "allow-identifier", "acme", "https://a.test/"], "in normal form"),
        (&["organizations", "disallow-identifier", "A", "urn:x:"], "lower-case letters"),
        (&["organizations", "allowed-identifiers", "A"], "lower-case letters"),
    ] {
        let output = shell.run(&[arguments, &url].concat(), &[]);
        let text = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(error), "{text}");
    }
}
