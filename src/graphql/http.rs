//! Our own front after the GraphQL-over-HTTP specification. The stock one runs mutations by GET
//! and from forms, reads bodies of any size, and fails a part of the specification's audits.

mod answer;
mod negotiate;
mod params;

use std::sync::Arc;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType};
use axum::Router;
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::any;

use super::documents::{Document, Documents, Unfit};
use super::errors::label_all;
use super::guard::{self, Roots};
use super::inputs::Types;
use super::pace::Pace;
use super::{Schema, attach, graphiql, schema};
use crate::app::App;
use crate::authz::Actor;
use crate::config::GraphqlLimits;
use crate::context::OpContext;
use crate::error::Error;
use crate::http::bearer;
use crate::http::client_address;
use crate::http::request_id::RequestId;
use answer::{Answer, Refused};
use negotiate::Format;
use params::Params;

/// With the value 1, the answer has the cost of its operation in `extensions.cost`.
const COST_HEADER: &str = "graphql-cost";

#[derive(Clone)]
struct Endpoint {
    app: App,
    schema: Schema,
    types: Arc<Types>,
    documents: Documents,
}

/// The routes.
pub fn routes(app: App) -> Router {
    let graphiql = if app.config.graphiql { graphiql::routes() } else { Router::new() };
    let types = Types::shared();
    let documents = Documents::new(Arc::clone(&types), app.config.graphql.clone());
    Router::new()
        .route("/graphql", any(endpoint))
        .with_state(Endpoint { app, schema: schema(), types, documents })
        .merge(graphiql)
}

/// The response to a request that took too long before or after its operation.
pub fn late() -> Response {
    Refused::late().into_response(Format::Json, &HeaderMap::new())
}

async fn endpoint(State(endpoint): State<Endpoint>, request: HttpRequest) -> Response {
    let headers = request.headers().clone();
    let Some(format) = Format::accepted(&headers) else {
        return Refused::not_acceptable().into_response(Format::Json, &headers);
    };
    match endpoint.answer(request).await {
        Ok(answer) => answer.into_response(format),
        Err(refused) => refused.into_response(format, &headers),
    }
}

impl Endpoint {
    async fn answer(&self, request: HttpRequest) -> Result<Answer, Refused> {
        let (method, headers) = (request.method().clone(), request.headers().clone());
        let request_id = RequestId::from_extensions(request.extensions()).id;
        let address = client_address::resolve(&self.app, request.extensions(), &headers);
        let mut params = Params::read(request, self.limits()).await?;
        let actor = self.actor(&headers).await?;
        let document = match self.documents.get(&params.query) {
            Ok(document) => document,
            Err(Unfit::Refused(refusal)) => return Err(refusal.into()),
            Err(Unfit::Syntax(error)) => return Ok(Answer::not_begun(vec![*error])),
        };
        let Some((name, operation)) = document.operation(params.operation_name.as_deref()) else {
            return Err(Refused::bad_parameter(
                "operationName",
                "names no operation of the document",
            ));
        };
        self.permit(&method, &actor, &document, operation)?;
        if let Err(invalid) = document.inputs.coerce(&self.types, name, &mut params.variables) {
            return Ok(Answer::not_begun(vec![invalid.into_error()]));
        }
        guard::check_mutations(&document.parsed, operation, &params.variables)?;
        let (types, config) = (&self.types, &self.app.config);
        let cost = guard::estimate(&document.parsed, operation, &params.variables, types, config)?;
        let op = OpContext { app: self.app.clone(), actor, request_id, address };
        let response = self.execute(params, &document, operation, op).await?;
        Ok(if headers.get(COST_HEADER).is_some_and(|value| value == "1") {
            response.with_cost(cost, self.limits().cost)
        } else {
            response
        })
    }

    fn limits(&self) -> &GraphqlLimits {
        &self.app.config.graphql
    }

    async fn actor(&self, headers: &HeaderMap) -> Result<Actor, Refused> {
        let actor = tokio::time::timeout(self.limits().duration, bearer::actor(&self.app, headers));
        actor.await.map_err(|_| Refused::late())?.map_err(|error| {
            error.log();
            Refused::of(&error)
        })
    }

    /// What the method and an anonymous caller may ask for.
    fn permit(
        &self,
        method: &Method,
        actor: &Actor,
        document: &Document,
        operation: &OperationDefinition,
    ) -> Result<(), Refused> {
        match operation.ty {
            OperationType::Subscription => {
                return Err(Refused::bad_parameter("query", "must not be a subscription"));
            }
            OperationType::Mutation if *method == Method::GET => {
                return Err(Refused::method_not_allowed("POST"));
            }
            OperationType::Mutation | OperationType::Query => {}
        }
        let anonymous_may = match guard::roots(&document.parsed, &operation.selection_set.node) {
            Roots::TypeName => true,
            Roots::Schema => self.app.config.introspection,
            Roots::Data => false,
        };
        if matches!(actor, Actor::Anonymous) && !anonymous_may {
            return Err(Refused::of(&Error::Unauthenticated));
        }
        Ok(())
    }

    async fn execute(
        &self,
        params: Params,
        document: &Document,
        operation: &OperationDefinition,
        op: OpContext,
    ) -> Result<Answer, Refused> {
        let mut request = async_graphql::Request::new(params.query).variables(params.variables);
        request.operation_name = params.operation_name;
        request.set_parsed_query(ExecutableDocument::clone(&document.parsed));
        let limit = self.limits().duration;
        let is_query = operation.ty == OperationType::Query;
        let most_bytes = if is_query { self.limits().response_bytes } else { usize::MAX };
        let pace = Arc::new(Pace::new(most_bytes));
        let work = self.schema.execute(attach(request, op, limit, &pace));
        // A mutation is not broken off: it may be committed, and its payload would be lost. Those
        // that follow in the document look at the time themselves.
        let mut response = if operation.ty == OperationType::Mutation {
            work.await
        } else {
            let timed = tokio::time::timeout(limit, work).await;
            timed.map_err(|_| Refused::timed_out(limit))?
        };
        if let Some(reached) = pace.cut() {
            return Ok(Answer::TooLarge { maximum: most_bytes, reached });
        }
        // What goes wrong in the operation has a path; what is wrong with the request has none.
        let not_begun = response.data == async_graphql::Value::Null
            && !response.errors.is_empty()
            && response.errors.iter().all(|error| error.path.is_empty());
        if not_begun {
            return Ok(Answer::not_begun(response.errors));
        }
        label_all(&mut response.errors);
        Ok(Answer::Executed(Box::new(response), is_query.then_some(most_bytes)))
    }
}
