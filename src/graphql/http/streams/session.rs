//! The caller of a WebSocket or an event stream.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Extensions, HeaderMap};
use zeroize::Zeroizing;

use crate::app::App;
use crate::authz::Actor;
use crate::context::OpContext;
use crate::error::{Error, Result};
use crate::http::request_id::RequestId;
use crate::http::{bearer, client_address};

/// The caller of a connection, who is authenticated again for each operation and event.
pub struct Session {
    app: App,
    authorization: Zeroizing<String>,
    request_id: Arc<str>,
    /// The address of the client.
    pub address: IpAddr,
}

impl Session {
    /// The caller of a request, not authenticated yet.
    pub fn new(app: &App, extensions: &Extensions, headers: &HeaderMap) -> Self {
        let address = client_address::resolve(app, extensions, headers);
        Self {
            app: app.clone(),
            authorization: Zeroizing::default(),
            request_id: RequestId::from_extensions(extensions).id,
            // Connections without an address share one limit.
            address: address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        }
    }

    /// Sets the value of `Authorization`.
    pub fn authorize(&mut self, value: &str) {
        self.authorization = Zeroizing::new(value.to_owned());
    }

    /// The context of an operation or an event, whose caller is authenticated now.
    ///
    /// # Errors
    /// - `Unauthenticated`: the token is invalid, has expired or was revoked.
    /// - `Unavailable`: the token cannot be validated at the moment.
    pub async fn op(&self) -> Result<OpContext> {
        let limit = self.app.config.graphql.limits.duration;
        let actor = bearer::authenticate(&self.app, &self.authorization);
        let actor = tokio::time::timeout(limit, actor).await;
        let actor = actor.map_err(|elapsed| Error::Unavailable(elapsed.into()))??;
        if let Actor::Client(client) = &actor
            && client.token_expires_at <= self.app.clock.now()
        {
            return Err(Error::Unauthenticated);
        }
        let (app, request_id) = (self.app.clone(), Arc::clone(&self.request_id));
        Ok(OpContext { app, actor, request_id, address: Some(self.address) })
    }

    /// The time until the token of the caller expires.
    pub fn remaining(&self, op: &OpContext) -> Duration {
        let Actor::Client(client) = &op.actor else { return Duration::MAX };
        (client.token_expires_at - self.app.clock.now()).to_std().unwrap_or_default()
    }
}
