//! Extractor of the operation context: the authenticated caller and the request.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::error::Failure;
use super::rejections::Caller;
use crate::app::App;
use crate::authz::Actor;
use crate::context::OpContext;
use crate::error::{Error, Result};
use crate::http::bearer;
use crate::http::client_address;
use crate::http::rejected_token;
use crate::http::request_id::RequestId;

/// Every operation requires an authenticated caller: 401 without one.
impl FromRequestParts<App> for OpContext {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let request_id = RequestId::from_extensions(&parts.extensions).id;
        let address = client_address::resolve(app, &parts.extensions, &parts.headers);
        let actor = match bearer::actor(app, &parts.headers).await {
            Ok(Actor::Anonymous) => Err(Error::Unauthenticated),
            authenticated => authenticated,
        };
        let actor = actor.map_err(|error| {
            let token = bearer::token(&parts.headers);
            rejected_token::count(app, token, &request_id, address, &error);
            Failure::for_request(error, &parts.headers)
        })?;
        let op = Self { app: app.clone(), actor, request_id, address };
        if let Some(caller) = parts.extensions.get::<Caller>() {
            caller.set(&op);
        }
        Ok(op)
    }
}
