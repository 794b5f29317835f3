//! Insertion of credentials: only here is a new secret in clear text.

use chrono::{DateTime, Utc};
use entity::credential::{self, Authenticator, NewCredential};
use entity::{CredentialId, service_account};
use sea_orm::{ActiveModelTrait, ConnectionTrait, IntoActiveModel};

use super::event;
use super::input::ValidInput;
use crate::authz::{Actor, Bounds};
use crate::context::OpContext;
use crate::domain::audit::{self, EventType, Snapshot};
use crate::domain::idempotency::StoredResult;
use crate::error::{Error, Result};
use crate::random;
use crate::secret::{ClientSecret, QueueClass};

/// A new credential and its secret, which is shown once; only its hash is stored.
pub struct CreatedCredential {
    /// The row.
    pub credential: credential::Model,
    /// The secret; `None` if the credential has a public key.
    pub secret: Option<ClientSecret>,
    /// The retired credential of the same account that was deleted to stay within the maximum number.
    pub removed: Option<CredentialId>,
}

impl CreatedCredential {
    /// The secret of a credential that authenticates by one.
    ///
    /// # Errors
    /// `Internal`: it has a public key.
    pub fn secret(&self) -> Result<&ClientSecret> {
        let none = || Error::internal("a credential that was to have a secret has none");
        self.secret.as_ref().ok_or_else(none)
    }
}

/// A validated credential with its hashed secret, prepared before the transaction.
#[derive(Clone)]
pub struct Prepared {
    secret: Option<ClientSecret>,
    authenticator: Authenticator,
    pub(super) input: ValidInput,
}

impl CreatedCredential {
    /// The result to store for replays.
    pub(super) fn stored_result(&self) -> StoredResult {
        let created = match &self.secret {
            Some(secret) => StoredResult::with_secret(&self.credential.id, secret.reveal()),
            None => StoredResult::without_secret(&self.credential.id),
        };
        created.after_removal_of(self.removed.as_ref())
    }
}

impl Prepared {
    /// Its expiry; `None`: never.
    pub(super) fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.input.bounds.ends_at
    }

    /// Replaces its bounds.
    pub(super) fn with_bounds(&self, bounds: Bounds) -> Self {
        Self { input: ValidInput { bounds, ..self.input.clone() }, ..self.clone() }
    }
}

/// Generates a secret and hashes it, unless the credential has a public key.
pub(in crate::domain) async fn prepare(op: &OpContext, input: ValidInput) -> Result<Prepared> {
    if let Some(key) = &input.public_key {
        let authenticator = Authenticator::PublicKey(key.clone());
        return Ok(Prepared { secret: None, authenticator, input });
    }
    let secret = ClientSecret::generate();
    let class = match &op.actor {
        Actor::Client(client) => QueueClass::Organization(client.organization.clone()),
        Actor::Anonymous | Actor::Operator => QueueClass::Operator,
    };
    let authenticator = Authenticator::ClientSecret(op.app.hasher.hash(class, &secret).await?);
    Ok(Prepared { secret: Some(secret), authenticator, input })
}

/// Inserts the row.
pub(in crate::domain) async fn insert(
    on: &impl ConnectionTrait,
    op: &OpContext,
    account: &service_account::Model,
    Prepared { secret, authenticator, input }: &Prepared,
) -> Result<CreatedCredential> {
    let ValidInput { name, description, bounds, .. } = input;
    let Bounds { restrictions, ends_at } = bounds;
    let row = credential::Model::from(NewCredential {
        id: random::id(),
        organization_id: account.organization_id.clone(),
        service_account_id: account.id.clone(),
        client_id: random::base62(21),
        authenticator: authenticator.clone(),
        name: name.clone(),
        description: description.clone(),
        restrictions: restrictions.to_stored().map_err(Error::internal)?,
        created_at: op.now(),
        expires_at: *ends_at,
        account_disabled: account.disabled_at.is_some(),
    });
    let credential = row.into_active_model().insert(on).await?;
    let event = event(&credential, EventType::CredentialCreate);
    audit::record(on, op, event.changed(Snapshot::default(), Snapshot::from(&credential))).await?;
    Ok(CreatedCredential { credential, secret: secret.clone(), removed: None })
}
