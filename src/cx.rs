//! One operation in progress.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::OrganizationId;
use sea_orm::DatabaseConnection;

use crate::app::App;
use crate::authz::{self, Actor, Client, Permission, PermissionSet, Resource};
use crate::error::{Error, Result};

/// What lives as long as one operation: the app that it runs in, who it runs for, and the id by
/// which the logs and the audit know it.
#[derive(Clone)]
pub struct Cx {
    /// What lives as long as the process.
    pub app: App,
    /// Who it runs for.
    pub actor: Actor,
    /// What the caller or the server named this request.
    pub request_id: Arc<str>,
}

impl Cx {
    /// Now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    /// The database, to read from.
    #[must_use]
    pub fn db(&self) -> &DatabaseConnection {
        self.app.db.reader()
    }

    /// The service account that calls.
    ///
    /// # Errors
    /// `Unauthenticated` when it is somebody else.
    pub fn client(&self) -> Result<&Client> {
        match &self.actor {
            Actor::Client(client) => Ok(client),
            Actor::Anonymous | Actor::Operator => Err(Error::Unauthenticated),
        }
    }

    /// The tenant that the caller is at home in: where everything is looked for.
    ///
    /// # Errors
    /// `Unauthenticated` for somebody who is at home nowhere.
    pub fn tenant(&self) -> Result<&OrganizationId> {
        Ok(&self.client()?.organization)
    }

    /// Whether the caller may do `permission` to `resource`.
    #[must_use]
    pub fn may(&self, permission: Permission, resource: &impl Resource) -> bool {
        authz::allows(&self.actor, permission, resource)
    }

    /// Hands `resource` back if the caller may do `permission` to it.
    ///
    /// # Errors
    /// `Forbidden` for what the caller may see, `NotFound` for what it may not even see.
    pub fn permit<R: Resource>(&self, permission: Permission, resource: R) -> Result<R> {
        if self.may(permission, &resource) {
            Ok(resource)
        } else if self.may(R::READ, &resource) {
            Err(Error::Forbidden)
        } else if matches!(self.actor, Actor::Anonymous) {
            Err(Error::Unauthenticated)
        } else {
            Err(Error::NotFound(R::NOUN))
        }
    }

    /// Refuses to hand out what the caller does not hold.
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn permit_handing_out(&self, permissions: PermissionSet, on: &impl Resource) -> Result<()> {
        if authz::holds(&self.actor, permissions, on) { Ok(()) } else { Err(Error::Forbidden) }
    }
}
