//! Databases to try: an organization, its accounts with three credentials each, and nothing else.

use argon2::Params;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use entity::credential::{self, Authenticator, NewCredential};
use entity::{role_binding, service_account};
use postern::app::App;
use postern::authz::Role;
use postern::clock::Clock;
use postern::config::Config;
use postern::context::OpContext;
use postern::domain::bootstrap::{Bootstrapped, Wanted, bootstrap};
use postern::random;
use postern::secret::{ClientSecret, QueueClass, SecretHasher};
use postern::store::{self, Db, Purpose};
use sea_orm::ActiveValue::Set;
use sea_orm::{ConnectionTrait, Database, EntityTrait, IntoActiveModel, TransactionTrait};
use tempfile::TempDir;

use crate::process::Settings;

/// So many credentials have their secrets hashed as the default settings have it. All others are
/// hashed lightly, or it would take an hour to make 100,000 of them known.
pub const HEAVY: usize = 100;
/// The label of the organization.
pub const ORGANIZATION: &str = "load";
/// How many rows go into one statement.
const CHUNK: usize = 1_000;

/// A database that is filled.
pub struct Installation {
    /// The settings of servers on it.
    pub settings: Settings,
    /// A way in for the one who measures.
    pub app: App,
    /// The admin of the organization.
    pub admin: Bootstrapped,
    /// The client ids, in order of creation; all have the same secret.
    pub client_ids: Vec<String>,
    /// That secret.
    pub secret: ClientSecret,
    place: Place,
}

enum Place {
    File(#[expect(dead_code, reason = "the folder goes when this does")] TempDir),
    Server { url: String, name: String },
}

impl Installation {
    /// A new database in a temporary file, or in the PostgreSQL at `server`.
    pub async fn new(server: Option<&str>, credentials: usize) -> Self {
        let (url, place) = match server {
            None => {
                let folder = tempfile::tempdir().expect("a temporary folder");
                let file = folder.path().join("load.db");
                (format!("sqlite://{}", file.display()), Place::File(folder))
            }
            Some(server) => {
                let name = format!("postern_load_{}", random::nonce());
                execute(server, &format!("CREATE DATABASE {name}")).await;
                let mut url = url::Url::parse(server).expect("a URL");
                url.set_path(&name);
                (url.to_string(), Place::Server { url: server.to_owned(), name })
            }
        };
        let settings = [
            ("DATABASE_URL", url),
            ("MASTER_KEY", STANDARD.encode(random::bytes(32))),
            ("OPEN_IDENTIFIERS", "true".to_owned()),
            ("ISSUER", "https://load.test".to_owned()),
            ("ARGON2_MEMORY_KIB", "8".to_owned()),
            ("ARGON2_ITERATIONS", "1".to_owned()),
        ];
        let settings: Settings = settings.map(|(name, value)| (name.to_owned(), value)).into();
        let environment =
            settings.iter().map(|(name, value)| (format!("POSTERN_{name}"), value.clone()));
        let config = Config::load(None, environment, &[]).expect("settings");
        let db = Db::connect(&config.database, Purpose::Migrate).await.expect("a database");
        store::migrate(&db).await.expect("migrated");
        let app = App::new(config, Clock::System, db).expect("an app");
        app.keys.load().await.expect("keys");
        let wanted = Wanted { organization: ORGANIZATION, name: "Admin", role: Role::Admin };
        let admin = bootstrap(&OpContext::operator(&app), wanted).await.expect("an organization");
        let secret = ClientSecret::generate();
        let client_ids = fill(&app, &admin, &secret, credentials).await;
        Self { settings, app, admin, client_ids, secret, place }
    }

    /// The settings with others in their place.
    pub fn settings_with(&self, others: &[(&str, &str)]) -> Settings {
        let mut settings = self.settings.clone();
        settings.retain(|(name, _)| others.iter().all(|(other, _)| other != name));
        settings.extend(others.iter().map(|(name, value)| ((*name).into(), (*value).into())));
        settings
    }

    /// Drops the database.
    pub async fn end(self) {
        if let Place::Server { url, name } = self.place {
            execute(&url, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

async fn fill(
    app: &App,
    admin: &Bootstrapped,
    secret: &ClientSecret,
    credentials: usize,
) -> Vec<String> {
    let light = app.hasher.hash(QueueClass::Operator, secret).await.expect("a hash");
    let heavy = SecretHasher::new(Params::default(), 1).expect("a pool");
    let heavy = heavy.hash(QueueClass::Operator, secret).await.expect("a hash");
    let (began, organization) = (app.clock.now(), &admin.organization.id);
    let mut client_ids = Vec::with_capacity(credentials);
    while client_ids.len() < credentials {
        let transaction = app.db.writer().current().begin().await.expect("a transaction");
        let (mut accounts, mut bindings, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        while rows.len() < CHUNK && client_ids.len() < credentials {
            let at = began + TimeDelta::microseconds(client_ids.len() as i64);
            let account: entity::ServiceAccountId = random::id();
            accounts.push(service_account::ActiveModel {
                id: Set(account.clone()),
                organization_id: Set(organization.clone()),
                name: Set(format!("Account {}", client_ids.len() / 3)),
                description: Set(None),
                created_at: Set(at),
                updated_at: Set(at),
                disabled_at: Set(None),
                disabled_by: Set(None),
                not_before: Set(None),
            });
            bindings.push(role_binding::ActiveModel {
                service_account_id: Set(account.clone()),
                role: Set(Role::Viewer.label().to_owned()),
                organization_id: Set(organization.clone()),
                created_at: Set(at),
            });
            for _ in 0..3 {
                let hash = if client_ids.len() < HEAVY { &heavy } else { &light };
                client_ids.push(random::base62(21));
                let row = credential::Model::from(NewCredential {
                    id: random::id(),
                    organization_id: organization.clone(),
                    service_account_id: account.clone(),
                    client_id: client_ids.last().cloned().unwrap_or_default(),
                    authenticator: Authenticator::ClientSecret(hash.clone()),
                    name: "Credential".to_owned(),
                    description: None,
                    restrictions: None,
                    created_at: at,
                    expires_at: None,
                    suspended: false,
                });
                rows.push(row.into_active_model());
            }
        }
        insert::<service_account::Entity, _>(&transaction, accounts).await;
        insert::<role_binding::Entity, _>(&transaction, bindings).await;
        insert::<credential::Entity, _>(&transaction, rows).await;
        transaction.commit().await.expect("committed");
    }
    // What the database would do on its own some time later is done before anything is measured.
    let settle: &[&str] = if app.db.is_sqlite() {
        &["ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"]
    } else {
        &["VACUUM (ANALYZE)", "CHECKPOINT"]
    };
    for statement in settle {
        app.db.writer().execute_unprepared(statement).await.expect("the database settles");
    }
    client_ids
}

async fn insert<E, A>(on: &impl ConnectionTrait, rows: Vec<A>)
where
    E: EntityTrait,
    A: sea_orm::ActiveModelTrait<Entity = E>,
{
    E::insert_many(rows).exec_without_returning(on).await.expect("inserted");
}

async fn execute(server: &str, sql: &str) {
    let db = Database::connect(server).await.expect("PostgreSQL answers");
    db.execute_unprepared(sql).await.expect(sql);
    db.close().await.expect("closed");
}
