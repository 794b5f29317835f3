//! Operations, however they are sent: the checks before one is executed, and its execution.

use std::sync::Arc;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType};
use async_graphql::{Request, Response as Executed, ServerError, Variables};

use futures_util::StreamExt;

use super::params::Params;
use super::request_error::RequestError;
use super::response::OperationResponse;
use crate::app::App;
use crate::authz::Actor;
use crate::config::GraphqlLimits;
use crate::context::OpContext;
use crate::domain::credentials::Detail;
use crate::error::Error;
use crate::graphql::engine::document_cache::{Document, DocumentCache};
use crate::graphql::engine::errors::label_all;
use crate::graphql::engine::limits::{self, Cost, DocumentError, Roots};
use crate::graphql::engine::pacing::Pace;
use crate::graphql::engine::schema_types::SchemaTypes;
use crate::graphql::subscription::Phase;
use crate::graphql::{Schema, attach, schema, types};

/// The schema, and what its operations are checked with.
#[derive(Clone)]
pub struct Endpoint {
    pub app: App,
    schema: Schema,
    types: Arc<SchemaTypes>,
    documents: DocumentCache,
}

/// The way in which an operation is sent. It decides which operations are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A GET with one response: queries.
    Get,
    /// A POST with one response: queries and mutations.
    Post,
    /// An event stream by GET: queries and subscriptions.
    GetStream,
    /// A WebSocket, or an event stream by POST: all operations.
    Stream,
}

/// An operation that may be executed.
pub struct Operation {
    document: Arc<Document>,
    name: Option<String>,
    variables: Variables,
    /// Its estimated cost.
    pub cost: Cost,
}

/// The reason for which an operation is not executed.
pub enum NotExecuted {
    /// The request is rejected.
    Rejected(RequestError),
    /// The document or its variables are invalid.
    Invalid(Vec<ServerError>),
}

impl From<RequestError> for NotExecuted {
    fn from(error: RequestError) -> Self {
        Self::Rejected(error)
    }
}

impl From<DocumentError> for NotExecuted {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::LimitExceeded(error) => Self::Rejected(error.into()),
            DocumentError::Invalid(message) => {
                Self::Rejected(RequestError::invalid_document(message))
            }
            DocumentError::Syntax(error) => Self::Invalid(vec![*error]),
        }
    }
}

impl Operation {
    /// Its definition.
    pub fn definition(&self) -> Option<&OperationDefinition> {
        self.document.operation(self.name.as_deref()).map(|(_, operation)| operation)
    }

    /// Its kind.
    pub fn kind(&self) -> OperationType {
        self.definition().map_or(OperationType::Query, |it| it.ty)
    }
}

impl Endpoint {
    pub fn new(app: App) -> Self {
        let types = SchemaTypes::shared();
        let documents = DocumentCache::new(Arc::clone(&types), app.config.graphql.limits.clone());
        Self { app, schema: schema(), types, documents }
    }

    pub fn limits(&self) -> &GraphqlLimits {
        &self.app.config.graphql.limits
    }

    /// Checks an operation, and coerces its variables.
    ///
    /// # Errors
    /// The operation must not be executed.
    pub fn prepare(
        &self,
        params: Params,
        actor: &Actor,
        transport: Transport,
    ) -> Result<Operation, NotExecuted> {
        let Params { query, operation_name, mut variables } = params;
        let document = self.documents.get(&query)?;
        let Some((name, definition)) = document.operation(operation_name.as_deref()) else {
            let expected =
                "must name an operation of the document; it is required if there are several";
            return Err(RequestError::invalid_parameter("operationName", expected).into());
        };
        self.permit(transport, actor, &document, definition)?;
        if let Err(invalid) = document.inputs.coerce(&self.types, name, &mut variables) {
            return Err(NotExecuted::Invalid(vec![invalid.into_error()]));
        }
        let (parsed, config) = (&document.parsed, &self.app.config);
        limits::check_mutations(parsed, definition, &variables)?;
        if definition.ty == OperationType::Subscription {
            limits::check_subscription(parsed, definition)?;
        }
        let cost = limits::estimate(parsed, definition, &variables, &self.types, config)
            .map_err(RequestError::from)?;
        Ok(Operation { document, name: operation_name, variables, cost })
    }

    /// Checks that the transport and the caller allow the operation.
    fn permit(
        &self,
        transport: Transport,
        actor: &Actor,
        document: &Document,
        operation: &OperationDefinition,
    ) -> Result<(), RequestError> {
        match operation.ty {
            OperationType::Subscription
                if matches!(transport, Transport::Get | Transport::Post) =>
            {
                let expected = "must be a query or a mutation here; subscriptions are served at \
                                /graphql/ws (WebSocket) and /graphql/stream (event stream)";
                return Err(RequestError::invalid_parameter("query", expected));
            }
            OperationType::Mutation
                if matches!(transport, Transport::Get | Transport::GetStream) =>
            {
                return Err(RequestError::method_not_allowed("POST"));
            }
            _ => {}
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

    /// Executes a query or a mutation.
    ///
    /// # Errors
    /// A query exceeds its time limit.
    pub async fn execute(
        &self,
        operation: &Operation,
        op: OpContext,
    ) -> Result<OperationResponse, RequestError> {
        let (limit, kind) = (self.limits().duration, operation.kind());
        let is_mutation = kind == OperationType::Mutation;
        let max_bytes = if is_mutation { usize::MAX } else { self.limits().response_bytes };
        let pace = Arc::new(Pace::new(max_bytes));
        let work = self.schema.execute(self.request(operation, op, &pace));
        // A mutation is not aborted: it may be committed, and its payload would be lost. Those after
        // it in the document check the time themselves.
        let response = if is_mutation {
            work.await
        } else {
            let timed = tokio::time::timeout(limit, work).await;
            timed.map_err(|_| RequestError::operation_timed_out(limit))?
        };
        Ok(respond(response, &pace, (!is_mutation).then_some(max_bytes)))
    }

    /// Executes a subscription in one of its phases.
    ///
    /// # Errors
    /// It exceeds the time limit.
    pub async fn execute_phase(
        &self,
        operation: &Operation,
        op: OpContext,
        phase: &Arc<Phase>,
    ) -> Result<OperationResponse, RequestError> {
        let (limit, max_bytes) = (self.limits().duration, self.limits().response_bytes);
        let pace = Arc::new(Pace::new(max_bytes));
        let request = self.request(operation, op, &pace).data(Arc::clone(phase));
        let mut responses = self.schema.execute_stream(request);
        let response = tokio::time::timeout(limit, responses.next()).await;
        let response = response.map_err(|_| RequestError::operation_timed_out(limit))?;
        // A source that was opened has no response.
        Ok(respond(response.unwrap_or_default(), &pace, Some(max_bytes)))
    }

    /// The request to the engine.
    fn request(&self, operation: &Operation, op: OpContext, pace: &Arc<Pace>) -> Request {
        let parsed = &operation.document.parsed;
        let detail = operation.definition();
        let detail = detail.map(|it| types::credential_detail(&self.types, parsed, it));
        let mut request = Request::new("").variables(operation.variables.clone());
        request.operation_name.clone_from(&operation.name);
        request.set_parsed_query(ExecutableDocument::clone(parsed));
        attach(request, op, detail.unwrap_or(Detail::All), self.limits().duration, pace)
    }
}

/// The response of an operation with a maximum of bytes; a mutation has none.
fn respond(mut response: Executed, pace: &Pace, maximum: Option<usize>) -> OperationResponse {
    if let (Some(maximum), Some(reached)) = (maximum, pace.truncated_at()) {
        return OperationResponse::TooLarge { maximum, reached };
    }
    // Errors of fields have a path, errors of the request have none.
    let not_executed = response.data == async_graphql::Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty());
    if not_executed {
        return OperationResponse::not_executed(response.errors);
    }
    label_all(&mut response.errors);
    OperationResponse::Executed(Box::new(response), maximum)
}
