//! Every setting with its default, in one table: what `--help` prints and the environment is
//! read by.

use std::fmt::Write;

use super::{ConfigError, names};

/// One setting: `name` in the file, `POSTERN_<NAME>` in the environment.
pub struct Setting {
    /// Its name in the file.
    pub name: &'static str,
    /// What holds when it is not set; empty: see `about`.
    pub default: &'static str,
    /// What it does.
    pub about: &'static str,
}

const fn setting(name: &'static str, default: &'static str, about: &'static str) -> Setting {
    Setting { name, default, about }
}

/// All there are.
pub const SETTINGS: &[Setting] = &[
    setting(
        "database_url",
        "sqlite://postern.db",
        "sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME",
    ),
    setting(
        "database_max_connections",
        "10",
        "connections for reads and changes (SQLite: readers); 8 more serve tokens and watch",
    ),
    setting("database_connect_timeout_seconds", "5", "how long a connection may take to be had"),
    setting("database_statement_timeout_seconds", "10", "how long a statement may take"),
    setting(
        "database_wait_seconds",
        "30",
        "how long serve waits for a database that is away or not migrated, 0 to 86400",
    ),
    setting(
        "sqlite_synchronous",
        "full",
        "full: what was answered survives a power cut; normal: faster, the last moments may be lost",
    ),
    setting("listen", "127.0.0.1:8080", "address and port"),
    setting(
        "issuer",
        "",
        "public URL, `iss` of tokens; `serve` needs it unless it listens on a loopback address",
    ),
    setting("audience", "", "`aud` of tokens (default: the issuer)"),
    setting(
        "master_key",
        "",
        "32 bytes in base64, or several such after a comma: the first seals, all open",
    ),
    setting("master_key_file", "", "a file that holds the same, one a line"),
    setting("token_ttl_seconds", "3600", "lifetime of a token, 60 to 86400"),
    setting("signing_algorithm", "ES256", "ES256, EdDSA or RS256"),
    setting("signing_key_days", "90", "how long a key signs before the next one does, 2 to 3650"),
    setting(
        "jwks_max_age_seconds",
        "300",
        "how long verifiers may keep the public keys, 1 to 86400",
    ),
    setting("argon2_memory_kib", "19456", "Argon2id: memory for new secret hashes"),
    setting("argon2_iterations", "2", "Argon2id: iterations"),
    setting("argon2_parallelism", "1", "Argon2id: lanes"),
    setting(
        "secret_queue",
        "256",
        "secrets that may wait for each core before 503; networks that send them take turns",
    ),
    setting(
        "secret_cache_entries",
        "100000",
        "verified secrets that are remembered, by a keyed digest; 0: none",
    ),
    setting("secret_cache_seconds", "3600", "for how long, 1 to 86400"),
    setting(
        "rate_limit",
        "20",
        "failed attempts a minute per client and address before 429, or off; ten times as many for a network (/24, /48) before its secrets are hashed last",
    ),
    setting(
        "trusted_proxies",
        "",
        "addresses of proxies whose X-Forwarded-For counts, such as 10.0.0.0/8,fd00::/8",
    ),
    setting(
        "credentials_per_account",
        "20",
        "credentials that a service account may have, 1 to 100",
    ),
    setting(
        "service_accounts_per_organization",
        "unlimited",
        "service accounts that an organization may have, 1 to 10000000, or unlimited",
    ),
    setting(
        "audit_retention_days",
        "forever",
        "days after which audit events are deleted, 1 to 36500, or forever to keep them",
    ),
    setting(
        "open_identifiers",
        "false",
        "API identifiers under no prefix of an organization belong to the first that registers them",
    ),
    setting("introspection", "false", "whether anonymous callers may read the GraphQL schema"),
    setting("graphiql", "false", "serve GraphiQL, a page to explore the API, at /graphiql"),
    setting(
        "graphql_max_body_bytes",
        "65536",
        "bytes of the body of a GraphQL request, 1024 to 16777216",
    ),
    setting("graphql_max_tokens", "2000", "tokens of a GraphQL document, 100 to 100000"),
    setting(
        "graphql_max_depth",
        "12",
        "fields nested in each other, 1 to 30; introspection has a fixed limit of its own",
    ),
    setting(
        "graphql_max_aliases",
        "30",
        "aliases of an operation, with fragments written out, 0 to 10000",
    ),
    setting("graphql_max_root_fields", "20", "fields at the root of an operation, 1 to 1000"),
    setting("graphql_max_directives", "50", "directives in a document, 0 to 10000"),
    setting(
        "graphql_max_selections",
        "2000",
        "fields of a document, with fragments written out, 1 to 100000",
    ),
    setting(
        "graphql_max_cost",
        "5000",
        "objects that an operation may return, with lists as long as they may be, 1 to 10000000",
    ),
    setting(
        "graphql_max_resolutions",
        "50000",
        "fields that an operation may return, with lists as long as they may be, 1 to 10000000",
    ),
    setting("graphql_max_seconds", "15", "duration of an operation, 1 to 25"),
    setting(
        "graphql_max_response_bytes",
        "8388608",
        "bytes of an answer to a query, 1024 to 1073741824",
    ),
    setting("max_connections", "10000", "open connections, at most half of them from one address"),
    setting(
        "max_connections_per_address",
        "512",
        "open connections from one IPv4 address or IPv6 /64; trusted proxies have no such limit",
    ),
    setting(
        "header_timeout_seconds",
        "10",
        "time for the header of a request, and for a TLS handshake, 1 to 3600",
    ),
    setting(
        "idle_timeout_seconds",
        "60",
        "time that a kept-alive connection may wait for its next request, 1 to 3600",
    ),
    setting(
        "write_timeout_seconds",
        "30",
        "time for which the peer of a connection may read nothing of a response, 1 to 3600",
    ),
    setting(
        "shutdown_delay_seconds",
        "2",
        "time between SIGTERM, which /readyz answers with 503, and the end of accepting connections, 0 to 300",
    ),
    setting(
        "tls_certificate_file",
        "",
        "certificate chain in PEM: serve HTTPS; read again when the file changes",
    ),
    setting("tls_key_file", "", "private key of the certificate in PEM"),
    setting(
        "cors_origins",
        "",
        "origins whose pages may call the API, such as https://app.example.com,http://localhost:3000",
    ),
    setting("cors_token_origins", "", "origins whose pages may call the OAuth endpoints"),
    setting(
        "hsts_seconds",
        "0",
        "max-age of Strict-Transport-Security on every response, 0 to 315360000; 0: none",
    ),
    setting(
        "log",
        "info,sea_orm_migration=warn,sqlx=warn",
        "which lines are logged, such as info,postern=debug",
    ),
    setting("log_format", "text", "text or json"),
];

const PREFIX: &str = "POSTERN_";

/// The settings of the environment, by their names in the file.
pub(super) fn from_environment(
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Vec<(String, String)>, ConfigError> {
    let known = names();
    let mut found = Vec::new();
    for (variable, value) in environment {
        let Some(name) = variable.strip_prefix(PREFIX).map(str::to_ascii_lowercase) else {
            continue;
        };
        if known.contains(name.as_str()) {
            found.push((name, value));
        } else if !is_foreign(&name) {
            return Err(ConfigError(format!(
                "{variable} is no setting; `postern serve --help` tells them all"
            )));
        }
    }
    Ok(found)
}

/// What others put beside our settings: Kubernetes, for a service that is called `postern`, and
/// our own tests.
fn is_foreign(name: &str) -> bool {
    name == "port"
        || name.starts_with("port_")
        || name.starts_with("service_")
        || name.starts_with("test_")
}

/// The table for people.
#[must_use]
pub fn help() -> String {
    let mut text = String::from(
        "Settings, from the environment or (lower case, without POSTERN_) from the file of --config:\n",
    );
    for Setting { name, default, about } in SETTINGS {
        let variable = format!("{PREFIX}{}", name.to_ascii_uppercase());
        let default = if default.is_empty() { String::new() } else { format!(" [{default}]") };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {variable:<43} {about}{default}");
    }
    text
}
