//! The endpoint after the GraphQL-over-HTTP specification. That of the engine executes mutations by GET
//! and from forms, reads bodies of any size, and fails some audits of the specification.

mod body;
mod negotiate;
mod params;
mod request_error;
mod response;

use std::net::IpAddr;
use std::sync::Arc;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType};
use axum::Router;
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::any;

use super::engine::document_cache::{Document, DocumentCache};
use super::engine::errors::label_all;
use super::engine::limits::{self, DocumentError, Roots};
use super::engine::pacing::Pace;
use super::engine::schema_types::SchemaTypes;
use super::{Schema, attach, graphiql, schema, types};
use crate::app::App;
use crate::authz::Actor;
use crate::config::GraphqlLimits;
use crate::context::OpContext;
use crate::error::Error;
use crate::http::bearer;
use crate::http::client_address;
use crate::http::rejected_token;
use crate::http::request_id::RequestId;
use negotiate::Format;
use params::Params;
use request_error::RequestError;
use response::OperationResponse;

/// With the value 1, the response has the cost of its operation in `extensions.cost`.
const COST_HEADER: &str = "graphql-cost";

#[derive(Clone)]
struct Endpoint {
    app: App,
    schema: Schema,
    types: Arc<SchemaTypes>,
    documents: DocumentCache,
}

/// The routes.
pub fn routes(app: App) -> Router {
    let graphiql = if app.config.graphql.graphiql { graphiql::routes() } else { Router::new() };
    let types = SchemaTypes::shared();
    let documents = DocumentCache::new(Arc::clone(&types), app.config.graphql.limits.clone());
    Router::new()
        .route("/graphql", any(endpoint))
        .with_state(Endpoint { app, schema: schema(), types, documents })
        .merge(graphiql)
}

/// The response to a request that exceeds its time limit before or after its operation.
pub fn timed_out() -> Response {
    RequestError::request_timed_out().into_response(Format::Json, &HeaderMap::new())
}

async fn endpoint(State(endpoint): State<Endpoint>, request: HttpRequest) -> Response {
    let headers = request.headers().clone();
    let Some(format) = Format::accepted(&headers) else {
        return RequestError::not_acceptable().into_response(Format::Json, &headers);
    };
    match endpoint.respond(request).await {
        Ok(response) => response.into_response(format),
        Err(error) => error.into_response(format, &headers),
    }
}

/// The result for a document that cannot be executed.
fn reject(error: DocumentError) -> Result<OperationResponse, RequestError> {
    match error {
        DocumentError::LimitExceeded(error) => Err(error.into()),
        DocumentError::Invalid(message) => Err(RequestError::invalid_document(message)),
        DocumentError::Syntax(error) => Ok(OperationResponse::not_executed(vec![*error])),
    }
}

impl Endpoint {
    async fn respond(&self, request: HttpRequest) -> Result<OperationResponse, RequestError> {
        let (method, headers) = (request.method().clone(), request.headers().clone());
        let request_id = RequestId::from_extensions(request.extensions()).id;
        let address = client_address::resolve(&self.app, request.extensions(), &headers);
        let mut params = Params::read(request, self.limits()).await?;
        let actor = self.actor(&headers, &request_id, address).await?;
        let document = match self.documents.get(&params.query) {
            Ok(document) => document,
            Err(error) => return reject(error),
        };
        let Some((name, operation)) = document.operation(params.operation_name.as_deref()) else {
            return Err(RequestError::invalid_parameter(
                "operationName",
                "must name an operation of the document; it is required if there are several",
            ));
        };
        self.permit(&method, &actor, &document, operation)?;
        if let Err(invalid) = document.inputs.coerce(&self.types, name, &mut params.variables) {
            return Ok(OperationResponse::not_executed(vec![invalid.into_error()]));
        }
        if let Err(error) = limits::check_mutations(&document.parsed, operation, &params.variables)
        {
            return reject(error);
        }
        let (types, config) = (&self.types, &self.app.config);
        let cost = limits::estimate(&document.parsed, operation, &params.variables, types, config)?;
        let op = OpContext { app: self.app.clone(), actor, request_id, address };
        let response = self.execute(params, &document, operation, op).await?;
        Ok(if headers.get(COST_HEADER).is_some_and(|value| value == "1") {
            response.with_cost(cost, self.limits().cost)
        } else {
            response
        })
    }

    fn limits(&self) -> &GraphqlLimits {
        &self.app.config.graphql.limits
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
            rejected_token::count(&self.app, headers, request_id, address, &error);
            RequestError::from_domain(&error)
        })
    }

    /// Checks that the method and the caller allow the operation.
    fn permit(
        &self,
        method: &Method,
        actor: &Actor,
        document: &Document,
        operation: &OperationDefinition,
    ) -> Result<(), RequestError> {
        match operation.ty {
            OperationType::Subscription => {
                return Err(RequestError::invalid_parameter(
                    "query",
                    "must be a query or a mutation; subscriptions are not supported",
                ));
            }
            OperationType::Mutation if *method == Method::GET => {
                return Err(RequestError::method_not_allowed("POST"));
            }
            OperationType::Mutation | OperationType::Query => {}
        }
        let allows_anonymous = match limits::roots(&document.parsed, &operation.selection_set.node)
        {
            Roots::TypeName => true,
            Roots::Schema => self.app.config.graphql.introspection,
            Roots::Data => false,
        };
        if matches!(actor, Actor::Anonymous) && !allows_anonymous {
            return Err(RequestError::from_domain(&Error::Unauthenticated));
        }
        Ok(())
    }

    async fn execute(
        &self,
        params: Params,
        document: &Document,
        operation: &OperationDefinition,
        op: OpContext,
    ) -> Result<OperationResponse, RequestError> {
        let mut request = async_graphql::Request::new(params.query).variables(params.variables);
        request.operation_name = params.operation_name;
        request.set_parsed_query(ExecutableDocument::clone(&document.parsed));
        let limit = self.limits().duration;
        let is_query = operation.ty == OperationType::Query;
        let max_bytes = if is_query { self.limits().response_bytes } else { usize::MAX };
        let pace = Arc::new(Pace::new(max_bytes));
        let detail = types::credential_detail(&self.types, &document.parsed, operation);
        let work = self.schema.execute(attach(request, op, detail, limit, &pace));
        // A mutation is not aborted: it may be committed, and its payload would be lost. Those after
        // it in the document check the time themselves.
        let mut response = if operation.ty == OperationType::Mutation {
            work.await
        } else {
            let timed = tokio::time::timeout(limit, work).await;
            timed.map_err(|_| RequestError::operation_timed_out(limit))?
        };
        if let Some(reached) = pace.truncated_at() {
            return Ok(OperationResponse::TooLarge { maximum: max_bytes, reached });
        }
        // Errors of fields have a path, errors of the request have none.
        let not_executed = response.data == async_graphql::Value::Null
            && !response.errors.is_empty()
            && response.errors.iter().all(|error| error.path.is_empty());
        if not_executed {
            return Ok(OperationResponse::not_executed(response.errors));
        }
        label_all(&mut response.errors);
        Ok(OperationResponse::Executed(Box::new(response), is_query.then_some(max_bytes)))
    }
}
