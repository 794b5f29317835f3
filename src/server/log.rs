//! One line for each request, and a span that gives its id to every line in between.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::request_id::RequestId;

/// Writes the line. It holds the route, never the path or the query as they were sent: callers
/// put secrets there by mistake.
pub async fn write(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = route.unwrap_or_else(|| "(no route)".to_owned());
    let id = RequestId::among(request.extensions()).id;
    let span = tracing::info_span!("request", request.id = &*id);
    let method = request.method().clone();
    async move {
        let began = Instant::now();
        let response = next.run(request).await;
        let duration_ms = began.elapsed().as_secs_f64() * 1_000.0;
        let status = response.status().as_u16();
        tracing::info!(http.method = %method, http.route = route, http.status = status, duration_ms);
        response
    }
    .instrument(span)
    .await
}
