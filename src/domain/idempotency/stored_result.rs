//! Stored results of creates.

use entity::{Id, credential};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::authz::{Bounds, Denial, Permission};
use crate::error::{Error, Reason, Result};

/// The result of a create as it is stored for replays: ids and secret; other fields are read again.
#[derive(Serialize, Deserialize)]
pub struct StoredResult {
    id: String,
    secret: Option<Zeroizing<String>>,
    /// The id of the credential that was deleted to stay within the maximum number.
    removed: Option<String>,
    /// The bounds that the created credential must be within for the caller of the replay.
    #[serde(skip)]
    pub(super) bounds: Bounds,
}

impl StoredResult {
    /// A resource without a secret.
    pub fn without_secret(id: &impl ToString) -> Self {
        Self { id: id.to_string(), secret: None, removed: None, bounds: Bounds::default() }
    }

    /// A resource with a secret.
    pub fn with_secret(id: &impl ToString, secret: &str) -> Self {
        let secret = Some(Zeroizing::new(secret.to_owned()));
        Self { secret, ..Self::without_secret(id) }
    }

    /// Adds the id of the credential that was deleted for it.
    #[must_use]
    pub fn after_removal_of(self, removed: Option<&impl ToString>) -> Self {
        Self { removed: removed.map(ToString::to_string), ..self }
    }

    /// The id of the credential that was deleted for it.
    ///
    /// # Errors
    /// `Internal`: it is an id of another type.
    pub fn removed<I: Id>(&self) -> Result<Option<I>> {
        self.removed.as_deref().map(|id| id.parse().map_err(Error::internal)).transpose()
    }

    /// The id of the resource.
    ///
    /// # Errors
    /// `Internal`: it is an id of another type.
    pub fn id<I: Id>(&self) -> Result<I> {
        self.id.parse().map_err(Error::internal)
    }

    /// Rejects the replay of a credential that has wider bounds by now than the caller may create.
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn permit(&self, row: &credential::Model) -> Result<()> {
        if Bounds::of(row).is_some_and(|own| own.within(&self.bounds)) {
            return Ok(());
        }
        let permission = Permission::CredentialsCreate.name();
        let denial = Denial::LessRestricted;
        Err(Error::Forbidden { permission, denial, message: denial.to_string() })
    }

    /// The secret.
    #[must_use]
    pub fn secret(&self) -> Option<&str> {
        self.secret.as_ref().map(|secret| secret.as_str())
    }
}

/// The error for a replay whose resource was deleted.
#[must_use]
pub fn deleted() -> Error {
    let message = "the resource that was created with this idempotency key was deleted";
    Error::conflict(Reason::IdempotentResultDeleted, message)
}
