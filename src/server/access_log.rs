//! Access log: one line per request, and a span that adds the request id to the lines within.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::response::Response;
use tracing::{Instrument, Span};

use crate::http::request_id::RequestId;

/// Access log line of a request. It contains the route, never the path or the query of the request,
/// where clients put secrets by mistake.
pub struct AccessLog {
    span: Span,
    method: Method,
    route: Option<MatchedPath>,
}

impl AccessLog {
    pub fn new(request: &Request, id: &RequestId) -> Self {
        let span = tracing::info_span!("request", request.id = &*id.id);
        let route = request.extensions().get().cloned();
        Self { span, method: request.method().clone(), route }
    }

    /// Awaits the response, then writes the line.
    pub async fn record(self, response: impl Future<Output = Response>) -> Response {
        let Self { span, method, route } = self;
        let started = Instant::now();
        let response = response.instrument(span.clone()).await;
        let duration_ms = started.elapsed().as_secs_f64() * 1_000.0;
        let (status, route) = (response.status().as_u16(), route.as_ref().map(MatchedPath::as_str));
        let route = route.unwrap_or("(no route)");
        span.in_scope(|| {
            tracing::info!(http.method = %method, http.route = route, http.status = status, duration_ms);
        });
        response
    }
}
