//! One line for each request, and a span that gives its id to every line in between.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::response::Response;
use tracing::{Instrument, Span};

use crate::http::request_id::RequestId;

/// The line of a request. It holds the route, never the path or the query as they were sent: callers
/// put secrets there by mistake.
pub struct AccessLog {
    span: Span,
    method: Method,
    route: Option<MatchedPath>,
}

impl AccessLog {
    pub fn of(request: &Request, id: &RequestId) -> Self {
        let span = tracing::info_span!("request", request.id = &*id.id);
        let route = request.extensions().get().cloned();
        Self { span, method: request.method().clone(), route }
    }

    /// Does the work for the response, then writes the line.
    pub async fn write(self, work: impl Future<Output = Response>) -> Response {
        let Self { span, method, route } = self;
        let began = Instant::now();
        let response = work.instrument(span.clone()).await;
        let duration_ms = began.elapsed().as_secs_f64() * 1_000.0;
        let (status, route) = (response.status().as_u16(), route.as_ref().map(MatchedPath::as_str));
        let route = route.unwrap_or("(no route)");
        span.in_scope(|| {
            tracing::info!(http.method = %method, http.route = route, http.status = status, duration_ms);
        });
        response
    }
}
