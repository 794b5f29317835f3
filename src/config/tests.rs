//! Rules that hold for every setting.

use std::collections::BTreeSet;

use super::*;

fn load(name: &str, value: &str) -> Result<Config, ConfigError> {
    let variable = format!("POSTERN_{}", name.to_ascii_uppercase());
    Config::load(None, [(variable, value.to_owned())], &[])
}

#[test]
fn the_defaults_are_valid_and_no_setting_is_read_twice() {
    Config::load(None, [], &[]).expect("the defaults are valid");
    Config::load(None, [], DEV_DEFAULTS).expect("the defaults of dev are valid");
    let names: BTreeSet<_> = settings().iter().map(|it| it.name).collect();
    assert_eq!(names.len(), settings().len());
    assert_eq!(settings().last().map(|it| it.name), Some("audit_log"));
}

#[test]
fn an_error_names_its_setting_and_does_not_quote_the_value() {
    let secret = "c2VjcmV0 c2VjcmV0";
    let any_text = ["audience", "log"];
    for name in settings().iter().map(|it| it.name).filter(|name| !any_text.contains(name)) {
        let error = load(name, secret).expect_err(name).to_string();
        assert!(!error.contains("c2Vj"), "{error}");
        assert!(error.contains(name) || name == "master_key", "{name}: {error}");
    }
}

#[test]
fn numbers_are_confined_to_the_range_that_help_shows() {
    for (name, valid, invalid, expected) in [
        ("token_ttl_seconds", ["60", "86400"], ["59", "86401"], "60 to 86400"),
        ("signing_key_days", ["2", "3650"], ["1", "3651"], "2 to 3650"),
        ("jwks_max_age_seconds", ["1", "86400"], ["0", "86401"], "1 to 86400"),
        ("graphql_max_depth", ["1", "30"], ["0", "31"], "1 to 30"),
        ("audit_retention_days", ["1", "forever"], ["0", "ever"], "forever, or 1 to 36500"),
        ("rate_limit", ["1", "off"], ["0", "on"], "off, or a positive number"),
        ("argon2_iterations", ["1", "9"], ["0", "-1"], "at least 1"),
    ] {
        let setting = settings().iter().find(|it| it.name == name);
        let setting = setting.unwrap_or_else(|| panic!("no setting has the name {name}"));
        assert!(setting.description.ends_with(&format!(": {expected}")), "{name}");
        for value in valid {
            load(name, value).unwrap_or_else(|error| panic!("{value} is valid: {error}"));
        }
        for value in invalid {
            let error = load(name, value).expect_err(value).to_string();
            assert_eq!(error, format!("{name} must be {expected}"));
        }
    }
}

#[test]
fn a_database_in_memory_is_rejected() {
    for url in ["sqlite::memory:", "sqlite://x?mode=memory"] {
        let error = load("database_url", url).expect_err(url).to_string();
        assert!(error.contains("must name a file"), "{error}");
    }
}

#[test]
fn certificate_and_key_are_set_together() {
    let set = |names: &[&str]| {
        let variables = names.iter().map(|it| (format!("POSTERN_TLS_{it}_FILE"), "x.pem".into()));
        Config::load(None, variables, &[])
    };
    let both = set(&["CERTIFICATE", "KEY"]).expect("a certificate with its key is valid");
    assert!(both.server.tls.is_some());
    assert!(set(&["CERTIFICATE"]).is_err() && set(&["KEY"]).is_err());
}

#[test]
fn the_issuer_is_the_listen_address_unless_it_is_set() {
    for (listen, issuer) in [
        ("127.0.0.1:80", "http://127.0.0.1:80"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        ("[::]:8080", "http://[::1]:8080"),
        ("localhost:80", "http://localhost:80"),
    ] {
        let config = load("listen", listen);
        let config = config.unwrap_or_else(|error| panic!("{listen} is valid: {error}"));
        assert_eq!((&*config.issuer, &*config.audience), (issuer, issuer));
    }
    let config = load("issuer", "https://id.example.com/").expect("an issuer");
    assert_eq!((&*config.issuer, config.issuer_is_set), ("https://id.example.com", true));
}

#[test]
fn an_address_that_is_no_host_of_a_url_is_listened_on_with_an_issuer_only() {
    let set = |name: &str, value: &str| (format!("POSTERN_{name}"), value.to_owned());
    let address = "[fe80::1%2]:80";
    let listen = set("LISTEN", address);
    let error = Config::load(None, [listen.clone()], &[]).expect_err("no issuer");
    assert!(error.to_string().starts_with("issuer must be set"), "{error}");
    let config = Config::load(None, [listen, set("ISSUER", "https://id.example.com")], &[]);
    assert_eq!(config.expect("an issuer").listen, address);
    assert!(load("listen", "user@127.0.0.1:80").is_err());
}

#[test]
fn a_master_key_overrides_the_master_key_file_of_an_earlier_source() {
    let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned();
    let file = || ("POSTERN_MASTER_KEY_FILE".to_owned(), "missing.key".to_owned());
    let flags = [("master_key", key.clone())];
    let config = Config::load_with_flags(None, [file()], &[], flags).expect("the flag");
    assert!(config.master_keys.is_some() && config.master_key_file.is_none());
    let both = [file(), ("POSTERN_MASTER_KEY".to_owned(), key)];
    let error = Config::load(None, both, &[]).expect_err("both in one source");
    assert!(error.to_string().contains("not both"), "{error}");
}
