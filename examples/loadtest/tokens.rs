//! The token endpoint: warm and cold tokens, compared with peers.

mod cold;
mod peers;
mod warm;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entity::CredentialId;
use postern::app::App;
use sea_orm::{ConnectionTrait, DbErr, Statement};

pub use cold::cold;
pub use peers::compare_with_peers;
pub use warm::run;

use crate::generator::{self, Requests, Until};
use crate::http;
use crate::installation::Installation;
use crate::process::Server;

/// Renders a token request of each client.
pub fn requests(of: &Installation, client_ids: &[String]) -> Requests {
    let secret = of.secret.reveal();
    Arc::new(client_ids.iter().map(|client_id| request(client_id, secret)).collect())
}

/// Renders a token request of one client.
pub fn request(client_id: &str, secret: &str) -> Vec<u8> {
    request_with_form(client_id, secret, "grant_type=client_credentials")
}

/// Renders a token request of one client with this form.
pub fn request_with_form(client_id: &str, secret: &str, body: &str) -> Vec<u8> {
    let basic = format!("Basic {}", STANDARD.encode(format!("{client_id}:{secret}")));
    http::request("POST", "/oauth/token", &[http::FORM, ("authorization", &basic)], body)
}

/// Sends each request once, so that the server caches the secrets.
pub async fn warm_up(server: &Server, requests: &Requests) {
    let outcome = generator::run(server.address, requests, 64, Until::AllSent).await;
    assert_eq!(outcome.succeeded, requests.len(), "every client is authenticated");
}

/// Records the usage of a credential in the simplest way.
pub async fn record_usage(app: &App, id: &CredentialId) -> Result<u64, DbErr> {
    let db = app.db.writer();
    let sql = r#"UPDATE "credentials" SET "last_used_at" = $1 WHERE "id" = $2"#;
    let values = [app.clock.now().into(), id.as_str().into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.execute_raw(statement).await?.rows_affected())
}
