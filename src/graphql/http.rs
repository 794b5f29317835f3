//! The endpoint after the GraphQL-over-HTTP specification. That of the engine executes mutations by GET
//! and from forms, reads bodies of any size, and fails some audits of the specification.

mod body;
mod endpoint;
mod negotiate;
mod params;
mod request_error;
mod response;
mod streams;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::any;

use super::graphiql;
use crate::app::App;
use crate::authz::Actor;
use crate::context::OpContext;
use crate::http::bearer;
use crate::http::client_address;
use crate::http::rejected_token;
use crate::http::request_id::RequestId;
use endpoint::{Endpoint, NotExecuted, Transport};
use negotiate::Format;
use params::Params;
use request_error::RequestError;
use response::OperationResponse;

/// With the value 1, the response has the cost of its operation in `extensions.cost`.
const COST_HEADER: &str = "graphql-cost";

/// The routes.
pub fn routes(app: App) -> Router {
    let graphiql = if app.config.graphql.graphiql { graphiql::routes() } else { Router::new() };
    let endpoint = Endpoint::new(app);
    Router::new()
        .route("/graphql", any(respond))
        .route("/graphql/stream", any(streams::event_stream))
        .route("/graphql/ws", any(streams::websocket))
        .with_state(endpoint)
        .merge(graphiql)
}

/// The response to a request that exceeds its time limit before or after its operation.
pub fn timed_out() -> Response {
    RequestError::request_timed_out().into_response(Format::Json, &HeaderMap::new())
}

async fn respond(State(endpoint): State<Endpoint>, request: HttpRequest) -> Response {
    let headers = request.headers().clone();
    let Some(format) = Format::accepted(&headers) else {
        return RequestError::not_acceptable().into_response(Format::Json, &headers);
    };
    match endpoint.respond(request).await {
        Ok(response) => response.into_response(format),
        Err(NotExecuted::Invalid(errors)) => {
            OperationResponse::not_executed(errors).into_response(format)
        }
        Err(NotExecuted::Rejected(error)) => error.into_response(format, &headers),
    }
}

impl Endpoint {
    async fn respond(&self, request: HttpRequest) -> Result<OperationResponse, NotExecuted> {
        let (method, headers) = (request.method().clone(), request.headers().clone());
        let request_id = RequestId::from_extensions(request.extensions()).id;
        let address = client_address::resolve(&self.app, request.extensions(), &headers);
        let params = Params::read(request, self.limits()).await?;
        let actor = self.actor(&headers, &request_id, address).await?;
        let transport = if method == Method::GET { Transport::Get } else { Transport::Post };
        let operation = self.prepare(params, &actor, transport)?;
        let op = OpContext { app: self.app.clone(), actor, request_id, address };
        let response = self.execute(&operation, op).await?;
        Ok(if headers.get(COST_HEADER).is_some_and(|value| value == "1") {
            response.with_cost(operation.cost, self.limits().cost)
        } else {
            response
        })
    }

    async fn actor(
        &self,
        headers: &HeaderMap,
        request_id: &Arc<str>,
        address: Option<IpAddr>,
    ) -> Result<Actor, RequestError> {
        let actor = tokio::time::timeout(self.limits().duration, bearer::actor(&self.app, headers));
        actor.await.map_err(|_| RequestError::request_timed_out())?.map_err(|error| {
            error.log();
            let token = bearer::token(headers);
            rejected_token::count(&self.app, token, request_id, address, &error);
            RequestError::from_domain(&error)
        })
    }
}
