//! The caller of a WebSocket or an event stream.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::http::{Extensions, HeaderMap, header};
use tokio::sync::Mutex;
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::app::App;
use crate::authz::Actor;
use crate::context::OpContext;
use crate::error::{Error, Result};
use crate::http::request_id::RequestId;
use crate::http::{bearer, client_address, rejected_token};

/// The caller of a connection, who is authenticated again for each operation and event.
pub struct Session {
    app: App,
    authorization: Zeroizing<String>,
    request_id: Arc<str>,
    /// The address of the client.
    pub address: IpAddr,
    /// The last authentication, and when it began.
    last: Mutex<Option<(Instant, Result<OpContext>)>>,
}

impl Session {
    /// The caller of a request, not authenticated yet, with its `Authorization` unless that is repeated.
    pub fn new(app: &App, extensions: &Extensions, headers: &HeaderMap) -> Self {
        let address = client_address::resolve(app, extensions, headers);
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let value = if let (Some(value), None) = (values.next(), values.next()) {
            value.to_str().unwrap_or_default()
        } else {
            ""
        };
        Self {
            app: app.clone(),
            authorization: Zeroizing::new(value.to_owned()),
            request_id: RequestId::from_extensions(extensions).id,
            // Connections without an address share one limit.
            address: address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            last: Mutex::default(),
        }
    }

    /// Sets the value of `Authorization`.
    pub fn authorize(&mut self, value: &str) {
        self.authorization = Zeroizing::new(value.to_owned());
    }

    /// Authenticates the caller for the first time; a token that is rejected is audited.
    ///
    /// # Errors
    /// As [`Self::op`].
    pub async fn start(&self) -> Result<OpContext> {
        self.op().await.inspect_err(|error| {
            let token = bearer::token_of(&self.authorization);
            let address = Some(self.address);
            rejected_token::count(&self.app, token, &self.request_id, address, error);
        })
    }

    /// The context of an operation or an event, whose caller is authenticated after this is called.
    /// The operations of the connection share an authentication that began after all of them asked.
    ///
    /// # Errors
    /// - `Unauthenticated`: the token is invalid, has expired or was revoked.
    /// - `Unavailable`: the token cannot be validated at the moment.
    pub async fn op(&self) -> Result<OpContext> {
        let asked = Instant::now();
        let mut last = self.last.lock().await;
        if let Some((began, result)) = &*last
            && *began > asked
        {
            return again(result);
        }
        let began = Instant::now();
        let result = self.authenticate().await;
        let reply = again(&result);
        *last = Some((began, result));
        reply
    }

    async fn authenticate(&self) -> Result<OpContext> {
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

    /// The time at which the token of the caller expires; `None` if that is too far away to matter.
    pub fn expiry(&self, op: &OpContext) -> Option<Instant> {
        let Actor::Client(client) = &op.actor else { return None };
        let remaining = (client.token_expires_at - self.app.clock.now()).to_std();
        Instant::now().checked_add(remaining.unwrap_or_default())
    }
}

/// The same result for another operation that waited for it.
fn again(result: &Result<OpContext>) -> Result<OpContext> {
    match result {
        Ok(op) => Ok(op.clone()),
        Err(error) => Err(error.again()),
    }
}
