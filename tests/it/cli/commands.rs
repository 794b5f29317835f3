//! The command line: settings, arguments, help and exit codes.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;

use crate::support::{TestDatabase, free_address, in_time};

pub const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// No time to wait for an unreachable database.
const NO_WAIT: (&str, &str) = ("DATABASE_WAIT_SECONDS", "0");

pub struct Shell {
    pub folder: TempDir,
    database: TestDatabase,
}

impl Shell {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder, database: TestDatabase::new().await }
    }

    fn command(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
        command.args(arguments).current_dir(self.folder.path());
        command.env("POSTERN_DATABASE_URL", &self.database.url);
        // Any free port: several of them run at once.
        command.env("POSTERN_LISTEN", "127.0.0.1:0");
        command.envs(settings.iter().map(|(name, value)| (format!("POSTERN_{name}"), value)));
        command
    }

    /// Executes a statement in the database.
    pub async fn sql(&self, statement: &str) {
        let db = Database::connect(&self.database.url).await.expect("a database");
        db.execute_unprepared(statement).await.expect(statement);
        db.close().await.expect("closed");
    }

    /// The file of the database; none with PostgreSQL.
    pub fn database_file(&self) -> Option<PathBuf> {
        self.database.url.strip_prefix("sqlite://").map(PathBuf::from)
    }

    pub fn run(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
        self.command(arguments, settings).output().expect("the command runs")
    }

    pub fn succeeds(&self, arguments: &[&str]) -> String {
        self.succeeds_with(arguments, &[])
    }

    pub fn succeeds_with(&self, arguments: &[&str], settings: &[(&str, &str)]) -> String {
        let output = self.run(arguments, settings);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// Exit code 1, nothing on stdout, and one line on stderr that holds `part`.
    pub fn fails(&self, arguments: &[&str], settings: &[(&str, &str)], part: &str) {
        let output = self.run(arguments, settings);
        let told = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
        assert!(output.stdout.is_empty() && told.lines().count() == 1, "{told}");
        assert!(told.starts_with("postern: ") && told.contains(part), "{told}");
    }
}

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

/// A server in a process of its own.
pub struct Server {
    child: std::process::Child,
    pub address: String,
    out: BufReader<std::process::ChildStdout>,
}

impl Server {
    pub async fn start(shell: &Shell, arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut server = Self::spawn(shell, arguments, settings);
        server.wait_until_ready().await;
        server
    }

    /// A server that may not be ready yet.
    pub fn spawn(shell: &Shell, arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        Self::launch(shell.command(arguments, settings))
    }

    /// A server that can have only so many files open.
    pub async fn start_with_open_files(shell: &Shell, limit: usize, arguments: &[&str]) -> Self {
        let mut command = Command::new("sh");
        let script = format!(r#"ulimit -n {limit} && exec "$0" "$@""#);
        command.args(["-c", &script, env!("CARGO_BIN_EXE_postern")]).args(arguments);
        command.current_dir(shell.folder.path()).env("POSTERN_DATABASE_URL", &shell.database.url);
        let mut server = Self::launch(command);
        server.wait_until_ready().await;
        server
    }

    fn launch(mut command: Command) -> Self {
        let address = free_address();
        command.env("POSTERN_LISTEN", &address).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the server starts");
        let out = BufReader::new(child.stdout.take().expect("its output"));
        Self { child, address, out }
    }

    async fn wait_until_ready(&mut self) {
        let url = format!("http://{}/readyz", self.address);
        in_time("the server is ready", async {
            while !reqwest::get(&url).await.is_ok_and(|reply| reply.status().is_success()) {
                let ended = self.child.try_wait().expect("its state");
                assert!(ended.is_none(), "the server ended: {ended:?}");
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    fn printed_until(&mut self, part: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for line in (&mut self.out).lines() {
            lines.push(line.expect("text"));
            if lines.last().is_some_and(|line| line.contains(part)) {
                return lines;
            }
        }
        panic!("no {part}: {lines:?}")
    }

    pub async fn token(
        &self,
        id: &serde_json::Value,
        secret: &serde_json::Value,
    ) -> crate::support::Reply {
        let (id, secret) = (id.as_str().expect("an id"), secret.as_str().expect("a secret"));
        let request = reqwest::Client::new().post(format!("http://{}/oauth/token", self.address));
        let request = request.basic_auth(id, Some(secret));
        crate::support::Reply::of(request.form(&[("grant_type", "client_credentials")])).await
    }

    /// Sends a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args([&format!("-{name}"), &id]).status().expect("kill");
        assert!(told.success());
    }

    /// Waits for the end of the process, and how it ended.
    pub async fn end(mut self) -> std::process::ExitStatus {
        tokio::task::spawn_blocking(move || self.child.wait().expect("its end")).await.expect("it")
    }

    pub fn stops_by_sigterm(mut self) {
        self.signal("TERM");
        assert!(self.child.wait().expect("its end").success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already gone when the test came to its end.
        let _ = self.child.kill();
    }
}
