//! Our own front after the GraphQL-over-HTTP specification. The stock one runs mutations by GET
//! and from forms, reads bodies of any size, and fails a part of the specification's audits.

mod answer;
mod negotiate;
mod params;

use std::time::Duration;

use async_graphql::parser::types::{ExecutableDocument, OperationType};
use axum::Router;
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::any;

use super::documents::{Documents, Unfit};
use super::errors::label_all;
use super::guard::{Operation, Roots, walk};
use super::{Schema, attach, graphiql, schema};
use crate::app::App;
use crate::authn;
use crate::authz::Actor;
use crate::cx::Cx;
use crate::error::Error;
use crate::server::request_id::RequestId;
use crate::server::source;
use answer::{Answer, Refused};
use negotiate::Format;
use params::Params;

/// How long an operation may take.
const TIMEOUT: Duration = Duration::from_secs(15);

#[derive(Clone)]
struct Endpoint {
    app: App,
    schema: Schema,
    documents: Documents,
}

/// The routes.
pub fn routes(app: App) -> Router {
    let graphiql = if app.config.graphiql { graphiql::routes() } else { Router::new() };
    Router::new()
        .route("/graphql", any(endpoint))
        .with_state(Endpoint { app, schema: schema(), documents: Documents::new() })
        .merge(graphiql)
}

/// The answer to a request that took too long before or after its operation.
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
        let request_id = RequestId::among(request.extensions()).id;
        let address = source::address_of(&self.app, request.extensions(), &headers);
        let params = Params::read(request).await?;
        let actor = self.actor(&headers).await?;
        let document = match self.documents.get(&params.query) {
            Ok(document) => document,
            Err(Unfit::Refused(refusal)) => return Err(refusal.into()),
            Err(Unfit::Syntax(error)) => return Ok(Answer::not_begun(vec![*error])),
        };
        let name = params.operation_name.as_deref();
        let Some(operation) = walk(&document, name, &params.variables)? else {
            return Err(Refused::bad("operationName names no operation of the document"));
        };
        self.permit(&method, &actor, &operation)?;
        let cx = Cx { app: self.app.clone(), actor, request_id, address };
        self.execute(params, ExecutableDocument::clone(&document), cx).await
    }

    async fn actor(&self, headers: &HeaderMap) -> Result<Actor, Refused> {
        authn::actor(&self.app, headers).await.map_err(|error| {
            error.log();
            Refused::of(&error)
        })
    }

    /// What the method and an anonymous caller may ask for.
    fn permit(&self, method: &Method, actor: &Actor, asked: &Operation) -> Result<(), Refused> {
        match asked.kind {
            OperationType::Subscription => {
                return Err(Refused::bad("subscriptions are not served here"));
            }
            OperationType::Mutation if *method == Method::GET => {
                return Err(Refused::method_not_allowed("POST"));
            }
            OperationType::Mutation | OperationType::Query => {}
        }
        let anonymous_may = match asked.roots {
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
        document: ExecutableDocument,
        cx: Cx,
    ) -> Result<Answer, Refused> {
        let mut request = async_graphql::Request::new(params.query).variables(params.variables);
        request.operation_name = params.operation_name;
        request.set_parsed_query(document);
        let request = attach(request, cx);
        let Ok(mut response) = tokio::time::timeout(TIMEOUT, self.schema.execute(request)).await
        else {
            return Err(Refused::timed_out(TIMEOUT));
        };
        // What goes wrong in the operation has a path; what is wrong with the request has none.
        let not_begun = response.data == async_graphql::Value::Null
            && !response.errors.is_empty()
            && response.errors.iter().all(|error| error.path.is_empty());
        if not_begun {
            return Ok(Answer::not_begun(response.errors));
        }
        label_all(&mut response.errors);
        Ok(Answer::Executed(response))
    }
}
