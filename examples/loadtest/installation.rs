//! Test databases: an organization with accounts of three credentials each.

mod fill;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postern::app::App;
use postern::authz::Role;
use postern::clock::Clock;
use postern::config::Config;
use postern::context::OpContext;
use postern::domain::bootstrap::{BootstrapInput, Bootstrapped, bootstrap};
use postern::random;
use postern::secret::ClientSecret;
use postern::store::{self, ConnectMode, Db};
use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;

use crate::process::Settings;

/// The number of credentials whose secrets have hashes of the default settings. All others have
/// cheap hashes: 100,000 default hashes would take most of an hour to verify for the first time.
pub const DEFAULT_HASHES: usize = 100;
/// The label of the organization.
pub const ORGANIZATION: &str = "load";

/// A filled database.
pub struct Installation {
    /// The settings of servers on the database.
    pub settings: Settings,
    /// The application on the database, within this process.
    pub app: App,
    /// The admin of the organization.
    pub admin: Bootstrapped,
    /// The client ids in order of creation; all have the same secret.
    pub client_ids: Vec<String>,
    /// That secret.
    pub secret: ClientSecret,
    location: Location,
}

enum Location {
    File(#[expect(dead_code, reason = "deletes the folder when it is dropped")] TempDir),
    Postgres { server: String, name: String },
}

impl Installation {
    /// Creates a database, in a temporary file or in the PostgreSQL server at `server`.
    pub async fn new(server: Option<&str>, credentials: usize) -> Self {
        let (url, location) = create_database(server).await;
        let settings = settings(url);
        let environment =
            settings.iter().map(|(name, value)| (format!("POSTERN_{name}"), value.clone()));
        let config = Config::load(None, environment, &[]).expect("settings");
        let db = Db::connect(&config.database, ConnectMode::Migrate).await.expect("a database");
        store::migrate(&db).await.expect("migrations");
        let app = App::new(config, Clock::System, db).expect("an app");
        app.keys.load().await.expect("keys");
        let wanted =
            BootstrapInput { organization: ORGANIZATION, name: "Admin", role: Role::Admin };
        let admin = bootstrap(&OpContext::operator(&app), wanted).await.expect("an organization");
        let secret = ClientSecret::generate();
        let client_ids = fill::fill(&app, &admin, &secret, credentials).await;
        Self { settings, app, admin, client_ids, secret, location }
    }

    /// The settings, with some of them replaced.
    pub fn settings_with(&self, replaced: &[(&str, &str)]) -> Settings {
        let mut settings = self.settings.clone();
        settings.retain(|(name, _)| replaced.iter().all(|(other, _)| other != name));
        settings.extend(replaced.iter().map(|(name, value)| ((*name).into(), (*value).into())));
        settings
    }

    /// The client ids with cheap hashes.
    pub fn cheap_client_ids(&self) -> &[String] {
        &self.client_ids[DEFAULT_HASHES..]
    }

    /// Deletes the database.
    pub async fn delete(self) {
        if let Location::Postgres { server, name } = self.location {
            execute(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

async fn create_database(server: Option<&str>) -> (String, Location) {
    let Some(server) = server else {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("load.db");
        return (format!("sqlite://{}", file.display()), Location::File(folder));
    };
    let name = format!("postern_load_{}", random::nonce());
    execute(server, &format!("CREATE DATABASE {name}")).await;
    let mut url = url::Url::parse(server).expect("a URL");
    url.set_path(&name);
    (url.to_string(), Location::Postgres { server: server.to_owned(), name })
}

fn settings(url: String) -> Settings {
    let settings = [
        ("DATABASE_URL", url),
        ("MASTER_KEY", STANDARD.encode(random::bytes(32))),
        ("OPEN_IDENTIFIERS", "true".to_owned()),
        ("ISSUER", "https://load.test".to_owned()),
        ("ARGON2_MEMORY_KIB", "8".to_owned()),
        ("ARGON2_ITERATIONS", "1".to_owned()),
    ];
    settings.map(|(name, value)| (name.to_owned(), value)).into()
}

async fn execute(server: &str, sql: &str) {
    let db = Database::connect(server).await.expect("a connection to PostgreSQL");
    db.execute_unprepared(sql).await.expect(sql);
    db.close().await.expect("a closed connection");
}
