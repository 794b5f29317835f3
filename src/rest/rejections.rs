//! Audit of rejected changes, around all routes: a handler cannot forget it.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use axum::RequestExt;
use axum::extract::{MatchedPath, RawPathParams, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};

use crate::context::OpContext;
use crate::domain::audit::{self, EventType, Named, Rejection};

/// The events of the operations that change something, by path and method.
#[derive(Clone)]
pub struct Changes(Arc<HashMap<String, Vec<(Method, EventType)>>>);

impl Changes {
    /// Those of the document of the routes.
    #[must_use]
    pub fn of(document: OpenApi) -> Self {
        let paths = document.paths.paths.into_iter();
        Self(Arc::new(paths.map(|(path, item)| (path, events(item))).collect()))
    }

    fn event_of(&self, request: &Request) -> Option<EventType> {
        if request.method().is_safe() {
            return None;
        }
        let events = self.0.get(request.extensions().get::<MatchedPath>()?.as_str())?;
        events.iter().find(|(method, _)| method == request.method()).map(|(_, event)| *event)
    }
}

/// The path parameters that name the target, the most specific one first, as in mutations.
const TARGETS: [&str; 5] =
    ["credential_id", "service_account_id", "role", "api_id", "organization_id"];

/// The context of the request, once its caller is authenticated.
#[derive(Clone, Default)]
pub struct Caller(Arc<OnceLock<OpContext>>);

impl Caller {
    /// Sets the context.
    pub fn set(&self, op: &OpContext) {
        // A request has one context.
        let _ = self.0.set(op.clone());
    }
}

/// Counts the rejection of a change for the audit trail.
pub async fn count(State(changes): State<Changes>, mut request: Request, next: Next) -> Response {
    let Some(event) = changes.event_of(&request) else { return next.run(request).await };
    let (caller, segments) = (Caller::default(), segments(&mut request).await);
    request.extensions_mut().insert(caller.clone());
    let response = next.run(request).await;
    if let (Some(op), Some(rejection)) = (caller.0.get(), response.extensions().get::<Rejection>())
    {
        let named = Named { target: named(&segments, &TARGETS), role: named(&segments, &["role"]) };
        audit::reject_operation(op, event, named, *rejection);
    }
    response
}

/// The path parameters. A path that is not UTF-8 has none, and is rejected by its handler.
async fn segments(request: &mut Request) -> Vec<(String, String)> {
    let segments = request.extract_parts::<RawPathParams>().await;
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    segments.map(|it| it.iter().map(owned).collect()).unwrap_or_default()
}

/// The first of these path parameters that there is.
fn named<'a>(segments: &'a [(String, String)], names: &[&str]) -> Option<&'a str> {
    let named = |name: &&str| segments.iter().find(|(segment, _)| segment == name);
    names.iter().find_map(named).map(|(_, value)| value.as_str())
}

fn events(item: PathItem) -> Vec<(Method, EventType)> {
    let methods = [
        (Method::POST, item.post),
        (Method::PUT, item.put),
        (Method::PATCH, item.patch),
        (Method::DELETE, item.delete),
    ];
    let event = |operation: Operation| audit::event_of(operation.operation_id.as_deref()?);
    let known = |(method, operation): (Method, Option<Operation>)| {
        Some((method, operation.and_then(event)?))
    };
    methods.into_iter().filter_map(known).collect()
}
