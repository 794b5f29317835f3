//! Rows of a test database, inserted in bulk.

use argon2::Params;
use chrono::{DateTime, TimeDelta, Utc};
use entity::credential::{self, Authenticator, NewCredential};
use entity::{OrganizationId, ServiceAccountId, role_binding, service_account};
use postern::app::App;
use postern::authz::Role;
use postern::domain::bootstrap::Bootstrapped;
use postern::random;
use postern::secret::{ClientSecret, QueueClass, SecretHasher};
use sea_orm::ActiveValue::Set;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, TransactionTrait};

use super::DEFAULT_HASHES;

/// The number of credentials per statement.
const CHUNK: usize = 1_000;

/// The number of credentials per account.
const CREDENTIALS_PER_ACCOUNT: usize = 3;

/// Inserts accounts with three credentials each, which share a secret; returns the client ids.
pub async fn fill(
    app: &App,
    admin: &Bootstrapped,
    secret: &ClientSecret,
    credentials: usize,
) -> Vec<String> {
    let cheap = app.hasher.hash(QueueClass::Operator, secret).await.expect("a hash");
    let hasher = SecretHasher::new(Params::default(), 1).expect("a hasher");
    let default = hasher.hash(QueueClass::Operator, secret).await.expect("a hash");
    let (began, organization) = (app.clock.now(), &admin.organization.id);
    let mut client_ids = Vec::with_capacity(credentials);
    while client_ids.len() < credentials {
        let transaction = app.db.writer().current().begin().await.expect("a transaction");
        let (mut accounts, mut bindings, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        while rows.len() < CHUNK && client_ids.len() < credentials {
            let at = began + TimeDelta::microseconds(client_ids.len() as i64);
            let id: ServiceAccountId = random::id();
            let nth = client_ids.len() / CREDENTIALS_PER_ACCOUNT;
            accounts.push(account_row(&id, organization, nth, at));
            bindings.push(viewer_row(&id, organization, at));
            for _ in 0..CREDENTIALS_PER_ACCOUNT {
                let hash = if client_ids.len() < DEFAULT_HASHES { &default } else { &cheap };
                let client_id = random::base62(21);
                rows.push(credential_row(&id, organization, &client_id, hash, at));
                client_ids.push(client_id);
            }
        }
        insert::<service_account::Entity, _>(&transaction, accounts).await;
        insert::<role_binding::Entity, _>(&transaction, bindings).await;
        insert::<credential::Entity, _>(&transaction, rows).await;
        transaction.commit().await.expect("a commit");
    }
    settle(app).await;
    client_ids
}

fn account_row(
    id: &ServiceAccountId,
    organization: &OrganizationId,
    nth: usize,
    at: DateTime<Utc>,
) -> service_account::ActiveModel {
    service_account::ActiveModel {
        id: Set(id.clone()),
        organization_id: Set(organization.clone()),
        name: Set(format!("Account {nth}")),
        description: Set(None),
        created_at: Set(at),
        updated_at: Set(at),
        disabled_at: Set(None),
        disabled_by: Set(None),
        not_before: Set(None),
        external_id: Set(None),
    }
}

fn viewer_row(
    account: &ServiceAccountId,
    organization: &OrganizationId,
    at: DateTime<Utc>,
) -> role_binding::ActiveModel {
    role_binding::ActiveModel {
        service_account_id: Set(account.clone()),
        role: Set(Role::Viewer.label().to_owned()),
        organization_id: Set(organization.clone()),
        created_at: Set(at),
        target_id: Set(String::new()),
        expires_at: Set(None),
    }
}

fn credential_row(
    account: &ServiceAccountId,
    organization: &OrganizationId,
    client_id: &str,
    hash: &str,
    at: DateTime<Utc>,
) -> credential::ActiveModel {
    let row = credential::Model::from(NewCredential {
        id: random::id(),
        organization_id: organization.clone(),
        service_account_id: account.clone(),
        client_id: client_id.to_owned(),
        authenticator: Authenticator::ClientSecret(hash.to_owned()),
        name: "Credential".to_owned(),
        description: None,
        restrictions: None,
        created_at: at,
        expires_at: None,
        account_disabled: false,
    });
    row.into_active_model()
}

/// Runs the maintenance that the database would otherwise run during a measurement.
async fn settle(app: &App) {
    let statements: &[&str] = if app.db.is_sqlite() {
        &["PRAGMA wal_checkpoint(TRUNCATE)"]
    } else {
        &["VACUUM (ANALYZE)", "CHECKPOINT"]
    };
    for statement in statements {
        app.db.writer().execute_unprepared(statement).await.expect(statement);
    }
}

async fn insert<E, A>(on: &impl ConnectionTrait, rows: Vec<A>)
where
    E: EntityTrait,
    A: sea_orm::ActiveModelTrait<Entity = E>,
{
    E::insert_many(rows).exec_without_returning(on).await.expect("inserted rows");
}
