//! The context of one operation.

use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::OrganizationId;

use crate::app::App;
use crate::auth::ClientInfo;
use crate::authz::{self, Actor, Binding, Bounds, Client, Denial, Permission, Resource};
use crate::error::{Error, Result};
use crate::random;
use crate::store::Pool;

/// The context of one operation: services, actor, and request id and client address for the logs
/// and the audit trail.
#[derive(Clone)]
pub struct OpContext {
    /// The services of the process.
    pub app: App,
    /// The actor.
    pub actor: Actor,
    /// The request id, from the caller or generated.
    pub request_id: Arc<str>,
    /// The address of the client; `None` for the operator at the command line.
    pub address: Option<IpAddr>,
}

impl OpContext {
    /// The context of an operator command.
    #[must_use]
    pub fn operator(app: &App) -> Self {
        let request_id = format!("cli-{}", random::nonce()).into();
        Self { app: app.clone(), actor: Actor::Operator, request_id, address: None }
    }

    /// The context of a request.
    #[must_use]
    pub fn of_request(app: &App, actor: Actor, client: &ClientInfo) -> Self {
        let (request_id, address) = (Arc::clone(&client.request_id), Some(client.address));
        Self { app: app.clone(), actor, request_id, address }
    }

    /// The same context for the actor as it is now: a client is authenticated again by its token, and has
    /// its current role bindings.
    ///
    /// # Errors
    /// - `Unauthenticated`: the token has expired or was revoked, or there is none.
    /// - `Unavailable`: the token cannot be validated at the moment.
    pub async fn renew(&self) -> Result<Self> {
        let actor = match &self.actor {
            Actor::Operator => Actor::Operator,
            Actor::Anonymous => return Err(Error::Unauthenticated),
            Actor::Client(client) => {
                let token = client.token.as_ref().ok_or(Error::Unauthenticated)?;
                let client = self.app.auth.authenticate_token(token.reveal()).await?;
                Actor::Client(Arc::new(client))
            }
        };
        Ok(Self { actor, ..self.clone() })
    }

    /// The current time.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    /// The connection pool for reads.
    #[must_use]
    pub fn db(&self) -> &Pool {
        self.app.db.reader()
    }

    /// The calling service account.
    ///
    /// # Errors
    /// `Unauthenticated` for any other actor.
    pub fn client(&self) -> Result<&Client> {
        match &self.actor {
            Actor::Client(client) => Ok(client),
            Actor::Anonymous | Actor::Operator => Err(Error::Unauthenticated),
        }
    }

    /// The organization of the caller, which confines every query.
    ///
    /// # Errors
    /// `Unauthenticated` for an actor without an organization.
    pub fn tenant(&self) -> Result<&OrganizationId> {
        Ok(&self.client()?.organization)
    }

    /// Whether the caller may do `permission` to `resource`.
    #[must_use]
    pub fn may(&self, permission: Permission, resource: &impl Resource) -> bool {
        authz::allows(&self.actor, permission, resource)
    }

    /// Returns `resource` if the caller may do `permission` to it.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound` if the caller may not read `resource`.
    pub fn permit<R: Resource>(&self, permission: Permission, resource: R) -> Result<R> {
        match authz::decide(&self.actor, permission, &resource) {
            Ok(()) => Ok(resource),
            Err(Denial::Hidden) if matches!(self.actor, Actor::Anonymous) => {
                Err(Error::Unauthenticated)
            }
            Err(Denial::Hidden) => Err(Error::NotFound(R::NOUN)),
            Err(denial) => Err(forbidden(permission, denial)),
        }
    }

    /// Rejects a caller who does not hold `permission` in its organization.
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn permit_held(&self, permission: Permission) -> Result<()> {
        authz::decide_held(&self.actor, permission).map_err(|denial| forbidden(permission, denial))
    }

    /// Rejects a caller who holds `permission` on nothing: for operations that decide for each item.
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn permit_held_anywhere(&self, permission: Permission) -> Result<()> {
        authz::decide_held_anywhere(&self.actor, permission)
            .map_err(|denial| forbidden(permission, denial))
    }

    /// Rejects a grant of permissions that the caller does not hold where and as long as it applies.
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn permit_grant(&self, permission: Permission, binding: &Binding) -> Result<()> {
        authz::decide_grant(&self.actor, binding).map_err(|denial| forbidden(permission, denial))
    }

    /// The error for an operation that a rule denies to the caller.
    #[must_use]
    pub fn denied(&self, permission: Permission, denial: Denial) -> Error {
        forbidden(permission, denial)
    }

    /// Rejects credentials with wider bounds than the caller's own; see [`authz::decide_bounds`].
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn permit_bounds<'a>(
        &self,
        permission: Permission,
        bounds: impl IntoIterator<Item = Option<&'a Bounds>>,
    ) -> Result<()> {
        authz::decide_bounds(&self.actor, bounds).map_err(|denial| forbidden(permission, denial))
    }
}

/// Names the permission that the caller lacks or, where it lacks none, the one that was decided on.
fn forbidden(permission: Permission, denial: Denial) -> Error {
    let permission = if let Denial::Missing(missing) = denial { missing } else { permission };
    Error::Forbidden { permission: permission.name(), denial, message: denial.to_string() }
}
