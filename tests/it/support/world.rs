//! A whole installation: a server that listens, a database, a clock, an organization.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine;
use chrono::{DateTime, Utc};
use entity::role;
use futures_util::FutureExt;
use postern::app::App;
use postern::authz::Role;
use postern::clock::Clock;
use postern::config::Config;
use postern::context::OpContext;
use postern::domain::bootstrap::{BootstrapInput, Bootstrapped, bootstrap};
use postern::domain::roles::{self, RoleInput};
use postern::domain::{credentials, service_accounts};
use postern::store::{ConnectMode, Db};
use serde_json::Value;
use tokio::net::TcpListener;

use super::{Caller, TestDatabase};

pub struct World {
    pub app: App,
    pub base: String,
    pub clock: Clock,
    pub first: Bootstrapped,
    statements: Arc<Statements>,
    settings: Vec<(String, String)>,
    database: TestDatabase,
}

/// The statements of a world.
#[derive(Default)]
struct Statements {
    count: AtomicUsize,
    last: Mutex<VecDeque<String>>,
}

impl Statements {
    /// The most statements that are kept.
    const KEPT: usize = 10;

    fn add(&self, sql: &str) {
        self.count.fetch_add(1, Ordering::SeqCst);
        let mut last = self.last.lock().expect("no panic");
        last.push_back(sql.to_owned());
        let more = last.len().saturating_sub(Self::KEPT);
        last.drain(..more);
    }
}

/// A service account with a credential.
#[derive(Clone, Debug)]
pub struct Account {
    pub id: String,
    pub credential: String,
    pub client_id: String,
    pub secret: String,
}

impl World {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// A world with other settings than the default.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let database = TestDatabase::migrated().await;
        let master = base64::engine::general_purpose::STANDARD.encode(postern::random::bytes(32));
        let mut all: Vec<(String, String)> = Vec::new();
        let fast = [("ARGON2_MEMORY_KIB", "64"), ("ARGON2_ITERATIONS", "1"), ("RATE_LIMIT", "off")];
        // A commit survives the end of a process; no test ends the machine.
        let unsynced = [("SQLITE_SYNCHRONOUS", "normal")];
        let own = [("DATABASE_URL", database.url.as_str()), ("MASTER_KEY", &master)];
        // One issuer for all replicas, as behind a load balancer.
        let issuer = [("ISSUER", "https://postern.test"), ("INTROSPECTION", "true")];
        let open = [("OPEN_IDENTIFIERS", "true")];
        for (name, value) in
            fast.iter().chain(&unsynced).chain(&own).chain(&issuer).chain(&open).chain(settings)
        {
            all.retain(|(there, _)| there != &format!("POSTERN_{name}"));
            all.push((format!("POSTERN_{name}"), (*value).to_owned()));
        }
        let clock = Clock::manual(noon());
        let config = Config::load(None, all.clone(), &[]).expect("settings");
        let statements = Arc::default();
        let (app, base) = start(config, &clock, &statements).await;
        let wanted =
            BootstrapInput { organization: "acme", name: "Administrator", role: Role::Admin };
        let first = bootstrap(&OpContext::operator(&app), wanted).await.expect("an organization");
        Self { app, base, clock, first, statements, settings: all, database }
    }

    /// Another server on the same database.
    pub async fn replica(&self) -> (App, String) {
        self.replica_with(&[]).await
    }

    /// Another server on the same database, with other settings.
    pub async fn replica_with(&self, settings: &[(&str, &str)]) -> (App, String) {
        let mut all = self.settings.clone();
        all.extend(
            settings.iter().map(|(name, value)| (format!("POSTERN_{name}"), (*value).into())),
        );
        let config = Config::load(None, all, &[]).expect("settings");
        start(config, &self.clock, &Arc::default()).await
    }

    /// Another server on the same database, which reads nothing any more once it has executed a
    /// statement that begins with `last`; a transaction in progress goes on.
    pub async fn replica_that_reads_until(&self, last: &'static str) -> String {
        let config = Config::load(None, self.settings.clone(), &[]).expect("settings");
        let mut db = Db::connect(&config.database, ConnectMode::Serve).await.expect("a database");
        let pools = db.clone();
        db.on_statement(move |sql| {
            if sql.starts_with(last) {
                // Asked once, it refuses new connections; whether it has closed all does not matter.
                let _ = pools.clone().close().now_or_never();
            }
        });
        serve(config, &self.clock, db).await.1
    }

    /// The settings of this world, as a process takes them.
    pub fn environment(&self) -> Vec<(String, String)> {
        self.settings.clone()
    }

    /// What is set in this world.
    pub fn setting(&self, name: &str) -> String {
        let named = |(there, _): &&(String, String)| there.strip_prefix("POSTERN_") == Some(name);
        self.settings.iter().find(named).expect("a setting").1.clone()
    }

    /// Where the data is.
    pub fn database_url(&self) -> String {
        self.app.config.database.url.reveal().to_owned()
    }

    /// How many statements `work` takes.
    pub async fn count<T>(&self, work: impl Future<Output = T>) -> (T, usize) {
        let before = self.statements.count.load(Ordering::SeqCst);
        let done = work.await;
        (done, self.statements.count.load(Ordering::SeqCst) - before)
    }

    /// The last statements of `work`.
    pub async fn last_statements(&self, work: impl Future) -> Vec<String> {
        let last = || std::mem::take(&mut *self.statements.last.lock().expect("no panic"));
        last();
        work.await;
        last().into()
    }

    /// Every row of every table other than the events of rejected attempts, in a stable order.
    pub async fn dump(&self) -> Vec<String> {
        self.database.dump().await
    }

    pub fn anonymous(&self) -> Caller {
        Caller::anonymous(&self.base)
    }

    /// The admin that was there first.
    pub fn admin_account(&self) -> Account {
        account(&self.first)
    }

    pub async fn admin(&self) -> Caller {
        self.sign_in(&self.admin_account()).await
    }

    pub async fn member(&self) -> Caller {
        self.sign_in(&self.account(&[Role::Member]).await).await
    }

    pub async fn viewer(&self) -> Caller {
        self.sign_in(&self.account(&[Role::Viewer]).await).await
    }

    /// The admin of another tenant.
    pub async fn stranger(&self) -> Caller {
        self.sign_in(&self.other_tenant().await).await
    }

    /// Another organization, by its admin.
    pub async fn other_tenant(&self) -> Account {
        let wanted =
            BootstrapInput { organization: "globex", name: "Administrator", role: Role::Admin };
        account(
            &bootstrap(&OpContext::operator(&self.app), wanted)
                .await
                .expect("another organization"),
        )
    }

    /// New service accounts of the first organization, without roles.
    pub async fn accounts(&self, count: usize) -> Vec<Account> {
        let mut accounts = Vec::new();
        for _ in 0..count {
            accounts.push(self.account(&[]).await);
        }
        accounts
    }

    /// A new service account of the first organization.
    pub async fn account(&self, roles: &[Role]) -> Account {
        let op = OpContext::operator(&self.app);
        let org = &self.first.organization.id;
        let new = service_accounts::ServiceAccountInput {
            name: "Tried".to_owned(),
            description: None,
            roles: roles.iter().map(|role| role.label().to_owned()).collect(),
            external_id: None,
        };
        let row = service_accounts::create(&op, org, new, None).await.expect("a service account");
        let new = credentials::CredentialInput {
            name: "Tried".to_owned(),
            ..credentials::CredentialInput::default()
        };
        let minted = credentials::create(&op, org, &row.id, new, None).await.expect("a credential");
        Account {
            id: row.id.to_string(),
            credential: minted.credential.id.to_string(),
            client_id: minted.credential.client_id.clone(),
            secret: minted.secret().expect("a secret").reveal().to_owned(),
        }
    }

    /// A new role of the first organization.
    pub async fn role(&self, label: &str, permissions: Vec<String>) -> role::Model {
        let (op, organization) = (OpContext::operator(&self.app), &self.first.organization.id);
        let (label, name) = (label.to_owned(), "Tried".to_owned());
        let role = RoleInput { label, name, description: None, permissions };
        roles::create(&op, organization, role, None).await.expect("a role")
    }

    pub async fn sign_in(&self, account: &Account) -> Caller {
        self.sign_in_for(account, None).await
    }

    /// Fetches a token, narrowed to `scope` where there is one.
    pub async fn sign_in_for(&self, account: &Account, scope: Option<&str>) -> Caller {
        let mut form = account.form();
        form.extend(scope.map(|scope| ("scope", scope)));
        let reply = self.anonymous().ask_token(&form).await;
        let token = reply.json()["access_token"].as_str().map(str::to_owned);
        self.anonymous().with_token(&token.unwrap_or_else(|| panic!("no token: {reply:?}")))
    }

    /// The instant at which the clock of this world stands.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

impl Account {
    /// The same service account with another credential, as GraphQL returns it.
    pub fn with_credential(&self, credential: &Value, secret: &Value) -> Self {
        let text = |it: &Value| it.as_str().expect("a text").to_owned();
        Self {
            id: self.id.clone(),
            credential: text(&credential["id"]),
            client_id: text(&credential["clientId"]),
            secret: text(secret),
        }
    }

    /// The parameters that fetch a token.
    pub fn form(&self) -> Vec<(&str, &str)> {
        vec![
            ("grant_type", "client_credentials"),
            ("client_id", &self.client_id),
            ("client_secret", &self.secret),
        ]
    }
}

fn account(made: &Bootstrapped) -> Account {
    Account {
        id: made.service_account.id.to_string(),
        credential: made.credential.id.to_string(),
        client_id: made.credential.client_id.clone(),
        secret: made.secret.reveal().to_owned(),
    }
}

async fn start(config: Config, clock: &Clock, statements: &Arc<Statements>) -> (App, String) {
    let mut db = Db::connect(&config.database, ConnectMode::Serve).await.expect("a database");
    let counter = Arc::clone(statements);
    db.on_statement(move |sql| {
        // What a server reads every other second by itself belongs to no request.
        let own = [
            r#"FROM "signing_keys""#,
            r#""locks""#,
            "audit_pending",
            "audit_positions",
            "audit_counter",
            "audit_blocks",
        ];
        if !own.iter().any(|table| sql.contains(table)) {
            counter.add(sql);
        }
    });
    serve(config, clock, db).await
}

async fn serve(config: Config, clock: &Clock, db: Db) -> (App, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let app = App::new(config, clock.clone(), db).expect("an app");
    app.keys.load().await.expect("keys");
    tokio::spawn(postern::server::run(listener, app.clone(), std::future::pending()));
    (app, base)
}

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_795_521_600_123_456).expect("a time")
}
